//! The table of samples in an archive of DFIR-ORC, read before its members are: it may stand behind them.
//!
//! Such archives are 7z, or zip where somebody packed them anew. The list of files of a 7z archive says whether there is a
//! table; only then it is unpacked twice. Of a zip archive the tables are unpacked alone.

use std::io::{Read, Seek};

use super::{Format, Limits, Member, Members, Wanted, measure, read, seven};
use crate::collected::samples::{Samples, TABLE};
use crate::record::Missed;

/// So much of all tables of an archive is read; what is beyond is told as [`hikeshi_core::coverage::Gap::MalformedRows`],
/// since a row is cut there.
const TABLES_CAP: usize = 64 << 20;

/// What members are copies of, and what of the tables could not be read; `None` where the archive holds none.
///
/// The source stands at its beginning again where it can be led there.
pub fn samples(
    source: &mut (impl Read + Seek),
    limits: &Limits,
    passwords: &[String],
) -> Option<(Samples, Vec<Missed>)> {
    let (head, length) = measure(source).ok()?;
    let open = match Format::detect(&head)? {
        Format::SevenZip => {
            let names = seven::names(&mut *source, length, limits.members, passwords);
            source.rewind().ok()?;
            names.iter().filter(|name| is_table(name)).count()
        }
        Format::Zip => usize::MAX,
        _ => 0,
    };
    if open == 0 {
        return None;
    }
    let mut tables = Tables { open, text: Vec::new() };
    read(&mut *source, limits, passwords, &mut tables);
    source.rewind().ok()?;
    (!tables.text.is_empty()).then(|| Samples::read(tables.text.as_slice()))
}

fn is_table(name: &str) -> bool {
    name.rsplit(['/', '\\']).next().is_some_and(|name| name.eq_ignore_ascii_case(TABLE))
}

/// Takes the tables and nothing else. Each but the first begins with a header again, which names no sample.
struct Tables {
    /// How many are still to come.
    open: usize,
    text: Vec<u8>,
}

impl Members for Tables {
    fn begin(&mut self, member: &Member) -> Wanted {
        match (self.open, is_table(&member.path)) {
            (0, _) => Wanted::NothingMore,
            (_, true) => Wanted::Yes,
            (_, false) => Wanted::No,
        }
    }

    fn bytes(&mut self, chunk: &[u8]) -> Wanted {
        let room = TABLES_CAP.saturating_sub(self.text.len()).min(chunk.len());
        self.text.extend_from_slice(chunk.get(..room).unwrap_or_default());
        if room < chunk.len() { Wanted::No } else { Wanted::Yes }
    }

    fn end(&mut self, _: Option<Missed>) {
        self.open = self.open.saturating_sub(1);
    }

    // What is wrong with the archive is told when its members are read.
    fn missed(&mut self, _: Missed) {}
}
