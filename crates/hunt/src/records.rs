//! The rules that concern records of binary evidence: which, found by log source; and whether they hold, searched first.
//!
//! Rows of text logs have a program per family (`program.rs`), because a family decides what its columns mean. Records
//! bring their fields' names with them, so all rules share one program, and the log source is looked up per kind of record.

pub(crate) mod event;
pub(crate) mod processes;
pub(crate) mod scan;
pub(crate) mod sources;

use std::collections::HashMap;
use std::sync::Arc;

use hikeshi_core::channel::Channel;
use hikeshi_core::family::Family;
use hikeshi_core::other_tool::Output;
use hikeshi_evidence::record::{Record, Value};

use crate::late::Late;
use crate::prefilter::{Candidates, Escapes, Prefilter, Scratch};
use crate::program::{Mode, Ready};
use event::RecordEvent;
use sources::{Key, Names, Sources};

/// All rules that may concern records.
pub(crate) struct RecordProgram {
    pub(crate) sources: Sources,
    rules: Vec<RecordRule>,
    /// Over the rules with literals, by their places in `searched`.
    prefilter: Prefilter,
    /// Places in `rules` of the rules with literals.
    searched: Vec<usize>,
}

/// A rule, compiled.
struct RecordRule {
    /// Its place in the rule book.
    place: usize,
    source: hikeshi_core::family::LogSource,
    rule: Arc<Late>,
    /// The fields it looks at; none where it looks at the whole record.
    fields: Vec<String>,
    has_literals: bool,
}

/// The rules that concern one kind of record.
pub(crate) struct Route {
    /// For each rule of the program, the names under which it finds its fields; `None` where it is not concerned.
    concerned: Vec<Option<Arc<Names>>>,
    /// Places in the program of concerned rules without literals.
    always: Vec<usize>,
}

/// What one thread keeps between records.
#[derive(Default)]
pub(crate) struct Kept {
    routes: HashMap<Key, Arc<Route>>,
    scratch: Scratch,
    text: Vec<u8>,
}

impl Kept {
    /// The kinds of records that were seen.
    pub(crate) fn kinds_seen(self) -> impl Iterator<Item = Key> {
        self.routes.into_keys()
    }
}

/// More kinds of records than this are routed anew each time: their names come from the evidence.
const ROUTES: usize = 10_000;

impl RecordProgram {
    /// Takes the rules whose log source may be one of records.
    pub(crate) fn compile(ready: &[Ready], channels: &[&Channel], outputs: &[Output], families: &[&Family]) -> Self {
        let sources = Sources::new(channels.iter().copied()).with_outputs(outputs, families);
        let (mut rules, mut groups, mut searched) = (Vec::new(), Vec::new(), Vec::new());
        for ready in ready.iter().filter(|ready| sources.knows(&ready.source)) {
            let has_literals = !ready.needed.is_empty();
            if has_literals {
                searched.push(rules.len());
                groups.push(ready.needed.clone());
            }
            rules.push(RecordRule {
                place: ready.place,
                source: ready.source.clone(),
                rule: Arc::clone(&ready.rule),
                fields: ready.fields.clone().unwrap_or_default(),
                has_literals,
            });
        }
        let prefilter = Prefilter::new(&groups, &[], Escapes::AsStored);
        Self { sources, rules, prefilter, searched }
    }

    /// The places, in the rule book, of the rules that hold for a record.
    pub(crate) fn evaluate(&self, record: &Record, mode: Mode, kept: &mut Kept) -> Vec<usize> {
        let route = self.route(record, kept);
        let mut numbers = route.always.clone();
        match mode {
            Mode::ReadAll => numbers = (0..self.rules.len()).collect(),
            Mode::SearchFirst => {
                write_values(record, &mut kept.text);
                match self.prefilter.rules_for(&kept.text, &mut kept.scratch) {
                    Candidates::All => numbers.extend(&self.searched),
                    Candidates::Listed => {
                        numbers.extend(kept.scratch.rules.iter().filter_map(|at| self.searched.get(*at)));
                    }
                }
            }
        }
        let held = |number: usize| {
            let names = route.concerned.get(number)?.as_deref()?;
            let rule = self.rules.get(number)?;
            rule.rule.holds(&RecordEvent { record, names }).then_some(rule.place)
        };
        let mut places: Vec<usize> = numbers.into_iter().filter_map(held).collect();
        places.sort_unstable();
        places
    }

    /// The fields that the rule at `place` in the rule book looks at, as the record calls them.
    pub(crate) fn fields_of(&self, place: usize, record: &Record) -> Vec<String> {
        let Ok(at) = self.rules.binary_search_by_key(&place, |rule| rule.place) else { return Vec::new() };
        let Some(rule) = self.rules.get(at) else { return Vec::new() };
        let names = self.sources.concerns(&rule.source, &Key::of(record)).unwrap_or_default();
        rule.fields.iter().map(|field| names.get(field).unwrap_or(field).clone()).collect()
    }

    /// Places, in the rule book, of the rules that concern a kind of record.
    pub(crate) fn rules_for(&self, key: &Key) -> impl Iterator<Item = usize> {
        self.rules.iter().filter(|rule| self.sources.concerns(&rule.source, key).is_some()).map(|rule| rule.place)
    }

    fn route(&self, record: &Record, kept: &mut Kept) -> Arc<Route> {
        let key = Key::of(record);
        if let Some(route) = kept.routes.get(&key) {
            return Arc::clone(route);
        }
        let concerned: Vec<Option<Arc<Names>>> =
            self.rules.iter().map(|rule| self.sources.concerns(&rule.source, &key).map(Arc::new)).collect();
        let always = |(number, rule): (usize, &RecordRule)| {
            (!rule.has_literals && concerned.get(number).is_some_and(Option::is_some)).then_some(number)
        };
        let always = self.rules.iter().enumerate().filter_map(always).collect();
        let route = Arc::new(Route { concerned, always });
        if kept.routes.len() < ROUTES {
            kept.routes.insert(key, Arc::clone(&route));
        }
        route
    }
}

/// All values of a record as one text, each on lines of its own, for the search.
fn write_values(record: &Record, out: &mut Vec<u8>) {
    out.clear();
    let mut push = |text: &str| {
        out.extend_from_slice(text.as_bytes());
        out.push(b'\n');
    };
    for (_, value) in &record.fields {
        match value {
            Value::Text(text) => push(text),
            Value::List(texts) => texts.iter().for_each(|text| push(text)),
            Value::Number(number) => push(&number.to_string()),
            Value::Bool(truth) => push(if *truth { "true" } else { "false" }),
        }
    }
}
