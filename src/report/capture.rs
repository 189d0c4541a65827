//! What went over the modem's links, found again in the octets of the serial line.
//!
//! In: the events of a session. Out: the payloads of `AT+CIPSEND` and `+CIPRXGET: 2`, with link, direction and time. Nothing is guessed: a
//! payload that the recording cuts short is left out and counted.
use crate::event::{Direction, Event, Link, LinkState, What};

/// Most octets of payload that are kept.
const MOST_OCTETS: usize = 32 << 20;
/// Longest command or announcement that is followed.
const LONGEST_LINE: usize = 600;

/// Octets that went over a connection in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which connection: an index into [`Captured::links`].
    pub link: usize,
    /// From us or from the other side.
    pub dir: Direction,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// The octets. Long runs of digits are asterisks, as in the recording.
    pub octets: Vec<u8>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// Connections that carried something, in the order in which they opened.
    pub links: Vec<Link>,
    /// The octets, in their order.
    pub segments: Vec<Segment>,
    /// Pieces that could not be followed: cut short, on a link that nobody knows, or beyond the limit.
    pub left_out: u64,
    octets: usize,
    tx: Stream,
    rx: Stream,
}

/// One direction of the serial line.
#[derive(Clone, Debug, Default)]
struct Stream {
    line: Vec<u8>,
    /// The link whose payload comes, and how many octets are to come.
    payload: Option<(u8, usize)>,
    taken: Vec<u8>,
}

impl Captured {
    /// Takes one event in.
    pub fn take(&mut self, event: &Event) {
        match &event.what {
            What::Link(link) if link.state == LinkState::Open && !self.is_open(link) => {
                self.links.push(link.clone());
            }
            What::Link(link) => self.ended(link),
            What::Wire(wire) => {
                for &octet in wire.octets.0.iter() {
                    self.octet(wire.dir, octet, &event.at);
                }
            }
            _ => {}
        }
    }

    fn is_open(&self, link: &Link) -> bool {
        let same = |l: &&Link| l.number == link.number;
        let newest = self.links.iter().rev().find(same);
        newest.is_some_and(|l| l.state == LinkState::Open)
    }

    fn ended(&mut self, link: &Link) {
        if matches!(link.state, LinkState::Open | LinkState::Opening) {
            return;
        }
        let newest = self
            .links
            .iter_mut()
            .rev()
            .find(|l| l.number == link.number);
        if let Some(newest) = newest {
            newest.state = link.state.clone();
        }
    }

    fn octet(&mut self, dir: Direction, octet: u8, at: &str) {
        let stream = match dir {
            Direction::Tx => &mut self.tx,
            Direction::Rx => &mut self.rx,
        };
        let Some((link, left)) = &mut stream.payload else {
            // We end a line with CR, the modem with CR LF; its payload begins after the LF.
            match (dir, octet) {
                (Direction::Tx, b'\r') | (Direction::Rx, b'\n') => {
                    let line = std::mem::take(&mut stream.line);
                    stream.payload = announced(dir, &line);
                }
                (_, b'\r' | b'\n') => {}
                _ if stream.line.len() < LONGEST_LINE => stream.line.push(octet),
                _ => {}
            }
            return;
        };
        stream.taken.push(octet);
        *left -= 1;
        if *left == 0 {
            let link = *link;
            stream.payload = None;
            let octets = std::mem::take(&mut stream.taken);
            self.segment(link, dir, at, octets);
        }
    }

    fn segment(&mut self, number: u8, dir: Direction, at: &str, octets: Vec<u8>) {
        let link = self.links.iter().rposition(|l| l.number == number);
        match link {
            Some(link) if self.octets + octets.len() <= MOST_OCTETS => {
                self.octets += octets.len();
                let at = at.to_owned();
                self.segments.push(Segment {
                    link,
                    dir,
                    at,
                    octets,
                });
            }
            _ => self.left_out += 1,
        }
    }
}

/// The payload that a line announces: link and octets.
fn announced(dir: Direction, line: &[u8]) -> Option<(u8, usize)> {
    let line = std::str::from_utf8(line).ok()?;
    let (link, count) = match dir {
        Direction::Tx => {
            let values = line.strip_prefix("AT+CIPSEND=")?;
            values.split_once(',')?
        }
        Direction::Rx => {
            let values = line.strip_prefix("+CIPRXGET: 2,")?;
            let mut fields = values.split(',');
            (fields.next()?, fields.next()?)
        }
    };
    let count: usize = count.trim().parse().ok()?;
    Some((link.trim().parse().ok()?, count)).filter(|(_, n)| (1..=1 << 16).contains(n))
}
