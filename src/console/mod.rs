//! The screens: what is known, drawn; what the person does, turned into orders.
//!
//! ```text
//!   keys, pastes, sizes ─┐
//!   Known, wire lines   ─┼─▶ update(&mut State, Message) ─▶ effects ─▶ run.rs ─▶ orders to the bench
//!   the running clock   ─┘               │
//!                                        ▼
//!                               view(&State, &mut Frame)       changes nothing, any size from 0×0
//! ```
//!
//! In: [`Message`]s. Out: [`Effect`]s and frames. Only [`run`], [`files`] and [`terminal`] touch the world; all the rest is pure: no clock, no
//! files, no tokio, no modem. Every string from outside passes [`text::clean`] before it is drawn. [`action::TABLE`] is the one
//! vocabulary from which keys, footer and help are made, so that none of them can promise what another does not keep.
pub mod action;
pub mod alike;
pub mod answers;
pub mod asked;
pub mod at_line;
pub mod barred;
pub mod choosing;
pub mod columns;
pub mod copying;
pub mod dry_run;
pub mod editor;
pub mod ending;
pub mod files;
pub mod fitting;
pub mod inspector;
pub mod keymap;
pub mod layout;
pub mod letter;
pub mod log;
pub mod looks;
pub mod measure;
pub mod moving;
pub mod options;
pub mod palette;
pub mod panel;
pub mod pattern;
pub mod picker;
pub mod prompt;
pub mod recordings;
pub mod replay;
pub mod run;
pub mod state;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod tips;
pub mod traffic;
pub mod update;
pub mod view;

pub use action::Action;
pub use asked::{CompareRow, Mend};
pub use at_line::Typed;
pub use choosing::{CompareTable, Form};
pub use dry_run::DryRun;
pub use editor::Draft;
pub use fitting::{Fitted, Fitter};
pub use keymap::Keymap;
pub use layout::{Layout, Pane, Screen};
pub use moving::{Kept, Luggage};
pub use picker::{Choice, Picker, PortRow, WorldRow};
pub use run::picking::{Ports, pick, pick_on};
pub use run::{Canvas, Feed, run, run_on, until_the_end};
pub use state::{
    Bench, Doubt, Encode, Flags, Letter, Looks, Measure, Measured, ProfileRow, SmsCoding, SmsSize,
    State,
};
pub use theme::{Colours, Theme};
pub use update::{Effect, Message, Order, update};
pub use view::view;
