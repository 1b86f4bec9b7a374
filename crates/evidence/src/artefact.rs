//! Which traces of Windows a file holds, by its path and its beginning, and which reader reads it.
//!
//! Event logs, hives and archives show by [`crate::kind::Kind`]; these are the files that need their name too.

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::encoding::beginning;
use crate::record::Sink;
use crate::web_server_config::section_shows_in;
use crate::{
    change_journal, command_history, error_report, file_table, hosts_file, network_scan, scanner_log, task_file,
    task_job, web_server_config,
};

/// So much of a head is looked at as text.
const LOOK: usize = 4_096;

/// A file of Windows that tells of the machine or of what was done on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Artefact {
    /// The file table of NTFS.
    FileTable,
    /// The change journal of NTFS.
    ChangeJournal,
    /// A scheduled task.
    Task,
    /// A scheduled task of older Windows.
    OldTask,
    /// Configuration of the web server.
    WebServerConfig,
    /// Commands that somebody typed.
    CommandHistory,
    /// The hosts file.
    HostsFile,
    /// An error report.
    ErrorReport,
    /// The protection log of the resident virus scanner.
    ProtectionLog,
    /// The log of a virus scanner that runs once.
    ScanLog,
    /// A detection that the resident virus scanner remembers.
    DetectionHistory,
    /// The log of a scanner that responders bring along.
    ScannerLines,
    /// What a scanner that responders bring along found, as JSON.
    ScannerFindings,
    /// What a scan of the network found.
    NetworkScan,
}

impl Artefact {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::FileTable,
        Self::ChangeJournal,
        Self::Task,
        Self::OldTask,
        Self::WebServerConfig,
        Self::CommandHistory,
        Self::HostsFile,
        Self::ErrorReport,
        Self::ProtectionLog,
        Self::ScanLog,
        Self::DetectionHistory,
        Self::ScannerLines,
        Self::ScannerFindings,
        Self::NetworkScan,
    ];

    /// A stable word for reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FileTable => "file-table",
            Self::ChangeJournal => "change-journal",
            Self::Task => "task",
            Self::OldTask => "old-task",
            Self::WebServerConfig => "web-server-config",
            Self::CommandHistory => "command-history",
            Self::HostsFile => "hosts-file",
            Self::ErrorReport => "error-report",
            Self::ProtectionLog => "protection-log",
            Self::ScanLog => "scan-log",
            Self::DetectionHistory => "detection-history",
            Self::ScannerLines => "scanner-lines",
            Self::ScannerFindings => "scanner-findings",
            Self::NetworkScan => "network-scan",
        }
    }

    /// Reads it from its beginning to its end. `path` is where it lay, with slashes; of a file table, files of all names
    /// are handed over ([`file_table::read`] can be choosier).
    pub fn read(self, path: &str, source: &mut dyn Read, sink: &mut dyn Sink) {
        match self {
            Self::FileTable => file_table::read(source, &|_| true, sink),
            Self::ChangeJournal => change_journal::read(source, sink),
            Self::Task => task_file::read(path, source, sink),
            Self::OldTask => task_job::read(path, source, sink),
            Self::WebServerConfig => web_server_config::read(source, sink),
            Self::CommandHistory => command_history::read(source, sink),
            Self::HostsFile => hosts_file::read(source, sink),
            Self::ErrorReport => error_report::read(source, sink),
            Self::ProtectionLog => scanner_log::read_protection_log(source, sink),
            Self::ScanLog => scanner_log::read_single_runs(source, sink),
            Self::DetectionHistory => scanner_log::read_detection_history(source, sink),
            Self::ScannerLines => scanner_log::read_line_log(source, sink),
            Self::ScannerFindings => scanner_log::read_findings(source, sink),
            Self::NetworkScan => network_scan::read(source, sink),
        }
    }
}

/// What a file is, by its path (with slashes, in any case) and its first bytes; `None` for anything else.
///
/// What the bytes say comes first, since collections rename files. Text without a form of its own shows by its name alone.
/// A few thousand bytes are enough of a head; without any, names decide.
#[must_use]
pub fn recognise(path: &str, head: &[u8]) -> Option<Artefact> {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    // A configuration may take in files of any name that hold one of its sections; they end so.
    let section =
        || name.ends_with(".config").then(|| beginning(head, LOOK)).is_some_and(|head| section_shows_in(&head));
    let by_section = || section().then_some(Artefact::WebServerConfig);
    by_head(head).or_else(|| by_name(&path, name)).or_else(by_section).filter(|artefact| fits(*artefact, head))
}

fn by_head(head: &[u8]) -> Option<Artefact> {
    if is_file_table(head) {
        return Some(Artefact::FileTable);
    }
    if scanner_log::is_history(head) {
        return Some(Artefact::DetectionHistory);
    }
    if head.starts_with(b"MZ") || head.starts_with(b"PK") {
        return None;
    }
    if task_job::shows_in(head) {
        return Some(Artefact::OldTask);
    }
    let head = beginning(head, LOOK);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if network_scan::shows_in(head) {
        return Some(Artefact::NetworkScan);
    }
    if head.starts_with('<') {
        let is_task = head.contains("<Task") && head.contains("/windows/2004/02/mit/task\"");
        let is_server = ["system.webServer", "system.applicationHost", "<system.web>", "<configurationRedirection"]
            .iter()
            .any(|s| head.contains(s));
        return match (is_task, head.contains("<configuration") && is_server) {
            (true, _) => Some(Artefact::Task),
            (_, true) => Some(Artefact::WebServerConfig),
            _ => None,
        };
    }
    if head.starts_with("Version=") && head.lines().nth(1).is_some_and(|line| line.starts_with("EventType=")) {
        return Some(Artefact::ErrorReport);
    }
    if scanner_log::findings_show_in(head) {
        return Some(Artefact::ScannerFindings);
    }
    scanner_log::line_log_shows_in(head).then_some(Artefact::ScannerLines)
}

/// A record of a file table, and not the word: its fixups stand where they can only stand.
fn is_file_table(head: &[u8]) -> bool {
    head.starts_with(b"FILE") && matches!(head.get(4..6), Some([0x2a | 0x30, 0]))
}

/// What the path alone says, with slashes and in any case.
#[must_use]
pub fn named(path: &str) -> Option<Artefact> {
    let path = path.to_ascii_lowercase();
    by_name(&path, path.rsplit('/').next().unwrap_or_default())
}

fn by_name(path: &str, name: &str) -> Option<Artefact> {
    // Collectors write what a file name may not hold in percent, as in addresses.
    let name = &*name.replace("%24", "$").replace("%3a", ":");
    // Collectors write the colon of a stream in one of these ways.
    const JOURNALS: [&str; 5] = ["$j", "$usnjrnl:$j", "$usnjrnl$j", "$usnjrnl_$j", "$usnjrnl-$j"];
    let is_log = |begin: &str| name.starts_with(begin) && name.ends_with(".log");
    Some(match name {
        "$mft" => Artefact::FileTable,
        name if JOURNALS.contains(&name) => Artefact::ChangeJournal,
        "applicationhost.config" | "web.config" | "redirection.config" => Artefact::WebServerConfig,
        // Each program that hosts PowerShell has a history of its own.
        name if name.ends_with("host_history.txt") => Artefact::CommandHistory,
        name if path.contains("psreadline/") && name.ends_with("_history.txt") => Artefact::CommandHistory,
        "hosts" if path.ends_with("drivers/etc/hosts") => Artefact::HostsFile,
        "msert.log" | "mrt.log" => Artefact::ScanLog,
        _ if is_log("mplog-") || is_log("mpdetection-") => Artefact::ProtectionLog,
        name if name.ends_with(".wer") => Artefact::ErrorReport,
        name if path.contains("windows/tasks/") && name.ends_with(".job") => Artefact::OldTask,
        _ if path.contains("system32/tasks/") => Artefact::Task,
        _ => return None,
    })
}

/// A name proves nothing where the bytes say otherwise.
fn fits(artefact: Artefact, head: &[u8]) -> bool {
    match artefact {
        Artefact::FileTable => head.is_empty() || is_file_table(head) || head.starts_with(b"BAAD"),
        Artefact::ChangeJournal => true,
        _ => !head.starts_with(b"MZ") && !head.starts_with(b"PK"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::Gathered;

    /// Something that each reader of text finds a record in.
    const SAMPLE: &str = "<Task><Triggers><LogonTrigger/></Triggers><Actions><Exec><Command>c</Command></Exec></Actions>\
        </Task>\n<configuration><location path='x'><system.webServer><modules><add name='&amp;'/></modules><rewrite><rules>\
        <rule name='r'><match url='x'/></rule></rules></rewrite></system.webServer></location></configuration>\n\
        192.0.2.7 example.org\nwhoami `\n/all\nVersion=1\nEventTime=133211708571634483\nSig[0].Name=N\nSig[0].Value=V\n\
        2021-03-03T04:12:34Z DETECTION X file:a;process:b;\nBegin Resource Scan\nThreat Name:X\nResource Path:a\nEnd Scan\n\
        Microsoft Example v1.0, (build 1)\nThreat Detected: X, not removed.\nfile://a\nResults Summary:\nFound X.\n\
        20210303T04:12:34Z H LOKI: Alert: MODULE: F MESSAGE: FILE: a\nStarting Nmap 7.91 ( ) at x\n";

    #[test]
    fn names_are_known_in_any_case_and_only_where_they_belong() {
        for (path, expected) in [
            ("C/$MFT", Some(Artefact::FileTable)),
            ("C/$Extend/$J", Some(Artefact::ChangeJournal)),
            ("C/$Extend/$UsnJrnl%3A$J", Some(Artefact::ChangeJournal)),
            ("C/$Extend/$UsnJrnl$J", Some(Artefact::ChangeJournal)),
            ("C/%24Extend/%24UsnJrnl%3A%24J", Some(Artefact::ChangeJournal)),
            ("C/%24MFT", Some(Artefact::FileTable)),
            ("Windows/System32/Tasks/Microsoft/Odd", Some(Artefact::Task)),
            ("windows/system32/inetsrv/config/APPLICATIONHOST.CONFIG", Some(Artefact::WebServerConfig)),
            ("inetpub/wwwroot/Web.config", Some(Artefact::WebServerConfig)),
            ("Users/taro/PSReadLine/ConsoleHost_history.txt", Some(Artefact::CommandHistory)),
            ("EX01/C_Users_taro_ConsoleHost_history.txt", Some(Artefact::CommandHistory)),
            ("Users/taro/PSReadLine/Windows PowerShell ISE Host_history.txt", Some(Artefact::CommandHistory)),
            ("C/Windows/Tasks/At1.job", Some(Artefact::OldTask)),
            ("C/build/At1.job", None),
            ("C/inetpub/wwwroot/h.config", None),
            ("Windows/System32/drivers/etc/hosts", Some(Artefact::HostsFile)),
            ("ReportQueue/AppCrash_x/Report.wer", Some(Artefact::ErrorReport)),
            ("Support/MPLog-20210303-120000.log", Some(Artefact::ProtectionLog)),
            ("Windows/debug/msert.log", Some(Artefact::ScanLog)),
            ("Windows/debug/mrt.log", Some(Artefact::ScanLog)),
            ("etc/hosts", None),
            ("hosts", None),
            ("MPLog-x.txt", None),
            ("notes/tasks/list", None),
        ] {
            assert_eq!(recognise(path, b""), expected, "{path}");
        }
    }

    #[test]
    fn renamed_files_show_by_their_beginning() {
        let task = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" \
                    xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">";
        let utf16: Vec<u8> = format!("\u{feff}{task}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let report: Vec<u8> =
            "\u{feff}Version=1\r\nEventType=APPCRASH\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (head, expected) in [
            (utf16.as_slice(), Some(Artefact::Task)),
            (task.as_bytes(), Some(Artefact::Task)),
            (b"<configuration><system.webServer>", Some(Artefact::WebServerConfig)),
            (
                b"<configuration><configSections><sectionGroup name=\"system.applicationHost\">",
                Some(Artefact::WebServerConfig),
            ),
            (
                b"<configuration><configSections/><configurationRedirection enabled=\"true\"/>",
                Some(Artefact::WebServerConfig),
            ),
            (b"<configuration><appSettings>", None),
            (report.as_slice(), Some(Artefact::ErrorReport)),
            (b"\x08\0\0\0\x08\0\0\0........\x10\0\0\0\x1e\0\0\0", Some(Artefact::DetectionHistory)),
            (b"20210303T04:12:34Z H LOKI: Alert: MODULE: F MESSAGE: x", Some(Artefact::ScannerLines)),
            (b"{\"Timestamp\": 1, \"RuleTitle\": 2, \"Level\": 3}", Some(Artefact::ScannerFindings)),
            (b"# Nmap 7.91 scan initiated x as: nmap", Some(Artefact::NetworkScan)),
            (b"<?xml?><!DOCTYPE nmaprun><nmaprun>", Some(Artefact::NetworkScan)),
            (b"FILE0\0\x03\0rest", Some(Artefact::FileTable)),
            (b"FILE*\0\x03\0rest", Some(Artefact::FileTable)),
            (b"FILE0 is a word", None),
            (b"plain text", None),
        ] {
            assert_eq!(recognise("collected/0001", head), expected, "{}", beginning(head, LOOK));
        }
    }

    #[test]
    fn a_name_proves_nothing_where_the_bytes_say_otherwise() {
        assert_eq!(recognise("C/$MFT", b"plain text"), None);
        assert_eq!(recognise("Windows/System32/Tasks/Odd", b"MZ\x90\0"), None);
        assert_eq!(recognise("web.config", b"PK\x03\x04"), None);
        assert_eq!(recognise("web.config", b"<html>"), Some(Artefact::WebServerConfig));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_and_mutated_input_never_panics_any_reader(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
            cut in any::<prop::sample::Index>(),
            noise in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut bytes = SAMPLE.as_bytes().to_vec();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            bytes.truncate(cut.index(bytes.len()) + 1);
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(bytes.iter().flat_map(|byte| [*byte, 0])).collect();
            for input in [&bytes, &wide, &noise] {
                for artefact in Artefact::ALL {
                    let mut sink = Gathered::default();
                    artefact.read("system32/tasks/x", &mut input.as_slice(), &mut sink);
                    prop_assert!(sink.records.len() <= 64);
                }
                let _ = recognise("x", input);
            }
        }
    }

    #[test]
    fn each_reader_finds_what_is_its_own_and_every_word_differs() {
        let words: std::collections::BTreeSet<_> = Artefact::ALL.iter().map(|artefact| artefact.word()).collect();
        assert_eq!(words.len(), Artefact::ALL.len());
        let has_form_of_its_own = |artefact: &Artefact| {
            use Artefact::{ChangeJournal, DetectionHistory, FileTable, NetworkScan, OldTask, ScannerFindings};
            matches!(artefact, FileTable | ChangeJournal | DetectionHistory | ScannerFindings | NetworkScan | OldTask)
        };
        for artefact in Artefact::ALL.into_iter().filter(|artefact| !has_form_of_its_own(artefact)) {
            let mut sink = Gathered::default();
            artefact.read("x", &mut SAMPLE.as_bytes(), &mut sink);
            assert!(!sink.records.is_empty(), "{}", artefact.word());
        }
    }
}
