//! What anybody may do weighs more where an intruder did it: an account, a task, an archive in a shared folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hikeshi_core::finding::{Finding, Severity, Stage};
use regex::Regex;

use super::{Clue, Draft, nearest};
use crate::judge::Case;

/// Files in folders to which more than installed programs write, as commands and records name them. Programs in other folders
/// are named by everybody.
const WRITTEN: &str = r#"(?i)[a-z]:\\(?:programdata|users|perflogs|temp|recovery|\$recycle\.bin|windows\\(?:temp|debug|tasks))\\[^\s"'<>|*?,;]+"#;

#[expect(clippy::expect_used, reason = "the expression stands above, and a test compiles it")]
static FILE: LazyLock<Regex> = LazyLock::new(|| Regex::new(WRITTEN).expect("the expression for files compiles"));

/// The findings, by place, that weigh little by themselves and are an intruder's: by his address, by a file that a finding
/// of his names, or else by the time. Each is given to him. `homes` are the actors of those that weigh enough.
pub(super) fn raise(case: &Case<'_>, homes: &[Option<usize>], drafts: &mut BTreeMap<usize, Draft>) -> Vec<usize> {
    let known = Known::new(case, homes, drafts);
    let is_light = |finding: &Finding| finding.severity == Severity::Low && finding.stage >= Stage::Implant;
    let mut raised = Vec::new();
    for (place, finding) in case.findings.iter().enumerate().filter(|(_, finding)| is_light(finding)) {
        let Some(whose) = known.whose(case, finding, drafts) else { continue };
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
    raised.into_iter().map(|(place, ..)| place).collect()
}

/// What findings of intruders name.
struct Known {
    /// Files, each with the first whose it is.
    files: BTreeMap<String, usize>,
    /// What their clients called themselves.
    agents: BTreeSet<(usize, Clue)>,
}

impl Known {
    fn new(case: &Case<'_>, homes: &[Option<usize>], drafts: &BTreeMap<usize, Draft>) -> Self {
        let mut known = Self { files: BTreeMap::new(), agents: BTreeSet::new() };
        for (finding, home) in case.findings.iter().zip(homes) {
            let Some(home) = home.filter(|home| drafts.get(home).is_some_and(Draft::is_intruder)) else { continue };
            known.agents.extend(case.trail.agents_of(finding).map(|agent| (home, agent)));
            if finding.weight().is_some_and(|stage| stage >= Stage::Implant) {
                for file in files(finding) {
                    known.files.entry(file).or_insert(home);
                }
            }
        }
        known
    }

    /// The intruder whose trace a light finding is. One from an address is his who works from there, or at that time from
    /// another address with a client of the same name.
    fn whose(&self, case: &Case<'_>, finding: &Finding, drafts: &BTreeMap<usize, Draft>) -> Option<usize> {
        let at_that_time = || nearest(drafts, finding.time?);
        if finding.addresses.is_empty() {
            let by_file = files(finding).iter().find_map(|file| self.files.get(file)).copied();
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

/// In lower case.
fn files(finding: &Finding) -> BTreeSet<String> {
    let texts = finding.fields.values();
    texts.flat_map(|text| FILE.find_iter(text)).map(|found| found.as_str().to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_those_that_not_only_programs_write() {
        let named = |text: &str| FILE.find_iter(text).map(|found| found.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(
            named(
                r#"C:\Users\Public\r.exe a "D:\ProgramData\x\b.rar" C:\Windows\System32\cmd.exe, c:\windows\temp\d.bin"#
            ),
            [r"C:\Users\Public\r.exe", r"D:\ProgramData\x\b.rar", r"c:\windows\temp\d.bin"]
        );
    }
}
