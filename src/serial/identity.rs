//! Who a USB serial device is, and what its interface is for.
//!
//! In: numbers that the system tells. Out: an identity that stays the same over every plug and reset, and a role. Pure.
use std::fmt;

/// The identity of one interface of a USB device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UsbId {
    /// `idVendor`; SIMCom's modems have 0x1e0e.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
    /// `iSerial`. SIM7600s often all have the same one.
    pub serial: Option<String>,
    /// `bInterfaceNumber`.
    pub interface: Option<u8>,
}

impl fmt::Display for UsbId {
    /// `1e0e:9001:0123456789ABCDEF:2`; what is not known is `-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}:", self.vendor, self.product)?;
        f.write_str(self.serial.as_deref().unwrap_or("-"))?;
        match self.interface {
            Some(n) => write!(f, ":{n}"),
            None => f.write_str(":-"),
        }
    }
}

/// What an interface of a modem is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// AT commands: the one to use.
    At,
    /// The second AT channel, on which PPP dials.
    Dial,
    /// Not known: a device that is in no table.
    Unknown,
    /// Positions of the satellite receiver.
    Nmea,
    /// Diagnostics (QCDM): answers no AT.
    Diagnostics,
    /// Audio samples.
    Audio,
}

impl Role {
    /// The word for lists.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::At => "AT",
            Self::Dial => "AT (second, for PPP)",
            Self::Unknown => "",
            Self::Nmea => "NMEA",
            Self::Diagnostics => "diagnostics",
            Self::Audio => "audio",
        }
    }

    /// Whether AT commands may be answered there.
    #[must_use]
    pub fn may_answer(self) -> bool {
        matches!(self, Self::At | Self::Dial | Self::Unknown)
    }
}

impl UsbId {
    /// What the interface is for. SIMCom 1e0e: product 9001 as in the table "USB composite" of SIM7500_SIM7600 AT manual V3.00 with
    /// ModemManager's port rules; on 9011 (RNDIS) the SIM7600 keeps AT on interface 4 and PPP on 5.
    #[must_use]
    pub fn role(&self) -> Role {
        match (self.vendor, self.product, self.interface) {
            (0x1e0e, 0x9001, Some(0)) => Role::Diagnostics,
            (0x1e0e, 0x9001, Some(1)) => Role::Nmea,
            (0x1e0e, 0x9001, Some(2)) | (0x1e0e, 0x9011, Some(4)) => Role::At,
            (0x1e0e, 0x9001, Some(3)) | (0x1e0e, 0x9011, Some(5)) => Role::Dial,
            (0x1e0e, 0x9001, Some(4)) => Role::Audio,
            _ => Role::Unknown,
        }
    }

    /// Whether two are interfaces of the same device.
    #[must_use]
    pub fn same_device(&self, other: &Self) -> bool {
        (self.vendor, self.product, &self.serial) == (other.vendor, other.product, &other.serial)
    }
}
