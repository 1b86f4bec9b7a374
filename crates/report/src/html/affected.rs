//! Whether the product on each server is affected, and how that is known.

use std::io;

use hikeshi_core::affected::{Affected, BuildSeen, Server};

use super::ENTRIES;
use super::builder::Page;
use crate::phrases::minute;

impl Page<'_> {
    pub(super) fn affected(&mut self, affected: &Affected) -> io::Result<()> {
        let title = self.words.get("head-affected");
        self.section("affected", &title, |page| {
            if affected.servers.is_empty() {
                let text = page.words.get("affected-none");
                page.leaf("p", &[], &text)?;
            }
            affected.servers.iter().take(ENTRIES).try_for_each(|server| page.server(server))?;
            page.more(affected.servers.len(), ENTRIES)?;
            let ask = affected.ask.get(page.words.lang());
            if ask.is_empty() {
                return Ok(());
            }
            let text = format!("{} {ask}", page.words.get("affected-ask"));
            page.leaf("p", &[("class", "ask")], &text)
        })
    }

    fn server(&mut self, server: &Server) -> io::Result<()> {
        let title = server.title.get(self.words.lang());
        let title = server.root.as_ref().map_or_else(|| title.to_owned(), |root| format!("{root}: {title}"));
        self.leaf("h3", &[], &title)?;
        self.inside("ul", &[("class", "reasons")], |page| {
            for sentence in &server.summary {
                let text = page.words.say(sentence);
                page.leaf("li", &[], &text)?;
            }
            for sentence in &server.contradictions {
                let text = page.words.say(sentence);
                page.leaf("li", &[("class", "strong")], &text)?;
            }
            Ok(())
        })?;
        let seen: Vec<&BuildSeen> = server.evidence.iter().filter(|seen| !seen.says.is_empty()).collect();
        if seen.is_empty() {
            return Ok(());
        }
        let caption = self.words.get("affected-known-by");
        self.table(&caption, &["affected-source", "affected-build", "when", "where"], |page| {
            seen.iter().take(ENTRIES).try_for_each(|seen| page.inside("tr", &[], |page| page.build_seen(seen)))
        })?;
        self.more(seen.len(), ENTRIES)
    }

    fn build_seen(&mut self, seen: &BuildSeen) -> io::Result<()> {
        self.leaf("td", &[], seen.title.get(self.words.lang()))?;
        self.leaf("td", &[], &seen.says)?;
        let period = match (seen.first, seen.last) {
            (Some(first), Some(last)) => self.words.period(minute(first), minute(last)),
            _ => String::new(),
        };
        self.leaf("td", &[], &period)?;
        self.inside("td", &[], |page| page.path(&seen.place))
    }
}
