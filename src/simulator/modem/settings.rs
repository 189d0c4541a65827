//! The settings that are plain numbers: one table says their names, fields, ranges and factory values, and every read, write and
//! test form follows from it (`AT+X?`, `AT+X=…`, `AT+X=?`). Settings that mean more than their numbers have their commands in
//! the other files of this folder and only keep their values here.
use std::collections::BTreeMap;

use super::command::{Argument, Command, Form};
use super::reply::Reply;

/// One row of the table.
struct Row {
    name: &'static str,
    factory: &'static [i64],
    ranges: &'static [(i64, i64)],
    /// Survives a restart.
    kept: bool,
}

const fn row(name: &'static str, factory: &'static [i64], ranges: &'static [(i64, i64)]) -> Row {
    Row {
        name,
        factory,
        ranges,
        kept: false,
    }
}

const fn kept(name: &'static str, factory: &'static [i64], ranges: &'static [(i64, i64)]) -> Row {
    Row {
        name,
        factory,
        ranges,
        kept: true,
    }
}

const LIMIT_MS: (i64, i64) = (3000, 120_000);

const TABLE: &[Row] = &[
    row("+CMEE", &[1], &[(0, 2)]),
    row("+CREG", &[0], &[(0, 2)]),
    row("+CGREG", &[0], &[(0, 2)]),
    row("+CEREG", &[0], &[(0, 2)]),
    row("+CMGF", &[0], &[(0, 1)]),
    row(
        "+CNMI",
        &[2, 1, 0, 0, 0],
        &[(0, 2), (0, 3), (0, 3), (0, 2), (0, 1)],
    ),
    row("+CSDH", &[0], &[(0, 1)]),
    row("+CMGSO", &[0], &[(0, 1)]),
    row("+CMMS", &[0], &[(0, 2)]),
    kept("+CGSMS", &[1], &[(0, 3)]),
    kept("+CTZU", &[0], &[(0, 1)]),
    row("+CTZR", &[0], &[(0, 2)]),
    kept("+CNMP", &[2], &[(2, 67)]),
    kept("+CNAOP", &[0], &[(0, 7)]),
    kept("+CEMODE", &[2], &[(0, 3)]),
    row("+CNSMOD", &[0], &[(0, 1)]),
    row("+CGEREP", &[2, 0], &[(0, 2), (0, 1)]),
    kept("+CATR", &[0], &[(0, 7)]),
    row("+AUTOCSQ", &[0, 0], &[(0, 1), (0, 1)]),
    row("+CPSI", &[0], &[(0, 255)]),
    row("+CLIP", &[0], &[(0, 1)]),
    row("+CLCC", &[0], &[(0, 1)]),
    row("+CRC", &[0], &[(0, 1)]),
    row("+CVHU", &[0], &[(0, 1)]),
    row("+CUSD", &[0], &[(0, 2)]),
    kept("+IPR", &[115_200], &[(0, 4_000_000)]),
    row("+IFC", &[0, 0], &[(0, 2), (0, 2)]),
    row("+CSOCKSETPN", &[1], &[(1, 179)]),
    row("+CIPMODE", &[0], &[(0, 1)]),
    row("+CIPSENDMODE", &[0], &[(0, 1)]),
    row("+CIPHEAD", &[1], &[(0, 1)]),
    row("+CIPSRIP", &[1], &[(0, 1)]),
    row("+CIPDNSSET", &[3, 30_000, 7], &[(0, 3), LIMIT_MS, (0, 7)]),
    row(
        "+CIPCCFG",
        &[10, 0, 0, 1, 0, 0, 500],
        &[
            (0, 10),
            (0, 1000),
            (0, 1),
            (0, 1),
            (0, 1),
            (0, 1),
            (500, 120_000),
        ],
    ),
    row(
        "+CIPTIMEOUT",
        &[120_000, 120_000, 120_000],
        &[LIMIT_MS, LIMIT_MS, LIMIT_MS],
    ),
    row("+CIPRXGET", &[0], &[(0, 1)]),
];

/// Modes of `AT+CNMP`; manual V3.00, chapter 4.
const NETWORK_MODES: &[i64] = &[2, 9, 10, 13, 14, 19, 22, 38, 39, 48, 51, 54, 59, 60, 63, 67];

/// Current values.
#[derive(Debug, Clone)]
pub(super) struct Settings(BTreeMap<&'static str, Vec<i64>>);

impl Settings {
    /// As they leave the factory.
    pub fn factory() -> Self {
        Settings(
            TABLE
                .iter()
                .map(|row| (row.name, row.factory.to_vec()))
                .collect(),
        )
    }

    /// What is left of them after a restart.
    pub fn restart(&mut self) {
        for row in TABLE.iter().filter(|row| !row.kept) {
            self.0.insert(row.name, row.factory.to_vec());
        }
    }

    /// The value of a field; unknown settings count as 0.
    pub fn field(&self, name: &str, place: usize) -> i64 {
        self.0
            .get(name)
            .and_then(|values| values.get(place))
            .copied()
            .unwrap_or_default()
    }

    /// The first field.
    pub fn get(&self, name: &str) -> i64 {
        self.field(name, 0)
    }

    /// Sets the first field.
    pub fn set(&mut self, name: &str, value: i64) {
        if let Some(first) = self.0.get_mut(name).and_then(|values| values.first_mut()) {
            *first = value;
        }
    }

    /// All fields, separated by commas.
    pub fn print(&self, name: &str) -> String {
        let values = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        values
            .iter()
            .map(i64::to_string)
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Every setting and its value.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.0.keys().map(|name| (*name, self.print(name)))
    }

    /// Takes new values; false where one is out of range, and then nothing has changed.
    pub fn write(&mut self, name: &str, arguments: &[Argument]) -> bool {
        let (Some(row), Some(current)) = (
            TABLE.iter().find(|row| row.name == name),
            self.0.get_mut(name),
        ) else {
            return false;
        };
        if arguments.is_empty() || arguments.len() > row.ranges.len() {
            return false;
        }
        let mut values = current.clone();
        for ((value, argument), (low, high)) in values.iter_mut().zip(arguments).zip(row.ranges) {
            match argument {
                Argument::Number(number) if (*low..=*high).contains(number) => *value = *number,
                Argument::Empty => {}
                _ => return false,
            }
        }
        if name == "+CNMP" && !NETWORK_MODES.contains(&values[0]) {
            return false;
        }
        *current = values;
        true
    }

    /// Answers the plain forms of a setting; `None` for a command that is none.
    pub fn answer(&mut self, command: &Command) -> Option<Reply> {
        let row = TABLE.iter().find(|row| row.name == command.name)?;
        Some(match &command.form {
            Form::Read => Reply::info(format!("{}: {}", row.name, self.print(row.name))),
            Form::Test => Reply::info(format!("{}: {}", row.name, ranges(row))),
            Form::Set(arguments) => Reply::when(self.write(row.name, arguments)),
            Form::Execute => Reply::error(),
        })
    }
}

fn ranges(row: &Row) -> String {
    if row.name == "+CNMP" {
        let modes: Vec<String> = NETWORK_MODES.iter().map(i64::to_string).collect();
        return format!("({})", modes.join(","));
    }
    row.ranges
        .iter()
        .map(|(low, high)| format!("({low}-{high})"))
        .collect::<Vec<_>>()
        .join(",")
}
