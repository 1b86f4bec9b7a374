//! Gzip (RFC 1952): a tar archive inside it, or a single file.

use std::io::{self, BufReader, Read};

use flate2::GzHeader;
use flate2::bufread::MultiGzDecoder;
use hikeshi_core::time::Timestamp;

use crate::archive::delivery::{Delivery, Ending, Rest};
use crate::archive::{Format, Wanted, broken, tar};
use crate::encoding::text;

pub(super) fn read(source: impl Read, delivery: &mut Delivery<'_>) -> io::Result<()> {
    let mut unpacked = MultiGzDecoder::new(BufReader::with_capacity(64 << 10, source));
    let (name, modified) = unpacked.header().map(described).unwrap_or_default();
    let mut head = Vec::new();
    // A file that is damaged within its first bytes is still a file.
    let failed = (&mut unpacked).take(Format::HEAD as u64).read_to_end(&mut head).err();
    if failed.is_none() && tar::begins(&head) {
        return tar::read_stream(head.as_slice().chain(unpacked), delivery);
    }
    if delivery.begin(&name, None, modified) == Wanted::Yes {
        let mut failing = Failing { failed };
        let rest: &mut dyn Read = if failing.failed.is_some() { &mut failing } else { &mut unpacked };
        let poured = delivery.pour(&mut head.as_slice().chain(rest), u64::MAX, Rest::Leave);
        delivery.end(match poured.ending {
            Ending::Whole | Ending::Unwanted => None,
            Ending::Over(missed) => Some(missed),
            Ending::Failed(error) => Some(broken(poured.bytes, &error)),
        });
    }
    Ok(())
}

/// Name and time of the only file, where the header has them.
fn described(header: &GzHeader) -> (String, Option<Timestamp>) {
    let name = header.filename().map(|name| text(name).into_owned()).unwrap_or_default();
    let seconds = i64::from(header.mtime());
    (name, (seconds > 0).then(|| Timestamp::from_micros(seconds * 1_000_000)))
}

/// Fails once more with what has failed before.
struct Failing {
    failed: Option<io::Error>,
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.failed.take().map_or(Ok(0), Err)
    }
}
