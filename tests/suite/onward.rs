//! What a person types next: after a send that failed, after `doctor`, after a fix that was kept, and where no modem is named.
use mmscope::event::Fix;
use mmscope::profile::{Library, SimFacts};
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(words)
            .env("HOME", self.0.path())
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }

    fn says(&self, words: &[&str]) -> String {
        let output = self.run(words);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }

    /// Keeps a mend as the console does.
    fn keep(&self, id: &str, text: &str) {
        let folder = self.0.path().join("config/mmscope/profiles");
        let path = folder.join(format!("{id}.toml"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// The fix of the world's first verdict, and that one mended once more.
fn mends() -> [(String, String); 2] {
    let fix = Fix::Mmsc {
        url: "http://wholesale.mmsmvno.com/mms/wapenc".into(),
    };
    let library = Library::shipped();
    let once = library.get("example/mint-as-configured").unwrap();
    let once = once.mended(&fix).unwrap();
    let twice = once.mended(&fix).unwrap();
    [once, twice].map(|p| (p.id.to_string(), p.to_file().unwrap()))
}

const SEND: [&str; 5] = ["send", "--sim", "--to", "+12025550142", "hello"];

#[test]
fn a_send_that_failed_names_the_next_command() {
    let home = Home::new();
    let says = home.says(&SEND);
    let next = says.lines().find(|l| l.contains("next: ")).unwrap();
    assert!(
        next.contains("`mmscope probe --sim`") && next.contains("`--profile us/mint`"),
        "{next}"
    );
    // What it names does what it says.
    let said = home.says(&["probe", "--sim"]);
    assert!(said.contains("WRONG-PORT"), "{said}");
    let sent = home.run(&[&SEND[..], &["--profile", "us/mint"]].concat());
    let says = String::from_utf8([sent.stdout, sent.stderr].concat()).unwrap();
    assert_eq!(sent.status.code(), Some(0), "{says}");
    assert!(!says.contains("next: "), "{says}");
    // Where the card is the matter, no profile is: the bench is looked at.
    let says = home.says(&["send", "--world", "no-sim", "--to", "+12025550142", "hello"]);
    assert!(
        says.contains("next: `mmscope doctor --world no-sim`"),
        "{says}"
    );
    // The line is for eyes.
    let json = home.says(&[&SEND[..], &["--json"]].concat());
    assert!(json.lines().all(|l| l.starts_with('{')), "{json}");
}

/// A fix that was kept is in use at the next start, and the world's own profile is one option away.
#[test]
fn a_mend_that_was_kept_is_used_at_the_next_start() {
    let home = Home::new();
    let [(first, once), (second, twice)] = mends();
    home.keep(&first, &once);
    let sent = home.run(&SEND);
    let says = String::from_utf8(sent.stdout).unwrap();
    assert_eq!(sent.status.code(), Some(0), "{says}");
    assert!(says.contains(&format!("profile {first} ")), "{says}");
    assert!(
        says.contains("the mend of example/mint-as-configured that you have kept"),
        "{says}"
    );
    // The last mend of several.
    home.keep(&second, &twice);
    let says = home.says(&SEND);
    assert!(says.contains(&format!("profile {second} ")), "{says}");
    // Who names a profile gets that one.
    let as_it_was = ["--profile", "example/mint-as-configured"];
    let sent = home.run(&[&SEND[..], &as_it_was].concat());
    let says = String::from_utf8(sent.stdout).unwrap();
    assert_eq!(sent.status.code(), Some(18), "{says}");
    assert!(!says.contains("that you have kept"), "{says}");
    // Another world's profile has no mend.
    let says = home.says(&["send", "--world", "open", "--to", "+12025550142", "hello"]);
    assert!(says.contains("profile example/open "), "{says}");
}

/// The same for a SIM: the last mend of the profile that fits it best.
#[test]
fn of_mends_that_fit_a_sim_the_last_is_meant() {
    let fix = Fix::Apn {
        apn: "other".into(),
    };
    let shipped = Library::shipped();
    let sim = SimFacts {
        mccmnc: Some("310240".into()),
        gid1: Some("756D".into()),
        ..SimFacts::default()
    };
    let best = shipped.best_match(&sim).or(shipped.best_match(&SimFacts {
        imsi: Some("310240000000123".into()),
        ..sim.clone()
    }));
    let Some(best) = best else {
        panic!("no profile fits this SIM: {:?}", shipped.matching(&sim));
    };
    let once = best.mended(&fix).unwrap();
    let twice = once.mended(&fix).unwrap();
    let file = |p: &mmscope::profile::Profile| (PathBuf::from(p.id.as_str()), p.to_file().unwrap());
    let chosen = |files: Vec<(PathBuf, String)>| {
        let (library, faults) = Library::new(files);
        assert!(faults.is_empty(), "{faults:?}");
        library.best_match(&sim).map(|p| p.id.to_string())
    };
    assert_eq!(chosen(Vec::new()), Some(best.id.to_string()));
    assert_eq!(chosen(vec![file(&once)]), Some(once.id.to_string()));
    assert_eq!(
        chosen(vec![file(&once), file(&twice)]),
        Some(twice.id.to_string())
    );
    assert_eq!(twice.mends(best.id.as_str()), Some(2));
    assert_eq!(twice.mends(once.id.as_str()), Some(2));
    assert_eq!(once.mends(twice.id.as_str()), None);
}

/// The check that would have said in the first minute why no MMS can go out.
#[test]
fn doctor_judges_the_profile_in_use_and_names_the_next_command() {
    let home = Home::new();
    let says = home.says(&["doctor", "--sim"]);
    let row = says.lines().find(|l| l.contains(" profile ")).unwrap();
    assert!(
        row.contains("example/mint-as-configured") && row.contains("P01") && row.contains("P02"),
        "{row}"
    );
    let last = says.lines().last().unwrap();
    assert!(
        last.contains("next: the modem is fine, the profile may not be: `mmscope probe --sim`"),
        "{last}"
    );
    let says = home.says(&["doctor", "--world", "open"]);
    let last = says.lines().last().unwrap();
    assert!(
        last.contains("`mmscope send --world open --to NUMBER TEXT`"),
        "{last}"
    );
    let says = home.says(&["doctor", "--world", "no-sim"]);
    let last = says.lines().last().unwrap();
    assert!(
        last.contains("next: mend what is said under SIM, then `mmscope doctor --world no-sim`"),
        "{last}"
    );
    let says = home.says(&["doctor", "--sim", "--profile", "us/nobody"]);
    assert!(says.contains("there is no profile `us/nobody`"), "{says}");
    // A mend that was kept is judged, since it is used.
    let [(first, once), _] = mends();
    home.keep(&first, &once);
    let says = home.says(&["doctor", "--sim"]);
    assert!(!says.contains("P01") && says.contains(&first), "{says}");
}

/// Eighty names in one sentence are no help: a few, and where all of them stand.
#[test]
fn where_no_world_or_modem_is_named_few_names_are_and_the_list_has_all() {
    let home = Home::new();
    let refused = home.says(&["at", "AT"]);
    assert!(refused.contains("`mmscope sim --list`"), "{refused}");
    assert!(refused.len() < 500, "{refused}");
    let near = home.says(&["at", "AT", "--world", "no-cover"]);
    assert!(near.contains("did you mean \"no-coverage\"?"), "{near}");
    let list = home.says(&["sim", "--list"]);
    let names: Vec<&str> = list
        .lines()
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    let all: Vec<&str> = mmscope::simulator::World::shipped()
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(names, all);
    let json = home.says(&["sim", "--list", "--json"]);
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["world"], all[0]);
    assert!(!first["about"].as_str().unwrap().is_empty());
}
