//! Values that are compared as a whole: hashes, addresses, names, places of files.

use std::net::IpAddr;

use ahash::AHashMap;

use super::networks::Networks;
use crate::indicators::disk_path::{DiskPath, Start};
use crate::indicators::indicator::{Indicator, Kind, Syntax};
use crate::indicators::{guess, ordinary};

/// The end of a path is compared with so many folders at most; no real indicator names as many.
const FOLDERS_CAP: usize = 128;

/// For each value, the indicator that was added last with it. The ones before are the caller's to remember.
#[derive(Debug, Default)]
pub(super) struct Whole {
    hashes: AHashMap<Digest, u32>,
    addresses: AHashMap<IpAddr, u32>,
    pub(super) networks: Networks,
    /// Names in lower case: of files, accounts, services, tasks; and paths of requests that ask for a method.
    names: AHashMap<(Kind, Box<str>), u32>,
    /// Accounts that are given with their domain, by name alone: many fields have the domain in another column.
    of_domains: AHashMap<Box<str>, Vec<u32>>,
    /// Paths at the root of a disk, and ends of paths, folded.
    roots: AHashMap<Box<str>, u32>,
    ends: AHashMap<Box<str>, u32>,
}

/// The bytes of a hash, and how many they are.
type Digest = ([u8; 32], usize);

impl Whole {
    /// Adds an indicator that is compared as a whole. Returns the one before with the same value.
    pub(super) fn add(&mut self, number: u32, indicator: &Indicator) -> Option<u32> {
        let value = indicator.value.as_str();
        if indicator.syntax != Syntax::Literal {
            return None;
        }
        match indicator.kind {
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 => self.hashes.insert(digest(value)?, number),
            Kind::Address => self.addresses.insert(value.parse().ok()?, number),
            Kind::Network => {
                let (base, length) = guess::network(value)?;
                self.networks.add(number, base, length)
            }
            Kind::Path => match ordinary::place(value) {
                (Start::Root, path) => self.roots.insert(path.into(), number),
                (Start::Anywhere, path) => self.ends.insert(path.into(), number),
            },
            Kind::UriPath if indicator.method.is_none() => None,
            Kind::Account if let Some((_, name)) = value.rsplit_once('\\') => {
                let numbers = self.of_domains.entry(plain_name(Kind::Account, name).into()).or_default();
                numbers.push(number);
                self.names.insert((Kind::Account, plain_name(Kind::Account, value).into()), number)
            }
            kind @ (Kind::FileName | Kind::Account | Kind::Service | Kind::Task | Kind::UriPath) => {
                self.names.insert((kind, plain_name(kind, value).into()), number)
            }
            _ => None,
        }
    }

    /// By a hash in hex.
    pub(super) fn hash(&self, hex: &str) -> Option<u32> {
        self.hashes.get(&digest(hex)?).copied()
    }

    /// By an address, alone or in its networks.
    pub(super) fn address(&self, address: IpAddr) -> impl Iterator<Item = u32> {
        let address = address.to_canonical();
        self.addresses.get(&address).copied().into_iter().chain(self.networks.of(address))
    }

    /// The addresses that are looked for.
    pub(super) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.addresses.keys().copied()
    }

    /// By a name, as its field has it.
    pub(super) fn name(&self, kind: Kind, name: &str) -> Option<u32> {
        self.names.get(&(kind, plain_name(kind, name).into())).copied()
    }

    /// By the name of an account whose field does not tell its domain, among those that are looked for in one domain.
    pub(super) fn account_of_any_domain(&self, name: &str) -> impl Iterator<Item = u32> {
        self.of_domains.get(plain_name(Kind::Account, name).as_str()).into_iter().flatten().copied()
    }

    /// By where a file lies and what it is called.
    pub(super) fn path(&self, path: &DiskPath) -> impl Iterator<Item = u32> {
        let from_end = path.folded.rmatch_indices('/').take(FOLDERS_CAP);
        let ends = from_end.filter_map(|(at, _)| self.ends.get(path.folded.get(at..)?));
        let root = self.roots.get(path.folded.as_str());
        ends.chain(root).copied().chain(self.name(Kind::FileName, path.name()))
    }
}

/// A hash of 16, 20 or 32 bytes from its hex.
fn digest(hex: &str) -> Option<Digest> {
    guess::hash(hex)?;
    let mut bytes = [0; 32];
    let (pairs, _) = hex.as_bytes().as_chunks::<2>();
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let digit = |digit: &u8| char::from(*digit).to_digit(16);
        *byte = u8::try_from(digit(high)? << 4 | digit(low)?).ok()?;
    }
    Some((bytes, pairs.len()))
}

/// A name as it is compared: in lower case; tasks without the slash before their folder.
fn plain_name(kind: Kind, name: &str) -> String {
    let name = name.trim();
    if kind == Kind::Task { name.trim_start_matches('\\').to_lowercase() } else { name.to_lowercase() }
}
