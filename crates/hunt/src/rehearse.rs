//! `pack test`: every rule on its samples, and on variants of them that mean the same; products, YARA rules and indicators on
//! theirs.

mod builds;
mod indicators;
mod yara;

use std::num::NonZeroUsize;
use std::sync::Arc;

use hikeshi_core::both;
use hikeshi_core::family::Family;
use hikeshi_core::finding::{EvidenceRef, Reading};
use hikeshi_core::text::Text;
use hikeshi_evidence::encoding::{Encoding, Utf8Reader};
use hikeshi_evidence::reader::{Everything, LogReader};
use hikeshi_evidence::row::Fit;
use hikeshi_pack::Pack;
use hikeshi_pack::rules::{Detection, Rule};
use hikeshi_pack::samples::{Expect, Sample};

use crate::Error;
use crate::collect::Collected;
use crate::correlate::{Joined, Watch, Watched, correlate};
use crate::event::{Columns, RowEvent, Sight};
use crate::memo::Memo;
use crate::program::{self, Mode, Program, RuleFacts, source_of};
use crate::recognise::{Recogniser, What};
use crate::records::event::RecordEvent;
use crate::records::{Kept, RecordProgram};
use crate::scan::{Tools, scan};
use crate::scope::Scope;
use crate::vary::{Table, VARIANTS};
use crate::written;

/// What came of a pack's samples.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Samples that were run.
    pub samples: u64,
    /// Rows in them.
    pub rows: u64,
    /// Variants of hit samples that were run.
    pub variants: u64,
    /// Samples that did not do what their name says.
    pub failures: Vec<Failure>,
}

/// One sample that did not do what its name says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// `tests/<rule>/<sample>`.
    pub sample: String,
    /// What happened instead.
    pub what: Text,
}

/// Runs all samples of a pack.
///
/// # Errors
/// When the pack cannot be compiled.
pub fn rehearse(pack: &Pack) -> Result<Outcome, Error> {
    let mut skipped = Vec::new();
    let rules = &pack.rules.rules;
    let ready = program::compile(rules, NonZeroUsize::MIN, &mut skipped);
    let programs: Vec<Program> =
        pack.families.iter().map(|family| Program::compile(family.clone(), rules, &ready)).collect();
    let watch = Watch::new(rules, &mut skipped);
    let stage = Stage {
        rules,
        facts: rules.iter().map(RuleFacts::new).collect(),
        recogniser: Recogniser::new(programs.iter().map(|program| &program.family))?,
        records: RecordProgram::compile(
            &ready,
            &pack.channels.iter().collect::<Vec<_>>(),
            &pack.other_tools.iter().flat_map(|tool| tool.outputs.iter().cloned()).collect::<Vec<_>>(),
            &pack.families.iter().collect::<Vec<_>>(),
        ),
        programs,
        watch,
    };
    let mut outcome = Outcome::default();
    for rule in skipped {
        outcome.failures.push(Failure { sample: rule.path, what: rule.reason });
    }
    for sample in &pack.samples {
        let Some(place) = rules.iter().position(|rule| rule.reference.name == sample.rule) else { continue };
        outcome.samples += 1;
        let result = match rules.get(place).map(|rule| &rule.detection) {
            Some(Detection::Rule(sigma)) => {
                let program = stage.programs.iter().find(|program| program.family.logsource.answers(&source_of(sigma)));
                match program {
                    Some(program) => stage.rows(place, program, sample, &mut outcome),
                    None => stage.records(place, sample, &mut outcome),
                }
            }
            _ => stage.correlation(place, sample),
        };
        if let Err(what) = result {
            outcome.failures.push(Failure { sample: format!("tests/{}/{}", sample.rule, sample.name), what });
        }
    }
    builds::rehearse(pack, &mut outcome);
    yara::rehearse(pack, &mut outcome);
    indicators::rehearse(pack, &stage, &mut outcome);
    outcome.failures.sort();
    Ok(outcome)
}

struct Stage<'a> {
    rules: &'a [Rule],
    facts: Vec<RuleFacts>,
    programs: Vec<Program>,
    records: RecordProgram,
    recogniser: Recogniser,
    watch: Watch,
}

/// What a rule did on one log.
#[derive(Default)]
struct Seen {
    rows: u64,
    /// Lines that the rule did not hold for.
    quiet: Vec<u64>,
    /// Lines that it held for.
    loud: Vec<u64>,
    /// Rows that fit their header.
    tables: Vec<Table>,
}

impl Stage<'_> {
    /// A rule over single records: every row of a hit is found, no row of a miss.
    fn rows(&self, place: usize, program: &Program, sample: &Sample, outcome: &mut Outcome) -> Result<(), Text> {
        for (file, bytes) in &sample.files {
            let seen = self.look(place, program, bytes);
            outcome.rows += seen.rows;
            if seen.rows == 0 && sample.expect == Expect::Hit {
                return Err(both!("{file} holds no row", "{file} に行がありません"));
            }
            match sample.expect {
                Expect::Hit if !seen.quiet.is_empty() => {
                    let lines = lines(&seen.quiet);
                    return Err(both!("not found in {file}, lines {lines}", "{file} で見つかりません: {lines} 行目"));
                }
                Expect::Miss if !seen.loud.is_empty() => {
                    let lines = lines(&seen.loud);
                    return Err(both!("found in {file}, lines {lines}", "{file} で見つかりました: {lines} 行目"));
                }
                _ => {}
            }
            self.same_both_ways(place, program, bytes).map_err(|what| what.at(file))?;
            if sample.expect == Expect::Hit {
                self.variants(place, program, &seen.tables, outcome).map_err(|what| what.at(file))?;
            }
        }
        Ok(())
    }

    /// A rule over records: every record of a hit is found, no record of a miss.
    fn records(&self, place: usize, sample: &Sample, outcome: &mut Outcome) -> Result<(), Text> {
        let mut kept = Kept::default();
        for (file, bytes) in &sample.files {
            let records = written::records(bytes).map_err(|what| what.at(file))?;
            if records.is_empty() {
                return Err(both!("{file} holds no record", "{file} にレコードがありません"));
            }
            for (line, record) in (1_u64..).zip(&records) {
                outcome.rows += 1;
                let mut holds = |mode| self.records.evaluate(record, mode, &mut kept).contains(&place);
                let (searched, asked) = (holds(Mode::SearchFirst), holds(Mode::ReadAll));
                match (sample.expect, asked) {
                    (Expect::Hit, false) => {
                        return Err(both!(
                            "not found in {file}, record {line}",
                            "{file} で見つかりません: {line} 件目のレコード"
                        ));
                    }
                    (Expect::Miss, true) => {
                        return Err(both!(
                            "found in {file}, record {line}",
                            "{file} で見つかりました: {line} 件目のレコード"
                        ));
                    }
                    _ if searched != asked => {
                        return Err(both!(
                            "{file}, record {line}: searching first and asking every rule differ",
                            "{file} の {line} 件目のレコード: 先に検索した結果と、全ルールを評価した結果が違います"
                        ));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn variants(&self, place: usize, program: &Program, tables: &[Table], outcome: &mut Outcome) -> Result<(), Text> {
        for table in tables {
            for variant in VARIANTS {
                let Some(text) = variant.write(table, &program.family) else { continue };
                outcome.variants += 1;
                let seen = self.look(place, program, text.as_bytes());
                if !seen.quiet.is_empty() || seen.rows != table.rows.len() as u64 {
                    let lines = lines(&seen.quiet);
                    return Err(both!(
                        "not found any more when written otherwise ({variant:?}), lines {lines}",
                        "書き方を変えると見つかりません ({variant:?}): {lines} 行目"
                    ));
                }
                self.same_both_ways(place, program, text.as_bytes())
                    .map_err(|what| what.at(format_args!("{variant:?}")))?;
            }
        }
        Ok(())
    }

    /// Evaluates every row, by its columns where they are sure.
    fn look(&self, place: usize, program: &Program, bytes: &[u8]) -> Seen {
        let mut seen = Seen::default();
        let mut columns = Columns::default();
        let mut under = None;
        let encoding = Encoding::detect(bytes);
        LogReader::new(&program.family, Utf8Reader::new(bytes, encoding), None).run(&mut Everything, &mut |row| {
            columns.follow(row.layout, &program.family);
            seen.rows += 1;
            let holds = |sight| {
                let event = RowEvent { row, columns: &columns, program, sight };
                program.evaluate(&event, &mut Memo::default()).contains(&place)
            };
            let held = holds(Sight::Columns) || (row.fit != Fit::Whole && holds(Sight::AnyColumn));
            if held { &mut seen.loud } else { &mut seen.quiet }.push(row.line);
            if row.fit == Fit::Whole {
                if under.replace(row.layout.number) != Some(row.layout.number) {
                    let names = row.layout.header.as_ref().map(|header| header.names().to_vec()).unwrap_or_default();
                    seen.tables.push(Table { names, rows: Vec::new() });
                }
                if let Some(table) = seen.tables.last_mut() {
                    table.rows.push(row.values().map(|value| value.into_owned()).collect());
                }
            }
        });
        seen
    }

    /// Searching first finds what reading everything finds.
    fn same_both_ways(&self, place: usize, program: &Program, bytes: &[u8]) -> Result<(), Text> {
        let count = |mode| {
            let tools = Tools {
                program,
                facts: &self.facts,
                watch: &self.watch,
                mode,
                scope: &Scope::default(),
                sought: None,
                progress: &(),
            };
            let encoding = Encoding::detect(bytes);
            scan(bytes, encoding, &Arc::from("sample"), &tools).hits.get(&place).map_or(0, |hits| hits.count)
        };
        let (searched, read) = (count(Mode::SearchFirst), count(Mode::ReadAll));
        if searched == read {
            Ok(())
        } else {
            Err(both!(
                "searching first finds {searched}, reading everything {read}",
                "先に検索すると {searched} 件、すべて読むと {read} 件見つかります"
            ))
        }
    }

    /// What correlations need of the records of a sample.
    fn watched_records(&self, file: &str, bytes: &[u8]) -> Result<Vec<Watched>, Text> {
        let records = written::records(bytes).map_err(|what| what.at(file))?;
        let mut kept = Kept::default();
        let mut watched = Vec::new();
        for (line, record) in (1..).zip(&records) {
            let evidence =
                EvidenceRef { path: file.to_owned(), line: None, record: Some(line), offset: line, sha256: None };
            let joined = Joined { evidence, time: record.time, address: None };
            for rule in self.records.evaluate(record, Mode::SearchFirst, &mut kept) {
                watched.extend(self.watch.take(rule, &RecordEvent::plain(record), joined.clone()));
            }
        }
        Ok(watched)
    }

    /// A correlation over all files of a sample: raised or not.
    fn correlation(&self, place: usize, sample: &Sample) -> Result<(), Text> {
        let families: Vec<&Family> = self.programs.iter().map(|program| &program.family).collect();
        let mut watched = Vec::new();
        for (file, bytes) in &sample.files {
            if file.ends_with(".jsonl") {
                watched.extend(self.watched_records(file, bytes)?);
                continue;
            }
            let recognised =
                self.recogniser.recognise(file, bytes.get(..crate::recognise::HEAD).unwrap_or(bytes), &families);
            let What::Log(family, encoding) = recognised.what else { return Err(of_no_family(file)) };
            let Some(program) = self.programs.get(family) else { continue };
            let tools = Tools {
                program,
                facts: &self.facts,
                watch: &self.watch,
                mode: Mode::SearchFirst,
                scope: &Scope::default(),
                sought: None,
                progress: &(),
            };
            watched.extend(scan(bytes.as_slice(), encoding, &Arc::from(file.as_str()), &tools).watched.finish().0);
        }
        let mut collected = Collected::default();
        let mut skipped = Vec::new();
        correlate(watched, &self.watch, self.rules, &self.facts, &mut collected, &mut skipped);
        if let Some(skipped) = skipped.first() {
            return Err(skipped.reason.clone());
        }
        let name = self.rules.get(place).map_or("", |rule| rule.reference.name.as_str());
        let raised = collected
            .finish()
            .findings
            .iter()
            .any(|finding| finding.rule.name == name && finding.reading == Reading::Exact);
        match (sample.expect, raised) {
            (Expect::Hit, false) => Err(both!("not raised", "検出されません")),
            (Expect::Miss, true) => Err(both!("raised", "検出されました")),
            _ => Ok(()),
        }
    }
}

fn of_no_family(file: &str) -> Text {
    both!("{file} is of no family", "{file} のログの種類が分かりません")
}

fn lines(lines: &[u64]) -> String {
    let shown: Vec<_> = lines.iter().take(10).map(u64::to_string).collect();
    let more = if lines.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
