//! One model, many faces. Start at [`terminal::write`] and [`html::write`] for people, [`json::write`] for machines.
//!
//! Everything from evidence is escaped for where it goes. All words are in `words/`, in every language.

pub mod html;
pub mod json;
mod phrases;
pub mod preview;
pub mod terminal;
pub mod words;

pub use words::{Words, complete, complete_preview};
