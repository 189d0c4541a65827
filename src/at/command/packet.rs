//! Commands of the packet domain: attach, PDP contexts (SIM7600 manual chapter 7, 3GPP TS 27.007 section 10).
use super::{Auth, Command, CommandError};
use crate::event::PdpType;

impl Command {
    /// `AT+CGATT?`: attached? (chapter 7)
    #[must_use]
    pub fn cgatt_read() -> Self {
        Self::known("AT+CGATT?")
    }
    /// `AT+CGATT=1|0`: attach or detach; up to 75 s. (chapter 7)
    #[must_use]
    pub fn cgatt(attach: bool) -> Self {
        Self::known(&format!("AT+CGATT={}", u8::from(attach)))
    }
    /// `AT+CGDCONT?`: all defined contexts. (chapter 7)
    #[must_use]
    pub fn cgdcont_read() -> Self {
        Self::known("AT+CGDCONT?")
    }
    /// `AT+CGDCONT=cid,"type","apn"` (chapter 7)
    ///
    /// # Errors
    /// A cid outside 1–24 and 100–179, or an APN that cannot stand in a command.
    pub fn cgdcont(cid: u8, pdp_type: PdpType, apn: &str) -> Result<Self, CommandError> {
        let cid = checked_cid(cid)?;
        let apn = super::quoted("APN", apn)?;
        Self::checked(format!("AT+CGDCONT={cid},\"{}\",{apn}", pdp_type.at_text()))
    }
    /// `AT+CGDCONT=cid`: undefines the context. (chapter 7)
    ///
    /// # Errors
    /// A cid outside its range.
    pub fn cgdcont_delete(cid: u8) -> Result<Self, CommandError> {
        Self::checked(format!("AT+CGDCONT={}", checked_cid(cid)?))
    }
    /// `AT+CGACT?`: which contexts are active. (chapter 7)
    #[must_use]
    pub fn cgact_read() -> Self {
        Self::known("AT+CGACT?")
    }
    /// `AT+CGACT=1|0,cid`: activates or deactivates; up to 150 s. (chapter 7)
    ///
    /// # Errors
    /// A cid outside its range.
    pub fn cgact(active: bool, cid: u8) -> Result<Self, CommandError> {
        let cid = checked_cid(cid)?;
        Self::checked(format!("AT+CGACT={},{cid}", u8::from(active)))
    }
    /// `AT+CGPADDR=cid`: the context's address. (chapter 7)
    ///
    /// # Errors
    /// A cid outside its range.
    pub fn cgpaddr(cid: u8) -> Result<Self, CommandError> {
        Self::checked(format!("AT+CGPADDR={}", checked_cid(cid)?))
    }
    /// `AT+CGCONTRDP=cid`: what the network granted; not in the manual and not on every firmware. (TS 27.007 section 10.1.23)
    ///
    /// # Errors
    /// A cid outside its range.
    pub fn cgcontrdp(cid: u8) -> Result<Self, CommandError> {
        Self::checked(format!("AT+CGCONTRDP={}", checked_cid(cid)?))
    }
    /// `AT+CGAUTH=cid,auth,"password","user"`: the password comes first on this family. (chapter 7)
    ///
    /// # Errors
    /// A cid outside its range, or a name or password that cannot stand in a command.
    pub fn cgauth(cid: u8, auth: Auth, user: &str, password: &str) -> Result<Self, CommandError> {
        let cid = checked_cid(cid)?;
        if auth == Auth::None {
            return Self::checked(format!("AT+CGAUTH={cid},0"));
        }
        let (user, password) = (
            super::quoted("user name", user)?,
            super::quoted("password", password)?,
        );
        Self::checked(format!("AT+CGAUTH={cid},{},{password},{user}", auth as u8))
    }
    /// `AT+CGAUTH?` (chapter 7)
    #[must_use]
    pub fn cgauth_read() -> Self {
        Self::known("AT+CGAUTH?")
    }
    /// `AT+CGEREP=mode,bfr`: whether `+CGEV` is announced. (chapter 7)
    #[must_use]
    pub fn cgerep(mode: u8, bfr: u8) -> Self {
        Self::known(&format!("AT+CGEREP={mode},{bfr}"))
    }
    /// `AT+CGEREP?` (chapter 7)
    #[must_use]
    pub fn cgerep_read() -> Self {
        Self::known("AT+CGEREP?")
    }
    /// `AT+CSOCKSETPN?`: which context the socket stack uses; from the older 3G family, not on every firmware.
    #[must_use]
    pub fn csocksetpn_read() -> Self {
        Self::known("AT+CSOCKSETPN?")
    }
    /// `AT+CSOCKSETPN=cid`: which context NETOPEN shall use.
    ///
    /// # Errors
    /// A cid outside its range.
    pub fn csocksetpn(cid: u8) -> Result<Self, CommandError> {
        Self::checked(format!("AT+CSOCKSETPN={}", checked_cid(cid)?))
    }
}

/// 1–24 and 100–179 (manual chapter 7).
fn checked_cid(cid: u8) -> Result<u8, CommandError> {
    match cid {
        1..=24 | 100..=179 => Ok(cid),
        _ => Err(CommandError::Range {
            what: "cid",
            value: cid.into(),
            range: "1–24 and 100–179",
        }),
    }
}
