//! One model, many faces. Start at [`terminal::write`] and [`html::write`] for people and [`json::write`] for machines;
//! [`saved::read`] takes a report back in.
//!
//! Everything from evidence is escaped for where it goes. All words are in `words/`, in every language.

pub mod compare;
pub mod csv;
mod facts;
pub mod fleet;
pub mod fuzz;
#[cfg(test)]
mod hostile;
pub mod html;
pub mod json;
pub mod markdown;
mod phrases;
pub mod preview;
pub mod redact;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod saved;
mod sections;
pub mod sign;
pub mod stix;
pub mod terminal;
pub mod timesketch;
pub mod tlp;
pub mod words;

pub use words::{Words, complete, complete_preview};
