//! The report as one page for a browser, for reading on paper, and for handing on: one file that asks for nothing from elsewhere.
//!
//! The first screen is the answer in words, what not to do, what to do first, whom to call, and what could not be seen.
//! Everything works without a script; there is none. Markup is written in [`builder`] alone, from words of this crate's code;
//! all other text is escaped there. Long lists are cut at stated lengths, and how much is left out is said.

mod about;
mod actors;
mod affected;
mod answer;
mod builder;
mod coverage;
mod findings;
mod indicators;
mod opinions;
mod picture;
mod steps;
mod timeline;

use std::io::{self, Write};

use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;

use self::builder::Page;
use crate::words::Words;

/// Rows of a list or table that are shown; beyond it they are counted.
const ENTRIES: usize = 100;
/// The look, in one piece, so that the page needs no other file. Its hash is what the page's policy allows.
const STYLE: &str = include_str!("html/style.css");

/// Writes the page. `words` gives the language.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, words);
    let lang = match words.lang() {
        Lang::En => "en",
        Lang::Ja => "ja",
    };
    page.doctype()?;
    page.inside("html", &[("lang", lang)], |page| {
        page.inside("head", &[], |page| page.head(report))?;
        page.inside("body", &[], |page| page.body(report))
    })
}

impl Page<'_> {
    fn head(&mut self, report: &Report) -> io::Result<()> {
        self.void("meta", &[("charset", "utf-8")])?;
        let style = STYLE.replace('\r', "");
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            builder::sha256(&style)
        );
        self.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)])?;
        self.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")])?;
        self.void("meta", &[("name", "color-scheme"), ("content", "light dark")])?;
        self.void("meta", &[("name", "referrer"), ("content", "no-referrer")])?;
        self.void("meta", &[("name", "robots"), ("content", "noindex, nofollow")])?;
        // Telephones would make links of numbers.
        self.void("meta", &[("name", "format-detection"), ("content", "telephone=no, address=no, email=no")])?;
        let verdict = self.words.get(&format!("verdict-{}", report.verdict.word()));
        let (word, _) = answer::word_and_sentence(&verdict);
        let parts = [Some(word.to_owned()), answer::server_names(report), Some(self.words.get("html-title"))];
        self.leaf("title", &[], &parts.into_iter().flatten().collect::<Vec<_>>().join(" - "))?;
        self.style(STYLE)
    }

    fn body(&mut self, report: &Report) -> io::Result<()> {
        let skip = self.words.get("html-skip");
        self.leaf("a", &[("class", "skip"), ("href", "#details")], &skip)?;
        self.inside("header", &[("class", "top")], |page| page.top(report))?;
        self.inside("main", &[], |page| {
            page.answer(report)?;
            page.contents(report)?;
            page.inside("div", &[("id", "details"), ("class", "details")], |page| {
                page.reasons(report)?;
                page.timeline(report)?;
                page.findings(report)?;
                page.actors(report)?;
                page.indicators(report)?;
                page.affected(&report.affected)?;
                page.all_steps(report)?;
                page.unseen(report)?;
                page.coverage(report)?;
                page.second_opinions(report)?;
                page.about(report)
            })
        })?;
        self.inside("footer", &[], |page| {
            let text =
                page.words.with("html-made-by", &[("name", &report.tool.name), ("version", &report.tool.version)]);
            page.leaf("p", &[], &text)
        })
    }

    /// A section under its heading, which is also where the contents lead.
    fn section(
        &mut self,
        id: &'static str,
        title: &str,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let heading = format!("{id}-head");
        self.inside("section", &[("id", id), ("aria-labelledby", &heading)], |page| {
            page.leaf("h2", &[("id", &heading)], title)?;
            content(page)
        })
    }

    /// How much a list of `all` entries holds beyond the `shown` ones.
    fn more(&mut self, all: usize, shown: usize) -> io::Result<()> {
        if all <= shown {
            return Ok(());
        }
        let text = self.words.with("html-more", &[("shown", &shown), ("count", &(all - shown))]);
        self.leaf("p", &[("class", "more")], &text)
    }

    fn contents(&mut self, report: &Report) -> io::Result<()> {
        let is_there = |list: bool, id, key| list.then_some((id, key));
        let entries = [
            is_there(true, "#why", "head-why"),
            is_there(true, "#course", "head-timeline"),
            is_there(!report.findings.is_empty(), "#findings", "head-findings"),
            is_there(!report.actors.is_empty(), "#actors", "head-actors"),
            is_there(indicators::has_any(report), "#indicators", "head-indicators"),
            is_there(true, "#affected", "head-affected"),
            is_there(!report.next_steps.is_empty(), "#steps", "head-now"),
            is_there(true, "#unseen", "head-unseen"),
            is_there(!report.coverage.is_empty(), "#coverage", "head-coverage"),
            is_there(!report.second_opinions.is_empty(), "#opinions", "head-second-opinions"),
            is_there(true, "#about", "head-about"),
        ];
        let label = self.words.get("html-contents");
        self.inside("nav", &[("aria-label", &label)], |page| {
            page.inside("ul", &[], |page| {
                entries.into_iter().flatten().try_for_each(|(target, key)| {
                    let text = page.words.get(key);
                    page.inside("li", &[], |page| page.leaf("a", &[("href", target)], &text))
                })
            })
        })
    }
}
