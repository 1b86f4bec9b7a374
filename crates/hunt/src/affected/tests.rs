//! What evidence of an invented product comes to.

use hikeshi_core::coverage::Gap;
use hikeshi_core::product::Product;

use super::standing::tests::ferry;
use super::*;
use crate::written;

const EVIDENCE: &str = r"
id: ferry
title: {en: Ferry, ja: フェリー}
evidence:
  - {id: program, title: {en: Program, ja: プログラム}, shows: build, record: file, paths: ['**/bin/ferry.exe'], where: {Name: '^ferry\.exe$'}, value: FileVersionNumber}
  - {id: update, title: {en: Update, ja: 更新}, shows: update, record: software, where: {Name: '^Update for Ferry'}, value: Name, pattern: '\((?<kb>KB\d+)\)', time: since}
  - {id: event, title: {en: Event, ja: イベント}, shows: update, record: event, where: {EventID: '^1022$', Data: '^Ferry'}, value: Data, pattern: '(?<kb>KB\d+)', time: then}
  - {id: head, title: {en: Head, ja: 先頭}, shows: at-least, log: [desk], pattern: '^#Version: (?<version>\d+\.\d+\.\d+\.\d+)'}
  - {id: setup, title: {en: Setup, ja: 導入}, shows: build, text: ['**/setup.log'], pattern: '^\[(?<month>\d\d)\W(?<day>\d\d)\W(?<year>\d{4}) (?<clock>[\d:]+)\] Setup (?<version>[\d.]+)', confirmed_by: 'done', void_by: 'dry run'}
  - {id: key, title: {en: Key, ja: キー}, shows: line, record: registry_value, where: {TargetObject: '\\Ferry\\Setup\\'}, values: [A, B, C, D]}
  - {id: address, title: {en: Address, ja: アドレス}, shows: line, log: [desk], in: rows, pattern: '/deck/(?<version>\d+\.\d+\.\d+)/'}
  - {id: windows, title: {en: Windows, ja: Windows}, shows: installed, record: software, where: {Key: 'CurrentVersion$'}, time: since, since: InstallDate}
";

/// What was seen on one server.
struct Server {
    book: ProductBook,
    sightings: Sightings,
}

impl Server {
    fn new() -> Self {
        let product: Product = yaml_serde::from_str(EVIDENCE).unwrap();
        let book = ProductBook { product, table: ferry(), faults: Vec::new() };
        Self { book, sightings: Sightings::default() }
    }

    fn see(mut self, look: impl FnOnce(&Seeker) -> Found) -> Self {
        let mut faults = Vec::new();
        let seeker = Seeker::compile([&self.book], &mut faults);
        assert_eq!(faults, []);
        keep(&mut self.sightings, 0, look(&seeker));
        self
    }

    fn records(self, path: &str, lines: &str) -> Self {
        let records = written::records(lines.as_bytes()).unwrap();
        self.see(|seeker| {
            let mut file = seeker.begin(path);
            records.iter().for_each(|record| file.record(record));
            file.finish()
        })
    }

    fn program(self, path: &str, version: &str) -> Self {
        let record = format!(r#"{{"topic": "file", "Name": "ferry.exe", "FileVersionNumber": "{version}"}}"#);
        self.records(path, &record)
    }

    fn update(self, kb: &str, since: &str) -> Self {
        self.records(
            "SOFTWARE",
            &format!(r#"{{"topic": "software", "time": "{since}", "Name": "Update for Ferry ({kb})"}}"#),
        )
    }

    fn event(self, kb: &str, time: &str) -> Self {
        let data = format!(r#"["Ferry", "Update ({kb})"]"#);
        self.records("App.evtx", &format!(r#"{{"time": "{time}", "EventID": 1022, "Data": {data}}}"#))
    }

    fn log(self, text: &str, first: &str) -> Self {
        let first = Timestamp::parse(first.as_bytes());
        self.see(|seeker| dated(seeker.log("desk", &format!("desk{}.log", text.len()), text.as_bytes()), first))
    }

    fn head(self, version: &str, first: &str) -> Self {
        self.log(&format!("#Software: Desk\r\n#Version: {version}\r\nrow\r\n"), first)
    }

    fn setup(self, text: &str) -> Self {
        self.see(|seeker| seeker.text("C/setup.log", "C/setup.log", text.as_bytes(), text.as_bytes(), None).0)
    }

    fn key(self, numbers: [u32; 4]) -> Self {
        let value = |(name, number): (&str, u32)| {
            let details = format!("DWORD ({number:#010x})");
            format!(
                r#"{{"topic": "registry_value", "TargetObject": "HKLM\\Ferry\\Setup\\{name}", "Details": "{details}"}}"#
            )
        };
        let lines: Vec<String> = ["a", "B", "C", "D"].into_iter().zip(numbers).map(value).collect();
        self.records("SOFTWARE", &lines.join("\n"))
    }

    fn windows(self, date: &str) -> Self {
        self.records(
            "SOFTWARE",
            &format!(r#"{{"topic": "software", "Key": "x\\CurrentVersion", "InstallDate": "{date}"}}"#),
        )
    }

    fn judged(&self) -> hikeshi_core::affected::Server {
        let attacks = Timestamp::parse(b"2030-05-01").unwrap();
        judged::judge(&self.book, None, self.sightings.of(0, 0), attacks)
    }

    /// State, certainty, build, and what contradicts it.
    fn shown(&self) -> String {
        let server = self.judged();
        let build = server.build.map(|build| build.version).unwrap_or_default();
        let differ: Vec<_> = server.contradictions.into_iter().map(|sentence| sentence.code).collect();
        format!("{} {:?} {build} {}", server.state.word(), server.certainty, differ.join(" ")).trim_end().to_owned()
    }

    /// The last moment without the fix and the first with it.
    fn patched(&self) -> Option<(Option<String>, String)> {
        let patched = self.judged().patched?;
        Some((patched.after.map(|time| time.to_string()), patched.by.to_string()))
    }

    /// The window from the earliest attack to a day in June.
    fn window(&self) -> (String, String) {
        let mut bounds = Bounds { roots: [0].into(), ..Bounds::default() };
        bounds.add(0, 0, &self.judged());
        let day = |text: &str| Timestamp::parse(text.as_bytes()).unwrap();
        let span = bounds.of(0, 0, Span { from: day("2030-05-01"), to: day("2030-06-30") });
        (span.from.to_string(), span.to.to_string())
    }
}

#[test]
fn the_version_of_a_program_tells_and_what_contradicts_it_is_said() {
    let server = Server::new().program("C/bin/ferry.exe", "1.1.18.2");
    assert_eq!(server.shown(), "vulnerable Certain 1.1.18.2");
    let server = server.update("KB9", "2030-05-10T01:00:00Z").key([1, 1, 18, 2]);
    assert_eq!(server.shown(), "vulnerable Certain 1.1.18.2 affected-differ-newer");
    assert_eq!(server.patched(), None);
    let server =
        Server::new().program("C/bin/ferry.exe", "1.1.18.13").key([1, 1, 19, 2]).head("1.1.18.2", "2030-05-02");
    assert_eq!(server.shown(), "fixed Certain 1.1.18.13 affected-differ-line");
}

#[test]
fn the_same_program_elsewhere_does_not_count_and_two_that_differ_leave_it_open() {
    let server = Server::new().program("C/media/ferry.exe", "1.1.18.13");
    assert_eq!(server.shown(), "unknown None");
    let server = Server::new().program("C/bin/ferry.exe", "1.1.18.13").program("D/bin/ferry.exe", "1.1.18.2");
    assert_eq!(server.shown(), "unknown None  affected-differ-programs");
    let server = Server::new().program("C/bin/ferry.exe", "1.1.18.4").program("D/bin/ferry.exe", "1.1.18.2");
    assert_eq!(server.shown(), "vulnerable Likely  affected-differ-programs");
}

#[test]
fn a_line_alone_tells_only_where_all_of_its_builds_agree() {
    assert_eq!(Server::new().key([1, 1, 18, 2]).shown(), "unknown None 1.1.18");
    assert_eq!(Server::new().key([1, 1, 20, 4]).shown(), "fixed Likely 1.1.20");
    assert_eq!(Server::new().key([1, 1, 5, 1]).shown(), "vulnerable Likely 1.1.5");
    assert_eq!(Server::new().key([1, 1, 5, 1]).judged().fixed_by, None);
    assert_eq!(Server::new().key([1, 1, 77, 1]).shown(), "unknown None 1.1.77.1");
}

#[test]
fn an_installed_update_tells_that_what_it_closes_is_closed() {
    let server = Server::new().key([1, 1, 18, 2]).update("KB9", "2030-05-10T01:00:00Z");
    assert_eq!(server.shown(), "fixed Likely 1.1.18.13");
    assert_eq!(server.patched(), Some((None, "2030-05-10T01:00:00Z".to_owned())));
    assert_eq!(Server::new().update("KB9", "2030-05-10").shown(), "fixed Likely");
    assert_eq!(Server::new().update("KB7", "2030-05-10").shown(), "unknown None");
    assert_eq!(Server::new().update("KB12345", "2030-05-10").shown(), "unknown None");
}

#[test]
fn the_newest_logs_tell_the_build_and_when_it_changed() {
    let server = Server::new().head("1.1.18.2", "2030-05-02").head("1.1.18.2", "2030-05-08T10:00:00Z");
    assert_eq!(server.shown(), "unknown None 1.1.18");
    let server = server.head("1.1.18.13", "2030-05-08T12:00:00Z").head("1.1.18.13", "2030-05-30");
    assert_eq!(server.shown(), "fixed Likely 1.1.18.13");
    let between = (Some("2030-05-08T10:00:00Z".to_owned()), "2030-05-08T12:00:00Z".to_owned());
    assert_eq!(server.patched(), Some(between.clone()));
    // An entry of the registry that is older than the last log without the fix does not count.
    assert_eq!(server.update("KB9", "2030-05-03").patched(), Some(between));
}

#[test]
fn an_update_that_was_taken_back_is_no_update() {
    let server = Server::new().head("1.1.18.13", "2030-05-08").head("1.1.18.2", "2030-05-09");
    assert_eq!(server.shown(), "unknown None 1.1.18");
    let server = server.head("1.1.18.13", "2030-05-20");
    assert_eq!(server.patched().unwrap().1, "2030-05-20T00:00:00Z");
}

#[test]
fn a_newer_line_without_the_fix_opens_the_server_again() {
    let server = Server::new()
        .event("KB9", "2030-05-04T01:00:00Z")
        .setup("[05/06/2030 02:00:00] Setup 1.1.19.2\r\nall done\r\n")
        .program("C/bin/ferry.exe", "1.1.19.2");
    assert_eq!(server.shown(), "vulnerable Certain 1.1.19.2");
    let server = Server::new()
        .event("KB9", "2030-05-04T01:00:00Z")
        .setup("[05.06.2030 02:00:00] Setup 1.1.19.2\nall done\n")
        .event("KB9", "2030-05-10T01:00:00Z")
        .program("C/bin/ferry.exe", "1.1.19.9");
    assert_eq!(server.patched(), Some((Some("2030-05-06T02:00:00Z".into()), "2030-05-10T01:00:00Z".into())));
}

#[test]
fn what_is_not_read_of_a_text_is_told() {
    let seeker = Seeker::compile([&Server::new().book], &mut Vec::new());
    let read = |source: &mut dyn std::io::Read| seeker.text("setup.log", "setup.log", source, b"[05/06/2030", None).1;
    let long = |bytes: u64| std::io::repeat(b'\n').take(bytes);
    assert_eq!(read(&mut long(64 << 20)), None);
    assert_eq!(read(&mut long((64 << 20) + 1)).map(|missed| missed.reason), Some(Gap::TooLarge));
    assert_eq!(read(&mut Torn).map(|missed| missed.reason), Some(Gap::ReadFailed));
}

/// A disk that fails.
struct Torn;

impl std::io::Read for Torn {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("torn"))
    }
}

#[test]
fn a_setup_counts_when_it_was_done() {
    for text in [
        "[05/06/2030 02:00:00] Setup 1.1.20.4\nfailed\n",
        "[05/06/2030 02:00:00] Setup 1.1.20.4\ndry run\ndone\n",
        "done\n",
    ] {
        assert_eq!(Server::new().setup(text).shown(), "unknown None", "{text}");
    }
    let server = Server::new().setup("[05/06/2030 02:00:00] Setup 1.1.20.4\ndone\n");
    assert_eq!(server.shown(), "fixed Likely 1.1.20.4");
}

#[test]
fn what_a_request_can_write_never_speaks_for_safety() {
    let asked = |line: &str| Server::new().log(&format!("#Version: 1.0\r\nGET /deck/{line}/x\r\n"), "2030-05-02");
    assert_eq!(asked("1.1.20").shown(), "unknown None 1.1.20");
    assert_eq!(asked("1.1.5").shown(), "vulnerable Likely 1.1.5");
    assert_eq!(asked("1.1.5").log("GET /deck/1.1.20/x", "2030-05-02").shown(), "unknown None");
    // A version in a row is none in the comments above it.
    let server = Server::new().log("row;\"\n#Version: 1.1.18.13\n\"\n", "2030-05-02");
    assert_eq!(server.shown(), "unknown None");
    let server = Server::new().program("C/bin/ferry.exe", "1.1.18.13").log("GET /deck/1.1.18/x", "2030-05-09");
    assert_eq!((server.shown().as_str(), server.patched()), ("fixed Certain 1.1.18.13", None));
}

#[test]
fn a_build_that_the_table_does_not_know_is_said_to_be_unknown() {
    let summary = |version: &str| {
        let server = Server::new().program("C/bin/ferry.exe", version).judged();
        let codes: Vec<_> = server.summary.into_iter().map(|sentence| sentence.code).collect();
        (server.state.word(), codes)
    };
    assert_eq!(summary("1.1.30.1"), ("unknown", vec!["affected-unknown".into(), "affected-newer".into()]));
    assert_eq!(summary("0.1.0.0"), ("unknown", vec!["affected-unknown".into(), "affected-unlisted".into()]));
    assert_eq!(summary("1.1.18.9").1[..2], ["affected-unknown", "affected-between"]);
    assert_eq!(summary("1.1.18.99").0, "fixed");
}

#[test]
fn a_flaw_that_never_was_there_is_told_apart_from_one_that_is_closed() {
    let server = Server::new().program("C/bin/ferry.exe", "0.3.200.0").judged();
    assert_eq!(
        (server.state, server.cves[0].state, server.cves[1].state),
        (State::Fixed, State::Unaffected, State::Fixed)
    );
    assert_eq!(Server::new().program("C/bin/ferry.exe", "0.3.100.0").judged().state, State::Vulnerable);
}

#[test]
fn the_window_begins_with_the_installation_and_ends_with_the_fixed_build() {
    let server = Server::new().windows("2030-05-05T00:00:00Z").program("C/bin/ferry.exe", "1.1.18.2");
    assert_eq!(server.window(), ("2030-05-05T00:00:00Z".into(), "2030-06-30T00:00:00Z".into()));
    let server = Server::new().windows("2029-05-05T00:00:00Z").program("C/bin/ferry.exe", "1.1.18.13");
    let server = server.update("KB9", "2030-05-10T01:00:00Z");
    assert_eq!(server.window(), ("2030-05-01T00:00:00Z".into(), "2030-05-10T01:00:00Z".into()));
    // A log that is older than the installation belongs to no new server.
    let server = Server::new().windows("2030-05-05T00:00:00Z").head("1.1.18.2", "2030-05-02");
    assert_eq!(server.window().0, "2030-05-01T00:00:00Z");
    // Without the program itself, and against a contradiction, the window stays open.
    let server = Server::new().key([1, 1, 18, 2]).update("KB9", "2030-05-10T01:00:00Z");
    assert_eq!(server.window().1, "2030-06-30T00:00:00Z");
    // Fixed before the first attack: one point of time is left.
    let server =
        Server::new().program("C/bin/ferry.exe", "1.1.20.4").update("KB9", "2030-04-10").head("1.1.20.4", "2030-04-01");
    assert_eq!(server.window(), ("2030-05-01T00:00:00Z".into(), "2030-05-01T00:00:00Z".into()));
    assert_eq!(server.judged().exposed, None);
}

#[test]
fn what_cannot_be_compiled_is_told_and_the_rest_serves() {
    for (change, what) in [
        (("'(?<kb>KB\\d+)'", "'(?<kb>KB\\d+'"), "is no regular expression: unclosed group"),
        (("(?<kb>KB\\d+)'", "(?<other>KB\\d+)'"), "neither the group `version` nor `kb`"),
        (("record: event", "record: evnt"), "`evnt` is no topic of records"),
        (("paths: ['**/bin/ferry.exe']", "paths: ['**/bin/{ferry.exe']"), "glob"),
    ] {
        let text = EVIDENCE.replacen(change.0, change.1, 1);
        assert_ne!(text, EVIDENCE);
        let product: Product = yaml_serde::from_str(&text).unwrap();
        let mut faults = Vec::new();
        Seeker::compile([&ProductBook { product, table: ferry(), faults: Vec::new() }], &mut faults);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].what.en.contains(what), "{:?}", faults[0].what);
    }
}
