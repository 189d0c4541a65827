//! The screens, and the panes that each of them has. Names and numbers only; never where they stand.

/// A screen: panes that are seen together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// Writing, sending, the modem.
    #[default]
    Bench,
    /// Why a send does not work.
    Diagnosis,
    /// Profiles side by side.
    Compare,
    /// Two sends side by side.
    Beside,
    /// A PDU: fields and octets in step.
    Pdu,
    /// The outbox.
    Messages,
    /// What the program says of itself.
    Log,
}

impl Screen {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Bench,
        Self::Diagnosis,
        Self::Compare,
        Self::Pdu,
        Self::Messages,
        Self::Log,
        Self::Beside,
    ];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Bench => "Bench",
            Self::Diagnosis => "Diagnosis",
            Self::Compare => "Compare",
            Self::Beside => "Beside",
            Self::Pdu => "PDU",
            Self::Messages => "Messages",
            Self::Log => "Log",
        }
    }

    /// Its panes, in the order in which Tab visits them.
    #[must_use]
    pub fn panes(self) -> &'static [Pane] {
        match self {
            Self::Bench => &[
                Pane::Compose,
                Pane::Send,
                Pane::Traffic,
                Pane::Signal,
                Pane::Contexts,
                Pane::Dns,
                Pane::Tcp,
                Pane::Profiles,
            ],
            Self::Diagnosis => &[
                Pane::Verdict,
                Pane::Evidence,
                Pane::Traffic,
                Pane::Hypotheses,
                Pane::Experiments,
                Pane::Attempts,
            ],
            Self::Compare => &[Pane::Compare, Pane::Traffic],
            Self::Beside => &[Pane::Beside, Pane::Traffic],
            Self::Pdu => &[Pane::Fields, Pane::Octets, Pane::Remarks, Pane::Pdus],
            Self::Messages => &[Pane::Messages, Pane::Traffic],
            Self::Log => &[Pane::Log, Pane::Traffic],
        }
    }

    /// Whether a pane is on it.
    #[must_use]
    pub fn has(self, pane: Pane) -> bool {
        self.panes().contains(&pane)
    }
}

/// A pane of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The message being written.
    Compose,
    /// The stages of the send.
    #[default]
    Send,
    /// Lines on the serial line, and the AT entry.
    Traffic,
    /// Signal.
    Signal,
    /// PDP contexts.
    Contexts,
    /// Lookups.
    Dns,
    /// Links.
    Tcp,
    /// Carrier profiles.
    Profiles,
    /// The verdict of a probe, and what to do next.
    Verdict,
    /// What the verdict rests on.
    Evidence,
    /// Hypotheses, and how they stand.
    Hypotheses,
    /// Experiments, done and waiting.
    Experiments,
    /// Connections that the experiments tried.
    Attempts,
    /// Profiles side by side.
    Compare,
    /// Two sends side by side.
    Beside,
    /// The fields of a PDU.
    Fields,
    /// Its octets.
    Octets,
    /// What is wrong or doubtful in it.
    Remarks,
    /// The PDUs of this session.
    Pdus,
    /// Messages of the outbox.
    Messages,
    /// What the program says of itself.
    Log,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Compose,
        Self::Send,
        Self::Traffic,
        Self::Signal,
        Self::Contexts,
        Self::Dns,
        Self::Tcp,
        Self::Profiles,
        Self::Verdict,
        Self::Evidence,
        Self::Hypotheses,
        Self::Experiments,
        Self::Attempts,
        Self::Compare,
        Self::Beside,
        Self::Fields,
        Self::Octets,
        Self::Remarks,
        Self::Pdus,
        Self::Messages,
        Self::Log,
    ];

    /// The screen that it is found on; the traffic is on most, and stays on the one that is shown.
    #[must_use]
    pub fn screen(self) -> Screen {
        let at_home = Screen::ALL.into_iter().find(|s| s.has(self));
        at_home.unwrap_or_default()
    }

    /// The title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Compose => "Compose",
            Self::Send => "Send",
            Self::Traffic => "AT traffic",
            Self::Signal => "Signal",
            Self::Contexts => "PDP contexts",
            Self::Dns => "DNS",
            Self::Tcp => "TCP",
            Self::Profiles => "Profiles",
            Self::Verdict => "Verdict",
            Self::Evidence => "Evidence",
            Self::Hypotheses => "Hypotheses",
            Self::Experiments => "Experiments",
            Self::Attempts => "Attempts",
            Self::Compare => "Profiles side by side",
            Self::Beside => "Two sends, side by side",
            Self::Fields => "Fields",
            Self::Octets => "Octets",
            Self::Remarks => "Remarks",
            Self::Pdus => "PDUs",
            Self::Messages => "Messages",
            Self::Log => "Log",
        }
    }

    /// Its number key on its screen, from 1.
    #[must_use]
    pub fn number(self) -> usize {
        match self {
            Self::Compose
            | Self::Verdict
            | Self::Compare
            | Self::Fields
            | Self::Messages
            | Self::Log
            | Self::Beside => 1,
            Self::Send | Self::Evidence | Self::Octets => 2,
            Self::Traffic | Self::Remarks => 3,
            Self::Signal | Self::Hypotheses | Self::Pdus => 4,
            Self::Contexts | Self::Experiments => 5,
            Self::Dns | Self::Attempts => 6,
            Self::Tcp => 7,
            Self::Profiles => 8,
        }
    }
}
