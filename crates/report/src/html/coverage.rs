//! What was looked at, and what could not be seen.

use std::io;

use hikeshi_core::coverage::{Coverage, Missing, Span, Unreadable};
use hikeshi_core::report::Report;

use super::ENTRIES;
use super::builder::Page;
use crate::phrases::{bytes, minute, renamed_line, unread_line, why_unreadable};

/// Silences, and files under other names, shown of one kind of evidence.
const SILENCES: usize = 10;

impl Page<'_> {
    /// Everything that was not seen, a line each.
    pub(super) fn unseen_lines(&self, report: &Report) -> Vec<String> {
        let missing = report.missing.iter().flat_map(|missing| self.missing_lines(missing));
        let unread = report.coverage.iter().flat_map(|coverage| &coverage.unreadable);
        missing.chain(unread.map(|one| unread_line(self.words, one))).collect()
    }

    fn missing_lines(&self, missing: &Missing) -> Vec<String> {
        let kind = missing.title.get(self.words.lang());
        if missing.spans.is_empty() {
            return vec![kind.to_owned()];
        }
        let line = |span: &Span| {
            let args: [(&str, &dyn ToString); 3] =
                [("kind", &kind), ("from", &minute(span.from)), ("to", &minute(span.to))];
            self.words.with("not-seen-span", &args)
        };
        missing.spans.iter().take(ENTRIES).map(line).collect()
    }

    pub(super) fn unseen(&mut self, report: &Report) -> io::Result<()> {
        let unread: Vec<&Unreadable> = report.coverage.iter().flat_map(|coverage| &coverage.unreadable).collect();
        let hidden: u64 = report.coverage.iter().map(|coverage| coverage.unreadable_more).sum();
        let title = self.words.get("unseen-all");
        self.section("unseen", &title, |page| {
            if report.missing.is_empty() && unread.is_empty() {
                let text = page.words.get("unseen-nothing");
                page.leaf("p", &[], &text)?;
            }
            report.missing.iter().take(ENTRIES).try_for_each(|missing| page.missing(missing))?;
            page.more(report.missing.len(), ENTRIES)?;
            if !unread.is_empty() {
                let caption = page.words.get("unread-caption");
                page.table(&caption, &["where", "why"], |page| {
                    unread.iter().take(ENTRIES).try_for_each(|one| {
                        let why = why_unreadable(page.words, one);
                        page.inside("tr", &[], |page| {
                            page.inside("td", &[], |page| page.path(&one.path))?;
                            page.leaf("td", &[], &why)
                        })
                    })
                })?;
                let all = unread.len().saturating_add(usize::try_from(hidden).unwrap_or(usize::MAX));
                page.more(all, unread.len().min(ENTRIES))?;
            }
            page.narrowed(report)
        })
    }

    fn missing(&mut self, missing: &Missing) -> io::Result<()> {
        let lines = self.missing_lines(missing);
        let ask = missing.ask.get(self.words.lang()).to_owned();
        self.inside("div", &[("class", "missing")], |page| {
            page.leaf("h3", &[], missing.title.get(page.words.lang()))?;
            if !missing.spans.is_empty() {
                page.inside("ul", &[], |page| lines.iter().try_for_each(|line| page.leaf("li", &[], line)))?;
                page.more(missing.spans.len(), ENTRIES)?;
            }
            if ask.is_empty() {
                return Ok(());
            }
            let text = format!("{} {ask}", page.words.get("affected-ask"));
            page.leaf("p", &[("class", "ask")], &text)
        })
    }

    /// What was left out because somebody asked for that.
    fn narrowed(&mut self, report: &Report) -> io::Result<()> {
        let Some(narrowed) = &report.narrowed else { return Ok(()) };
        let title = self.words.get("narrowed-head");
        self.leaf("h3", &[], &title)?;
        let globs = [("narrowed-include", &narrowed.include), ("narrowed-exclude", &narrowed.exclude)];
        let times = [("narrowed-since", narrowed.since), ("narrowed-until", narrowed.until)];
        self.inside("dl", &[("class", "fields")], |page| {
            for (key, time) in times.into_iter().filter_map(|(key, time)| Some((key, time?))) {
                let term = page.words.get(key);
                page.leaf("dt", &[], &term)?;
                page.leaf("dd", &[], &format!("{} UTC", minute(time)))?;
            }
            for (key, globs) in globs.into_iter().filter(|(_, globs)| !globs.is_empty()) {
                let term = page.words.get(key);
                page.leaf("dt", &[], &term)?;
                page.leaf("dd", &[], &globs.join(", "))?;
            }
            let term = page.words.get("narrowed-files");
            page.leaf("dt", &[], &term)?;
            page.leaf("dd", &[], &narrowed.files_left_out.to_string())
        })
    }

    pub(super) fn coverage(&mut self, report: &Report) -> io::Result<()> {
        if report.coverage.is_empty() {
            return Ok(());
        }
        let title = self.words.get("head-coverage");
        self.section("coverage", &title, |page| {
            let scanned = &report.scanned;
            let args: [(&str, &dyn ToString); 3] =
                [("files", &scanned.files), ("bytes", &bytes(scanned.bytes)), ("rules", &scanned.rules)];
            let text = page.words.with("summary-scanned", &args);
            page.leaf("p", &[], &text)?;
            let headings = ["coverage-kind", "coverage-amount", "when", "coverage-gaps", "where"];
            let caption = page.words.get("coverage-caption");
            page.table(&caption, &headings, |page| {
                let kinds = report.coverage.iter().take(ENTRIES);
                kinds.into_iter().try_for_each(|coverage| page.inside("tr", &[], |page| page.kind_seen(coverage)))
            })?;
            page.more(report.coverage.len(), ENTRIES)
        })
    }

    fn kind_seen(&mut self, coverage: &Coverage) -> io::Result<()> {
        self.leaf("th", &[("scope", "row")], coverage.title.get(self.words.lang()))?;
        let size = self.words.with("files-bytes", &[("files", &coverage.files), ("bytes", &bytes(coverage.bytes))]);
        self.leaf("td", &[("class", "amount")], &size)?;
        let period = match (coverage.first, coverage.last) {
            (Some(first), Some(last)) => self.words.period(minute(first), minute(last)),
            _ => String::new(),
        };
        self.leaf("td", &[], &period)?;
        self.inside("td", &[], |page| {
            for (at, gap) in coverage.gaps.iter().take(SILENCES).enumerate() {
                if at > 0 {
                    page.void("br", &[])?;
                }
                let text = page.words.with("silence", &[("from", &minute(gap.from)), ("to", &minute(gap.to))]);
                page.text(&text)?;
            }
            if coverage.gaps.len() > SILENCES {
                page.void("br", &[])?;
                let text = page.words.with("more-silences", &[("count", &(coverage.gaps.len() - SILENCES))]);
                page.text(&text)?;
            }
            page.renamed(coverage)?;
            let unread = coverage.unreadable_more.saturating_add(coverage.unreadable.len() as u64);
            if unread > 0 {
                if !coverage.gaps.is_empty() || !coverage.renamed.is_empty() {
                    page.void("br", &[])?;
                }
                let text = page.words.with("coverage-unread", &[("count", &unread)]);
                page.text(&text)?;
            } else if coverage.gaps.is_empty() && coverage.renamed.is_empty() {
                let text = page.words.get("coverage-no-gaps");
                page.text(&text)?;
            }
            Ok(())
        })?;
        self.inside("td", &[], |page| page.path(&coverage.path))
    }

    fn renamed(&mut self, coverage: &Coverage) -> io::Result<()> {
        for (at, renamed) in coverage.renamed.iter().take(SILENCES).enumerate() {
            if at > 0 || !coverage.gaps.is_empty() {
                self.void("br", &[])?;
            }
            let text = renamed_line(self.words, renamed);
            self.text(&text)?;
        }
        let beyond = coverage.renamed.len().saturating_sub(SILENCES) as u64;
        let more = coverage.renamed_more.saturating_add(beyond);
        if more > 0 {
            self.void("br", &[])?;
            let text = self.words.with("more-renamed", &[("count", &more)]);
            self.text(&text)?;
        }
        Ok(())
    }
}
