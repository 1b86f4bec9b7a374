//! What to do, the most urgent first, and why the answer is what it is.

use std::io;

use hikeshi_core::report::{Report, Step};

use super::ENTRIES;
use super::builder::Page;
use crate::phrases::joined;

impl Page<'_> {
    /// Why, and for which period.
    pub(super) fn reasons(&mut self, report: &Report) -> io::Result<()> {
        let title = self.words.get("head-why");
        self.section("why", &title, |page| {
            page.inside("ul", &[("class", "reasons")], |page| {
                report.reasons.iter().take(ENTRIES).try_for_each(|reason| {
                    page.inside("li", &[], |page| {
                        let text = page.words.say(&reason.sentence);
                        page.text(&text)?;
                        reason.evidence.iter().try_for_each(|place| {
                            page.text(" ")?;
                            page.path(place)
                        })
                    })
                })
            })?;
            page.more(report.reasons.len(), ENTRIES)?;
            let head = page.words.get("head-window");
            page.leaf("h3", &[], &head)?;
            let mut said = vec![page.words.say(&report.window.summary)];
            if let Some(from) = report.window.from {
                said.push(page.words.with("window-known", &[("from", &from.day())]));
                said.push(report.window.note.get(page.words.lang()).to_owned());
            }
            said.extend(report.window.bounds.iter().map(|bound| page.words.say(bound)));
            let said: Vec<&str> = said.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
            let text = joined(page.words.lang(), &said);
            page.leaf("p", &[], &text)
        })
    }

    pub(super) fn all_steps(&mut self, report: &Report) -> io::Result<()> {
        if report.next_steps.is_empty() {
            return Ok(());
        }
        let title = self.words.get("head-now");
        self.section("steps", &title, |page| {
            page.steps(report.next_steps.iter().take(ENTRIES))?;
            page.more(report.next_steps.len(), ENTRIES)
        })
    }

    /// Steps, each with why and how long.
    pub(super) fn steps<'s>(&mut self, steps: impl Iterator<Item = &'s Step>) -> io::Result<()> {
        let lang = self.words.lang();
        let mut steps = steps;
        self.inside("ol", &[("class", "steps")], |page| {
            steps.try_for_each(|step| {
                let takes =
                    step.takes.as_ref().map(|takes| page.words.with("step-takes", &[("time", &takes.get(lang))]));
                let why: Vec<&str> = [Some(step.why.get(lang)), takes.as_deref()].into_iter().flatten().collect();
                page.inside("li", &[], |page| {
                    page.leaf("span", &[("class", "act")], step.act.get(lang))?;
                    page.leaf("span", &[("class", "why")], &joined(lang, &why))
                })
            })
        })
    }
}
