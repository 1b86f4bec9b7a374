//! Indicators as rules of a run: where they are looked for in rows, records and paths, and what a match weighs.

use std::collections::{BTreeMap, HashMap};

use hikeshi_core::family::{Family, Roles};
use hikeshi_core::finding::{Explanation, RuleRef, Severity, Stage};
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::reader::{Hit as Place, Search, Wanted, Weighed};
use hikeshi_evidence::record::{Record, Topic, Value};
use hikeshi_evidence::row::Row;
use hikeshi_pack::Pack;

use crate::decode;
use crate::follow::{self, Outcome};
use crate::indicators::{self, Compiled, Confidence, Hit, Indicator, Kind, Loaded, Role, compile};
use crate::literals::Group;
use crate::prefilter::{Candidates, Escapes, Plan, Prefilter, Scratch};
use crate::program::{Program, RuleFacts};
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

/// The source of what a pack brings begins with this; its id follows.
const OF_PACK: &str = "pack:";

impl IndicatorBook {
    /// The indicators of a pack, a book for each of its files.
    #[must_use]
    pub fn of_pack(pack: &Pack) -> Vec<Self> {
        let source = format!("{OF_PACK}{}", pack.manifest.id);
        let read = |(path, text): &(String, String)| {
            let loaded = indicators::read(&format!("{source}/{path}"), text.as_bytes());
            Self { source: source.clone(), loaded }
        };
        pack.indicators.iter().map(read).collect()
    }

    fn is_of_pack(&self) -> bool {
        self.source.starts_with(OF_PACK)
    }
}

/// All indicators of a run.
pub(crate) struct Sought {
    compiled: Compiled,
    /// For each indicator, the place among all rules of what it stands for.
    places: Vec<usize>,
    outcomes: Outcomes,
    rows: Rows,
    /// Some indicator has no text to search for: every row is looked at.
    reads_all: bool,
    /// Some indicator that somebody gave is a hash: every file is looked at. Hashes of packs are looked for where the pack
    /// looks anyway, so that a check without them does not read a whole disk.
    pub(crate) has_hashes: bool,
}

/// Who points at the rows that may hold an indicator.
enum Rows {
    /// A search of its own: whoever gives a list wants it found behind escapes too, in whatever log.
    Own(Box<Prefilter>),
    /// The search for the rules of each family, which looks for these texts besides and costs no more for it.
    Shared(Vec<Vec<Group>>),
}

impl Sought {
    /// Takes in all books, and appends what is known of each indicator to `facts`; `None` where there are none.
    pub(crate) fn new(
        books: Vec<IndicatorBook>,
        facts: &mut Vec<RuleFacts>,
        skipped: &mut Vec<RuleSkipped>,
    ) -> Option<Self> {
        let base = facts.len();
        let mut indicators = Vec::new();
        let is_asked =
            |book: &IndicatorBook| !book.is_of_pack() && book.loaded.indicators.iter().any(|one| one.kind.is_hash());
        let has_hashes = books.iter().any(is_asked);
        let are_of_packs = books.iter().all(IndicatorBook::is_of_pack);
        for book in books {
            let giver = if book.is_of_pack() { Giver::Pack } else { Giver::Person };
            let IndicatorBook { source, loaded } = book;
            for one in &loaded.left_out {
                skipped.push(RuleSkipped { path: format!("{source}, {}", one.place), reason: one.told() });
            }
            facts.extend(loaded.indicators.iter().map(|indicator| RuleFacts::of_indicator(indicator, &source, giver)));
            indicators.extend(loaded.indicators);
        }
        let places = (base..base + indicators.len()).collect();
        Self::of(indicators, places, Outcomes::Alike, are_of_packs).map(|sought| Self { has_hashes, ..sought })
    }

    /// Looks for leads, each by some indicators; `None` where there are none.
    pub(crate) fn of_leads(leads: Vec<(usize, Indicator)>, base: usize) -> Option<Self> {
        let places = leads.iter().map(|(lead, _)| follow::place(base, *lead, Outcome::Used)).collect();
        Self::of(leads.into_iter().map(|(_, indicator)| indicator).collect(), places, Outcomes::Apart, false)
    }

    fn of(indicators: Vec<Indicator>, places: Vec<usize>, outcomes: Outcomes, are_of_packs: bool) -> Option<Self> {
        if indicators.is_empty() {
            return None;
        }
        let compiled = compile(indicators);
        let literals = compiled.literals();
        let reads_all = !literals.without.is_empty();
        let rows = if are_of_packs {
            Rows::Shared(literals.groups)
        } else {
            Rows::Own(Prefilter::new(&literals.groups, &[], Escapes::Decoded).into())
        };
        Some(Self { compiled, places, outcomes, rows, reads_all, has_hashes: false })
    }

    /// Whether an indicator may stand in a row that the search of a family has kept.
    pub(crate) fn may_be_in(&self, row: &Row<'_>, program: &Program) -> bool {
        self.reads_all || matches!(self.rows, Rows::Own(_)) || program.holds_besides(row)
    }

    /// The texts that the search of each family looks for besides its own, in groups.
    pub(crate) fn shared_texts(&self) -> &[Vec<Group>] {
        match &self.rows {
            Rows::Own(_) => &[],
            Rows::Shared(groups) => groups,
        }
    }

    /// The places of indicators that hold for a row, by its columns where they are sure.
    pub(crate) fn in_row(&self, row: &Row<'_>, family: &Family) -> Vec<usize> {
        let mut found = Vec::new();
        self.compiled.text(row.bytes, &mut |hit, _| found.push(hit.number));
        // A shared search sees behind escapes where the family does, so reading every row sees no more.
        let decodes = matches!(self.rows, Rows::Own(_)) || !family.decode.percent.is_empty();
        if decodes && let std::borrow::Cow::Owned(decoded) = decode::percent(row.bytes) {
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
    rules: Plan<'a>,
    sought: Option<&'a Sought>,
    scratch: Scratch,
    /// What the searches of rules and of indicators pointed at in a row.
    of_rules: Vec<Place>,
    of_indicators: Vec<Place>,
}

/// Tells what the search for indicators points at from what the search for rules does.
const OF_INDICATORS: u32 = 1 << 31;

impl<'a> Hunting<'a> {
    pub(crate) fn new(rules: Plan<'a>, sought: Option<&'a Sought>) -> Self {
        let (of_rules, of_indicators) = Default::default();
        Self { rules, sought, scratch: Scratch::default(), of_rules, of_indicators }
    }

    fn part(&mut self, hits: &[Place]) {
        self.of_rules.clear();
        self.of_indicators.clear();
        for hit in hits {
            let mark = hit.mark & !OF_INDICATORS;
            if mark == hit.mark { &mut self.of_rules } else { &mut self.of_indicators }.push(Place { mark, ..*hit });
        }
    }
}

impl Search for Hunting<'_> {
    fn find(&mut self, text: &[u8], hits: &mut Vec<Place>) -> Wanted {
        let wanted = self.rules.find(text, hits);
        match self.sought {
            Some(sought) if sought.reads_all => Wanted::All,
            Some(Sought { rows: Rows::Own(search), .. }) if wanted == Wanted::Hits => {
                let others = hits.len();
                search.search(text, hits, &mut self.scratch);
                hits.iter_mut().skip(others).for_each(|hit| hit.mark |= OF_INDICATORS);
                Wanted::Hits
            }
            _ => wanted,
        }
    }

    fn weigh(&mut self, row: &[u8], hits: &[Place]) -> Weighed<'_> {
        // Where rules and indicators share a search, all that was found is of rules.
        let are_mixed = matches!(self.sought, Some(Sought { rows: Rows::Own(_), .. }));
        if are_mixed {
            self.part(hits);
        }
        let Self { rules, sought, scratch, of_rules, of_indicators } = self;
        match (rules.weigh(row, if are_mixed { of_rules } else { hits }), sought) {
            (Weighed::Drop, Some(sought)) => {
                let may_hold = sought.reads_all
                    || match &sought.rows {
                        // The search of the rules would have kept it.
                        Rows::Shared(_) => false,
                        Rows::Own(search) => match search.rules_at(row, of_indicators, scratch) {
                            Candidates::All => true,
                            Candidates::Listed => !scratch.rules.is_empty(),
                        },
                    };
                if may_hold { Weighed::Keep(Some(&[])) } else { Weighed::Drop }
            }
            (weighed, _) => weighed,
        }
    }
}

impl RuleFacts {
    /// From an indicator that a pack brings.
    #[must_use]
    pub fn of_pack_indicator(indicator: &Indicator, list: &str) -> Self {
        Self::of_indicator(indicator, list, Giver::Pack)
    }

    fn of_indicator(indicator: &Indicator, list: &str, giver: Giver) -> Self {
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
            severity: severity(indicator.kind, about.confidence, giver),
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

/// Who brings an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Giver {
    /// Whoever runs the check, and means it.
    Person,
    /// A pack, in every check with it.
    Pack,
}

/// What an indicator weighs. An address, agent or name that a pack is not sure of needs one more sign, so it is context: many
/// people share it.
const fn severity(kind: Kind, confidence: Confidence, giver: Giver) -> Severity {
    match (confidence, giver) {
        (Confidence::Low, _) => Severity::Low,
        (Confidence::Medium, Giver::Pack) if !is_left_behind(kind) => Severity::Low,
        (Confidence::Medium, _) => Severity::Medium,
        (Confidence::High, _) => Severity::High,
    }
}

/// What is found of an attack on the machine itself was left there; what came over the network was tried. A list that is
/// not sure of its indicator says no more than that somebody may have tried.
const fn stage(kind: Kind, confidence: Confidence) -> Stage {
    match (confidence, kind) {
        (Confidence::High, kind) if is_left_behind(kind) => Stage::Implant,
        (Confidence::High, Kind::CommandLine) => Stage::Action,
        _ => Stage::Attempt,
    }
}

/// Kinds of what stays on a machine.
const fn is_left_behind(kind: Kind) -> bool {
    use Kind::{Account, Detection, FileName, Md5, Path, Service, Sha1, Sha256, Task};
    matches!(kind, Md5 | Sha1 | Sha256 | Path | FileName | Account | Service | Task | Detection)
}
