//! The checksum of log entries.

/// Marvin32 with the seed that Windows uses for hives.
/// Source: the specification named in [`crate::hive`], and `System.Marvin` in <https://github.com/dotnet/runtime>.
pub(crate) fn marvin(bytes: &[u8]) -> u64 {
    let (mut low, mut high) = (0x7a4e_55c5_u32, 0x82ef_4d88_u32);
    let mut mix = |word: u32| {
        low = low.wrapping_add(word);
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
    };
    let (words, rest) = bytes.as_chunks::<4>();
    words.iter().for_each(|word| mix(u32::from_le_bytes(*word)));
    mix(rest.iter().rev().fold(0x80, |word, byte| (word << 8) | u32::from(*byte)));
    mix(0);
    (u64::from(high) << 32) | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_logs_which_windows_wrote() {
        // The seed was tried on logs of real machines, which are not kept here; a second program gave these numbers.
        assert_eq!(marvin(b""), 0xb39e_fca4_0396_6e08);
        assert_eq!(marvin(b"hikeshi"), 0x13c6_3664_1e56_ea3b);
        assert_eq!(marvin(b"0123456789abcdef"), 0xcc4f_0e82_f8d7_7b4b);
    }
}
