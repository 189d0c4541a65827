//! What a command answers: blocks of information, a result code, and what happens after the result code. Also the numbers and
//! words of `+CME ERROR`, `+CMS ERROR` and `+IP ERROR`, which are three tables and never mixed. Never here: deciding anything.
use std::future::Future;
use std::pin::Pin;

/// Something that happens after the final result code, such as the late result of `AT+NETOPEN`.
pub(super) type Later = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The final result code of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ResultCode {
    Ok,
    Error,
    /// `+CME ERROR` with a 3GPP cause where the network gave one.
    Cme(u16, Option<u8>),
    Cms(u16),
    NoCarrier,
    /// The command has said its last word itself.
    None,
}

/// The answer of one command.
pub(super) struct Reply {
    pub blocks: Vec<Vec<u8>>,
    pub result: ResultCode,
    pub after: Vec<Later>,
}

impl Reply {
    pub fn ok() -> Self {
        Reply {
            blocks: Vec::new(),
            result: ResultCode::Ok,
            after: Vec::new(),
        }
    }

    pub fn error() -> Self {
        Reply {
            result: ResultCode::Error,
            ..Reply::ok()
        }
    }

    pub fn cme(number: u16) -> Self {
        Reply {
            result: ResultCode::Cme(number, None),
            ..Reply::ok()
        }
    }

    pub fn cms(number: u16) -> Self {
        Reply {
            result: ResultCode::Cms(number),
            ..Reply::ok()
        }
    }

    pub fn result(result: ResultCode) -> Self {
        Reply {
            result,
            ..Reply::ok()
        }
    }

    /// One block of information, then OK.
    pub fn info(block: impl Into<Vec<u8>>) -> Self {
        Reply {
            blocks: vec![block.into()],
            ..Reply::ok()
        }
    }

    /// Lines of one block of information, then OK; no line, no block.
    pub fn lines(lines: Vec<String>) -> Self {
        if lines.is_empty() {
            Reply::ok()
        } else {
            Reply::info(lines.join("\r\n"))
        }
    }

    /// One block of information, then ERROR: the order in which refusals of the socket stack come.
    pub fn refusal(block: impl Into<Vec<u8>>) -> Self {
        Reply {
            blocks: vec![block.into()],
            result: ResultCode::Error,
            after: Vec::new(),
        }
    }

    /// OK or ERROR.
    pub fn when(fine: bool) -> Self {
        if fine { Reply::ok() } else { Reply::error() }
    }

    /// Something more, after the result code.
    pub fn then(mut self, later: impl Future<Output = ()> + Send + 'static) -> Self {
        self.after.push(Box::pin(later));
        self
    }
}

/// The words of `+CME ERROR` with CMEE=2; manual V3.00, section 3.3.
pub(super) fn cme_words(number: u16) -> &'static str {
    match number {
        0 => "phone failure",
        3 => "operation not allowed",
        4 => "operation not supported",
        10 => "SIM not inserted",
        11 => "SIM PIN required",
        12 => "SIM PUK required",
        13 => "SIM failure",
        14 => "SIM busy",
        16 => "incorrect password",
        21 => "invalid index",
        22 => "not found",
        23 => "memory failure",
        30 => "no network service",
        31 => "network timeout",
        32 => "network not allowed - emergency calls only",
        50 => "Incorrect parameters",
        103 => "illegal message",
        106 => "illegal ME",
        107 => "GPRS services not allowed",
        111 => "PLMN not allowed",
        112 => "location area not allowed",
        113 => "roaming not allowed in this location area",
        132 => "service option not supported",
        133 => "requested service option not subscribed",
        134 => "service option temporarily out of order",
        148 => "unspecified GPRS error",
        149 => "PDP authentication failure",
        150 => "invalid mobile class",
        _ => "unknown",
    }
}

/// The words of `+CMS ERROR` with CMEE=2; manual V3.00, section 3.4, and below 128 the network's causes (TS 24.011 annex E).
pub(super) fn cms_words(number: u16) -> &'static str {
    match number {
        1 => "unassigned (unallocated) number",
        8 => "operator determined barring",
        10 => "call barred",
        21 => "short message transfer rejected",
        27 => "destination out of service",
        28 => "unidentified subscriber",
        29 => "facility rejected",
        30 => "unknown subscriber",
        38 => "network out of order",
        41 => "temporary failure",
        42 => "congestion",
        47 => "resources unavailable, unspecified",
        50 => "requested facility not subscribed",
        69 => "requested facility not implemented",
        300 => "ME failure",
        301 => "SMS service of ME reserved",
        302 => "operation not allowed",
        303 => "operation not supported",
        304 => "invalid PDU mode parameter",
        305 => "invalid text mode parameter",
        310 => "SIM not inserted",
        311 => "SIM PIN required",
        313 => "SIM failure",
        314 => "SIM busy",
        316 => "SIM PUK required",
        320 => "memory failure",
        321 => "invalid memory index",
        322 => "memory full",
        330 => "SMSC address unknown",
        331 => "no network service",
        332 => "network timeout",
        340 => "NO +CNMA ACK EXPECTED",
        341 => "buffer overflow",
        342 => "SMS size more than expected",
        _ => "unknown error",
    }
}

/// The table `<err_info>` of `+IP ERROR`; manual V3.00, section 11.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IpError {
    AlreadyOpened = 4,
    NotOpened = 8,
    NotCreated = 11,
    InvalidParameter = 12,
    NoData = 21,
}

impl IpError {
    /// The whole line, in words or as a number as `AT+CIPCCFG` has it.
    pub fn line(self, words: bool) -> String {
        let text = match self {
            IpError::AlreadyOpened => "Network is already opened",
            IpError::NotOpened => "Network not opened",
            IpError::NotCreated => "Connection is not created",
            IpError::InvalidParameter => "Invalid parameter",
            IpError::NoData => "No data",
        };
        if words {
            format!("+IP ERROR: {text}")
        } else {
            format!("+IP ERROR: {}", self as u8)
        }
    }
}
