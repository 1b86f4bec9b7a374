//! What evidence said of builds, gathered over all files: bounded, and the same in whatever order files are read.

use std::collections::BTreeMap;

use hikeshi_core::product::Version;
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;

/// So many different claims are kept; honest evidence of a server has some tens of them.
const MOST: usize = 4_096;

/// What a piece of evidence says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    /// A version.
    Version(Version),
    /// An update, by its number in the knowledge base.
    Update(String),
    /// Only that the product was not there before the time.
    Presence,
}

/// Who says what of which product, on which server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(super) root: usize,
    /// Place of the product in the run.
    pub(super) product: usize,
    /// Place of the evidence in the product.
    pub(super) evidence: usize,
    pub(super) claim: Claim,
}

/// Where and when something is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(super) time: Option<Timestamp>,
    /// `path:line`, `path#record` or a path.
    pub(super) place: String,
}

/// All that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(super) first: Spot,
    pub(super) last: Spot,
    pub(super) count: u64,
}

/// Everything that was said.
#[derive(Debug, Default)]
pub(crate) struct Sightings {
    seen: BTreeMap<Key, Extent>,
    /// Some claims were too many to be kept.
    is_full: bool,
}

impl Sightings {
    /// Takes one in.
    pub(super) fn add(&mut self, key: Key, spot: Spot) {
        match self.seen.get_mut(&key) {
            Some(extent) => {
                extent.count += 1;
                // A spot without a time comes after all that have one, and before none.
                let order = |spot: &Spot| (spot.time.is_none(), spot.clone());
                if order(&spot) < order(&extent.first) {
                    extent.first = spot.clone();
                }
                if spot > extent.last {
                    extent.last = spot;
                }
            }
            None => {
                self.seen.insert(key, Extent { first: spot.clone(), last: spot, count: 1 });
                if self.seen.len() > MOST {
                    // Which ones are kept depends on what they say, not on the order in which files were read.
                    self.seen.pop_last();
                    self.is_full = true;
                }
            }
        }
    }

    /// That not everything was kept, where that is so.
    pub(crate) fn overflow(&self) -> Option<RuleSkipped> {
        let reason = Text::new(
            format!("more than {MOST} different builds are named in the evidence; the others were left out"),
            format!("証拠に現れるビルドが {MOST} 種類を超えたため、残りは扱っていません"),
        );
        self.is_full.then(|| RuleSkipped { path: "products".to_owned(), reason })
    }

    /// What was said of a product on a server, by evidence and claim.
    pub(super) fn of(&self, root: usize, product: usize) -> impl Iterator<Item = (&Key, &Extent)> {
        self.seen.iter().filter(move |(key, _)| key.root == root && key.product == product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        Key { root: 0, product: 0, evidence: number, claim: Claim::Presence }
    }

    fn spot(seconds: Option<i64>, place: &str) -> Spot {
        Spot { time: seconds.map(|seconds| Timestamp::from_micros(seconds * 1_000_000)), place: place.to_owned() }
    }

    #[test]
    fn first_and_last_do_not_depend_on_the_order() {
        let spots = [spot(Some(5), "b"), spot(None, "a"), spot(Some(2), "d"), spot(Some(9), "c")];
        let gather = |spots: &mut dyn Iterator<Item = Spot>| {
            let mut sightings = Sightings::default();
            spots.for_each(|spot| sightings.add(key(1), spot));
            sightings.of(0, 0).map(|(_, extent)| extent.clone()).collect::<Vec<_>>()
        };
        let forward = gather(&mut spots.iter().cloned());
        assert_eq!(forward, gather(&mut spots.iter().rev().cloned()));
        assert_eq!((&*forward[0].first.place, &*forward[0].last.place, forward[0].count), ("d", "c", 4));
    }

    #[test]
    fn no_more_than_the_cap_is_kept_and_that_is_noted() {
        let mut sightings = Sightings::default();
        for number in (0..MOST + 10).rev() {
            sightings.add(key(number), spot(None, "x"));
        }
        assert!(sightings.overflow().is_some());
        assert_eq!(sightings.of(0, 0).count(), MOST);
        assert_eq!(sightings.of(0, 0).map(|(key, _)| key.evidence).max(), Some(MOST - 1));
    }
}
