//! Registry hives: reads every key and value of a hive, brought up to date from its transaction logs, and what
//! well-known values mean. Start at [`read`].
//!
//! Format: Maxim Suhanov, "Windows registry file format specification", <https://github.com/msuhanov/regf>. In code and
//! comments of this folder it is "the specification".
//!
//! # Records
//!
//! Each value is a [`Topic::RegistryValue`](crate::record::Topic::RegistryValue): `TargetObject`, `Details` and
//! `ValueType`, in the spelling of Sysmon, with which Sigma's rules compare; for bytes also `Hex` (the first 512) and
//! `Size`; for text that goes on behind its end, `AfterEnd`; for the control set in use, `ControlSet` holds its name as
//! stored. Its time is when its key last changed.
//!
//! Services, autostarts, scheduled tasks, accounts and installed software are records of their own besides; the files of
//! `facts/` list their fields. The hive is known by its content, never by its name.
//!
//! # Limits
//!
//! Every byte of a hive is read once on the way through its keys, so circles and shared cells end, and are told. Keys are
//! followed 512 deep. What is held besides the hive is a bit for each 8 bytes of it, and in a recovery
//! a copy of it. Not read: security descriptors, class names, deleted keys, and what was once in free cells.
//!
//! Values that hold passwords, hashes, keys or cached sign-ins are named, and not shown.

mod base;
mod bytes;
mod cells;
mod facts;
mod identity;
mod key;
mod replay;
mod secret;
mod tally;
mod value;
mod walk;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use crate::record::Sink;
use base::{BINS, Base, File};
use cells::Cells;
use identity::Hive;
use key::Key;
use replay::Image;
pub(crate) use replay::marvin::marvin;
use tally::Out;

/// Whether a file that begins with these bytes (512 are enough) is a transaction log, and no hive itself.
#[must_use]
pub fn is_log(head: &[u8]) -> bool {
    Base::parse(head).is_some_and(|base| base.file() != File::Hive)
}

/// Whether a hive that begins with these bytes (512 are enough) was being written when it was copied, so that its logs
/// hold what is missing.
#[must_use]
pub fn is_unfinished(head: &[u8]) -> bool {
    Base::parse(head).is_some_and(|base| base.file() == File::Hive && base.is_dirty())
}

/// Reads a hive with its transaction logs (`.LOG`, `.LOG1`, `.LOG2`, in any order, as far as there are any).
///
/// A hive that was being written when it was copied is brought up to date in memory. Without logs that fit it is read as
/// it lies, which is told as [`Gap::ChangesMissing`].
pub fn read(bytes: &[u8], logs: &[&[u8]], sink: &mut dyn Sink) {
    let mut out = Out::new(sink);
    if let Some(image) = replay::recover(bytes, logs, &mut out.tally) {
        read_image(&image, &mut out);
    }
    out.finish();
}

fn read_image(image: &Image<'_>, out: &mut Out<'_>) {
    let (major, minor) = image.base.version;
    if image.base.sound && major == 1 && minor < 2 {
        // Windows NT 3.1: cells are laid out otherwise.
        return out.tally.add(Gap::NotReadYet, || {
            both!("a hive of version {major}.{minor}", "バージョン {major}.{minor} のハイブ")
        });
    }
    let there = image.bytes.get(BINS..).unwrap_or_default();
    let wanted = image.base.bins_length as usize;
    if there.len() < wanted {
        out.tally.lacking((wanted - there.len()) as u64);
    }
    let (cells, damage) = Cells::new(there.get(..wanted).unwrap_or(there));
    if let Some((damage, count)) = damage {
        (0..count).for_each(|_| out.damage(damage));
    }
    match Key::at(&cells, image.base.root) {
        Ok(root) => {
            let hive = Hive::new(cells, root, &image.base.file_name);
            walk::walk(&hive, out);
            facts::tell(&hive, out);
        }
        Err(damage) => out.damage(damage),
    }
}

#[cfg(test)]
mod tests;
