//! What the simulated MMSC saw: requests and raw octets, for tests and for those who watch. Bounded; never here: what is answered.
use bytes::Bytes;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

/// So many requests and connections are remembered for those who look.
const MOST_REMEMBERED: usize = 64;

/// A request as the MMSC saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// Method.
    pub method: String,
    /// Path, without scheme and host where a proxy's form of request line had them.
    pub path: String,
    /// Header fields in the order in which they came; names in lower case, as the HTTP library hands them out. For the very octets see [`Mmsc::raw`].
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Bytes,
    /// When it was complete, in milliseconds since the MMSC began.
    pub at_ms: u64,
}

impl SeenRequest {
    /// The first header field of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The octets that one connection brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawConnection {
    /// In the order of arrival.
    pub octets: Vec<u8>,
    /// Whether more came than is remembered.
    pub cut: bool,
}

/// What it remembers of the latest.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) requests: VecDeque<SeenRequest>,
    pub(super) connections: VecDeque<Arc<Mutex<RawConnection>>>,
    pub(super) accepted: u64,
}

/// Told of each request as soon as it is complete.
pub(super) type Telling = Box<dyn FnMut(&SeenRequest) + Send>;

/// Who is told, if anybody.
#[derive(Default)]
pub(super) struct Observer(pub(super) Option<Telling>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "observer: {}", self.0.is_some())
    }
}

/// Adds to a list that has a limit; what is oldest goes.
pub(super) fn remember<T>(list: &mut VecDeque<T>, item: T) {
    if list.len() == MOST_REMEMBERED {
        list.pop_front();
    }
    list.push_back(item);
}
