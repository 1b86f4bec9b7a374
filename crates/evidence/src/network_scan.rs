//! What nmap wrote of its scans: normal, XML and greppable output.
//!
//! Only its scripts that tell of vulnerabilities answer something here; their output has the form of nmap's library
//! `vulns`: <https://nmap.org/nsedoc/lib/vulns.html>. By its default a script that finds a server not vulnerable prints
//! nothing at all, and greppable output never holds what scripts say, so silence is told as such.
//! Forms: <https://nmap.org/book/output.html>.

use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;

use crate::lines::{self, Line, repeated};
use crate::markup::{self, Element, Visit};
use crate::record::{Flow, Missed, Record, Sink, Topic};

/// The value of the field `Scanner`.
const SCANNER: &str = "nmap";
/// So much text of one script is looked at.
const SCRIPT_CAP: usize = 16 << 10;
/// So many names of scripts are taken from a command line.
const ASKED_CAP: usize = 64;
/// So many lines of a head are looked at.
const HEAD_LINES: usize = 20;

/// Whether a head is of such output.
pub(crate) fn shows_in(head: &str) -> bool {
    let begins = |line: &str| {
        line.starts_with("# Nmap ") && line.contains(" scan initiated ")
            || line.starts_with("Starting Nmap ")
            || line.starts_with("Nmap scan report for ")
    };
    head.starts_with('<') && head.contains("<nmaprun") || head.lines().take(HEAD_LINES).any(|line| begins(line.trim()))
}

/// Hands over how the scan was begun, what each script that looks for vulnerabilities says of each server, and for which
/// server a script that was asked for is silent.
///
/// Fields: `Scanner`, `Version`, `CommandLine`, `Started` (local), `Check` (the script), `Host`, `Port`, `State`, `Says`:
/// `started`, `vulnerable`, `not-vulnerable`, `failed`, `no-answer`. Times are told by XML only.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut first = [0; 1];
    let begins = loop {
        match source.read(&mut first) {
            Ok(0) => break None,
            Ok(_) if first[0].is_ascii_whitespace() => {}
            Ok(_) => break Some(first[0]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return sink.missed(Missed::new(Gap::ReadFailed).because(error)),
        }
    };
    let Some(begins) = begins else { return };
    let mut whole = std::io::Cursor::new([begins]).chain(source);
    // A byte-order mark is no `<`; nmap writes none.
    if begins == b'<' { read_markup(&mut whole, sink) } else { read_text(&mut whole, sink) }
}

/// What is known of a scan while it is read.
#[derive(Default)]
struct Scan {
    /// Scripts that the command line asks for by name.
    asked: Vec<String>,
    version: Option<String>,
    time: Option<Timestamp>,
    host: String,
    port: String,
    /// The server at hand is up, and scripts that were asked for have not spoken of it.
    silent: Vec<String>,
    any: bool,
}

impl Scan {
    fn begin(&mut self, version: &str, arguments: &str, started: &str, place: Record, sink: &mut dyn Sink) -> Flow {
        self.any = true;
        self.version = Some(repeated(version).0.to_owned());
        self.asked = asked(arguments);
        let mut record = self.record(place, "started").with("CommandLine", repeated(arguments).0);
        if !started.is_empty() {
            record = record.with("Started", repeated(started).0);
        }
        sink.record(record)
    }

    fn host(&mut self, host: &str, place: Record, sink: &mut dyn Sink) -> Flow {
        let flow = self.end_host(place, sink);
        self.any = true;
        repeated(host).0.clone_into(&mut self.host);
        self.port.clear();
        flow
    }

    /// The server is there, so its scripts should have run.
    fn is_up(&mut self) {
        self.silent.clone_from(&self.asked);
    }

    fn end_host(&mut self, place: Record, sink: &mut dyn Sink) -> Flow {
        for name in std::mem::take(&mut self.silent) {
            let record = self.record(place.clone(), "no-answer").with("Check", name);
            if sink.record(record) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::GoOn
    }

    /// What a script says, where it says whether the server is vulnerable.
    fn script(&mut self, name: &str, said: &str, place: Record, sink: &mut dyn Sink) -> Flow {
        let state = said.split_once("State: ").map(|(_, rest)| rest.lines().next().unwrap_or_default().trim());
        let says = match state {
            Some(state) if state.starts_with("NOT VULNERABLE") => "not-vulnerable",
            Some(state) if state.contains("VULNERABLE") => "vulnerable",
            Some(_) => "failed",
            None if said.contains("ERROR: Script execution failed") => "failed",
            None => return Flow::GoOn,
        };
        self.silent.retain(|silent| silent != name);
        let mut record = self.record(place, says).with("Check", repeated(name).0);
        if !self.port.is_empty() {
            record = record.with("Port", self.port.as_str());
        }
        sink.record(record.with("State", repeated(state.unwrap_or("ERROR")).0))
    }

    fn record(&self, place: Record, says: &str) -> Record {
        let mut record = Record { time: self.time, ..place }.with("Scanner", SCANNER).with("Says", says);
        if let Some(version) = &self.version {
            record = record.with("Version", version.as_str());
        }
        if self.host.is_empty() { record } else { record.with("Host", self.host.as_str()) }
    }
}

/// The scripts that a command line asks for by name: `--script a,b`, `--script=a`. Those named by a path are known by
/// their file names; words for whole groups of scripts ask for none in particular.
fn asked(arguments: &str) -> Vec<String> {
    let mut words = arguments.split_whitespace();
    let mut asked = Vec::new();
    while let Some(word) = words.next() {
        let list = match word.strip_prefix("--script") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        let name = |name: &str| {
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
            let name = name.strip_suffix(".nse").unwrap_or(name);
            (name.contains("-vuln") && !name.contains(['*', '(', ' '])).then(|| repeated(name).0.to_owned())
        };
        asked.extend(list.into_iter().flat_map(|list| list.split(',')).filter_map(name));
    }
    asked.truncate(ASKED_CAP);
    asked
}

fn place(number: u64, offset: u64) -> Record {
    Record { number: Some(number), ..Record::new(Topic::ScanRun, offset) }
}

fn read_text(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut scan = Scan::default();
    let mut script: Option<(String, String, u64, u64)> = None;
    let mut last = (1, 0);
    lines::each(source, sink, &mut |line, sink| {
        last = (line.number, line.offset);
        text_line(&mut scan, &mut script, line, sink)
    });
    let mut flow = end_script(&mut scan, &mut script, sink);
    if flow == Flow::GoOn {
        flow = scan.end_host(place(last.0, last.1), sink);
    }
    if flow == Flow::GoOn && !scan.any {
        sink.missed(Missed::new(Gap::Malformed).because(both!("no scan stands in it", "スキャンの結果がない")));
    }
}

/// A script while its lines come in: its name, what it says, and where it began.
type Script = Option<(String, String, u64, u64)>;

fn text_line(scan: &mut Scan, script: &mut Script, line: &Line<'_>, sink: &mut dyn Sink) -> Flow {
    let text = line.text.trim_end();
    if let Some(rest) = text.strip_prefix('|') {
        return script_line(scan, script, rest, line, sink);
    }
    if end_script(scan, script, sink) == Flow::Stop {
        return Flow::Stop;
    }
    let place = place(line.number, line.offset);
    if let Some((version, rest)) = text.strip_prefix("# Nmap ").and_then(|rest| rest.split_once(" scan initiated ")) {
        let (started, arguments) = rest.split_once(" as: ").unwrap_or((rest, ""));
        return scan.begin(version, arguments, started, place, sink);
    }
    if let Some(rest) = text.strip_prefix("Starting Nmap ") {
        let (version, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let started = rest.rsplit_once(" at ").map_or("", |(_, started)| started);
        return scan.begin(version, "", started, place, sink);
    }
    if let Some(host) = text.strip_prefix("Nmap scan report for ") {
        return scan.host(host, place, sink);
    }
    // The greppable form has one line for the state of a server, and another for its ports.
    if let Some(rest) = text.strip_prefix("Host: ") {
        let host = rest.split_whitespace().next().unwrap_or_default();
        let flow = if host == scan.host { Flow::GoOn } else { scan.host(host, place, sink) };
        if rest.contains("/open/") {
            scan.is_up();
        }
        return flow;
    }
    let mut words = text.split_whitespace();
    if let (Some(port), Some(state)) = (words.next(), words.next())
        && port.contains('/')
        && port.starts_with(|first: char| first.is_ascii_digit())
    {
        repeated(port).0.clone_into(&mut scan.port);
        if state == "open" && scan.silent.is_empty() {
            scan.is_up();
        }
    }
    Flow::GoOn
}

/// `| name: ` begins a script, `|_name: ` is one of a single line; more blanks go on with it.
fn script_line(scan: &mut Scan, script: &mut Script, rest: &str, line: &Line<'_>, sink: &mut dyn Sink) -> Flow {
    let is_new = rest.strip_prefix([' ', '_']).filter(|rest| !rest.starts_with(' '));
    let named = is_new.and_then(|rest| rest.split_once(':')).filter(|(name, _)| !name.contains(' '));
    if let Some((name, said)) = named {
        let flow = end_script(scan, script, sink);
        *script = Some((repeated(name).0.to_owned(), repeated(said).0.to_owned(), line.number, line.offset));
        return flow;
    }
    if let Some((_, said, ..)) = script
        && said.len() < SCRIPT_CAP
    {
        said.push('\n');
        said.push_str(repeated(rest.trim_start_matches('_').trim()).0);
    }
    Flow::GoOn
}

fn end_script(scan: &mut Scan, script: &mut Script, sink: &mut dyn Sink) -> Flow {
    match script.take() {
        Some((name, said, number, offset)) => scan.script(&name, &said, place(number, offset), sink),
        None => Flow::GoOn,
    }
}

fn read_markup(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut scan = Scan::default();
    markup::walk(source, sink, &mut scan);
    if !scan.any {
        sink.missed(Missed::new(Gap::Malformed).because(both!("no scan stands in it", "スキャンの結果がない")));
    }
}

impl Visit for Scan {
    fn begin(&mut self, path: &str, element: &Element, sink: &mut dyn Sink) -> Flow {
        let value = |name: &str| element.attribute(name).unwrap_or_default();
        let place = place(element.line, element.offset);
        match path {
            "nmaprun" => {
                let seconds: Option<i64> = value("start").parse().ok().filter(|seconds| (0..1 << 40).contains(seconds));
                self.time = seconds.map(|seconds| Timestamp::from_micros(seconds * 1_000_000));
                return self.begin(value("version"), value("args"), "", place, sink);
            }
            "nmaprun/host" => return self.host("", place, sink),
            "nmaprun/host/address" if self.host.is_empty() => value("addr").clone_into(&mut self.host),
            "nmaprun/host/ports/port" => {
                self.port = format!("{}/{}", repeated(value("portid")).0, repeated(value("protocol")).0);
            }
            "nmaprun/host/ports/port/state" if value("state") == "open" && self.silent.is_empty() => self.is_up(),
            "nmaprun/host/ports/port/script" | "nmaprun/host/hostscript/script" => {
                return self.script(value("id"), value("output"), place, sink);
            }
            _ => {}
        }
        Flow::GoOn
    }

    fn end(&mut self, path: &str, _: &str, sink: &mut dyn Sink) -> Flow {
        if path == "nmaprun/host" { self.end_host(place(1, 0), sink) } else { Flow::GoOn }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::Gathered;

    const NORMAL: &str = "# Nmap 7.91 scan initiated Sat Mar  6 10:00:00 2021 as: nmap -p 443 --script http-vuln-example 192.0.2.5\n\
        Nmap scan report for mail.example.org (192.0.2.5)\nHost is up (0.01s latency).\n\nPORT    STATE SERVICE\n443/tcp open  https\n\
        | http-vuln-example: \n|   VULNERABLE:\n|   An Example\n|     State: VULNERABLE\n|     IDs:  CVE:CVE-0000-0000\n|_      http://example.org/\n\n\
        Nmap scan report for 192.0.2.6\nHost is up.\n443/tcp open  https\n\n\
        Nmap scan report for 192.0.2.7\nHost is up.\n443/tcp closed https\n\
        # Nmap done at Sat Mar  6 10:00:09 2021 -- 2 IP addresses (2 hosts up) scanned in 9.00 seconds\n";

    const MARKUP: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner=\"nmap\" \
        args=\"nmap -&#45;script=/x/http-vuln-example.nse -oX a 192.0.2.5\" start=\"1614990000\" version=\"7.91\">\n\
        <host><status state=\"up\"/><address addr=\"192.0.2.5\"/><ports><port protocol=\"tcp\" portid=\"443\"><state state=\"open\"/>\
        <script id=\"http-vuln-example\" output=\"&#xa;  NOT VULNERABLE:&#xa;  An Example&#xa;    State: NOT VULNERABLE&#xa;\"/></port></ports></host>\n\
        <host><address addr=\"192.0.2.6\"/><ports><port protocol=\"tcp\" portid=\"443\"><state state=\"open\"/></port></ports></host></nmaprun>\n";

    fn shown(text: &str) -> Vec<String> {
        let mut sink = Gathered::default();
        read(&mut text.as_bytes(), &mut sink);
        assert!(sink.missed.is_empty(), "{:?}", sink.missed);
        let field = |record: &Record, name: &str| record.text(name).unwrap_or("-").to_owned();
        let line = |record: &Record| ["Says", "Check", "Host", "Port"].map(|name| field(record, name)).join(" | ");
        sink.records.iter().map(line).collect()
    }

    #[test]
    fn what_scripts_say_and_their_silence_are_told_in_each_form() {
        assert!([NORMAL, MARKUP].iter().all(|text| shows_in(text)));
        assert_eq!(
            shown(NORMAL),
            [
                "started | - | - | -",
                "vulnerable | http-vuln-example | mail.example.org (192.0.2.5) | 443/tcp",
                "no-answer | http-vuln-example | 192.0.2.6 | -",
            ]
        );
        assert_eq!(
            shown(MARKUP),
            [
                "started | - | - | -",
                "not-vulnerable | http-vuln-example | 192.0.2.5 | 443/tcp",
                "no-answer | http-vuln-example | 192.0.2.6 | -",
            ]
        );
        let greppable = "# Nmap 7.91 scan initiated Sat Mar  6 10:00:00 2021 as: nmap --script http-vuln-example -oG a 192.0.2.5\n\
            Host: 192.0.2.5 ()\tStatus: Up\nHost: 192.0.2.5 ()\tPorts: 443/open/tcp//https///\n# Nmap done at x\n";
        assert!(shows_in(greppable));
        assert_eq!(shown(greppable), ["started | - | - | -", "no-answer | http-vuln-example | 192.0.2.5 | -"]);
    }

    #[test]
    fn the_time_of_a_scan_is_told_by_markup_and_scripts_that_fail_are_told() {
        let mut sink = Gathered::default();
        read(&mut MARKUP.as_bytes(), &mut sink);
        assert_eq!(sink.records[1].time, Timestamp::parse(b"2021-03-06T00:20:00Z"));
        let failed = "Starting Nmap 7.91 ( https://nmap.org ) at 2021-03-06 10:00 JST\nNmap scan report for 192.0.2.5\n443/tcp open https\n\
                      |_http-vuln-example: ERROR: Script execution failed (use -d to debug)\n";
        assert_eq!(shown(failed)[1], "failed | http-vuln-example | 192.0.2.5 | 443/tcp");
        for other in ["", "nmap -p 443 192.0.2.5", "<html>", "# Nmap is good"] {
            assert!(!shows_in(other), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_and_mutated_output_never_panics(
            noise in prop::collection::vec(any::<u8>(), 0..400),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
            form in 0..2_usize,
        ) {
            let mut bytes = [NORMAL, MARKUP][form].as_bytes().to_vec();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            for bytes in [&noise, &bytes] {
                let mut sink = Gathered::default();
                read(&mut bytes.as_slice(), &mut sink);
                prop_assert!(sink.records.len() <= bytes.len());
                prop_assert!(sink.records.iter().all(|record| record.bytes() <= 8_000));
            }
        }
    }
}
