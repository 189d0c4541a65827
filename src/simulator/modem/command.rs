//! One command line as V.250 cuts it: the text behind `AT` comes in, the commands in it go out, or the news that it is no
//! command line. Never here: what a command does.

/// One command of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// In capitals: `+CSQ`, `E`, `&F`, `S7`, `D*99#`.
    pub name: String,
    /// How it is asked.
    pub form: Form,
}

/// How a command is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// `AT+X`
    Execute,
    /// `AT+X?`
    Read,
    /// `AT+X=?`
    Test,
    /// `AT+X=…`
    Set(Vec<Argument>),
}

/// One value behind the equals sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// Nothing between two commas.
    Empty,
    /// A decimal number without quotes.
    Number(i64),
    /// In quotes.
    Text(String),
    /// Anything else without quotes.
    Bare(String),
}

impl Argument {
    /// The number, where it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Argument::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, with or without quotes; a number is no text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Argument::Text(text) | Argument::Bare(text) => Some(text),
            _ => None,
        }
    }
}

impl Command {
    /// The values of a set form; empty otherwise.
    pub fn arguments(&self) -> &[Argument] {
        match &self.form {
            Form::Set(arguments) => arguments,
            _ => &[],
        }
    }

    /// The number at a place.
    pub fn number(&self, place: usize) -> Option<i64> {
        self.arguments().get(place).and_then(Argument::number)
    }

    /// The text at a place.
    pub fn text(&self, place: usize) -> Option<&str> {
        self.arguments().get(place).and_then(Argument::text)
    }
}

/// Cuts the text behind `AT` into commands; `None` where the syntax is wrong, and then nothing of the line may run.
pub(super) fn parse(line: &str) -> Option<Vec<Command>> {
    let mut rest = line.trim();
    let mut commands = Vec::new();
    while !rest.is_empty() {
        let (command, behind) = match rest.as_bytes()[0] {
            b'+' | b'^' | b'*' | b'$' | b'#' => extended(rest)?,
            b';' => {
                rest = &rest[1..];
                continue;
            }
            _ => basic(rest)?,
        };
        commands.push(command);
        rest = behind.trim_start();
    }
    Some(commands)
}

fn extended(text: &str) -> Option<(Command, &str)> {
    let end = unquoted(text, b';').unwrap_or(text.len());
    let (this, behind) = (&text[..end], text.get(end + 1..).unwrap_or(""));
    let name_end = this[1..]
        .find(|c: char| !c.is_ascii_alphanumeric())
        .map_or(this.len(), |at| at + 1);
    let name = this[..name_end].to_ascii_uppercase();
    let form = match this[name_end..].trim() {
        "" => Form::Execute,
        "?" => Form::Read,
        "=?" => Form::Test,
        values => Form::Set(arguments(values.strip_prefix('=')?)),
    };
    Some((Command { name, form }, behind))
}

fn basic(text: &str) -> Option<(Command, &str)> {
    let bytes = text.as_bytes();
    let letter = usize::from(bytes[0] == b'&');
    if !bytes.get(letter)?.is_ascii_alphabetic() {
        return None;
    }
    let mut end = letter + 1;
    if bytes[letter].eq_ignore_ascii_case(&b'D') {
        return Some((
            Command {
                name: text.to_ascii_uppercase(),
                form: Form::Execute,
            },
            "",
        ));
    }
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let count = digits(end);
    let number = &text[end..end + count];
    end += count;
    if bytes[letter].eq_ignore_ascii_case(&b'S') {
        let name = format!("S{number}");
        let (form, end) = match bytes.get(end) {
            Some(b'?') => (Form::Read, end + 1),
            Some(b'=') => {
                let value = digits(end + 1);
                let argument = text[end + 1..end + 1 + value]
                    .parse()
                    .map_or(Argument::Empty, Argument::Number);
                (Form::Set(vec![argument]), end + 1 + value)
            }
            _ => (Form::Execute, end),
        };
        return Some((Command { name, form }, &text[end..]));
    }
    let name = text[..letter + 1].to_ascii_uppercase();
    let form = match number.parse() {
        Ok(number) => Form::Set(vec![Argument::Number(number)]),
        Err(_) if count == 0 => Form::Execute,
        Err(_) => return None,
    };
    Some((Command { name, form }, &text[end..]))
}

fn arguments(text: &str) -> Vec<Argument> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        let end = unquoted(rest, b',').unwrap_or(rest.len());
        values.push(argument(rest[..end].trim()));
        match rest.get(end + 1..) {
            Some(behind) => rest = behind,
            None => return values,
        }
    }
}

fn argument(text: &str) -> Argument {
    if text.is_empty() {
        Argument::Empty
    } else if let Some(open) = text.strip_prefix('"') {
        Argument::Text(open.strip_suffix('"').unwrap_or(open).to_owned())
    } else {
        text.parse()
            .map_or_else(|_| Argument::Bare(text.to_owned()), Argument::Number)
    }
}

fn unquoted(text: &str, wanted: u8) -> Option<usize> {
    let mut quoted = false;
    text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == wanted && !quoted
    })
}
