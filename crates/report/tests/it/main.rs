//! The faces of a report from outside: a model in, text out.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod html;
mod sample;
