//! One model, many faces. Start at [`terminal::write`] for people and [`json::write`] for machines.
//!
//! Everything from evidence is escaped for where it goes. All words are in `words/`, in every language.

pub mod json;
pub mod preview;
pub mod terminal;
pub mod words;

pub use words::{Words, complete, complete_preview};
