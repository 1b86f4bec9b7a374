//! The attributes of files by their words.

/// Source: <https://learn.microsoft.com/en-us/windows/win32/fileio/file-attribute-constants>.
const WORDS: [(u32, &str); 12] = [
    (0x1, "read-only"),
    (0x2, "hidden"),
    (0x4, "system"),
    (0x10, "directory"),
    (0x20, "archive"),
    (0x100, "temporary"),
    (0x200, "sparse"),
    (0x400, "reparse-point"),
    (0x800, "compressed"),
    (0x1000, "offline"),
    (0x2000, "not-indexed"),
    (0x4000, "encrypted"),
];

/// The words of all bits that are set and have one.
pub(crate) fn words(bits: u32) -> Vec<String> {
    WORDS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| (*word).to_owned()).collect()
}
