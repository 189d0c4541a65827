//! The AT language as at-sim7600 and the transcripts have it.
mod commands;
mod framing;
mod meanings;
mod replies;
