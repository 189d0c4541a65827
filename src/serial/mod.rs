//! The serial line: which devices there are, who holds them, opening one, and finding it again when it was lost.
//!
//! In: a name (`/dev/ttyUSB2`, `COM24`, `tcp:127.0.0.1:5000`, `auto`) and a speed. Out: a stream of octets under the name that the
//! device has now. A USB device is known by vendor, product, serial number and interface number, never by the digit in its name,
//! which changes with every plug and every reset. Never here: what a modem is asked, except the two commands of [`probe`].
mod devices;
mod holder;
mod identity;
mod inhibit;
mod open;
mod outputs;
mod probe;
mod source;

pub use devices::{Device, Places, Usb, devices, from_names, list_from};
pub use holder::{Holder, Holding, holding};
pub use identity::{Role, UsbId};
pub use inhibit::{Inhibition, place};
pub use open::{DEFAULT_BAUD, Line, Opened, SerialError, group_of, open, open_in};
pub use outputs::{Output, Outputs};
pub use probe::{Answering, probe};
pub use source::{Chosen, Finder, Opening, Source, System, Wanted, choose};
