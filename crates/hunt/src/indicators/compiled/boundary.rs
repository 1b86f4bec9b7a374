//! Where a value ends and a longer one begins: `192.0.2.1` does not stand in `192.0.2.17`.
//!
//! A neighbour that is written with a percent sign counts as the byte that it stands for: a URL inside a query is written
//! `http%3A%2F%2Fevil.example%2F`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::decode::{self, Escaped};

/// How the surroundings of a literal are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rule {
    /// An address.
    Address,
    /// A domain name; names below it count.
    Domain,
    /// A URL without its scheme, by prefix.
    Url,
    /// The path of a URL, by prefix.
    UriPath,
    /// What a client calls itself, with blanks as `+` and commas dropped as its log has it.
    Agent,
    /// Words, such as detection names.
    Words,
    /// A mail address.
    Email,
    /// Text anywhere.
    Anywhere,
}

/// Whether a literal that stands in `text` at `span` is a value of its own by the rule.
pub(super) fn stands_alone(rule: Rule, text: &[u8], span: &Range<usize>) -> bool {
    let before = before(text, span.start);
    match rule {
        Rule::Address => !continues_before(text, span.start) && !continues(text, span.end, is_word),
        Rule::Domain => !before.is_some_and(|(byte, _)| is_label(byte)) && ends(text, span),
        Rule::Url => !before.is_some_and(|(byte, _)| is_label(byte) || byte == b'.') && ends(text, span),
        Rule::UriPath => begins_path(text, span.start) && ends(text, span),
        Rule::Agent | Rule::Words => {
            let is_open = text.get(span.start).is_some_and(|byte| is_word(*byte));
            !(is_open && before.is_some_and(|(byte, _)| is_label(byte) || byte == b'.')) && ends(text, span)
        }
        Rule::Email => {
            let is_local = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'+');
            !before.is_some_and(|(byte, _)| is_local(byte)) && ends(text, span)
        }
        Rule::Anywhere => true,
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn is_label(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

/// The byte before a place and where it is written.
fn before(text: &[u8], at: usize) -> Option<(u8, usize)> {
    if let Some(start) = at.checked_sub(3)
        && text.get(start) == Some(&b'%')
        && let Some((Escaped::Byte(byte), 3)) = decode::escape(text, start)
    {
        return Some((byte, start));
    }
    let start = at.checked_sub(1)?;
    Some((*text.get(start)?, start))
}

/// The byte at a place and what follows it.
fn after(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *text.get(at)?;
    match decode::escape(text, at).filter(|_| byte == b'%') {
        Some((Escaped::Byte(byte), length)) => Some((byte, at + length)),
        _ => Some((byte, at + 1)),
    }
}

/// Whether what ends at `at` goes on: by a byte that belongs to it, or by a dot and one.
fn continues(text: &[u8], at: usize, belongs: fn(u8) -> bool) -> bool {
    match after(text, at) {
        Some((b'.', next)) => after(text, next).is_some_and(|(byte, _)| is_word(byte)),
        Some((byte, _)) => belongs(byte),
        None => false,
    }
}

/// Whether an address that begins at `at` has more before it.
fn continues_before(text: &[u8], at: usize) -> bool {
    match before(text, at) {
        Some((b'.', dot)) => before(text, dot).is_some_and(|(byte, _)| is_word(byte)),
        Some((byte, _)) => is_word(byte),
        None => false,
    }
}

/// Whether a value ends where the literal does. One whose last byte is a sign (`/`, `=`) is meant as a prefix.
fn ends(text: &[u8], span: &Range<usize>) -> bool {
    let is_open = span.end.checked_sub(1).and_then(|last| text.get(last)).is_some_and(|last| is_word(*last));
    !is_open || !continues(text, span.end, |byte| is_label(byte) || byte == b'~')
}

/// Whether the path of a URL begins here: behind a host, or behind nothing that belongs to a path.
fn begins_path(text: &[u8], at: usize) -> bool {
    /// A host name has 253 bytes at most, and a port behind it.
    const LONGEST: usize = 260;
    let is_host = |byte: u8| is_label(byte) || matches!(byte, b'.' | b':' | b'[' | b']');
    let Some((byte, _)) = before(text, at) else { return true };
    if !is_host(byte) && !matches!(byte, b'/' | b'~' | b')' | b'%') {
        return true;
    }
    let mut start = at;
    while let Some((byte, from)) = before(text, start).filter(|_| at - start < LONGEST) {
        match byte {
            b'/' => return start < at && before(text, from).is_some_and(|(byte, _)| byte == b'/'),
            byte if is_host(byte) => start = from,
            // `host:/path` and `x:/path` are told apart by nothing; both are taken.
            _ => return text.get(start..at).is_some_and(|host| host.ends_with(b":")),
        }
    }
    text.get(start..at).is_some_and(|host| host.ends_with(b":"))
}

/// The address of IPv4 that begins at `start`, and its bounds.
pub(super) fn address4(text: &[u8], start: usize) -> Option<(IpAddr, Range<usize>)> {
    const LONGEST: usize = 15;
    let rest = text.get(start..)?;
    let length = rest.iter().take(LONGEST).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let run = rest.get(..length)?;
    let run = run.strip_suffix(b".").unwrap_or(run);
    let address: Ipv4Addr = std::str::from_utf8(run).ok()?.parse().ok()?;
    let span = start..start + run.len();
    stands_alone(Rule::Address, text, &span).then_some((IpAddr::V4(address), span))
}

/// The address of IPv6 that begins at `start`, in whatever spelling, and its bounds.
pub(super) fn address6(text: &[u8], start: usize) -> Option<(IpAddr, Range<usize>)> {
    const LONGEST: usize = 45;
    let rest = text.get(start..)?;
    let belongs = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(**byte, b':' | b'.');
    let length = rest.iter().take(LONGEST).take_while(belongs).count();
    let run = rest.get(..length)?;
    let run = run.strip_suffix(b".").unwrap_or(run);
    let run = if run.ends_with(b"::") { run } else { run.strip_suffix(b":").unwrap_or(run) };
    let address: Ipv6Addr = std::str::from_utf8(run).ok()?.parse().ok()?;
    let span = start..start + run.len();
    let is_inside = matches!(before(text, start), Some((b':', colon))
        if before(text, colon).is_some_and(|(byte, _)| byte.is_ascii_hexdigit() || byte == b':'));
    (!is_inside && stands_alone(Rule::Address, text, &span)).then_some((IpAddr::V6(address).to_canonical(), span))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(rule: Rule, literal: &str, text: &str) -> bool {
        let start = text.find(literal).unwrap();
        stands_alone(rule, text.as_bytes(), &(start..start + literal.len()))
    }

    #[test]
    fn an_address_is_no_part_of_a_longer_one() {
        let is = |text| alone(Rule::Address, "192.0.2.1", text);
        for text in [
            "192.0.2.1",
            "x=192.0.2.1;",
            "[192.0.2.1]:443",
            "192.0.2.1:443",
            "::ffff:192.0.2.1",
            "from 192.0.2.1.",
            "/192.0.2.1/",
            "ip%3D192.0.2.1%26",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "1192.0.2.1",
            "192.0.2.17",
            "9.192.0.2.1",
            "192.0.2.1.9",
            "v192.0.2.1",
            "192.0.2.1.example.org",
            "%31192.0.2.1",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn a_domain_is_found_with_names_below_it_and_in_no_longer_label() {
        let is = |text| alone(Rule::Domain, "evil.example", text);
        for text in [
            "evil.example",
            "x.evil.example",
            "http://evil.example/",
            "evil.example:443",
            "a@evil.example",
            "evil.example.",
            "\"evil.example\"",
            "u%3Dhttp%3A%2F%2Fevil.example%2Fx",
            "evil.example, and",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "notevil.example",
            "evil.example2",
            "not-evil.example",
            "evil.example.org",
            "evil.example-x",
            "evil.example%2Eorg",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn a_url_is_found_by_prefix_up_to_a_boundary() {
        let is = |text| alone(Rule::Url, "evil.example/a.php", text);
        for text in [
            "http://evil.example/a.php",
            "evil.example/a.php?x=1",
            "evil.example/a.php/b",
            "evil.example/a.php#x",
            "evil.example/a.php&y",
            "u=evil.example/a.php.",
            "%2F%2Fevil.example/a.php%3Fx",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "x.evil.example/a.php",
            "notevil.example/a.php",
            "evil.example/a.php5",
            "evil.example/a.php.bak",
            "evil.example/a.php-x",
        ] {
            assert!(!is(text), "{text}");
        }
        assert!(alone(Rule::Url, "evil.example/4712/", "http://evil.example/4712/index.html"));
    }

    #[test]
    fn the_path_of_a_url_begins_behind_its_host_or_behind_nothing() {
        let is = |text| alone(Rule::UriPath, "/a/x.js", text);
        for text in [
            "/a/x.js",
            "POST /a/x.js HTTP/1.1",
            "POST,/a/x.js,",
            "https://host.example:443/a/x.js",
            "/a/x.js?y",
            "\"/a/x.js\"",
            "https://[2001:db8::1]/a/x.js",
        ] {
            assert!(is(text), "{text}");
        }
        for text in ["/b/a/x.js", "/b/c/a/x.js", "b/a/x.js", "/a/x.json", "//a/x.js", "https://host.example/b/a/x.js"] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn words_and_mail_addresses_have_ends() {
        assert!(alone(Rule::Words, "client/2.1", "\"client/2.1\""));
        assert!(alone(Rule::Words, "client/2.1", "x+client/2.1+y"));
        assert!(!alone(Rule::Words, "client/2.1", "client/2.19"));
        assert!(!alone(Rule::Words, "client/2.1", "client/2.1.3"));
        assert!(!alone(Rule::Words, "client/2.1", "myclient/2.1"));
        assert!(alone(Rule::Words, "(x; y)", "a(x; y)b"));
        assert!(alone(Rule::Email, "a@evil.example", "<a@evil.example>"));
        assert!(!alone(Rule::Email, "a@evil.example", "b.a@evil.example"));
        assert!(!alone(Rule::Email, "a@evil.example", "a@evil.example.org"));
    }

    #[test]
    fn addresses_are_read_where_they_begin_in_any_spelling() {
        let at =
            |text: &str| address6(text.as_bytes(), text.find("2001").unwrap()).map(|(address, _)| address.to_string());
        for text in [
            "2001:db8::1",
            "[2001:DB8::1]:443",
            "ip=2001:0db8:0000:0000:0000:0000:0000:0001,",
            "2001:db8:0:0:0:0:0:1.",
            "addr:2001:db8::1",
        ] {
            assert_eq!(at(text).as_deref(), Some("2001:db8::1"), "{text}");
        }
        for text in ["2001:db8::1:2", "face:2001:db8::1", "2001:db8", "2001"] {
            assert_ne!(at(text).as_deref(), Some("2001:db8::1"), "{text}");
        }
        assert_eq!(
            address4(b"x 192.0.2.7.", 2).map(|(address, span)| (address.to_string(), span)),
            Some(("192.0.2.7".to_owned(), 2..11))
        );
        assert_eq!(address4(b"192.0.2.7.8", 0), None);
        assert_eq!(address4(b"192.0.2.700", 0), None);
    }
}
