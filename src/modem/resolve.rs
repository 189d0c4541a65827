//! Names, by the module's own resolver.
use super::{Modem, Trouble};
use crate::at::Command;
use crate::at::reply::{self, Resolved};
use crate::event::{EventId, Lookup, LookupOutcome, What};

impl Modem {
    /// Asks for the IPv4 addresses of a name (`+CDNSGIP`), and records question and answer. The exchange blocks the line until
    /// the module answers and cannot be interrupted.
    ///
    /// # Errors
    /// Where the name has no address, or the module falls silent.
    pub async fn resolve(&self, name: &str) -> Result<(Vec<String>, EventId), Trouble> {
        let lookup = |outcome, ms| {
            What::Lookup(Lookup {
                name: name.to_owned(),
                family: "A".to_owned(),
                resolver: "module".to_owned(),
                outcome,
                ms,
            })
        };
        let command = Command::cdnsgip(name).map_err(|e| {
            Trouble::new(
                format!("`{}` cannot be asked for", name.escape_default()),
                "",
                e.to_string(),
                "Correct the host in the profile",
            )
        })?;
        let began = self.sink.now_ms();
        self.record(lookup(LookupOutcome::Pending, 0));
        let outcome = self.ask(command).await;
        let ms = self.sink.now_ms().saturating_sub(began);
        let answer = match outcome {
            Ok(answer) => answer,
            Err(trouble) => {
                self.record(lookup(LookupOutcome::Failed("no answer".to_owned()), ms));
                return Err(trouble);
            }
        };
        if let Some(Resolved::Found(found)) = answer.lines.iter().find_map(|l| reply::cdnsgip(l)) {
            let addresses: Vec<String> = found.iter().map(ToString::to_string).collect();
            self.record(lookup(LookupOutcome::Addresses(addresses.clone()), ms));
            return Ok((addresses, answer.evidence));
        }
        let raw = super::trouble::raw(&answer);
        self.record(lookup(LookupOutcome::Failed(raw.clone()), ms));
        Err(Trouble::new(
            format!("{name} did not resolve"),
            raw,
            "10 is the only code that this modem has for a failed lookup: a name that does not exist, a resolver that does not answer and a wrong APN look alike",
            "Check the spelling of the MMSC's host in the profile; see in the PDP contexts whether the bearer was given resolvers; try AT+CDNSGIP with a name that surely exists",
        )
        .on(answer.evidence))
    }
}
