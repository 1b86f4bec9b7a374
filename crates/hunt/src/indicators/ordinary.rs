//! What nearly every machine has or speaks to: see `ordinary.txt`, and the reserved networks here.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::LazyLock;

use hikeshi_evidence::look::Hashes;

use super::disk_path::{self, DiskPath, Start};
use super::guess;
use super::indicator::Kind;
use super::intake::Refusal;

/// The sections of the list.
static LISTED: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut section = "";
    for line in include_str!("ordinary.txt").lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = heading;
        } else if !line.is_empty() && !line.starts_with('#') {
            sections.entry(section).or_default().push(line);
        }
    }
    sections
});

static PATHS: LazyLock<Vec<DiskPath>> =
    LazyLock::new(|| listed("paths").iter().map(|path| DiskPath::new(path)).collect());

fn listed(section: &str) -> &'static [&'static str] {
    LISTED.get(section).map(Vec::as_slice).unwrap_or_default()
}

/// Ordinary paths.
pub(super) fn paths() -> &'static [DiskPath] {
    &PATHS
}

/// Ordinary values in which text of this kind may be searched for; empty where nothing is ordinary.
pub(super) fn values(kind: Kind) -> Vec<&'static str> {
    let sections: &[&str] = match kind {
        Kind::CommandLine => &["commands"],
        Kind::UserAgent => &["agents"],
        Kind::UriPath | Kind::Url => &["uris"],
        Kind::Domain => &["domains"],
        Kind::Account => &["accounts"],
        Kind::Service => &["services"],
        Kind::Task => &["tasks"],
        Kind::Keyword => &["commands", "agents", "uris", "domains", "paths"],
        _ => &[],
    };
    sections.iter().flat_map(|section| listed(section)).copied().collect()
}

/// Whether every machine has a file, account, service or task of this name.
pub(super) fn is_name(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::FileName => paths().iter().any(|path| path.name().eq_ignore_ascii_case(name)),
        Kind::Account | Kind::Service | Kind::Task => {
            let bare = name.rsplit(['\\', '/']).next().unwrap_or(name);
            values(kind).iter().any(|ordinary| ordinary.eq_ignore_ascii_case(bare))
        }
        _ => false,
    }
}

/// Whether a domain name is one that every machine speaks to, or stands above many.
pub(super) fn is_domain(domain: &str) -> bool {
    let bare = domain.strip_prefix("www.").unwrap_or(domain);
    listed("domains").iter().any(|listed| match listed.strip_prefix('.') {
        Some(zone) => domain == zone || domain.strip_suffix(zone).is_some_and(|below| below.ends_with('.')),
        None => bare == *listed,
    })
}

/// Where a path of an indicator is looked for: its start, and the rest folded, beginning with a slash.
///
/// A variable stands for any folder, unless that would make it match an ordinary path (`%TEMP%\svchost.exe`): then it is
/// the folder that it usually stands for.
pub(super) fn place(path: &str) -> (Start, String) {
    let (start, rest) = disk_path::start(path);
    let rest = format!("/{}", rest.to_lowercase());
    let usual = disk_path::variable(path).and_then(|(name, _)| disk_path::usual_folder(name));
    match usual {
        Some(folder) if start == Start::Anywhere && paths().iter().any(|ordinary| is_at(ordinary, start, &rest)) => {
            (start, format!("/{}{rest}", folder.to_lowercase()))
        }
        _ => (start, rest),
    }
}

/// Whether a file lies where an indicator says.
pub(super) fn is_at(path: &DiskPath, start: Start, rest: &str) -> bool {
    match start {
        Start::Root => path.folded == rest,
        Start::Anywhere => path.folded.ends_with(rest),
    }
}

/// Contents that many files share without being alike in anything else, and the hash of nothing that lists hold by mistake.
pub(super) fn is_trivial_content(kind: Kind, hex: &str) -> bool {
    static HASHES: LazyLock<Vec<(Kind, String)>> = LazyLock::new(|| {
        let zeros = [0_u8; 4096];
        let contents: [&[u8]; 14] = [
            b"",
            b"\n",
            b"\r\n",
            b"\0",
            b" ",
            b"0",
            b"1",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"{}",
            b"[]",
            zeros.get(..512).unwrap_or_default(),
            &zeros,
        ];
        let hashes = |content: &&[u8]| {
            let digests = Hashes::of(content);
            [(Kind::Md5, digests.md5()), (Kind::Sha1, digests.sha1()), (Kind::Sha256, digests.sha256())]
        };
        contents.iter().flat_map(hashes).collect()
    });
    let is_filler = hex.bytes().all(|byte| byte == b'0') || hex.bytes().all(|byte| byte == b'f');
    is_filler || HASHES.iter().any(|(of, known)| *of == kind && known == hex)
}

/// Networks whose addresses name no one machine in the world, from the IANA registries of special-purpose addresses
/// (RFC 6890). Those for documentation are not here: practice data is made of them.
const SPECIAL: [(&str, Refusal); 15] = [
    ("0.0.0.0/8", Refusal::ReservedAddress),
    ("10.0.0.0/8", Refusal::InternalAddress),
    ("100.64.0.0/10", Refusal::InternalAddress),
    ("127.0.0.0/8", Refusal::LoopbackAddress),
    ("169.254.0.0/16", Refusal::LinkLocalAddress),
    ("172.16.0.0/12", Refusal::InternalAddress),
    ("192.168.0.0/16", Refusal::InternalAddress),
    ("224.0.0.0/4", Refusal::MulticastAddress),
    ("240.0.0.0/4", Refusal::ReservedAddress),
    ("::/128", Refusal::ReservedAddress),
    ("::1/128", Refusal::LoopbackAddress),
    ("fc00::/7", Refusal::InternalAddress),
    ("fe80::/10", Refusal::LinkLocalAddress),
    ("fec0::/10", Refusal::InternalAddress),
    ("ff00::/8", Refusal::MulticastAddress),
];

/// Why an address is no indicator.
pub(super) fn address(address: IpAddr) -> Option<Refusal> {
    let is_resolver = || listed("resolvers").iter().any(|resolver| resolver.parse() == Ok(address));
    special(address, full(address)).or_else(|| is_resolver().then_some(Refusal::PublicResolver))
}

/// Why a network is no indicator: it is too wide, or holds addresses that are none.
pub(super) fn network(base: IpAddr, length: u8) -> Option<Refusal> {
    let narrowest = if base.is_ipv4() { 8 } else { 16 };
    if length < narrowest {
        return Some(Refusal::NetworkTooWide);
    }
    special(base, length)
}

fn special(base: IpAddr, length: u8) -> Option<Refusal> {
    SPECIAL.iter().find_map(|(network, refusal)| {
        let (other, other_length) = guess::network(network)?;
        let shared = length.min(other_length);
        (base.is_ipv4() == other.is_ipv4() && first_of(base, shared) == first_of(other, shared)).then_some(*refusal)
    })
}

/// The length of a prefix that is one address.
pub(super) const fn full(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first address of the network of this prefix length that an address lies in.
pub(super) fn first_of(address: IpAddr, length: u8) -> IpAddr {
    let left = u32::from(full(address).saturating_sub(length));
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(left).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(left).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_read() {
        for section in ["paths", "commands", "agents", "uris", "domains", "resolvers", "accounts", "services", "tasks"]
        {
            assert!(listed(section).len() > 5, "{section}");
        }
        assert!(listed("resolvers").iter().all(|resolver| resolver.parse::<IpAddr>().is_ok()));
    }

    #[test]
    fn hashes_of_trivial_contents_are_known_in_every_kind() {
        for (kind, hex) in [
            (Kind::Md5, "d41d8cd98f00b204e9800998ecf8427e"),
            (Kind::Sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (Kind::Sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Kind::Md5, "68b329da9893e34099c7d8ad5cb9c940"),
            (Kind::Md5, "93b885adfe0da089cdf634904fd59f71"),
            (Kind::Md5, "00000000000000000000000000000000"),
        ] {
            assert!(is_trivial_content(kind, hex), "{hex}");
        }
        assert!(!is_trivial_content(Kind::Md5, "5d41402abc4b2a76b9719d911017c592"));
    }

    #[test]
    fn special_addresses_are_none_and_documentation_addresses_are() {
        let of = |text: &str| address(text.parse().unwrap());
        assert_eq!(of("10.1.2.3"), Some(Refusal::InternalAddress));
        assert_eq!(of("172.31.0.1"), Some(Refusal::InternalAddress));
        assert_eq!(of("172.32.0.1"), None);
        assert_eq!(of("127.0.0.1"), Some(Refusal::LoopbackAddress));
        assert_eq!(of("0.0.0.0"), Some(Refusal::ReservedAddress));
        assert_eq!(of("255.255.255.255"), Some(Refusal::ReservedAddress));
        assert_eq!(of("224.0.0.251"), Some(Refusal::MulticastAddress));
        assert_eq!(of("fe80::1"), Some(Refusal::LinkLocalAddress));
        assert_eq!(of("::1"), Some(Refusal::LoopbackAddress));
        assert_eq!(of("8.8.8.8"), Some(Refusal::PublicResolver));
        assert_eq!(of("192.0.2.1"), None);
        assert_eq!(of("2001:db8::1"), None);
        let of = |text: &str| guess::network(text).and_then(|(base, length)| network(base, length));
        assert_eq!(of("0.0.0.0/0"), Some(Refusal::NetworkTooWide));
        assert_eq!(of("198.0.0.0/7"), Some(Refusal::NetworkTooWide));
        assert_eq!(of("2001::/15"), Some(Refusal::NetworkTooWide));
        assert_eq!(of("192.0.0.0/8"), Some(Refusal::InternalAddress));
        assert_eq!(of("192.168.7.0/24"), Some(Refusal::InternalAddress));
        assert_eq!(of("198.51.100.0/24"), None);
        assert_eq!(of("2001:db8::/32"), None);
    }

    #[test]
    fn domains_are_ordinary_themselves_or_with_all_below() {
        for domain in ["microsoft.com", "update.microsoft.com", "github.io", "www.github.com", "co.jp", "localhost"] {
            assert!(is_domain(domain), "{domain}");
        }
        for domain in ["notmicrosoft.com", "evil.github.io", "evil.blob.core.windows.net", "evil.example"] {
            assert!(!is_domain(domain), "{domain}");
        }
    }

    #[test]
    fn a_variable_is_any_folder_unless_that_is_ordinary() {
        assert_eq!(place(r"%ProgramData%\it.zip"), (Start::Anywhere, "/it.zip".to_owned()));
        assert_eq!(place(r"%TEMP%\svchost.exe"), (Start::Anywhere, "/temp/svchost.exe".to_owned()));
        assert_eq!(place(r"%SystemDrive%\mscoree.dll"), (Start::Root, "/mscoree.dll".to_owned()));
    }
}
