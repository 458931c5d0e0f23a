//! What carriers play, as SIPp wants it: A-law without a header.

use std::path::PathBuf;
use std::sync::OnceLock;

use cpd_media::Law;
use cpd_sim::call::Scene;
use cpd_sim::tones::{Beep, Sit};
use cpd_sim::{Line, voice};

/// The file of a sound. All are written once, before the first is played.
pub(crate) fn file(name: &str) -> String {
    static WRITTEN: OnceLock<PathBuf> = OnceLock::new();
    let folder = WRITTEN.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sounds");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, scene) in sounds() {
            let samples = scene.carried(&Line::clean()).samples;
            let mut codes = vec![0; samples.len()];
            Law::A.encode_slice(&samples, &mut codes);
            std::fs::write(folder.join(name), codes).unwrap();
        }
        folder
    });
    let file = folder.join(name);
    assert!(file.exists(), "no sound {name}");
    file.display().to_string()
}

fn sounds() -> [(&'static str, Scene); 7] {
    let said = |name: &str| voice::load(voice::clip(name).unwrap());
    [
        ("quiet", Scene::new().silence(12_000.0)),
        ("ringback", Scene::new().ringback(12_000.0)),
        ("busy", Scene::new().busy(8_000.0)),
        ("sit", Scene::new().silence(300.0).sit(Sit::Vc).silence(8_000.0)),
        (
            "person",
            Scene::new()
                .silence(350.0)
                .speech(&said("gsc-a8ee11c7-marvin"))
                .silence(8_000.0),
        ),
        // A machine that says a word and beeps: known for good before an answer is held for too long.
        (
            "beep",
            Scene::new()
                .silence(300.0)
                .speech(&said("gsc-97f4c236-no"))
                .silence(400.0)
                .beep(&Beep::plain())
                .silence(8_000.0),
        ),
        (
            "machine",
            Scene::new()
                .silence(300.0)
                .greeting(&said("guestbook"))
                .silence(500.0)
                .beep(&Beep::plain())
                .silence(8_000.0),
        ),
    ]
}
