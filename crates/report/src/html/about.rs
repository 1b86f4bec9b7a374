//! What this report was made with, for which machines, and what making it changed.

use std::io;

use hikeshi_core::machine::Machine;
use hikeshi_core::report::Report;

use super::ENTRIES;
use super::builder::Page;

/// What a run does and does not leave behind.
const FOOTPRINT: [&str; 4] = ["footprint-read", "footprint-nothing", "footprint-written", "footprint-live"];

impl Page<'_> {
    pub(super) fn about(&mut self, report: &Report) -> io::Result<()> {
        let title = self.words.get("head-about");
        self.section("about", &title, |page| {
            page.machines(&report.machines)?;
            page.packs(report)?;
            page.footprint(report)?;
            page.rules_skipped(report)
        })
    }

    fn machines(&mut self, machines: &[Machine]) -> io::Result<()> {
        if machines.is_empty() {
            return Ok(());
        }
        let caption = self.words.get("head-machines");
        self.table(&caption, &["machine-name", "machine-zone"], |page| {
            machines.iter().take(ENTRIES).try_for_each(|machine| {
                let zone = machine.time_zone.as_ref().map(|zone| {
                    let sign = if zone.offset_minutes < 0 { '-' } else { '+' };
                    let minutes = zone.offset_minutes.unsigned_abs();
                    let offset = format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60);
                    zone.name.as_ref().map_or_else(|| offset.clone(), |name| format!("{name} ({offset})"))
                });
                page.inside("tr", &[], |page| {
                    page.leaf("th", &[("scope", "row")], machine.name.as_deref().unwrap_or_default())?;
                    page.leaf("td", &[], &zone.unwrap_or_default())
                })
            })
        })?;
        self.more(machines.len(), ENTRIES)
    }

    fn packs(&mut self, report: &Report) -> io::Result<()> {
        let title = self.words.get("head-packs");
        self.leaf("h3", &[], &title)?;
        self.inside("ul", &[], |page| {
            report.packs.iter().take(ENTRIES).try_for_each(|pack| {
                let text = format!("{} ({} {})", pack.title.get(page.words.lang()), pack.id, pack.version);
                page.leaf("li", &[], &text)
            })?;
            page.leaf("li", &[], &format!("{} {}", report.tool.name, report.tool.version))
        })
    }

    fn footprint(&mut self, report: &Report) -> io::Result<()> {
        let title = self.words.get("head-footprint");
        self.leaf("h3", &[], &title)?;
        self.inside("ul", &[], |page| {
            FOOTPRINT.iter().try_for_each(|key| {
                let text = page.words.with(key, &[("files", &report.scanned.files)]);
                page.leaf("li", &[], &text)
            })
        })
    }

    fn rules_skipped(&mut self, report: &Report) -> io::Result<()> {
        if report.rules_skipped.is_empty() {
            return Ok(());
        }
        let caption = self.words.get("head-rules-skipped");
        self.table(&caption, &["where", "why"], |page| {
            report.rules_skipped.iter().take(ENTRIES).try_for_each(|rule| {
                page.inside("tr", &[], |page| {
                    page.inside("td", &[], |page| page.path(&rule.path))?;
                    page.leaf("td", &[], rule.reason.get(page.words.lang()))
                })
            })
        })?;
        self.more(report.rules_skipped.len(), ENTRIES)
    }
}
