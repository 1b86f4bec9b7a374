//! What a value is when nobody says.

use std::net::IpAddr;

use super::indicator::{Kind, Syntax};
use super::refang::{bare, refang};

/// Endings of file names that are no top-level domains, so that `update.exe` is no domain. Endings that are both (`.com`,
/// `.sh`, `.zip`) are not here: a list that means a file names its kind.
const ENDINGS: [&str; 58] = [
    "exe", "dll", "sys", "ps1", "psm1", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "hta", "scr", "cpl", "ocx",
    "drv", "msi", "msp", "lnk", "asp", "aspx", "ashx", "asmx", "ascx", "cshtml", "jsp", "jspx", "php", "phtml", "cfm",
    "jar", "war", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx", "rtf", "pdf", "rar", "7z", "gz", "cab",
    "iso", "img", "vhd", "bin", "dat", "tmp", "txt", "log", "xml", "dmp", "elf",
];

/// Folders at the root of a Unix system: what begins with one is a file's path and no part of a URL.
const ROOTS: [&str; 15] =
    ["bin", "boot", "dev", "etc", "home", "lib", "lib64", "mnt", "opt", "proc", "root", "sbin", "tmp", "usr", "var"];

/// What the value is, how it is compared, and the value as it was before it was made harmless.
pub(super) fn guess(text: &str) -> Option<(Kind, Syntax, String)> {
    let text = bare(text);
    if let Some(kind) = hash(text) {
        return Some((kind, Syntax::Literal, text.to_owned()));
    }
    if is_path(text) {
        return Some((Kind::Path, Syntax::Literal, text.to_owned()));
    }
    let meant = refang(text);
    if meant.is_empty() || meant.contains(char::is_whitespace) {
        return None;
    }
    let kind = named(&meant)?;
    Some((kind, Syntax::Literal, meant.into_owned()))
}

/// The kind of hash that a text is, by its length.
pub(super) fn hash(text: &str) -> Option<Kind> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match text.len() {
        32 => Some(Kind::Md5),
        40 => Some(Kind::Sha1),
        64 => Some(Kind::Sha256),
        _ => None,
    }
}

fn is_path(text: &str) -> bool {
    let mut characters = text.chars();
    let is_drive = matches!(
        (characters.next(), characters.next(), characters.next()),
        (Some('a'..='z' | 'A'..='Z'), Some(':'), Some('\\' | '/'))
    );
    let root = text.strip_prefix('/').and_then(|rest| rest.split_once('/')).map(|(root, _)| root);
    is_drive
        || text.starts_with("\\\\")
        || (text.starts_with('%') && text.contains('\\'))
        || (text.contains('\\') && !text.contains("\\.") && !text.contains("://"))
        || root.is_some_and(|root| ROOTS.contains(&root))
}

fn named(text: &str) -> Option<Kind> {
    if address(text).is_some() {
        return Some(Kind::Address);
    }
    if network(text).is_some() {
        return Some(Kind::Network);
    }
    if text.contains("://") {
        return Some(Kind::Url);
    }
    if let Some((local, domain)) = text.split_once('@') {
        return (!local.is_empty() && is_domain(domain)).then_some(Kind::Email);
    }
    if text.starts_with('/') {
        return Some(Kind::UriPath);
    }
    if let Some((host, _)) = text.split_once('/') {
        return (is_domain(host) || address(host).is_some()).then_some(Kind::Url);
    }
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
    if ENDINGS.contains(&ending.as_str()) {
        return Some(Kind::FileName);
    }
    is_domain(text.split(':').next().unwrap_or_default()).then_some(Kind::Domain)
}

/// An address, with or without brackets and port. IPv4 inside IPv6 is IPv4.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let inner = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => text,
    };
    let inner = inner.split_once('%').map_or(inner, |(address, _zone)| address);
    let parsed = inner.parse::<IpAddr>().ok().or_else(|| {
        let (host, port) = inner.split_once(':')?;
        port.parse::<u16>().ok()?;
        host.parse::<IpAddr>().ok()
    })?;
    Some(parsed.to_canonical())
}

/// A network in CIDR form: an address of it, and the length of its prefix.
pub(super) fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (base, length) = text.split_once('/')?;
    let base: IpAddr = base.parse().ok()?;
    let longest = if base.is_ipv4() { 32 } else { 128 };
    let length = length.parse().ok().filter(|length| *length <= longest)?;
    Some((base, length))
}

/// Whether a text has the form of a domain name with at least two labels: RFC 1035, with the underscores that are in use
/// and letters of any script.
pub(super) fn is_domain(text: &str) -> bool {
    const LONGEST: usize = 253;
    const LONGEST_LABEL: usize = 63;
    let is_letter =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_') || !character.is_ascii();
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len()) && label.chars().all(is_letter) && !label.starts_with('-')
    };
    let is_top = |label: &str| label.len() >= 2 && !label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= LONGEST
        && text.contains('.')
        && text.split('.').all(is_label)
        && text.rsplit('.').next().is_some_and(is_top)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kinds_show_by_the_value() {
        for (text, kind, value) in [
            ("d41d8cd98f00b204e9800998ecf8427e", Kind::Md5, "d41d8cd98f00b204e9800998ecf8427e"),
            ("192.0.2.1", Kind::Address, "192.0.2.1"),
            ("192.0.2[.]1:8080", Kind::Address, "192.0.2.1:8080"),
            ("[2001:db8::1]:443", Kind::Address, "[2001:db8::1]:443"),
            ("198.51.100.0/24", Kind::Network, "198.51.100.0/24"),
            ("hxxps://evil[.]example/a b", Kind::Url, ""),
            ("hxxps://evil[.]example/a", Kind::Url, "https://evil.example/a"),
            ("evil.example/a.php", Kind::Url, "evil.example/a.php"),
            ("evil[.]example", Kind::Domain, "evil.example"),
            ("evil\\.example", Kind::Domain, "evil.example"),
            ("somebody@evil.example", Kind::Email, "somebody@evil.example"),
            ("C:\\Temp\\a b.exe", Kind::Path, "C:\\Temp\\a b.exe"),
            ("%TEMP%\\x.dll", Kind::Path, "%TEMP%\\x.dll"),
            ("/tmp/.x/y", Kind::Path, "/tmp/.x/y"),
            ("/owner/shell.aspx", Kind::UriPath, "/owner/shell.aspx"),
            ("update.exe", Kind::FileName, "update.exe"),
        ] {
            let expected = (!value.is_empty()).then(|| (kind, Syntax::Literal, value.to_owned()));
            assert_eq!(guess(text), expected, "{text}");
        }
        for text in ["", "word", "two words", "1.2.3", "a sentence. With more.", "e.g.", "300.1.1.1", "CVE-2021-0001"] {
            assert_eq!(guess(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_guessed_without_panic(text in "\\PC{0,60}") {
            let _ = guess(&text);
        }
    }
}
