//! What is searched for in text: the literals of all indicators that are telling wherever they stand.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Range;

use ahash::AHashMap;

use super::boundary::{Rule, stands_alone};
use crate::indicators::admit::plain_agent;
use crate::indicators::guess;
use crate::indicators::indicator::{Indicator, Kind, Syntax};
use crate::indicators::pattern::{self, Alphabet};
use crate::literals::Group;
use crate::windows::Windows;

/// One literal.
#[derive(Debug)]
struct Needle {
    rule: Rule,
    /// In ASCII lower case; of clients' names without commas and with blanks.
    text: Box<[u8]>,
    /// The part in which nothing is written in more than one way.
    part: Range<u32>,
    /// The last indicator whose value this is.
    number: u32,
}

/// All literals, and the search over them.
#[derive(Debug)]
pub(super) struct Needles {
    needles: Vec<Needle>,
    wide: Windows<WIDE>,
    narrow: Windows<NARROW>,
}

const WIDE: usize = 8;
const NARROW: usize = 4;

/// Gathers literals.
#[derive(Default)]
pub(super) struct Builder {
    needles: Vec<Needle>,
    known: AHashMap<(Rule, Box<[u8]>), usize>,
}

impl Builder {
    /// Adds the literal of an indicator, if it has one that is searched for in text. Returns the indicator before with the
    /// same literal.
    pub(super) fn add(&mut self, number: u32, indicator: &Indicator) -> Option<u32> {
        let (rule, text) = literal(indicator)?;
        let text: Box<[u8]> = text.into();
        let part = if rule == Rule::Agent { longest_word(&indicator.value) } else { 0..text.len() };
        let part = u32::try_from(part.start).ok()?..u32::try_from(part.end).ok()?;
        let next = self.needles.len();
        let at = *self.known.entry((rule, text.clone())).or_insert(next);
        match self.needles.get_mut(at) {
            Some(known) => Some(std::mem::replace(&mut known.number, number)),
            None => {
                self.needles.push(Needle { rule, text, part, number });
                None
            }
        }
    }

    /// Builds the search.
    pub(super) fn build(self) -> Needles {
        let of_width = |is_wanted: fn(usize) -> bool| {
            let numbered = (0_u32..).zip(&self.needles);
            let whole = numbered
                .map(|(number, needle)| (number, &*needle.text, needle.part.start as usize..needle.part.end as usize));
            whole.filter(move |(_, _, part)| is_wanted(part.len()))
        };
        let wide = Windows::new(of_width(|length| length >= WIDE));
        let narrow = Windows::new(of_width(|length| length < WIDE));
        Needles { needles: self.needles, wide, narrow }
    }
}

impl Needles {
    /// Finds every literal that stands in the text by its rule: the last indicator whose value it is, and its bounds.
    pub(super) fn search(&self, text: &[u8], found: &mut dyn FnMut(u32, Range<usize>)) {
        let mut confirm = |needle: u32, at: usize, offset: usize| {
            if let Some(needle) = self.needles.get(needle as usize)
                && let Some(span) = needle.confirm(text, at, offset)
            {
                found(needle.number, span);
            }
        };
        self.wide.scan(text, &mut confirm);
        self.narrow.scan(text, &mut confirm);
    }
}

impl Needle {
    /// The bounds of the literal, if it stands where a piece of it does.
    fn confirm(&self, text: &[u8], at: usize, offset: usize) -> Option<Range<usize>> {
        let span = if self.rule == Rule::Agent {
            agent_at(text, at, &self.text, offset)?
        } else {
            let start = at.checked_sub(offset)?;
            let span = start..start + self.text.len();
            text.get(span.clone())?.eq_ignore_ascii_case(&self.text).then_some(span)?
        };
        stands_alone(self.rule, text, &span).then_some(span)
    }
}

/// The literal by which an indicator is searched for in text, in lower case; `None` for addresses, which are searched for in
/// their own way, for kinds that are compared with files and with whole fields only, and for patterns.
pub(super) fn literal(indicator: &Indicator) -> Option<(Rule, Vec<u8>)> {
    if indicator.syntax != Syntax::Literal || indicator.method.is_some() {
        return None;
    }
    let value = indicator.value.as_str();
    let (rule, text) = match indicator.kind {
        Kind::Domain => (Rule::Domain, value),
        Kind::Url => (Rule::Url, bare_url(value)),
        Kind::UriPath => (Rule::UriPath, value),
        Kind::UserAgent => return Some((Rule::Agent, plain_agent(value).into_bytes())),
        Kind::Detection => (Rule::Words, value),
        Kind::Email => (Rule::Email, value),
        Kind::CommandLine | Kind::Keyword => (Rule::Anywhere, value),
        _ => return None,
    };
    Some((rule, text.to_ascii_lowercase().into_bytes()))
}

/// A URL without its scheme and fragment; one of a whole site also without its slash.
fn bare_url(url: &str) -> &str {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = bare.split_once('#').map_or(bare, |(bare, _)| bare);
    bare.strip_suffix('/').filter(|host| !host.contains('/')).unwrap_or(bare)
}

/// Where the longest word of a client's name stands in its plain form.
fn longest_word(agent: &str) -> Range<usize> {
    let mut best = 0..0;
    let mut word = 0..0;
    for character in agent.chars() {
        match character {
            ',' => word = word.end..word.end,
            ' ' | '+' => word = word.end + 1..word.end + 1,
            other => word.end += other.len_utf8(),
        }
        if word.len() > best.len() {
            best = word.clone();
        }
    }
    best
}

/// Where a client's name stands whose piece at `offset` stands at `at`: `+` for a blank and commas make no difference.
fn agent_at(text: &[u8], at: usize, agent: &[u8], offset: usize) -> Option<Range<usize>> {
    let is_same = |written: u8, meant: u8| written.eq_ignore_ascii_case(&meant) || (written == b'+' && meant == b' ');
    let mut start = at;
    for meant in agent.get(..offset)?.iter().rev() {
        while start > 0 && text.get(start - 1) == Some(&b',') {
            start -= 1;
        }
        start = start.checked_sub(1)?;
        if !is_same(*text.get(start)?, *meant) {
            return None;
        }
    }
    let mut end = at;
    for meant in agent.get(offset..)? {
        while text.get(end) == Some(&b',') {
            end += 1;
        }
        if !is_same(*text.get(end)?, *meant) {
            return None;
        }
        end += 1;
    }
    Some(start..end)
}

/// What the addresses of a network begin with. A network of IPv4 that is wider than its first two parts has several.
fn beginnings(base: IpAddr, length: u8) -> Vec<String> {
    match base {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let more = u8::MAX.checked_shr(u32::from(length.saturating_sub(8))).unwrap_or(0);
            (second..=second | more).map(|second| format!("{first}.{second}.")).collect()
        }
        IpAddr::V6(address) => {
            // Groups up to the first that is zero, which may be left out; each with and without zeros in front.
            let told = usize::from(length / 16).clamp(1, 3);
            let groups = address.segments().into_iter().take(told).enumerate();
            groups.take_while(|(at, group)| *at == 0 || *group != 0).fold(vec![String::new()], |begun, (_, group)| {
                let spelled: BTreeSet<String> = (1..=4).map(|width| format!("{group:0width$x}:")).collect();
                begun.iter().flat_map(|begun| spelled.iter().map(move |group| format!("{begun}{group}"))).collect()
            })
        }
    }
}

/// Texts of an alphabet in groups, of each of which one stands in every row in which a literal indicator holds; `None` where
/// there are none.
pub(in crate::indicators) fn stored(indicator: &Indicator, alphabet: Alphabet) -> Option<Vec<Group>> {
    let value = indicator.value.as_str();
    let whole = match indicator.kind {
        Kind::Network => {
            let (base, length) = guess::network(value)?;
            return Some(vec![beginnings(base, length)]);
        }
        // The spellings of IPv6 have nothing else in common.
        Kind::Address if value.contains(':') => return Some(vec![beginnings(value.parse().ok()?, u8::MAX)]),
        Kind::Account => value.rsplit('\\').next()?.to_owned(),
        Kind::Url => bare_url(value).to_owned(),
        _ => value.to_owned(),
    };
    let words: BTreeSet<String> = pattern::words(&whole, alphabet).map(str::to_ascii_lowercase).collect();
    (!words.is_empty()).then(|| words.into_iter().map(|word| vec![word]).collect())
}

/// The addresses that a field names, in any spelling, with or without ports.
pub(super) fn addresses_in(value: &str) -> impl Iterator<Item = IpAddr> {
    value.split([',', ';', '"', ' ', '\t', '=']).filter_map(guess::address)
}

/// Where an indicator that begins at a place in a text ends, if it is there: without the search, by the same boundaries.
#[cfg(test)]
pub(super) fn naively(indicator: &Indicator, text: &[u8], start: usize) -> Option<usize> {
    use super::boundary::{address4, address6};
    use crate::indicators::ordinary::first_of;

    let of_address = |(address, span): (IpAddr, Range<usize>)| {
        let (base, length) =
            guess::network(&indicator.value).or_else(|| Some((guess::address(&indicator.value)?, u8::MAX)))?;
        (first_of(address, length) == base && address.is_ipv4() == base.is_ipv4()).then_some(span.end)
    };
    match (indicator.kind, indicator.value.contains(':')) {
        (Kind::Network | Kind::Address, false) => return address4(text, start).and_then(of_address),
        (Kind::Network | Kind::Address, true) => return address6(text, start).and_then(of_address),
        _ => {}
    }
    let (rule, literal) = literal(indicator)?;
    let mut end = start;
    for meant in literal {
        while rule == Rule::Agent && end > start && text.get(end) == Some(&b',') {
            end += 1;
        }
        let written = *text.get(end)?;
        let is_blank = rule == Rule::Agent && written == b'+' && meant == b' ';
        if !is_blank && !written.eq_ignore_ascii_case(&meant) {
            return None;
        }
        end += 1;
    }
    stands_alone(rule, text, &(start..end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_begin_with_all_their_second_parts_and_no_others() {
        let of = |text: &str| {
            let (base, length) = guess::network(text).unwrap();
            beginnings(base, length)
        };
        assert_eq!(of("198.51.100.0/24"), ["198.51."]);
        assert_eq!(of("198.51.0.0/16"), ["198.51."]);
        assert_eq!(of("198.50.0.0/15"), ["198.50.", "198.51."]);
        assert_eq!(of("198.0.0.0/8").len(), 256);
        assert_eq!(of("2001:db8::/32"), ["2001:0db8:", "2001:db8:"]);
        assert_eq!(of("2001:db8:7::/40"), ["2001:0db8:", "2001:db8:"]);
        assert_eq!(of("2001:0:7::/48"), ["2001:"]);
    }

    #[test]
    fn a_clients_name_is_found_however_its_log_writes_it() {
        let agent = "Mozilla/5.0 (KHTML, like Gecko) (+http://bot.example)";
        let plain = plain_agent(agent);
        let word = longest_word(agent);
        assert_eq!(plain.get(word.clone()), Some("http://bot.example)"));
        for text in [
            "x Mozilla/5.0 (KHTML, like Gecko) (+http://bot.example) y",
            "x Mozilla/5.0+(KHTML,+like+Gecko)+(+http://bot.example) y",
            "x Mozilla/5.0 (KHTML like Gecko) (+http://bot.example) y",
        ] {
            let at = text.find("http").unwrap();
            let span = agent_at(text.as_bytes(), at, plain.as_bytes(), word.start).unwrap();
            assert_eq!((span.start, span.end), (2, text.len() - 2), "{text}");
        }
        assert_eq!(agent_at(b"http://bot.example)", 0, plain.as_bytes(), word.start), None);
    }
}
