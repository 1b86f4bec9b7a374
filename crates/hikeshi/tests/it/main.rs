//! End to end: the real executable on real files, text in and text out. One module per question.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod affected;
mod archives;
mod bad_input;
mod brought;
mod details;
mod drills;
mod exits;
mod fleets;
mod following;
mod help;
mod hostile;
mod html;
mod kamome;
mod kinds;
mod local_time;
mod mutations;
mod packs;
mod postponed;
mod processes;
mod product_names;
mod redacted;
mod reports;
mod same;
mod saved_reports;
mod scope;
mod screens;
mod second_opinions;
mod sigma;
mod sigma_terms;
mod steps;
#[cfg(unix)]
mod terminal;
mod untold;
mod usage;
mod workers;
