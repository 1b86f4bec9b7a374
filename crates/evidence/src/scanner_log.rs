//! What the virus scanners of Windows wrote: the protection log of the resident one, and the logs of those that run once.
//!
//! No public specification exists. What is known of the protection log:
//! <https://learn.microsoft.com/en-us/defender-endpoint/troubleshoot-performance-issues> and
//! <https://artefacts.help/windows_defender_support_logs.html>; of the logs of single runs:
//! <https://support.microsoft.com/kb/891716>.

mod protection;
mod single_run;

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
