//! Commands about the modem, its SIM and the radio (SIM7600 manual chapters 2 to 4, 5, 6 and 12).
use super::Command;

impl Command {
    /// `AT`: is anybody there? (manual chapter 2)
    #[must_use]
    pub fn at() -> Self {
        Self::known("AT")
    }
    /// `ATE0`: no echo. The line itself is still echoed. (chapter 2)
    #[must_use]
    pub fn ate0() -> Self {
        Self::known("ATE0")
    }
    /// `ATV1`: results in words. (chapter 2)
    #[must_use]
    pub fn atv1() -> Self {
        Self::known("ATV1")
    }
    /// `AT+CMEE=n`: errors as bare `ERROR` (0), numbers (1) or words (2). (chapter 3)
    #[must_use]
    pub fn cmee(n: u8) -> Self {
        Self::known(&format!("AT+CMEE={n}"))
    }
    /// `AT+CMEE?` (chapter 3)
    #[must_use]
    pub fn cmee_read() -> Self {
        Self::known("AT+CMEE?")
    }
    /// `AT+CGMI`: manufacturer, a bare line. (chapter 3)
    #[must_use]
    pub fn cgmi() -> Self {
        Self::known("AT+CGMI")
    }
    /// `AT+CGMM`: model, a bare line. (chapter 3)
    #[must_use]
    pub fn cgmm() -> Self {
        Self::known("AT+CGMM")
    }
    /// `AT+CGMR`: firmware, with or without prefix. (chapter 3)
    #[must_use]
    pub fn cgmr() -> Self {
        Self::known("AT+CGMR")
    }
    /// `AT+CGSN`: IMEI, bare digits. (chapter 3)
    #[must_use]
    pub fn cgsn() -> Self {
        Self::known("AT+CGSN")
    }
    /// `AT+SIMCOMATI`: all identities in several lines; not in the manual.
    #[must_use]
    pub fn simcomati() -> Self {
        Self::known("AT+SIMCOMATI")
    }
    /// `AT+CPIN?`: state of the SIM. (chapter 5)
    #[must_use]
    pub fn cpin_read() -> Self {
        Self::known("AT+CPIN?")
    }
    /// `AT+CIMI`: IMSI, bare digits. (chapter 5)
    #[must_use]
    pub fn cimi() -> Self {
        Self::known("AT+CIMI")
    }
    /// `AT+CICCID`: number of the card. (chapter 5)
    #[must_use]
    pub fn ciccid() -> Self {
        Self::known("AT+CICCID")
    }
    /// `AT+CNUM`: own numbers; often none. (chapter 5)
    #[must_use]
    pub fn cnum() -> Self {
        Self::known("AT+CNUM")
    }
    /// `AT+CRSM=176,file,0,0,octets`: reads a transparent elementary file of the SIM (3GPP TS 27.007 section 8.18; READ BINARY is
    /// 176 of TS 51.011). 0 octets asks for the whole file. (chapter 5)
    #[must_use]
    pub fn crsm_read_binary(file: u16, octets: u8) -> Self {
        Self::known(&format!("AT+CRSM=176,{file},0,0,{octets}"))
    }
    /// `AT+CSQ`: signal strength. (chapter 4)
    #[must_use]
    pub fn csq() -> Self {
        Self::known("AT+CSQ")
    }
    /// `AT+CPSI?`: serving cell with all levels. (chapter 4)
    #[must_use]
    pub fn cpsi_read() -> Self {
        Self::known("AT+CPSI?")
    }
    /// `AT+CREG?`: circuit-switched registration. (chapter 4)
    #[must_use]
    pub fn creg_read() -> Self {
        Self::known("AT+CREG?")
    }
    /// `AT+CREG=n`: announcements off (0), on (1), with cell (2). (chapter 4)
    #[must_use]
    pub fn creg(n: u8) -> Self {
        Self::known(&format!("AT+CREG={n}"))
    }
    /// `AT+CGREG?`: GPRS registration. (chapter 7)
    #[must_use]
    pub fn cgreg_read() -> Self {
        Self::known("AT+CGREG?")
    }
    /// `AT+CGREG=n` (chapter 7)
    #[must_use]
    pub fn cgreg(n: u8) -> Self {
        Self::known(&format!("AT+CGREG={n}"))
    }
    /// `AT+CEREG?`: LTE registration. (chapter 7)
    #[must_use]
    pub fn cereg_read() -> Self {
        Self::known("AT+CEREG?")
    }
    /// `AT+CEREG=n` (chapter 7)
    #[must_use]
    pub fn cereg(n: u8) -> Self {
        Self::known(&format!("AT+CEREG={n}"))
    }
    /// `AT+COPS?`: the operator. (chapter 4)
    #[must_use]
    pub fn cops_read() -> Self {
        Self::known("AT+COPS?")
    }
    /// `AT+CEER`: extended reason of the last failure, in words. (chapter 2)
    #[must_use]
    pub fn ceer() -> Self {
        Self::known("AT+CEER")
    }
}
