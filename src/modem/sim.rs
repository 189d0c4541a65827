//! The SIM: whether it is ready, and whose it is.
use super::{Modem, Trouble};
use crate::at::{Command, reply};
use crate::event::{EventId, Iccid, Imsi, Msisdn, Sim, SimState, What};

/// What the SIM says of itself, in plain: for the wire and for matching profiles only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimCard {
    /// IMSI.
    pub imsi: Option<Imsi>,
    /// ICCID.
    pub iccid: Option<Iccid>,
    /// Own number; often not stored.
    pub number: Option<Msisdn>,
    /// MCC and MNC without a dash.
    pub home: Option<String>,
}

/// Countries whose MNC has three digits (ITU-T E.212 assignments of North America and the Caribbean, and a few others).
const THREE_DIGIT_MNC: [&str; 24] = [
    "302", "310", "311", "312", "313", "314", "315", "316", "334", "338", "342", "344", "346",
    "348", "352", "354", "356", "358", "360", "365", "376", "405", "708", "722",
];

/// MCC-MNC of an IMSI. The length of the MNC is not in the IMSI itself; it goes by country.
#[must_use]
pub fn home_network(imsi: &str) -> Option<String> {
    let mcc = imsi.get(..3)?;
    let digits = if THREE_DIGIT_MNC.contains(&mcc) { 6 } else { 5 };
    let home = imsi.get(..digits)?;
    home.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| home.to_owned())
}

impl Modem {
    /// Reads the SIM's state (`+CPIN?`).
    ///
    /// # Errors
    /// Where the modem falls silent. An absent or locked SIM is a state, not an error.
    pub async fn sim_state(&self) -> Result<(SimState, String, EventId), Trouble> {
        let answer = self.ask(Command::cpin_read()).await?;
        let said = answer.lines.iter().find_map(|l| reply::cpin(l));
        let state = said
            .or_else(|| reply::sim_trouble(&answer.result))
            .unwrap_or_else(|| SimState::Failed(answer.result.to_string()));
        Ok((state, super::trouble::raw(&answer), answer.evidence))
    }

    /// Reads whose SIM it is (`+CIMI`, `+CICCID`, `+CNUM`) and records it.
    ///
    /// # Errors
    /// Where the modem falls silent; what the SIM does not tell stays empty.
    pub async fn sim_card(&self) -> Result<SimCard, Trouble> {
        let lines =
            |answer: Option<crate::engine::Answer>| answer.map(|a| a.lines).unwrap_or_default();
        let imsi = lines(self.may(Command::cimi()).await?)
            .iter()
            .find_map(|l| reply::imsi(l));
        let iccid = lines(self.may(Command::ciccid()).await?)
            .iter()
            .find_map(|l| reply::iccid(l));
        let number = lines(self.may(Command::cnum()).await?)
            .iter()
            .find_map(|l| reply::cnum(l))
            .map(|n| n.number);
        let home = imsi.as_ref().and_then(|i| home_network(i.reveal()));
        Ok(SimCard {
            imsi,
            iccid,
            number,
            home,
        })
    }

    /// Records what is known of the SIM.
    pub fn tell_sim(&self, state: SimState, card: &SimCard) {
        self.record(What::Sim(Sim {
            state,
            home: card
                .home
                .as_deref()
                .map(|h| format!("{}-{}", &h[..3], &h[3..])),
            imsi: card.imsi.as_ref().map(Imsi::masked),
            iccid: card.iccid.as_ref().map(Iccid::masked),
            number: card.number.as_ref().map(Msisdn::masked),
        }));
    }
}
