//! The rules of one log family, compiled: the search over raw bytes, and the full rules behind it.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hikeshi_core::family::{Family, Format, LogSource};
use hikeshi_core::finding::{EvidenceRef, Explanation, Finding, Reading, RuleRef, Severity, Stage};
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::reader::header_marks;
use hikeshi_evidence::row::{Fit, Row};
use hikeshi_pack::rules::{Detection, Rule};
use rsigma_eval::Engine;
use rsigma_ir::LowerOptions;
use rsigma_parser::SigmaRule;

use crate::event::{RowEvent, Sight};
use crate::expressions::Expressions;
use crate::hands::together;
use crate::late::Late;
use crate::literals::{Group, needed};
use crate::memo::{self, Memo};
use crate::prefilter::{Candidates, Escapes, Plan, Prefilter, Scratch};

/// What of a rule goes into findings, shared between them.
#[derive(Debug, Clone)]
pub struct RuleFacts {
    /// Names, author, licence.
    pub reference: Arc<RuleRef>,
    /// Weight.
    pub severity: Severity,
    /// Stage; a rule that states none counts as an attempt.
    pub stage: Stage,
    /// The rule states its stage, so whoever wrote it has judged whether what it finds worked.
    pub judged: bool,
    /// CVE ids.
    pub cve: Arc<[String]>,
    /// ATT&CK techniques.
    pub attack: Arc<[String]>,
    /// What it means.
    pub explanation: Arc<Explanation>,
}

impl RuleFacts {
    /// From a loaded rule.
    #[must_use]
    pub fn new(rule: &Rule) -> Self {
        Self {
            reference: Arc::new(rule.reference.clone()),
            severity: rule.severity,
            stage: rule.stage.unwrap_or(Stage::Attempt),
            judged: rule.stage.is_some(),
            cve: rule.cve.clone().into(),
            attack: rule.attack.clone().into(),
            explanation: Arc::new(rule.explanation.clone()),
        }
    }

    /// A finding of this rule, with nothing of the record's fields yet.
    pub(crate) fn finding(&self, evidence: EvidenceRef, time: Option<Timestamp>, address: Option<String>) -> Finding {
        Finding {
            rule: self.reference.clone(),
            severity: self.severity,
            stage: self.stage,
            cve: self.cve.clone(),
            attack: self.attack.clone(),
            evidence,
            joined: Vec::new(),
            raised: false,
            time,
            reading: Reading::Exact,
            fields: BTreeMap::new(),
            addresses: address.into_iter().collect(),
            explanation: self.explanation.clone(),
        }
    }
}

/// All that is run on files of one family.
pub struct Program {
    /// The family.
    pub family: Family,
    /// Places of its rules in the rule book.
    pub rules: Vec<usize>,
    /// Names of rules without a usable literal; if there are any, every row of the family is evaluated.
    pub without_literal: Vec<String>,
    /// Rules with literals: asked for the rows that the search leaves to each.
    searched: Vec<Searched>,
    /// For each of them, the fields that decide over it.
    fields: Vec<Option<Vec<String>>>,
    prefilter: Prefilter,
    /// Rules without literals: asked for every row.
    engine: Engine,
}

/// A rule with literals.
struct Searched {
    /// Its place in the rule book.
    place: usize,
    rule: Arc<Late>,
}

/// How rows are chosen for evaluation. Findings do not depend on it; a property test holds that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Search first, evaluate around candidates.
    #[default]
    SearchFirst,
    /// Ask every rule for every row: the slow reference.
    ReadAll,
}

impl Program {
    /// Compiles the rules that concern `family`.
    #[must_use]
    pub fn compile(family: Family, rules: &[Rule], ready: &[Ready]) -> Self {
        Self::compile_besides(family, rules, ready, &[])
    }

    /// The same, with groups of texts whose rows are kept besides, for whoever looks for them there: one search finds both.
    pub(crate) fn compile_besides(family: Family, rules: &[Rule], ready: &[Ready], besides: &[Vec<Group>]) -> Self {
        let (mut searched, mut groups, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        let mut batch: Vec<SigmaRule> = Vec::new();
        for ready in ready.iter().filter(|ready| family.logsource.answers(&ready.source)) {
            if !ready.needed.is_empty() {
                groups.push(ready.needed.clone());
                fields.push(ready.fields.clone());
                searched.push(Searched { place: ready.place, rule: Arc::clone(&ready.rule) });
            } else if let Some(Detection::Rule(sigma)) = rules.get(ready.place).map(|rule| &rule.detection) {
                // The engine hands back this id with a match; it is our place in the rule book.
                batch.push(SigmaRule { id: Some(ready.place.to_string()), ..(**sigma).clone() });
            }
        }
        // They stand behind the rules, where no number of a rule leads.
        groups.extend_from_slice(besides);
        let mut engine = Engine::new();
        // What does not compile was found out above.
        engine.add_rules(&batch);
        let unsearched = batch.iter().filter_map(|rule| rule.id.as_deref()?.parse::<usize>().ok());
        let mut places: Vec<usize> = searched.iter().map(|searched| searched.place).chain(unsearched.clone()).collect();
        places.sort_unstable();
        let without_literal =
            unsearched.filter_map(|place| rules.get(place)).map(|rule| rule.reference.name.clone()).collect();
        let escapes = if family.decode.percent.is_empty() { Escapes::AsStored } else { Escapes::Decoded };
        let prefilter = Prefilter::new(&groups, &header_marks(&family), escapes);
        Self { rules: places, without_literal, searched, fields, prefilter, engine, family }
    }

    /// The search for one thread.
    #[must_use]
    pub fn plan(&self, mode: Mode) -> Plan<'_> {
        match mode {
            Mode::ReadAll => Plan::ReadAll,
            Mode::SearchFirst if self.without_literal.is_empty() => {
                Plan::SearchFirst(&self.prefilter, Scratch::default())
            }
            Mode::SearchFirst => Plan::ReadAllBySearch(&self.prefilter, Scratch::default()),
        }
    }

    /// The places, in the rule book, of the rules that hold for a row.
    pub(crate) fn evaluate(&self, event: &RowEvent<'_>, memo: &mut Memo) -> Vec<usize> {
        let mut places: Vec<usize> = Vec::new();
        if !self.without_literal.is_empty() {
            let results = self.engine.evaluate(event);
            places.extend(results.iter().filter_map(|result| result.header.rule_id.as_deref()?.parse::<usize>().ok()));
        }
        match event.row.hints {
            None => places.extend(
                self.searched.iter().filter(|searched| searched.rule.holds(event)).map(|searched| searched.place),
            ),
            Some(hints) => {
                let sure = event.sight == Sight::Columns && event.row.fit == Fit::Whole;
                if sure {
                    memo.follow(event.row.layout.number, event.columns, &self.fields);
                }
                for number in hints {
                    let Some(searched) = self.searched.get(*number) else { continue };
                    let ask = || searched.rule.holds(event);
                    if if sure { memo.answer(*number, event.row, ask) } else { ask() } {
                        places.push(searched.place);
                    }
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Whether the texts of something stand in a row that the search was to look for besides.
    pub(crate) fn holds_besides(&self, row: &Row<'_>) -> bool {
        // Without hints, nobody has searched the row.
        row.hints.is_none_or(|hints| hints.iter().any(|number| *number >= self.searched.len()))
    }

    /// Whether some rule with literals may hold for a row.
    pub(crate) fn may_hold(&self, row: &[u8]) -> bool {
        let mut scratch = Scratch::default();
        match self.prefilter.rules_for(row, &mut scratch) {
            Candidates::All => true,
            Candidates::Listed => !scratch.rules.is_empty(),
        }
    }

    /// Whether `-` stands for an absent value.
    #[must_use]
    pub fn dash_is_absent(&self) -> bool {
        self.family.format == Format::W3c
    }
}

/// A rule over single records, the same for all programs.
pub struct Ready {
    /// Its place in the rule book.
    pub(crate) place: usize,
    pub(crate) source: LogSource,
    pub(crate) rule: Arc<Late>,
    /// What text any match must contain; see [`needed`].
    pub(crate) needed: Vec<Group>,
    /// The fields that decide over it; `None` where it looks at the whole record.
    pub(crate) fields: Option<Vec<String>>,
}

/// Makes all rules over single records ready to be asked, in the order of the rule book. One that does not compile goes to
/// `skipped`.
#[must_use]
pub fn compile(rules: &[Rule], threads: NonZeroUsize, skipped: &mut Vec<RuleSkipped>) -> Vec<Ready> {
    /// Rules that stand beside each other often share expressions; a thread takes so many at a time.
    const BATCH: usize = 16;
    let batches: Vec<(usize, &[Rule])> = rules.chunks(BATCH).enumerate().collect();
    let next = AtomicUsize::new(0);
    let made = Mutex::new(Vec::new());
    together(threads, || {
        let mut expressions = Expressions::default();
        while let Some((number, batch)) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let places = number * BATCH..;
            let of_batch: Vec<_> =
                places.zip(*batch).filter_map(|(place, rule)| ready(place, rule, &mut expressions)).collect();
            made.lock().unwrap_or_else(PoisonError::into_inner).push((*number, of_batch));
        }
    });
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    made.sort_unstable_by_key(|(number, _)| *number);
    let mut all = Vec::new();
    for made in made.into_iter().flat_map(|(_, of_batch)| of_batch) {
        match made {
            Ok(ready) => all.push(ready),
            Err(refused) if skipped.contains(&refused) => {}
            Err(refused) => skipped.push(refused),
        }
    }
    all
}

/// `None` for a correlation, which is no rule over single records.
fn ready(place: usize, rule: &Rule, expressions: &mut Expressions) -> Option<Result<Ready, RuleSkipped>> {
    let Detection::Rule(sigma) = &rule.detection else { return None };
    let late = rsigma_ir::lower_rule(sigma, &LowerOptions::default())
        .map_err(|error| error.to_string())
        .and_then(|lowered| Late::new(lowered, expressions));
    Some(late.map_err(|reason| RuleSkipped::refused(&rule.path, &reason)).map(|rule| {
        let (needed, fields) = (needed(rule.lowered(), expressions), memo::fields(rule.lowered()));
        Ready { place, source: source_of(sigma), rule: Arc::new(rule), needed, fields }
    }))
}

/// A rule's log source in our words.
#[must_use]
pub fn source_of(rule: &SigmaRule) -> LogSource {
    LogSource {
        category: rule.logsource.category.clone(),
        product: rule.logsource.product.clone(),
        service: rule.logsource.service.clone(),
    }
}

/// Rules by the names that correlations use, as places in the rule book.
#[must_use]
pub fn places_by_name(rules: &[Rule]) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for (place, rule) in rules.iter().enumerate() {
        if let Detection::Rule(sigma) = &rule.detection {
            names.extend([sigma.id.clone(), sigma.name.clone()].into_iter().flatten().map(|name| (name, place)));
        }
    }
    names
}
