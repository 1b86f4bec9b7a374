//! Pages that try not to look like what they are.

use super::{Attack, Page, Place};
use crate::format::whole;
use crate::moment::Moment;
use crate::server::{Encoding, Mark};
use crate::technique::Technique;

/// A page, or a file that makes others into pages.
#[derive(Debug, Clone, Copy)]
pub struct OddPage {
    /// Where.
    pub page: Page,
    /// What; telling words are kept apart by `¦`.
    pub text: &'static str,
    /// How it hides.
    pub how: &'static str,
    /// What it is.
    pub technique: Technique,
    /// The date that its times were set to.
    pub dated: Option<Moment>,
    /// How it is stored.
    pub encoding: Encoding,
}

impl OddPage {
    /// A page as others store it, with the time at which it is laid down.
    pub const fn new(place: Place, name: &'static str, how: &'static str, text: &'static str) -> Self {
        let page = Page { place, name };
        Self { page, text, how, technique: Technique::ShellFile, dated: None, encoding: Encoding::Plain }
    }
}

impl Attack<'_> {
    /// Lays it down.
    pub fn hide(&mut self, odd: &OddPage) {
        let host = self.server.host;
        let about = format!("{}: {}", odd.page.name, odd.how);
        let key = self.server.key(Mark::must(odd.technique, self.actor, about));
        let text = whole(odd.text);
        let modified = odd.dated.unwrap_or(self.time);
        let path = odd.page.path(&host);
        match odd.encoding {
            Encoding::Plain => self.server.file(&path, text.into_bytes(), modified, Some(key)),
            wide => {
                self.server.text(&path, &text, wide, modified, &[]);
                self.server.tie(&path, key);
            }
        }
        self.pause();
    }
}
