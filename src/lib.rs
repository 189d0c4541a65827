//! mmscope: the instrument for everybody who has to get an MMS through a cellular modem.
//!
//! ```text
//!                 bytes        lines, URCs, prompts     verbs, late results       bytes, addresses
//!   ┌─────────┐        ┌─────────┐            ┌─────────┐             ┌─────────┐
//!   │ serial  │ ─────▶ │ engine  │ ─────────▶ │  modem  │ ──────────▶ │   net   │  module stack: DNS, TCP,
//!   │ (or the │ ◀───── │ + at    │ ◀───────── │ sim7600 │ ◀────────── │ + http  │  HTTP over its links
//!   │simulator│        └─────────┘            └─────────┘             └────┬────┘
//!   └─────────┘                                                            │
//!    pure languages, used around them: at  mms  sms  profile        ┌──────▼──────────────┐
//!                                                                   │ pipeline    probe   │  send · find out why not
//!                                                                   └──────▲──────────────┘
//!                                    orders                                │
//!         console ──────────┐  ┌───────────────────────────────────────────┴──┐
//!         cli ──────────────┴─▶│ bench: the one who acts (an actor)            │
//!                              └──────────────────┬────────────────────────────┘
//!                                                 ▼ events
//!                                             journal ──▶ recording (JSON Lines)
//!                                                 │
//!                              known (fold) ──▶ diagnosis (facts ▶ verdicts) ──▶ report
//!                                                 │
//!                              console: view(&State with Known) ▶ frame       cli: --json, text
//! ```
//!
//! Five ideas carry everything: one stream of events that the [`journal`] alone orders; what is [`known`] is a fold of it;
//! only the [`mod@bench`] acts; languages ([`at`], [`mms`], [`sms`], [`profile`]) are pure and actions are thin; and the
//! [`simulator`] is a peer that shares no code with our AT side.
pub mod at;
pub mod bench;
pub mod cli;
pub mod compose;
pub mod config;
pub mod console;
pub mod diagnosis;
pub mod document;
pub mod engine;
pub mod event;
pub mod inbox;
pub mod journal;
pub mod known;
pub mod lock;
pub mod log;
pub mod mms;
pub mod modem;
pub mod net;
pub mod outbox;
pub mod pipeline;
pub mod probe;
pub mod profile;
pub mod replay;
pub mod report;
pub mod serial;
pub mod simulator;
pub mod sms;
