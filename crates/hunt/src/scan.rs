//! Reads one file with the program of its family.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use hikeshi_core::coverage::{Gap, Unreadable};
use hikeshi_core::family::Roles;
use hikeshi_core::finding::{EvidenceRef, Finding, Reading};
use hikeshi_evidence::encoding::{Encoding, Utf8Reader};
use hikeshi_evidence::reader::{LogReader, Summary, Tally};
use hikeshi_evidence::record::gap_of;
use hikeshi_evidence::row::{Fit, Row};

use crate::check::Progress;
use crate::collect::Hits;
use crate::correlate::{Joined, Watch};
use crate::event::{Columns, RowEvent, Sight};
use crate::mask::mask;
use crate::memo::Memo;
use crate::program::{Mode, Program, RuleFacts};
use crate::scope::Scope;
use crate::shown::{FIELDS_SHOWN, short};
use crate::sought::{Hunting, Sought};
use crate::watch_list::WatchList;

/// What one file gave.
pub(crate) struct Scanned {
    pub(crate) hits: BTreeMap<usize, Hits>,
    pub(crate) watched: WatchList,
    pub(crate) summary: Summary,
    pub(crate) unreadable: Vec<Unreadable>,
}

/// What a scan works with; shared by all threads.
pub(crate) struct Tools<'a> {
    pub(crate) program: &'a Program,
    pub(crate) facts: &'a [RuleFacts],
    pub(crate) watch: &'a Watch,
    pub(crate) mode: Mode,
    pub(crate) scope: &'a Scope,
    pub(crate) sought: Option<&'a Sought>,
    pub(crate) progress: &'a dyn Progress,
}

/// Reads one log from `source`.
pub(crate) fn scan(source: impl Read, encoding: Encoding, path: &Arc<str>, tools: &Tools<'_>) -> Scanned {
    let family = &tools.program.family;
    let mut columns = Columns::default();
    let mut hits: BTreeMap<usize, Hits> = BTreeMap::new();
    let mut watched = WatchList::default();
    let mut memo = Memo::default();
    let mut hunting = Hunting::new(tools.program.plan(tools.mode), tools.sought);
    let reader = LogReader::new(family, Utf8Reader::new(source, encoding), family.gap);
    let mut malformed = Tally::default();
    let summary = reader.run(&mut hunting, &mut |row| {
        columns.follow(row.layout, family);
        let (mut places, reading) = evaluate(row, &columns, tools, &mut memo);
        let sought = tools.sought.filter(|sought| sought.may_be_in(row, tools.program));
        places.extend(sought.map(|sought| sought.in_row(row, family)).unwrap_or_default());
        // Only rows that some rule may hold for are counted, whether or not the others were looked at.
        if row.fit == Fit::Malformed && tools.program.may_hold(row.bytes) {
            malformed.note(row.line, row.bytes.len() as u64);
        }
        for rule in places {
            let Some(facts) = tools.facts.get(rule) else { continue };
            let time = row.time();
            if !tools.scope.holds(time) {
                continue;
            }
            let hits = hits.entry(rule).or_default();
            let address = client_address(row, reading, tools);
            if let Some(address) = &address {
                hits.seen_from(address, time);
            }
            if hits.count(time, reading) {
                let fields = shown(row, &family.roles, reading);
                let evidence = place(row, path);
                let finding = Finding { reading, fields, ..facts.finding(evidence, time, address.clone()) };
                hits.list(finding, tools.progress);
            }
            if reading == Reading::Exact {
                let event = RowEvent { row, columns: &columns, program: tools.program, sight: Sight::Columns };
                watched.extend(tools.watch.take(rule, &event, Joined { evidence: place(row, path), time, address }));
            }
        }
    });
    let unreadable = gaps(path, &summary, &malformed);
    Scanned { hits, watched, summary, unreadable }
}

/// The rules that hold for a row. Where the columns are not sure, a rule that fails by columns gets a second look
/// at the values in any column.
fn evaluate(row: &Row<'_>, columns: &Columns, tools: &Tools<'_>, memo: &mut Memo) -> (Vec<usize>, Reading) {
    let mut by_columns =
        |sight| tools.program.evaluate(&RowEvent { row, columns, program: tools.program, sight }, memo);
    if row.fit == Fit::NoHeader {
        return (by_columns(Sight::AnyColumn), Reading::Uncertain);
    }
    let places = by_columns(Sight::Columns);
    if places.is_empty() && row.fit != Fit::Whole {
        return (by_columns(Sight::AnyColumn), Reading::Uncertain);
    }
    // With too many fields the columns have shifted; with too few, those that are there are sure.
    let names = row.layout.header.as_ref().map_or(0, |header| header.names().len());
    let shifted = row.fit == Fit::Malformed && row.fields.len() > names;
    (places, if shifted { Reading::Uncertain } else { Reading::Exact })
}

/// The client's address, where the columns are sure.
fn client_address(row: &Row<'_>, reading: Reading, tools: &Tools<'_>) -> Option<String> {
    let column = tools.program.family.roles.address.as_ref().filter(|_| reading == Reading::Exact)?;
    let address = row.named(column)?;
    // A server that calls itself, as a front end calls its back end, is no client.
    let is_own = tools
        .program
        .family
        .roles
        .server
        .as_ref()
        .and_then(|column| row.named(column))
        .is_some_and(|own| own == address);
    (!is_own && !address.is_empty() && address != "-").then(|| short(&address))
}

fn place(row: &Row<'_>, path: &Arc<str>) -> EvidenceRef {
    EvidenceRef { path: path.to_string(), line: Some(row.line), record: None, offset: row.offset, sha256: None }
}

/// The fields that people want to see; of a row without sure columns, the row itself. Secrets are masked.
fn shown(row: &Row<'_>, roles: &Roles, reading: Reading) -> BTreeMap<String, String> {
    let shown = |value: &str| short(&mask(value, &roles.secrets));
    if reading == Reading::Uncertain {
        return BTreeMap::from([("row".to_owned(), shown(&row.line_text()))]);
    }
    let telling = |value: &str| !value.is_empty() && value != "-";
    let is_wanted =
        |name: &str| roles.show.is_empty() || roles.show.iter().any(|column| column.eq_ignore_ascii_case(name));
    let names = row.layout.header.as_ref().map_or(&[][..], |header| header.names());
    let pairs = names.iter().zip(row.values()).filter(|(name, value)| telling(value) && is_wanted(name));
    let most = if roles.show.is_empty() { FIELDS_SHOWN } else { usize::MAX };
    pairs.take(most).map(|(name, value)| (name.clone(), shown(&value))).collect()
}

/// What was not read of the file, or not for sure.
fn gaps(path: &str, summary: &Summary, malformed: &Tally) -> Vec<Unreadable> {
    let tally = |tally: &Tally, reason| Unreadable {
        count: tally.count,
        line: tally.first_line,
        bytes: Some(tally.bytes),
        ..Unreadable::new(path, reason)
    };
    let mut gaps = Vec::new();
    for (counted, reason) in
        [(&summary.cut, Gap::LineCut), (malformed, Gap::MalformedRows), (&summary.headless, Gap::HeaderMissing)]
    {
        if counted.count > 0 {
            gaps.push(tally(counted, reason));
        }
    }
    if summary.zero_bytes {
        gaps.push(Unreadable::new(path, Gap::BadEncoding));
    }
    if summary.lone_return && summary.sampler.first.is_none() {
        gaps.push(Unreadable::new(path, Gap::NoRows));
    }
    if let Some(error) = &summary.failed {
        gaps.push(not_read(path, error));
    }
    gaps
}

/// What an error of the system leaves unread.
pub(crate) fn not_read(path: &str, error: &io::Error) -> Unreadable {
    Unreadable::new(path, gap_of(error.kind())).because(error)
}
