//! What to do next: the steps that packs plan for the verdict, as far as they concern this case.

use std::collections::BTreeMap;

use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::affected::Affected;
use hikeshi_core::finding::Finding;
use hikeshi_core::report::{Expiring, Step};
use hikeshi_core::text::{Lang, Text};
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::defanged;
use hikeshi_core::verdict::Verdict;
use hikeshi_pack::Manifest;
use hikeshi_pack::manifest::{PlannedStep, When};

/// So many values are named in a step.
const NAMED: usize = 12;
/// The step that copies what is about to be deleted. Its words are those of the report.
const COPY_EXPIRING: &str = "copy-expiring";

/// What decides over steps.
pub(crate) struct Situation<'a> {
    pub(crate) verdict: Verdict,
    pub(crate) findings: &'a [Finding],
    pub(crate) actors: &'a [Actor],
    pub(crate) expiring: &'a [Expiring],
    pub(crate) affected: &'a Affected,
}

/// The steps for a case, in the order of urgency that packs give them. What is about to be lost comes first.
pub(crate) fn next_steps(manifests: &[&Manifest], situation: &Situation<'_>) -> Vec<Step> {
    let planned = manifests.iter().filter_map(|manifest| manifest.next_steps.get(&situation.verdict)).flatten();
    let concerning = planned.filter(|step| situation.calls_for(&step.when)).filter_map(|step| situation.fill(step));
    // What nobody will ask about need not be kept today.
    let urgent = (situation.verdict != Verdict::Clean).then(|| copy_expiring(situation.expiring)).flatten();
    urgent.into_iter().chain(concerning).collect()
}

/// What to do first of all.
pub(crate) fn first_words(manifests: &[&Manifest], situation: &Situation<'_>) -> Option<Text> {
    let all = manifests.iter().filter_map(|manifest| manifest.at_once.get(&situation.verdict)).flatten();
    all.filter(|words| situation.calls_for(&words.when)).map(|words| words.say.clone()).next()
}

fn copy_expiring(expiring: &[Expiring]) -> Option<Step> {
    let first = expiring.first()?;
    let names = |lang: Lang| lang.names(expiring.iter().map(|one| &one.title));
    let oldest = expiring.iter().map(|one| one.oldest).min()?;
    let deleted = expiring.iter().map(|one| one.oldest_deleted).min()?;
    let days_left = |until: Timestamp| until.calendar_days_since(first.as_of).max(0);
    let mut args = BTreeMap::from([
        ("kinds-en".to_owned(), names(Lang::En)),
        ("kinds-ja".to_owned(), names(Lang::Ja)),
        ("as-of".to_owned(), first.as_of.day()),
        ("oldest".to_owned(), oldest.day()),
        ("deleted".to_owned(), deleted.day()),
        ("days".to_owned(), days_left(deleted).to_string()),
    ]);
    let telling =
        expiring.iter().filter_map(|one| Some((one.telling?, one.telling_deleted?))).min_by_key(|(_, until)| *until);
    if let Some((telling, until)) = telling {
        args.insert("telling".to_owned(), telling.day());
        args.insert("telling-deleted".to_owned(), until.day());
        args.insert("telling-days".to_owned(), days_left(until).to_string());
    }
    Some(Step { id: COPY_EXPIRING.to_owned(), act: Text::default(), why: Text::default(), takes: None, args })
}

impl Situation<'_> {
    /// Whether this is a case that a step is for.
    fn calls_for(&self, when: &When) -> bool {
        let is_open = when.techniques.is_empty() && when.rules.is_empty();
        let found = |finding: &&Finding| {
            let of_technique = |wanted: &String| {
                finding.attack.iter().any(|technique| {
                    technique.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                })
            };
            when.techniques.iter().any(of_technique) || when.rules.contains(&finding.rule.name)
        };
        let states = || self.affected.servers.iter().map(|server| server.state).chain([self.affected.state]);
        if !when.affected.is_empty() && !states().any(|state| when.affected.contains(&state)) {
            return false;
        }
        is_open || self.findings.iter().filter(|finding| finding.weight().is_some()).any(|finding| found(&finding))
    }

    /// The step with what the case puts in; `None` where a step speaks of what there is none of.
    fn fill(&self, planned: &PlannedStep) -> Option<Step> {
        let mut act = planned.act.clone();
        let intruders = || self.actors.iter().filter(|actor| actor.kind == ActorKind::Intruder);
        let lists: [(&str, Vec<String>); 3] = [
            (
                "{addresses}",
                intruders().flat_map(|actor| actor.addresses.iter().map(|address| defanged(address))).collect(),
            ),
            ("{pages}", intruders().flat_map(|actor| actor.pages.clone()).collect()),
            ("{accounts}", intruders().flat_map(|actor| actor.accounts.clone()).collect()),
        ];
        for (mark, values) in lists {
            if !act.en.contains(mark) {
                continue;
            }
            if values.is_empty() {
                return None;
            }
            let more = if values.len() > NAMED { "…" } else { "" };
            let named: Vec<&str> = values.iter().take(NAMED).map(String::as_str).collect();
            let some = |lang: Lang| format!("{}{more}", lang.list(&named));
            act = Text::new(act.en.replace(mark, &some(Lang::En)), act.ja.replace(mark, &some(Lang::Ja)));
        }
        let PlannedStep { id, why, takes, .. } = planned.clone();
        Some(Step { id, act, why, takes, args: BTreeMap::new() })
    }
}
