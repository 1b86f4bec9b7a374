//! Names of members: from the archive's bytes to a path that leads nowhere else.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use encoding_rs::SHIFT_JIS;

use crate::archive::NAME_CAP;

/// A name, cleaned.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// With `/`, relative, without `.` and `..`.
    pub(super) path: String,
    /// The name as it stands in the archive, where the path differs.
    pub(super) stored_name: Option<String>,
    /// It was longer than the cap.
    pub(super) cut: bool,
}

impl Name {
    /// Takes out what leads elsewhere: `..`, `.`, a root, the colon of a drive, the prefix of a device path. A zero byte,
    /// at which other programs would end the name, is made visible.
    pub(super) fn clean(stored: &str) -> Self {
        let cut = stored.len() > NAME_CAP;
        let stored = stored.get(..stored.floor_char_boundary(NAME_CAP)).unwrap_or_default();
        let mut path = String::with_capacity(stored.len());
        for part in stored.split(['/', '\\']) {
            let part = match part.as_bytes() {
                [] | b"." | b".." => continue,
                b"?" if path.is_empty() => continue,
                [letter, b':'] if letter.is_ascii_alphabetic() && path.is_empty() => part.get(..1).unwrap_or(part),
                _ => part,
            };
            if !path.is_empty() {
                path.push('/');
            }
            path.extend(part.chars().map(|char| if char == '\0' { '␀' } else { char }));
        }
        let stored_name = (path != stored).then(|| stored.to_owned());
        Self { path, stored_name, cut }
    }
}

/// Tells names apart that stand more than once.
#[derive(Default)]
pub(super) struct Names {
    /// Hashes, so that a million names cost little. Two names of one hash would only bring a needless mark.
    seen: HashMap<u64, u32>,
}

impl Names {
    /// Which one of the path it is, from 1: with `#2`, `#3` and so on behind it, it is unlike all that were there.
    pub(super) fn twin(&mut self, path: &str) -> u32 {
        loop {
            let times = self.times(path);
            // The path with the mark may have been there too.
            if times == 1 || self.times(&format!("{path}#{times}")) == 1 {
                return times;
            }
        }
    }

    fn times(&mut self, path: &str) -> u32 {
        // Its keys are fixed: the same archive gives the same names.
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let times = self.seen.entry(hasher.finish()).or_default();
        *times = times.saturating_add(1);
        *times
    }
}

/// A name of a zip archive that does not say that it is UTF-8.
///
/// The specification wants code page 437 (APPNOTE.TXT 4.4.4 and appendix D). Windows writes the code page of the
/// machine instead, in Japan Shift_JIS, and others write UTF-8 all the same. So: UTF-8 where it is valid, else Shift_JIS
/// where that fits, else code page 437, which maps every byte.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let japanese = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    japanese.map_or_else(|| bytes.iter().map(|byte| code_page_437(*byte)).collect(), Into::into)
}

/// Source: <https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/CP437.TXT>.
fn code_page_437(byte: u8) -> char {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
                         └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    byte.checked_sub(0x80).and_then(|upper| UPPER.chars().nth(usize::from(upper))).unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(stored: &str) -> String {
        Name::clean(stored).path
    }

    #[test]
    fn names_lead_nowhere_else() {
        assert_eq!(path("C/Windows/win.ini"), "C/Windows/win.ini");
        assert_eq!(Name::clean("C/Windows/win.ini").stored_name, None);
        assert_eq!(path("../../etc/passwd"), "etc/passwd");
        assert_eq!(path("a/../../b"), "a/b");
        assert_eq!(path("/etc/passwd"), "etc/passwd");
        assert_eq!(path("C:\\Windows\\win.ini"), "C/Windows/win.ini");
        assert_eq!(path("\\\\?\\C:\\$MFT"), "C/$MFT");
        assert_eq!(path("\\\\.\\C:\\$MFT"), "C/$MFT");
        assert_eq!(path("\\\\server\\share\\x"), "server/share/x");
        assert_eq!(path("a.log\0.exe"), "a.log␀.exe");
        assert_eq!(path("./a//b/./c"), "a/b/c");
        assert_eq!(path("a/$UsnJrnl:$J"), "a/$UsnJrnl:$J");
        assert_eq!(path("../.."), "");
        assert_eq!(Name::clean("..\\x").stored_name.as_deref(), Some("..\\x"));
    }

    #[test]
    fn long_names_are_cut_at_the_cap() {
        let name = Name::clean(&"火".repeat(NAME_CAP));
        assert!(name.cut && name.path.len() <= NAME_CAP && name.path.len() > NAME_CAP - 3);
        assert!(!Name::clean(&"a".repeat(NAME_CAP)).cut);
    }

    #[test]
    fn the_second_of_a_name_is_marked_even_where_the_mark_is_taken() {
        let mut names = Names::default();
        let given = ["a", "a#2", "a", "a", "b"].map(|name| names.twin(name));
        assert_eq!(given, [1, 1, 3, 4, 1]);
    }

    #[test]
    fn names_in_old_code_pages_are_decoded() {
        assert_eq!(decode("火消し.log".as_bytes()), "火消し.log");
        assert_eq!(decode(b"\x89\xce\x8f\xc1\x82\xb5.log"), "火消し.log");
        assert_eq!(decode(b"caf\x82.log"), "café.log");
        assert_eq!(decode(b"\xff."), "\u{a0}.");
        assert_eq!(decode(b"\xfd."), "².");
    }
}
