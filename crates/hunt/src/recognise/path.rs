//! What the path of a file says, where its beginning says otherwise or nothing.
//!
//! Whoever cannot delete a log can write a few bytes in front of it, and a power cut leaves zeros. So a file that lies where
//! evidence lies is read as that evidence, and told; it does not count as unknown.

use hikeshi_evidence::artefact::Artefact;
use hikeshi_evidence::encoding::Encoding;
use hikeshi_evidence::kind::Kind;

use super::{Recognised, What};

/// What a path says, where the beginning of the file does not bear that out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradicted {
    /// A text log of the family at this place.
    Log(usize, Encoding),
    /// Evidence of this kind.
    Kind(Kind),
}

/// Adds what the path says to what the head shows. `family` is the first whose logs lie there.
pub(super) fn believe_path(path: &str, bytes: &[u8], family: Option<usize>, by_head: Recognised) -> Recognised {
    let log = match by_head.what {
        What::Log(..) | What::Empty => None,
        What::Unknown | What::Other(_) => family.map(|place| Contradicted::Log(place, Encoding::detect(bytes))),
    };
    let Some(said) = log.or_else(|| kind_of_path(path, by_head.what)) else { return by_head };
    let what = match (by_head.what, said) {
        (What::Unknown, Contradicted::Log(place, encoding)) => What::Log(place, encoding),
        (What::Unknown, Contradicted::Kind(kind)) => What::Other(kind),
        // An executable is none where a log of the system belongs, nor is a hive's log a hive.
        (What::Other(Kind::Executable | Kind::HiveLog | Kind::OldEventLog), Contradicted::Kind(kind)) => {
            What::Other(kind)
        }
        (what, _) => what,
    };
    // What is not read anyhow is told as such.
    let is_read = !matches!(said, Contradicted::Kind(Kind::DiskImage | Kind::MemoryDump));
    Recognised { what, contradicted: is_read.then_some(said), ..by_head }
}

/// The kind of evidence that is called so, unless the head shows the same.
fn kind_of_path(path: &str, by_head: What) -> Option<Contradicted> {
    let named = Kind::named(path)?;
    let is_contradicted = match by_head {
        What::Empty => match named {
            Kind::EventLog | Kind::Artefact(Artefact::FileTable) => true,
            // Windows leaves the copies empty that it no longer makes.
            Kind::Hive => !path.to_ascii_lowercase().contains("/regback/"),
            _ => false,
        },
        What::Other(kind) if kind == named => false,
        // Archives and images hold evidence, and are not it: what is read as evidence is under another name, no more.
        What::Log(..) | What::Other(Kind::ToolOutput(_)) => matches!(named, Kind::EventLog | Kind::Hive),
        What::Other(kind) if kind.reader().is_some() => {
            matches!(named, Kind::EventLog | Kind::Hive | Kind::Artefact(_))
        }
        What::Other(Kind::Executable | Kind::HiveLog | Kind::OldEventLog) | What::Unknown => true,
        What::Other(_) => false,
    };
    is_contradicted.then_some(Contradicted::Kind(named))
}
