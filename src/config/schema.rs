//! The configuration as a JSON Schema (draft 2020-12), for editors that complete and check while one types.
//!
//! In: the names of the console's actions. Out: the schema. The table below says of each key what it is; that it knows every key that the
//! reader knows, and no other one, and refuses what the reader refuses, is tested against the reader itself.
use serde_json::{Map, Value, json};

/// What a value may be.
enum Kind {
    /// Any text.
    Text,
    /// A text like this (a regular expression that JSON Schema and ours both read).
    Like(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number within these bounds, both of them included.
    Number(u32, u32),
    /// A whole number, 0 or more.
    Count,
    /// Yes or no, or this word.
    FlagOr(&'static str),
    /// At most so many texts like this.
    Texts(usize, &'static str),
    /// Some of these words.
    Words(&'static [&'static str]),
    /// Rows of words.
    Rows(&'static [&'static str]),
}
use Kind::{Count, FlagOr, Like, Number, Rows, Text, Texts, Word, Words};

/// A key: its table (empty for the top), its name, what it may be, what it does.
struct Key(&'static str, &'static str, Kind, &'static str);

/// `host:port`.
const PLACE: &str = "^[^\\s/]+:[0-9]{1,5}$";
const SECONDS: Kind = Number(1, 3600);

/// Every key but those of `[keys]`, which are the console's actions.
const KEYS: &[Key] = &[
    Key(
        "",
        "port",
        Text,
        "The serial line of the modem: a path or name, or tcp:127.0.0.1:PORT; without it mmscope asks.",
    ),
    Key(
        "",
        "baud",
        Number(300, 4_000_000),
        "Speed of the serial line in bits per second; a modem on USB takes any.",
    ),
    Key(
        "",
        "profile",
        Like("^[a-z0-9-]+/[a-z0-9-]+$"),
        "The carrier profile; without it the best match to the SIM.",
    ),
    Key(
        "",
        "own_number",
        Text,
        "The line's own number with its country code.",
    ),
    Key(
        "",
        "text_limit",
        Count,
        "Warn about texts longer than this many characters.",
    ),
    Key(
        "",
        "poll_seconds",
        Number(2, 3600),
        "Seconds between two readings of signal and registration.",
    ),
    Key(
        "",
        "pace_seconds",
        Number(0, 3600),
        "Seconds from one message to the next.",
    ),
    Key(
        "",
        "receive",
        Word(&["ask", "fetch", "off"]),
        "What is done about messages that come in.",
    ),
    Key(
        "sending",
        "way",
        Word(&["mms", "sms", "sms-unlinked", "auto"]),
        "Which way messages go.",
    ),
    Key(
        "sending",
        "mms_from_parts",
        Number(1, 255),
        "With auto: texts of so many SMS parts or more go as MMS.",
    ),
    Key(
        "sending",
        "fallback",
        Word(&["offer", "never", "send"]),
        "What happens where an MMS fails before its request went out.",
    ),
    Key(
        "sending",
        "attempts",
        Number(1, 20),
        "How often a message is tried at the most.",
    ),
    Key(
        "screen",
        "color",
        Word(&["auto", "always", "never"]),
        "Colours on the terminal.",
    ),
    Key(
        "screen",
        "ascii",
        FlagOr("auto"),
        "Only ASCII for lines, marks and graphs; auto where the locale has no UTF-8.",
    ),
    Key(
        "screen",
        "theme",
        Text,
        "A built-in theme, one of your own, or a path.",
    ),
    Key(
        "screen",
        "layout",
        Word(&["all", "message", "wire", "own"]),
        "How the bench is divided.",
    ),
    Key(
        "screen",
        "panes",
        Rows(&[
            "compose", "send", "traffic", "signal", "contexts", "dns", "tcp", "profiles",
        ]),
        "Rows of panes, for layout = \"own\".",
    ),
    Key(
        "traffic",
        "columns",
        Words(&[
            "time",
            "direction",
            "stage",
            "purpose",
            "text",
            "meaning",
            "duration",
        ]),
        "Columns of the traffic from left to right; text is always one of them.",
    ),
    Key(
        "traffic",
        "exchange_columns",
        Words(&[
            "time",
            "direction",
            "stage",
            "purpose",
            "lines",
            "text",
            "meaning",
            "duration",
        ]),
        "The same where each exchange is folded into one line.",
    ),
    Key(
        "limits",
        "port",
        SECONDS,
        "Seconds that opening the serial line may take.",
    ),
    Key(
        "limits",
        "sim",
        SECONDS,
        "Seconds that reading the SIM may take.",
    ),
    Key(
        "limits",
        "register",
        SECONDS,
        "Seconds that registration may take.",
    ),
    Key(
        "limits",
        "attach",
        SECONDS,
        "Seconds that the attach may take.",
    ),
    Key(
        "limits",
        "bearer",
        SECONDS,
        "Seconds that the PDP context may take.",
    ),
    Key(
        "limits",
        "stack",
        SECONDS,
        "Seconds that the socket stack may take.",
    ),
    Key(
        "limits",
        "resolve",
        SECONDS,
        "Seconds that a lookup may take.",
    ),
    Key(
        "limits",
        "connect",
        SECONDS,
        "Seconds that one connection may take.",
    ),
    Key(
        "limits",
        "post",
        SECONDS,
        "The longest silence during the POST, in seconds.",
    ),
    Key(
        "limits",
        "deliver",
        SECONDS,
        "Seconds that delivery may take, where it is waited for.",
    ),
    Key(
        "reference",
        "open",
        Texts(4, PLACE),
        "Public hosts that answer, host:port; a probe may use them as controls.",
    ),
    Key(
        "reference",
        "closed",
        Like(PLACE),
        "A host and port that is known to refuse connections.",
    ),
    Key(
        "reference",
        "resolver",
        Like("^[0-9a-fA-F.:]+$"),
        "A public resolver, asked for the MMSC's name only.",
    ),
    Key(
        "reference",
        "black_hole",
        Like("^[0-9]{1,3}(\\.[0-9]{1,3}){3}$"),
        "An IPv4 address at which nobody answers.",
    ),
];

/// The tables, with what stands in them.
const TABLES: [(&str, &str); 5] = [
    (
        "sending",
        "Which way messages go, and what happens where one fails.",
    ),
    ("screen", "The console and the text output."),
    ("traffic", "The columns of the console's traffic."),
    ("limits", "Seconds that a stage of a send may take."),
    (
        "reference",
        "Hosts that a probe may use as controls; nothing else is dialled beside the profile's endpoints.",
    ),
];

fn value(kind: &Kind, says: &str) -> Value {
    let mut value = match kind {
        Text => json!({"type": "string"}),
        Like(pattern) => json!({"type": "string", "pattern": pattern}),
        Word(words) => json!({"type": "string", "enum": words}),
        Number(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Count => json!({"type": "integer", "minimum": 0}),
        FlagOr(word) => json!({"type": ["boolean", "string"], "enum": [true, false, word]}),
        Texts(most, pattern) => {
            json!({"type": "array", "maxItems": most, "items": {"type": "string", "pattern": pattern}})
        }
        Words(words) => {
            let most = words.len();
            json!({"type": "array", "maxItems": most, "items": {"type": "string", "enum": words}})
        }
        Rows(words) => {
            let row =
                json!({"type": "array", "maxItems": 4, "items": {"type": "string", "enum": words}});
            json!({"type": "array", "maxItems": 4, "items": row})
        }
    };
    value["description"] = json!(says);
    value
}

/// A table that takes nothing but these.
fn object(properties: Map<String, Value>, says: &str) -> Value {
    json!({
        "type": "object",
        "description": says,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn keys_of(table: &str) -> Map<String, Value> {
    let own = KEYS.iter().filter(|key| key.0 == table);
    own.map(|Key(_, name, kind, says)| ((*name).to_owned(), value(kind, says)))
        .collect()
}

/// The schema. `actions` are the names of the console's actions with what each does, `presets` the sets of keys to begin with.
#[must_use]
pub fn schema<'a>(actions: impl Iterator<Item = (&'a str, &'a str)>, presets: &[&str]) -> Value {
    let mut top = keys_of("");
    for (table, says) in TABLES {
        top.insert(table.to_owned(), object(keys_of(table), says));
    }
    let strokes =
        |says: &str| json!({"type": "array", "items": {"type": "string"}, "description": says});
    let mut keys: Map<String, Value> = actions
        .map(|(name, says)| (name.to_owned(), strokes(says)))
        .collect();
    let preset =
        json!({"type": "string", "enum": presets, "description": "The set of keys to begin with."});
    keys.insert("preset".to_owned(), preset);
    let leader = json!({"type": "string", "description": "The key that `leader` stands for."});
    keys.insert("leader".to_owned(), leader);
    let says = "The console's keys: an action's name, and the keys that replace those it has.";
    top.insert("keys".to_owned(), object(keys, says));
    let mut schema = object(top, "What a person can set; every key has a default.");
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("mmscope's configuration");
    schema
}
