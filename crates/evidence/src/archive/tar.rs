//! Tar archives: POSIX.1-2017 `pax` interchange format (ustar with extended headers), GNU tar's extensions, and the
//! older form without a mark.
//!
//! Sources: <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html> ("ustar Interchange Format", "pax
//! Header Block") and <https://www.gnu.org/software/tar/manual/html_node/Standard.html>.
//!
//! A header that is damaged costs its member: the next one is searched block by block. Zero blocks, which end an
//! archive, are passed over: archives that were put one behind the other are read to the end.

mod extended;
mod header;

use std::io::{self, BufReader, Read, Seek};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::{Phrase, Text};
use hikeshi_core::time::Timestamp;

use crate::archive::delivery::{Delivery, Ending, Rest};
use crate::archive::tar::extended::Extended;
use crate::archive::tar::header::{BLOCK, Header, Kind};
use crate::archive::{Wanted, broken, reason};
use crate::record::Missed;

/// The archive ends before a file does, or cannot be unpacked further.
const CUT_IN_FILE: Phrase = ("cut or damaged in the middle of a file", "ファイルの途中で切れているか壊れている");

/// Whether a file begins with the header of a tar archive.
pub(super) fn begins(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>().is_some_and(|block| Header::read(block).is_some())
}

/// Reads an archive that lies in a file as it is.
pub(super) fn read_file(source: impl Read + Seek, length: u64, delivery: &mut Delivery<'_>) -> io::Result<()> {
    let source = InFile { source: BufReader::with_capacity(64 << 10, source), at: 0, length };
    Tar { source, delivery, extended: Extended::default() }.run()
}

/// Reads an archive that is being unpacked.
pub(super) fn read_stream(source: impl Read, delivery: &mut Delivery<'_>) -> io::Result<()> {
    Tar { source: InStream { source, at: 0 }, delivery, extended: Extended::default() }.run()
}

struct Tar<'a, 'd, S> {
    source: S,
    delivery: &'d mut Delivery<'a>,
    extended: Extended,
}

/// Whether the archive goes on.
#[derive(PartialEq, Eq)]
enum Archive {
    GoesOn,
    Ends,
}

impl<S: Source> Tar<'_, '_, S> {
    fn run(mut self) -> io::Result<()> {
        let mut damaged = 0_u64;
        while !self.delivery.stopped() {
            let block = match self.block() {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(error) => {
                    let Text { en, ja } = Text::from(&error);
                    let detail =
                        both!("cut or damaged before a header: {en}", "ヘッダーの手前で途切れているか壊れている: {ja}");
                    self.delivery.note(reason(&error), detail);
                    break;
                }
            };
            if block == [0; BLOCK] {
                continue;
            }
            match Header::read(&block) {
                Some(header) if self.member(&header)? == Archive::Ends => break,
                Some(_) => {}
                None => damaged += 1,
            }
        }
        if damaged > 0 {
            let detail =
                both!("{damaged} blocks that are no header", "ヘッダーになっていないブロックが {damaged} 個ある");
            self.delivery.note(Gap::Malformed, detail);
        }
        Ok(())
    }

    /// The next block; `None` where nothing follows.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = Vec::with_capacity(BLOCK);
        self.source.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        match block.first_chunk() {
            Some(block) => Ok(Some(*block)),
            None if block.is_empty() => Ok(None),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Reads one member, or what a header says about the next.
    fn member(&mut self, header: &Header) -> io::Result<Archive> {
        if matches!(header.kind, Kind::LongName | Kind::LongLink | Kind::Extended | Kind::GlobalExtended) {
            return self.extend(header);
        }
        let extended = std::mem::take(&mut self.extended);
        let name = extended.path.as_deref().unwrap_or(&header.path);
        let size = extended.size.unwrap_or(header.size);
        let modified = extended.modified.or(header.modified);
        if header.kind == Kind::Sparse && self.pass_sparse_map(header)? == Archive::Ends {
            return Ok(Archive::Ends);
        }
        let unsupported = |what: Phrase| Some(Missed::new(Gap::MethodUnsupported).because(what));
        let refused = match header.kind {
            Kind::File if !extended.sparse => return self.file(name, size, modified),
            Kind::File | Kind::Sparse => unsupported(("sparse file", "スパース ファイル")),
            Kind::Continued => unsupported(("part of a file in several volumes", "複数の巻にまたがるファイルの一部")),
            Kind::Link => {
                let target = extended.link.as_deref().unwrap_or(&header.link);
                Some(Missed::new(Gap::LinkNotFollowed).because(Text::new(target, format!("リンク先: {target}"))))
            }
            Kind::Special => Some(Missed::new(Gap::SpecialFile)),
            _ => None,
        };
        if let Some(missed) = refused {
            // The size of a sparse file is that of its pieces.
            let claimed = Some(size).filter(|_| missed.reason != Gap::MethodUnsupported);
            self.delivery.refuse(name, claimed, modified, missed);
        }
        self.pass_to(self.source.at().saturating_add(if header.kind.has_content() { padded(size) } else { 0 }))
    }

    fn file(&mut self, name: &str, size: u64, modified: Option<Timestamp>) -> io::Result<Archive> {
        let next = self.source.at().saturating_add(padded(size));
        if self.delivery.begin(name, Some(size), modified) != Wanted::Yes {
            return self.pass_to(next);
        }
        let poured = self.delivery.pour(&mut self.source.by_ref().take(size), u64::MAX, Rest::Leave);
        let missed = match poured.ending {
            Ending::Whole if poured.bytes < size => {
                let bytes = poured.bytes;
                let detail =
                    both!("cut behind {bytes} bytes of {size}", "{size} バイト中 {bytes} バイトより先が途切れている");
                Missed::new(Gap::Malformed).because(detail)
            }
            Ending::Failed(error) => broken(poured.bytes, &error),
            Ending::Over(missed) => {
                self.delivery.end(Some(missed));
                return self.pass_to(next);
            }
            Ending::Whole | Ending::Unwanted => {
                self.delivery.end(None);
                return self.pass_to(next);
            }
        };
        self.delivery.note(missed.reason, CUT_IN_FILE);
        self.delivery.end(Some(missed));
        Ok(Archive::Ends)
    }

    /// Takes what stands in place of a member's content and tells of the next header.
    fn extend(&mut self, header: &Header) -> io::Result<Archive> {
        let next = self.source.at().saturating_add(padded(header.size));
        let mut content = Vec::new();
        let read = self.source.by_ref().take(header.size.min(extended::CAP)).read_to_end(&mut content);
        if let Err(error) = read {
            let Text { en, ja } = Text::from(&error);
            let detail =
                both!("cut or damaged in an extended header: {en}", "拡張ヘッダーで途切れているか壊れている: {ja}");
            self.delivery.note(reason(&error), detail);
            return Ok(Archive::Ends);
        }
        if header.size > extended::CAP {
            self.delivery.note(Gap::ValueCut, both!("extended header", "拡張ヘッダー"));
        }
        if !self.extended.add(header.kind, &content) {
            self.delivery.note(Gap::Malformed, both!("damaged extended header", "拡張ヘッダーが壊れている"));
        }
        self.pass_to(next)
    }

    /// Passes over the map of an old GNU sparse file, which stands between header and content.
    fn pass_sparse_map(&mut self, header: &Header) -> io::Result<Archive> {
        let mut goes_on = header.map_goes_on;
        while goes_on {
            match self.block() {
                Ok(Some(block)) => goes_on = block.get(504) == Some(&1),
                Ok(None) | Err(_) => {
                    let detail = both!("cut in the map of a sparse file", "スパース ファイルの配置表で途切れている");
                    self.delivery.note(Gap::Malformed, detail);
                    return Ok(Archive::Ends);
                }
            }
        }
        Ok(Archive::GoesOn)
    }

    /// Goes on at a place behind the present one.
    fn pass_to(&mut self, next: u64) -> io::Result<Archive> {
        let bytes = next.saturating_sub(self.source.at());
        if self.delivery.stopped() {
            return Ok(Archive::Ends);
        }
        if self.source.pass(bytes, self.delivery)? < bytes && !self.delivery.stopped() {
            self.delivery.note(Gap::Malformed, CUT_IN_FILE);
            return Ok(Archive::Ends);
        }
        Ok(Archive::GoesOn)
    }
}

/// Content is filled up to whole blocks.
fn padded(size: u64) -> u64 {
    size.checked_next_multiple_of(BLOCK as u64).unwrap_or(u64::MAX)
}

/// Bytes that one reads or passes over.
trait Source: Read {
    /// How many were read or passed over so far.
    fn at(&self) -> u64;
    /// Passes over so many, or fewer where there are no more.
    fn pass(&mut self, bytes: u64, delivery: &mut Delivery<'_>) -> io::Result<u64>;
}

/// An archive that lies in a file as it is: what is not wanted is not read.
struct InFile<R> {
    source: BufReader<R>,
    at: u64,
    length: u64,
}

impl<R: Read + Seek> Read for InFile<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(out)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl<R: Read + Seek> Source for InFile<R> {
    fn at(&self) -> u64 {
        self.at
    }

    fn pass(&mut self, bytes: u64, _: &mut Delivery<'_>) -> io::Result<u64> {
        let bytes = bytes.min(self.length.saturating_sub(self.at));
        self.source.seek_relative(i64::try_from(bytes).unwrap_or(i64::MAX))?;
        self.at = self.at.saturating_add(bytes);
        Ok(bytes)
    }
}

/// An archive that is being unpacked: what is not wanted is unpacked for nothing.
struct InStream<R> {
    source: R,
    at: u64,
}

impl<R: Read> Read for InStream<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(out)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl<R: Read> Source for InStream<R> {
    fn at(&self) -> u64 {
        self.at
    }

    fn pass(&mut self, bytes: u64, delivery: &mut Delivery<'_>) -> io::Result<u64> {
        Ok(delivery.drain(&mut self.by_ref().take(bytes), u64::MAX).bytes)
    }
}
