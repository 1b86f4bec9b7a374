//! What other tools said of the same server, and how that fits.

use std::io;

use hikeshi_core::report::Report;
use hikeshi_core::second_opinion::SecondOpinion;

use super::ENTRIES;
use super::builder::Page;
use crate::phrases::{disarmed, joined, opinion_name};

/// Files named of one opinion.
const FILES: usize = 5;

impl Page<'_> {
    pub(super) fn second_opinions(&mut self, report: &Report) -> io::Result<()> {
        if report.second_opinions.is_empty() {
            return Ok(());
        }
        let title = self.words.get("head-second-opinions");
        self.section("opinions", &title, |page| {
            report.second_opinions.iter().take(ENTRIES).try_for_each(|opinion| page.opinion(opinion))?;
            page.more(report.second_opinions.len(), ENTRIES)
        })
    }

    fn opinion(&mut self, opinion: &SecondOpinion) -> io::Result<()> {
        let agreement = self.words.get(&format!("agreement-{}", opinion.agreement.word()));
        // A host can be told by its address.
        let name = disarmed(&opinion_name(opinion), opinion.host.as_slice());
        let said: Vec<String> = opinion.explanation.iter().map(|sentence| self.words.say(sentence)).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        // The answer and how it fits are one thought; what explains it comes point by point.
        let (answer, why) = said.split_at_checked(2).unwrap_or((&said, &[]));
        self.inside("article", &[("class", "opinion")], |page| {
            page.inside("h3", &[], |page| {
                page.text(&name)?;
                page.text(" ")?;
                page.leaf("span", &[("class", "tag")], &agreement)
            })?;
            page.leaf("p", &[], &joined(page.words.lang(), answer))?;
            if !why.is_empty() {
                page.inside("ul", &[], |page| why.iter().try_for_each(|reason| page.leaf("li", &[], reason)))?;
            }
            let looked_at = opinion.looked_at.get(page.words.lang());
            if !looked_at.is_empty() {
                let text = page.words.with("looked-at", &[("text", &looked_at)]);
                page.leaf("p", &[("class", "hint")], &text)?;
            }
            opinion.paths.iter().take(FILES).try_for_each(|path| page.inside("p", &[], |page| page.path(path)))?;
            page.more(opinion.paths.len(), FILES)
        })
    }
}
