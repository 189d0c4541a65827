//! A capture for Wireshark (pcapng, draft-ietf-opsawg-pcapng): the payloads of the connections in made-up IP and TCP headers.
//!
//! A module's own stack shows nothing below TCP's payload, so addresses, ports, order, times and octets are what was measured, and sequence
//! numbers follow from the octets; handshakes and retransmissions cannot be seen and are not invented. The section's comment says so.
use super::capture::{Captured, Segment};
use crate::event::Direction;
use jiff::Timestamp;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Raw IP, the family told by the first nibble (LINKTYPE_RAW).
const LINKTYPE_RAW: u16 = 101;
/// TCP of one packet, without its header; a bigger segment is cut.
const LARGEST_PIECE: usize = 1400;
/// The first port of our side; each connection has the next one. The module does not tell its own.
const FIRST_PORT: u16 = 49152;

/// The capture as octets of a file, or nothing where no connection carried anything. `local` is the bearer's address of each family, where
/// known.
#[must_use]
pub fn write(captured: &Captured, local: &[String]) -> Option<Vec<u8>> {
    if captured.segments.is_empty() {
        return None;
    }
    let mut file = Vec::new();
    let comment = format!(
        "Written by mmscope from the serial line of a cellular module. Addresses, ports, order, times and payload are as recorded, and runs of nine or more digits in the payload are masked with asterisks, as in every recording. IP and TCP headers are made up: the module's own stack does not show them; there are no handshakes here because none can be seen.{}",
        match captured.left_out {
            0 => String::new(),
            n => format!(" {n} pieces could not be followed and are left out."),
        }
    );
    block(&mut file, 0x0A0D_0D0A, &section(&comment));
    block(&mut file, 1, &interface());
    let mut flows: Vec<Flow> = (0..captured.links.len()).map(|_| Flow::default()).collect();
    for segment in &captured.segments {
        let Some(link) = captured.links.get(segment.link) else {
            continue;
        };
        let ends = Ends::of(&link.host, link.port, segment.link, local);
        for piece in segment.octets.chunks(LARGEST_PIECE) {
            let packet = flows[segment.link].packet(&ends, segment.dir, piece);
            block(&mut file, 6, &enhanced_packet(segment, &packet));
        }
    }
    Some(file)
}

fn block(file: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let padded = body.len().next_multiple_of(4);
    let length = u32::try_from(padded + 12).unwrap_or(u32::MAX);
    file.extend(kind.to_le_bytes());
    file.extend(length.to_le_bytes());
    file.extend(body);
    file.resize(file.len() + padded - body.len(), 0);
    file.extend(length.to_le_bytes());
}

fn section(comment: &str) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(0x1A2B_3C4D_u32.to_le_bytes());
    body.extend(1u16.to_le_bytes());
    body.extend(0u16.to_le_bytes());
    body.extend(u64::MAX.to_le_bytes()); // the section's length is not told
    body.extend(1u16.to_le_bytes()); // opt_comment
    body.extend(
        u16::try_from(comment.len())
            .unwrap_or(u16::MAX)
            .to_le_bytes(),
    );
    body.extend(comment.as_bytes());
    body.resize(body.len().next_multiple_of(4), 0);
    body.extend([0; 4]); // opt_endofopt
    body
}

fn interface() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(LINKTYPE_RAW.to_le_bytes());
    body.extend([0; 2]);
    body.extend(0u32.to_le_bytes()); // no limit on a packet's length
    body
}

fn enhanced_packet(segment: &Segment, packet: &[u8]) -> Vec<u8> {
    let at = segment
        .at
        .parse::<Timestamp>()
        .map_or(0, |t| t.as_microsecond());
    let at = u64::try_from(at).unwrap_or(0);
    let length = u32::try_from(packet.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes();
    let mut body = Vec::new();
    body.extend(0u32.to_le_bytes());
    body.extend(((at >> 32) as u32).to_le_bytes());
    body.extend(((at & 0xFFFF_FFFF) as u32).to_le_bytes());
    body.extend(length);
    body.extend(length);
    body.extend(packet);
    body
}

/// The two ends of a connection.
struct Ends {
    local: IpAddr,
    remote: IpAddr,
    local_port: u16,
    remote_port: u16,
}

impl Ends {
    /// A remote end that is a name (a module may resolve by itself) gets an address for documentation, as an unknown local one does.
    fn of(host: &str, port: u16, number: usize, local: &[String]) -> Self {
        let remote: IpAddr = host
            .parse()
            .unwrap_or(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
        let addresses = local.iter().filter_map(|a| a.parse::<IpAddr>().ok());
        let mut of_family = addresses.filter(|a| a.is_ipv4() == remote.is_ipv4());
        let unknown = match remote {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2)),
        };
        Self {
            local: of_family.next().unwrap_or(unknown),
            remote,
            local_port: FIRST_PORT + u16::try_from(number % 16_000).unwrap_or(0),
            remote_port: port,
        }
    }
}

/// What each side has sent so far, for sequence numbers.
#[derive(Default)]
struct Flow {
    ours: u32,
    theirs: u32,
}

impl Flow {
    fn packet(&mut self, ends: &Ends, dir: Direction, payload: &[u8]) -> Vec<u8> {
        let (from, to, from_port, to_port, sequence, acknowledged) = match dir {
            Direction::Tx => (
                ends.local,
                ends.remote,
                ends.local_port,
                ends.remote_port,
                &mut self.ours,
                self.theirs,
            ),
            Direction::Rx => (
                ends.remote,
                ends.local,
                ends.remote_port,
                ends.local_port,
                &mut self.theirs,
                self.ours,
            ),
        };
        let mut tcp = Vec::with_capacity(20 + payload.len());
        tcp.extend(from_port.to_be_bytes());
        tcp.extend(to_port.to_be_bytes());
        tcp.extend(sequence.wrapping_add(1).to_be_bytes());
        tcp.extend(acknowledged.wrapping_add(1).to_be_bytes());
        tcp.extend([0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0]); // 20 octets of header, PSH and ACK, window; checksum comes below
        tcp.extend(payload);
        *sequence = sequence.wrapping_add(u32::try_from(payload.len()).unwrap_or(0));
        let length = u16::try_from(tcp.len()).unwrap_or(u16::MAX);
        let mut pseudo = octets(from);
        pseudo.extend(octets(to));
        pseudo.extend([0, 6]);
        pseudo.extend(length.to_be_bytes());
        let sum = checksum(pseudo.iter().chain(&tcp));
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());
        let mut packet = header(from, to, length);
        packet.extend(tcp);
        packet
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

fn header(from: IpAddr, to: IpAddr, length: u16) -> Vec<u8> {
    let mut ip = Vec::with_capacity(40);
    if from.is_ipv4() {
        ip.extend([0x45, 0]);
        ip.extend((length + 20).to_be_bytes());
        ip.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        ip.extend(octets(from));
        ip.extend(octets(to));
        let sum = checksum(ip.iter());
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
    } else {
        ip.extend([0x60, 0, 0, 0]);
        ip.extend(length.to_be_bytes());
        ip.extend([6, 64]);
        ip.extend(octets(from));
        ip.extend(octets(to));
    }
    ip
}

/// The Internet checksum (RFC 1071).
fn checksum<'o>(octets: impl Iterator<Item = &'o u8>) -> u16 {
    let mut sum = 0u32;
    for (at, octet) in octets.enumerate() {
        sum += u32::from(*octet) << if at % 2 == 0 { 8 } else { 0 };
    }
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}
