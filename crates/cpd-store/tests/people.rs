//! Tenants, people, sessions and keys, on both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod common;

use common::on_both;
use cpd_store::keys::NewKey;
use cpd_store::sessions::Origin;
use cpd_store::tenants::{NewTenant, Tenant};
use cpd_store::users::{NewUser, Role, User};
use cpd_store::{Error, Store, Uuid, Whose, keys, sessions, tenants, users};

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
