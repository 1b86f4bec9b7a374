//! Texts and identifiers as a hive stores them. Numbers and UTF-16 are those of all of Windows.

use crate::hex::hex;
pub(super) use crate::little_endian::{u16_at, u32_at, u64_at, utf16};
pub(super) use crate::windows_time::filetime;

/// One byte a character, as names without others are stored.
pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
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
    fn sids_and_guids_are_spelled_as_windows_does() {
        let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0, 99];
        assert_eq!(sid(&administrators), Some(("S-1-5-32-544".to_owned(), 16)));
        assert_eq!(sid(&administrators[..15]), None);
        assert_eq!(sid(&[2, 0, 0, 0, 0, 0, 0, 5]), None);
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(guid(&bytes).as_deref(), Some("{03020100-0504-0706-0809-0a0b0c0d0e0f}"));
    }
}
