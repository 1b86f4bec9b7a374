//! The rules of one log family, compiled: the search over raw bytes, and the full rules behind it.

use std::collections::BTreeMap;
use std::sync::Arc;

use hikeshi_core::family::{Family, Format, LogSource};
use hikeshi_core::finding::{Explanation, RuleRef, Severity, Stage};
use hikeshi_core::report::RuleSkipped;
use hikeshi_evidence::reader::header_marks;
use hikeshi_pack::rules::{Detection, Rule};
use rsigma_eval::Engine;
use rsigma_ir::LowerOptions;
use rsigma_parser::SigmaRule;

use crate::Error;
use crate::literals::needed;
use crate::prefilter::{Escapes, Plan, Prefilter};

/// What of a rule goes into findings, shared between them.
#[derive(Debug)]
pub struct RuleFacts {
    /// Names, author, licence.
    pub reference: Arc<RuleRef>,
    /// Weight.
    pub severity: Severity,
    /// Stage; a rule that states none counts as an attempt.
    pub stage: Stage,
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
            cve: rule.cve.clone().into(),
            attack: rule.attack.clone().into(),
            explanation: Arc::new(rule.explanation.clone()),
        }
    }
}

/// All that is run on files of one family.
pub struct Program {
    /// The family.
    pub family: Family,
    /// Places of its rules in the rule book.
    pub rules: Vec<usize>,
    /// Names of rules without a usable literal; if there are any, the family is read in full.
    pub without_literal: Vec<String>,
    engine: Engine,
    prefilter: Option<Prefilter>,
}

/// How rows are chosen for evaluation. Findings do not depend on it; a property test holds that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Search first, evaluate around candidates.
    #[default]
    SearchFirst,
    /// Evaluate every row: the slow reference.
    ReadAll,
}

impl Program {
    /// Compiles the rules that concern `family`. A rule that does not compile goes to `skipped`, once for all families.
    ///
    /// # Errors
    /// When the search cannot be built.
    pub fn compile(family: Family, rules: &[Rule], skipped: &mut Vec<RuleSkipped>) -> Result<Self, Error> {
        let mut engine = Engine::new();
        let mut literals = Vec::new();
        let mut without_literal = Vec::new();
        let mut batch = Vec::new();
        let mut places = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            let Detection::Rule(sigma) = &rule.detection else { continue };
            if !family.logsource.answers(&source_of(sigma)) {
                continue;
            }
            match lower(sigma) {
                Ok(found) => {
                    match found {
                        Some(found) => literals.extend(found),
                        None => without_literal.push(rule.reference.name.clone()),
                    }
                    // The engine hands back this id with a match; it is our place in the rule book.
                    batch.push(SigmaRule { id: Some(place.to_string()), ..(**sigma).clone() });
                    places.push(place);
                }
                Err(reason) => skip(skipped, rule, reason),
            }
        }
        for (at, error) in engine.add_rules(&batch) {
            if let Some(rule) = places.get(at).and_then(|place| rules.get(*place)) {
                skip(skipped, rule, error.to_string());
            }
        }
        let escapes = if family.decode.percent.is_empty() { Escapes::AsStored } else { Escapes::Decoded };
        let prefilter = without_literal.is_empty().then(|| {
            Prefilter::new(literals.iter().map(String::as_str), &header_marks(&family), escapes)
                .map_err(|source| Error::Search { family: family.id.clone(), source })
        });
        Ok(Self { prefilter: prefilter.transpose()?, rules: places, without_literal, engine, family })
    }

    /// The search for one thread.
    #[must_use]
    pub fn plan(&self, mode: Mode) -> Plan<'_> {
        match (&self.prefilter, mode) {
            (Some(prefilter), Mode::SearchFirst) => Plan::SearchFirst(prefilter),
            _ => Plan::ReadAll,
        }
    }

    /// The places, in the rule book, of the rules that hold for a record.
    pub fn evaluate<E: rsigma_eval::Event>(&self, event: &E) -> Vec<usize> {
        let mut places: Vec<usize> = self
            .engine
            .evaluate(event)
            .iter()
            .filter_map(|result| result.header.rule_id.as_deref()?.parse().ok())
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Whether `-` stands for an absent value.
    #[must_use]
    pub fn dash_is_absent(&self) -> bool {
        self.family.format == Format::W3c
    }
}

fn lower(rule: &SigmaRule) -> Result<Option<Vec<String>>, String> {
    rsigma_ir::lower_rule(rule, &LowerOptions::default())
        .map(|lowered| needed(&lowered))
        .map_err(|error| error.to_string())
}

fn skip(skipped: &mut Vec<RuleSkipped>, rule: &Rule, reason: String) {
    let entry = RuleSkipped { path: rule.path.clone(), reason };
    if !skipped.contains(&entry) {
        skipped.push(entry);
    }
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
