//! The user data header: what joins the parts of a long message and names the application that it is for (3GPP TS 23.040 section 9.2.3.24).

/// One information element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Element {
    /// `00` or `08`: one part of several.
    Concatenation {
        /// What all parts have in common.
        reference: u16,
        /// Written with 16 bits.
        wide: bool,
        /// How many parts there are.
        total: u8,
        /// Which this is, from 1.
        number: u8,
    },
    /// `04` or `05`: the ports of applications; 2948 is that of WAP push.
    Ports {
        /// To which.
        destination: u16,
        /// From which.
        source: u16,
        /// Written with 16 bits each.
        wide: bool,
    },
    /// Any other, and one of those above with a length that it does not have.
    Other {
        /// Its identifier.
        id: u8,
        /// Its octets.
        data: Vec<u8>,
    },
}

impl Element {
    fn read(id: u8, data: &[u8]) -> Element {
        match (id, data) {
            (0x00, &[reference, total, number]) => Element::Concatenation {
                reference: u16::from(reference),
                wide: false,
                total,
                number,
            },
            (0x08, &[high, low, total, number]) => Element::Concatenation {
                reference: u16::from_be_bytes([high, low]),
                wide: true,
                total,
                number,
            },
            (0x04, &[destination, source]) => Element::Ports {
                destination: u16::from(destination),
                source: u16::from(source),
                wide: false,
            },
            (0x05, &[d1, d2, s1, s2]) => Element::Ports {
                destination: u16::from_be_bytes([d1, d2]),
                source: u16::from_be_bytes([s1, s2]),
                wide: true,
            },
            _ => Element::Other {
                id,
                data: data.to_vec(),
            },
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Element::Concatenation {
                reference,
                wide,
                total,
                number,
            } => {
                let [high, low] = reference.to_be_bytes();
                match wide {
                    true => out.extend([0x08, 4, high, low, *total, *number]),
                    false => out.extend([0x00, 3, low, *total, *number]),
                }
            }
            Element::Ports {
                destination,
                source,
                wide,
            } => {
                let ([d1, d2], [s1, s2]) = (destination.to_be_bytes(), source.to_be_bytes());
                match wide {
                    true => out.extend([0x05, 4, d1, d2, s1, s2]),
                    false => out.extend([0x04, 2, d2, s2]),
                }
            }
            Element::Other { id, data } => {
                let data = &data[..data.len().min(137)];
                out.push(*id);
                out.push(u8::try_from(data.len()).unwrap_or(0));
                out.extend_from_slice(data);
            }
        }
    }
}

/// A user data header; without elements it is not written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Header {
    /// Its elements, in order.
    pub elements: Vec<Element>,
}

impl Header {
    /// Reads the elements (the header's length octet is not among them). What is cut off at the end is left out.
    #[must_use]
    pub fn read(octets: &[u8]) -> Header {
        let mut elements = Vec::new();
        let mut rest = octets;
        while let [id, length, after @ ..] = rest {
            let Some((data, next)) = after.split_at_checked(usize::from(*length)) else {
                break;
            };
            elements.push(Element::read(*id, data));
            rest = next;
        }
        Header { elements }
    }

    /// The header with its length octet in front; empty without elements.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        let mut out = vec![0];
        for element in &self.elements {
            element.write(&mut out);
        }
        if out.len() == 1 {
            return Vec::new();
        }
        out[0] = u8::try_from(out.len() - 1).unwrap_or(u8::MAX);
        out
    }

    /// Reference, total and number of a part of several; of two such elements the last one counts.
    #[must_use]
    pub fn concatenation(&self) -> Option<(u16, u8, u8)> {
        self.elements
            .iter()
            .rev()
            .find_map(|element| match element {
                Element::Concatenation {
                    reference,
                    total,
                    number,
                    ..
                } => Some((*reference, *total, *number)),
                _ => None,
            })
    }

    /// Destination and source port.
    #[must_use]
    pub fn ports(&self) -> Option<(u16, u16)> {
        self.elements
            .iter()
            .rev()
            .find_map(|element| match element {
                Element::Ports {
                    destination,
                    source,
                    ..
                } => Some((*destination, *source)),
                _ => None,
            })
    }
}
