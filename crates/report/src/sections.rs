//! Headings and lists in which the program's words and text from evidence stay apart until they are written: for what is
//! shown of many reports.

use std::io::{self, Write};

use hikeshi_core::text::Lang;
use hikeshi_core::untrusted::Untrusted;

use crate::markdown::{self, code, escaped};
use crate::terminal;
use crate::words::Words;

/// Names in one line of text.
const NAMED: usize = 10;

/// A heading and a list; each entry may have a line below it.
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) entries: Vec<(Line, Option<Line>)>,
}

/// Text of the program and of evidence, kept apart until it is written.
#[derive(Default)]
pub(crate) struct Line(Vec<Part>);

enum Part {
    Own(String),
    Foreign(String),
}

impl Line {
    pub(crate) fn own(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Own(text.into()));
        self
    }

    pub(crate) fn foreign(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Foreign(text.into()));
        self
    }

    /// Names of servers, as many as fit.
    pub(crate) fn names(mut self, names: &[String], count: u64, lang: Lang) -> Self {
        let between = lang.comma();
        for (number, name) in names.iter().take(NAMED).enumerate() {
            self = if number > 0 { self.own(between) } else { self }.foreign(name.as_str());
        }
        let hidden = count.saturating_sub(names.len().min(NAMED) as u64);
        if hidden > 0 { self.own(format!("{between}+{hidden}")) } else { self }
    }

    fn plain(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Own(text) | Part::Foreign(text) => Untrusted(text).to_string(),
        });
        parts.collect()
    }

    fn marked(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Own(text) => {
                // Marks between parts are the program's own, and blanks at the ends would be lost.
                let inside = text.trim_start_matches([' ', ':', ',', '、']);
                let (lead, _) = text.split_at(text.len() - inside.len());
                let (_, trail) = inside.split_at(inside.trim_end().len());
                format!("{lead}{}{trail}", escaped(inside))
            }
            Part::Foreign(text) => code(text),
        });
        parts.collect()
    }
}

/// Writes them for a terminal.
pub(crate) fn terminal(sections: Vec<Section>, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let mut page = terminal::Page::new(words, out);
    for section in sections {
        page.title(&section.title)?;
        for (text, detail) in section.entries {
            page.item("- ", &text.plain())?;
            if let Some(detail) = detail {
                page.item("    ", &detail.plain())?;
            }
        }
    }
    Ok(())
}

/// Writes them as CommonMark.
pub(crate) fn markdown(sections: Vec<Section>, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let mut page = markdown::Page::new(words, out);
    for (number, section) in sections.into_iter().enumerate() {
        page.head(if number == 0 { 1 } else { 2 }, &section.title)?;
        for (text, detail) in section.entries {
            page.item(0, &text.marked())?;
            if let Some(detail) = detail {
                page.item(1, &detail.marked())?;
            }
        }
        page.end_of_list()?;
    }
    Ok(())
}
