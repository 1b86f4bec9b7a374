//! Text from evidence, made harmless for a terminal or a log line.

use std::fmt;

/// Shows text that an attacker may have written: control, bidi and invisible format
/// characters appear as `\u{..}`, so they cannot move the cursor, hide or reorder what is read.
#[derive(Debug, Clone, Copy)]
pub struct Untrusted<'a>(pub &'a str);

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plain = 0;
        for (at, character) in self.0.char_indices() {
            if is_armed(character) {
                f.write_str(self.0.get(plain..at).unwrap_or_default())?;
                write!(f, "\\u{{{:x}}}", u32::from(character))?;
                plain = at + character.len_utf8();
            }
        }
        f.write_str(self.0.get(plain..).unwrap_or_default())
    }
}

/// An address that no program turns into a link.
#[must_use]
pub fn defanged(address: &str) -> String {
    let sign = if address.contains('.') { "." } else { ":" };
    address.replacen(sign, &format!("[{sign}]"), 1)
}

/// Whether a character changes how the text around it is shown
/// (Unicode general categories Cc, Zl, Zp, the bidi and zero-width controls of Cf, tags).
#[must_use]
pub fn is_armed(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_and_bidi_controls_are_spelled_out() {
        let hostile = "a\u{1b}[31mred\u{202e}txt.exe\r\nnext\u{200b}";
        assert_eq!(Untrusted(hostile).to_string(), "a\\u{1b}[31mred\\u{202e}txt.exe\\u{d}\\u{a}next\\u{200b}");
    }

    #[test]
    fn a_defanged_address_is_no_address() {
        assert_eq!(defanged("192.0.2.7"), "192[.]0.2.7");
        assert_eq!(defanged("2001:db8::7"), "2001[:]db8::7");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        assert_eq!(Untrusted("火消し /owa é").to_string(), "火消し /owa é");
    }
}
