//! One search of many indicators: in hashes, paths, text and fields.

mod addresses;
mod boundary;
mod needles;
mod networks;
mod patterns;
mod whole;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

use super::disk_path::DiskPath;
use super::indicator::{Indicator, Kind};
use super::pattern::{self, Alphabet};
use super::{admit, type_name};
use serde::Deserialize;

use crate::decode;
use crate::literals::Group;
use addresses::Addresses;
use needles::{Builder, Needles};
use patterns::Patterns;
use whole::Whole;

/// An indicator that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'c> {
    /// Its place among [`Compiled::indicators`].
    pub number: usize,
    /// The indicator.
    pub indicator: &'c Indicator,
}

/// What a field holds, for comparing it as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Addresses.
    Address,
    /// A URL.
    Url,
    /// The path of a URL.
    UriPath,
    /// A host or domain name.
    Domain,
    /// What a client calls itself.
    UserAgent,
    /// An account, as `name`, `DOMAIN\name` or `name@domain`.
    Account,
    /// A service's name.
    Service,
    /// A scheduled task's name, with or without its folder.
    Task,
    /// A command line.
    CommandLine,
    /// A file's path or name, such as a process's image.
    File,
    /// Hashes, alone or as `MD5=…,SHA256=…`.
    Hashes,
    /// The name under which a virus scanner reports something.
    Detection,
    /// Mail addresses.
    Email,
    /// Anything else.
    Text,
}

/// Text by which rows of logs may be chosen before they are cut into fields: see [`Compiled::literals`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Literals {
    /// Of each indicator: groups of texts, of each of which one stands in every row. In lower case, sorted, none twice. To be
    /// searched for without ASCII case, also behind percent signs.
    pub groups: Vec<Vec<Group>>,
    /// The places, among the indicators, of those that may hold for a row in which none of these texts stands.
    pub without: Vec<usize>,
}

/// The search. It does not change, so that threads can share it.
#[derive(Debug)]
pub struct Compiled {
    indicators: Vec<Indicator>,
    /// For each indicator: the one before with an equal value.
    before: Vec<Option<u32>>,
    whole: Whole,
    addresses: Addresses,
    needles: Needles,
    patterns: BTreeMap<Kind, Patterns>,
}

/// Makes one search of many indicators. Patterns are compiled when the text that they need first stands somewhere.
#[must_use]
pub fn compile(indicators: Vec<Indicator>) -> Compiled {
    let mut whole = Whole::default();
    let mut builder = Builder::default();
    let mut before = Vec::with_capacity(indicators.len());
    let mut by_kind: BTreeMap<Kind, Vec<u32>> = BTreeMap::new();
    for (number, indicator) in (0_u32..).zip(&indicators) {
        before.push(whole.add(number, indicator).or_else(|| builder.add(number, indicator)));
        if pattern::source(indicator).is_some() {
            by_kind.entry(indicator.kind).or_default().push(number);
        }
    }
    let patterns = by_kind.into_iter().map(|(kind, numbers)| {
        let of_kind = numbers.iter().filter_map(|number| Some((*number, indicators.get(*number as usize)?)));
        (kind, Patterns::new(of_kind))
    });
    Compiled {
        patterns: patterns.collect(),
        addresses: Addresses::new(&whole),
        needles: builder.build(),
        before,
        whole,
        indicators,
    }
}

impl Compiled {
    /// All indicators, in the order in which they were given.
    #[must_use]
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// By the hash of a file's content: MD5, SHA-1 or SHA-256 in hex, which shows by its length.
    #[must_use]
    pub fn hash(&self, hex: &str) -> Vec<Hit<'_>> {
        self.hits(self.whole.hash(hex.trim()).into_iter().collect())
    }

    /// By where a file lies and what it is called. The path may have a drive or not, slashes or backslashes.
    #[must_use]
    pub fn path(&self, disk_path: &str) -> Vec<Hit<'_>> {
        self.hits(self.of_path(disk_path))
    }

    /// By an address, alone or in its networks.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> Vec<Hit<'_>> {
        self.hits(self.whole.address(address).collect())
    }

    /// Finds addresses, networks, domains, URLs and their paths, names of clients, mail addresses, detection names, parts of
    /// command lines and keywords in text of any kind, in no particular order.
    ///
    /// ASCII case makes no difference. A value is found only where it does not go on: `192.0.2.1` does not stand in
    /// `192.0.2.17`, a domain stands in the names below it and in no longer label, a URL stands where another one begins
    /// with it up to a boundary. Not looked for here are what needs a whole field (hashes, files, accounts, services, tasks,
    /// and paths that ask for a method) and patterns: see [`Compiled::field`].
    pub fn text(&self, text: &[u8], found: &mut dyn FnMut(Hit<'_>, Range<usize>)) {
        self.search(text, &mut |numbers, span| {
            for hit in self.hits(numbers) {
                found(hit, span.clone());
            }
        });
    }

    /// Everything that [`Compiled::text`] finds in a field, and what only a field of this role can show. Percent signs in
    /// URLs are undone first.
    #[must_use]
    pub fn field(&self, role: Role, value: &str) -> Vec<Hit<'_>> {
        let mut numbers = self.of_text(value.as_bytes());
        let decoded = matches!(role, Role::Url | Role::UriPath | Role::Text).then(|| plain(value)).flatten();
        if let Some(decoded) = &decoded {
            numbers.extend(self.of_text(decoded.as_bytes()));
        }
        match role {
            Role::Address => {
                numbers.extend(needles::addresses_in(value).flat_map(|address| self.whole.address(address)))
            }
            Role::Account => {
                let names = accounts(value).into_iter().flatten();
                numbers.extend(names.filter_map(|name| self.whole.name(Kind::Account, &name)));
                numbers.extend(self.whole.account_of_any_domain(value));
            }
            Role::Service => numbers.extend(self.whole.name(Kind::Service, value)),
            Role::Task => numbers.extend(tasks(value).filter_map(|name| self.whole.name(Kind::Task, name))),
            Role::Hashes => numbers.extend(hashes(value).filter_map(|hex| self.whole.hash(hex))),
            Role::File => numbers.extend(self.of_path(value.trim_matches(['"', '\'']))),
            _ => {}
        }
        numbers.extend(self.of_patterns(role, value, decoded.as_deref()));
        self.hits(numbers)
    }

    /// By a request: the same as a field of [`Role::UriPath`], and indicators that ask for this method. What stands behind
    /// a question mark is passed over for those.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Vec<Hit<'_>> {
        let stem = path.split('?').next().unwrap_or_default();
        let decoded = plain(stem);
        let forms: Vec<&str> = [Some(stem), decoded.as_deref()].into_iter().flatten().collect();
        let exact = forms.iter().filter_map(|form| self.whole.name(Kind::UriPath, form));
        let mut numbers: Vec<u32> =
            exact.flat_map(|first| self.equal(first)).filter(|number| self.asks_for(*number, method)).collect();
        if let Some(patterns) = self.patterns.get(&Kind::UriPath) {
            numbers.extend(patterns.find(&forms, Some(method)));
        }
        let mut hits = self.field(Role::UriPath, path);
        hits.extend(self.hit(numbers));
        hits.sort_by_key(|hit| hit.number);
        hits.dedup_by_key(|hit| hit.number);
        hits
    }

    /// Text of which some stands in every row of a log for which [`Compiled::text`], [`Compiled::field`] or
    /// [`Compiled::request`] holds, as the row is stored: nothing that quoting, blanks as `+` or escapes would change.
    ///
    /// Indicators that are compared with files, services and tasks are not among them: they stand in records, not in rows.
    #[must_use]
    pub fn literals(&self) -> Literals {
        let mut literals = Literals::default();
        for (number, indicator) in self.indicators.iter().enumerate() {
            match stored(indicator) {
                Stored::Some(groups) => literals.groups.push(groups),
                Stored::None => literals.without.push(number),
                Stored::Elsewhere => {}
            }
        }
        literals.groups.sort();
        literals.groups.dedup();
        literals
    }

    /// The last indicators with the values that stand in a text, and where.
    fn search(&self, text: &[u8], found: &mut dyn FnMut(Vec<u32>, Range<usize>)) {
        self.needles.search(text, &mut |number, span| found(vec![number], span));
        self.addresses.search(text, &mut |address, span| found(self.whole.address(address).collect(), span));
    }

    fn of_text(&self, text: &[u8]) -> Vec<u32> {
        let mut numbers = Vec::new();
        self.search(text, &mut |more, _| numbers.extend(more));
        numbers
    }

    fn of_path(&self, path: &str) -> Vec<u32> {
        let path = DiskPath::new(path);
        let mut numbers: Vec<u32> = self.whole.path(&path).collect();
        if let Some(patterns) = self.patterns.get(&Kind::Path) {
            numbers.extend(patterns.find(&[&path.windows, &path.slashed], None));
        }
        if let Some(patterns) = self.patterns.get(&Kind::FileName) {
            numbers.extend(patterns.find(&[path.name()], None));
        }
        numbers
    }

    fn of_patterns(&self, role: Role, value: &str, decoded: Option<&str>) -> Vec<u32> {
        let kinds: &[Kind] = match role {
            Role::Url => &[Kind::Url, Kind::Keyword],
            Role::UriPath => &[Kind::UriPath, Kind::Keyword],
            Role::Domain => &[Kind::Domain],
            Role::UserAgent => &[Kind::UserAgent, Kind::Keyword],
            Role::Account => &[Kind::Account],
            Role::Service => &[Kind::Service],
            Role::Task => &[Kind::Task],
            Role::CommandLine => &[Kind::CommandLine, Kind::Keyword],
            Role::Detection => &[Kind::Detection],
            Role::Email => &[Kind::Email],
            Role::Text => &[Kind::Keyword],
            Role::Address | Role::File | Role::Hashes => &[],
        };
        // Some logs write `+` for a blank.
        let spaced = (role == Role::UserAgent && value.contains('+')).then(|| value.replace('+', " "));
        let forms: Vec<&str> = [Some(value), decoded, spaced.as_deref()].into_iter().flatten().collect();
        let mut numbers: Vec<u32> = kinds
            .iter()
            .filter_map(|kind| self.patterns.get(kind))
            .flat_map(|patterns| patterns.find(&forms, None))
            .collect();
        let (of_url, of_host) = (self.patterns.get(&Kind::Url), self.patterns.get(&Kind::Domain));
        let mut hosts_of = |url: &str| {
            numbers.extend(of_host.into_iter().flat_map(|patterns| patterns.find(&[admit::host(url).0], None)));
        };
        match role {
            Role::Url => hosts_of(value),
            Role::Text | Role::CommandLine if of_url.is_some() || of_host.is_some() => {
                urls_in(value).for_each(&mut hosts_of);
                let whole = |url| of_url.into_iter().flat_map(move |patterns| patterns.find(&[url], None));
                numbers.extend(urls_in(value).flat_map(whole));
            }
            _ => {}
        }
        numbers
    }

    fn asks_for(&self, number: u32, method: &str) -> bool {
        let wanted = self.indicators.get(number as usize).and_then(|indicator| indicator.method.as_deref());
        wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
    }

    /// An indicator and those before it with an equal value.
    fn equal(&self, first: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(first), |number| self.before.get(*number as usize).copied().flatten())
    }

    /// All indicators with the values of these, in order, none twice.
    fn hits(&self, first: Vec<u32>) -> Vec<Hit<'_>> {
        if first.is_empty() {
            return Vec::new();
        }
        let mut numbers: Vec<u32> = first.into_iter().flat_map(|number| self.equal(number)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.hit(numbers).collect()
    }

    fn hit(&self, numbers: Vec<u32>) -> impl Iterator<Item = Hit<'_>> {
        let hit = |number: u32| {
            let number = number as usize;
            Some(Hit { number, indicator: self.indicators.get(number)? })
        };
        numbers.into_iter().filter_map(hit)
    }
}

/// A text with its percent signs undone, where there are any.
fn plain(text: &str) -> Option<String> {
    match decode::percent(text.as_bytes()) {
        Cow::Owned(decoded) => Some(String::from_utf8_lossy(&decoded).into_owned()),
        Cow::Borrowed(_) => None,
    }
}

/// The URLs in a text, each as long as a URL can be.
fn urls_in(text: &str) -> impl Iterator<Item = &str> {
    let is_of_scheme = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    let ends = |character: char| character.is_whitespace() || "\"'`<>|{}^\\".contains(character);
    text.match_indices("://").filter_map(move |(at, _)| {
        let (before, behind) = text.split_at_checked(at)?;
        let scheme = before.rsplit(|character| !is_of_scheme(character)).next().unwrap_or_default();
        let end = behind.find(ends).unwrap_or(behind.len());
        text.get(at - scheme.len()..at + end).filter(|_| !scheme.is_empty())
    })
}

/// An account as indicators give it, and without its domain.
fn accounts(value: &str) -> [Option<Cow<'_, str>>; 2] {
    let account = admit::account(value);
    let bare = account.rsplit_once('\\').map(|(_, bare)| Cow::Owned(bare.to_owned()));
    [Some(account), bare]
}

/// A task's name as it stands, and without its folder.
fn tasks(value: &str) -> impl Iterator<Item = &str> {
    let bare = value.rsplit('\\').next().unwrap_or(value);
    [value, bare].into_iter()
}

/// The hashes of a list. An import hash has the length of an MD5 and is none of a file.
fn hashes(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ';', '|', ' ', '\t', '\r', '\n']).filter_map(|part| match part.rsplit_once(['=', ':']) {
        Some((name, hex)) => type_name::of(name).map(|_| hex),
        None => Some(part),
    })
}

/// Whether an indicator shows in rows of logs, and by which texts.
enum Stored {
    Some(Vec<Group>),
    None,
    Elsewhere,
}

fn stored(indicator: &Indicator) -> Stored {
    /// What quoting, blanks as `+`, escapes and columns leave as it is.
    const STORED: Alphabet =
        |character| character.is_ascii_graphic() && !matches!(character, '"' | '+' | '?' | '%' | ',' | '\\');
    let groups = match indicator.kind {
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Path | Kind::FileName | Kind::Service | Kind::Task => {
            return Stored::Elsewhere;
        }
        _ => match pattern::source(indicator) {
            Some(source) => pattern::needed_of(&source, STORED).map(|texts| vec![texts]),
            None => needles::stored(indicator, STORED),
        },
    };
    groups.map_or(Stored::None, Stored::Some)
}

/// Where an indicator that begins at a place in a text ends, if it is there: without the search, by the same boundaries.
#[cfg(test)]
pub(super) fn naively(indicator: &Indicator, text: &[u8], start: usize) -> Option<usize> {
    needles::naively(indicator, text, start)
}
