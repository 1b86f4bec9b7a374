//! What a header says about the member behind it, where the fixed fields are too small.

use hikeshi_core::time::Timestamp;

use crate::archive::tar::header::Kind;
use crate::encoding::text;

/// So many bytes are read of one such header. A path in it is cut later, as every name.
pub(super) const CAP: u64 = 1 << 20;

#[derive(Default)]
pub(super) struct Extended {
    pub(super) path: Option<String>,
    pub(super) link: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) modified: Option<Timestamp>,
    /// The content is a map and pieces of a sparse file.
    pub(super) sparse: bool,
}

impl Extended {
    /// Adds what one header holds; whether it is whole.
    pub(super) fn add(&mut self, kind: Kind, content: &[u8]) -> bool {
        let name = || text(content.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned();
        match kind {
            Kind::LongName => self.path = Some(name()),
            Kind::LongLink => self.link = Some(name()),
            Kind::Extended => return self.add_records(content),
            // Global records are comments and defaults that no known program writes for paths and sizes.
            _ => {}
        }
        true
    }

    /// Records such as `30 mtime=1350244992.023960108\n`, which begin with their own length.
    fn add_records(&mut self, mut rest: &[u8]) -> bool {
        while !rest.is_empty() {
            let Some((record, behind)) = record(rest) else { return false };
            rest = behind;
            let mut parts = record.splitn(2, |byte| *byte == b'=');
            let (Some(key), Some(value)) = (parts.next(), parts.next()) else { return false };
            match key {
                b"path" | b"GNU.sparse.name" => self.path = Some(text(value).into_owned()),
                b"linkpath" => self.link = Some(text(value).into_owned()),
                b"size" => self.size = text(value).parse().ok(),
                b"mtime" => self.modified = time(value),
                _ => {}
            }
            self.sparse |= key.starts_with(b"GNU.sparse.");
        }
        true
    }
}

/// The first record without its length and line break, and what follows it.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(bytes.get(..blank)?).ok()?.parse().ok()?;
    let record = bytes.get(blank + 1..length)?.strip_suffix(b"\n")?;
    Some((record, bytes.get(length..)?))
}

/// Seconds with a fraction.
fn time(value: &[u8]) -> Option<Timestamp> {
    let value = std::str::from_utf8(value).ok()?;
    let (seconds, fraction) = value.split_once('.').unwrap_or((value, ""));
    let micros = fraction.chars().chain("000000".chars()).take(6).collect::<String>().parse::<i64>().ok()?;
    let seconds: i64 = seconds.parse().ok()?;
    let signed = if value.starts_with('-') { -micros } else { micros };
    Some(Timestamp::from_micros(seconds.checked_mul(1_000_000)?.checked_add(signed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_and_damaged_ones_told() {
        let mut extended = Extended::default();
        assert!(extended.add(Kind::Extended, b"18 path=a=b/c.log\n13 size=1234\n15 mtime=-1.25\n"));
        assert_eq!(extended.path.as_deref(), Some("a=b/c.log"));
        assert_eq!(extended.size, Some(1234));
        assert_eq!(extended.modified, Some(Timestamp::from_micros(-1_250_000)));
        assert!(!extended.sparse);
        assert!(extended.add(Kind::Extended, b"22 GNU.sparse.major=1\n") && extended.sparse);
        for damaged in [b"99 path=a\n".as_slice(), b"3 \n", b"path=a\n", b"-1 path=a\n", b"10 path=ab"] {
            assert!(!Extended::default().add(Kind::Extended, damaged), "{damaged:?}");
        }
    }
}
