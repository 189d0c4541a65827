//! What is put back, and what is never touched: contexts of others, another modem, an older copy that still waits.
use crate::story::{Beginning, Story};
use mmscope::bench::{Order, Snapshots};
use mmscope::event::{Identity, Imei, Stage};
use mmscope::modem::Settings;
use mmscope::pipeline::Keep;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

fn reading(lines: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (read, line) in lines {
        settings.take(read, &[(*line).to_owned()]);
    }
    settings
}

#[test]
fn only_contexts_of_our_own_are_deleted_or_brought_down() {
    let mut found = reading(&[(
        "AT+CGDCONT?",
        "+CGDCONT: 1,\"IP\",\"internet\",\"\",0,0,0,0",
    )]);
    let now = reading(&[
        (
            "AT+CGDCONT?",
            "+CGDCONT: 1,\"IP\",\"internet\",\"\",0,0,0,0",
        ),
        ("AT+CGDCONT?", "+CGDCONT: 5,\"IP\",\"mms\",\"\",0,0,0,0"),
        ("AT+CGDCONT?", "+CGDCONT: 6,\"IP\",\"theirs\",\"\",0,0,0,0"),
        ("AT+CGACT?", "+CGACT: 5,1"),
        ("AT+CGACT?", "+CGACT: 6,1"),
        ("AT+CGAUTH?", "+CGAUTH: 5,1,\"us\""),
        ("AT+CGAUTH?", "+CGAUTH: 6,1,\"them\""),
    ]);
    assert_eq!(found.from_here(&now), Vec::<String>::new());
    found.made.insert(5);
    assert_eq!(
        found.from_here(&now),
        ["AT+CGACT=0,5", "AT+CGAUTH=5,0", "AT+CGDCONT=5"]
    );
    // A reading that came back empty made nothing its own.
    let empty = Settings::default();
    assert_eq!(empty.from_here(&now), Vec::<String>::new());
}

/// A line on which some commands are refused, whatever the modem would say.
fn refusing(mut modem: DuplexStream, refused: &'static [&'static str]) -> DuplexStream {
    let (host, mut near) = tokio::io::duplex(1 << 14);
    tokio::spawn(async move {
        let (mut typed, mut from_host, mut from_modem) = (Vec::new(), [0; 4096], [0; 4096]);
        loop {
            tokio::select! {
                n = near.read(&mut from_host) => match n {
                    Ok(n) if n > 0 => for octet in &from_host[..n] {
                        typed.push(*octet);
                        if refused.iter().any(|r| format!("{r}\r").as_bytes() == typed) {
                            typed.clear();
                            near.write_all(b"\r\nERROR\r\n").await.unwrap();
                        } else if !refused.iter().any(|r| r.as_bytes().starts_with(&typed)) {
                            if modem.write_all(&typed).await.is_err() { return; }
                            typed.clear();
                        }
                    },
                    _ => return,
                },
                n = modem.read(&mut from_modem) => match n {
                    Ok(n) if n > 0 => if near.write_all(&from_modem[..n]).await.is_err() { return },
                    _ => return,
                },
            }
        }
    });
    host
}

#[tokio::test(start_paused = true)]
async fn a_modem_that_does_not_tell_its_contexts_is_not_changed() {
    for refused in [&["AT+CGDCONT?"][..], &["AT+CGACT?"]] {
        let beginning = Beginning::world("open");
        let sim = mmscope::simulator::start(beginning.world.clone(), Default::default());
        let line = refusing(sim.line, refused);
        let story = beginning.on(sim.modem, Box::new(line), None);
        let result = story.send(story.draft()).await;
        assert_eq!(result.stage, Some(Stage::Port), "{result:#?}");
        let error = result.error.unwrap();
        assert!(error.what.contains(refused[0]), "{error:?}");
        assert_eq!(story.modem.settings(), story.before);
        let changes = |c: &String| c.contains('=') && !c.ends_with('?');
        assert!(
            !story.commands().iter().any(changes),
            "{:?}",
            story.commands()
        );
    }
}

/// Remembers every copy that was written.
#[derive(Default)]
struct Copies {
    written: Mutex<Vec<Settings>>,
    cleared: Mutex<bool>,
}

impl Keep for Copies {
    fn save(&self, settings: &Settings) -> io::Result<()> {
        self.written.lock().unwrap().push(settings.clone());
        Ok(())
    }
    fn clear(&self, _: &Settings) {
        *self.cleared.lock().unwrap() = true;
    }
}

/// What the modem of the open world was set to, of an owner, as an earlier session left it.
async fn left_by(
    firmware: &str,
    change: &str,
) -> (Settings, mmscope::simulator::Modem, Arc<Copies>) {
    let copies = Arc::new(Copies::default());
    let mut beginning = Beginning::world("open");
    beginning.keep = copies.clone();
    let story = beginning.open();
    assert!(story.send(story.draft()).await.ok);
    let mut left = copies.written.lock().unwrap()[0].clone();
    let owner = left.modem.as_mut().unwrap();
    assert!(owner.model.contains("SIM7600"), "{owner:?}");
    if !firmware.is_empty() {
        owner.firmware = firmware.to_owned();
    }
    story.bench.order(Order::RunAt(change.to_owned())).await;
    story.until(|k| !k.sends.is_empty()).await;
    let modem = story.modem.clone();
    assert!(story.bench.close().await);
    (left, modem, Arc::default())
}

#[tokio::test(start_paused = true)]
async fn settings_of_another_modem_are_not_put_back_and_not_lost() {
    let (left, modem, copies) = left_by("LE20B99OTHER", "AT+CIPSENDMODE=1").await;
    let before = modem.settings();
    let story = Story::reopened(&modem, copies.clone(), left.clone(), false);
    let result = story.send(story.draft()).await;
    assert_eq!(result.stage, Some(Stage::Port), "{result:#?}");
    assert!(result.error.unwrap().means.contains("LE20B99OTHER"));
    let told = |n: &str| n.contains("LE20B99OTHER") && n.contains("nothing is put back");
    assert!(
        story
            .journal
            .known()
            .notices
            .iter()
            .any(|(_, n)| told(&n.text))
    );
    assert_eq!(modem.settings(), before);
    assert!(
        copies.written.lock().unwrap().is_empty(),
        "the copy was written over"
    );
    assert!(!*copies.cleared.lock().unwrap(), "the copy was thrown away");
}

#[test]
fn a_copy_belongs_to_a_modem_not_to_a_line() {
    let modem = |firmware: &str, imei: &str| Identity {
        model: "SIMCOM_SIM7600G-H".to_owned(),
        firmware: firmware.to_owned(),
        imei: Imei::new(imei).masked(),
        ..Identity::default()
    };
    let left = Settings {
        modem: Some(modem("LE20B04", "490154203237518")),
        ..Settings::default()
    };
    assert!(left.belong_to(&modem("LE20B04", "490154203237518")));
    assert!(
        left.belong_to(&modem("LE20B04", "")),
        "it may not tell its IMEI"
    );
    assert!(!left.belong_to(&modem("LE20B05", "490154203237518")));
    assert!(!left.belong_to(&modem("LE20B04", "867584030000000")));
}

#[tokio::test(start_paused = true)]
async fn an_older_copy_is_not_written_over_by_the_next_send() {
    let (left, modem, copies) = left_by("", "AT").await;
    // What cannot be put back on this modem at all, so that the copy still waits when the send begins.
    let mut owed = left.clone();
    owed.values.insert("CIPSENDMODE".to_owned(), "7".to_owned());
    let story = Story::reopened(&modem, copies.clone(), owed.clone(), false);
    let result = story.send(story.draft()).await;
    assert!(result.ok, "{result:#?}");
    for copy in copies.written.lock().unwrap().iter() {
        assert_eq!(copy.value("CIPSENDMODE"), Some("7"), "the old copy is gone");
    }
    assert!(!*copies.cleared.lock().unwrap());
}

#[tokio::test(start_paused = true)]
async fn read_only_says_what_it_would_put_back_and_does_not() {
    let (mut left, modem, copies) = left_by("", "AT").await;
    left.values.insert("CIPSENDMODE".to_owned(), "1".to_owned());
    let before = modem.settings();
    let story = Story::reopened(&modem, copies.clone(), left, true);
    story.bench.order(Order::Restore).await;
    let said = |story: &Story, what: &str| {
        let known = story.journal.known();
        known.notices.iter().any(|(_, n)| n.text.contains(what))
    };
    story
        .until(|k| {
            k.notices
                .iter()
                .any(|(_, n)| n.text.contains("read-only: nothing is put back"))
        })
        .await;
    assert!(said(&story, "AT+CIPSENDMODE=1"));
    assert!(story.bench.close().await);
    assert_eq!(modem.settings(), before);
    assert!(!*copies.cleared.lock().unwrap());
}

const USB: &str = "1e0e:9001:0123456789ABCDEF:2";

/// Settings of one of two modems of the same type and firmware: only the IMEI, of which a mark is kept, tells them apart.
fn of_unit(imei: &str, cmee: &str) -> Settings {
    let imei = Imei::new(imei);
    let mut settings = reading(&[("AT+CMEE?", &format!("+CMEE: {cmee}"))]);
    settings.unit = (!imei.reveal().is_empty()).then(|| imei.mark());
    settings.modem = Some(Identity {
        model: "SIMCOM_SIM7600G-H".to_owned(),
        firmware: "LE20B04".to_owned(),
        imei: imei.masked(),
        ..Identity::default()
    });
    settings
}

fn cmee(snapshots: &Snapshots, line: &str) -> Vec<String> {
    let held = snapshots.left_behind(USB, line).unwrap();
    let mut values: Vec<String> = held
        .iter()
        .map(|h| h.settings.value("CMEE").unwrap().to_owned())
        .collect();
    values.sort();
    values
}

#[test]
fn two_modems_with_the_same_factory_serial_number_do_not_share_a_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let snapshots = Snapshots::in_folder(folder.path());
    let (a, b) = (
        of_unit("490154203237518", "0"),
        of_unit("490154203237526", "1"),
    );
    assert_eq!(
        a.modem, b.modem,
        "masked, they look the same, and the mark tells them apart"
    );
    assert!(a.is_of_another(b.unit.as_deref()) && !a.is_of_another(None));
    let (on_a, on_b) = (
        snapshots.of(USB, "/dev/ttyUSB2"),
        snapshots.of(USB, "/dev/ttyUSB7"),
    );
    on_a.save(&a).unwrap();
    on_b.save(&b).unwrap();
    // A USB modem may come back under any name.
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB12"), ["0", "1"]);
    on_b.clear(&b);
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB2"), ["0"], "the other's stays");
    on_a.save(&a).unwrap();
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB2"), ["0"], "one file a modem");
    on_a.clear(&a);
    assert!(snapshots.all().unwrap().is_empty());
}

#[test]
fn modems_that_tell_no_imei_are_kept_apart_by_their_lines() {
    let folder = tempfile::TempDir::new().unwrap();
    let snapshots = Snapshots::in_folder(folder.path());
    let of = |line| snapshots.of(USB, line);
    of("/dev/ttyUSB2").save(&of_unit("", "0")).unwrap();
    of("/dev/ttyUSB7").save(&of_unit("", "1")).unwrap();
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB2"), ["0"]);
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB7"), ["1"]);
    of("/dev/ttyUSB7").clear(&of_unit("", "1"));
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB2"), ["0"]);
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB7"), [""; 0]);
}

#[test]
fn a_file_of_an_older_version_is_found_and_cleared_and_a_broken_one_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let snapshots = Snapshots::in_folder(folder.path());
    let mut old = of_unit("490154203237518", "0");
    old.unit = None;
    let text = serde_json::json!({"format": 1, "serial": USB, "settings": old});
    let path = folder.path().join("1e0e-9001-0123456789ABCDEF-2.json");
    std::fs::write(&path, text.to_string()).unwrap();
    assert_eq!(cmee(&snapshots, "/dev/ttyUSB5"), ["0"]);
    let kept = snapshots.of(USB, "/dev/ttyUSB5");
    // What is written of it now stands beside it; both go when all is back.
    kept.save(&old).unwrap();
    let twin = of_unit("490154203237526", "1");
    kept.save(&twin).unwrap();
    kept.clear(&old);
    assert!(!path.exists());
    assert_eq!(
        cmee(&snapshots, "/dev/ttyUSB5"),
        ["1"],
        "a twin's own stays"
    );
    std::fs::write(&path, "{").unwrap();
    let told = snapshots.left_behind(USB, "/dev/ttyUSB5").unwrap_err();
    assert!(told.to_string().contains("no kept settings"), "{told}");
    let other = snapshots.left_behind("1e0e:9001:OTHER:2", "/dev/ttyUSB5");
    assert!(other.unwrap().is_empty(), "not this line's business");
}

#[tokio::test(start_paused = true)]
async fn of_two_copies_for_the_same_line_the_modems_own_goes_back_and_the_other_waits() {
    let folder = tempfile::TempDir::new().unwrap();
    let snapshots = Snapshots::in_folder(folder.path());
    let (own, modem, _) = left_by("", "AT+CIPSENDMODE=1").await;
    assert_eq!(own.unit, Some(Imei::new("490154203237518").mark()));
    let mut twins = own.clone();
    twins.unit = Some(Imei::new("490154203237526").mark());
    twins
        .values
        .insert("CIPCCFG".to_owned(), "9,0,0,0,1,0,500".to_owned());
    let line = "world of a test";
    let kept = snapshots.of(line, line);
    kept.save(&own).unwrap();
    kept.save(&twins).unwrap();
    let held = snapshots.left_behind(line, line).unwrap().into_iter();
    let story = Story::reopened_with(&modem, Arc::new(kept), held.map(|h| h.settings).collect());
    story
        .until(|k| {
            k.notices
                .iter()
                .any(|(_, n)| n.text.contains("1 other modem"))
        })
        .await;
    let result = story.send(story.draft()).await;
    assert!(result.ok, "the twin's copy is in nobody's way: {result:#?}");
    assert!(story.bench.close().await);
    let left = snapshots.left_behind(line, line).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].settings.unit, twins.unit, "it waits for its modem");
    let now = modem.settings();
    assert!(
        !now.values().any(|v| v.contains("9,0,0,0,1,0,500")),
        "{now:?}"
    );
    assert!(
        now.iter()
            .all(|(name, v)| !name.contains("CIPSENDMODE") || v == "0"),
        "its own went back: {now:?}"
    );
}
