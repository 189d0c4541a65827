//! A probe after a send that broke once its connection was open: what only a whole message shows is in the verdict then.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Confidence, ExperimentState, Found, Verdict, What};
use mmscope::known::Known;
use mmscope::serial::Source;
use std::sync::Arc;

/// A line that is back as soon as it is asked for.
pub struct Again(pub mmscope::simulator::Modem);

impl Source for Again {
    fn open(&self) -> mmscope::serial::Opening<'_> {
        Box::pin(async move {
            Ok(mmscope::serial::Opened {
                line: Box::new(self.0.open_line()),
                name: "again".to_owned(),
                control_lines: None,
                outputs: None,
                notes: Vec::new(),
            })
        })
    }
}

/// Whether the modem's line is there.
pub fn line_is_open(known: &Known) -> bool {
    known
        .serial
        .as_ref()
        .is_some_and(|s| s.state == mmscope::event::SerialState::Open)
}

async fn after_a_send(world: &str) -> (Verdict, Verdict, Arc<Known>) {
    let mut beginning = Beginning::world(world);
    beginning.source = Some(|modem| Arc::new(Again(modem)));
    let story = beginning.open();
    let before = story.probe(Probe::default()).await;
    let result = story.send(story.draft()).await;
    assert!(!result.ok, "{world}: {result:?}");
    story.until(line_is_open).await;
    let after = story.probe(Probe::default()).await;
    let known = story.journal.known();
    story.bench.close().await;
    (before, after, known)
}

/// Before a message was sent these worlds look sound, and the headline says that nothing was sent; afterwards the cause is named. Where
/// already the answer to a probe breaks off, that is said, with less confidence.
#[tokio::test(start_paused = true)]
async fn a_broken_send_is_diagnosed() {
    let table = [
        ("mmsc-truncates", Code::MmscFault),
        ("mmsc-resets", Code::MmscFault),
        ("reboots", Code::ModemSilent),
        ("vanishes", Code::ModemSilent),
    ];
    for (world, truth) in table {
        let (before, after, known) = after_a_send(world).await;
        let (code, says) = match world {
            "mmsc-truncates" => (Code::MmscFault, "breaks off"),
            _ => (Code::Works, "nothing was sent"),
        };
        assert_eq!(before.verdict, code, "{world} before: {}", before.headline);
        assert!(
            before.headline.contains(says),
            "{world}: {}",
            before.headline
        );
        assert_eq!(
            (after.verdict, after.confidence),
            (truth, Confidence::Medium),
            "{world} after: {}",
            after.headline
        );
        assert!(
            after
                .evidence
                .iter()
                .any(|e| e.says.starts_with("the last send") && !e.rests_on.is_empty()),
            "{world}: the send is evidence, with its lines: {:?}",
            after.evidence
        );
        let probe = known.probes.back().unwrap();
        assert!(
            probe
                .facts
                .iter()
                .any(|r| matches!(r.fact.found, Found::Sent { .. }))
        );
    }
}

/// What HTTP said rests on the exchanges in which it was said; and no experiment waits in the stream for ever.
#[tokio::test(start_paused = true)]
async fn http_has_its_lines_and_every_experiment_ends() {
    let story = Beginning::world("mint").open();
    let verdict = story.probe(Probe::default()).await;
    let post = verdict
        .evidence
        .iter()
        .find(|e| e.says.starts_with("POST "))
        .unwrap();
    let events = story.events();
    let commands: Vec<String> = post
        .rests_on
        .iter()
        .filter_map(|id| events.iter().find(|e| e.id == *id))
        .filter_map(|e| match &e.what {
            What::Exchange(x) => Some(x.command.to_string()),
            _ => None,
        })
        .collect();
    assert!(
        commands.iter().any(|c| c.starts_with("AT+CIPSEND="))
            && commands.iter().any(|c| c.starts_with("AT+CIPRXGET=")),
        "{commands:?}"
    );
    let known = story.journal.known();
    let probe = known.probes.back().unwrap();
    for step in &probe.experiments {
        assert!(
            matches!(
                step.state,
                ExperimentState::Done { .. } | ExperimentState::NotRun { .. }
            ),
            "{} {}: {:?}",
            step.experiment,
            step.title,
            step.state
        );
    }
}
