//! Where the columns of a row stand in a pane of some width.
//!
//! In: the columns that are wanted, in order. Out: those that have room, each with its width; text, and behind it or beside it the meaning,
//! have the rest. What gives way in a narrow pane gives way in a fixed order, so that the text is read as long as anything is.
use super::rows::WIDE;
use crate::console::columns::Column;

/// Columns that the text has at least, before another column gives way.
const LEAST: usize = 20;
/// From so many columns on the meaning has a column of its own, where it stands apart from the text.
const APART: usize = 40;
/// What gives way, the first one first.
const GIVING_WAY: [Column; 3] = [Column::Lines, Column::Purpose, Column::Stage];

/// The columns of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Before the text, each with its width.
    pub before: Vec<(Column, usize)>,
    /// Columns of the text.
    pub room: usize,
    /// Behind the text.
    pub behind: Vec<(Column, usize)>,
    /// Whether the meaning follows the text, in its columns.
    pub flows: bool,
}

/// How wide a column is; those that share what is left have none.
fn fixed(column: Column, width: usize, sign: usize) -> usize {
    let wide = width >= WIDE;
    match column {
        Column::Time if wide => 13,
        Column::Time | Column::Lines => 9,
        Column::Direction => sign + 1,
        Column::Stage => 9,
        Column::Purpose => 11,
        Column::Duration if wide => 8,
        Column::Duration | Column::Text | Column::Meaning => 0,
    }
}

impl Place {
    /// For these columns in a pane of this width, where the sign has so many.
    pub fn of(shown: &[Column], width: usize, sign: usize) -> Self {
        let mut kept: Vec<(Column, usize)> = shown
            .iter()
            .map(|c| (*c, fixed(*c, width, sign)))
            .filter(|(c, wide)| *wide > 0 || matches!(c, Column::Text | Column::Meaning))
            .collect();
        let left = |kept: &[(Column, usize)]| {
            width.saturating_sub(kept.iter().map(|(_, wide)| wide).sum())
        };
        for column in GIVING_WAY {
            if left(&kept) < LEAST {
                kept.retain(|(c, _)| *c != column);
            }
        }
        let mut room = left(&kept);
        let at = |kept: &[(Column, usize)], wanted| kept.iter().position(|(c, _)| *c == wanted);
        let (text, meaning) = (at(&kept, Column::Text), at(&kept, Column::Meaning));
        let follows = meaning.is_some_and(|m| text.is_some_and(|t| m == t + 1));
        let flows = follows || (meaning.is_some() && room < APART);
        if let Some(meaning) = meaning {
            match flows {
                true => drop(kept.remove(meaning)),
                false => {
                    kept[meaning].1 = room * 2 / 5;
                    room -= room * 2 / 5;
                }
            }
        }
        let text = at(&kept, Column::Text).unwrap_or(kept.len());
        let behind = kept.iter().skip(text + 1).copied().collect();
        kept.truncate(text);
        Self {
            before: kept,
            room,
            behind,
            flows,
        }
    }

    /// Columns before the text.
    pub fn head(&self) -> usize {
        self.before.iter().map(|(_, wide)| wide).sum()
    }

    /// Whether the meaning has a column of its own.
    pub fn apart(&self) -> Option<usize> {
        let mut all = self.before.iter().chain(&self.behind);
        all.find(|(c, _)| *c == Column::Meaning)
            .map(|(_, wide)| *wide)
    }
}
