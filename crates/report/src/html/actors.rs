//! Who it was, as far as the traces tell.

use std::io;

use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::report::Report;
use hikeshi_core::untrusted::defanged;

use super::ENTRIES;
use super::builder::Page;
use crate::phrases::{disarmed, minute};

/// Things listed of one actor.
const LISTED: usize = 30;

impl Page<'_> {
    pub(super) fn actors(&mut self, report: &Report) -> io::Result<()> {
        if report.actors.is_empty() {
            return Ok(());
        }
        let title = self.words.get("head-actors");
        self.section("actors", &title, |page| {
            report.actors.iter().take(ENTRIES).try_for_each(|actor| page.actor(actor))?;
            page.more(report.actors.len(), ENTRIES)
        })
    }

    fn actor(&mut self, actor: &Actor) -> io::Result<()> {
        let kind = match actor.kind {
            ActorKind::Intruder => "actor-intruder",
            ActorKind::Probers => "actor-probers",
        };
        let name = self.words.with(kind, &[("id", &actor.id)]);
        self.inside("article", &[("class", "actor")], |page| {
            page.leaf("h3", &[], &name)?;
            page.inside("p", &[("class", "line")], |page| {
                let stage = page.words.get(&format!("stage-{}", actor.stage.word()));
                page.leaf("span", &[("class", "tag")], &stage)?;
                if let (Some(first), Some(last)) = (actor.first, actor.last) {
                    let period = page.words.period(minute(first), minute(last));
                    page.text(" ")?;
                    page.leaf("span", &[("class", "when")], &period)?;
                }
                Ok(())
            })?;
            let addresses: Vec<String> = actor.addresses.iter().map(|address| defanged(address)).collect();
            let plain = |list: &[String]| list.iter().map(|one| disarmed(one, &actor.addresses)).collect::<Vec<_>>();
            page.inside("dl", &[("class", "fields")], |page| {
                page.listed("actor-addresses", &addresses, actor.addresses_more)?;
                page.listed("actor-pages", &plain(&actor.pages), 0)?;
                page.listed("actor-accounts", &plain(&actor.accounts), 0)?;
                page.listed("actor-agents", &plain(&actor.agents), 0)?;
                page.listed("actor-programs", &plain(&actor.programs), actor.programs_more)
            })?;
            if actor.rows > 0 {
                let text = page.words.with("actor-rows", &[("count", &actor.rows)]);
                page.leaf("p", &[("class", "hint")], &text)?;
            }
            Ok(())
        })
    }

    fn listed(&mut self, key: &str, list: &[String], beyond: u64) -> io::Result<()> {
        if list.is_empty() {
            return Ok(());
        }
        let term = self.words.get(key);
        self.leaf("dt", &[], &term)?;
        self.inside("dd", &[], |page| {
            for (at, one) in list.iter().take(LISTED).enumerate() {
                if at > 0 {
                    page.text(", ")?;
                }
                page.path(one)?;
            }
            let more = beyond.saturating_add(list.len().saturating_sub(LISTED) as u64);
            if more > 0 {
                let text = page.words.with("more-places", &[("count", &more)]);
                page.text(" ")?;
                page.leaf("span", &[("class", "more")], &text)?;
            }
            Ok(())
        })
    }
}
