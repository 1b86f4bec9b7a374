//! Numbers and text as Windows lays them down in bytes; `None` where the bytes end before.

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// UTF-16; a lone surrogate, which names of files and keys may hold, becomes the replacement character, an odd last byte
/// is left out.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    // Nearly all such text is ASCII: room for one byte a character is enough.
    let mut text = String::with_capacity(units.len());
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    text.extend(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_and_odd_bytes_do_not_stop_a_text() {
        assert_eq!(utf16(&[0x61, 0, 0x00, 0xd8, 0x62, 0, 0x63]), "a\u{fffd}b");
    }
}
