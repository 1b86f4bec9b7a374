//! Practice servers: writes the inert, synthetic disk of a server and the truth about it.
//!
//! [`Spec::parse`] reads the templates a content pack brings (which logs, files and registry hives there are, what everyday
//! traffic looks like, what an intruder leaves) and [`write`] turns them into files, in a folder or in an archive. The same
//! seed and options give the same bytes on every machine: no clock, no locale, no thread.
//!
//! No product is named here and nothing written works as an attack: what the templates hold are
//! placeholders, and every file carries [`PRACTICE_MARK`] where its format has room for it.
//!
//! Start at `run.rs`; `shape.rs` is the YAML format, `compile.rs` turns it into byte segments; `disk.rs` keeps what lies
//! on the disk besides logs;
//! [`event_log`] writes event logs of Windows, here and in the tests of other crates.
//! [`file_table`] writes file tables of NTFS, for the tests of other crates.
//! [`portable`] writes executables of Windows that hold a version and do nothing.

mod archive;
mod clock;
mod compile;
mod disk;
mod error;
pub mod event_log;
pub mod file_table;
pub mod hive;
mod output;
pub mod portable;
mod random;
mod run;
mod shape;
mod spec;
mod template;
mod truth;
mod volume;

pub use error::Error;
pub use output::ARCHIVE_FILE;
pub use run::{Options, Summary, write};
pub use shape::{Expected, Text};
pub use spec::{Scenario, Spec};
pub use truth::{Attack, Form, TRUTH_FILE, Trace, TrulyAffected, Truth};

pub use hikeshi_core::PRACTICE_MARK;
