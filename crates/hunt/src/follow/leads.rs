//! Which findings lead somewhere, and where.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use hikeshi_core::finding::{Finding, Stage};

use super::files::{files, own_folders};
use super::{Clue, Lead, Page};
use crate::known_good::KnownGood;

/// More leads than this are not followed, so that the second pass stays a search.
pub(crate) const MOST_LEADS: usize = 120;
/// The same of files and folders, which are many where much was dropped.
const MOST_FILES: usize = 60;
/// A client's name that is shorter tells nothing.
const SHORTEST_AGENT: usize = 6;
/// ATT&CK's technique of making accounts. Source: <https://attack.mitre.org/techniques/T1136/>.
const ACCOUNT_MADE: &str = "T1136";
/// Fields with the account that was made, in Windows' events and in records of local accounts.
const ACCOUNT_FIELDS: [&str; 3] = ["TargetUserName", "SamAccountName", "Name"];

/// What leads are looked for with.
pub(crate) struct Trail<'a> {
    /// Columns with clients' names, in lower case.
    pub(crate) agents: BTreeSet<String>,
    /// Folders that are the root of a site.
    pub(crate) roots: BTreeSet<&'a str>,
    /// What products ship, by place: their own pages lead nowhere.
    pub(crate) known_good: &'a BTreeMap<String, KnownGood>,
}

impl Trail<'_> {
    /// The clues of a finding; none where nothing worked.
    pub(crate) fn clues(&self, finding: &Finding) -> BTreeSet<Clue> {
        let mut clues = BTreeSet::new();
        if finding.weight().is_none_or(|stage| stage < Stage::Exploitation) {
            return clues;
        }
        clues
            .extend(finding.addresses.iter().filter(|address| comes_from_outside(address)).cloned().map(Clue::Address));
        let path = unflattened(&finding.evidence.path);
        let texts = finding.fields.values().map(String::as_str).chain([&*path]);
        let pages = texts.flat_map(|text| Page::all_in(text, &self.roots)).filter(|page| !self.is_shipped(page));
        clues.extend(pages.map(Clue::Page));
        clues.extend(self.in_site(finding, &path).map(Clue::Page));
        clues.extend(self.agents_of(finding));
        if finding.weight().is_some_and(|stage| stage >= Stage::Implant) {
            clues.extend(files(finding).into_iter().map(Clue::File));
        }
        for (name, value) in &finding.fields {
            if finding.attack.iter().any(|technique| technique.starts_with(ACCOUNT_MADE))
                && ACCOUNT_FIELDS.contains(&name.as_str())
            {
                clues.insert(Clue::Account(value.clone()));
            }
        }
        clues
    }

    /// What the client of a finding called itself.
    pub(crate) fn agents_of(&self, finding: &Finding) -> impl Iterator<Item = Clue> {
        let named = |(name, value): &(&String, &String)| {
            self.agents.contains(&name.to_lowercase()) && value.len() >= SHORTEST_AGENT
        };
        finding.fields.iter().filter(named).map(|(_, value)| Clue::Agent(spaced(value)))
    }

    /// The pages that a file of settings names.
    pub(crate) fn pages_named(&self, finding: &Finding) -> Vec<Clue> {
        let pages = finding.fields.values().flat_map(|text| Page::all_in(text, &self.roots));
        pages.map(|page| Clue::Page(page.beside(&finding.evidence.path))).collect()
    }

    /// The file that a finding is about, where it lies in a site: a page of any ending, or what was put there to be fetched.
    fn in_site(&self, finding: &Finding, path: &str) -> Option<Page> {
        let is_file = finding.evidence.line.is_none() && finding.evidence.record.is_none();
        let page = Page::of_file(path, &self.roots).filter(|page| is_file && !self.is_shipped(page))?;
        (page.is_run() || finding.weight() == Some(Stage::Action)).then_some(page)
    }

    fn is_shipped(&self, page: &Page) -> bool {
        KnownGood::any_has_name(self.known_good, page.name())
    }
}

/// What findings lead to, the furthest stage first, [`MOST_LEADS`] and [`MOST_FILES`] at most; and how many more there are.
pub(crate) fn leads(findings: &[Finding], trail: &Trail<'_>) -> (Vec<Lead>, usize) {
    let mut by_clue: BTreeMap<Clue, Lead> = BTreeMap::new();
    for finding in findings {
        for clue in trail.clues(finding) {
            let stage = finding.weight().unwrap_or(Stage::Attempt);
            let lead = by_clue.entry(clue.clone()).or_insert_with(|| Lead { clue, stage, from: BTreeSet::new() });
            lead.stage = lead.stage.max(stage);
            lead.from.insert(finding.rule.name.clone());
        }
    }
    let (files, mut leads): (Vec<Lead>, Vec<Lead>) =
        by_clue.into_values().partition(|lead| matches!(lead.clue, Clue::File(_)));
    // Stable: of one stage, pages come before accounts, addresses and clients' names, and folders before their files.
    let mut files = [folders(&files, trail), files].concat();
    for leads in [&mut leads, &mut files] {
        leads.sort_by_key(|lead| std::cmp::Reverse(lead.stage));
    }
    let more = leads.len().saturating_sub(MOST_LEADS) + files.len().saturating_sub(MOST_FILES);
    leads.truncate(MOST_LEADS);
    files.truncate(MOST_FILES);
    leads.extend(files);
    (leads, more)
}

/// The folders that are an intruder's own, by his files.
fn folders(files: &[Lead], trail: &Trail<'_>) -> Vec<Lead> {
    let paths = || files.iter().filter_map(|lead| Some((lead.clue.file()?, lead)));
    let of_folder = |folder: String| {
        let inside = || paths().filter(|(path, _)| path.starts_with(&folder)).map(|(_, lead)| lead);
        let stage = inside().map(|lead| lead.stage).max().unwrap_or(Stage::Implant);
        let from = inside().flat_map(|lead| lead.from.clone()).collect();
        Lead { clue: Clue::Folder(folder), stage, from }
    };
    own_folders(paths().map(|(path, _)| path), &trail.roots).into_iter().map(of_folder).collect()
}

/// The path of a file whose collection has made its whole path into its name: `C_sites_www_odd.aspx`.
fn unflattened(path: &str) -> Cow<'_, str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_flat = name.get(1..2) == Some("_") && name.matches('_').count() > 1;
    if is_flat { Cow::Owned(name.replace('_', "/")) } else { Cow::Borrowed(path) }
}

/// A client's name as it was sent: some logs write `+` for a blank.
fn spaced(agent: &str) -> String {
    if agent.contains(' ') { agent.to_owned() } else { agent.replace('+', " ") }
}

/// Whether an address can be one outside. One inside is often a proxy, through which everybody comes.
fn comes_from_outside(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(address)) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified())
        }
        Ok(IpAddr::V6(address)) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_name_is_a_path() {
        assert_eq!(unflattened("EX01/C_Program Files_owa_auth_x.aspx"), "C/Program Files/owa/auth/x.aspx");
        assert_eq!(unflattened("EX01/owa_auth/x_y.aspx"), "EX01/owa_auth/x_y.aspx");
    }

    #[test]
    fn addresses_inside_are_not_followed() {
        for (address, outside) in [
            ("203.0.113.7", true),
            ("10.1.2.3", false),
            ("192.168.0.9", false),
            ("::1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("2001:db8::1", true),
            ("x", false),
        ] {
            assert_eq!(comes_from_outside(address), outside, "{address}");
        }
    }
}
