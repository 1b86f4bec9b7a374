//! Once more over the evidence: what was found leads to what else belongs to it. A web shell leads to the requests for it,
//! these to addresses, and an address to everything else that it did, in whatever log.

mod files;
mod leads;
mod pages;
mod processes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use hikeshi_core::finding::{Explanation, RuleRef, Severity, Stage};
use hikeshi_core::text::Text;
use serde::Deserialize;

use crate::collect::{Found, RuleTotal};
use crate::indicators::{About, Confidence, Draft, Indicator, Kind, Syntax};
use crate::program::RuleFacts;
use crate::sought::Sought;
pub(crate) use files::{files, folders, libraries};
pub(crate) use leads::{Trail, leads};
pub(crate) use pages::Page;
pub(crate) use processes::{Descent, Gathered, Lineage, Process, Pursuit, Sighting};

/// Something that may tell more of an intruder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Clue {
    /// A page that was put on the server.
    Page(Page),
    /// An account that was made.
    Account(String),
    /// An address from which the attack worked.
    Address(String),
    /// What a client called itself.
    Agent(String),
    /// A folder of his own, by its path in lower case with the last separator.
    Folder(String),
    /// A file outside the folders of installed programs, by its whole path in lower case.
    File(String),
    /// A process that was started. It is followed by [`Pursuit`], not by a search.
    Process(Box<Process>),
}

/// A clue that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lead {
    pub(crate) clue: Clue,
    /// The furthest stage of the findings that it comes from.
    pub(crate) stage: Stage,
    /// Names of the rules of these findings.
    pub(crate) from: BTreeSet<String>,
}

/// What a row says of a clue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// A page was asked to do something, and answered.
    Used,
    /// A page was asked for, and answered.
    Answered,
    /// It is named, or was asked for in vain.
    Named,
}

impl Outcome {
    pub(crate) const ALL: [Self; 3] = [Self::Used, Self::Answered, Self::Named];
}

/// The leads of a run, as rules of the second pass.
pub(crate) struct Followed {
    pub(crate) leads: Vec<Lead>,
    /// How many more there are that were not followed.
    pub(crate) more: usize,
    /// The place of the first of their rules among all.
    base: usize,
    /// What intruders' processes did, once all was read.
    pub(crate) lineage: Lineage,
}

impl Followed {
    /// Takes in the leads and appends what is known of each to `facts`; besides, the search for them.
    pub(crate) fn new((leads, more): (Vec<Lead>, usize), facts: &mut Vec<RuleFacts>) -> (Self, Option<Sought>) {
        let base = facts.len();
        let mut sought: Vec<(usize, Indicator)> = Vec::new();
        for (number, lead) in leads.iter().enumerate() {
            facts.extend(Outcome::ALL.map(|outcome| of_lead(lead, outcome)));
            // A value that does not pass as an indicator, such as one that many machines show, leads nowhere.
            sought.extend(lead.clue.drafts().into_iter().filter_map(|draft| Some((number, draft.admit().ok()?))));
        }
        let sought = Sought::of_leads(sought, base);
        (Self { leads, more, base, lineage: Lineage::default() }, sought)
    }

    /// The files and folders among the leads, by the place of the rule for a record that names one.
    pub(crate) fn files(&self) -> BTreeMap<usize, String> {
        let file = |(number, lead): (usize, &Lead)| match &lead.clue {
            Clue::File(path) | Clue::Folder(path) => Some((place(self.base, number, Outcome::Named), path.clone())),
            _ => None,
        };
        self.leads.iter().enumerate().filter_map(file).collect()
    }

    /// What the second pass found of a lead.
    pub(crate) fn total<'f>(&self, lead: usize, outcome: Outcome, found: &'f [RuleTotal]) -> Option<&'f RuleTotal> {
        let place = place(self.base, lead, outcome);
        found.iter().find(|total| total.rule == place)
    }

    /// Drops from what was found the clients' names that others use too: they lead nowhere.
    pub(crate) fn drop_common(&self, found: &mut Found, facts: &[RuleFacts], intruders: &BTreeSet<String>) {
        let agents = self.leads.iter().enumerate().filter(|(_, lead)| matches!(lead.clue, Clue::Agent(_)));
        let common =
            agents.flat_map(|(number, _)| Outcome::ALL.map(|outcome| (number, outcome))).filter(|(number, outcome)| {
                let total = self.total(*number, *outcome, &found.rules);
                total.is_some_and(|total| !total.addresses.keys().all(|address| intruders.contains(address)))
            });
        let common: BTreeSet<usize> = common.map(|(number, outcome)| place(self.base, number, outcome)).collect();
        let names: BTreeSet<&str> =
            common.iter().filter_map(|place| facts.get(*place)).map(|facts| &*facts.reference.name).collect();
        found.findings.retain(|finding| !names.contains(&*finding.rule.name));
        found.totals.retain(|total| !names.contains(&*total.rule));
        found.rules.retain(|total| !common.contains(&total.rule));
    }
}

/// The place of a lead's rule among all rules.
pub(crate) fn place(base: usize, lead: usize, outcome: Outcome) -> usize {
    base + lead * Outcome::ALL.len() + outcome as usize
}

impl Clue {
    /// The kind of clue, as rule names and words call it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Page(page) if page.is_run() => "page",
            Self::Page(_) => "data",
            Self::Account(_) => "account",
            Self::Address(_) => "address",
            Self::Agent(_) => "agent",
            Self::Folder(_) => "folder",
            Self::File(_) => "file",
            Self::Process(_) => "process",
        }
    }

    /// The value, for people.
    pub(crate) fn value(&self) -> String {
        match self {
            Self::Page(page) => page.to_string(),
            Self::Account(value)
            | Self::Address(value)
            | Self::Agent(value)
            | Self::Folder(value)
            | Self::File(value) => value.clone(),
            Self::Process(process) => process.to_string(),
        }
    }

    /// The path of a file.
    pub(crate) fn file(&self) -> Option<&str> {
        if let Self::File(path) = self { Some(path) } else { None }
    }

    /// The indicators that look for it.
    fn drafts(&self) -> Vec<Draft> {
        let draft = |kind, syntax, value: String| Draft {
            id: value.clone(),
            kind,
            syntax,
            value,
            except: None,
            method: None,
            about: Arc::new(About { confidence: Confidence::Low, ..About::from_source("follow") }),
        };
        match self {
            Self::Page(page) => {
                let requests = draft(Kind::UriPath, Syntax::Regex, page.requested());
                let named = page.on_disk().map(|path| draft(Kind::Keyword, Syntax::Literal, path));
                named.into_iter().chain([requests]).collect()
            }
            Self::Account(name) => vec![draft(Kind::Account, Syntax::Literal, name.clone())],
            Self::Address(address) => vec![draft(Kind::Address, Syntax::Literal, address.clone())],
            Self::Agent(agent) => vec![draft(Kind::UserAgent, Syntax::Literal, agent.clone())],
            Self::Folder(path) => vec![
                draft(Kind::Path, Syntax::Glob, format!("{path}**")),
                draft(Kind::Keyword, Syntax::Literal, path.clone()),
            ],
            Self::File(path) => {
                [Kind::Path, Kind::Keyword].map(|kind| draft(kind, Syntax::Literal, path.clone())).into()
            }
            Self::Process(_) => Vec::new(),
        }
    }
}

/// Words for what is found by following a clue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meaning {
    clue: String,
    outcome: String,
    name: Text,
    means: Text,
    not: Text,
    next: Text,
}

static MEANINGS: LazyLock<Vec<Meaning>> =
    LazyLock::new(|| yaml_serde::from_str(include_str!("follow/meanings.yaml")).unwrap_or_default());

/// What it means that something was found of a clue.
fn explanation(clue: &str, outcome: &str, value: &str) -> Explanation {
    let meaning = MEANINGS.iter().find(|meaning| meaning.clue == clue && meaning.outcome == outcome);
    meaning.map_or_else(Explanation::default, |meaning| Explanation {
        name: Text::new(meaning.name.en.replace("{value}", value), meaning.name.ja.replace("{value}", value)),
        means: meaning.means.clone(),
        does_not_mean: meaning.not.clone(),
        next: meaning.next.clone(),
    })
}

fn of_lead(lead: &Lead, outcome: Outcome) -> RuleFacts {
    let (word, value) = (lead.clue.word(), lead.clue.value());
    let outcome_word = match outcome {
        Outcome::Used => "used",
        Outcome::Answered => "answered",
        Outcome::Named => "named",
    };
    let name = format!("follow-{word}-{outcome_word}:{value}");
    let weight = match &lead.clue {
        Clue::Page(page) if page.is_run() && outcome == Outcome::Used && lead.stage >= Stage::Implant => {
            (Severity::High, Stage::Action, Some("T1505.003"))
        }
        // Data are handed out to whoever asks.
        Clue::Page(page) if outcome != Outcome::Named && !page.is_run() => {
            (Severity::Medium, Stage::Action, Some("T1041"))
        }
        // What names an intruder's file is his where it shows as his otherwise; see `actors::raise`.
        Clue::File(_) | Clue::Folder(_) => (Severity::Low, Stage::Implant, None),
        _ => (Severity::Informational, Stage::Reconnaissance, None),
    };
    of_following(name, explanation(word, outcome_word, &value), weight)
}

/// What is known of a rule for what following finds: its name and words; and how much it weighs, with the ATT&CK technique.
fn of_following(
    name: String,
    explanation: Explanation,
    (severity, stage, technique): (Severity, Stage, Option<&str>),
) -> RuleFacts {
    RuleFacts {
        reference: Arc::new(RuleRef {
            id: name.clone(),
            name,
            title: explanation.name.en.clone(),
            source: "follow".to_owned(),
            author: None,
            licence: None,
        }),
        severity,
        stage,
        judged: true,
        cve: Arc::default(),
        attack: technique.map(str::to_owned).into_iter().collect(),
        explanation: Arc::new(explanation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clue_has_words_in_both_languages_for_what_may_be_found_of_it() {
        let clues = [
            Clue::Page(Page::new("auth", "x1.aspx")),
            Clue::Page(Page::new("auth", "x1.png")),
            Clue::Account("a".into()),
            Clue::Address("a".into()),
            Clue::Agent("a".into()),
            Clue::Folder("a".into()),
            Clue::File("a".into()),
        ];
        for clue in clues {
            let lead = Lead { clue, stage: Stage::Implant, from: BTreeSet::new() };
            for outcome in Outcome::ALL {
                let is_possible = matches!(lead.clue, Clue::Page(_)) || outcome == Outcome::Named;
                let explanation = of_lead(&lead, outcome).explanation;
                assert_eq!(!explanation.name.en.is_empty(), is_possible, "{lead:?} {outcome:?}");
            }
        }
        for word in ["started", "did"] {
            assert!(!explanation("process", word, "").name.en.is_empty(), "{word}");
        }
        let texts = MEANINGS.iter().flat_map(|meaning| [&meaning.name, &meaning.means, &meaning.not, &meaning.next]);
        assert!(texts.into_iter().all(|text| !text.en.trim().is_empty() && !text.ja.trim().is_empty()));
    }
}
