//! How the traffic is looked at: folded or raw, which times, how much is explained.

/// What the time column says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// Time of day.
    #[default]
    Clock,
    /// Since the session's start.
    Session,
    /// Since the command that the line answers.
    Command,
}

impl Times {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Clock => Self::Session,
            Self::Session => Self::Command,
            Self::Command => Self::Clock,
        }
    }

    /// In words.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Clock => "Times of day.",
            Self::Session => "Times since the session's start.",
            Self::Command => "Times since the command that each line answers.",
        }
    }
}

/// How much of the lines is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Explained {
    /// Behind a line where there is room; errors and late results always.
    #[default]
    Some,
    /// Every line, under it where there is no room behind it.
    All,
    /// Nothing: the bare lines.
    Nothing,
}

impl Explained {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Some => Self::All,
            Self::All => Self::Nothing,
            Self::Nothing => Self::Some,
        }
    }

    /// In words.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Some => "Lines are explained where there is room, errors always.",
            Self::All => "Every line that has a meaning is explained.",
            Self::Nothing => "The bare lines, without explanations.",
        }
    }
}

/// How the traffic is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What the time column says.
    pub times: Times,
    /// How much is explained.
    pub explained: Explained,
    /// Octets in the place of lines.
    pub hex: bool,
}
