//! A text as it stands and as it reads when its escapes are undone, each with the way back to the bytes that stand there.

use std::borrow::Cow;

/// Escapes in escapes in escapes are undone.
const DEPTH: usize = 3;

/// One reading of a text: without regard to the case of letters outside ASCII.
#[derive(Debug)]
pub(super) struct View<'t> {
    pub(super) text: Cow<'t, str>,
    /// For each byte of `text` and its end, the offset in the text as it stands; none where both are the same.
    origin: Option<Vec<u32>>,
}

impl View<'_> {
    /// Where a byte of the reading stands.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origin.as_ref().map_or(at, |origin| origin.get(at).map_or(usize::MAX, |raw| *raw as usize))
    }
}

/// All readings of a text, itself first. Its length must fit in 32 bits.
pub(super) fn views(text: &str) -> Vec<View<'_>> {
    let mut views = vec![folded(text)];
    for _ in 0..DEPTH {
        let Some(next) = views.last().and_then(unescaped) else { break };
        views.push(next);
    }
    views
}

fn folded(text: &str) -> View<'_> {
    let is_folded = |character: char| character.is_ascii() || character.to_lowercase().eq([character]);
    if text.chars().all(is_folded) {
        return View { text: Cow::Borrowed(text), origin: None };
    }
    let mut made = Making::default();
    for (at, character) in text.char_indices() {
        character.to_lowercase().for_each(|lower| made.put(lower, at));
    }
    made.view(text.len())
}

#[derive(Default)]
struct Making {
    text: String,
    origin: Vec<u32>,
}

impl Making {
    fn put(&mut self, character: char, at: usize) {
        self.text.push(character);
        self.origin.resize(self.text.len(), u32::try_from(at).unwrap_or(u32::MAX));
    }

    fn view<'t>(mut self, end: usize) -> View<'t> {
        self.origin.push(u32::try_from(end).unwrap_or(u32::MAX));
        View { text: Cow::Owned(self.text), origin: Some(self.origin) }
    }
}

/// The reading with one layer of escapes undone; none where there is none.
fn unescaped<'t>(view: &View<'t>) -> Option<View<'t>> {
    let text = &*view.text;
    if !text.contains(['%', '\\', '&']) {
        return None;
    }
    let (mut made, mut at, mut changed) = (Making::default(), 0, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = percent(rest, at, view, &mut made).or_else(|| {
            let (character, length) = backslash(rest).or_else(|| entity(rest))?;
            made.put(character, view.origin(at));
            Some(length)
        });
        changed |= length.is_some();
        at += length.unwrap_or_else(|| {
            let character = rest.chars().next().unwrap_or_default();
            made.put(character, view.origin(at));
            character.len_utf8()
        });
    }
    changed.then(|| made.view(view.origin(text.len())))
}

/// Undoes a run of `%XX` that holds UTF-8, and tells how long it is.
fn percent(rest: &str, at: usize, view: &View<'_>, made: &mut Making) -> Option<usize> {
    let codes = rest.as_bytes().chunks_exact(3).map_while(|code| match code {
        [b'%', digits @ ..] => hex(digits),
        _ => None,
    });
    // No character has more than four bytes.
    let bytes: Vec<u8> = codes.take(4).filter_map(|code| u8::try_from(code).ok()).collect();
    let valid = bytes.utf8_chunks().next()?.valid();
    let character = valid.chars().next()?;
    character.to_lowercase().for_each(|lower| made.put(lower, view.origin(at)));
    Some(3 * character.len_utf8())
}

/// Escapes of JSON and of scripts.
fn backslash(rest: &str) -> Option<(char, usize)> {
    let after = rest.strip_prefix('\\')?;
    let digits = |from: usize, to: usize| rest.get(from..to).and_then(|digits| hex(digits.as_bytes()));
    match after.chars().next()? {
        sign @ ('\\' | '/' | '"' | '\'') => Some((sign, 2)),
        'n' | 'r' | 't' => Some((' ', 2)),
        'x' | 'X' => Some((char::from_u32(digits(2, 4)?)?, 4)),
        'u' | 'U' => Some((char::from_u32(digits(2, 6)?)?, 6)),
        _ => None,
    }
}

/// Entities of markup.
fn entity(rest: &str) -> Option<(char, usize)> {
    /// `&#x10ffff;`
    const LONGEST: usize = 10;
    let after = rest.strip_prefix('&')?;
    let end = after.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = after.get(..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hex(digits.as_bytes()),
                None => number.parse().ok(),
            };
            char::from_u32(code?)?
        }
    };
    Some((character, end + 2))
}

fn hex(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn last(text: &str) -> String {
        views(text).last().unwrap().text.clone().into_owned()
    }

    #[test]
    fn escapes_of_addresses_scripts_and_markup_are_undone_also_within_one_another() {
        assert_eq!(views("CORP%5Ctaro%40corp.example")[1].text, "CORP\\taro@corp.example");
        assert_eq!(last("%255C%E4%BD%90%E8%97%A4"), "\\佐藤");
        assert_eq!(last("%74aro%ff%zz%"), "taro%ff%zz%");
        assert_eq!(views(r"CORP\\taro\u4f50 \x41")[1].text, "CORP\\taro佐 A");
        assert_eq!(last("a&amp;quot;b&#x5c;c&#65;d&x"), "a\"b\\cAd&x");
        assert_eq!(views("plain / text").len(), 1);
        assert_eq!(views("ÉCOLE")[0].text, "éCOLE".to_lowercase());
    }

    proptest! {
        #[test]
        fn each_byte_of_a_reading_leads_back_to_a_place_in_the_text(text in "(%[0-9a-fE]{2}|\\\\[u4fx0n]{1,5}|&#?[a-z0-9]{1,4};?|[a-zÉİ佐]){0,30}") {
            for view in views(&text) {
                let places = (0..=view.text.len()).filter(|at| view.text.is_char_boundary(*at));
                let origins: Vec<_> = places.map(|at| view.origin(at)).collect();
                prop_assert!(origins.is_sorted());
                prop_assert!(origins.iter().all(|at| text.is_char_boundary(*at)));
                prop_assert_eq!(*origins.last().unwrap(), text.len());
            }
        }
    }
}
