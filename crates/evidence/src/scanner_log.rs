//! What scanners wrote: the virus scanners of Windows, and those that responders bring along.
//!
//! No public specification exists of the former. What is known of the protection log:
//! <https://learn.microsoft.com/en-us/defender-endpoint/troubleshoot-performance-issues> and
//! <https://artefacts.help/windows_defender_support_logs.html>; of the logs of single runs:
//! <https://support.microsoft.com/kb/891716>. The others are named where they are read.

mod detection_history;
mod findings;
mod line_log;
mod protection;
mod single_run;

pub(crate) use detection_history::is_history;
pub use detection_history::read as read_detection_history;
pub use findings::read as read_findings;
pub(crate) use findings::shows_in as findings_show_in;
pub use line_log::read as read_line_log;
pub(crate) use line_log::shows_in as line_log_shows_in;
pub use protection::read as read_protection_log;
pub use single_run::read as read_single_runs;

use crate::record::Record;

/// A thing in which a threat was found: its kind as the scanner writes it (`file`, `containerfile`, `process`, `regkey`),
/// and which one.
struct Resource<'t> {
    kind: &'t str,
    value: &'t str,
}

impl Resource<'_> {
    fn put_into(&self, record: Record) -> Record {
        record.with("Resource", self.kind).with("Path", self.value)
    }
}

/// No kind of a resource is longer.
const LONGEST_KIND: usize = 20;

/// Whether a text is the kind of a resource: a word in lower case that is longer than the letter of a drive.
fn is_kind(text: &str) -> bool {
    (2..=LONGEST_KIND).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}
