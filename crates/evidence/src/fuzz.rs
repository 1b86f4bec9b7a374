//! Every reader as a plain function over bytes: what `fuzz/` runs, and what the tests replay its corpus through.
//!
//! None may panic, hang, or hold more memory than its cap; besides, each holds what its reader owes to those who call it.
//! `text.rs` has the targets of text logs, `records.rs` those of binary evidence and traces,
//! `other_tools.rs` those of what other tools wrote, `archives.rs` those of
//! archives and collections. Where a format guards itself by checksums, no mutation gets past them; `repair.rs` puts the
//! right one wherever a zero stands for it.

mod archives;
mod other_tools;
mod records;
mod repair;
mod text;

/// Takes in anything.
pub type Target = fn(&[u8]);

/// The targets, by the name of their corpus folder.
pub const TARGETS: [(&str, Target); 17] = [
    ("delimited", text::delimited),
    ("w3c", text::w3c),
    ("encoding", text::encoding),
    ("event_export", records::event_export),
    ("event_log", records::event_log),
    ("hive", records::hive),
    ("file_table", records::file_table),
    ("change_journal", records::change_journal),
    ("task_file", records::task_file),
    ("web_server_config", records::web_server_config),
    ("error_report", records::error_report),
    ("scanner_log", records::scanner_log),
    ("other_tools", other_tools::other_tools),
    ("hosts_and_history", records::hosts_and_history),
    ("look", records::look),
    ("archive", archives::archive),
    ("collected", archives::collected),
];

/// Runs the target of this name, if there is one.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, target)) = TARGETS.iter().find(|(have, _)| *have == name) {
        target(bytes);
    }
}
