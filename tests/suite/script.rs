//! Several AT commands of the person, one after the other, on a simulated bench; and the marks that go into the recording.
use super::story::{Beginning, Story};
use mmscope::bench::{Order, Typed};
use mmscope::event::{Act, Ending, What};

fn typed(commands: &[(&str, Option<&str>)]) -> Order {
    let all = commands.iter().map(|(command, payload)| Typed {
        command: (*command).to_owned(),
        payload: payload.map(|p| p.as_bytes().to_vec()),
    });
    Order::RunAll(all.collect())
}

/// The person's commands with their endings.
fn ran(story: &Story) -> Vec<(String, String)> {
    let events = story.journal.since(0);
    let ran = events.iter().filter_map(|e| match &e.what {
        What::Exchange(x) if x.purpose == "person" => match &x.ending {
            Ending::Final(code) => Some((x.command.clone(), code.clone())),
            other => Some((x.command.clone(), format!("{other:?}"))),
        },
        _ => None,
    });
    ran.collect()
}

async fn says(story: &Story, part: &str) -> String {
    let told = |k: &mmscope::known::Known| {
        let notices = k.notices.iter().map(|(_, n)| n.text.clone());
        notices.rev().find(|n| n.contains(part))
    };
    story.until(|k| told(k).is_some()).await;
    told(&story.journal.known()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_script_runs_in_order_with_its_payloads() {
    let story = Beginning::world("open").open();
    let sms = ("AT+CMGS=\"+12025550123\"", Some("hello"));
    let script = [
        ("AT+CSQ", None),
        ("AT+CMGF=1", None),
        sms,
        ("AT+CIMI", None),
    ];
    story.bench.order(typed(&script)).await;
    says(&story, "the script has run: 4 commands, all OK").await;
    let commands: Vec<String> = ran(&story).into_iter().map(|(c, _)| c).collect();
    assert_eq!(commands, script.map(|(c, _)| c));
    assert!(
        ran(&story).iter().all(|(_, code)| code == "OK"),
        "{:?}",
        ran(&story)
    );
    let acts = story.journal.since(0);
    let typed = acts
        .iter()
        .filter(|e| matches!(e.what, What::Act(Act::At { .. })));
    assert_eq!(typed.count(), 4, "each is an act of the person");
}

#[tokio::test(start_paused = true)]
async fn the_first_command_that_fails_ends_a_script_and_says_which() {
    let story = Beginning::world("open").open();
    let script = [("AT+CSQ", None), ("AT+CREG=99", None), ("AT+CIMI", None)];
    story.bench.order(typed(&script)).await;
    let said = says(&story, "the script ended").await;
    assert!(
        said.contains("command 2 of 3") && said.contains("`AT+CREG=99`"),
        "{said}"
    );
    assert_eq!(ran(&story).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_script_stops_before_its_next_command_when_it_is_cancelled() {
    let story = Beginning::world("open").open();
    story.bench.order(typed(&[("AT+CSQ", None); 50])).await;
    story.bench.order(Order::Cancel).await;
    says(&story, "the script was stopped before command").await;
    assert!(ran(&story).len() < 50);
}

#[tokio::test(start_paused = true)]
async fn read_only_runs_no_script_that_changes_anything() {
    let mut beginning = Beginning::world("open");
    beginning.read_only = true;
    let story = beginning.open();
    story
        .bench
        .order(typed(&[("AT+CSQ", None), ("AT+CFUN=0", None)]))
        .await;
    let said = says(&story, "read-only").await;
    assert!(
        said.contains("AT+CFUN=0") && said.contains("none of the commands"),
        "{said}"
    );
    assert_eq!(ran(&story), []);
}

#[tokio::test(start_paused = true)]
async fn a_mark_is_an_act_of_the_person_and_hides_what_it_names() {
    let story = Beginning::world("open").open();
    let name = Some("before +12025550123 was tried".to_owned());
    story
        .bench
        .order(Order::Mark {
            line: 7,
            name: name.clone(),
        })
        .await;
    let kept = |e: &mmscope::event::Event| {
        e.what
            == What::Act(Act::Mark {
                line: 7,
                name: name.clone(),
            })
    };
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let events = story.journal.since(0);
    let mark = events
        .iter()
        .find(|e| kept(e))
        .expect("the stream has the mark");
    let recorded =
        serde_json::to_string(&*mmscope::journal::masked(mark, &mut Default::default())).unwrap();
    assert!(
        recorded.contains("\"act\":\"mark\"") && recorded.contains("\"line\":7"),
        "{recorded}"
    );
    assert!(!recorded.contains("2025550123"), "{recorded}");
}
