//! The key of pseudonyms, and pseudonyms made with it.

use std::fmt;
use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::names::Kind;
use super::ordinary;

/// Length of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a pseudonym's mark: two of 10,000 names have the same with a probability of one in 20,000.
const MARK_BYTES: usize = 5;
/// Bytes that SHA-256 takes in at a time (FIPS 180-4).
const BLOCK_BYTES: usize = 64;
/// The well-known accounts of a Windows domain have smaller numbers; they tell nothing of it.
/// Source: <https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers>.
const FIRST_OWN_RID: u64 = 1000;

/// What pseudonyms are made with. Whoever has it can see whether a name that he guesses belongs to a pseudonym; without it
/// nobody can.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A key from random bytes.
    #[must_use]
    pub const fn new(random: [u8; KEY_BYTES]) -> Self {
        Self(random)
    }

    /// A key as [`Key::written`] writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim();
        if digits.len() != 2 * KEY_BYTES || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut key = [0; KEY_BYTES];
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }

    /// The key as 64 hexadecimal digits and a line break.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}\n", hex(&self.0))
    }

    /// HMAC-SHA256 as RFC 2104 has it. A key is shorter than a block.
    fn authenticated(&self, message: &[u8]) -> [u8; 32] {
        let pad = |with: u8| {
            let mut block = [with; BLOCK_BYTES];
            block.iter_mut().zip(self.0).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
        Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
    }

    /// `kind-` and ten digits that follow from the kind and the value without regard to case.
    fn marked(&self, kind: Kind, value: &str) -> String {
        let message = format!("{}\0{}", kind.word(), value.to_lowercase());
        let sum = self.authenticated(message.as_bytes());
        format!("{}-{}", kind.word(), hex(sum.get(..MARK_BYTES).unwrap_or(&sum)))
    }

    /// The pseudonym of a name: always the same with the same key, whatever else is in a report.
    pub(super) fn pseudonym(&self, kind: Kind, value: &str) -> String {
        match (kind, value.split_once(['.', '@'])) {
            (Kind::Host, Some((label, domain))) => {
                format!("{}.{}", self.marked(kind, label), self.pseudonym(Kind::Domain, domain))
            }
            (Kind::Domain, Some(_)) if ordinary::is_public_domain(value) => value.to_owned(),
            (Kind::Domain, Some(_)) => format!("{}.invalid", self.marked(kind, value)),
            (Kind::Mail, _) => {
                let domain = value.rsplit('@').next().unwrap_or_default();
                format!("{}@{}", self.marked(kind, value), self.pseudonym(Kind::Domain, domain))
            }
            (Kind::Sid, _) => self.sid(value),
            (Kind::Address, _) => match value.parse::<IpAddr>() {
                Ok(address) => self.marked(kind, &address.to_canonical().to_string()),
                Err(_) => self.marked(kind, value),
            },
            _ => self.marked(kind, value),
        }
    }

    /// The domain of a SID has one pseudonym in all SIDs of its accounts; a well-known account keeps its number.
    fn sid(&self, value: &str) -> String {
        match value.rsplit_once('-') {
            Some((domain, number)) if value.matches('-').count() > super::forms::SID_DOMAIN_DASHES => {
                let domain = self.marked(Kind::Sid, domain);
                let is_own = number.parse().is_ok_and(|number: u64| number >= FIRST_OWN_RID);
                let mark = self.marked(Kind::Sid, value);
                let mark = mark.rsplit('-').next().unwrap_or_default();
                format!("{domain}-{}", if is_own { mark } else { number })
            }
            _ => self.marked(Kind::Sid, value),
        }
    }
}

/// Whether a name has the form of a pseudonym.
pub(super) fn is_pseudonym(value: &str) -> bool {
    let digits = 2 * MARK_BYTES;
    Kind::ALL.iter().any(|kind| {
        let rest = value.strip_prefix(kind.word()).and_then(|rest| rest.strip_prefix('-'));
        rest.and_then(|rest| rest.split_at_checked(digits)).is_some_and(|(mark, rest)| {
            mark.bytes().all(|byte| byte.is_ascii_hexdigit()) && !rest.starts_with(|next: char| next.is_alphanumeric())
        })
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_gives_the_sums_of_its_specification() {
        // RFC 4231, test cases 1 and 2; shorter keys are filled with zeros, as HMAC does it.
        let mut key = [0; KEY_BYTES];
        key[..20].fill(0x0b);
        let sum = hex(&Key::new(key).authenticated(b"Hi There"));
        assert_eq!(sum, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        let mut key = [0; KEY_BYTES];
        key[..4].copy_from_slice(b"Jefe");
        let sum = hex(&Key::new(key).authenticated(b"what do ya want for nothing?"));
        assert_eq!(sum, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = Key::new([0xa7; KEY_BYTES]);
        assert_eq!(Key::parse(&key.written()).unwrap().0, key.0);
        for wrong in ["", "a7", &"g".repeat(64), &"a".repeat(66), &format!("+{}", "a".repeat(63))] {
            assert!(Key::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "Key(..)");
    }

    #[test]
    fn pseudonyms_tell_what_they_stand_for_and_what_belongs_together() {
        let key = Key::new([1; KEY_BYTES]);
        let domain = key.pseudonym(Kind::Domain, "corp.example");
        assert!(domain.starts_with("domain-") && domain.ends_with(".invalid"), "{domain}");
        let host = key.pseudonym(Kind::Host, "EX01");
        assert_eq!(key.pseudonym(Kind::Host, "ex01.corp.example"), format!("{host}.{domain}"));
        assert!(key.pseudonym(Kind::Mail, "taro@corp.example").ends_with(&format!("@{domain}")));
        assert_eq!(key.pseudonym(Kind::Domain, "gmail.com"), "gmail.com");
        let sid = key.pseudonym(Kind::Sid, "s-1-5-21-1-2-3");
        assert_eq!(key.pseudonym(Kind::Sid, "s-1-5-21-1-2-3-500"), format!("{sid}-500"));
        assert_ne!(key.pseudonym(Kind::Sid, "s-1-5-21-1-2-3-1101"), format!("{sid}-1101"));
        for name in [&domain, &host, &sid] {
            assert!(is_pseudonym(name), "{name}");
        }
        assert!(!is_pseudonym("user-4f2a9c01deb") && !is_pseudonym("user-taro") && !is_pseudonym("host-4f2a9c01"));
    }
}
