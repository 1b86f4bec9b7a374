//! What anybody may do weighs more where an intruder did it: an account, a task, an archive in a shared folder.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::finding::{Finding, Severity, Stage};
use hikeshi_core::time::Timestamp;

use super::files::Files;
use super::{Clue, Draft, Homes, NEAR_SECONDS, logged, nearest};
use crate::follow::Outcome;
use crate::judge::Case;

/// Lines of a history that are so near were typed together.
const LINES_BESIDE: u64 = 8;
/// Where PowerShell keeps what is typed. Source: <https://learn.microsoft.com/en-us/powershell/module/psreadline/about/about_psreadline>.
const HISTORY: &str = "_history.txt";

/// The findings, by place, that weigh little by themselves and are an intruder's: by his address, by a file that a finding
/// of his names, by the process that did it, by what was typed beside it, or else by the time. Each is given to him.
pub(super) fn raise(case: &Case<'_>, homes: &Homes, drafts: &mut BTreeMap<usize, Draft>) -> Vec<usize> {
    let known = Known::new(case, &homes.weighing, drafts);
    let is_light = |finding: &Finding| finding.severity == Severity::Low && finding.stage >= Stage::Implant;
    let light: Vec<_> = case.findings.iter().enumerate().filter(|(_, finding)| is_light(finding)).collect();
    let surely = |(place, finding): &(usize, &Finding)| {
        let of_tree = homes.of_trees.get(*place).copied().flatten();
        let of_tree = of_tree.filter(|home| drafts.get(home).is_some_and(Draft::is_intruder));
        of_tree.or_else(|| known.by_file(finding, drafts))
    };
    let surely: Vec<Option<usize>> = light.iter().map(surely).collect();
    for ((_, finding), owner) in light.iter().zip(&surely) {
        if let Some(draft) = owner.and_then(|owner| drafts.get_mut(&owner)) {
            draft.was_there(finding);
        }
    }
    let mut raised = Vec::new();
    for ((place, finding), owner) in light.iter().zip(surely) {
        let Some(whose) = owner.or_else(|| known.whose(case, finding, drafts)) else { continue };
        // In order of time: what he does later from this address is his.
        if let Some(draft) = drafts.get_mut(&whose) {
            draft.clues.extend(finding.addresses.iter().cloned().map(Clue::Address));
        }
        raised.push((*place, *finding, whose));
    }
    // His moments grow when all is known, so that one light finding does not bring the next in.
    for (_, finding, whose) in &raised {
        if let Some(draft) = drafts.get_mut(whose) {
            draft.take(finding, finding.stage);
        }
    }
    let mut raised: BTreeSet<usize> = raised.into_iter().map(|(place, ..)| place).collect();
    if drafts.values().any(Draft::is_intruder) {
        raised.extend(unowned(case, &homes.weighing, &light));
        raised.extend(typed_beside(case, &raised, &light));
    }
    known.add_files(case, drafts);
    raised.into_iter().collect()
}

impl Draft {
    /// A light finding that is surely his tells when he was at work, too, as long as he is known to have been: whoever clears
    /// up afterwards has his files in hand.
    fn was_there(&mut self, finding: &Finding) {
        let is_between = |time: &Timestamp| {
            self.active.first.is_some_and(|first| first <= *time) && self.active.last.is_some_and(|last| *time <= last)
        };
        self.moments.extend(logged(finding).filter(is_between));
    }
}

/// Light findings near grave ones of which nobody knows whose they are, on a machine where an intruder was.
fn unowned(case: &Case<'_>, homes: &[Option<usize>], light: &[(usize, &Finding)]) -> Vec<usize> {
    let is_grave = |finding: &Finding| {
        finding.severity >= Severity::High && finding.weight().is_some_and(|stage| stage >= Stage::Implant)
    };
    let grave = case.findings.iter().zip(homes).filter(|(finding, home)| home.is_none() && is_grave(finding));
    let moments: BTreeSet<Timestamp> = grave.filter_map(|(finding, _)| logged(finding)).collect();
    let is_near = |time: Timestamp| {
        moments.range(time.plus_seconds(-NEAR_SECONDS)..=time.plus_seconds(NEAR_SECONDS)).next().is_some()
    };
    let near = light.iter().filter(|(_, finding)| finding.addresses.is_empty() && finding.time.is_some_and(is_near));
    near.map(|(place, _)| *place).collect()
}

/// Light lines of an account's history that were typed beside lines that weigh. They have no time.
fn typed_beside(case: &Case<'_>, raised: &BTreeSet<usize>, light: &[(usize, &Finding)]) -> Vec<usize> {
    let weighs = |finding: &Finding| finding.weight().is_some_and(|stage| stage >= Stage::Implant);
    let is_his = |(place, finding): &(usize, &Finding)| raised.contains(place) || weighs(finding);
    let typed_by_him: BTreeSet<(&str, u64)> =
        case.findings.iter().enumerate().filter(is_his).filter_map(|(_, finding)| typed(finding)).collect();
    let is_beside = |(path, line): (&str, u64)| {
        let lines = (path, line.saturating_sub(LINES_BESIDE))..=(path, line.saturating_add(LINES_BESIDE));
        typed_by_him.range(lines).next().is_some()
    };
    light.iter().filter(|(_, finding)| typed(finding).is_some_and(is_beside)).map(|(place, _)| *place).collect()
}

/// The history and the line of a command that somebody typed.
fn typed(finding: &Finding) -> Option<(&str, u64)> {
    let evidence = &finding.evidence;
    let is_history = evidence.path.to_lowercase().ends_with(HISTORY) && finding.time.is_none();
    is_history.then_some((evidence.path.as_str(), evidence.line.or(evidence.record)?))
}

/// What findings of intruders name.
struct Known<'c> {
    files: Files<'c>,
    /// What their clients called themselves.
    agents: BTreeSet<(usize, Clue)>,
}

impl<'c> Known<'c> {
    fn new(case: &Case<'c>, homes: &[Option<usize>], drafts: &BTreeMap<usize, Draft>) -> Self {
        let mut known = Self { files: Files::new(case), agents: BTreeSet::new() };
        for (finding, home) in case.findings.iter().zip(homes) {
            let Some(home) = home.filter(|home| drafts.get(home).is_some_and(Draft::is_intruder)) else { continue };
            known.agents.extend(case.trail.agents_of(finding).map(|agent| (home, agent)));
            known.files.add(finding, home);
        }
        known
    }

    /// What else was found of an intruder's files is his.
    fn add_files(&self, case: &Case<'_>, drafts: &mut BTreeMap<usize, Draft>) {
        let Some(followed) = case.followed else { return };
        for (number, lead) in followed.leads.iter().enumerate() {
            let (Clue::File(path) | Clue::Folder(path)) = &lead.clue else { continue };
            let total = followed.total(number, Outcome::Named, case.found);
            let rule = total.and_then(|total| case.rules.get(total.rule));
            let draft = self.files.owner(path).and_then(|home| drafts.get_mut(&home));
            if let (Some(rule), Some(draft)) = (rule, draft) {
                draft.rules.insert(rule.reference.name.clone());
            }
        }
    }

    /// The intruder whose file a light finding without an address names. What was done with a file before he came was not
    /// done by him.
    fn by_file(&self, finding: &Finding, drafts: &BTreeMap<usize, Draft>) -> Option<usize> {
        let came_before = |home: &usize| {
            let came = drafts.get(home).and_then(|draft| draft.active.first);
            logged(finding).zip(came).is_none_or(|(time, came)| came <= time)
        };
        self.files.owner_of(finding).filter(|home| finding.addresses.is_empty() && came_before(home))
    }

    /// The intruder to whose page settings of the web server lead.
    fn by_page(case: &Case<'_>, finding: &Finding, drafts: &BTreeMap<usize, Draft>) -> Option<usize> {
        if finding.time.is_some() {
            return None;
        }
        let named = case.trail.pages_named(finding);
        let has_one = |draft: &Draft| draft.is_intruder() && named.iter().any(|page| draft.clues.contains(page));
        drafts.iter().find(|(_, draft)| has_one(draft)).map(|(number, _)| *number)
    }

    /// The intruder whose trace a light finding is, where neither a process nor a file tells. One from an address is his who works from there, or at that time from
    /// another address with a client of the same name.
    fn whose(&self, case: &Case<'_>, finding: &Finding, drafts: &BTreeMap<usize, Draft>) -> Option<usize> {
        let at_that_time = || nearest(drafts, finding.time?);
        if finding.addresses.is_empty() {
            let by_page = || Self::by_page(case, finding, drafts);
            let by_folder = || self.files.owner_of_folder(finding).filter(|_| finding.time.is_none());
            return by_page().or_else(by_folder).or_else(at_that_time);
        }
        let works_from = |draft: &Draft| {
            finding.addresses.iter().any(|address| draft.clues.contains(&Clue::Address(address.clone())))
        };
        let by_address = drafts.iter().find(|(_, draft)| draft.is_intruder() && works_from(draft));
        by_address.map(|(number, _)| *number).or_else(|| {
            let nearest = at_that_time()?;
            case.trail.agents_of(finding).any(|agent| self.agents.contains(&(nearest, agent))).then_some(nearest)
        })
    }
}
