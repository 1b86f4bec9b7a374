//! The nouns every crate of Hikeshi shares. Start at [`report::Report`], what a run ends in.
//!
//! No I/O, no clock, no product names here: reading lives in `evidence`, judging in `hunt`.
#![warn(missing_docs)]

pub mod actor;
pub mod affected;
pub mod cause;
pub mod channel;
pub mod comparison;
pub mod country;
pub mod coverage;
pub mod family;
pub mod finding;
pub mod fleet;
pub mod machine;
pub mod other_tool;
pub mod place;
pub mod preview;
pub mod product;
pub mod report;
pub mod second_opinion;
pub mod text;
pub mod time;
pub mod untrusted;
pub mod verdict;

/// Text that every artefact of a practice server carries in a comment line.
///
/// A report over such evidence says that it is practice data; the mark never changes a finding.
pub const PRACTICE_MARK: &str = "HIKESHI-PRACTICE-DATA";
