//! A file in which one reads here and there: headers in small pieces, content in long ones.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem;

/// So many bytes around the last place asked for are kept.
const KEPT: usize = 64 << 10;

pub(super) struct Window<R> {
    source: R,
    length: u64,
    at: u64,
    kept: Vec<u8>,
}

impl<R: Read + Seek> Window<R> {
    pub(super) fn new(source: R, length: u64) -> Self {
        Self { source, length, at: 0, kept: Vec::new() }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from `at`; fewer than asked for where the file ends.
    pub(super) fn slice(&mut self, at: u64, count: usize) -> io::Result<&[u8]> {
        let end = at.saturating_add(count as u64).min(self.length);
        let kept_to = self.at.saturating_add(self.kept.len() as u64);
        if at < self.at || end > kept_to {
            self.keep(at, count.max(KEPT))?;
        }
        let start = usize::try_from(at.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let rest = self.kept.get(start..).unwrap_or_default();
        Ok(rest.get(..count).unwrap_or(rest))
    }

    /// Like [`Self::slice`], for a place that one looks at once: reads no more than that, and keeps nothing.
    pub(super) fn peek(&mut self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if at < self.length {
            self.source.seek(SeekFrom::Start(at))?;
            (&mut self.source).take(count as u64).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// The first place of `needle` that lies wholly between the two.
    pub(super) fn find(&mut self, needle: &[u8], from: u64, to: u64) -> io::Result<Option<u64>> {
        let overlap = needle.len().saturating_sub(1) as u64;
        let mut at = from;
        while at.saturating_add(needle.len() as u64) <= to {
            let count = usize::try_from(to - at).unwrap_or(KEPT).min(KEPT);
            let some = self.slice(at, count)?;
            if let Some(found) = memmem::find(some, needle) {
                return Ok(Some(at + found as u64));
            }
            let passed = (some.len() as u64).saturating_sub(overlap);
            if passed == 0 {
                break;
            }
            at += passed;
        }
        Ok(None)
    }

    /// The content between two places, read from its beginning. Once `enough` is set, it has no more.
    pub(super) fn section<'s>(&'s mut self, from: u64, to: u64, enough: &'s Cell<bool>) -> io::Result<Section<'s, R>> {
        self.source.seek(SeekFrom::Start(from))?;
        Ok(Section { source: &mut self.source, left: to.saturating_sub(from), enough })
    }

    fn keep(&mut self, at: u64, count: usize) -> io::Result<()> {
        self.kept.clear();
        self.at = at;
        self.source.seek(SeekFrom::Start(at))?;
        (&mut self.source).take(count as u64).read_to_end(&mut self.kept)?;
        Ok(())
    }
}

pub(super) struct Section<'s, R> {
    source: &'s mut R,
    left: u64,
    enough: &'s Cell<bool>,
}

impl<R: Read> Read for Section<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.enough.get() {
            return Ok(0);
        }
        let count = (&mut *self.source).take(self.left).read(out)?;
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_lies_across_the_edge_of_the_window_is_found() {
        let mut bytes = vec![0; 3 * KEPT];
        for at in [KEPT - 2, 2 * KEPT - 1] {
            bytes[at..at + 4].copy_from_slice(b"PK\x03\x04");
        }
        let length = bytes.len() as u64;
        let mut window = Window::new(Cursor::new(bytes), length);
        let first = window.find(b"PK\x03\x04", 0, length).unwrap();
        assert_eq!(first, Some(KEPT as u64 - 2));
        assert_eq!(window.find(b"PK\x03\x04", KEPT as u64 - 1, length).unwrap(), Some(2 * KEPT as u64 - 1));
        assert_eq!(window.find(b"PK\x03\x04", 0, KEPT as u64 + 1).unwrap(), None);
        assert_eq!(window.slice(length - 2, 10).unwrap().len(), 2);
        assert_eq!(window.slice(length + 2, 10).unwrap().len(), 0);
        assert_eq!(window.slice(u64::MAX, 10).unwrap().len(), 0);
    }
}
