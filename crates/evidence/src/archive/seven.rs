//! 7z archives, as 7zFormat.txt of the LZMA SDK describes them: <https://7-zip.org/sdk.html>.
//!
//! The `sevenz-rust2` crate unpacks them. What it would allocate follows from counts in the header, so the header is
//! looked at first: see [`header`]. Files lie one behind the other in blocks that are packed as one: damage costs the
//! rest of its block.

mod header;

use std::io::{self, Read, Seek};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, EncoderMethod, Error, Password};

use crate::archive::delivery::{Delivery, Ending, Poured, Rest};
use crate::archive::seven::header::HeaderProblem;
use crate::archive::{WRONG_CHECKSUM, Wanted, broken, other_size};
use crate::hex::hex;
use crate::record::Missed;
use crate::windows_time::filetime;

/// What unpacking may hold in memory. The largest dictionary that 7-Zip's levels choose is 256 MiB.
const DICTIONARY_CAP: u64 = 512 << 20;
/// A password is tried on so many bytes of a block.
const TRIAL: u64 = 1 << 20;
/// What is unpacked; besides these, encryption.
const METHODS: [&[u8]; 14] = [
    EncoderMethod::ID_COPY,
    EncoderMethod::ID_LZMA,
    EncoderMethod::ID_LZMA2,
    EncoderMethod::ID_DEFLATE,
    EncoderMethod::ID_DELTA,
    EncoderMethod::ID_BCJ_X86,
    EncoderMethod::ID_BCJ2,
    EncoderMethod::ID_BCJ_PPC,
    EncoderMethod::ID_BCJ_IA64,
    EncoderMethod::ID_BCJ_ARM,
    EncoderMethod::ID_BCJ_ARM64,
    EncoderMethod::ID_BCJ_ARM_THUMB,
    EncoderMethod::ID_BCJ_SPARC,
    EncoderMethod::ID_BCJ_RISCV,
];

pub(super) fn read(
    mut source: impl Read + Seek,
    length: u64,
    passwords: &[String],
    delivery: &mut Delivery<'_>,
) -> io::Result<()> {
    let passwords: Vec<Password> = passwords.iter().map(|password| Password::from(password.as_str())).collect();
    let password = match header::check(&mut source, length, delivery.members_cap(), &passwords) {
        Ok(Some(password)) => password,
        Ok(None) => return Ok(()),
        Err(HeaderProblem::Io(error)) => return Err(error),
        Err(HeaderProblem::Missed(missed)) => {
            delivery.note(missed.reason, missed.detail.unwrap_or_default());
            return Ok(());
        }
    };
    match Archive::read(&mut source, &password) {
        Ok(archive) => SevenZip { source, archive: &archive, password, passwords: &passwords, delivery }.run(),
        Err(error) => {
            let Text { en, ja } = told(&error);
            delivery.note(Gap::Malformed, both!("damaged header: {en}", "ヘッダーが壊れている: {ja}"));
        }
    }
    Ok(())
}

/// The names of all files, as far as the list of files can be read.
pub(super) fn names(mut source: impl Read + Seek, length: u64, cap: u64, passwords: &[String]) -> Vec<String> {
    let passwords: Vec<Password> = passwords.iter().map(|password| Password::from(password.as_str())).collect();
    let Ok(Some(password)) = header::check(&mut source, length, cap, &passwords) else { return Vec::new() };
    let Ok(archive) = Archive::read(&mut source, &password) else { return Vec::new() };
    archive.files.into_iter().map(|entry| entry.name).collect()
}

struct SevenZip<'a, 'd, 'm, R> {
    source: R,
    archive: &'a Archive,
    /// The one that fitted last.
    password: Password,
    passwords: &'a [Password],
    delivery: &'d mut Delivery<'m>,
}

impl<R: Read + Seek> SevenZip<'_, '_, '_, R> {
    fn run(mut self) {
        for (index, block) in self.archive.blocks.iter().enumerate() {
            if self.delivery.stopped() {
                return;
            }
            match self.refused(index, block) {
                Some(missed) => self.refuse(index, 0, &missed),
                None => self.block(index),
            }
        }
        // Empty files belong to no block, unless they stand between others.
        let mapped = self.archive.stream_map.file_block_index.iter();
        for (entry, _) in self.archive.files.iter().zip(mapped).filter(|(_, block)| block.is_none()) {
            if is_file(entry) && begin(self.delivery, entry) == Wanted::Yes {
                self.delivery.end(refusal(entry));
            }
        }
    }

    /// Tells of the files of a block that are not read, behind the first ones.
    fn refuse(&mut self, index: usize, reached: usize, missed: &Missed) {
        let decoder = BlockDecoder::new(1, index, self.archive, &self.password, &mut self.source);
        for entry in decoder.entries().iter().skip(reached).filter(|entry| is_file(entry)) {
            self.delivery.refuse(&entry.name, Some(entry.size), modified(entry), missed.clone());
        }
    }

    fn block(&mut self, index: usize) {
        let packed = self.packed(index);
        let decoder = BlockDecoder::new(1, index, self.archive, &self.password, &mut self.source);
        let count = decoder.entry_count();
        let delivery = &mut *self.delivery;
        let (mut reached, mut broken) = (0, None);
        let outcome = decoder.for_each_entries(&mut |entry, content| {
            reached += 1;
            let rest = if reached == count { Rest::Leave } else { Rest::Unpack };
            broken = hand_over(delivery, entry, content, packed, rest).err();
            Ok(broken.is_none() && !delivery.stopped())
        });
        let missed = match (outcome, broken) {
            (Err(error), _) => Missed::new(Gap::Malformed).because(told(&error)),
            (Ok(_), Some(reason)) => Missed::new(reason).because(both!(
                "lies behind a file of the same block that did not unpack to its end",
                "同じブロックの前のファイルを最後まで展開できなかった"
            )),
            (Ok(_), None) => return,
        };
        self.refuse(index, reached, &missed);
    }

    /// Why a block cannot be unpacked; finds the password where one is needed.
    fn refused(&mut self, index: usize, block: &Block) -> Option<Missed> {
        let ids = || block.coders.iter().map(sevenz_rust2::Coder::encoder_method_id);
        let is_encrypted = |id: &&[u8]| **id == *EncoderMethod::ID_AES256_SHA256;
        if let Some(id) = ids().find(|id| !is_encrypted(id) && !METHODS.contains(id)) {
            return Some(Missed::new(Gap::MethodUnsupported).because(method_name(id)));
        }
        let dictionaries = block.coders.iter().map(header::dictionary).fold(0, u64::saturating_add);
        if dictionaries > DICTIONARY_CAP {
            let detail = both!("dictionary of {dictionaries} bytes", "辞書が {dictionaries} バイト");
            return Some(Missed::new(Gap::OverMemory).because(detail));
        }
        if !ids().any(|id| is_encrypted(&id)) || self.fits(index, &self.password.clone()) {
            return None;
        }
        let passwords = self.passwords;
        match passwords.iter().find(|password| self.fits(index, password)) {
            Some(password) => {
                self.password = password.clone();
                None
            }
            None => Some(Missed::new(Gap::Encrypted)),
        }
    }

    /// Whether the beginning of a block unpacks with a password.
    fn fits(&mut self, index: usize, password: &Password) -> bool {
        if password.is_empty() {
            return false;
        }
        let mut left = TRIAL;
        let decoder = BlockDecoder::new(1, index, self.archive, password, &mut self.source);
        let tried = decoder.for_each_entries(&mut |_, content| {
            left = left.saturating_sub(io::copy(&mut content.take(left), &mut io::sink())?);
            Ok(left > 0)
        });
        tried.is_ok()
    }

    /// The packed size of a block.
    fn packed(&self, index: usize) -> u64 {
        let firsts = self.archive.stream_map.block_first_pack_stream_index();
        let first = firsts.get(index).copied().unwrap_or_default();
        let end = firsts.get(index + 1).copied().unwrap_or(usize::MAX);
        let sizes = self.archive.pack_sizes().iter().take(end).skip(first);
        sizes.fold(0, |sum, size| u64::saturating_add(sum, *size))
    }
}

/// Hands one file over. An error says why what follows it in the block cannot be had.
fn hand_over(
    delivery: &mut Delivery<'_>,
    entry: &ArchiveEntry,
    content: &mut dyn Read,
    packed: u64,
    rest: Rest,
) -> Result<(), Gap> {
    let wanted = is_file(entry) && begin(delivery, entry) == Wanted::Yes;
    let refused = refusal(entry);
    let poured = match (wanted && refused.is_none(), rest) {
        (true, _) => Some(delivery.pour(content, packed, rest)),
        (false, Rest::Unpack) => Some(delivery.drain(content, packed)),
        (false, Rest::Leave) => None,
    };
    let (missed, goes_on) = poured.map_or((None, Ok(())), |poured| verdict(entry, poured));
    if wanted {
        delivery.end(refused.or(missed));
    }
    goes_on
}

/// What came out, compared with what the header says; and whether what follows can be had.
fn verdict(entry: &ArchiveEntry, poured: Poured) -> (Option<Missed>, Result<(), Gap>) {
    let Poured { bytes, ending, .. } = poured;
    match ending {
        Ending::Whole if bytes < entry.size => {
            (Some(Missed::new(Gap::Malformed).because(other_size(bytes, entry.size))), Ok(()))
        }
        Ending::Whole | Ending::Unwanted => (None, Ok(())),
        Ending::Over(missed) => (Some(missed), Err(Gap::TooLarge)),
        Ending::Failed(error) if is_checksum(&error) => {
            (Some(Missed::new(Gap::Malformed).because(WRONG_CHECKSUM)), Ok(()))
        }
        Ending::Failed(error) => (Some(broken(bytes, &error)), Err(Gap::Malformed)),
    }
}

fn begin(delivery: &mut Delivery<'_>, entry: &ArchiveEntry) -> Wanted {
    delivery.begin(&entry.name, Some(entry.size), modified(entry))
}

/// Folders and marks for deletion are none.
fn is_file(entry: &ArchiveEntry) -> bool {
    !entry.is_directory && !entry.is_anti_item
}

/// Links are not followed. 7-Zip keeps the mode of Unix in the upper half, where bit 15 says so; Windows calls links
/// reparse points.
fn refusal(entry: &ArchiveEntry) -> Option<Missed> {
    const UNIX_EXTENSION: u32 = 0x8000;
    const REPARSE_POINT: u32 = 0x400;
    let attributes = if entry.has_windows_attributes { entry.windows_attributes } else { 0 };
    let mode = attributes >> 16 & 0o170_000;
    let is_unix_link = attributes & UNIX_EXTENSION != 0 && mode == 0o120_000;
    (is_unix_link || attributes & REPARSE_POINT != 0).then(|| Missed::new(Gap::LinkNotFollowed))
}

fn modified(entry: &ArchiveEntry) -> Option<Timestamp> {
    entry.has_last_modified_date.then(|| filetime(entry.last_modified_date.into())).flatten()
}

fn method_name(id: &[u8]) -> Text {
    let number = hex(id);
    let unknown = || both!("method {number}", "方式番号 {number}");
    EncoderMethod::by_id(id).map_or_else(unknown, |method| Text::same(method.name()))
}

fn is_checksum(error: &io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<Error>());
    matches!(cause, Some(Error::ChecksumVerificationFailed))
}

/// Stands in Japanese before what the library says.
const UNPACKING: &str = "展開できない";

/// The library's own words.
fn told(error: &Error) -> Text {
    match error {
        Error::Other(text) | Error::Unsupported(text) => Text::quoted(text, UNPACKING),
        Error::Io(error, _) | Error::MaybeBadPassword(error) => error.into(),
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => WRONG_CHECKSUM.into(),
        other => Text::quoted(other, UNPACKING),
    }
}
