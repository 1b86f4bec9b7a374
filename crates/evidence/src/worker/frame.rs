//! Messages over a pipe: a length of four bytes, little-endian, then the message in `postcard`'s form.

use std::io::{self, Read, Write};

use hikeshi_core::both;
use hikeshi_core::cause::Cause;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest message that a parent believes a worker. A worker that a hostile file has taken over may claim anything.
pub(super) const REPLY_CAP: usize = 4 << 20;
/// The longest message that a worker takes from its parent.
pub(super) const ORDER_CAP: usize = 256 << 20;

pub(super) fn write(out: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&bytes)
}

/// The next message; `None` at the end of the pipe.
pub(super) fn read<T: DeserializeOwned>(source: &mut impl Read, cap: usize) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match source.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > cap {
        return Err(Cause::of(
            io::ErrorKind::InvalidData,
            both!(
                "a message of {length} bytes; at most {cap} are taken",
                "{length} バイトのメッセージ (上限は {cap} バイト)"
            ),
        ));
    }
    let mut bytes = vec![0; length];
    source.read_exact(&mut bytes)?;
    let message = postcard::from_bytes(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_out_as_it_went_in_and_the_end_is_no_message() {
        let mut pipe = Vec::new();
        write(&mut pipe, &("火消し".to_owned(), 7_u64)).unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read::<(String, u64)>(&mut from, 100).unwrap(), Some(("火消し".to_owned(), 7)));
        assert_eq!(read::<(String, u64)>(&mut from, 100).unwrap(), None);
    }

    #[test]
    fn a_message_over_the_cap_is_refused_before_it_is_read() {
        let claim = u32::MAX.to_le_bytes();
        assert_eq!(read::<u64>(&mut claim.as_slice(), 100).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(read::<String>(&mut [1, 0, 0, 0, 255].as_slice(), 100).is_err());
    }
}
