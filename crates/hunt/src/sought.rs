//! Indicators as rules of a run: where they are looked for in rows, records and paths, and what a match weighs.

use std::collections::{BTreeMap, HashMap};

use hikeshi_core::family::{Family, Roles};
use hikeshi_core::finding::{Explanation, RuleRef, Severity, Stage};
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::reader::{Search, Wanted, Weighed};
use hikeshi_evidence::record::{Record, Topic, Value};
use hikeshi_evidence::row::Row;

use crate::Error;
use crate::decode;
use crate::follow::{self, Outcome};
use crate::indicators::{Compiled, Confidence, Hit, Indicator, Kind, Loaded, Role, Why, compile};
use crate::prefilter::{Candidates, Escapes, Plan, Prefilter, Scratch};
use crate::program::RuleFacts;
use crate::shown::short;

/// Indicators of one file.
#[derive(Debug)]
pub struct IndicatorBook {
    /// The file.
    pub source: String,
    /// What it holds.
    pub loaded: Loaded,
}

/// Whether what came of a request makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcomes {
    /// One rule for an indicator, whatever came of it.
    Alike,
    /// One rule for each [`Outcome`], one behind the other.
    Apart,
}

/// All indicators of a run.
pub(crate) struct Sought {
    compiled: Compiled,
    /// For each indicator, the place among all rules of what it stands for.
    places: Vec<usize>,
    outcomes: Outcomes,
    /// Points at rows that may hold one.
    search: Prefilter,
    /// Some indicator has no text to search for: every row is looked at.
    reads_all: bool,
    /// Some indicator is a hash: every file is looked at.
    pub(crate) has_hashes: bool,
}

impl Sought {
    /// Takes in all books, and appends what is known of each indicator to `facts`; `None` where there are none.
    pub(crate) fn new(
        books: Vec<IndicatorBook>,
        facts: &mut Vec<RuleFacts>,
        skipped: &mut Vec<RuleSkipped>,
    ) -> Result<Option<Self>, Error> {
        let base = facts.len();
        let mut indicators = Vec::new();
        for IndicatorBook { source, loaded } in books {
            for one in &loaded.left_out {
                let refused =
                    if matches!(one.why, Why::Refused(_)) { "refused, it would match everywhere" } else { "skipped" };
                let detail = one.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
                let reason = format!("indicator `{}` {refused} ({}){detail}", one.value, one.why.code());
                skipped.push(RuleSkipped { path: format!("{source}, {}", one.place), reason });
            }
            facts.extend(loaded.indicators.iter().map(|indicator| RuleFacts::of_indicator(indicator, &source)));
            indicators.extend(loaded.indicators);
        }
        let places = (base..base + indicators.len()).collect();
        Self::of(indicators, places, Outcomes::Alike)
    }

    /// Looks for leads, each by some indicators; `None` where there are none.
    pub(crate) fn of_leads(leads: Vec<(usize, Indicator)>, base: usize) -> Result<Option<Self>, Error> {
        let places = leads.iter().map(|(lead, _)| follow::place(base, *lead, Outcome::Used)).collect();
        Self::of(leads.into_iter().map(|(_, indicator)| indicator).collect(), places, Outcomes::Apart)
    }

    fn of(indicators: Vec<Indicator>, places: Vec<usize>, outcomes: Outcomes) -> Result<Option<Self>, Error> {
        if indicators.is_empty() {
            return Ok(None);
        }
        let has_hashes = indicators.iter().any(|indicator| indicator.kind.is_hash());
        let compiled = compile(indicators);
        let literals = compiled.literals();
        let groups = if literals.texts.is_empty() { vec![] } else { vec![vec![literals.texts]] };
        let search = Prefilter::new(&groups, &[], Escapes::Decoded)
            .map_err(|source| Error::Search { family: "indicators".to_owned(), source })?;
        let reads_all = !literals.without.is_empty();
        Ok(Some(Self { compiled, places, outcomes, search, reads_all, has_hashes }))
    }

    /// The places of indicators that hold for a row, by its columns where they are sure.
    pub(crate) fn in_row(&self, row: &Row<'_>, family: &Family) -> Vec<usize> {
        let mut found = Vec::new();
        self.compiled.text(row.bytes, &mut |hit, _| found.push(hit.number));
        if let std::borrow::Cow::Owned(decoded) = decode::percent(row.bytes) {
            self.compiled.text(&decoded, &mut |hit, _| found.push(hit.number));
        }
        let outcome = self.outcome(row, family);
        let Roles { address, user, agent, method, .. } = &family.roles;
        let value = |column: &Option<String>| column.as_ref().and_then(|column| row.named(column));
        for (role, column) in [(Role::Address, address), (Role::Account, user), (Role::UserAgent, agent)] {
            let hits = value(column).map(|value| self.compiled.field(role, &value)).unwrap_or_default();
            found.extend(hits.into_iter().map(|hit| hit.number));
        }
        if let Some(stem) = family.uri.as_ref().and_then(|uri| row.named(&uri.stem)) {
            let hits = match value(method) {
                Some(method) => self.compiled.request(&method, &stem),
                None => self.compiled.field(Role::UriPath, &stem),
            };
            let requests = hits.into_iter().map(|hit| hit.number);
            return self.rules(
                found
                    .into_iter()
                    .map(|number| (number, Outcome::Named))
                    .chain(requests.map(|number| (number, outcome))),
                row.time(),
            );
        }
        self.rules(found.into_iter().map(|number| (number, Outcome::Named)), row.time())
    }

    /// What came of the request that a row tells.
    fn outcome(&self, row: &Row<'_>, family: &Family) -> Outcome {
        let value = |column: Option<&String>| column.and_then(|column| row.named(column)).unwrap_or_default();
        let was_answered = value(family.roles.status.as_ref()).starts_with('2');
        let has_body = matches!(&*value(family.roles.method.as_ref()).to_ascii_uppercase(), "POST" | "PUT");
        let query = value(family.uri.as_ref().map(|uri| &uri.query));
        match (was_answered, has_body || query.contains('=')) {
            (true, true) => Outcome::Used,
            (true, false) => Outcome::Answered,
            (false, _) => Outcome::Named,
        }
    }

    /// The places of indicators that hold for a record.
    pub(crate) fn in_record(&self, record: &Record, roles: &HashMap<String, Role>) -> Vec<usize> {
        let mut found = Vec::new();
        for (name, value) in &record.fields {
            let squeezed: String = name.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect();
            let role = match (record.topic, squeezed.as_str()) {
                (Topic::Account, "name") => Role::Account,
                _ => roles.get(&squeezed).copied().unwrap_or(Role::Text),
            };
            let mut look = |text: &str| found.extend(self.compiled.field(role, text).into_iter().map(number));
            match value {
                Value::Text(text) => look(text),
                Value::List(texts) => texts.iter().for_each(|text| look(text)),
                Value::Number(_) | Value::Bool(_) => {}
            }
        }
        self.places(found, record.time)
    }

    /// The places of indicators that hold for the path of a file.
    pub(crate) fn of_path(&self, path: &str) -> Vec<usize> {
        self.places(self.compiled.path(path).into_iter().map(number).collect(), None)
    }

    fn places(&self, numbers: Vec<usize>, time: Option<Timestamp>) -> Vec<usize> {
        self.rules(numbers.into_iter().map(|number| (number, Outcome::Named)), time)
    }

    /// The places of rules of indicators that hold, none twice. Of several outcomes the furthest counts.
    fn rules(&self, found: impl Iterator<Item = (usize, Outcome)>, time: Option<Timestamp>) -> Vec<usize> {
        let tells = |number: &usize| {
            let indicator = self.compiled.indicators().get(*number);
            indicator.is_some_and(|indicator| time.is_none_or(|time| indicator.tells_at(time)))
        };
        let mut furthest: BTreeMap<usize, Outcome> = BTreeMap::new();
        for (number, outcome) in found.filter(|(number, _)| tells(number)) {
            let Some(place) = self.places.get(number) else { continue };
            let known = furthest.entry(*place).or_insert(outcome);
            *known = outcome.min(*known);
        }
        let place = |(place, outcome): (usize, Outcome)| match self.outcomes {
            Outcomes::Alike => place,
            Outcomes::Apart => place + outcome as usize,
        };
        furthest.into_iter().map(place).collect()
    }
}

fn number(hit: Hit<'_>) -> usize {
    hit.number
}

/// The search of a log family's rules, and of the indicators besides.
pub(crate) struct Hunting<'a> {
    pub(crate) rules: Plan<'a>,
    pub(crate) sought: Option<&'a Sought>,
    pub(crate) scratch: Scratch,
}

impl Search for Hunting<'_> {
    fn find(&mut self, text: &[u8], hits: &mut Vec<usize>) -> Wanted {
        let wanted = self.rules.find(text, hits);
        match self.sought {
            Some(sought) if sought.reads_all => Wanted::All,
            Some(sought) if wanted == Wanted::Hits => {
                sought.search.search(text, hits);
                Wanted::Hits
            }
            _ => wanted,
        }
    }

    fn weigh(&mut self, row: &[u8]) -> Weighed<'_> {
        let Self { rules, sought, scratch } = self;
        match (rules.weigh(row), sought) {
            (Weighed::Drop, Some(sought)) => {
                let may_hold = sought.reads_all
                    || match sought.search.rules_for(row, scratch) {
                        Candidates::All => true,
                        Candidates::Listed => !scratch.rules.is_empty(),
                    };
                if may_hold { Weighed::Keep(Some(&[])) } else { Weighed::Drop }
            }
            (weighed, _) => weighed,
        }
    }
}

impl RuleFacts {
    fn of_indicator(indicator: &Indicator, list: &str) -> Self {
        let about = &indicator.about;
        let shown = short(&indicator.value);
        let title = if about.description.en.is_empty() { &shown } else { &about.description.en };
        Self {
            reference: RuleRef {
                id: indicator.id.clone(),
                name: format!("{}:{shown}", indicator.kind.word()),
                title: title.clone(),
                source: list.to_owned(),
                author: None,
                licence: None,
            }
            .into(),
            severity: match about.confidence {
                Confidence::Low => Severity::Low,
                Confidence::Medium => Severity::Medium,
                Confidence::High => Severity::High,
            },
            stage: stage(indicator.kind, about.confidence),
            judged: about.confidence == Confidence::High,
            cve: about.cve.clone(),
            attack: Vec::new().into(),
            explanation: Explanation {
                name: Text::same(&shown),
                means: about.description.clone(),
                does_not_mean: about.false_positives.clone(),
                next: Text::default(),
            }
            .into(),
        }
    }
}

/// What is found of an attack on the machine itself was left there; what came over the network was tried. A list that is
/// not sure of its indicator says no more than that somebody may have tried.
const fn stage(kind: Kind, confidence: Confidence) -> Stage {
    match (confidence, kind) {
        (
            Confidence::High,
            Kind::Md5
            | Kind::Sha1
            | Kind::Sha256
            | Kind::Path
            | Kind::FileName
            | Kind::Account
            | Kind::Service
            | Kind::Task
            | Kind::Detection,
        ) => Stage::Implant,
        (Confidence::High, Kind::CommandLine) => Stage::Action,
        _ => Stage::Attempt,
    }
}
