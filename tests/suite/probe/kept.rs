//! Signatures that outlive their session: kept by firmware, with their day, and used again.
use crate::story::Beginning;
use mmscope::bench::{Probe, Signatures, Snapshots};
use mmscope::event::{Calibration, Class, Found, Shape, TargetRole, What};
use mmscope::pipeline::{Keep, Signature};
use std::io;
use std::sync::{Arc, Mutex};

const FIRMWARE: &str = "LE20B04SIM7600G22";

fn learned(class: Class, code: u8) -> Calibration {
    Calibration {
        firmware: FIRMWARE.to_owned(),
        class,
        from: TargetRole::BlackHole,
        shape: Shape::Late,
        code: Some(code),
        ms: 15_040,
        limit_ms: 15_000,
    }
}

/// Keeps in memory what a file would.
#[derive(Default)]
struct Memory(Mutex<Vec<Signature>>);

impl Keep for Memory {
    fn save(&self, _: &mmscope::modem::Settings) -> io::Result<()> {
        Ok(())
    }
    fn clear(&self, _: &mmscope::modem::Settings) {}
    fn signatures(&self, firmware: &str) -> io::Result<Vec<Signature>> {
        let all = self.0.lock().unwrap();
        Ok(all
            .iter()
            .filter(|s| s.calibration.firmware == firmware)
            .cloned()
            .collect())
    }
    fn keep_signature(&self, learned: &Calibration) -> io::Result<()> {
        self.0.lock().unwrap().push(Signature {
            learned: "2026-11-20T10:00:00Z".to_owned(),
            calibration: learned.clone(),
        });
        Ok(())
    }
}

async fn found(memory: &Arc<Memory>) -> Vec<Found> {
    let mut beginning = Beginning::world("port-8080-silent");
    beginning.keep = memory.clone();
    let story = beginning.open();
    story.probe(Probe::default()).await;
    let events = story.events();
    let facts = events.iter().filter_map(|e| match &e.what {
        What::Fact(fact) => Some(fact.found.clone()),
        _ => None,
    });
    facts.collect()
}

#[tokio::test(start_paused = true)]
async fn what_one_session_learned_the_next_one_knows_with_its_day() {
    let memory = Arc::new(Memory::default());
    let first = found(&memory).await;
    assert!(first.iter().all(|f| !matches!(f, Found::Recalled { .. })));
    assert!(first.iter().any(|f| matches!(f, Found::Calibration(_))));
    let second = found(&memory).await;
    let at = |wanted: fn(&Found) -> bool| second.iter().position(wanted);
    let recalled = at(
        |f| matches!(f, Found::Recalled { learned, calibration } if learned.starts_with("2026-11-20") && calibration.class == Class::Silent),
    );
    let tried = at(|f| matches!(f, Found::Attempt(_)));
    assert!(recalled.is_some() && recalled < tried, "{second:#?}");
    // The first attempt that ends as silence does is known for it at once, before this session has its own black hole.
    let silent = second.iter().find_map(|f| match f {
        Found::Attempt(a) if a.class == Class::Silent => Some(a),
        _ => None,
    });
    assert!(
        silent.is_some_and(|a| !a.calibration.is_empty()),
        "{silent:#?}"
    );
}

#[test]
fn a_file_holds_one_signature_of_a_kind_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let signatures = Signatures::in_folder(folder.path());
    let day = |text: &str| text.parse().unwrap();
    signatures
        .keep(&learned(Class::Silent, 10), day("2026-11-20T10:00:00Z"))
        .unwrap();
    signatures
        .keep(&learned(Class::Local, 4), day("2026-11-21T10:00:00Z"))
        .unwrap();
    signatures
        .keep(&learned(Class::Silent, 10), day("2026-11-22T10:00:00Z"))
        .unwrap();
    let kept = signatures.of(FIRMWARE).unwrap();
    let rows: Vec<(&str, Class)> = kept
        .iter()
        .map(|s| (s.learned.as_str(), s.calibration.class))
        .collect();
    assert_eq!(
        rows,
        [
            ("2026-11-21T10:00:00Z", Class::Local),
            ("2026-11-22T10:00:00Z", Class::Silent)
        ]
    );
    assert_eq!(signatures.of("other firmware").unwrap(), []);
    for code in 20..120 {
        signatures
            .keep(&learned(Class::Unreach, code), day("2026-11-22T11:00:00Z"))
            .unwrap();
    }
    assert_eq!(signatures.of(FIRMWARE).unwrap().len(), 40);
}

#[test]
fn a_file_that_is_none_of_ours_is_told_and_learned_anew() {
    let folder = tempfile::tempdir().unwrap();
    let signatures = Signatures::in_folder(folder.path());
    let path = folder.path().join(format!("{FIRMWARE}.json"));
    let large = "x".repeat(100_000);
    for text in [
        "",
        "{}",
        "[1]",
        "{\"format\":2,\"firmware\":\"x\",\"signatures\":[]}",
        &large,
    ] {
        std::fs::write(&path, text).unwrap();
        let error = signatures.of(FIRMWARE).unwrap_err().to_string();
        assert!(
            error.contains(FIRMWARE) && error.contains("remove it"),
            "{error}"
        );
        signatures
            .keep(&learned(Class::Silent, 10), jiff::Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(signatures.of(FIRMWARE).unwrap().len(), 1);
    }
}

#[test]
fn settings_and_signatures_of_a_real_modem_lie_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let kept =
        Snapshots::in_folder(folder.path().join("settings")).of("/dev/ttyUSB2", "/dev/ttyUSB2");
    kept.keep_signature(&learned(Class::Silent, 10)).unwrap();
    assert!(
        folder
            .path()
            .join("signatures")
            .join(format!("{FIRMWARE}.json"))
            .exists()
    );
    assert_eq!(kept.signatures(FIRMWARE).unwrap().len(), 1);
    assert!(
        !folder.path().join("settings").exists(),
        "no settings were kept"
    );
}
