//! Writes markup. Names of elements and attributes are `&'static str`: they stand in this program's code. All other text goes
//! through [`Page::text`] or an attribute's value, where it is cut, spelled out and escaped. So no text from evidence, from a pack
//! or from a rule can become markup, whatever it holds.

use std::io::{self, Write};

use hikeshi_core::untrusted::Untrusted;
use sha2::{Digest, Sha256};

use crate::words::Words;

/// Names of attributes and their values.
pub(super) type Attributes<'a> = [(&'static str, &'a str)];

/// One text is cut to so many characters, after spelling out what acts on its surroundings. Sentences of packs are far shorter.
pub(super) const LONGEST: usize = 2_000;

/// A path is cut to so many characters. Those of Windows end at 260, as a rule.
const LONGEST_PATH: usize = 600;

/// A page that is being written.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    /// The words of the page's language.
    pub(super) words: &'a Words,
    written: u64,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, words: &'a Words) -> Self {
        Self { out, words, written: 0 }
    }

    /// How many bytes have been written.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn doctype(&mut self) -> io::Result<()> {
        self.put("<!DOCTYPE html>\n")
    }

    /// The style sheet, which is a part of this program.
    pub(super) fn style(&mut self, sheet: &'static str) -> io::Result<()> {
        self.put("<style>")?;
        self.put(&sheet.replace('\r', ""))?;
        self.put("</style>\n")
    }

    /// An element with content.
    pub(super) fn inside(
        &mut self,
        tag: &'static str,
        attributes: &Attributes<'_>,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.open(tag, attributes)?;
        content(self)?;
        self.close(tag)?;
        self.put("\n")
    }

    /// An element that holds one text and nothing else.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: &Attributes<'_>, text: &str) -> io::Result<()> {
        self.open(tag, attributes)?;
        self.text(text)?;
        self.close(tag)
    }

    /// An element that has no content.
    pub(super) fn void(&mut self, tag: &'static str, attributes: &Attributes<'_>) -> io::Result<()> {
        self.open(tag, attributes)?;
        self.put("\n")
    }

    /// Text, harmless.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        let text = harmless(text, LONGEST);
        self.escape(&text)
    }

    /// A path or an address of a page: may be broken after its separators, and is read from left to right.
    pub(super) fn path(&mut self, path: &str) -> io::Result<()> {
        self.open("code", &[("class", "path")])?;
        for part in harmless(path, LONGEST_PATH).split_inclusive(['/', '\\']) {
            self.escape(part)?;
            if part.ends_with(['/', '\\']) {
                self.put("<wbr>")?;
            }
        }
        self.close("code")
    }

    fn open(&mut self, tag: &'static str, attributes: &Attributes<'_>) -> io::Result<()> {
        self.put("<")?;
        self.put(tag)?;
        for (name, value) in attributes {
            self.put(" ")?;
            self.put(name)?;
            self.put("=\"")?;
            self.text(value)?;
            self.put("\"")?;
        }
        self.put(">")
    }

    fn close(&mut self, tag: &'static str) -> io::Result<()> {
        self.put("</")?;
        self.put(tag)?;
        self.put(">")
    }

    fn escape(&mut self, text: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in text.char_indices() {
            let entity = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ => continue,
            };
            self.put(text.get(plain..at).unwrap_or_default())?;
            self.put(entity)?;
            plain = at + character.len_utf8();
        }
        self.put(text.get(plain..).unwrap_or_default())
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.written += text.len() as u64;
        self.out.write_all(text.as_bytes())
    }
}

/// Text with what acts on its surroundings spelled out, of at most `longest` characters.
pub(super) fn harmless(text: &str, longest: usize) -> String {
    // Spelling out only lengthens, so what lies beyond can be left alone.
    let near = text.char_indices().nth(longest).map_or(text, |(end, _)| text.get(..end).unwrap_or_default());
    let shown = Untrusted(near).to_string();
    let is_whole = near.len() == text.len();
    match shown.char_indices().nth(longest) {
        None if is_whole => shown,
        None => shown + "…",
        Some((end, _)) => shown.get(..end).unwrap_or_default().to_owned() + "…",
    }
}

/// The hash of a style sheet, as a content security policy names it.
pub(super) fn sha256(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hash = Sha256::digest(text.as_bytes());
    let mut encoded = String::new();
    for three in hash.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | three.get(at).map_or(0, |byte| usize::from(*byte)));
        for at in 0..4 {
            let digit = DIGITS.get(bits >> (18 - 6 * at) & 63).filter(|_| at <= three.len());
            encoded.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use hikeshi_core::text::Lang;

    fn page(content: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
        let (words, mut out) = (Words::new(Lang::En), Vec::new());
        content(&mut Page::new(&mut out, &words)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_and_values_of_attributes_are_escaped() {
        let shown = page(|page| page.leaf("p", &[("title", "\"><img src=x>'")], "</p><script>&amp;\u{202e}\0"));
        let expected =
            "<p title=\"&quot;&gt;&lt;img src=x&gt;&#39;\">&lt;/p&gt;&lt;script&gt;&amp;amp;\\u{202e}\\u{0}</p>";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_path_can_be_broken_after_its_separators() {
        assert_eq!(page(|page| page.path("a/<b>\\c")), "<code class=\"path\">a/<wbr>&lt;b&gt;\\<wbr>c</code>");
    }

    #[test]
    fn a_text_is_cut_after_it_was_spelled_out() {
        assert_eq!(harmless("abc", 3), "abc");
        assert_eq!(harmless("abcd", 3), "abc…");
        assert_eq!(harmless("\u{202e}\u{202e}", 9), "\\u{202e}\\…");
        assert_eq!(harmless(&"\0".repeat(10_000_000), LONGEST).chars().count(), LONGEST + 1);
    }

    #[test]
    fn what_was_written_is_counted() {
        let (words, mut out) = (Words::new(Lang::En), Vec::new());
        let mut page = Page::new(&mut out, &words);
        page.inside("p", &[("class", "x")], |page| page.text("é<")).unwrap();
        let written = page.written();
        assert_eq!(written, out.len() as u64);
    }

    #[test]
    fn the_hash_is_that_which_browsers_compute() {
        // The SHA-256 of nothing, as RFC 6234 gives it, in the base64 of RFC 4648.
        assert_eq!(sha256(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
