//! The SMS language: alphabets, how many messages a text takes, and the TPDUs themselves.
//!
//! Comes in: text, or octets as a modem shows them in PDU mode. Goes out: the other; its encoding, its parts, and which characters make it dear; long
//! messages put together again. Never happens here: I/O, clocks, AT commands.
//!
//! Sources: 3GPP TS 23.038 section 4 (data coding), 6.1.2 (packing), 6.2 (GSM 7 bit default alphabet and its extension table); TS 23.040 sections 9.1.2
//! (addresses), 9.2.2 (TPDUs), 9.2.3.24 (user data header, concatenation, ports).

mod address;
mod alphabet;
mod data;
mod gsm7;
mod header;
mod joining;
mod outline;
mod segments;
mod tpdu;

pub use address::Address;
pub use alphabet::{ascii_replacement, replace_for_gsm7, septets};
pub use data::{Alphabet, Content, UserData};
pub use gsm7::{from_septets, pack, to_septets, unpack};
pub use header::{Element, Header};
pub use joining::{Joined, Joiner, parts_of, parts_to_port, pieces_of};
pub use outline::{Field, Outline, outline};
pub use segments::{Encoding, Segments};
pub use tpdu::{
    Deliver, Moment, StatusReport, Submit, Tpdu, TpduError, Validity, split_centre, with_centre,
};
