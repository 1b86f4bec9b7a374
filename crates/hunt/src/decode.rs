//! Percent-encoding undone, as often as it was done within reason.

use std::borrow::Cow;

/// Encoding upon encoding is undone so many times; more has no use but to hide.
const ROUNDS: usize = 3;

/// The bytes behind `%41` and `%u0041`, until nothing changes any more. Borrowed when nothing is encoded.
pub(crate) fn percent(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut current = Cow::Borrowed(bytes);
    for _ in 0..ROUNDS {
        match once(&current) {
            Some(decoded) => current = Cow::Owned(decoded),
            None => break,
        }
    }
    current
}

/// One round; `None` when nothing is encoded.
fn once(bytes: &[u8]) -> Option<Vec<u8>> {
    let first = memchr::memchr_iter(b'%', bytes).find(|at| escape(bytes, *at).is_some())?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..first)?);
    let mut at = first;
    while let Some(byte) = bytes.get(at) {
        match escape(bytes, at).filter(|_| *byte == b'%') {
            Some((character, length)) => {
                character.append_to(&mut out);
                at += length;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    Some(out)
}

/// What an escape stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escaped {
    /// `%41`.
    Byte(u8),
    /// `%u0041`, which IIS accepted for long.
    Unit(char),
}

impl Escaped {
    fn append_to(self, out: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => out.push(byte),
            Self::Unit(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The escape at `at`, and its length.
pub(crate) fn escape(bytes: &[u8], at: usize) -> Option<(Escaped, usize)> {
    let digit = |place: usize| bytes.get(at + place).and_then(|byte| char::from(*byte).to_digit(16));
    match bytes.get(at + 1)? {
        b'u' | b'U' => {
            let value = (2..6).try_fold(0, |sum, place| Some(sum * 16 + digit(place)?))?;
            Some((Escaped::Unit(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)), 6))
        }
        _ => {
            let value = digit(1)? * 16 + digit(2)?;
            Some((Escaped::Byte(u8::try_from(value).ok()?), 3))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_what_is_none_stays() {
        for (text, expected) in [
            ("plain", "plain"),
            ("%41%2f%e7%81%ab", "A/火"),
            ("%u0041%2541", "AA"),
            ("100% %4 %zz %", "100% %4 %zz %"),
            ("%25252541", "%41"),
        ] {
            assert_eq!(String::from_utf8_lossy(&percent(text.as_bytes())), expected, "{text}");
        }
    }
}
