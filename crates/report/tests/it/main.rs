//! The faces of a report from outside: a model in, text out.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod html;
mod sample;
