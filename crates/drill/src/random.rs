//! Pseudo-random numbers that are the same on every machine and in every version.
//!
//! Written out here because the generators of common crates promise neither.

/// `SplitMix64`: one addition and three multiplications a number, good enough for scenery.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator whose numbers depend on `seed` and on the `purpose` alone, so that one
    /// purpose drawing more numbers never changes another.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        let mut random = Self(seed ^ purpose.wrapping_mul(0xd1b5_4a32_d192_ed03));
        random.next();
        random
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        scale((self.next() >> 32) as u32, limit)
    }

    /// A number from 0 up to, not including, 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Maps 32 random bits to a number below `limit`.
pub(crate) fn scale(bits: u32, limit: u32) -> u32 {
    ((u64::from(bits) * u64::from(limit)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_pinned_so_that_old_seeds_keep_their_bytes() {
        let mut random = Random::new(7, 1);
        let first = [random.next(), random.next()];
        assert_eq!(first, [15_068_862_340_908_800_810, 4_947_436_840_658_157_891]);
        assert_ne!(first[0], Random::new(8, 1).next());
        assert_ne!(first[0], Random::new(7, 2).next());
    }

    #[test]
    fn numbers_stay_below_their_limit() {
        let mut random = Random::new(1, 1);
        assert!((0..1000).all(|_| random.below(10) < 10));
        assert!((0..1000).all(|_| random.fraction() < 1.0));
        assert_eq!(random.below(0), 0);
    }
}
