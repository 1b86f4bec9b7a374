//! The summary of many servers for people and for a spreadsheet. For programs it is JSON as it stands.

use std::io::{self, Write};

use hikeshi_core::fleet::{Fleet, FleetServer, Shared, SharedKind};
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::defanged;

use crate::facts::flat;
use crate::sections::{self, Line, Section};
use crate::words::Words;

/// Columns of the table.
const COLUMNS: [&str; 18] = [
    "kind",
    "name",
    "file",
    "verdict",
    "affected",
    "stage",
    "rules",
    "intruders",
    "first",
    "last",
    "as_of",
    "missing",
    "unread",
    "practice",
    "partial",
    "redacted",
    "servers",
    "text",
];
/// Shared things shown to people; all that are listed stand in the JSON and the table.
const SHOWN: usize = 50;

/// Writes the summary for a terminal.
///
/// # Errors
/// When `out` cannot be written to.
pub fn terminal(fleet: &Fleet, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    sections::terminal(sections(fleet, words), words, out)
}

/// Writes the summary as CommonMark.
///
/// # Errors
/// When `out` cannot be written to.
pub fn markdown(fleet: &Fleet, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    sections::markdown(sections(fleet, words), words, out)
}

/// Writes the summary as a table: a row for each server, each shared thing, each kind that is missing, each file unread.
///
/// # Errors
/// When `out` cannot be written to.
pub fn csv(fleet: &Fleet, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    crate::csv::line(COLUMNS.map(str::to_owned), out)?;
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let yes = |holds: bool| if holds { "yes" } else { "no" }.to_owned();
    for server in &fleet.servers {
        let step = server.next_step.as_ref().map(|step| flat(step.get(words.lang()))).unwrap_or_default();
        let cells = [
            "server".to_owned(),
            server.name.clone(),
            server.file.clone(),
            server.verdict.word().to_owned(),
            server.affected.word().to_owned(),
            server.stage.map(|stage| stage.word().to_owned()).unwrap_or_default(),
            server.rules.to_string(),
            server.intruders.to_string(),
            time(server.first),
            time(server.last),
            server.as_of.to_string(),
            server.missing.to_string(),
            server.unread.to_string(),
            yes(server.practice),
            yes(server.partial),
            yes(server.redacted),
            String::new(),
            step,
        ];
        crate::csv::line(cells, out)?;
    }
    let mut short = |kind: &str, name: &str, servers: String, text: String| {
        let mut cells = vec![kind.to_owned(), name.to_owned()];
        cells.extend(vec![String::new(); COLUMNS.len() - 4]);
        cells.extend([servers, text]);
        crate::csv::line(cells, out)
    };
    for one in &fleet.shared {
        short(&format!("shared-{}", one.what.word()), &one.value, one.count.to_string(), one.servers.join(", "))?;
    }
    for one in &fleet.missing {
        short("missing", one.title.get(words.lang()), one.count.to_string(), one.servers.join(", "))?;
    }
    fleet.unread.iter().try_for_each(|one| short("unread", &one.file, String::new(), one.reason.clone()))
}

fn sections(fleet: &Fleet, words: &Words) -> Vec<Section> {
    let counts = fleet.counts.iter().filter(|count| count.servers > 0).map(|count| {
        let word = words.get(&format!("fleet-verdict-{}", count.verdict.word()));
        (Line::default().own(format!("{word}: {}", count.servers)), None)
    });
    let shared = fleet.shared.iter().take(SHOWN).map(|one| (shared(one, words), None));
    let mut shared: Vec<_> = shared.collect();
    let hidden = fleet.shared_more.saturating_add(fleet.shared.len().saturating_sub(SHOWN) as u64);
    if hidden > 0 {
        shared.push((Line::default().own(words.with("more-places", &[("count", &hidden)])), None));
    }
    if fleet.not_compared > 0 {
        let text = words.with("fleet-not-compared", &[("count", &fleet.not_compared)]);
        shared.push((Line::default().own(text), None));
    }
    let missing = fleet.missing.iter().map(|one| {
        let line = Line::default().own(format!("{}: ", flat(one.title.get(words.lang()))));
        (line.names(&one.servers, one.count, words.lang()), None)
    });
    let unread = fleet
        .unread
        .iter()
        .map(|one| (Line::default().foreign(one.file.as_str()).own(": ").foreign(one.reason.as_str()), None));
    let all = [
        (words.with("fleet-head", &[("servers", &fleet.servers.len())]), counts.collect()),
        (words.get("fleet-first"), fleet.servers.iter().map(|one| server(one, words)).collect()),
        (words.get("fleet-shared"), shared),
        (words.get("head-unseen"), missing.collect::<Vec<_>>()),
        (words.get("fleet-unread"), unread.collect()),
    ];
    let all = all.into_iter().filter(|(_, entries): &(String, Vec<_>)| !entries.is_empty());
    all.map(|(title, entries)| Section { title, entries }).collect()
}

fn server(server: &FleetServer, words: &Words) -> (Line, Option<Line>) {
    let mut told = vec![words.get(&format!("fleet-verdict-{}", server.verdict.word()))];
    told.push(words.get(&format!("fleet-affected-{}", server.affected.word())));
    told.extend(server.stage.map(|stage| words.get(&format!("stage-{}", stage.word()))));
    if server.intruders > 0 {
        told.push(words.with("fleet-intruders", &[("count", &server.intruders)]));
    }
    if let (Some(first), Some(last)) = (server.first, server.last) {
        told.push(words.period(first, last));
    }
    if server.missing > 0 {
        told.push(words.with("fleet-missing", &[("count", &server.missing)]));
    }
    if server.unread > 0 {
        told.push(words.with("fleet-places", &[("count", &server.unread)]));
    }
    told.extend(
        [(server.practice, "fleet-practice"), (server.partial, "fleet-partial"), (server.redacted, "fleet-redacted")]
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, key)| words.get(key)),
    );
    let step = server.next_step.as_ref().map(|step| Line::default().own(flat(step.get(words.lang()))));
    (Line::default().foreign(server.name.as_str()).own(format!(": {}", told.join("; "))), step)
}

fn shared(one: &Shared, words: &Words) -> Line {
    let value = if one.what == SharedKind::Address { defanged(&one.value) } else { one.value.clone() };
    let by = words.get(if one.intruder { "fleet-by-intruder" } else { "fleet-by-prober" });
    let what = words.get(&format!("fleet-{}", one.what.word()));
    let line = Line::default().own(format!("{what} ")).foreign(value).own(format!(" ({by}): "));
    line.names(&one.servers, one.count, words.lang())
}
