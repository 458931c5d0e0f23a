//! Versions of a layer of prompts: the draft is changed, what is published stays as it is for ever.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::made::{NOW, tenant};
use common::on_both;
use cpd_store::prompts::{self, NewPrompt};
use cpd_store::{Error, SERVICE, Store, Tx, Uuid, Whose, objects};

fn new(name: &str, samples: &[i16]) -> NewPrompt {
    NewPrompt {
        name: name.to_owned(),
        operator: "north".to_owned(),
        category: "off".to_owned(),
        class: "network.off".to_owned(),
        language: "ru".to_owned(),
        words: "the subscriber is switched off".to_owned(),
        source: "test.wav".to_owned(),
        samples: samples.to_vec(),
    }
}

async fn names(tx: &Tx, layer: Uuid, number: i32) -> Vec<String> {
    let all = prompts::list(tx, layer, number).await.unwrap();
    all.into_iter().map(|prompt| prompt.name).collect()
}

async fn id(tx: &Tx, number: i32, name: &str) -> Uuid {
    let all = prompts::list(tx, tx.tenant(), number).await.unwrap();
    all.iter().find(|prompt| prompt.name == name).unwrap().id
}

async fn ours(store: &Store) -> Tx {
    store.write(Whose::Tenant(tenant(0))).await.unwrap()
}

#[test]
fn a_version_that_was_published_never_changes() {
    on_both(|store| async move {
        let layer = tenant(0);
        let tx = ours(&store).await;
        assert_eq!(prompts::published(&tx, layer).await.unwrap(), 0);
        let a = prompts::add(&tx, new("a", &[1; 1_600]), "U", NOW).await.unwrap();
        assert_eq!((a.length_ms, a.since, a.until), (200, 1, None));
        prompts::add(&tx, new("b", &[2; 800]), "U", NOW).await.unwrap();
        let again = prompts::add(&tx, new("b", &[3; 800]), "U", NOW).await;
        assert_eq!(again.map(|_| ()), Err(Error::Taken));
        assert_eq!(
            prompts::published(&tx, layer).await.unwrap(),
            0,
            "a draft is not in use"
        );
        let first = prompts::publish(&tx, "first", "U", NOW).await.unwrap();
        assert_eq!(
            (first.number, first.prompts, first.state.as_str()),
            (1, 2, "published")
        );
        let nothing = prompts::publish(&tx, "", "U", NOW).await;
        assert_eq!(nothing.map(|_| ()), Err(Error::Missing));

        // The second version: `a` means something else, `b` is gone, `c` comes.
        let changed = prompts::change(&tx, a.id, "V", NOW + 1, |prompt| {
            prompt.class = "human".to_owned();
        })
        .await
        .unwrap();
        assert_ne!(changed.id, a.id, "the published one stays");
        let b = id(&tx, 1, "b").await;
        prompts::remove(&tx, b, NOW).await.unwrap();
        assert_eq!(
            prompts::remove(&tx, b, NOW).await.map(|_| ()),
            Err(Error::Missing)
        );
        prompts::add(&tx, new("c", &[1; 1_600]), "U", NOW).await.unwrap();
        let twice = prompts::change(&tx, changed.id, "V", NOW, |prompt| prompt.name = "c".to_owned()).await;
        assert_eq!(twice.map(|_| ()), Err(Error::Taken));
        prompts::publish(&tx, "second", "V", NOW).await.unwrap();
        assert_eq!(prompts::published(&tx, layer).await.unwrap(), 2);
        assert_eq!(names(&tx, layer, 1).await, ["a", "b"]);
        assert_eq!(names(&tx, layer, 2).await, ["a", "c"]);
        assert_eq!(prompts::find(&tx, a.id).await.unwrap().class, "network.off");
        let c = prompts::find(&tx, id(&tx, 2, "c").await).await.unwrap();
        assert_eq!(prompts::samples(&tx, &c).await.unwrap(), vec![1; 1_600]);

        // Back to the first, as a third.
        let draft = prompts::restore(&tx, 1, "U", NOW).await.unwrap();
        assert_eq!(draft.number, 3);
        prompts::publish(&tx, "back", "U", NOW).await.unwrap();
        assert_eq!(names(&tx, layer, 3).await, ["a", "b"]);
        let back = prompts::find(&tx, id(&tx, 3, "a").await).await.unwrap();
        assert_eq!(back.class, "network.off");
        assert_eq!(names(&tx, layer, 2).await, ["a", "c"]);
        let states: Vec<String> = prompts::libraries(&tx)
            .await
            .unwrap()
            .into_iter()
            .map(|library| format!("{} {}", library.number, library.state))
            .collect();
        assert_eq!(states, ["3 published", "2 retired", "1 retired"]);
        assert_eq!(objects::revision(&tx, prompts::REVISION).await.unwrap(), 3);
        let missing = prompts::restore(&tx, 9, "U", NOW).await;
        assert_eq!(missing.map(|_| ()), Err(Error::Missing));
    });
}

#[test]
fn a_draft_is_changed_in_place_and_can_be_thrown_away() {
    on_both(|store| async move {
        let layer = tenant(0);
        let tx = ours(&store).await;
        let a = prompts::add(&tx, new("a", &[1; 8]), "U", NOW).await.unwrap();
        let b = prompts::add(&tx, new("b", &[2; 8]), "U", NOW).await.unwrap();
        prompts::publish(&tx, "", "U", NOW).await.unwrap();
        let c = prompts::add(&tx, new("c", &[3; 8]), "U", NOW).await.unwrap();
        let renamed = prompts::change(&tx, c.id, "U", NOW, |prompt| prompt.name = "d".to_owned())
            .await
            .unwrap();
        assert_eq!((renamed.id, renamed.name.as_str()), (c.id, "d"));
        prompts::change(&tx, a.id, "U", NOW, |prompt| prompt.words = "other".to_owned())
            .await
            .unwrap();
        prompts::remove(&tx, b.id, NOW).await.unwrap();
        assert_eq!(names(&tx, layer, 2).await, ["a", "d"]);
        prompts::discard(&tx).await.unwrap();
        assert_eq!(prompts::discard(&tx).await, Err(Error::Missing));
        assert_eq!(prompts::libraries(&tx).await.unwrap().len(), 1);
        let draft = prompts::draft(&tx, NOW).await.unwrap();
        assert_eq!(draft.number, 2);
        assert_eq!(names(&tx, layer, 2).await, ["a", "b"]);
        assert_eq!(prompts::find(&tx, a.id).await.unwrap(), a);
        // A restored version begins from what is published, whatever the draft held.
        prompts::remove(&tx, a.id, NOW).await.unwrap();
        prompts::restore(&tx, 1, "U", NOW).await.unwrap();
        assert_eq!(names(&tx, layer, 2).await, ["a", "b"]);
    });
}

#[test]
fn the_common_layer_is_read_by_tenants_and_changed_by_the_service_alone() {
    on_both(|store| async move {
        let tx = store.write(Whose::Service).await.unwrap();
        let common = prompts::add(&tx, new("common", &[5; 8]), "S", NOW).await.unwrap();
        prompts::publish(&tx, "", "S", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let tx = store.write(Whose::Tenant(tenant(1))).await.unwrap();
        let own = prompts::add(&tx, new("own", &[6; 8]), "U", NOW).await.unwrap();
        tx.commit().await.unwrap();

        let tx = ours(&store).await;
        assert_eq!(prompts::published(&tx, SERVICE).await.unwrap(), 1);
        assert_eq!(names(&tx, SERVICE, 1).await, ["common"]);
        assert_eq!(prompts::find(&tx, common.id).await.unwrap(), common);
        assert_eq!(prompts::samples(&tx, &common).await.unwrap(), vec![5; 8]);
        for id in [common.id, own.id] {
            let changed = prompts::change(&tx, id, "U", NOW, |prompt| prompt.words.clear()).await;
            assert_eq!(changed.map(|_| ()), Err(Error::Missing));
            let removed = prompts::remove(&tx, id, NOW).await;
            assert_eq!(removed.map(|_| ()), Err(Error::Missing));
        }
        assert_eq!(prompts::find(&tx, own.id).await, Err(Error::Missing));
        assert_eq!(prompts::list(&tx, tenant(1), 1).await, Err(Error::Missing));
        drop(tx);
        let tx = store.read(Whose::Service).await.unwrap();
        let layers: Vec<Uuid> = prompts::layers(&tx)
            .await
            .unwrap()
            .iter()
            .map(|one| one.tenant_id)
            .collect();
        assert_eq!(layers, [SERVICE]);
    });
}

#[test]
fn nothing_comes_into_a_draft_while_it_is_published() {
    on_both(|store| async move {
        let tx = ours(&store).await;
        prompts::add(&tx, new("a", &[1; 8]), "U", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let publishes = ours(&store).await;
        prompts::publish(&publishes, "", "U", NOW).await.unwrap();
        let late = async {
            let tx = ours(&store).await;
            let late = prompts::add(&tx, new("late", &[2; 8]), "U", NOW).await.unwrap();
            tx.commit().await.unwrap();
            late
        };
        let commits = async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            publishes.commit().await.unwrap();
        };
        let (late, ()) = tokio::join!(late, commits);
        assert_eq!(late.since, 2);
        let tx = ours(&store).await;
        assert_eq!(names(&tx, tenant(0), 1).await, ["a"]);
        assert_eq!(names(&tx, tenant(0), 2).await, ["a", "late"]);
    });
}
