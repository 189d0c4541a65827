//! The kernel's table of IPv4 routes, as Linux shows it: by which interface an address leaves. Other systems show none here.
use std::net::{IpAddr, Ipv4Addr};

/// The largest table that is read, in octets.
const LARGEST: u64 = 1 << 20;

/// The interface by which the table sends an address.
pub fn interface(to: IpAddr) -> Option<String> {
    let IpAddr::V4(to) = to else { return None };
    let path = std::path::Path::new("/proc/net/route");
    // Files of /proc say that they are empty; what is read of them is bounded all the same.
    let mut table = String::new();
    let file = std::fs::File::open(path).ok()?;
    std::io::Read::read_to_string(&mut std::io::Read::take(file, LARGEST), &mut table).ok()?;
    leaves_by(&table, to)
}

/// The interface of the longest match, and of those the one with the smallest metric. Destination and mask stand in the table as
/// the octets of memory, so the first octet of the address is the last of the number.
#[must_use]
pub fn leaves_by(table: &str, to: Ipv4Addr) -> Option<String> {
    const UP: u32 = 1;
    const REJECT: u32 = 0x0200;
    let to = u32::from_le_bytes(to.octets());
    let hexadecimal = |text: &str| u32::from_str_radix(text, 16).ok();
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let f: Vec<&str> = line.split_whitespace().collect();
            let (name, destination) = (*f.first()?, hexadecimal(f.get(1)?)?);
            let flags = hexadecimal(f.get(3)?)?;
            let metric: u32 = f.get(6)?.parse().ok()?;
            let mask = hexadecimal(f.get(7)?)?;
            let fits = to & mask == destination && flags & UP != 0 && flags & REJECT == 0;
            fits.then(|| {
                (
                    mask.count_ones(),
                    std::cmp::Reverse(metric),
                    name.to_owned(),
                )
            })
        })
        .max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)))
        .map(|(_, _, name)| name)
}
