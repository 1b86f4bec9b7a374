//! STIX patterns for what an intruder used, and the forms of ids that others give.

use std::net::{IpAddr, Ipv6Addr};

/// A pattern for an address outside of private networks; `None` for any other, which means nothing elsewhere.
pub(super) fn outside_address(address: &str) -> Option<String> {
    let address: IpAddr = address.parse().ok()?;
    let kind = if address.is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
    is_outside(address).then(|| format!("[{kind}:value = '{address}']"))
}

/// Whether an address can be that of somebody on the internet.
pub(crate) fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_shared = first == 100 && second & 0xc0 == 64;
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || first == 0
                || is_shared)
        }
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_outside_v6(v6), |v4| is_outside(v4.into())),
    }
}

const fn is_outside_v6(address: Ipv6Addr) -> bool {
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local())
}

/// A pattern for a page, as `folder/name`.
pub(super) fn page(page: &str) -> String {
    let (folder, name) = page.rsplit_once('/').unwrap_or(("", page));
    let name = literal(name);
    if folder.is_empty() {
        return format!("[file:name = {name}]");
    }
    let folder = literal(&format!("(^|[/\\\\]){}$", escaped(folder)));
    format!("[file:name = {name} AND file:parent_directory_ref.path MATCHES {folder}]")
}

/// A pattern for a SHA-256.
pub(super) fn hash(hash: &str) -> String {
    format!("[file:hashes.'SHA-256' = '{}']", hash.to_ascii_lowercase())
}

/// A string of a pattern (STIX 2.1, section 9.3).
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Text that a regular expression takes as it stands.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        if "\\.+*?()|[]{}^$/-".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

/// Where MITRE describes a technique; `None` where this is no technique.
pub(crate) fn technique_page(technique: &str) -> Option<String> {
    let (main, sub) = technique.split_once('.').map_or((technique, None), |(main, sub)| (main, Some(sub)));
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = main.strip_prefix('T').is_some_and(|number| digits(number, 4)) && sub.is_none_or(|sub| digits(sub, 3));
    fits.then(|| format!("https://attack.mitre.org/techniques/{}", technique.replace('.', "/")))
}

/// Whether this is an id of the CVE list.
pub(crate) fn is_cve(text: &str) -> bool {
    let digits = |text: &str, range: std::ops::RangeInclusive<usize>| {
        range.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let rest = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    rest.is_some_and(|(year, number)| digits(year, 4..=4) && digits(number, 4..=19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_evidence_stays_inside_its_string() {
        assert_eq!(page("x'] OR [a:b = '\\.aspx"), "[file:name = 'x\\'] OR [a:b = \\'\\\\.aspx']");
        assert_eq!(
            page("a.b'/shell.aspx"),
            "[file:name = 'shell.aspx' AND file:parent_directory_ref.path MATCHES '(^|[/\\\\\\\\])a\\\\.b\\'$']"
        );
    }

    #[test]
    fn addresses_inside_networks_are_no_indicators() {
        for inside in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "fd00::1",
            "fe80::1",
            "::1",
            "::ffff:10.0.0.1",
            "x",
        ] {
            assert_eq!(outside_address(inside), None, "{inside}");
        }
        assert_eq!(outside_address("203.0.113.7").as_deref(), Some("[ipv4-addr:value = '203.0.113.7']"));
        assert_eq!(outside_address("2001:db8::7").as_deref(), Some("[ipv6-addr:value = '2001:db8::7']"));
    }

    #[test]
    fn only_ids_of_the_known_form_are_taken() {
        assert_eq!(technique_page("T1505.003").as_deref(), Some("https://attack.mitre.org/techniques/T1505/003"));
        for other in ["T15", "T1505.3", "TA0001", "T1505/../x", ""] {
            assert_eq!(technique_page(other), None, "{other}");
        }
        assert!(is_cve("CVE-2021-26855"));
        assert!(!is_cve("CVE-2021-x") && !is_cve("CVE-21-26855") && !is_cve(""));
    }
}
