//! What to look for elsewhere: addresses, pages, accounts, names of clients and hashes that the findings show.

use std::collections::{BTreeMap, HashMap};
use std::io;

use hikeshi_core::actor::Actor;
use hikeshi_core::report::Report;
use hikeshi_core::untrusted::defanged;

use super::builder::Page;
use crate::facts::hash_of_file;
use crate::phrases::disarmed;

/// Indicators of one kind that are shown; beyond it they are counted.
const LISTED: usize = 200;

/// Something to look for, and where it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Indicator {
    value: String,
    seen: String,
}

/// Whether there is any.
pub(super) fn has_any(report: &Report) -> bool {
    !report.actors.is_empty() || !hashes(report).is_empty()
}

/// The hashes that telling findings name, each with the first place that shows it.
///
/// Those are values of hash fields, and the hash of a file that was found as a whole. The hash of a log says nothing elsewhere.
fn hashes(report: &Report) -> Vec<Indicator> {
    let mut hashes: BTreeMap<String, String> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.weight().is_some()) {
        let named =
            finding.fields.iter().filter(|(name, _)| is_hash_field(name)).flat_map(|(_, value)| hashes_in(value));
        for hash in named.chain(hash_of_file(finding).map(str::to_owned)) {
            hashes.entry(hash).or_insert_with(|| finding.evidence.place());
        }
    }
    hashes.into_iter().map(|(value, seen)| Indicator { value, seen }).collect()
}

fn is_hash_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["hash", "md5", "sha1", "sha256"].iter().any(|part| name.contains(part))
}

/// Hashes as fields write them: alone, or as `SHA256=…,MD5=…`.
fn hashes_in(value: &str) -> impl Iterator<Item = String> + '_ {
    value
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|part| matches!(part.len(), 32 | 40 | 64) && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_ascii_lowercase)
}

/// What the actors share, in their order: the intruders first.
fn of_actors<'r>(report: &'r Report, list: impl Fn(&'r Actor) -> &'r [String]) -> Vec<Indicator> {
    let (mut found, mut places): (Vec<Indicator>, HashMap<&str, usize>) = (Vec::new(), HashMap::new());
    for actor in &report.actors {
        for value in list(actor) {
            let place = *places.entry(value).or_insert(found.len());
            match found.get_mut(place) {
                Some(known) => known.seen += &format!(", {}", actor.id),
                None => found.push(Indicator { value: value.clone(), seen: actor.id.clone() }),
            }
        }
    }
    found
}

impl Page<'_> {
    pub(super) fn indicators(&mut self, report: &Report) -> io::Result<()> {
        if !has_any(report) {
            return Ok(());
        }
        let title = self.words.get("head-indicators");
        let addresses = of_actors(report, |actor| &actor.addresses);
        let addresses: Vec<_> =
            addresses.into_iter().map(|one| Indicator { value: defanged(&one.value), ..one }).collect();
        let beyond: u64 = report.actors.iter().map(|actor| actor.addresses_more).sum();
        self.section("indicators", &title, |page| {
            let text = page.words.get("indicators-how");
            page.leaf("p", &[("class", "hint")], &text)?;
            page.kind("actor-addresses", &addresses, beyond)?;
            page.kind("actor-pages", &of_actors(report, |actor| &actor.pages), 0)?;
            page.kind("actor-accounts", &of_actors(report, |actor| &actor.accounts), 0)?;
            page.kind("actor-agents", &of_actors(report, |actor| &actor.agents), 0)?;
            page.kind("indicator-hashes", &hashes(report), 0)
        })
    }

    fn kind(&mut self, key: &str, indicators: &[Indicator], beyond: u64) -> io::Result<()> {
        if indicators.is_empty() {
            return Ok(());
        }
        let headings = ["indicator-value", "indicator-seen"];
        let caption = self.words.get(key);
        self.table(&caption, &headings, |page| {
            indicators.iter().take(LISTED).try_for_each(|one| {
                page.inside("tr", &[], |page| {
                    page.inside("td", &[], |page| page.path(&disarmed(&one.value, &[])))?;
                    page.inside("td", &[], |page| page.path(&one.seen))
                })
            })
        })?;
        let all = indicators.len().saturating_add(usize::try_from(beyond).unwrap_or(usize::MAX));
        self.more(all, indicators.len().min(LISTED))
    }

    /// A table under its caption. It scrolls by itself where the page is too narrow for it.
    pub(super) fn table(
        &mut self,
        caption: &str,
        headings: &[&str],
        rows: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.inside(
            "div",
            &[("class", "wide"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")],
            |page| {
                page.inside("table", &[], |page| {
                    page.leaf("caption", &[], caption)?;
                    page.inside("thead", &[], |page| {
                        page.inside("tr", &[], |page| {
                            headings.iter().try_for_each(|key| {
                                let text = page.words.get(key);
                                page.leaf("th", &[("scope", "col")], &text)
                            })
                        })
                    })?;
                    page.inside("tbody", &[], rows)
                })
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_file_is_told_and_that_of_a_hive_with_a_trace_is_not() {
        let mut report = crate::sample::report();
        let file = "ab".repeat(32);
        assert!(hashes(&report).iter().any(|hash| hash.value == file));
        report.findings.iter_mut().for_each(|finding| finding.evidence.offset = 6408);
        assert!(!hashes(&report).iter().any(|hash| hash.value == file));
    }

    #[test]
    fn hashes_are_read_alone_and_in_lists() {
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        let list = format!("MD5={},SHA256={}", md5.to_uppercase(), "a".repeat(64));
        assert_eq!(hashes_in(&list).collect::<Vec<_>>(), [md5.to_owned(), "a".repeat(64)]);
        assert_eq!(hashes_in("no hash, deadbeef").count(), 0);
        assert!(is_hash_field("Hashes") && is_hash_field("SHA256") && !is_hash_field("CommandLine"));
    }
}
