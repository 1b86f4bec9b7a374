//! The programs that an intruder's processes started, as chains from the first to the last.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use crate::judge::Case;

/// Chains kept of one actor.
const KEPT: usize = 1_000;
/// Chains listed of one actor.
const LISTED: usize = 50;

/// Gives each actor the chains of his trees of processes. `homes` are, by place of the finding, whose tree it is of.
pub(super) fn add(case: &Case<'_>, homes: &[Option<usize>], drafts: &mut BTreeMap<usize, Draft>) {
    let Some(followed) = case.followed else { return };
    for (finding, home) in case.findings.iter().zip(homes) {
        let Some(draft) = home.and_then(|home| drafts.get_mut(&home)) else { continue };
        draft.programs.extend(followed.lineage.chain(finding).filter(|_| draft.programs.len() < KEPT));
    }
}

/// In order of spelling, without those that others go on from; and how many more there are.
pub(super) fn listed(chains: &BTreeSet<String>) -> (Vec<String>, u64) {
    let goes_on = |chain: &String, next: &String| next.strip_prefix(chain).is_some_and(|rest| rest.starts_with(' '));
    let mut listed: Vec<String> = Vec::new();
    for chain in chains {
        if listed.last().is_some_and(|last| goes_on(last, chain)) {
            listed.pop();
        }
        listed.push(chain.clone());
    }
    let more = listed.len().saturating_sub(LISTED) as u64;
    listed.truncate(LISTED);
    (listed, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_goes_on_is_listed_once() {
        let chains = ["w → cmd", "w → cmd → net", "w → cmd → net → net1", "w → cmd → sc", "w → cmd2"];
        let chains: BTreeSet<String> = chains.map(str::to_owned).into();
        let own = ["w → cmd → net → net1", "w → cmd → sc", "w → cmd2"].map(str::to_owned).to_vec();
        assert_eq!(listed(&chains), (own, 0));
        let chains: BTreeSet<String> = (0..LISTED + 7).map(|number| format!("w → {number}")).collect();
        assert_eq!((listed(&chains).0.len(), listed(&chains).1), (LISTED, 7));
    }
}
