//! The three hashes that indicator lists use, over content that comes in pieces.

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;

use crate::hex::hex;

/// Takes in content piece by piece. SHA instructions of the processor are used where it has them.
#[derive(Debug, Clone, Default)]
pub struct Hashes {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
}

/// The hashes of one content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// MD5.
    pub md5: [u8; 16],
    /// SHA-1.
    pub sha1: [u8; 20],
    /// SHA-256.
    pub sha256: [u8; 32],
}

impl Hashes {
    /// The hashes of content that is all there.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Digests {
        // In pieces that stay in the processor's cache for all three.
        const PIECE: usize = 32 << 10;
        let mut hashes = Self::default();
        bytes.chunks(PIECE).for_each(|piece| hashes.update(piece));
        hashes.finish()
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
    }

    /// The hashes of all that was taken in.
    #[must_use]
    pub fn finish(self) -> Digests {
        Digests {
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
            sha256: self.sha256.finalize().into(),
        }
    }
}

impl Digests {
    /// MD5 in lower-case hex.
    #[must_use]
    pub fn md5(&self) -> String {
        hex(&self.md5)
    }

    /// SHA-1 in lower-case hex.
    #[must_use]
    pub fn sha1(&self) -> String {
        hex(&self.sha1)
    }

    /// SHA-256 in lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&self.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_specifications_whatever_the_pieces() {
        let expected = (
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        let mut hashes = Hashes::default();
        hashes.update(b"a");
        hashes.update(b"");
        hashes.update(b"bc");
        let digests = hashes.finish();
        assert_eq!((digests.md5().as_str(), digests.sha1().as_str(), digests.sha256().as_str()), expected);
        assert_eq!(digests, Hashes::of(b"abc"));
    }
}
