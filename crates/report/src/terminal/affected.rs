//! Whether the product on each server is affected, and how that is known.

use std::io;

use hikeshi_core::affected::{Affected, BuildSeen, Server};

use super::{ENTRIES, Page};
use crate::phrases::minute;

impl Page<'_> {
    pub(super) fn affected(&mut self, affected: &Affected) -> io::Result<()> {
        self.head("head-affected")?;
        if affected.servers.is_empty() {
            let text = self.words.get("affected-none");
            self.item("- ", &text)?;
        }
        for server in affected.servers.iter().take(ENTRIES) {
            self.server(server)?;
        }
        self.more(affected.servers.len())?;
        let ask = affected.ask.get(self.words.lang());
        if !ask.is_empty() {
            let text = format!("{} {ask}", self.words.get("affected-ask"));
            self.item("  ", &text)?;
        }
        Ok(())
    }

    fn server(&mut self, server: &Server) -> io::Result<()> {
        let mut mark = "- ";
        for sentence in &server.summary {
            let text = self.words.say(sentence);
            match &server.root {
                Some(root) if mark == "- " => self.item(mark, &format!("{root}: {text}"))?,
                _ => self.item(mark, &text)?,
            }
            mark = "  ";
        }
        for sentence in &server.contradictions {
            let text = self.words.say(sentence);
            self.item("  ! ", &text)?;
        }
        for seen in server.evidence.iter().filter(|seen| !seen.says.is_empty()).take(ENTRIES) {
            self.build_seen(seen)?;
        }
        Ok(())
    }

    fn build_seen(&mut self, seen: &BuildSeen) -> io::Result<()> {
        let mut line = format!("{}: {}", seen.title.get(self.words.lang()), seen.says);
        if let (Some(first), Some(last)) = (seen.first, seen.last) {
            line += &format!(", {}", self.words.period(minute(first), minute(last)));
        }
        self.item("    ", &line)?;
        self.item("      ", &seen.place)
    }
}
