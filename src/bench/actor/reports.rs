//! Status reports on SMS tied to the parts that they are about.
//!
//! In: reports as the modem hands them on or stores them. Out: entries of the outbox that changed, as events. Never here: reports on MMS
//! ([`super::tying`]).
use super::Actor;
use crate::engine::Urc;
use crate::event::{Level, Msisdn, SmsReport, What};
use crate::modem::{status_report, stored_report};
use crate::outbox::{Entry, Noted};
use crate::sms::StatusReport;

/// How many reports that nothing of ours fits are kept, until the send that runs has written down its reference.
const UNTIED: usize = 64;

impl Actor {
    /// A status report that the modem hands on, or has stored.
    pub(super) fn hear_report(&mut self, urc: &Urc) {
        if let Some(report) = status_report(urc) {
            self.untied.push_back(report);
            self.tie_reports();
        } else if let Some(index) = stored_report(urc) {
            let (modem, reports) = (self.gear.modem.serving("report"), self.reports.clone());
            tokio::spawn(async move {
                if let Ok(Some(report)) = modem.stored_status_report(index).await {
                    // The bench may have ended meanwhile.
                    let _ = reports.send(report).await;
                }
            });
        }
    }

    /// Ties reports to the parts that they are about. One that fits nothing waits while a send runs: its reference may not be written down yet.
    pub(super) fn tie_reports(&mut self) {
        for report in std::mem::take(&mut self.untied) {
            let to = report.to.shown();
            let (status, now) = (report.status, (self.chance)().0);
            let tied = self
                .outbox
                .report(&to, report.reference, status, report.delivered(), now);
            match tied {
                None if self.running.is_some() => self.untied.push_back(report),
                None => self.tell_report(&report, None),
                Some(noted) => {
                    self.tell_report(&report, Some(&noted.entry));
                    self.tell_unwritten(&noted);
                }
            }
        }
        while self.untied.len() > UNTIED {
            self.untied.pop_front();
        }
    }

    /// What has happened and no disk has taken is an alarm.
    pub(super) fn tell_unwritten(&self, noted: &Noted) {
        if let Some(why) = &noted.unwritten {
            let text = format!(
                "{why}. What is known of message {} is only in memory until then",
                noted.entry.id
            );
            self.say(Level::Alarm, text);
        }
    }

    fn tell_report(&self, report: &StatusReport, entry: Option<&Entry>) {
        self.gear.sink.record(What::SmsReport(SmsReport {
            entry: entry.and_then(|e| self.desk(e.id).number()),
            reference: report.reference,
            to: Msisdn::new(report.to.shown()).masked(),
            status: report.status,
            delivered: report.delivered(),
            done: report.done.to_string(),
        }));
        if let Some(entry) = entry {
            self.tell_entry(entry);
        }
    }
}
