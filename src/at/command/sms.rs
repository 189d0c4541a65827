//! Commands for short messages (SIM7600 manual chapter 9, 3GPP TS 27.005).
use super::{Command, CommandError, Payload};
use bytes::Bytes;

impl Command {
    /// `AT+CMGF=0|1`: messages as PDU (0) or text (1). (chapter 9)
    #[must_use]
    pub fn cmgf(text: bool) -> Self {
        Self::known(&format!("AT+CMGF={}", u8::from(text)))
    }
    /// `AT+CMGF?` (chapter 9)
    #[must_use]
    pub fn cmgf_read() -> Self {
        Self::known("AT+CMGF?")
    }
    /// `AT+CMGS=length` with the PDU in hexadecimal after the prompt; PDU mode. The length counts octets of the TPDU, without the
    /// part that names the service centre. (chapter 9)
    ///
    /// # Errors
    /// A PDU that is not hexadecimal.
    pub fn cmgs(tpdu_octets: usize, pdu_hex: &str) -> Result<Self, CommandError> {
        if !pdu_hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(CommandError::Character {
                what: "PDU",
                text: crate::event::escape(pdu_hex.as_bytes()),
                offence: "something else than hexadecimal digits",
            });
        }
        let command = Self::checked(format!("AT+CMGS={tpdu_octets}"))?;
        Ok(command.with_payload(Payload::CtrlZ(Bytes::copy_from_slice(pdu_hex.as_bytes()))))
    }
    /// `AT+CSCA?`: number of the service centre. (chapter 9)
    #[must_use]
    pub fn csca_read() -> Self {
        Self::known("AT+CSCA?")
    }
    /// `AT+CNMI?`: how messages are announced. (chapter 9)
    #[must_use]
    pub fn cnmi_read() -> Self {
        Self::known("AT+CNMI?")
    }
    /// `AT+CNMI=2,mt,0,ds,0` (chapter 9)
    #[must_use]
    pub fn cnmi(mt: u8, ds: u8) -> Self {
        Self::known(&format!("AT+CNMI=2,{mt},0,{ds},0"))
    }
    /// `AT+CNMI=mode,mt,bm,ds,bfr` (chapter 9)
    #[must_use]
    pub fn cnmi_all(fields: [u8; 5]) -> Self {
        let [mode, mt, bm, ds, bfr] = fields;
        Self::known(&format!("AT+CNMI={mode},{mt},{bm},{ds},{bfr}"))
    }
    /// `AT+CSMS=service`: 0 is phase 2, 1 is phase 2+, with acknowledgement. (chapter 9)
    #[must_use]
    pub fn csms(service: u8) -> Self {
        Self::known(&format!("AT+CSMS={service}"))
    }
    /// `AT+CPMS?`: the stores and how full they are. (chapter 9)
    #[must_use]
    pub fn cpms_read() -> Self {
        Self::known("AT+CPMS?")
    }
    /// `AT+CMGL=4`: all stored messages; PDU mode. (chapter 9)
    #[must_use]
    pub fn cmgl_all() -> Self {
        Self::known("AT+CMGL=4")
    }
    /// `AT+CMGR=index`: one stored message. (chapter 9)
    #[must_use]
    pub fn cmgr(index: u16) -> Self {
        Self::known(&format!("AT+CMGR={index}"))
    }
    /// `AT+CMGD=index`: deletes one stored message. (chapter 9)
    #[must_use]
    pub fn cmgd(index: u16) -> Self {
        Self::known(&format!("AT+CMGD={index}"))
    }
}
