//! What every reader can take apart and a recipient will still not see as it was meant: the lint of a whole message.
//!
//! Comes in: a PDU as it was read. Goes out: remarks. It is asked before sending and by whoever looks at a PDU; reading for answers does without.

mod addresses;
mod headers;
mod parts;

use super::decode::Decoded;
use super::field::MessageType;
use super::lint::{Lint, Lints};
use super::nested::Tree;
use super::pdu::Body;

impl Decoded {
    /// All remarks by their place: those of the reading, and those on the message as a whole: a SMIL that speaks of a part that is not there, a doubled
    /// `/TYPE=`, a text without charset, a value that is not assigned. `size` is that of the PDU in octets.
    pub fn examine(&self, size: usize) -> Vec<Lint> {
        let mut lints = Lints::default();
        headers::examine(&self.pdu, &mut lints);
        addresses::examine(&self.pdu, &mut lints);
        if let Some(content_type) = &self.pdu.content_type {
            parts::content_type(content_type, &mut lints);
        }
        if let Body::Multipart(entries) = &self.pdu.body {
            let mut tree = Tree::of(entries);
            lints.extend(std::mem::take(&mut tree.lint));
            parts::examine(&self.pdu, entries, &tree.entries(), &mut lints);
            if entries.is_empty() && self.pdu.message_type() == Some(MessageType::SEND_REQ) {
                lints.warning(size, "the message has no part: there is nothing to show");
            }
        }
        let mut all = self.lint.clone();
        all.extend(lints.into_list());
        all.sort_by_key(|lint| lint.offset);
        all
    }
}
