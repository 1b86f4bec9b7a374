//! What anybody may do weighs more where an intruder did it: an account, a task, an archive in a shared folder.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::finding::{Finding, Severity, Stage};

use super::files::Files;
use super::{Clue, Draft, Homes, logged, nearest};
use crate::follow::Outcome;
use crate::judge::Case;

/// The findings, by place, that weigh little by themselves and are an intruder's: by his address, by a file that a finding
/// of his names, by the process that did it, or else by the time. Each is given to him.
pub(super) fn raise(case: &Case<'_>, homes: &Homes, drafts: &mut BTreeMap<usize, Draft>) -> Vec<usize> {
    let known = Known::new(case, &homes.weighing, drafts);
    let is_light = |finding: &Finding| finding.severity == Severity::Low && finding.stage >= Stage::Implant;
    let mut raised = Vec::new();
    for (place, finding) in case.findings.iter().enumerate().filter(|(_, finding)| is_light(finding)) {
        let of_tree = homes.of_trees.get(place).copied().flatten();
        let of_tree = of_tree.filter(|home| drafts.get(home).is_some_and(Draft::is_intruder));
        let Some(whose) = of_tree.or_else(|| known.whose(case, finding, drafts)) else { continue };
        // In order of time: what he does later from this address is his.
        if let Some(draft) = drafts.get_mut(&whose) {
            draft.clues.extend(finding.addresses.iter().cloned().map(Clue::Address));
        }
        raised.push((place, finding, whose));
    }
    // His moments grow when all is known, so that one light finding does not bring the next in.
    for (_, finding, whose) in &raised {
        if let Some(draft) = drafts.get_mut(whose) {
            draft.take(finding, finding.stage);
        }
    }
    let raised = raised.into_iter().map(|(place, ..)| place).collect();
    known.add_files(case, drafts);
    raised
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

    /// The intruder whose trace a light finding is. One from an address is his who works from there, or at that time from
    /// another address with a client of the same name.
    fn whose(&self, case: &Case<'_>, finding: &Finding, drafts: &BTreeMap<usize, Draft>) -> Option<usize> {
        let at_that_time = || nearest(drafts, finding.time?);
        if finding.addresses.is_empty() {
            // What was done with a file before he came was not done by him.
            let came_before = |home: &usize| {
                let came = drafts.get(home).and_then(|draft| draft.active.first);
                logged(finding).zip(came).is_none_or(|(time, came)| came <= time)
            };
            let by_file = self.files.owner_of(finding).filter(came_before);
            return by_file.or_else(at_that_time);
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
