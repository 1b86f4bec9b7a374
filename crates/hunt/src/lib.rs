//! Has it reached us? Start at [`check::check`].
//!
//! discover → recognise → compile → search → evaluate → correlate → judge. Nothing here writes, opens a
//! socket or starts a program, and nothing here knows a product: that is in the packs.

mod actors;
mod affected;
#[cfg(test)]
mod agreement;
pub mod check;
mod collect;
mod correlate;
mod cover;
mod decode;
pub mod discover;
mod event;
mod expiring;
pub mod expressions;
mod field_roles;
mod first_look;
mod follow;
pub mod fuzz;
mod globs;
mod hands;
pub mod indicators;
mod inspect;
mod judge;
mod kinds;
mod known_good;
mod late;
mod literal_search;
pub mod literals;
mod machine;
mod mask;
mod memo;
mod places;
pub mod prefilter;
pub mod program;
pub mod recognise;
mod records;
pub mod rehearse;
mod scan;
pub mod scope;
mod second_opinion;
mod shown;
mod sought;
mod steps;
mod times;
mod unheard;
mod vary;
mod watch_list;
mod windows;
mod written;
pub mod yara;

pub use check::{Halt, Options, Progress, check, preview};
pub use inspect::inspect;
pub use scope::Scope;
pub use sought::IndicatorBook;

/// What stops a run before anything is judged. Everything else is data in the report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path that was asked for does not exist or cannot be reached.
    #[error("cannot look at `{}`", path.display())]
    Root {
        /// Which.
        path: std::path::PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// No rule of a folder that was given can be asked of anything.
    #[error("no rule in `{folder}` can be used: {}", reason.en)]
    Rules {
        /// The folder.
        folder: String,
        /// Why the first of them cannot.
        reason: hikeshi_core::text::Text,
    },
    /// A log family's glob is malformed.
    #[error("the log family `{family}` has a malformed path pattern")]
    Glob {
        /// The family's id.
        family: String,
        /// Where and why.
        #[source]
        source: globset::Error,
    },
    /// A pattern over paths is malformed.
    #[error("`{pattern}` is no pattern over paths")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Where and why.
        #[source]
        source: globset::Error,
    },
    /// What a pack says of the outputs of another tool is malformed.
    #[error("a pack describes the output of another tool by a malformed pattern")]
    Output {
        /// Where and why.
        #[source]
        source: regex::Error,
    },
}
