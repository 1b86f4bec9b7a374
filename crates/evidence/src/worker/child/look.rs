//! Looks at one file: its hashes, what it is, and which YARA rules hold for it.

use std::io::Read;
use std::time::Duration;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::out::Out;
use super::source::Source;
use super::{Bench, Yara};
use crate::look::{CONTENT_CAP, Hashes, Looked, Subject, Times, look};
use crate::record::{Missed, Sink};
use crate::worker::About;
use crate::yara::{Externals, Rules};

/// The rules may look at one file for so long. The limit of processor time ends the worker only after that.
const SCAN_TIME: Duration = Duration::from_secs(20);

impl Bench<'_, '_> {
    pub(super) fn look(&self, about: &About, size: u64, mut source: Source<'_, '_>, out: &mut Out<'_, '_>) {
        let mut bytes = Vec::new();
        let mut hashes = Hashes::default();
        if let Err(error) = read(&mut source, &mut bytes, &mut hashes) {
            return out.missed(Missed::new(Gap::ReadFailed).because(error));
        }
        if bytes.is_empty() && size > 0 && matches!(source, Source::Place(_)) {
            // It was listed with content; of a member of an archive, the parent knows why there is none.
            out.missed(
                Missed::new(Gap::ChangedWhileRead).because(both!("the file is empty now", "ファイルが空になっている")),
            );
        }
        let digests = hashes.finish();
        let subject = Subject {
            path: &about.path,
            disk_path: about.disk_path.as_deref(),
            size,
            times: Times { created: about.created, modified: about.modified },
            digests: Some(&digests),
        };
        let looked = look(&subject, &bytes);
        let externals = Externals::new(&subject, &looked, &bytes);
        let Looked { record, missed, .. } = looked;
        out.record(record);
        missed.into_iter().for_each(|missed| out.missed(missed));
        self.with_rules(|sets| {
            for (set, rules) in sets.iter().enumerate() {
                let scanned = rules.scan_file(&bytes, &externals, SCAN_TIME);
                out.matches(set, scanned.matches);
                scanned.missed.into_iter().for_each(|missed| out.missed(missed));
            }
        });
    }

    fn with_rules(&self, use_them: impl FnOnce(&[Rules])) {
        let mut yara = self.yara.borrow_mut();
        if let Yara::Asleep(sets) = &*yara {
            // The parent has compiled them before, so what is wrong with them was told there.
            *yara = Yara::Ready(sets.iter().filter_map(|bytes| Rules::from_bytes(bytes).ok()).collect());
        }
        if let Yara::Ready(sets) = &*yara {
            use_them(sets);
        }
    }
}

/// Keeps the first bytes, and hashes all of them.
fn read(source: &mut Source<'_, '_>, kept: &mut Vec<u8>, hashes: &mut Hashes) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = match source.read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { return Ok(()) };
        hashes.update(read);
        let room = CONTENT_CAP.saturating_sub(kept.len()).min(count);
        kept.extend_from_slice(read.get(..room).unwrap_or_default());
    }
}
