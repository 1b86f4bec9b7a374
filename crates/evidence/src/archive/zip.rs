//! Zip archives, as APPNOTE.TXT 6.3.10 describes them:
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
//!
//! The structure is read here, entry by entry and without a list in memory, because a library that wants the whole
//! directory sound gives nothing of a damaged archive. Unpacking and decrypting is the `zip` crate's: see [`content`].
//!
//! First come the members that the directory lists. Then whatever the directory does not cover is searched for local
//! headers: that finds the members of an archive that was cut, whose directory is damaged, or that hides some.

mod content;
mod directory;
mod entry;
mod ranges;
mod unlisted;

use std::io::{self, Read, Seek};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Phrase;

use crate::archive::Wanted;
use crate::archive::delivery::Delivery;
use crate::archive::window::Window;
use crate::archive::zip::content::Passwords;
use crate::archive::zip::directory::Directory;
use crate::archive::zip::entry::{CENTRAL_HEADER, Entry, LOCAL_HEADER, Node};
use crate::archive::zip::ranges::Ranges;
use crate::record::Missed;

/// Reads a zip archive; `missing` is what is told where there is no directory at its end.
pub(super) fn read(
    source: impl Read + Seek,
    length: u64,
    passwords: &[String],
    missing: Phrase,
    delivery: &mut Delivery<'_>,
) -> io::Result<()> {
    let mut archive = Archive {
        window: Window::new(source, length),
        read: Ranges::default(),
        passwords: Passwords::new(passwords),
        delivery,
    };
    let directory = directory::find(&mut archive.window)?;
    match &directory {
        Some(directory) => archive.listed(directory)?,
        None => archive.delivery.note(Gap::Malformed, missing),
    }
    archive.unlisted(directory.is_some())
}

/// An archive while it is read.
struct Archive<'a, 'd, R> {
    window: Window<R>,
    /// What headers and members have taken so far.
    read: Ranges,
    passwords: Passwords,
    delivery: &'d mut Delivery<'a>,
}

/// Where a member's packed bytes lie.
#[derive(Clone, Copy)]
struct Extent {
    from: u64,
    to: u64,
}

impl<R: Read + Seek> Archive<'_, '_, R> {
    /// The members that the directory lists.
    fn listed(&mut self, directory: &Directory) -> io::Result<()> {
        if directory.parts > 0 {
            self.delivery.note(Gap::Malformed, both!("one part of a split archive", "分割された書庫の一部"));
        }
        self.read.take(directory.at, directory.end);
        let (mut at, mut count) = (directory.at, 0_u64);
        while at < directory.entries_end && !self.delivery.stopped() {
            let size = Entry::central_size(self.window.slice(at, CENTRAL_HEADER)?).unwrap_or_default();
            let Some(entry) = Entry::central(self.window.slice(at, size)?) else {
                let damaged =
                    both!("the directory is damaged behind entry {count}", "目次が {count} 件目より先で壊れている");
                self.delivery.note(Gap::Malformed, damaged);
                return Ok(());
            };
            at = at.saturating_add(size as u64);
            count += 1;
            self.listed_member(entry, directory.shift)?;
        }
        if !self.delivery.stopped() && !directory.agrees(count) {
            let contradiction = both!(
                "the directory holds {count} entries and claims another number",
                "目次には {count} 件あり、目次自身が示す件数と違う"
            );
            self.delivery.note(Gap::Malformed, contradiction);
        }
        Ok(())
    }

    fn listed_member(&mut self, entry: Entry, shift: u64) -> io::Result<()> {
        let header_at = entry.header_at.saturating_add(shift);
        let header = self.window.peek(header_at, LOCAL_HEADER + entry.raw_name.len())?;
        let Some(size) = Entry::local_size(&header) else {
            let nowhere = both!("no header where the directory says", "目次の示す位置にヘッダーがない");
            self.refuse(&entry, Missed::new(Gap::Malformed).because(nowhere));
            return Ok(());
        };
        let from = header_at.saturating_add(size as u64);
        let to = from.saturating_add(entry.packed);
        let extent = Extent { from, to: to.min(self.window.length()) };
        if !self.read.take(header_at, extent.to) {
            let overlap =
                both!("overlaps another member, as in a bomb", "ほかのファイルと重なっている (書庫爆弾の手口)");
            self.refuse(&entry, Missed::new(Gap::Malformed).because(overlap));
            return Ok(());
        }
        let doubt = (!entry.agrees(&header)).then(|| {
            let differs =
                both!("the directory and the member's own header differ", "目次とファイル自身のヘッダーが食い違う");
            Missed::new(Gap::Malformed).because(differs)
        });
        self.deliver(&entry, extent, doubt)
    }

    /// Hands one member over, with a doubt about it where there is one.
    fn deliver(&mut self, entry: &Entry, extent: Extent, doubt: Option<Missed>) -> io::Result<()> {
        if entry.node == Node::Folder {
            self.delivery.count();
            return Ok(());
        }
        if self.delivery.begin(&entry.name, entry.size, entry.modified) != Wanted::Yes {
            return Ok(());
        }
        let missed = match entry.node {
            Node::Link => Ok(Some(Missed::new(Gap::LinkNotFollowed))),
            Node::Special => Ok(Some(Missed::new(Gap::SpecialFile))),
            Node::File | Node::Folder => self.content(entry, extent),
        };
        // What begins must end, also where the disk fails.
        let (missed, result) = match missed {
            Ok(missed) => (missed, Ok(())),
            Err(error) => (Some(Missed::new(Gap::ReadFailed).because(&error)), Err(error)),
        };
        self.delivery.end(missed.or(doubt));
        result
    }

    fn refuse(&mut self, entry: &Entry, missed: Missed) {
        if entry.node == Node::Folder {
            self.delivery.count();
            return;
        }
        self.delivery.refuse(&entry.name, entry.size, entry.modified, missed);
    }
}
