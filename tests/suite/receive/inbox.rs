//! The inbox: names that a stranger chose, and what is left of it after a restart.
use bytes::Bytes;
use mmscope::event::{InboxKind, InboxState};
use mmscope::inbox::{
    Inbox, InboxError, Item, LONGEST_NAME, MOST_PARTS, Place, WaitingPart, safe_names,
};
use mmscope::mms::Part;
use proptest::prelude::*;
use std::path::{Component, Path};

fn part(name: &str, content_type: &str) -> Part {
    Part {
        content_type: content_type.to_owned(),
        name: Some(name.to_owned()),
        data: Bytes::from_static(b"data"),
        ..Part::default()
    }
}

#[test]
fn a_name_stays_in_its_folder_and_is_what_it_seems() {
    for (said, content_type, name) in [
        ("cat.jpg", "image/jpeg", "cat.jpg"),
        (
            "../../.ssh/authorized_keys",
            "text/plain",
            "authorized_keys.txt",
        ),
        ("C:\\Windows\\win.ini", "text/plain", "win.ini"),
        ("/etc/passwd", "text/plain", "passwd.txt"),
        ("..", "image/png", "part-1.png"),
        ("", "image/gif", "part-1.gif"),
        ("con.txt", "text/plain", "_con.txt"),
        ("NUL", "application/smil", "_NUL.smil"),
        ("message.json", "application/json", "message-2.json"),
        ("Message.JSON", "application/json", "Message-2.JSON"),
        ("-rf", "text/plain", "rf.txt"),
        ("a\u{202E}gpj.exe", "image/jpeg", "agpj.exe"),
        ("what?.jpg", "image/jpeg", "what_.jpg"),
        ("line\nbreak\0.txt", "text/plain", "linebreak.txt"),
        ("trailing. ", "text/plain", "trailing.txt"),
        ("naïve – 写真.jpg", "image/jpeg", "naïve – 写真.jpg"),
    ] {
        assert_eq!(safe_names(&[part(said, content_type)]), [name], "{said:?}");
    }
    let twice = [part("a.jpg", ""), part("A.jpg", ""), part("a.jpg", "")];
    assert_eq!(safe_names(&twice), ["a.jpg", "A-2.jpg", "a-3.jpg"]);
    let long = safe_names(&[part(&format!("{}.jpeg", "é".repeat(300)), "image/jpeg")]);
    assert!(long[0].len() <= LONGEST_NAME && long[0].ends_with("é.jpeg"));
}

proptest! {
    #[test]
    fn any_names_are_safe_and_distinct(names in prop::collection::vec(".{0,200}|[./\\\\: a]{0,8}", 0..6)) {
        let parts: Vec<Part> = names.iter().map(|n| part(n, "text/plain")).collect();
        let safe = safe_names(&parts);
        prop_assert_eq!(safe.len(), parts.len());
        let mut lower: Vec<String> = safe.iter().map(|n| n.to_lowercase()).collect();
        lower.sort();
        lower.dedup();
        prop_assert_eq!(lower.len(), safe.len(), "two are the same: {:?}", safe);
        for name in &safe {
            let components: Vec<Component> = Path::new(name).components().collect();
            prop_assert!(matches!(components[..], [Component::Normal(_)]), "{:?}", name);
            prop_assert!(!name.starts_with('.') && !name.chars().any(char::is_control), "{:?}", name);
            prop_assert!(!name.contains(['/', '\\', ':']), "{:?}", name);
            prop_assert!(name.len() <= LONGEST_NAME + 8, "{:?}", name);
        }
    }
}

fn item(text: &str) -> Item {
    Item {
        kind: InboxKind::Mms,
        state: InboxState::Waiting,
        from: "+12025550123".to_owned(),
        content_location: format!("http://mmsc.example/m/{text}"),
        digests: vec![format!("digest of {text}")],
        places: vec![Place {
            store: "SM".to_owned(),
            index: 3,
            digest: format!("digest of {text}"),
        }],
        ..Item::default()
    }
}

#[test]
fn what_came_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let parts = [part("../a.txt", "text/plain"), part("a.txt", "image/png")];
    {
        let inbox = Inbox::in_folder(&place).unwrap();
        assert_eq!(inbox.add(item("one")).unwrap().id, 1);
        assert_eq!(inbox.add(item("two")).unwrap().id, 2);
        let saved = inbox
            .save(2, &parts, |i| i.state = InboxState::Here)
            .unwrap();
        assert_eq!(saved.parts[1].file, "a-2.txt");
    }
    // A message that somebody has broken costs itself only.
    std::fs::create_dir(place.join("7")).unwrap();
    std::fs::write(place.join("7/message.json"), "no JSON").unwrap();
    let inbox = Inbox::in_folder(&place).unwrap();
    assert_eq!(inbox.unread().len(), 1);
    assert_eq!(inbox.all().len(), 2);
    assert_eq!(inbox.get(2).unwrap().state, InboxState::Here);
    assert_eq!(inbox.part(2, 0).unwrap(), b"data");
    assert_eq!(inbox.with_location("http://mmsc.example/m/one"), Some(1));
    assert_eq!(inbox.with_location(""), None);
    assert_eq!(inbox.with_digest("digest of two"), Some(2));
    assert_eq!(
        inbox.add(item("three")).unwrap().id,
        3,
        "numbers in use are passed over"
    );
    // Nothing of the person's is written over.
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("a.txt"), "mine").unwrap();
    let written = inbox.export(2, &out).unwrap();
    assert_eq!(written.len(), 2);
    assert_eq!(std::fs::read(out.join("a.txt")).unwrap(), b"mine");
    let names: Vec<_> = written
        .iter()
        .map(|f| f.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, ["a-2.txt", "a-2-2.txt"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700, "nobody else reads what came");
        assert_eq!(mode(&place.join("2/message.json")), 0o600);
    }
}

#[test]
fn a_fetch_that_a_crash_interrupted_waits_again() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::in_folder(folder.path()).unwrap();
    inbox.add(item("one")).unwrap();
    inbox.change(1, |i| i.state = InboxState::Fetching).unwrap();
    drop(inbox);
    let inbox = Inbox::in_folder(folder.path()).unwrap();
    assert_eq!(inbox.get(1).unwrap().state, InboxState::Waiting);
}

fn waits(digest: &str, came: u64) -> WaitingPart {
    WaitingPart {
        digest: digest.to_owned(),
        tpdu: vec![0x44, 0x0B, 0x91],
        came,
    }
}

#[test]
fn parts_that_wait_are_there_after_a_restart_until_they_are_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    {
        let inbox = Inbox::in_folder(&place).unwrap();
        for (digest, came) in [("bb", 20), ("aa", 10), ("bb", 30)] {
            inbox.keep_part(waits(digest, came)).unwrap();
        }
        inbox.add(item("one")).unwrap();
    }
    // What somebody has put there or broken is told and changes nothing.
    std::fs::write(place.join("waiting/cc.part"), "no part").unwrap();
    let inbox = Inbox::in_folder(&place).unwrap();
    assert_eq!(inbox.waiting_parts(), [waits("aa", 10), waits("bb", 20)]);
    assert_eq!(inbox.unread().len(), 1);
    assert_eq!(inbox.all().len(), 1);
    inbox.drop_part("aa").unwrap();
    inbox.drop_part("never kept").unwrap();
    drop(inbox);
    let inbox = Inbox::in_folder(&place).unwrap();
    assert_eq!(inbox.waiting_parts(), [waits("bb", 20)]);
    assert!(
        inbox.keep_part(waits("../../x", 1)).is_err(),
        "only a digest becomes a name"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |p: &str| {
            let meta = std::fs::metadata(place.join(p)).unwrap();
            meta.permissions().mode() & 0o777
        };
        assert_eq!((mode("waiting"), mode("waiting/bb.part")), (0o700, 0o600));
    }
}

/// Two of them would assemble, fetch and acknowledge the same message twice, and each would delete the other's parts.
#[test]
fn a_folder_has_one_keeper_and_anybody_may_look() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let keeper = Inbox::in_folder(&place).unwrap();
    keeper.keep_part(waits("aa", 10)).unwrap();
    let second = Inbox::in_folder(&place).unwrap_err();
    assert!(matches!(second, InboxError::InUse { .. }), "{second}");
    for part in ["another mmscope keeps this inbox", "--inbox"] {
        assert!(second.to_string().contains(part), "{second}");
    }
    keeper.add(item("one")).unwrap();
    let looker = Inbox::look(&place).unwrap();
    assert_eq!(looker.all().len(), 1);
    assert_eq!(looker.unread(), &[] as &[String], "the lock is no message");
    drop(keeper);
    let next = Inbox::in_folder(&place).unwrap();
    assert_eq!(next.waiting_parts(), [waits("aa", 10)]);
    assert_eq!((next.caution(), next.why_unkept()), (None, None));
    // A lock that cannot be had is no reason to keep nothing.
    let place = folder.path().join("other");
    std::fs::create_dir_all(place.join(".lock")).unwrap();
    let inbox = Inbox::in_folder(&place).unwrap();
    assert!(inbox.caution().unwrap().contains("cannot be locked"));
    assert_eq!(inbox.add(item("one")).unwrap().id, 1);
}

#[test]
fn parts_that_wait_are_bounded() {
    let inbox = Inbox::in_memory();
    for n in 0..MOST_PARTS + 3 {
        inbox.keep_part(waits(&format!("{n:x}"), n as u64)).unwrap();
    }
    let left = inbox.waiting_parts();
    assert_eq!((left.len(), left[0].came), (MOST_PARTS, 3));
}

/// Whoever only looks takes no part of another process's folder away, however many parts come.
#[test]
fn parts_that_somebody_else_keeps_stay_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let keeper = Inbox::in_folder(&place).unwrap();
    keeper.keep_part(waits("aa", 1)).unwrap();
    let passing = Inbox::lazily(&place).unwrap();
    for n in 0..MOST_PARTS + 3 {
        let digest = format!("b{n:x}");
        assert!(passing.keep_part(waits(&digest, n as u64 + 2)).is_err());
    }
    assert_eq!(passing.waiting_parts().len(), MOST_PARTS);
    assert_eq!(
        Inbox::look(&place).unwrap().waiting_parts(),
        [waits("aa", 1)]
    );
}

/// Who wants nothing of what comes in leaves the folder to whoever does, until something must be kept.
#[test]
fn an_inbox_that_is_only_looked_at_is_nobodys_until_something_must_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let passing = Inbox::lazily(&place).unwrap();
    assert!(!passing.is_own());
    let keeper = Inbox::in_folder(&place).expect("a receiver begins beside it");
    keeper.add(item("one")).unwrap();
    keeper.keep_part(waits("aa", 10)).unwrap();
    // Beside a keeper nothing is written, and nothing is lost of what is only in memory.
    assert!(matches!(
        passing.add(item("two")),
        Err(InboxError::InUse { .. })
    ));
    assert!(passing.keep_part(waits("bb", 20)).is_err());
    assert!(passing.change(1, |i| i.answered = true).is_err());
    assert_eq!(keeper.all().len(), 1);
    drop(keeper);
    // The keeper has gone: what it kept is seen, what waits is written, and nobody else comes in now.
    assert!(passing.take_over().unwrap());
    assert!(!passing.take_over().unwrap(), "once");
    assert_eq!(passing.all().len(), 1);
    assert_eq!(passing.waiting_parts(), [waits("aa", 10), waits("bb", 20)]);
    assert_eq!(passing.keep_rest(), 1);
    assert_eq!(passing.add(item("two")).unwrap().id, 2);
    assert!(Inbox::in_folder(&place).is_err());
    drop(passing);
    let next = Inbox::in_folder(&place).unwrap();
    assert_eq!((next.all().len(), next.waiting_parts().len()), (2, 2));
}

/// The disk was away for one part and is back for the next: both are on it then, and nothing else is left behind.
#[test]
fn a_part_that_the_disk_refused_is_written_with_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let (place, away) = (folder.path().join("inbox"), folder.path().join("away"));
    let inbox = Inbox::in_folder(&place).unwrap();
    std::fs::rename(&place, &away).unwrap();
    std::fs::write(&place, "").unwrap();
    assert!(inbox.keep_part(waits("aa", 10)).is_err());
    assert!(inbox.add(item("one")).is_err());
    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&away, &place).unwrap();
    inbox.keep_part(waits("bb", 20)).unwrap();
    drop(inbox);
    let next = Inbox::in_folder(&place).unwrap();
    assert_eq!(next.waiting_parts(), [waits("aa", 10), waits("bb", 20)]);
    assert_eq!(next.unread(), &[] as &[String]);
}
