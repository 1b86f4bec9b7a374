//! Numbers, texts and times as a hive stores them.

use hikeshi_core::time::Timestamp;

/// A little-endian number at `at`.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

/// A little-endian number at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// A little-endian number at `at`.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// UTF-16; a lone surrogate becomes the replacement character, an odd last byte is left out.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    // Nearly all text of a hive is ASCII: room for one byte a character is enough.
    let mut text = String::with_capacity(units.len());
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    text.extend(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

/// One byte a character, as names without others are stored.
pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Hundreds of nanoseconds since 1601; `None` for zero, and for what lies beyond the year 9999 and so means "never".
pub(super) fn filetime(number: u64) -> Option<Timestamp> {
    const FROM_1601_TO_1970: i64 = 11_644_473_600_000_000;
    const YEAR_10000: i64 = 253_402_300_800_000_000;
    let micros = i64::try_from(number / 10).ok()? - FROM_1601_TO_1970;
    (number != 0 && micros < YEAR_10000).then(|| Timestamp::from_micros(micros))
}

/// A security identifier at the beginning of `bytes`, as text, and its length in bytes.
/// Source: MS-DTYP, section 2.4.2.2.
pub(super) fn sid(bytes: &[u8]) -> Option<(String, usize)> {
    const MOST_PARTS: u8 = 15;
    let (revision, parts) = (*bytes.first()?, *bytes.get(1)?);
    if revision != 1 || parts > MOST_PARTS {
        return None;
    }
    let authority = bytes.get(2..8)?.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let length = 8 + 4 * usize::from(parts);
    let (words, _) = bytes.get(8..length)?.as_chunks::<4>();
    let parts = words.iter().map(|word| format!("-{}", u32::from_le_bytes(*word)));
    Some((format!("S-1-{authority}{}", parts.collect::<String>()), length))
}

/// A GUID in its usual spelling with braces.
pub(super) fn guid(bytes: &[u8]) -> Option<String> {
    let (first, second, third) = (u32_at(bytes, 0)?, u16_at(bytes, 4)?, u16_at(bytes, 6)?);
    let (fourth, fifth) = (hex(bytes.get(8..10)?), hex(bytes.get(10..16)?));
    Some(format!("{{{first:08x}-{second:04x}-{third:04x}-{fourth}-{fifth}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_mean_none_or_never_are_none() {
        assert_eq!(filetime(0), None);
        assert_eq!(filetime(i64::MAX as u64), None);
        assert_eq!(filetime(u64::MAX), None);
        assert_eq!(filetime(132_600_000_000_000_000).unwrap().to_string(), "2021-03-12T05:20:00Z");
    }

    #[test]
    fn sids_and_guids_are_spelled_as_windows_does() {
        let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0, 99];
        assert_eq!(sid(&administrators), Some(("S-1-5-32-544".to_owned(), 16)));
        assert_eq!(sid(&administrators[..15]), None);
        assert_eq!(sid(&[2, 0, 0, 0, 0, 0, 0, 5]), None);
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(guid(&bytes).as_deref(), Some("{03020100-0504-0706-0809-0a0b0c0d0e0f}"));
    }

    #[test]
    fn lone_surrogates_and_odd_bytes_do_not_stop_a_text() {
        assert_eq!(utf16(&[0x61, 0, 0x00, 0xd8, 0x62, 0, 0x63]), "a\u{fffd}b");
    }
}
