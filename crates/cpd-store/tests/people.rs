//! Tenants, people, sessions and keys, on both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod common;

use common::on_both;
use cpd_store::keys::NewKey;
use cpd_store::sessions::Origin;
use cpd_store::tenants::{NewTenant, Tenant};
use cpd_store::users::{NewUser, Role, User};
use cpd_store::{Error, Store, Uuid, Whose, keys, providers, sessions, tenants, users};

const NOW: i64 = 1_795_000_000_000;

async fn tenant(store: &Store, slug: &str) -> Tenant {
    let tx = store.write(Whose::Service).await.unwrap();
    let new = NewTenant {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
    };
    let tenant = tenants::add(&tx, Uuid::now_v7(), new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    tenant
}

async fn user(store: &Store, tenant: &Tenant, email: &str) -> User {
    let tx = store.write(Whose::Tenant(tenant.id)).await.unwrap();
    let new = NewUser {
        email: email.to_owned(),
        name: "A".to_owned(),
        role: Role::Admin,
        password_hash: None,
        language: "ru".to_owned(),
    };
    let user = users::add(&tx, tenant.id, new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    user
}

#[test]
fn a_tenant_sees_itself_and_nobody_else() {
    on_both(|store| async move {
        let (one, two) = (tenant(&store, "one").await, tenant(&store, "two").await);
        let (first, second) = (
            user(&store, &one, "A@Example.com ").await,
            user(&store, &two, "b@example.com").await,
        );
        let tx = store.read(Whose::Tenant(one.id)).await.unwrap();
        assert_eq!(tenants::list(&tx).await.unwrap(), std::slice::from_ref(&one));
        assert_eq!(tenants::find(&tx, two.id).await, Err(Error::Missing));
        assert_eq!(users::list(&tx, one.id).await.unwrap(), [first]);
        assert_eq!(users::list(&tx, two.id).await.unwrap(), []);
        assert_eq!(users::find(&tx, second.id).await, Err(Error::Missing));
        assert_eq!(users::by_email(&tx, "b@example.com").await.unwrap(), None);
        drop(tx);
        let tx = store.read(Whose::Service).await.unwrap();
        assert_eq!(tenants::list(&tx).await.unwrap(), [one, two]);
        let found = users::by_email(&tx, "a@EXAMPLE.com").await.unwrap();
        assert_eq!(found.map(|user| user.email), Some("a@example.com".to_owned()));
    });
}

#[test]
fn an_address_is_one_persons_in_all_tenants() {
    on_both(|store| async move {
        let (one, two) = (tenant(&store, "one").await, tenant(&store, "two").await);
        user(&store, &one, "a@example.com").await;
        let tx = store.write(Whose::Tenant(two.id)).await.unwrap();
        let new = NewUser {
            email: "A@example.com".to_owned(),
            name: "B".to_owned(),
            role: Role::Analyst,
            password_hash: None,
            language: "en".to_owned(),
        };
        assert_eq!(users::add(&tx, two.id, new, NOW).await, Err(Error::Taken));
    });
}

#[test]
fn who_changes_what_was_changed_meanwhile_is_told() {
    on_both(|store| async move {
        let one = tenant(&store, "one").await;
        let tx = store.write(Whose::Service).await.unwrap();
        let named = |name: &'static str| move |tenant: &mut Tenant| tenant.name = name.to_owned();
        let changed = tenants::change(&tx, one.id, 1, named("first")).await.unwrap();
        assert_eq!((changed.version, changed.name.as_str()), (2, "first"));
        assert_eq!(
            tenants::change(&tx, one.id, 1, named("second")).await,
            Err(Error::Stale(2))
        );
    });
}

#[test]
fn a_session_is_known_by_its_token_until_it_ends() {
    on_both(|store| async move {
        let one = tenant(&store, "one").await;
        let user = user(&store, &one, "a@example.com").await;
        let tx = store.write(Whose::Service).await.unwrap();
        let origin = Origin {
            address: "192.0.2.1".to_owned(),
            agent: "test".to_owned(),
        };
        let (session, token) = sessions::begin(&tx, &user, origin, false, (NOW, 1_000))
            .await
            .unwrap();
        assert_ne!(session.token_hash, token, "the token itself is not kept");
        let found = sessions::of_token(&tx, &token, NOW + 999).await.unwrap();
        assert_eq!(found, Some(session));
        assert_eq!(sessions::of_token(&tx, &token, NOW + 1_000).await.unwrap(), None);
        assert_eq!(sessions::of_token(&tx, "other", NOW).await.unwrap(), None);
        users::remove(&tx, user.id).await.unwrap();
        assert_eq!(sessions::of_token(&tx, &token, NOW).await.unwrap(), None);
    });
}

#[test]
fn a_key_is_told_once_and_can_be_taken_back() {
    on_both(|store| async move {
        let (one, two) = (tenant(&store, "one").await, tenant(&store, "two").await);
        let tx = store.write(Whose::Tenant(one.id)).await.unwrap();
        let new = NewKey {
            name: "dialer".to_owned(),
            role: Role::Analyst,
            scopes: vec!["calls.read".to_owned()],
            expires_ms: Some(NOW + 10),
            created_by: None,
        };
        let (key, token) = keys::add(&tx, new, NOW).await.unwrap();
        assert!(token.starts_with(&key.prefix) && token.len() > 60);
        tx.commit().await.unwrap();
        let tx = store.write(Whose::Service).await.unwrap();
        assert_eq!(
            keys::of_token(&tx, &token, NOW + 9)
                .await
                .unwrap()
                .map(|key| key.id),
            Some(key.id)
        );
        assert_eq!(keys::of_token(&tx, &token, NOW + 10).await.unwrap(), None);
        drop(tx);
        let tx = store.write(Whose::Tenant(two.id)).await.unwrap();
        assert_eq!(keys::revoke(&tx, key.id, NOW).await, Err(Error::Missing));
        drop(tx);
        let tx = store.write(Whose::Tenant(one.id)).await.unwrap();
        keys::revoke(&tx, key.id, NOW).await.unwrap();
        assert_eq!(keys::of_token(&tx, &token, NOW).await.unwrap(), None);
    });
}

fn written(secret: Option<&str>, domains: &[(&str, bool)]) -> providers::Written {
    providers::Written {
        issuer: "https://id.example".to_owned(),
        client_id: "smartcpd".to_owned(),
        client_secret: secret.map(str::to_owned),
        discovered: Some(serde_json::json!({ "issuer": "https://id.example" })),
        role: Some(Role::Analyst),
        passwords: true,
        second_factor: false,
        domains: domains
            .iter()
            .map(|(name, confirmed)| ((*name).to_owned(), *confirmed))
            .collect(),
    }
}

#[test]
fn a_domain_counts_for_the_one_tenant_for_whom_it_is_confirmed() {
    on_both(|store| async move {
        let (one, two) = (tenant(&store, "one").await, tenant(&store, "two").await);
        let tx = store.write(Whose::Tenant(one.id)).await.unwrap();
        let domains = [("one.example", true), ("both.example", false)];
        let provider = providers::set(&tx, None, written(Some("s1"), &domains), NOW)
            .await
            .unwrap();
        assert_eq!(providers::secret(&tx, &provider).unwrap(), "s1");
        assert!(
            !provider.client_secret.windows(2).any(|part| part == b"s1"),
            "sealed"
        );
        tx.commit().await.unwrap();
        let tx = store.write(Whose::Tenant(two.id)).await.unwrap();
        assert_eq!(providers::find(&tx, one.id).await, Err(Error::Missing));
        assert_eq!(providers::domains(&tx, one.id).await, Err(Error::Missing));
        assert_eq!(providers::of_domain(&tx, "one.example").await.unwrap(), None);
        // Both may name it; who has it is for the service to say, once.
        let domains = [("both.example", true)];
        providers::set(&tx, None, written(Some("s2"), &domains), NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let tx = store.write(Whose::Tenant(one.id)).await.unwrap();
        let both = written(None, &[("both.example", true)]);
        assert_eq!(providers::set(&tx, Some(1), both, NOW).await, Err(Error::Taken));
        drop(tx);
        let tx = store.read(Whose::Service).await.unwrap();
        let of = async |domain| {
            let found = providers::of_domain(&tx, domain).await.unwrap();
            found.map(|provider| provider.tenant_id)
        };
        assert_eq!(of("one.example").await, Some(one.id));
        assert_eq!(of("both.example").await, Some(two.id));
        assert_eq!(of("three.example").await, None);
        drop(tx);
        // Changed without a secret it keeps its own; taken away, its domains are free.
        let tx = store.write(Whose::Tenant(one.id)).await.unwrap();
        let changed = providers::set(&tx, Some(1), written(None, &[]), NOW + 1)
            .await
            .unwrap();
        assert_eq!(
            (
                changed.version,
                providers::secret(&tx, &changed).unwrap().as_str()
            ),
            (2, "s1")
        );
        assert_eq!(
            providers::set(&tx, Some(1), written(None, &[]), NOW).await,
            Err(Error::Stale(2))
        );
        assert_eq!(providers::remove(&tx, 1).await, Err(Error::Stale(2)));
        providers::remove(&tx, 2).await.unwrap();
        assert_eq!(providers::find(&tx, one.id).await, Err(Error::Missing));
        tx.commit().await.unwrap();
    });
}

#[test]
fn one_at_the_provider_is_one_here() {
    on_both(|store| async move {
        let (one, two) = (tenant(&store, "one").await, tenant(&store, "two").await);
        let (a, b) = (
            user(&store, &one, "a@one.example").await,
            user(&store, &one, "b@one.example").await,
        );
        let c = user(&store, &two, "c@two.example").await;
        let bind = async |of: &Tenant, user: &User| {
            let tx = store.write(Whose::Tenant(of.id)).await.unwrap();
            let bound = users::note(&tx, user.id, |user| {
                user.oidc_subject = Some("https://id s".to_owned());
            })
            .await;
            if bound.is_ok() {
                tx.commit().await.unwrap();
            }
            bound.map(|_| ())
        };
        assert_eq!(bind(&one, &a).await, Ok(()));
        assert_eq!(bind(&one, &b).await, Err(Error::Taken));
        assert_eq!(
            bind(&two, &c).await,
            Ok(()),
            "another tenant's provider calls whom it likes so"
        );
        let tx = store.write(Whose::Tenant(one.id)).await.unwrap();
        let found = users::by_subject(&tx, "https://id s").await.unwrap();
        assert_eq!(found.map(|user| user.id), Some(a.id));
        assert_eq!(users::unbind_all(&tx, two.id).await, Ok(0), "not one's own");
        assert_eq!(users::unbind_all(&tx, one.id).await, Ok(1));
        assert_eq!(users::by_subject(&tx, "https://id s").await.unwrap(), None);
    });
}

#[test]
fn a_role_that_no_wall_binds_is_told() {
    common::runtime().block_on(async {
        let url = common::cluster().fresh();
        assert!(common::migrated(&url).await.is_walled().await.unwrap());
        let owner = url.replace("smartcpd@", "owner@");
        let store = Store::open(&owner, common::sealer()).await.unwrap();
        assert!(!store.is_walled().await.unwrap(), "a superuser passes every wall");
    });
}
