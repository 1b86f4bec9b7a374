//! Which networks an address lies in.

use std::net::IpAddr;

use ahash::AHashMap;

use crate::indicators::ordinary::first_of;

/// Networks by their first address and the length of their prefix. There are at most 158 lengths, so an address costs that
/// many look-ups at most, however many networks there are.
#[derive(Debug, Default)]
pub(super) struct Networks {
    first: AHashMap<(IpAddr, u8), u32>,
    lengths: Vec<(u8, bool)>,
}

impl Networks {
    /// Adds a network. Returns the indicator that was first with the same one before.
    pub(super) fn add(&mut self, number: u32, base: IpAddr, length: u8) -> Option<u32> {
        let kind = (length, base.is_ipv4());
        if !self.lengths.contains(&kind) {
            self.lengths.push(kind);
        }
        self.first.insert((base, length), number)
    }

    /// The first indicators of all networks that the address lies in.
    pub(super) fn of(&self, address: IpAddr) -> impl Iterator<Item = u32> {
        let fitting = self.lengths.iter().filter(move |(_, is_ipv4)| *is_ipv4 == address.is_ipv4());
        fitting.filter_map(move |(length, _)| self.first.get(&(first_of(address, *length), *length)).copied())
    }

    /// All networks, in order.
    pub(super) fn all(&self) -> Vec<(IpAddr, u8)> {
        let mut all: Vec<(IpAddr, u8)> = self.first.keys().copied().collect();
        all.sort_unstable();
        all
    }
}
