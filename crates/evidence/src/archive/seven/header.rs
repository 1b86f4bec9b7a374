//! Looks at the header of a 7z archive before the library does, for what the library would allocate.
//!
//! The library's lists have one element of a hundred bytes and more for each file, block and stream that the header
//! counts, and a header of some KiB unpacks to gigabytes. So the header is unpacked here first, up to a cap, and its
//! counts are compared with the limits. Structure and names: 7zFormat.txt of the LZMA SDK.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use flate2::Crc;
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use sevenz_rust2::{Archive, BlockDecoder, Coder, EncoderMethod, Password};

use crate::archive::seven::DICTIONARY_CAP;
use crate::record::Missed;

/// So large may a header be, unpacked: some 300,000 files with long names.
const HEADER_CAP: u64 = 64 << 20;
/// Blocks may be made of several streams.
const STREAMS_OF_BLOCK: u64 = 4;
const SIGNATURE: &[u8] = b"7z\xbc\xaf\x27\x1c";
const SIGNATURE_HEADER: u64 = 32;

const END: u8 = 0x00;
const HEADER: u8 = 0x01;
const ARCHIVE_PROPERTIES: u8 = 0x02;
const MAIN_STREAMS: u8 = 0x04;
const FILES: u8 = 0x05;
const PACK_INFO: u8 = 0x06;
const UNPACK_INFO: u8 = 0x07;
const SUBSTREAMS: u8 = 0x08;
const SIZES: u8 = 0x09;
const CHECKSUMS: u8 = 0x0a;
const FOLDERS: u8 = 0x0b;
const UNPACK_SIZES: u8 = 0x0c;
const UNPACK_STREAMS: u8 = 0x0d;
const ENCODED_HEADER: u8 = 0x17;

/// Why the library is not given an archive.
pub(super) enum HeaderProblem {
    /// Reading failed.
    Io(io::Error),
    /// It cannot be read, or would cost too much.
    Missed(Missed),
}

impl From<Gap> for HeaderProblem {
    fn from(reason: Gap) -> Self {
        let detail = match reason {
            Gap::Malformed => ("damaged header", "ヘッダーが壊れている"),
            Gap::TooMany => ("the header counts more files than are read", "ヘッダーの示すファイル数が上限を超える"),
            Gap::TooLarge => ("the header is larger than is read", "ヘッダーが上限より大きい"),
            Gap::OverMemory => {
                ("the header needs a larger dictionary than is allowed", "ヘッダーの展開に上限より大きい辞書が要る")
            }
            Gap::Encrypted => ("the list of files is encrypted", "ファイルの一覧が暗号化されている"),
            _ => return Self::Missed(Missed::new(reason)),
        };
        Self::Missed(Missed::new(reason).because(detail))
    }
}

/// Checks the header; gives the password that it needed, or none. The archive holds no file where there is no header.
pub(super) fn check(
    source: &mut (impl Read + Seek),
    length: u64,
    files_cap: u64,
    passwords: &[Password],
) -> Result<Option<Password>, HeaderProblem> {
    let start = piece(source, length, 0, SIGNATURE_HEADER)?;
    let (fixed, next) = start.split_at_checked(12).ok_or(Gap::Malformed)?;
    if next.iter().all(|byte| *byte == 0) {
        let unfinished = both!("was never finished", "書き込みが完了していない");
        return Err(HeaderProblem::Missed(Missed::new(Gap::Malformed).because(unfinished)));
    }
    if !fixed.starts_with(SIGNATURE) || fixed.get(8..) != Some(&checksum(next)) {
        return Err(Gap::Malformed.into());
    }
    let number = |at: usize| next.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let (offset, size) = (number(0).unwrap_or_default(), number(8).unwrap_or_default());
    if size == 0 {
        return Ok(None);
    }
    let at = SIGNATURE_HEADER.saturating_add(offset);
    if at.saturating_add(size) > length {
        let cut = both!("cut: the list of files is missing", "途中で切れている: ファイルの一覧がない");
        return Err(HeaderProblem::Missed(Missed::new(Gap::Malformed).because(cut)));
    }
    let bytes = piece(source, length, at, size)?;
    if next.get(16..) != Some(&checksum(&bytes)) {
        return Err(Gap::Malformed.into());
    }
    match bytes.split_first() {
        Some((&ENCODED_HEADER, rest)) => unpacked(source, length, rest, files_cap, passwords).map(Some),
        _ => Ok(count(&bytes, files_cap).map(|()| Some(Password::empty()))?),
    }
}

/// Unpacks the header and checks that.
fn unpacked(
    source: &mut (impl Read + Seek),
    length: u64,
    description: &[u8],
    files_cap: u64,
    passwords: &[Password],
) -> Result<Password, HeaderProblem> {
    let streams = Streams::read(&mut Numbers(description), files_cap)?;
    if streams.blocks != 1 {
        return Err(Gap::Malformed.into());
    }
    if streams.unpacked > HEADER_CAP {
        return Err(Gap::TooLarge.into());
    }
    if streams.dictionary > DICTIONARY_CAP {
        return Err(Gap::OverMemory.into());
    }
    let packed = piece(source, length, SIGNATURE_HEADER.saturating_add(streams.packed_at), streams.packed)?;
    let archive = archive_of_one(&packed, streams.unpack_info);
    let none = [Password::empty()];
    let candidates = if streams.encrypted { passwords } else { &none };
    let opened = candidates.iter().find_map(|password| Some((content(&archive, password)?, password)));
    match opened {
        Some((header, password)) => Ok(count(&header, files_cap).map(|()| password.clone())?),
        None if streams.encrypted => Err(Gap::Encrypted.into()),
        None => Err(Gap::Malformed.into()),
    }
}

/// Bytes of the archive, all or none.
fn piece(source: &mut (impl Read + Seek), length: u64, at: u64, size: u64) -> Result<Vec<u8>, HeaderProblem> {
    if size > HEADER_CAP {
        return Err(Gap::TooLarge.into());
    }
    if at.saturating_add(size) > length {
        return Err(Gap::Malformed.into());
    }
    let mut bytes = Vec::new();
    let read = source.seek(SeekFrom::Start(at)).and_then(|_| source.take(size).read_to_end(&mut bytes));
    read.map_err(HeaderProblem::Io)?;
    if (bytes.len() as u64) < size { Err(Gap::Malformed.into()) } else { Ok(bytes) }
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

/// An archive with the packed header as its only file: so the library unpacks it.
fn archive_of_one(packed: &[u8], unpack_info: &[u8]) -> Vec<u8> {
    let mut header = vec![HEADER, MAIN_STREAMS, PACK_INFO, 0, 1, SIZES, 0xff];
    header.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    header.extend_from_slice(&[END, UNPACK_INFO]);
    header.extend_from_slice(unpack_info);
    header.extend_from_slice(&[SUBSTREAMS, END, END, FILES, 1, END, END]);
    let mut next = [packed.len() as u64, header.len() as u64].map(u64::to_le_bytes).concat();
    next.extend_from_slice(&checksum(&header));
    [SIGNATURE, &[0, 4], &checksum(&next), &next, packed, &header].concat()
}

/// The content of its only file, if that is whole.
fn content(archive: &[u8], password: &Password) -> Option<Vec<u8>> {
    let mut source = Cursor::new(archive);
    let archive = Archive::read(&mut source, password).ok()?;
    let mut header = Vec::new();
    let decoder = BlockDecoder::new(1, 0, &archive, password, &mut source);
    let outcome = decoder.for_each_entries(&mut |_, content| {
        content.take(HEADER_CAP).read_to_end(&mut header)?;
        Ok(true)
    });
    // With a wrong password something may come out, but no header.
    outcome.ok().filter(|_| header.first() == Some(&HEADER)).map(|_| header)
}

/// Compares what the header counts with the caps.
fn count(header: &[u8], files_cap: u64) -> Result<(), Gap> {
    let mut numbers = Numbers(header);
    let mut id = match numbers.byte()? {
        HEADER => numbers.byte()?,
        _ => return Err(Gap::Malformed),
    };
    if id == ARCHIVE_PROPERTIES {
        while numbers.byte()? != END {
            let size = numbers.number()?;
            numbers.pass(size)?;
        }
        id = numbers.byte()?;
    }
    if id == MAIN_STREAMS {
        Streams::read(&mut numbers, files_cap)?;
        id = numbers.byte()?;
    }
    if id == FILES && numbers.number()? > files_cap { Err(Gap::TooMany) } else { Ok(()) }
}

/// What the description of packed streams says.
struct Streams<'b> {
    packed_at: u64,
    /// Size of the first packed stream.
    packed: u64,
    blocks: u64,
    /// Of all blocks: the largest size of anything unpacked, the largest dictionary, and whether any is encrypted.
    unpacked: u64,
    dictionary: u64,
    encrypted: bool,
    /// The part of the description that tells of the blocks.
    unpack_info: &'b [u8],
}

impl<'b> Streams<'b> {
    fn read(numbers: &mut Numbers<'b>, cap: u64) -> Result<Self, Gap> {
        let mut streams = Streams {
            packed_at: 0,
            packed: 0,
            blocks: 0,
            unpacked: 0,
            dictionary: 0,
            encrypted: false,
            unpack_info: &[],
        };
        let mut id = numbers.byte()?;
        if id == PACK_INFO {
            streams.pack_info(numbers, cap)?;
            id = numbers.byte()?;
        }
        let mut checked = Vec::new();
        if id == UNPACK_INFO {
            let begin = numbers.0;
            checked = streams.unpack_info(numbers, cap)?;
            let length = begin.len() - numbers.0.len();
            streams.unpack_info = begin.get(..length).unwrap_or_default();
            id = numbers.byte()?;
        }
        if id == SUBSTREAMS {
            substreams(numbers, &checked, cap)?;
            id = numbers.byte()?;
        }
        if id == END { Ok(streams) } else { Err(Gap::Malformed) }
    }

    fn pack_info(&mut self, numbers: &mut Numbers<'b>, cap: u64) -> Result<(), Gap> {
        self.packed_at = numbers.number()?;
        let count = numbers.count(cap.saturating_mul(STREAMS_OF_BLOCK))?;
        let mut id = numbers.byte()?;
        if id == SIZES {
            for index in 0..count {
                let size = numbers.number()?;
                self.packed = if index == 0 { size } else { self.packed };
            }
            id = numbers.byte()?;
        }
        if id == CHECKSUMS {
            numbers.checksums(count)?;
            id = numbers.byte()?;
        }
        if id == END { Ok(()) } else { Err(Gap::Malformed) }
    }

    /// For each block, whether it has a checksum.
    fn unpack_info(&mut self, numbers: &mut Numbers<'b>, cap: u64) -> Result<Vec<bool>, Gap> {
        if numbers.byte()? != FOLDERS {
            return Err(Gap::Malformed);
        }
        self.blocks = numbers.count(cap)?;
        if numbers.byte()? != 0 {
            return Err(Gap::Malformed);
        }
        let mut outputs = 0_u64;
        for _ in 0..self.blocks {
            outputs += self.block(numbers)?;
        }
        if numbers.byte()? != UNPACK_SIZES {
            return Err(Gap::Malformed);
        }
        for _ in 0..outputs {
            self.unpacked = self.unpacked.max(numbers.number()?);
        }
        let mut checked = Vec::new();
        let mut id = numbers.byte()?;
        if id == CHECKSUMS {
            checked = numbers.checksums(self.blocks)?;
            id = numbers.byte()?;
        }
        checked.resize(usize::try_from(self.blocks).unwrap_or_default(), false);
        if id == END { Ok(checked) } else { Err(Gap::Malformed) }
    }

    /// Reads how one block is packed; the number of its outputs.
    fn block(&mut self, numbers: &mut Numbers<'b>) -> Result<u64, Gap> {
        const CODERS: u64 = 64;
        let coders = numbers.count(CODERS)?;
        let (mut inputs, mut outputs, mut dictionary) = (0_u64, 0_u64, 0_u64);
        for _ in 0..coders {
            let flags = numbers.byte()?;
            let id = numbers.take(u64::from(flags & 0x0f))?;
            let (ins, outs) = match flags & 0x10 {
                0 => (1, 1),
                _ => (numbers.count(CODERS)?, numbers.count(CODERS)?),
            };
            let size = if flags & 0x20 == 0 { 0 } else { numbers.number()? };
            dictionary = dictionary.saturating_add(dictionary_of(id, numbers.take(size)?));
            self.encrypted |= id == EncoderMethod::ID_AES256_SHA256;
            inputs += ins;
            outputs += outs;
        }
        self.dictionary = self.dictionary.max(dictionary);
        let bonds = outputs.saturating_sub(1);
        for _ in 0..bonds.saturating_mul(2) {
            numbers.number()?;
        }
        let packed = inputs.saturating_sub(bonds);
        for _ in 0..if packed == 1 { 0 } else { packed } {
            numbers.number()?;
        }
        Ok(outputs)
    }
}

/// Passes over the sizes of the files in blocks; they may be no more than the cap in all.
fn substreams(numbers: &mut Numbers<'_>, checked: &[bool], cap: u64) -> Result<(), Gap> {
    let mut counts = vec![1_u64; checked.len()];
    let mut id = numbers.byte()?;
    if id == UNPACK_STREAMS {
        let mut all = 0_u64;
        for count in &mut counts {
            *count = numbers.count(cap)?;
            all += *count;
            if all > cap {
                return Err(Gap::TooMany);
            }
        }
        id = numbers.byte()?;
    }
    if id == SIZES {
        for _ in 0..counts.iter().map(|count| count.saturating_sub(1)).sum() {
            numbers.number()?;
        }
        id = numbers.byte()?;
    }
    if id == CHECKSUMS {
        let missing = counts.iter().zip(checked).filter(|(count, checked)| **count != 1 || !**checked);
        numbers.checksums(missing.map(|(count, _)| *count).sum())?;
        id = numbers.byte()?;
    }
    if id == END { Ok(()) } else { Err(Gap::Malformed) }
}

/// The dictionary of a coder, in bytes.
pub(super) fn dictionary(coder: &Coder) -> u64 {
    dictionary_of(coder.encoder_method_id(), coder.properties())
}

fn dictionary_of(id: &[u8], properties: &[u8]) -> u64 {
    match id {
        EncoderMethod::ID_LZMA => {
            properties.get(1..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
        }
        // Two bits of mantissa, the rest is the exponent.
        EncoderMethod::ID_LZMA2 => {
            let bits = properties.first().map_or(0, |bits| u32::from(bits & 0x3f));
            u64::from(2 | bits & 1) << (bits / 2 + 11)
        }
        _ => 0,
    }
}

/// What is left of a header.
struct Numbers<'b>(&'b [u8]);

impl<'b> Numbers<'b> {
    fn byte(&mut self) -> Result<u8, Gap> {
        let (byte, rest) = self.0.split_first().ok_or(Gap::Malformed)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn take(&mut self, count: u64) -> Result<&'b [u8], Gap> {
        let count = usize::try_from(count).map_err(|_| Gap::Malformed)?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Gap::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn pass(&mut self, count: u64) -> Result<(), Gap> {
        self.take(count).map(|_| ())
    }

    /// A number: the first byte's leading ones say how many bytes follow; its other bits are the highest.
    fn number(&mut self) -> Result<u64, Gap> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(self.take(u64::from(more))?) {
            *to = *from;
        }
        let high = u64::from(first) & 0x7f_u64.checked_shr(more).unwrap_or(0);
        Ok(u64::from_le_bytes(bytes) | high.checked_shl(8 * more).unwrap_or(0))
    }

    fn count(&mut self, cap: u64) -> Result<u64, Gap> {
        let count = self.number()?;
        if count > cap { Err(Gap::TooMany) } else { Ok(count) }
    }

    /// Passes over so many checksums; whether each is there.
    fn checksums(&mut self, count: u64) -> Result<Vec<bool>, Gap> {
        let every = self.byte()? != 0;
        let count_here = usize::try_from(count).map_err(|_| Gap::Malformed)?;
        let there = match every {
            true => vec![true; count_here],
            false => {
                let bits = self
                    .take(count.div_ceil(8))?
                    .iter()
                    .flat_map(|byte| (0..8).map(move |bit| byte << bit & 0x80 != 0));
                bits.take(count_here).collect()
            }
        };
        self.pass(4 * there.iter().filter(|there| **there).count() as u64)?;
        Ok(there)
    }
}
