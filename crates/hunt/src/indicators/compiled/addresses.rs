//! Finds addresses in text that may be among those that are looked for.
//!
//! Every address of IPv4 begins with two numbers and a dot after each, every one of IPv6 with a group and a colon. So dots and
//! colons are jumped to, and two tables say whether anything that is looked for begins like this; only then is the address
//! read. The spellings of IPv6 make no difference, and neither does how many addresses and networks there are.

use std::net::IpAddr;
use std::ops::Range;

use memchr::memchr_iter;

use super::boundary::{address4, address6};
use super::whole::Whole;

/// The beginnings of all addresses and networks that are looked for.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    /// By the first two parts of an address of IPv4.
    v4: Option<Beginnings>,
    /// By the first group of an address of IPv6.
    v6: Option<Beginnings>,
}

/// One bit for each number of sixteen bits.
#[derive(Debug)]
struct Beginnings(Vec<u64>);

impl Default for Beginnings {
    fn default() -> Self {
        Self(vec![0; 1 << 10])
    }
}

impl Beginnings {
    fn add(&mut self, beginning: u16) {
        if let Some(word) = self.0.get_mut(usize::from(beginning / 64)) {
            *word |= 1 << (beginning % 64);
        }
    }

    fn has(&self, beginning: u16) -> bool {
        self.0.get(usize::from(beginning / 64)).is_some_and(|word| word >> (beginning % 64) & 1 == 1)
    }
}

impl Addresses {
    /// From everything that is compared as a whole.
    pub(super) fn new(whole: &Whole) -> Self {
        let mut addresses = Self::default();
        let single = whole.addresses().map(|address| (address, u8::MAX));
        for (base, length) in whole.networks.all().into_iter().chain(single) {
            let (table, first) = match base {
                IpAddr::V4(base) => {
                    let [first, second, ..] = base.octets();
                    (&mut addresses.v4, u16::from_be_bytes([first, second]))
                }
                IpAddr::V6(base) => (&mut addresses.v6, base.segments().first().copied().unwrap_or(0)),
            };
            let table = table.get_or_insert_default();
            // A network that is wider than the beginning has several.
            let last = first | u16::MAX.checked_shr(u32::from(length)).unwrap_or(0);
            (first..=last).for_each(|beginning| table.add(beginning));
        }
        addresses
    }

    /// Calls `maybe` with every address in the text that begins like one that is looked for.
    pub(super) fn search(&self, text: &[u8], maybe: &mut dyn FnMut(IpAddr, Range<usize>)) {
        if let Some(v4) = &self.v4 {
            for dot in memchr_iter(b'.', text) {
                let Some(second) = second_part(text, dot + 1) else { continue };
                let begins = |first| v4.has(u16::from_be_bytes([first, second]));
                for start in starts(text, dot, |byte| byte.is_ascii_digit(), 3) {
                    if value(text, start..dot, 10).is_some_and(|first| u8::try_from(first).is_ok_and(begins))
                        && let Some((address, span)) = address4(text, start)
                    {
                        maybe(address, span);
                    }
                }
            }
        }
        if let Some(v6) = &self.v6 {
            for colon in memchr_iter(b':', text) {
                for start in starts(text, colon, |byte| byte.is_ascii_hexdigit(), 4) {
                    if value(text, start..colon, 16)
                        .is_some_and(|first| u16::try_from(first).is_ok_and(|first| v6.has(first)))
                        && let Some((address, span)) = address6(text, start)
                    {
                        maybe(address, span);
                    }
                }
            }
        }
    }
}

/// The second part of an address of IPv4, if a dot follows it.
fn second_part(text: &[u8], start: usize) -> Option<u8> {
    const LONGEST: usize = 3;
    let rest = text.get(start..)?;
    let length = rest.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || rest.get(length) != Some(&b'.') {
        return None;
    }
    u8::try_from(value(rest, 0..length, 10)?).ok()
}

/// Where a number may start that ends at a place: where its digits do, if they are not too many, and behind an escape whose
/// digits stand before them (`%20`).
fn starts(text: &[u8], end: usize, is_digit: fn(&u8) -> bool, longest: usize) -> impl Iterator<Item = usize> {
    const ESCAPE: usize = 2;
    let before = text.get(..end).unwrap_or_default();
    let count = before.iter().rev().take(longest + ESCAPE + 1).take_while(|byte| is_digit(byte)).count();
    let run = end - count;
    let at = |place: Option<usize>| place.and_then(|place| before.get(place));
    let behind = match (at(run.checked_sub(1)), at(run.checked_sub(2))) {
        (Some(b'%'), _) => Some(run + ESCAPE),
        (Some(digit), Some(b'%')) if digit.is_ascii_hexdigit() => Some(run + 1),
        _ => None,
    };
    let fits = move |start: &usize| *start < end && end - *start <= longest;
    [Some(run), behind].into_iter().flatten().filter(fits)
}

/// The number that digits make.
fn value(text: &[u8], span: Range<usize>, radix: u32) -> Option<u32> {
    let digit = |byte: &u8| char::from(*byte).to_digit(radix);
    text.get(span)?.iter().try_fold(0, |number, byte| Some(number * radix + digit(byte)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_part_has_a_dot_behind_it() {
        assert_eq!(second_part(b"168.2", 0), Some(168));
        for text in [&b"168"[..], b".1", b"2345.", b"300.", b"x."] {
            assert_eq!(second_part(text, 0), None);
        }
    }

    #[test]
    fn a_number_starts_at_its_digits_or_behind_an_escape() {
        let of = |text: &str| starts(text.as_bytes(), text.len(), |byte| byte.is_ascii_digit(), 3).collect::<Vec<_>>();
        assert_eq!(of("192"), [0]);
        assert_eq!(of("x192"), [1]);
        assert_eq!(of("%20192"), [3]);
        assert_eq!(of("%D0192"), [3]);
        assert_eq!(of("%192"), [1, 3]);
        assert_eq!(of("1234"), [0; 0]);
        assert_eq!(of("x"), [0; 0]);
        assert_eq!(value(b"2001", 0..4, 16), Some(0x2001));
    }
}
