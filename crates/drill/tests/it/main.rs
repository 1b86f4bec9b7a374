//! Practice servers and event logs, written and read back.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail")]

mod event_log;
mod server;
