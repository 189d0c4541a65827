//! Signal, registration and operator (at-sim7600 section 2).
use crate::at::fields::{Field, after, split};
use crate::event::Signal;

/// `+CSQ: rssi,ber`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Csq {
    /// As it came: 0–31, 99; 100–191 and 199 on TD-SCDMA.
    pub rssi: u8,
    /// In dBm; `None` where the modem does not know (99, 199) or the value is outside the table.
    pub dbm: Option<i32>,
    /// Bit error rate class 0–7; 99 is not known, which is normal on LTE.
    pub ber: u8,
}

/// Reads a line of `AT+CSQ`.
#[must_use]
pub fn csq(line: &str) -> Option<Csq> {
    let f = split(after(line, "+CSQ:")?);
    let rssi: u8 = f.first()?.text.parse().ok()?;
    let dbm = match rssi {
        0..=31 => Some(-113 + 2 * i32::from(rssi)),
        100..=191 => Some(-116 + i32::from(rssi) - 100),
        _ => None,
    };
    Some(Csq {
        rssi,
        dbm,
        ber: f.get(1)?.text.parse().ok()?,
    })
}

/// In which unit a `+CPSI` line gives its LTE levels: firmware families differ, and only the size of RSRP tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Tenths of dB and dBm (SIM7600).
    Tenths,
    /// Whole dB and dBm (SIM7670).
    Whole,
    /// The indexes of 3GPP TS 27.007 +CESQ (A7670).
    Index,
    /// None of them fits: the levels are left out.
    Unclear,
}

/// `+CPSI: …`: the serving cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpsi {
    /// `LTE`, `WCDMA`, `GSM`, `NO SERVICE` …
    pub system: String,
    /// `Online`, `Offline`, `Low Power Mode` …
    pub operation: String,
    /// `310-260`.
    pub plmn: Option<String>,
    /// Tracking or location area code, as written (`0x5303`).
    pub area: Option<String>,
    /// Cell identity, as written.
    pub cell: Option<String>,
    /// `EUTRAN-BAND66`, `WCDMA IMT 2000`, `27 EGSM 900`.
    pub band: Option<String>,
    /// Unit of the LTE levels.
    pub units: Units,
    /// Reference signal received quality in tenths of a dB, LTE.
    pub rsrq_ddb: Option<i32>,
    /// Reference signal received power in tenths of a dBm, LTE.
    pub rsrp_ddbm: Option<i32>,
    /// Received signal strength in tenths of a dBm, LTE.
    pub rssi_ddbm: Option<i32>,
    /// Signal to noise in dB as the modem gives it, LTE.
    pub snr_db: Option<i32>,
    /// Downlink bandwidth in tenths of a MHz, LTE.
    pub bandwidth_dmhz: Option<u16>,
    /// Received signal code power as written, WCDMA.
    pub rscp: Option<i32>,
    /// Ec/Io as written, WCDMA.
    pub ecio: Option<i32>,
    /// Received level as written, GSM and WCDMA.
    pub rxlev: Option<i32>,
}

/// Reads a line of `AT+CPSI?`.
#[must_use]
pub fn cpsi(line: &str) -> Option<Cpsi> {
    let f = split(after(line, "+CPSI:")?);
    let text = |i: usize| f.get(i).and_then(Field::filled).map(str::to_owned);
    let value = |i: usize| {
        f.get(i)
            .and_then(Field::number)
            .and_then(|n| i32::try_from(n).ok())
    };
    let system = text(0)?;
    let mut out = Cpsi {
        operation: text(1).unwrap_or_default(),
        plmn: text(2),
        area: text(3),
        cell: text(4),
        band: None,
        units: Units::Unclear,
        rsrq_ddb: None,
        rsrp_ddbm: None,
        rssi_ddbm: None,
        snr_db: None,
        bandwidth_dmhz: None,
        rscp: None,
        ecio: None,
        rxlev: None,
        system,
    };
    match out.system.as_str() {
        "LTE" => lte(&mut out, &f, value),
        "WCDMA" => {
            out.band = text(5);
            (out.ecio, out.rscp, out.rxlev) = (value(9), value(10), value(12));
        }
        "GSM" => (out.band, out.rxlev) = (text(5), value(6)),
        _ => {}
    }
    Some(out)
}

/// `…,PCellID,band,earfcn,dlbw,ulbw,RSRQ,RSRP,RSSI,RSSNR` from field 5 on.
fn lte(out: &mut Cpsi, f: &[Field<'_>], value: impl Fn(usize) -> Option<i32>) {
    const BANDWIDTHS: [u16; 6] = [14, 30, 50, 100, 150, 200];
    out.band = f.get(6).and_then(Field::filled).map(str::to_owned);
    out.bandwidth_dmhz = value(8)
        .and_then(|n| usize::try_from(n).ok())
        .and_then(|n| BANDWIDTHS.get(n).copied());
    out.snr_db = value(13);
    let (rsrq, rsrp, rssi) = (value(10), value(11), value(12));
    out.units = match rsrp {
        Some(-1600..=-201) => Units::Tenths,
        Some(-150..=-40) => Units::Whole,
        Some(0..=97) => Units::Index,
        _ => Units::Unclear,
    };
    match out.units {
        Units::Tenths => (out.rsrq_ddb, out.rsrp_ddbm, out.rssi_ddbm) = (rsrq, rsrp, rssi),
        Units::Whole => {
            let tenfold = |n: i32| n.checked_mul(10);
            out.rsrq_ddb = rsrq.and_then(tenfold);
            out.rsrp_ddbm = rsrp.and_then(tenfold);
            out.rssi_ddbm = rssi.and_then(tenfold);
        }
        Units::Index => {
            out.rsrp_ddbm = rsrp.map(|n| (n - 141) * 10);
            out.rsrq_ddb = rsrq.filter(|n| (0..=34).contains(n)).map(|n| -200 + 5 * n);
        }
        Units::Unclear => {}
    }
}

impl Cpsi {
    /// As the event has it. RSSI in dBm is left to `+CSQ`, whose scale it names.
    #[must_use]
    pub fn signal(&self) -> Signal {
        Signal {
            rssi_dbm: None,
            system: Some(self.system.clone()),
            plmn: self.plmn.clone(),
            band: self.band.clone(),
            rsrp_ddbm: self.rsrp_ddbm,
            rsrq_ddb: self.rsrq_ddb,
            snr_db: self.snr_db,
            cell: self.cell.clone(),
        }
    }
}

/// `+CREG:`, `+CGREG:`, `+CEREG:`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reg {
    /// 0 not searching, 1 home, 2 searching, 3 denied, 4 unknown, 5 roaming, 6 and 7 SMS only, 8 emergency (TS 27.007 section 7.2).
    pub stat: u8,
    /// Location or tracking area code, hexadecimal.
    pub area: Option<String>,
    /// Cell identity, hexadecimal.
    pub cell: Option<String>,
    /// Access technology: 0 GSM, 2 UTRAN, 7 E-UTRAN.
    pub act: Option<u8>,
}

/// Reads the answer of the read form, `n,stat[,area,cell[,act]]`, of any of the three commands.
#[must_use]
pub fn reg_read(line: &str) -> Option<Reg> {
    let f = split(reg_values(line)?);
    f.first()?.number()?;
    reg(f.get(1..)?)
}

/// Reads the announcement, `stat[,area,cell[,act]]`.
#[must_use]
pub fn reg_urc(line: &str) -> Option<Reg> {
    reg(&split(reg_values(line)?))
}

fn reg_values(line: &str) -> Option<&str> {
    ["+CREG:", "+CGREG:", "+CEREG:"]
        .iter()
        .find_map(|p| after(line, p))
}

fn reg(f: &[Field<'_>]) -> Option<Reg> {
    let text = |i: usize| f.get(i).and_then(Field::filled).map(str::to_owned);
    Some(Reg {
        stat: f.first()?.text.parse().ok()?,
        area: text(1),
        cell: text(2),
        act: f.get(3).and_then(|f| f.text.parse().ok()),
    })
}

/// `+COPS: mode[,format,"operator"[,act]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cops {
    /// 0 automatic, 1 manual, 2 deregistered, 4 manual, then automatic.
    pub mode: u8,
    /// The operator, in the form that was set.
    pub operator: Option<String>,
    /// Access technology: 0 GSM, 2 UTRAN, 7 E-UTRAN, 8 CDMA.
    pub act: Option<u8>,
}

/// Reads a line of `AT+COPS?`.
#[must_use]
pub fn cops(line: &str) -> Option<Cops> {
    let f = split(after(line, "+COPS:")?);
    Some(Cops {
        mode: f.first()?.text.parse().ok()?,
        operator: f.get(2).and_then(Field::filled).map(str::to_owned),
        act: f.get(3).and_then(|f| f.text.parse().ok()),
    })
}
