//! Unpacks and decrypts the content of one member.
//!
//! The `zip` crate does it: it is given a header made here from what the directory says, and behind it the packed bytes.
//! So it sees one member only and nothing of the structure. Sizes and checksum are compared here, because a member
//! whose header lies is still read.

use std::cell::Cell;
use std::io::{self, Read, Seek};

use encoding_rs::SHIFT_JIS;
use flate2::Crc;
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use zip::read::{ZipReadOptions, read_zipfile_from_stream_with_options};
use zip::result::ZipError;

use crate::archive::delivery::{Ending, Poured, Rest};
use crate::archive::zip::entry::{Entry, LOCAL_SIGNATURE, method_name};
use crate::archive::zip::{Archive, Extent};
use crate::archive::{WRONG_CHECKSUM, broken, other_size};
use crate::record::Missed;

/// Methods that are unpacked: stored, deflate, deflate64.
const METHODS: [u16; 3] = [0, 8, 9];
/// A password that fits by its one check byte is tried on so many bytes of the content.
const TRIAL: u64 = 1 << 20;

/// Passwords as bytes, the one that fitted last before the others.
pub(super) struct Passwords {
    candidates: Vec<Vec<u8>>,
}

impl Passwords {
    /// As UTF-8, and where that differs also in Shift_JIS: programs encrypt with the bytes that the user's system makes.
    pub(super) fn new(passwords: &[String]) -> Self {
        let japanese = |password: &String| {
            let (bytes, _, unmappable) = SHIFT_JIS.encode(password);
            (!unmappable && *bytes != *password.as_bytes()).then(|| bytes.into_owned())
        };
        let both = |password| [Some(String::clone(password).into_bytes()), japanese(password)];
        Self { candidates: passwords.iter().flat_map(both).flatten().collect() }
    }
}

/// How a password fits.
enum Fit {
    Well,
    Not,
    /// By its check byte, but what comes out is not what was packed.
    Seemingly,
    Never(Missed),
}

impl<R: Read + Seek> Archive<'_, '_, R> {
    /// Hands over the content; what is missing of it.
    pub(super) fn content(&mut self, entry: &Entry, extent: Extent) -> io::Result<Option<Missed>> {
        if entry.is_strongly_encrypted() {
            return Ok(Some(
                Missed::new(Gap::MethodUnsupported).because(both!("strong encryption", "強力な暗号化方式")),
            ));
        }
        if !METHODS.contains(&entry.method) {
            let number = entry.method;
            let name = method_name(number).map_or_else(|| both!("method {number}", "方式番号 {number}"), Text::same);
            return Ok(Some(Missed::new(Gap::MethodUnsupported).because(name)));
        }
        let password = match entry.is_encrypted() {
            true => match self.password(entry, extent)? {
                Ok(password) => Some(password),
                Err(missed) => return Ok(Some(missed)),
            },
            false => None,
        };
        let delivery = &mut *self.delivery;
        let enough = Cell::new(false);
        let mut section = self.window.section(extent.from, extent.to, &enough)?;
        let poured = open(entry, extent, &mut section, password.as_deref(), |content| {
            let poured = delivery.pour(content, extent.to.saturating_sub(extent.from), Rest::Leave);
            enough.set(true);
            poured
        });
        Ok(match poured {
            Ok(poured) => verdict(entry, extent, poured),
            Err(error) => Some(damage(error)),
        })
    }

    /// The password that opens the member.
    fn password(&mut self, entry: &Entry, extent: Extent) -> io::Result<Result<Vec<u8>, Missed>> {
        let mut detail = None;
        for index in 0..self.passwords.candidates.len() {
            let Some(password) = self.passwords.candidates.get(index).cloned() else { break };
            match self.fit(entry, extent, &password)? {
                Fit::Well => {
                    self.passwords.candidates.swap(0, index);
                    return Ok(Ok(password));
                }
                Fit::Not => {}
                Fit::Seemingly => {
                    detail = Some(both!(
                        "a password fits by its check byte, but the content is not whole",
                        "検査バイトに合うパスワードはあるが、中身が完全でない"
                    ));
                }
                Fit::Never(missed) => return Ok(Err(missed)),
            }
        }
        let missed = Missed::new(Gap::Encrypted);
        Ok(Err(detail.map_or(missed.clone(), |detail| missed.because(detail))))
    }

    fn fit(&mut self, entry: &Entry, extent: Extent, password: &[u8]) -> io::Result<Fit> {
        let enough = Cell::new(false);
        let mut section = self.window.section(extent.from, extent.to, &enough)?;
        let opened = open(entry, extent, &mut section, Some(password), |content| {
            // AES has two check bytes and an authentication code behind the content. One check byte alone fits by
            // chance for every 256th wrong password.
            let fits = entry.aes.is_some() || unpacks(entry, content);
            enough.set(true);
            fits
        });
        Ok(match opened {
            Ok(true) => Fit::Well,
            Ok(false) => Fit::Seemingly,
            Err(ZipError::InvalidPassword) => Fit::Not,
            Err(error) => Fit::Never(damage(error)),
        })
    }
}

/// Whether the beginning of the content unpacks, and the whole of a short one has its checksum.
fn unpacks(entry: &Entry, content: &mut dyn Read) -> bool {
    let (mut crc, mut bytes, mut chunk) = (Crc::new(), 0_u64, vec![0; 16 << 10]);
    while bytes < TRIAL {
        match content.read(&mut chunk) {
            Ok(0) => return entry.crc.is_none_or(|expected| crc.sum() == expected),
            Ok(count) => {
                bytes += count as u64;
                crc.update(chunk.get(..count).unwrap_or_default());
            }
            Err(_) => return false,
        }
    }
    true
}

/// Gives the unpacked content to `use_it`.
fn open<T>(
    entry: &Entry,
    extent: Extent,
    section: &mut dyn Read,
    password: Option<&[u8]>,
    use_it: impl FnOnce(&mut dyn Read) -> T,
) -> Result<T, ZipError> {
    let packed = extent.to.saturating_sub(extent.from);
    let header = header(entry, packed);
    let mut stream = header.as_slice().chain(section);
    let options = ZipReadOptions::new()
        .password(password)
        .ignore_crc32(true)
        .override_compressed_size(packed)
        .override_uncompressed_size(u64::MAX);
    let content = read_zipfile_from_stream_with_options(&mut stream, options)?;
    content.map(|mut content| use_it(&mut content)).ok_or(ZipError::FileNotFound)
}

/// A local header that says of the content what matters for unpacking it.
fn header(entry: &Entry, packed: u64) -> Vec<u8> {
    let aes = entry.aes.map(|aes| aes.field);
    let extra = 20 + aes.map_or(0, |field| 4 + field.len() as u16);
    let mut header = LOCAL_SIGNATURE.to_vec();
    for number in [51, entry.encryption_flags(), entry.stored_method, entry.time, entry.date] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    for number in [entry.crc.unwrap_or_default(), u32::MAX, u32::MAX] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    for number in [0, extra, 1, 16] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    for number in [u64::MAX, packed] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    if let Some(field) = aes {
        header.extend_from_slice(&[0x01, 0x99, 7, 0]);
        header.extend_from_slice(&field);
    }
    header
}

/// What came out, compared with what the headers say.
fn verdict(entry: &Entry, extent: Extent, poured: Poured) -> Option<Missed> {
    let malformed = |detail: Text| Some(Missed::new(Gap::Malformed).because(detail));
    let Poured { bytes, crc, ending } = poured;
    match ending {
        Ending::Unwanted => None,
        Ending::Over(missed) => Some(missed),
        Ending::Failed(error) => Some(broken(bytes, &error)),
        Ending::Whole if extent.to.saturating_sub(extent.from) < entry.packed => {
            malformed(both!("cut behind {bytes} bytes", "{bytes} バイトより先が途切れている"))
        }
        Ending::Whole if entry.size.is_some_and(|size| size != bytes) => {
            malformed(other_size(bytes, entry.size.unwrap_or_default()))
        }
        Ending::Whole if entry.crc.is_some_and(|expected| expected != crc) => malformed(WRONG_CHECKSUM.into()),
        Ending::Whole => None,
    }
}

fn damage(error: ZipError) -> Missed {
    Missed::new(Gap::Malformed).because(Text::quoted(error, "展開できない"))
}
