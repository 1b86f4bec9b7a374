//! The second pass of a run: reads the evidence once more for what the findings lead to.

use std::collections::BTreeSet;
use std::sync::Arc;

use hikeshi_core::channel::Channel;
use hikeshi_core::finding::Stage;
use hikeshi_evidence::worker::Setup;

use super::recall::Recall;
use super::{Bench, Halt, Progress, State};
use crate::affected::Products;
use crate::collect::{Found, RuleTotal};
use crate::correlate::Watch;
use crate::follow::{Followed, Lineage, Outcome, Pursuit, Trail, leads};
use crate::program::{Program, RuleFacts};
use crate::records::RecordProgram;
use crate::sought::Sought;
use crate::yara::YaraPlaces;

/// What the second pass knew.
pub(super) struct Chase {
    /// All rules of the run, and those of the leads.
    pub(super) facts: Vec<RuleFacts>,
    pub(super) followed: Followed,
}

impl<'a> Bench<'a> {
    /// Names of clients in findings, and what leads nowhere.
    pub(super) fn trail(&self) -> Trail<'_> {
        let agents = self.programs.iter().filter_map(|program| program.family.roles.agent.as_ref());
        Trail {
            agents: agents.map(|column| column.to_lowercase()).collect(),
            roots: self.places.iter().flat_map(|place| &place.site_roots).map(String::as_str).collect(),
            known_good: &self.known_good,
        }
    }

    /// Follows what was found through all the evidence. What comes of it joins the findings.
    pub(super) fn follow(
        &self,
        found: &mut Found,
        state: &mut State,
        recall: &Recall<'_>,
        progress: &dyn Progress,
        halt: &Arc<Halt>,
    ) -> Option<Chase> {
        let mut facts = self.facts.clone();
        let (mut followed, sought) = Followed::new(leads(&found.findings, &self.trail()), &mut facts);
        let pursuit = Pursuit::new(std::mem::take(&mut state.processes), &found.findings, followed.files(), &mut facts);
        if (sought.is_none() && pursuit.count() == 0) || halt.asked() {
            return None;
        }
        let count = followed.leads.len() + pursuit.count();
        let listing = recall.listing;
        let bytes = listing.files.iter().map(|file| file.bytes).sum();
        progress.following(count, listing.files.len() as u64, bytes);
        let mut second = self.seeking(facts, sought, pursuit);
        let mut seen = second.read_all(recall, progress, halt);
        followed.lineage = Lineage::new(second.pursuit.take().unwrap_or_default(), std::mem::take(&mut seen.processes));
        found.join(std::mem::take(&mut seen.collected).finish());
        state.members.extend(seen.members);
        let intruders = intruders(&found.rules, &second.facts, &followed);
        followed.drop_common(found, &second.facts, &intruders);
        Some(Chase { facts: second.facts, followed })
    }

    /// The same for the same files, with nothing but leads to look for.
    fn seeking(&self, facts: Vec<RuleFacts>, sought: Option<Sought>, pursuit: Pursuit) -> Self {
        let families = || self.programs.iter().map(|program| program.family.clone());
        let programs = families().map(|family| Program::compile(family, &[], &[])).collect();
        let channels: Vec<&Channel> = self.packs.iter().flat_map(|pack| &pack.channels).collect();
        let outputs = &self.setup.outputs;
        Self {
            packs: self.packs,
            threads: self.threads,
            mode: self.mode,
            version: self.version.clone(),
            rules: Vec::new(),
            facts,
            records: RecordProgram::compile(&[], &channels, outputs, &self.families()),
            kinds: Arc::clone(&self.kinds),
            recogniser: Arc::clone(&self.recogniser),
            programs,
            watch: Watch::new(&[], &mut Vec::new()),
            places: Arc::clone(&self.places),
            tops: self.tops.clone(),
            known_good: Arc::clone(&self.known_good),
            workers: Arc::clone(&self.workers),
            setup: Arc::new(Setup {
                passwords: self.setup.passwords.clone(),
                outputs: outputs.clone(),
                ..Setup::default()
            }),
            yara: YaraPlaces::new(&[], &mut Vec::new(), &mut Vec::new()),
            sought,
            pursuit: Some(pursuit),
            // What builds there are was seen the first time.
            products: Products::new(&[], &mut Vec::new()),
            looks_at_all: false,
            scope: self.scope.clone(),
            time_zone: None,
            country: None,
            skipped: Vec::new(),
        }
    }
}

/// Addresses from which something worked, or that used a page.
fn intruders(found: &[RuleTotal], facts: &[RuleFacts], followed: &Followed) -> BTreeSet<String> {
    let worked = |total: &&RuleTotal| total.weight(facts).is_some_and(|stage| stage >= Stage::Exploitation);
    let used = (0..followed.leads.len()).filter_map(|lead| followed.total(lead, Outcome::Used, found));
    found.iter().filter(worked).chain(used).flat_map(|total| total.addresses.keys().cloned()).collect()
}
