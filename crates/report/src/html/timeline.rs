//! The course of events: a picture of attack, logs and update side by side, and the events one by one.

use std::io;

use hikeshi_core::report::{Event, Report};

use super::builder::Page;
use crate::phrases::{clock, disarmed_of_rule, second};
use hikeshi_core::finding::place;

/// Events that are listed; beyond it they are counted.
const LISTED: usize = 200;

impl Page<'_> {
    pub(super) fn timeline(&mut self, report: &Report) -> io::Result<()> {
        let title = self.words.get("head-timeline");
        self.section("course", &title, |page| {
            page.picture(report)?;
            if report.timeline.is_empty() {
                let text = page.words.get("timeline-none");
                return page.leaf("p", &[], &text);
            }
            let caption = page.words.get("timeline-caption");
            page.table(&caption, &["when", "timeline-what", "timeline-stage", "where"], |page| {
                report
                    .timeline
                    .iter()
                    .take(LISTED)
                    .try_for_each(|event| page.inside("tr", &[], |page| page.event(event)))
            })?;
            page.more(report.timeline.len(), LISTED)
        })
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.inside("td", &[("class", "when")], |page| {
            page.text(&second(event.time))?;
            event.local.iter().try_for_each(|local| {
                page.text(" ")?;
                page.leaf("span", &[("class", "local")], &clock(local))
            })
        })?;
        let count = if event.count > 1 { format!(" ×{}", event.count) } else { String::new() };
        let text = disarmed_of_rule(&event.rule, event.text.get(self.words.lang()));
        self.leaf("td", &[], &format!("{text}{count}"))?;
        let stage = self.words.get(&format!("stage-{}", event.stage.word()));
        self.inside("td", &[], |page| page.leaf("span", &[("class", "tag")], &stage))?;
        self.inside("td", &[], |page| page.path(&place(&event.path, event.line, event.record)))
    }
}
