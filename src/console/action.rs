//! The one vocabulary of what a person can do: keys, footer and help are made from [`TABLE`].
//!
//! In: nothing. Out: actions, their names, what they say of themselves, their keys and where these are valid. Never here: what an action
//! does (that is `update`), how a key is read (that is `keymap`).
use super::copying::{Form, OctetForm};
use super::layout::{Pane, Screen};

/// Something that a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    missing_docs,
    reason = "each has its help text in the table, which is what a reader wants"
)]
pub enum Action {
    Send,
    DryRun,
    Another,
    Dtr,
    Rts,
    Break,
    Stop,
    Probe,
    Apply,
    PhoneWitness,
    InboundWitness,
    FullProbe,
    Keep,
    Report,
    Export,
    Earlier,
    ShowEvidence,
    Go(Screen),
    Mark,
    Compare,
    NextWay,
    Plain,
    ClearLetter,
    SaveLetter,
    SendSms,
    SendQueued,
    SendEntry,
    ResendSame,
    ResendNew,
    CancelEntry,
    Forget,
    OpenDraft,
    OpenPost,
    FetchItem,
    DeferItem,
    RejectItem,
    SaveItem,
    Reply,
    DeleteStored,
    SelfTest,
    Restore,
    Options,
    Attach,
    OptionNext,
    OptionPrevious,
    OptionChange,
    OptionChangeBack,
    OptionDone,
    Detach,
    EditPdu,
    Resend,
    OctetLeft,
    OctetRight,
    Profiles,
    UseProfile,
    Write,
    TypeAt,
    RunAt,
    NextField,
    NewLine,
    Leave,
    NextPane,
    PreviousPane,
    Focus(Pane),
    Zoom,
    Http,
    Bubble,
    Freeze,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Copy,
    Mouse,
    Hide,
    Palette,
    PaletteDo,
    PaletteComplete,
    NextTheme,
    NextLayout,
    Reload,
    Help,
    Capabilities,
    Redraw,
    Suspend,
    Quit,
    Recordings,
    OpenRecording,
    LayBeside,
    BesideGood,
    Live,
    Play,
    Faster,
    Slower,
    NextEvent,
    PreviousEvent,
    NextExchange,
    PreviousExchange,
    NextStage,
    PreviousStage,
    NextError,
    PreviousError,
    NextAct,
    PreviousAct,
    Start,
    End,
    Yes,
    No,
    CursorLeft,
    CursorRight,
    CursorUp,
    CursorDown,
    WordLeft,
    WordRight,
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    Backspace,
    Delete,
    DeleteWord,
    DeleteToStart,
    Undo,
    Redo,
    OlderCommand,
    NewerCommand,
    // The traffic pane, the AT line, the log.
    Search,
    FindNext,
    FindPrevious,
    Filter,
    QuickFilter,
    Fold,
    FoldOne,
    Slowest,
    Hex,
    Split,
    Columns(ColumnStep),
    Explain,
    Times,
    Select,
    SetMark,
    NextMark,
    PreviousMark,
    CopyMenu,
    CopyAs(Form),
    CopyExtent,
    CopyPlain,
    CopyFile,
    Complete,
    TakeLine,
    DropLine,
    LogLevel,
    // Panels, the table of profiles, octets.
    ProbeOptions,
    Vary,
    CellLeft,
    CellRight,
    ShowCell,
    OctetMenu,
    CopyOctets(OctetForm),
    CopyWhole,
}

/// What is done with the columns of the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    missing_docs,
    reason = "each has its help text in the table, which is what a reader wants"
)]
pub enum ColumnStep {
    Open,
    Turn,
    Left,
    Right,
    Other,
    Copy,
}

/// Where a key is valid. A plain character never acts while text is being typed, wherever its key is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everywhere, also while text is typed.
    Everywhere,
    /// Wherever no text is typed.
    Command,
    /// In this pane, while no text is typed.
    On(Pane),
    /// On this screen, whichever of its panes has the keys.
    OnScreen(Screen),
    /// In any text field.
    Typing,
    /// In the text of the message.
    InText,
    /// In the one-line fields of the message.
    InLine,
    /// In the AT entry line.
    InAt,
    /// In the palette.
    InPalette,
    /// In the list under a line that is typed: palette and help.
    InList,
    /// In the panel of the message's options.
    InOptions,
    /// In that panel, on a row of choices.
    OnChoice,
    /// In a panel, on a line with a list to choose from.
    OnOffer,
    /// In that panel, on a file.
    OnFile,
    /// While a question stands.
    Asked,
    /// While a line is asked for at the foot of the screen.
    InPrompt,
    /// While it is asked in which form to copy.
    InCopyMenu,
    /// While it is asked in which form to copy octets.
    InOctetMenu,
    /// In the list of recordings.
    InRecordings,
    /// In the panel of the columns.
    InColumns,
    /// While a recording is on the screen, in any pane.
    InReplay,
}

impl Place {
    /// Which of two valid places wins: the more special one.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Asked | Self::InPrompt | Self::InCopyMenu | Self::InOctetMenu => 5,
            Self::OnChoice | Self::OnOffer | Self::OnFile | Self::InReplay => 4,
            Self::InText
            | Self::InLine
            | Self::InAt
            | Self::InOptions
            | Self::InPalette
            | Self::InList
            | Self::InRecordings
            | Self::InColumns
            | Self::On(_) => 3,
            Self::Typing | Self::OnScreen(_) => 2,
            Self::Command => 1,
            Self::Everywhere => 0,
        }
    }

    /// Whether a plain character is text there.
    #[must_use]
    pub fn is_typed(self) -> bool {
        matches!(
            self,
            Self::Typing
                | Self::InText
                | Self::InLine
                | Self::InAt
                | Self::InOptions
                | Self::InPalette
                | Self::InList
                | Self::InPrompt
        )
    }

    /// Where that is, in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Everywhere => "everywhere".to_owned(),
            Self::Command => "outside text".to_owned(),
            Self::On(pane) => format!("in {}", pane.title()),
            Self::OnScreen(screen) => format!("on the screen {}", screen.title()),
            Self::Typing => "in text".to_owned(),
            Self::InText => "in the message's text".to_owned(),
            Self::InLine => "in the message's lines".to_owned(),
            Self::InAt => "in the AT line".to_owned(),
            Self::InPalette => "in the palette".to_owned(),
            Self::InList => "in palette and help".to_owned(),
            Self::InOptions => "in options and panels".to_owned(),
            Self::OnChoice => "on a choice of options and panels".to_owned(),
            Self::OnOffer => "on a line with a list".to_owned(),
            Self::OnFile => "on a file of the options".to_owned(),
            Self::Asked => "at a question".to_owned(),
            Self::InPrompt => "in the line at the foot".to_owned(),
            Self::InCopyMenu => "where it is asked how to copy".to_owned(),
            Self::InOctetMenu => "where it is asked how to copy octets".to_owned(),
            Self::InRecordings => "in the list of recordings".to_owned(),
            Self::InColumns => "in the panel of the columns".to_owned(),
            Self::InReplay => "in a recording".to_owned(),
        }
    }
}

/// One action with all that is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its name in a configuration, a palette and the documentation.
    pub name: &'static str,
    /// One or two words for the footer.
    pub label: &'static str,
    /// A sentence for the help.
    pub help: &'static str,
    /// Its keys, each with the place where it is valid.
    pub keys: &'static [(&'static str, Place)],
    /// Whether it changes the modem, the network or what is sent: such an action has no plain key outside its own list.
    pub changes_world: bool,
    /// Its place in the footer, lowest first; `None` leaves it to the help.
    pub footer: Option<u8>,
}

const fn row(
    action: Action,
    name: &'static str,
    label: &'static str,
    help: &'static str,
    keys: &'static [(&'static str, Place)],
) -> Row {
    Row {
        action,
        name,
        label,
        help,
        keys,
        changes_world: false,
        footer: None,
    }
}

impl Row {
    const fn world(mut self) -> Self {
        self.changes_world = true;
        self
    }
    const fn foot(mut self, rank: u8) -> Self {
        self.footer = Some(rank);
        self
    }
}

use Action as A;
use Place::{
    Asked, Command, Everywhere, InAt, InColumns, InCopyMenu, InLine, InList, InOctetMenu,
    InOptions, InPalette, InPrompt, InRecordings, InReplay, InText, On, OnChoice, OnFile, OnOffer,
    OnScreen, Typing,
};

/// Every action there is.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(A::Yes, "yes", "yes", "Yes to the question on the screen.", &[("y", Asked), ("enter", Asked)]).foot(0),
    row(A::No, "no", "no", "No to the question on the screen.", &[("n", Asked), ("esc", Asked)]).foot(1),
    row(A::Send, "send", "send", "Send the message through the profile in use.", &[("ctrl-s", Everywhere)]).world().foot(10),
    row(A::Stop, "stop", "stop", "Stop the running send or probe, and leave the modem tidy.", &[("ctrl-x", Everywhere)]).world().foot(5),
    row(A::Apply, "apply", "apply the fix", "Do what the verdict advises: use a profile with that one thing changed, held for this session.", &[("enter", On(Pane::Verdict)), ("ctrl-y", OnScreen(Screen::Diagnosis))]).world().foot(6),
    row(A::Probe, "probe", "probe why not", "Probe the profile in use, and find out why a send fails: experiments that send nothing to anybody and change no setting that stays.", &[("d", Command), ("f8", Everywhere)]).foot(9),
    row(A::ShowEvidence, "show-evidence", "show lines", "Show the very lines of the AT traffic that this piece of evidence rests on.", &[("enter", On(Pane::Evidence))]).foot(6),
    row(A::PhoneWitness, "witness-phone", "phone", "Say whether the same SIM sends a picture in a phone, Wi-Fi off: not tried, it sends, it fails.", &[("w", OnScreen(Screen::Diagnosis))]).foot(14),
    row(A::InboundWitness, "witness-inbound", "inbound", "Say whether an MMS to this line is announced to the modem: not tried, yes, no.", &[("i", OnScreen(Screen::Diagnosis))]).foot(14),
    row(A::FullProbe, "probe-full", "full probe", "Probe further what a probe leaves open: defines spare contexts and moves the socket stack, a minute or two; asks first, and puts all of it back.", &[("D", Command)]).foot(15),
    row(A::Keep, "keep-profile", "keep the copy", "Write the changed copy of the profile into your profile folder; asks first.", &[("s", OnScreen(Screen::Diagnosis))]).foot(7),
    row(A::Report, "report", "report", "Write a report of this session with the verdict and the letter to the carrier, or a pcap of its HTTP exchange: asks for the form, for each hidden field whether to show it, and for the file.", &[("R", Command), ("f10", Everywhere)]).foot(19),
    row(A::Export, "export", "export", "Write this table as Markdown, CSV or JSON: the profiles side by side, or the A/B sends, whichever the chosen cell stands in.", &[("x", OnScreen(Screen::Compare))]).foot(8),
    row(A::Earlier, "earlier", "earlier session", "Put the probe of an earlier recording beside these: before and after.", &[("r", OnScreen(Screen::Compare))]).foot(8),
    row(A::Mark, "mark", "mark", "Mark the chosen profile for comparing, or take the mark away.", &[("space", On(Pane::Profiles))]).foot(8),
    row(A::Compare, "compare", "compare", "Probe the marked profiles one after another and show them side by side.", &[("c", On(Pane::Profiles)), ("c", OnScreen(Screen::Compare))]).foot(8),
    row(A::NextWay, "next-way", "way", "Send the message another way: MMS, linked SMS, unlinked SMS.", &[("alt-w", Everywhere)]),
    row(A::Plain, "plain", "plain text", "Write the characters that force UCS-2 as plain ones, where they have one.", &[("alt-g", Everywhere)]),
    row(A::ClearLetter, "clear-letter", "empty it", "Empty the whole letter, for a new one: recipients, subject, text, options and files; undo brings it back.", &[("alt-c", InText), ("alt-c", InLine), ("alt-c", OnScreen(Screen::Bench))]).foot(16),
    row(A::SaveLetter, "letter-to-file", "to a file", "Write the letter into a file of its own beside the recording: recipients, subject, text, names of files.", &[("f", Asked), ("leader f", Everywhere)]),
    row(A::SendSms, "send-sms", "send as SMS", "Send as linked SMS what failed as MMS before it went out, as it stands in the composer now; asks first, and says how many parts go to whom.", &[("alt-t", OnScreen(Screen::Bench)), ("alt-t", OnScreen(Screen::Diagnosis))]).world().foot(9),
    row(A::SendQueued, "send-queued", "send queued", "Send every message that is queued, the oldest first.", &[("alt-q", On(Pane::Messages))]).world().foot(8),
    row(A::SendEntry, "send-entry", "send it", "Send this message, which has not gone out yet.", &[("alt-p", On(Pane::Messages))]).world().foot(6),
    row(A::ResendSame, "resend-same", "again", "Send this message again, the very same octets; asks first.", &[("alt-s", On(Pane::Messages))]).world().foot(7),
    row(A::ResendNew, "resend-new", "as new", "Send this message again, as a new one; asks first.", &[("alt-n", On(Pane::Messages))]).world().foot(7),
    row(A::CancelEntry, "cancel-entry", "do not send", "Do not send this message; it stays as a draft.", &[("alt-x", On(Pane::Messages))]).world().foot(7),
    row(A::Forget, "forget", "forget", "Remove this message from the outbox for good; asks first.", &[("delete", On(Pane::Messages))]).world().foot(8),
    row(A::OpenPost, "open-message", "open", "Open this message whole: all of its text and parts, or what became of it.", &[("enter", On(Pane::Messages))]).foot(6),
    row(A::OpenDraft, "open-draft", "edit", "Take this message into the composer, to be changed and sent anew; asks first where a letter would be lost, and before one that waits leaves the queue.", &[("e", On(Pane::Messages))]).foot(8),
    row(A::FetchItem, "fetch", "fetch", "Fetch this MMS from the MMSC, and tell the MMSC so.", &[("alt-f", On(Pane::Messages))]).world().foot(6),
    row(A::DeferItem, "defer", "later", "Tell the MMSC that this MMS will be fetched later.", &[("alt-l", On(Pane::Messages))]).world().foot(8),
    row(A::RejectItem, "reject", "not wanted", "Tell the MMSC that this MMS is not wanted, so that it deletes it; asks first.", &[("alt-j", On(Pane::Messages))]).world().foot(9),
    row(A::SaveItem, "save", "save", "Write text and parts of this message into a folder here.", &[("v", On(Pane::Messages))]).foot(7),
    row(A::Reply, "reply", "reply", "Answer this message: its sender comes into the composer; asks first where a letter would be lost.", &[("r", On(Pane::Messages))]).foot(7),
    row(A::DeleteStored, "delete-stored", "delete from modem", "Delete what lies of this message in the modem's store; asks first. It stays here.", &[("alt-d", On(Pane::Messages))]).world().foot(9),
    row(A::SelfTest, "self-test", "self-test", "Send texts of four lengths to your own number and see whether each comes back whole; asks first.", &[("alt-y", On(Pane::Messages))]).world().foot(9),
    row(A::UseProfile, "use-profile", "use it", "Use the chosen profile for the next send.", &[("enter", On(Pane::Profiles))]).world().foot(6),
    row(A::RunAt, "run-at", "run", "Send the AT command to the modem; its answer shows in the traffic.", &[("enter", InAt)]).world().foot(6),
    row(A::NextField, "next-field", "next field", "Go on to the next field.", &[("enter", InLine)]).foot(15),
    row(A::NewLine, "new-line", "new line", "Begin a new line in the text.", &[("enter", InText)]),
    row(A::Write, "write", "write", "Write the message: recipients, subject, text.", &[("enter", On(Pane::Compose)), ("e", Command)]).foot(11),
    row(A::Options, "options", "options", "Open the message's options: copies, sender, class, times, priority, reports, files.", &[("o", Command), ("alt-o", Everywhere)]).foot(19),
    row(A::Attach, "attach", "attach", "Take a file along: opens the options at the path.", &[("alt-a", Everywhere)]),
    row(A::OptionNext, "option-next", "next", "Go on to the next option; on a path, complete it.", &[("tab", InOptions), ("down", InOptions)]).foot(8),
    row(A::OptionPrevious, "option-previous", "previous", "Go back to the option before.", &[("backtab", InOptions), ("up", InOptions)]),
    row(A::OptionChange, "option-change", "change", "Go on to the next choice.", &[("space", OnChoice), ("right", OnChoice), ("enter", OnChoice), ("right", OnOffer)]).foot(6),
    row(A::OptionChangeBack, "option-change-back", "change back", "Go back to the choice before.", &[("left", OnChoice), ("left", OnOffer)]),
    row(A::OptionDone, "option-done", "done", "Take the file of this path along; on the row that begins something, begin; elsewhere, go on to the next row.", &[("enter", InOptions)]).foot(7),
    row(A::Detach, "detach", "leave out", "Leave this file out of the message.", &[("delete", OnFile), ("backspace", OnFile)]).foot(6),
    row(A::EditPdu, "edit-pdu", "edit as a draft", "Put this message into the composer again: recipients, subject, text, options, files.", &[("e", OnScreen(Screen::Pdu))]).foot(8),
    row(A::Resend, "resend", "send again", "Send these very octets once more, with the same Transaction-Id; asks first.", &[("alt-s", OnScreen(Screen::Pdu))]).world().foot(9),
    row(A::OctetLeft, "octet-left", "octet before", "One octet back.", &[("left", On(Pane::Octets))]),
    row(A::OctetRight, "octet-right", "octet after", "One octet on.", &[("right", On(Pane::Octets))]),
    row(A::TypeAt, "type-at", "AT command", "Type an AT command.", &[("enter", On(Pane::Traffic)), ("a", Command)]).foot(16),
    row(A::Profiles, "profiles", "profiles", "Show the carrier profiles and choose one.", &[("p", Command), ("8", Command), ("ctrl-o", Everywhere), ("f2", Everywhere), ("alt-8", Everywhere)]).foot(12),
    row(A::Leave, "leave", "back", "Leave the text field, the list, the zoom or the help.", &[("esc", Everywhere)]).foot(7),
    row(A::Http, "http", "HTTP", "Show the HTTP request and answer of the send, field by field.", &[("h", Command)]).foot(13),
    row(A::Bubble, "bubble", "bubble", "Show the bubble on the simulated phone, its whole text.", &[("b", Command)]).foot(13),
    row(A::Freeze, "freeze", "freeze", "Hold the AT traffic still, in the log the log, or follow it again.", &[("f", Command), ("space", On(Pane::Traffic))]).foot(17),
    row(A::Zoom, "zoom", "zoom", "Give the whole screen to this pane, with more detail.", &[("z", Command), ("f4", Everywhere)]).foot(18),
    row(A::NextPane, "next-pane", "next pane", "Go to the next pane; in the message, to the next field.", &[("tab", Everywhere)]).foot(20),
    row(A::PreviousPane, "previous-pane", "previous pane", "Go to the pane before; in the message, to the field before.", &[("backtab", Everywhere)]).foot(15),
    row(A::Go(Screen::Bench), "screen-bench", "bench", "Go to the bench: message, send, modem.", &[("f5", Everywhere)]).foot(21),
    row(A::Go(Screen::Diagnosis), "screen-diagnosis", "diagnosis", "Go to the diagnosis: verdict, evidence, hypotheses, experiments.", &[("f6", Everywhere)]).foot(21),
    row(A::Go(Screen::Compare), "screen-compare", "side by side", "Go to the profiles side by side.", &[("f7", Everywhere)]).foot(21),
    row(A::Go(Screen::Pdu), "screen-pdu", "PDU", "Look at the octets of the messages that were sent and received, and at what each one means.", &[("f3", Everywhere)]).foot(21),
    row(A::Go(Screen::Messages), "screen-messages", "messages", "Go to the messages: what came in, what waits, what became of the others.", &[("M", Command), ("alt-m", Everywhere)]).foot(21),
    row(A::Focus(Pane::Messages), "pane-messages", "messages", "Go to the list of messages.", &[("1", OnScreen(Screen::Messages)), ("alt-1", OnScreen(Screen::Messages))]),
    row(A::Focus(Pane::Compose), "pane-compose", "message", "Go to the message.", &[("1", Command), ("alt-1", Everywhere)]),
    row(A::Focus(Pane::Send), "pane-send", "send ladder", "Go to the stages of the send.", &[("2", Command), ("alt-2", Everywhere)]),
    row(A::Focus(Pane::Traffic), "pane-traffic", "AT traffic", "Go to the AT traffic.", &[("3", Command), ("alt-3", Everywhere)]),
    row(A::Focus(Pane::Signal), "pane-signal", "signal", "Go to the signal.", &[("4", Command), ("alt-4", Everywhere)]),
    row(A::Focus(Pane::Contexts), "pane-contexts", "PDP contexts", "Go to the PDP contexts.", &[("5", Command), ("alt-5", Everywhere)]),
    row(A::Focus(Pane::Dns), "pane-dns", "DNS", "Go to the DNS lookups.", &[("6", Command), ("alt-6", Everywhere)]),
    row(A::Focus(Pane::Tcp), "pane-tcp", "TCP", "Go to the TCP links.", &[("7", Command), ("alt-7", Everywhere)]),
    row(A::Focus(Pane::Verdict), "pane-verdict", "verdict", "Go to the verdict and what to do next.", &[("1", OnScreen(Screen::Diagnosis)), ("alt-1", OnScreen(Screen::Diagnosis))]),
    row(A::Focus(Pane::Evidence), "pane-evidence", "evidence", "Go to what the verdict rests on.", &[("2", OnScreen(Screen::Diagnosis)), ("alt-2", OnScreen(Screen::Diagnosis))]),
    row(A::Focus(Pane::Hypotheses), "pane-hypotheses", "hypotheses", "Go to the hypotheses and how they stand.", &[("4", OnScreen(Screen::Diagnosis)), ("alt-4", OnScreen(Screen::Diagnosis))]),
    row(A::Focus(Pane::Experiments), "pane-experiments", "experiments", "Go to the experiments, done and waiting.", &[("5", OnScreen(Screen::Diagnosis)), ("alt-5", OnScreen(Screen::Diagnosis))]),
    row(A::Focus(Pane::Attempts), "pane-attempts", "attempts", "Go to the connections that were tried.", &[("6", OnScreen(Screen::Diagnosis)), ("alt-6", OnScreen(Screen::Diagnosis))]),
    row(A::Focus(Pane::Fields), "pane-fields", "fields", "Go to the fields of the PDU.", &[("1", OnScreen(Screen::Pdu)), ("alt-1", OnScreen(Screen::Pdu))]),
    row(A::Focus(Pane::Octets), "pane-octets", "octets", "Go to the octets of the PDU.", &[("2", OnScreen(Screen::Pdu)), ("alt-2", OnScreen(Screen::Pdu))]),
    row(A::Focus(Pane::Remarks), "pane-remarks", "remarks", "Go to what is wrong or doubtful in the PDU.", &[("3", OnScreen(Screen::Pdu)), ("alt-3", OnScreen(Screen::Pdu))]),
    row(A::Focus(Pane::Pdus), "pane-pdus", "PDUs", "Go to the list of the PDUs of this session.", &[("4", OnScreen(Screen::Pdu)), ("alt-4", OnScreen(Screen::Pdu))]),
    row(A::Focus(Pane::Compare), "pane-compare", "table", "Go to the table of profiles.", &[("1", OnScreen(Screen::Compare)), ("alt-1", OnScreen(Screen::Compare))]),
    row(A::Up, "up", "up", "One line up.", &[("up", Command), ("k", Command), ("up", InList)]),
    row(A::Down, "down", "down", "One line down.", &[("down", Command), ("j", Command), ("down", InList)]),
    row(A::PageUp, "page-up", "page up", "One page up.", &[("pageup", Command), ("pageup", InAt), ("pageup", InList)]),
    row(A::PageDown, "page-down", "page down", "One page down.", &[("pagedown", Command), ("pagedown", InAt), ("pagedown", InList)]),
    row(A::First, "first", "first", "To the first line.", &[("home", Command), ("g", Command)]),
    row(A::Last, "last", "last", "To the last line; traffic is followed again.", &[("end", Command), ("G", Command)]),
    row(A::Copy, "copy", "copy", "Copy the text of this pane to the clipboard (OSC 52).", &[("y", Command)]),
    row(A::Capabilities, "capabilities", "firmware", "Show which commands this firmware has, what each is used for, and the ways of this firmware.", &[("v", Command)]),
    row(A::Restore, "restore", "restore settings", "Put the modem's settings back as they were; asks first.", &[("ctrl-r", Everywhere)]).world(),
    row(A::Mouse, "mouse", "mouse", "Release the mouse to the terminal to select text, or take it back; most terminals also select while Shift is held.", &[("m", Command), ("f9", Everywhere)]),
    row(A::CursorLeft, "cursor-left", "left", "One visible character to the left.", &[("left", Typing)]),
    row(A::CursorRight, "cursor-right", "right", "One visible character to the right.", &[("right", Typing)]),
    row(A::CursorUp, "cursor-up", "up", "One row up in the text; from its first row, and from a line, to the field above.", &[("up", InText), ("up", InLine)]),
    row(A::CursorDown, "cursor-down", "down", "One row down in the text; to the field below.", &[("down", InText), ("down", InLine)]),
    row(A::OlderCommand, "older-command", "older", "The AT command before, from the history.", &[("up", InAt)]).foot(14),
    row(A::NewerCommand, "newer-command", "newer", "The AT command after, from the history.", &[("down", InAt)]),
    row(A::WordLeft, "word-left", "word left", "One word to the left.", &[("ctrl-left", Typing), ("alt-b", Typing)]),
    row(A::WordRight, "word-right", "word right", "One word to the right.", &[("ctrl-right", Typing), ("alt-f", Typing)]),
    row(A::LineStart, "line-start", "line start", "To the start of the line.", &[("home", Typing), ("ctrl-a", Typing)]),
    row(A::LineEnd, "line-end", "line end", "To the end of the line.", &[("end", Typing), ("ctrl-e", Typing)]),
    row(A::TextStart, "text-start", "text start", "To the start of the text.", &[("ctrl-home", Typing), ("pageup", InText)]),
    row(A::TextEnd, "text-end", "text end", "To the end of the text.", &[("ctrl-end", Typing), ("pagedown", InText)]),
    row(A::Backspace, "backspace", "delete left", "Take away the visible character to the left.", &[("backspace", Typing), ("ctrl-h", Typing)]),
    row(A::Delete, "delete", "delete right", "Take away the visible character to the right.", &[("delete", Typing), ("ctrl-d", Typing)]),
    row(A::DeleteWord, "delete-word", "delete word", "Take away the word to the left.", &[("ctrl-w", Typing), ("ctrl-backspace", Typing), ("alt-backspace", Typing)]),
    row(A::DeleteToStart, "delete-to-start", "delete line", "Take away all from here to the start of the line.", &[("ctrl-u", Typing)]),
    row(A::Undo, "undo", "undo", "Undo the last change of the text; in a line, bring back what was taken away last; in an emptied letter, the letter.", &[("alt-u", InText), ("alt-u", InLine)]).foot(12),
    row(A::Redo, "redo", "redo", "Do again what was undone.", &[("alt-r", InText), ("alt-r", InLine)]),
    row(A::Redraw, "redraw", "redraw", "Draw the whole screen anew.", &[("ctrl-l", Everywhere)]),
    row(A::Suspend, "suspend", "suspend", "Give the terminal back to the shell; `fg` returns.", &[("ctrl-z", Everywhere)]),
    // The traffic pane, the AT line, the log.
    row(A::TakeLine, "take-line", "take it", "Take the line that was asked for: the search, the filter, the mark's name.", &[("enter", InPrompt)]).foot(0),
    row(A::DropLine, "drop-line", "as before", "Leave the line that was asked for; all is as before.", &[("esc", InPrompt)]).foot(1),
    row(A::CopyAs(Form::Text), "copy-text", "text", "Copy as text, with times.", &[("t", InCopyMenu)]).foot(0),
    row(A::CopyAs(Form::Script), "copy-script", "AT script", "Copy as an AT script, answers as comments.", &[("a", InCopyMenu)]).foot(1),
    row(A::CopyAs(Form::Markdown), "copy-markdown", "markdown", "Copy as a Markdown table, for a ticket.", &[("m", InCopyMenu)]).foot(2),
    row(A::CopyAs(Form::Command), "copy-command", "command", "Copy as the headless command that does the same.", &[("c", InCopyMenu)]).foot(3),
    row(A::CopyAs(Form::Json), "copy-json", "JSON", "Copy as JSON Lines, as in a recording.", &[("j", InCopyMenu)]).foot(4),
    row(A::CopyExtent, "copy-extent", "other lines", "Other lines: selected, exchange, between marks, listed.", &[("w", InCopyMenu), ("tab", InCopyMenu)]).foot(5),
    row(A::CopyPlain, "copy-plain", "numbers", "Numbers and identities in plain, or hidden again.", &[("n", InCopyMenu), ("n", InOctetMenu)]).foot(6),
    row(A::CopyFile, "copy-file", "to a file", "Into a file of its own beside the recording and not into the clipboard, however long it is: this pane's text, the traffic in a form of your choice.", &[("f", InCopyMenu), ("f", InOctetMenu), ("Y", Command)]),
    row(A::CopyMenu, "copy-menu", "copy as", "Copy the selected lines, the exchange, what is marked or all, in a form of your choice.", &[("y", On(Pane::Traffic))]).foot(18),
    row(A::Search, "search", "search", "Look in this pane for words, or for a /regular expression/.", &[("/", Command)]).foot(19),
    row(A::FindNext, "find-next", "next", "To the next place where it was found, downwards.", &[("n", Command)]),
    row(A::FindPrevious, "find-previous", "previous", "To the next place where it was found, upwards.", &[("N", Command)]),
    row(A::Filter, "filter", "filter", "Show only some lines: tx, rx, urc, late, errors, notices, stage:connect, by:poll, slow:500 (milliseconds), words, a /regular expression/; ! before a term turns it round.", &[("F", On(Pane::Traffic))]).foot(17),
    row(A::QuickFilter, "quick-filter", "errors only", "Show only errors, then only what comes unasked, then only what is no poll, then all again.", &[("r", On(Pane::Traffic))]),
    row(A::Fold, "fold", "fold", "One line for each exchange, or all its lines.", &[("o", On(Pane::Traffic))]).foot(17),
    row(A::FoldOne, "fold-one", "open", "Open or fold this one exchange.", &[("x", On(Pane::Traffic))]),
    row(A::Slowest, "slowest", "slowest", "The exchanges that have ended, slowest first, while the traffic is held; or the order of time again.", &[("T", On(Pane::Traffic))]),
    row(A::Hex, "hex", "hex", "The octets on the wire in the place of lines, or the lines again.", &[("X", On(Pane::Traffic))]).foot(19),
    row(A::Split, "hex-split", "lines and hex", "Each line on the wire with its octets, beside it or under it, or the lines alone again.", &[("S", On(Pane::Traffic))]).foot(19),
    row(A::Columns(ColumnStep::Open), "columns", "columns", "Choose the columns of the traffic and of the exchanges, and their order.", &[("C", On(Pane::Traffic))]).foot(19),
    row(A::Columns(ColumnStep::Turn), "column-turn", "show or not", "Show the chosen column, or leave it out.", &[("space", InColumns), ("enter", InColumns)]).foot(0),
    row(A::Columns(ColumnStep::Left), "column-left", "move left", "Move the chosen column one place to the left.", &[("left", InColumns)]).foot(1),
    row(A::Columns(ColumnStep::Right), "column-right", "move right", "Move the chosen column one place to the right.", &[("right", InColumns)]).foot(2),
    row(A::Columns(ColumnStep::Other), "column-table", "other table", "The columns of the exchanges, or those of the lines.", &[("tab", InColumns)]).foot(3),
    row(A::Columns(ColumnStep::Copy), "column-copy", "copy the line", "Copy the line of the configuration that makes these columns last.", &[("y", InColumns)]).foot(4),
    row(A::Explain, "explain", "explain", "Explain lines where there is room, all of them, or none.", &[("E", On(Pane::Traffic))]).foot(19),
    row(A::Times, "times", "times", "Times of day, times since the session's start, or times since the command.", &[("t", On(Pane::Traffic))]).foot(19),
    row(A::Select, "select", "select", "Begin to select lines here, or let the selection go.", &[("v", On(Pane::Traffic))]).foot(19),
    row(A::SetMark, "set-mark", "mark", "Mark this line with a name, which the recording keeps; or take its mark away.", &[("s", On(Pane::Traffic))]).foot(19),
    row(A::NextMark, "next-mark", "next mark", "To the next mark downwards.", &[("]", On(Pane::Traffic))]),
    row(A::PreviousMark, "previous-mark", "previous mark", "To the next mark upwards.", &[("[", On(Pane::Traffic))]),
    row(A::Complete, "complete", "complete", "Complete the AT command, as far as all agree; then one after the other.", &[("tab", InAt)]).foot(5),
    row(A::Go(Screen::Log), "screen-log", "log", "Go to what the program says of itself.", &[("f12", Everywhere), ("L", Command)]).foot(22),
    row(A::Focus(Pane::Log), "pane-log", "log", "Go to the log.", &[("1", OnScreen(Screen::Log)), ("alt-1", OnScreen(Screen::Log))]),
    row(A::LogLevel, "log-level", "level", "Show less or more of the log: warnings, what is done, every detail.", &[("l", On(Pane::Log))]).foot(8),
    row(A::ProbeOptions, "probe-options", "choose", "Choose what a probe does before it begins: profiles as columns, side effects, a ladder of body sizes, an interface of this machine, reference hosts; shows what it costs.", &[("o", OnScreen(Screen::Diagnosis)), ("o", OnScreen(Screen::Compare))]).foot(9),
    row(A::Vary, "vary", "A/B sends", "Send the written message several times with one thing changed: User-Agent, UAProf, proxy, From, version, charset or length; shows what it costs, asks first, and puts the results side by side.", &[("alt-v", Everywhere)]).world(),
    row(A::CellLeft, "cell-left", "column before", "To the column on the left of the table.", &[("left", On(Pane::Compare))]),
    row(A::CellRight, "cell-right", "column after", "To the column on the right of the table.", &[("right", On(Pane::Compare))]),
    row(A::ShowCell, "show-cell", "show lines", "Show the lines of the AT traffic that this cell of the table rests on.", &[("enter", On(Pane::Compare))]).foot(6),
    row(A::OctetMenu, "octet-menu", "copy as", "Copy the chosen field's octets, or the whole PDU, in a form of your choice.", &[("y", On(Pane::Octets)), ("Y", OnScreen(Screen::Pdu))]).foot(18),
    row(A::CopyOctets(OctetForm::Hex), "copy-hex", "hex", "Copy as hexadecimal digits, one run.", &[("h", InOctetMenu)]).foot(0),
    row(A::CopyOctets(OctetForm::C), "copy-c", "C array", "Copy as an array in C.", &[("c", InOctetMenu)]).foot(1),
    row(A::CopyOctets(OctetForm::Python), "copy-python", "Python bytes", "Copy as a bytes literal of Python.", &[("p", InOctetMenu)]).foot(2),
    row(A::CopyOctets(OctetForm::Text), "copy-field", "as text", "Copy what the field says, as text.", &[("t", InOctetMenu)]).foot(3),
    row(A::CopyOctets(OctetForm::Dump), "copy-dump", "dump", "Copy as a hex dump, as xxd -r and Wireshark's import read it.", &[("d", InOctetMenu)]).foot(4),
    row(A::CopyWhole, "copy-whole", "field or all", "The chosen field alone, or the whole PDU.", &[("w", InOctetMenu), ("tab", InOctetMenu)]).foot(5),
    row(A::PaletteDo, "palette-do", "do it", "Do what is chosen in the palette.", &[("enter", InPalette)]).foot(6),
    row(A::PaletteComplete, "palette-complete", "complete", "Complete what is typed in the palette to the chosen name.", &[("tab", InPalette)]).foot(7),
    row(A::NextTheme, "next-theme", "next theme", "Look through the built-in themes; `theme` in the configuration keeps one.", &[("leader t", Everywhere)]),
    row(A::NextLayout, "next-layout", "next layout", "Divide the bench another way: all panes, the message, the wire, or your own.", &[("leader l", Everywhere)]),
    row(A::Reload, "reload", "reload", "Read the configuration, the theme and the carrier profiles again.", &[("leader r", Everywhere)]),
    row(A::Hide, "hide-identities", "hide identities", "Hide numbers, IMSI, IMEI, ICCID, e-mail addresses and octets on this screen, for showing it to others; or show them again. A number broken over two rows or cut stays readable. Recordings and reports have them hidden anyway.", &[("leader h", Everywhere)]),
    row(A::DryRun, "dry-run", "dry run", "Show what sending the written message would do, without doing it: its octets, the HTTP request, the AT commands of each stage.", &[("leader d", Everywhere)]),
    row(A::Another, "another-modem", "world or modem", "Choose another simulated world or another modem for this console; this session ends in order, and what is written goes along.", &[("leader m", Everywhere)]),
    row(A::Dtr, "toggle-dtr", "DTR", "Turn data terminal ready of the serial line off, or on again; asks first, and says what that may do.", &[("leader D", Everywhere)]).world(),
    row(A::Rts, "toggle-rts", "RTS", "Turn request to send of the serial line off, or on again; asks first, and says what that may do.", &[("leader R", Everywhere)]).world(),
    row(A::Break, "send-break", "break", "Send a break on the serial line; asks first, and says what that may do.", &[("leader B", Everywhere)]).world(),
    row(A::Recordings, "recordings", "recordings", "Show the recordings, newest first: open one in this screen, or lay one beside what is on it.", &[("leader o", Everywhere)]),
    row(A::OpenRecording, "open-recording", "open", "Open the chosen recording in this screen.", &[("enter", InRecordings)]).foot(6),
    row(A::LayBeside, "lay-beside", "beside", "Lay the chosen recording's newest send beside the one on the screen, stage by stage.", &[("b", InRecordings)]).foot(8),
    row(A::BesideGood, "beside-good", "last good", "Lay the profile's last accepted send (same SIM and modem, where that is known) beside the one on the screen, stage by stage; in the list of recordings: open the chosen one, beside that.", &[("B", InRecordings), ("leader g", Everywhere)]),
    row(A::Live, "live", "to the bench", "Close the recording and go back to the bench.", &[("leader b", Everywhere)]).foot(8),
    row(A::Go(Screen::Beside), "screen-beside", "beside", "Go to the two sends side by side.", &[("leader s", Everywhere)]),
    row(A::Focus(Pane::Beside), "pane-beside", "two sends", "Go to the table of two sends.", &[("1", OnScreen(Screen::Beside)), ("alt-1", OnScreen(Screen::Beside))]),
    row(A::Play, "play", "play", "Play the recording from here, or hold it.", &[("space", InReplay)]).foot(2),
    row(A::NextEvent, "next-event", "step", "To the next event of the recording.", &[("right", InReplay)]).foot(2),
    row(A::PreviousEvent, "previous-event", "step back", "To the event before.", &[("left", InReplay)]).foot(2),
    row(A::NextStage, "next-stage", "stage", "To the next beginning or end of a stage or an experiment.", &[(">", InReplay), ("alt-right", InReplay)]).foot(3),
    row(A::PreviousStage, "previous-stage", "stage back", "To the one before.", &[("<", InReplay), ("alt-left", InReplay)]).foot(3),
    row(A::NextError, "next-error", "error", "To the next thing that went wrong.", &[("}", InReplay)]).foot(3),
    row(A::PreviousError, "previous-error", "error back", "To the last thing before this place that went wrong.", &[("{", InReplay)]),
    row(A::NextExchange, "next-exchange", "exchange", "To the end of the next AT exchange.", &[(".", InReplay), ("ctrl-right", InReplay)]).foot(4),
    row(A::PreviousExchange, "previous-exchange", "exchange back", "To the end of the AT exchange before.", &[(",", InReplay), ("ctrl-left", InReplay)]),
    row(A::NextAct, "next-act", "act", "To the next thing that the person did or marked.", &[("]", InReplay)]),
    row(A::PreviousAct, "previous-act", "act back", "To the thing that the person did or marked before.", &[("[", InReplay)]),
    row(A::Faster, "faster", "faster", "Play faster: as in life, twice, eight times, as fast as can be.", &[("+", InReplay)]).foot(4),
    row(A::Slower, "slower", "slower", "Play slower.", &[("-", InReplay)]).foot(4),
    row(A::Start, "start", "start", "To the start of the recording.", &[("0", InReplay), ("ctrl-home", InReplay)]),
    row(A::End, "end", "end", "To the end of the recording.", &[("$", InReplay), ("ctrl-end", InReplay)]),
    row(A::Palette, "palette", "find", "Find an action by its name and do it; what begins with AT goes to the AT line.", &[(":", Command), ("ctrl-p", Everywhere)]).foot(29),
    row(A::Help, "help", "help", "Show every key, those that are valid here first; type to search.", &[("?", Command), ("f1", Everywhere)]).foot(30),
    row(A::Quit, "quit", "quit", "Quit; asks first while a send or a probe runs, and where a letter that was not sent is kept nowhere.", &[("q", Command), ("ctrl-c", Everywhere), ("ctrl-q", Everywhere)]).foot(31),
];

impl Row {
    /// Whether it only edits or moves in a text, a list or a question, so that there is nothing to find it for.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.keys.iter().all(|(_, place)| {
            place.is_typed() || matches!(place, Asked | InColumns | InCopyMenu | InOctetMenu)
        })
    }
}

impl Action {
    /// Its row of the table.
    #[must_use]
    pub fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|r| r.action == self)
    }
}
