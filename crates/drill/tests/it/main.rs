//! Practice servers and what lies on them, written and read back.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail")]

mod disk;
mod event_log;
mod server;
