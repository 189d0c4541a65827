//! The outputs of a host: what is asked for reaches the module, and opening the line raises both.
use super::host::Desk;
use mmscope::cli::Simulated;
use mmscope::serial::{Output, Outputs, Source};

#[tokio::test(start_paused = true)]
async fn each_output_moves_by_itself_and_a_new_line_has_them_raised() {
    let desk = Desk::named("open");
    let modem = desk.bench.modem.clone();
    let source = Simulated::of(modem.clone(), "world open");
    let mut opened = source.opened(modem.open_line());
    let outputs: &mut Box<dyn Outputs> = opened.outputs.as_mut().unwrap();
    assert!(modem.circuits().dtr && modem.circuits().rts);
    for (output, on, dtr, rts, breaking) in [
        (Output::Dtr, false, false, true, false),
        (Output::Rts, false, false, false, false),
        (Output::Dtr, true, true, false, false),
        (Output::Break, true, true, false, true),
        (Output::Dtr, false, false, false, true),
    ] {
        outputs.set(output, on).unwrap();
        let now = modem.circuits();
        assert_eq!(
            (now.dtr, now.rts, now.breaking),
            (dtr, rts, breaking),
            "{output:?} {on}"
        );
    }
    let again = source.open().await.unwrap();
    let now = modem.circuits();
    assert_eq!(
        (now.dtr, now.rts, now.breaking, now.breaks),
        (true, true, false, 1)
    );
    let told = again.control_lines.unwrap();
    assert_eq!((told.dtr, told.rts, told.asked), (Some(true), None, None));
}
