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
    /// Group Identifier Level 1, hexadecimal without the padding (EF_GID1).
    pub gid1: Option<String>,
    /// Service provider name (EF_SPN).
    pub spn: Option<String>,
}

/// Group Identifier Level 1 (3GPP TS 31.102 section 4.2.10).
const EF_GID1: u16 = 0x6F3E;
/// Service provider name (section 4.2.12): a display condition and 16 octets of name.
const EF_SPN: u16 = 0x6F46;
const SPN_OCTETS: u8 = 17;
/// Administrative data (section 4.2.18): the fourth octet holds the MNC's length.
const EF_AD: u16 = 0x6FAD;
const AD_OCTETS: u8 = 4;
/// The card did as it was told (ETSI TS 102 221 section 10.2.1).
const WELL: u16 = 0x9000;
/// The card wants to be asked for as many octets as the low octet says.
const OTHER_LENGTH: u16 = 0x6C00;

/// Countries whose MNC has three digits (ITU-T E.212 assignments of North America and the Caribbean, and a few others).
const THREE_DIGIT_MNC: [&str; 24] = [
    "302", "310", "311", "312", "313", "314", "315", "316", "334", "338", "342", "344", "346",
    "348", "352", "354", "356", "358", "360", "365", "376", "405", "708", "722",
];

/// MCC-MNC of an IMSI. The length of the MNC is not in the IMSI itself: it is what the SIM's administrative data say (2 or 3), else
/// it goes by country.
#[must_use]
pub fn home_network(imsi: &str, mnc_digits: Option<usize>) -> Option<String> {
    let mcc = imsi.get(..3)?;
    let by_country = || if THREE_DIGIT_MNC.contains(&mcc) { 3 } else { 2 };
    let home = imsi.get(..3 + mnc_digits.unwrap_or_else(by_country))?;
    home.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| home.to_owned())
}

/// The MNC's length of EF_AD, where the card holds one.
#[must_use]
pub fn mnc_digits(administrative: &[u8]) -> Option<usize> {
    let length = usize::from(administrative.get(3)? & 0x0F);
    (2..=3).contains(&length).then_some(length)
}

/// Group identifier as hexadecimal, without the 0xFF that fill the file up. An empty file is no identifier.
#[must_use]
pub fn group_identifier(file: &[u8]) -> Option<String> {
    let used = file.iter().rposition(|o| *o != 0xFF)? + 1;
    Some(file[..used].iter().map(|o| format!("{o:02X}")).collect())
}

/// The default alphabet of 3GPP TS 23.038 section 6.2.1, by value.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// The name of EF_SPN: in the default alphabet, one octet a character, or in UCS-2 after 0x80 (3GPP TS 31.102 Annex A). The rarer
/// codings 0x81 and 0x82 are not read.
#[must_use]
pub fn provider_name(file: &[u8]) -> Option<String> {
    let name = file.get(1..)?;
    let text: String = match name.first()? {
        0x80 => {
            let units: Vec<u16> = name[1..]
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .take_while(|unit| *unit != 0xFFFF)
                .collect();
            String::from_utf16(&units).ok()?
        }
        0x81 | 0x82 => return None,
        _ => name
            .iter()
            .take_while(|octet| **octet != 0xFF)
            .map(|octet| GSM.chars().nth(usize::from(*octet)))
            .collect::<Option<_>>()?,
    };
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
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

    /// Reads whose SIM it is (`+CIMI`, `+CICCID`, `+CNUM`, and from its files the operator's marks).
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
        let administrative = self.card_file(EF_AD, AD_OCTETS).await?;
        let mnc = administrative.as_deref().and_then(mnc_digits);
        let home = imsi.as_ref().and_then(|i| home_network(i.reveal(), mnc));
        let gid1 = self.card_file(EF_GID1, 0).await?;
        let spn = self.card_file(EF_SPN, SPN_OCTETS).await?;
        Ok(SimCard {
            imsi,
            iccid,
            number,
            home,
            gid1: gid1.as_deref().and_then(group_identifier),
            spn: spn.as_deref().and_then(provider_name),
        })
    }

    /// The octets of a file of the card, or nothing where card or firmware do not give them. A card that names another length is
    /// asked once more with that one.
    async fn card_file(&self, file: u16, octets: u8) -> Result<Option<Vec<u8>>, Trouble> {
        let mut wanted = octets;
        for _ in 0..2 {
            let Some(answer) = self.may(Command::crsm_read_binary(file, wanted)).await? else {
                return Ok(None);
            };
            match answer.lines.iter().find_map(|l| reply::crsm(l)) {
                Some(card) if card.status == WELL => return Ok(Some(card.octets)),
                Some(card) if card.status & 0xFF00 == OTHER_LENGTH => {
                    wanted = (card.status & 0xFF) as u8;
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
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
            gid1: card.gid1.clone(),
            spn: card.spn.clone(),
        }));
    }
}
