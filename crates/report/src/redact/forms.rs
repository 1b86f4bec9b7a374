//! Names that show by their form where they stand in a text: addresses, security identifiers, profiles, shares.

use std::net::{IpAddr, Ipv6Addr};

use super::names::LONGEST_NAME;

/// Dashes in the SID of a domain, `S-1-5-21-a-b-c`; that of an account has one more. [MS-DTYP], 2.4.2.
pub(super) const SID_DOMAIN_DASHES: usize = 6;
/// Letters before the `@` of an address (RFC 5321, 4.5.3.1).
const LONGEST_LOCAL: usize = 64;
/// Letters of the name of a domain (RFC 1035, 2.3.4).
const LONGEST_DOMAIN: usize = 253;
/// Letters of the longest form of an address.
const LONGEST_ADDRESS: usize = 45;
/// Letters of the name of a profile's folder or of a machine in a path.
const LONGEST_PART: usize = 64;
/// Endings of names that only networks inside use.
/// Sources: RFC 6762, appendix G; RFC 8375; ICANN's reservation of `internal`, 2024.
const INSIDE: [&str; 9] =
    ["local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa"];

/// Where a name stands: what is before it, itself, what is after it.
pub(super) type Placed<'t> = (&'t str, &'t str, &'t str);

/// Addresses of mail.
pub(super) fn mails(text: &str) -> Vec<&str> {
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._+'-".contains(byte);
    let bytes = text.as_bytes();
    let found = text.match_indices('@').filter_map(|(at, _)| {
        let before = bytes.get(..at)?.iter().rev().take(LONGEST_LOCAL + 1).take_while(|byte| is_local(byte)).count();
        let local = text.get(at - before..at)?.trim_start_matches(['.', '-', '\'']);
        let domain = domain_at(text.get(at + 1..)?)?;
        let is_mail = (1..=LONGEST_LOCAL).contains(&local.len());
        is_mail.then(|| text.get(at - local.len()..at + 1 + domain.len())).flatten()
    });
    found.collect()
}

/// The name of a domain at the beginning of a text.
fn domain_at(text: &str) -> Option<&str> {
    let length = text.bytes().take(LONGEST_DOMAIN + 1).take_while(|byte| is_of_name(*byte) && *byte != b'_').count();
    let domain = text.get(..length)?.trim_end_matches(['.', '-']);
    let (rest, top) = domain.rsplit_once('.')?;
    let is_top = (2..=24).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_top && domain.len() <= LONGEST_DOMAIN && rest.split('.').all(|label| !label.is_empty())).then_some(domain)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_".contains(&byte)
}

/// SIDs of domains and accounts, of Windows' own directories and of those in the cloud; of an account also its domain's.
pub(super) fn sids(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("-1-5-21-").chain(text.match_indices("-1-12-1-")) {
        let start = at.saturating_sub(1);
        let is_start = at > 0
            && text.get(start..at).is_some_and(|sign| sign.eq_ignore_ascii_case("s"))
            && !text.as_bytes().get(..start).and_then(<[u8]>::last).is_some_and(u8::is_ascii_alphanumeric);
        let rest = text.get(start..).unwrap_or_default();
        // Five numbers of ten digits, and what is between them.
        let length =
            1 + rest.bytes().skip(1).take(80).take_while(|byte| byte.is_ascii_digit() || *byte == b'-').count();
        let sid = rest.get(..length).unwrap_or_default().trim_end_matches('-');
        let dashes: Vec<usize> = sid.match_indices('-').map(|(at, _)| at).collect();
        if !is_start || dashes.len() < SID_DOMAIN_DASHES || sid.contains("--") {
            continue;
        }
        let end = |number: usize| dashes.get(number).copied().unwrap_or(sid.len());
        found.extend(sid.get(..end(SID_DOMAIN_DASHES)));
        found.extend(sid.get(..end(SID_DOMAIN_DASHES + 1)).filter(|_| dashes.len() > SID_DOMAIN_DASHES));
    }
    found
}

/// Addresses of the inside.
pub(super) fn inside_addresses(text: &str) -> Vec<&str> {
    let four = runs(text, |byte| byte.is_ascii_digit() || byte == b'.').into_iter();
    let six = runs(text, |byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.').into_iter();
    let four = four.map(|run| run.trim_matches('.')).filter(|run| run.matches('.').count() == 3);
    let six = six.map(|run| run.trim_end_matches('.')).filter(|run| run.matches(':').count() >= 2);
    four.chain(six)
        .filter(|run| run.len() <= LONGEST_ADDRESS)
        .filter(|run| run.parse::<IpAddr>().is_ok_and(|address| is_inside(address.to_canonical())))
        .collect()
}

/// The longest pieces of a text that hold nothing but such bytes.
fn runs(text: &str, is_part: impl Fn(u8) -> bool) -> Vec<&str> {
    text.split(|character: char| !u8::try_from(character).is_ok_and(&is_part)).filter(|run| !run.is_empty()).collect()
}

/// RFC 1918, 3927, 6598; 4193, 4291.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => {
            let is_site_local =
                |address: Ipv6Addr| address.segments().first().is_some_and(|part| part & 0xffc0 == 0xfec0);
            address.is_unique_local() || address.is_unicast_link_local() || is_site_local(address)
        }
    }
}

/// Names of machines and domains in the domain name system that belong to the inside: by their ending, or because
/// `is_known` knows a domain that they are in.
pub(super) fn inside_names(text: &str, is_known: impl Fn(&str) -> bool) -> Vec<&str> {
    let names = runs(text, is_of_name).into_iter().map(|run| run.trim_matches(['.', '-', '_']));
    names
        .filter(|name| name.contains('.') && name.len() <= LONGEST_NAME)
        .filter(|name| {
            let mut domains = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..));
            domains.any(|domain| INSIDE.iter().any(|known| known.eq_ignore_ascii_case(domain)) || is_known(domain))
        })
        .collect()
}

/// Whether paths are cut by strokes of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// A text, in which `/users/` may be of a page.
    Text,
    /// A path of a file.
    Path,
}

/// Folders of profiles: `C:\Users\name`, and the names of accounts in a registry.
pub(super) fn profiles(text: &str, spelling: Spelling) -> Vec<Placed<'_>> {
    let mut found = Vec::new();
    for folder in ["users", "documents and settings", "home"] {
        for (at, end) in occurrences(text, folder) {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(end..).unwrap_or_default());
            let parent = before.trim_end_matches(is_stroke);
            let strokes = after.len() - after.trim_start_matches(is_stroke).len();
            let is_cut = before.is_empty() || parent.len() < before.len();
            let parent = parent.rsplit(is_stroke).next().unwrap_or_default();
            let is_drive = parent.ends_with(':') || parent.len() <= 1;
            let is_disk = spelling == Spelling::Path || is_drive || after.starts_with('\\');
            if !is_cut || strokes == 0 || !is_disk || (folder == "home" && (spelling == Spelling::Text || !is_drive)) {
                continue;
            }
            let mut start = end + strokes;
            if parent.eq_ignore_ascii_case("account") {
                // HKLM\SAM\SAM\Domains\Account\Users\Names\name; beside `Names` are numbers.
                let Some(rest) = text.get(start..start + 6).filter(|rest| rest.eq_ignore_ascii_case("names\\")) else {
                    continue;
                };
                start += rest.len();
            }
            let front = text.get(at..start).unwrap_or_default();
            found.extend(part(text.get(start..).unwrap_or_default()).map(|name| (front, name, "")));
        }
    }
    found
}

/// Machines whose shares are named: `\\name\share`.
pub(super) fn shares(text: &str) -> Vec<Placed<'_>> {
    let found = text.match_indices("\\\\").filter_map(|(at, sign)| {
        let before = text.as_bytes().get(..at).and_then(<[u8]>::last);
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"\\:.".contains(byte)) {
            return None;
        }
        let rest = text.get(at + 2..)?;
        let length = rest.bytes().take(LONGEST_PART + 1).take_while(|byte| is_of_name(*byte)).count();
        let name = rest.get(..length).filter(|name| (1..=LONGEST_PART).contains(&name.len()) && !name.contains('.'))?;
        rest.get(length..)?.starts_with('\\').then_some((sign, name, "\\"))
    });
    found.collect()
}

/// Accounts behind the names of domains and machines: `DOMAIN\name`, as the domain and the name.
pub(super) fn accounts(text: &str, is_realm: impl Fn(&str) -> bool) -> Vec<(&str, &str)> {
    let found = text.match_indices('\\').filter_map(|(at, _)| {
        let before = text.get(..at)?;
        let realm = before.rsplit(|character: char| !(character.is_alphanumeric() || "-_.".contains(character)));
        let realm = realm.take(1).find(|realm| (1..=LONGEST_PART).contains(&realm.len()))?;
        let is_path = before.get(..at - realm.len())?.ends_with(is_stroke);
        let name = part(text.get(at + 1..)?)?;
        let ends = !text.get(at + 1 + name.len()..)?.starts_with(is_stroke);
        (!is_path && ends && is_realm(realm)).then_some((realm, name))
    });
    found.collect()
}

fn is_stroke(character: char) -> bool {
    matches!(character, '\\' | '/')
}

/// The places of a word without regard to its case.
fn occurrences(text: &str, word: &str) -> Vec<(usize, usize)> {
    let first = word.get(..1).unwrap_or_default();
    let upper = first.to_ascii_uppercase();
    let starts = text.match_indices([first, &upper].map(|sign| sign.chars().next().unwrap_or_default()));
    let places = starts.map(|(at, _)| (at, at + word.len()));
    places.filter(|(at, end)| text.get(*at..*end).is_some_and(|found| found.eq_ignore_ascii_case(word))).collect()
}

/// The part of a path at the beginning of a text. Blanks are part of it only where a stroke tells where it ends.
fn part(text: &str) -> Option<&str> {
    let is_end = |character: char| is_stroke(character) || "\"<>|:*?;,()[]{}=&\r\n\t\0…".contains(character);
    let end = text.char_indices().find(|(at, character)| is_end(*character) || *at > LONGEST_PART);
    let (end, is_closed) = end.map_or((text.len(), true), |(at, character)| (at, is_stroke(character)));
    let part = text.get(..end)?;
    let part = if is_closed { part } else { part.split(' ').next().unwrap_or(part) };
    let part = part.trim_matches(|character: char| character.is_whitespace() || "'`.".contains(character));
    (!part.is_empty() && part.len() <= LONGEST_NAME).then_some(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_mail_are_found_in_what_stands_around_them() {
        assert_eq!(mails("to=<taro.sato+x@corp.example>, a@b @c.d x@1.2.3.4"), ["taro.sato+x@corp.example"]);
        assert_eq!(mails("宛先taro@corp.example.を"), ["taro@corp.example"]);
        assert_eq!(mails("ServerInfo~a]@ex01.corp.example:444/x"), [] as [&str; 0]);
    }

    #[test]
    fn sids_of_accounts_come_with_those_of_their_domains_and_well_known_ones_are_left() {
        let text = "S-1-5-18 s-1-5-21-1-22-333-1101_Classes S-1-5-21-1-22-333 XS-1-5-21-1-2-3 S-1-5-32-544";
        assert_eq!(sids(text), ["s-1-5-21-1-22-333", "s-1-5-21-1-22-333-1101", "S-1-5-21-1-22-333"]);
        assert_eq!(sids("-1-5-21-"), [] as [&str; 0]);
    }

    #[test]
    fn addresses_inside_are_told_from_those_outside_and_from_versions() {
        let text = "10.1.2.3:443, [fd00::1%3] 192.168.0.9. ::ffff:172.16.0.1 169.254.1.1 100.64.0.1 FE80::A \
                    203.0.113.7 2001:db8::1 10.0.14393.0 127.0.0.1 ::1 1.10.0.0.5";
        let found = inside_addresses(text);
        let four = ["10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.1.1", "100.64.0.1"];
        assert_eq!(found, [&four[..], &["fd00::1", "::ffff:172.16.0.1", "FE80::A"]].concat());
    }

    #[test]
    fn profiles_are_found_on_disks_and_in_registries_and_not_in_addresses_of_pages() {
        let names = |text, spelling| profiles(text, spelling).into_iter().map(|(_, name, _)| name).collect::<Vec<_>>();
        let text = r#"del C:\Users\taro\x "C:/Users/Sato Hanako/y" \Device\Disk2\Users\jiro D:\Documents and Settings\old.CORP\z"#;
        assert_eq!(names(text, Spelling::Text), ["taro", "Sato Hanako", "jiro", "old.CORP"]);
        assert_eq!(names("C:\\Users\\taro and more", Spelling::Text), ["taro and more"]);
        assert_eq!(names("/api/users/7 /home/index", Spelling::Text), [] as [&str; 0]);
        assert_eq!(names("EX01/C/Users/taro/NTUSER.DAT", Spelling::Path), ["taro"]);
        assert_eq!(names("/home/taro/rules", Spelling::Path), ["taro"]);
        let registry = r"SAM\Domains\Account\Users\000003F2 SAM\Domains\Account\Users\Names\taro";
        assert_eq!(names(registry, Spelling::Text), ["taro"]);
    }

    #[test]
    fn shares_and_accounts_are_told_from_paths() {
        let machines: Vec<_> = shares(r"copy \\FS01\c$\x \\192.0.2.7\y C:\\Users\\x \\?\z").into_iter().collect();
        assert_eq!(machines, [("\\\\", "FS01", "\\")]);
        let is_realm = |name: &str| name.eq_ignore_ascii_case("corp");
        let text = r#"(CORP\taro) "corp\Sato Hanako" C:\Corp\x \Corp\y NT AUTHORITY\SYSTEM corp\dir\z"#;
        assert_eq!(accounts(text, is_realm), [("CORP", "taro"), ("corp", "Sato")]);
    }

    #[test]
    fn names_inside_show_by_their_ending_or_by_a_known_domain() {
        let known = |domain: &str| domain == "corp.example";
        let text = "https://ex01.corp.example:444/ fs.ad.lan; evil.example x.local.json EX02.corp.example.";
        assert_eq!(inside_names(text, known), ["ex01.corp.example", "fs.ad.lan", "EX02.corp.example"]);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at_without_a_panic(text in "([a-zA-Z0-9@.:\\\\/ é佐-]|S-1-5-21-|\\\\Users\\\\|names\\\\|10\\.){0,60}") {
            let _ = (mails(&text), sids(&text), inside_addresses(&text), inside_names(&text, |_| true));
            let _ = (profiles(&text, Spelling::Path), shares(&text), accounts(&text, |_| true));
        }
    }
}
