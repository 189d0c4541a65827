//! The palette: any action by some letters of its name, and the way to the AT line.
//!
//! In: what is typed, and the action table. Out: what fits it, the best first. Never here: whether an action is valid now, and doing it.
use super::action::{Action, Row, TABLE};
use super::editor::Entry;

/// So many actions are remembered as done lately.
const RECENT: usize = 8;
/// Most characters that can be typed: as many as the AT line takes.
const LONGEST: usize = super::editor::LONGEST_COMMAND;

/// What is typed and chosen.
#[derive(Debug)]
pub struct Palette {
    /// What is typed.
    pub entry: Entry,
    /// The chosen row.
    pub chosen: usize,
    /// What was done by way of the palette, the newest first.
    pub recent: Vec<Action>,
}

impl Default for Palette {
    fn default() -> Self {
        Self {
            entry: Entry::new("", LONGEST),
            chosen: 0,
            recent: Vec::new(),
        }
    }
}

/// What a row of the palette offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// This command, to the AT line.
    At(String),
    /// This action.
    Do(Action),
}

impl Palette {
    /// Empty, as it opens.
    pub fn open(&mut self) {
        self.entry.set("");
        self.chosen = 0;
    }

    /// Remembers an action.
    pub fn done(&mut self, action: Action) {
        self.recent.retain(|a| *a != action);
        self.recent.insert(0, action);
        self.recent.truncate(RECENT);
    }

    /// What fits, the best first: an AT command where it looks like one; then actions, of equals those done lately first, then those for
    /// which `is_valid` holds.
    #[must_use]
    pub fn offers(&self, is_valid: impl Fn(&Row) -> bool) -> Vec<Offer> {
        let typed = self.entry.text().trim();
        let mut found: Vec<(u32, usize, bool, &Row)> = TABLE
            .iter()
            .filter(|row| !row.is_local() && row.action != Action::Palette)
            .filter_map(|row| {
                let lately = self.recent.iter().position(|a| *a == row.action);
                let valid = is_valid(row);
                // What can be done here wins over a somewhat better name of what cannot.
                let fits = likeness(typed, row)? + if valid { 25 } else { 0 };
                Some((fits, lately.unwrap_or(RECENT), valid, row))
            })
            .collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(b.2.cmp(&a.2)));
        let command = at_command(typed).map(|c| Offer::At(c.to_owned()));
        let actions = found
            .into_iter()
            .map(|(_, _, _, row)| Offer::Do(row.action));
        command.into_iter().chain(actions).collect()
    }
}

/// The text, where it can be an AT command: `AT`, and then nothing or no letter that would make it a word.
fn at_command(typed: &str) -> Option<&str> {
    let rest = typed.get(..2).filter(|at| at.eq_ignore_ascii_case("at"))?;
    let next = typed[rest.len()..].chars().next();
    let is_word = next.is_some_and(|c| c.is_ascii_lowercase());
    (!is_word).then_some(typed)
}

/// How well an action fits what is typed; more is better, `None` does not fit. Every word must fit its name, its label or its help: at the
/// start, at the start of a word, anywhere, or (in the name) letter by letter with gaps.
#[must_use]
pub fn likeness(typed: &str, row: &Row) -> Option<u32> {
    let typed = typed.to_lowercase();
    let (label, help) = (row.label.to_lowercase(), row.help.to_lowercase());
    let mut sum = 0;
    for word in typed.split_whitespace() {
        let in_name = [row.name, label.as_str()]
            .into_iter()
            .filter_map(|field| within(word, field))
            .max();
        let in_help = within(word, &help).map(|n| n / 3);
        let with_gaps = (word.chars().count() > 1 && has_in_order(row.name, word)).then_some(5);
        sum += in_name.into_iter().chain(in_help).chain(with_gaps).max()?;
    }
    Some(sum)
}

fn within(word: &str, field: &str) -> Option<u32> {
    let at = field.find(word)?;
    let starts_word = field
        .match_indices(word)
        .any(|(n, _)| field[..n].ends_with([' ', '-', '(']));
    Some(match () {
        () if field == word => 100,
        () if at == 0 => 80,
        () if starts_word => 60,
        () => 30,
    })
}

fn has_in_order(name: &str, word: &str) -> bool {
    let mut rest = name.chars();
    word.chars().all(|c| rest.any(|n| n == c))
}
