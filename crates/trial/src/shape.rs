//! The shapes in which responders bring evidence, and where a Windows path lies in each.

use std::collections::BTreeSet;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fs_err as fs;
use zip::write::SimpleFileOptions;

use crate::host::Host;
use crate::moment::Moment;

/// A way to bring evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Drives as folders.
    #[default]
    Tree,
    /// A triage collector's target folder, named after the host.
    Triage,
    /// A collector's archive with percent-encoded paths.
    Archive,
    /// Folders that somebody named by hand.
    Folders,
    /// All files in one folder, their old paths in their names.
    Flat,
    /// A zip of the tree, packed by hand, inside a folder.
    Packed,
    /// Copied over the network from the administrative shares, folders named after these.
    Shares,
}

impl Shape {
    /// All of them, by name.
    pub const NAMED: [(&'static str, Self); 7] = [
        ("tree", Self::Tree),
        ("triage", Self::Triage),
        ("archive", Self::Archive),
        ("folders", Self::Folders),
        ("flat", Self::Flat),
        ("packed", Self::Packed),
        ("shares", Self::Shares),
    ];
}

/// A collection that is being written.
pub struct Collection {
    folder: PathBuf,
    shape: Shape,
    host: String,
    archive: Option<(String, zip::ZipWriter<fs::File>)>,
    taken: BTreeSet<String>,
    bytes: u64,
}

impl Collection {
    /// Begins a collection of `host` in `folder`, taken at `time`.
    pub fn new(folder: &Path, shape: Shape, host: &Host, time: Moment) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let stamp = time.iso_seconds().replace(':', "_");
        let name = match shape {
            Shape::Archive => Some(format!("Collection-{}-{stamp}Z.zip", host.full_name().replace('.', "_"))),
            Shape::Packed => Some(format!("{}.zip", host.name.to_lowercase())),
            _ => None,
        };
        let archive = match name {
            Some(name) => {
                let file = fs::File::create(folder.join(&name))?;
                Some((name, zip::ZipWriter::new(file)))
            }
            None => None,
        };
        let host = host.name.to_owned();
        Ok(Self { folder: folder.to_owned(), shape, host, archive, taken: BTreeSet::new(), bytes: 0 })
    }

    /// Where a Windows path lies, relative to the folder, as a report spells it.
    pub fn place(&self, path: &str) -> String {
        let inner = self.inner(path);
        match &self.archive {
            Some((name, _)) => format!("{name}!/{inner}"),
            None => inner,
        }
    }

    fn inner(&self, path: &str) -> String {
        let (drive, rest) = path.split_once(":\\").unwrap_or(("C", path));
        let slashed = rest.replace('\\', "/");
        match self.shape {
            Shape::Tree => format!("{drive}/{slashed}"),
            Shape::Packed => format!("{}/{drive}/{slashed}", self.host),
            Shape::Triage => format!("{}/{drive}/{slashed}", self.host),
            Shape::Archive => format!("uploads/auto/{drive}%3A/{slashed}"),
            Shape::Shares => format!("{}/{}$/{slashed}", self.host.to_lowercase(), drive.to_lowercase()),
            Shape::Folders => by_hand(&slashed),
            Shape::Flat => format!("{drive}_{}", slashed.replace('/', "_")),
        }
    }

    /// Adds one file.
    pub fn add(&mut self, path: &str, bytes: &[u8], modified: Moment) -> Result<()> {
        let inner = self.inner(path);
        anyhow::ensure!(self.taken.insert(inner.clone()), "two files at `{inner}`");
        self.bytes += bytes.len() as u64;
        match &mut self.archive {
            Some((_, archive)) => pack(archive, &inner, bytes, modified),
            None => {
                let place = self.folder.join(&inner);
                if let Some(parent) = place.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(&place, bytes)?;
                let file = fs::OpenOptions::new().append(true).open(&place)?;
                file.file().set_modified(modified.system_time()).context("set the file's time")
            }
        }
    }

    /// Ends the collection; the evidence's size, unpacked.
    pub fn close(self) -> Result<u64> {
        if let Some((_, archive)) = self.archive {
            archive.finish()?;
        }
        Ok(self.bytes)
    }
}

fn pack<W: Write + Seek>(archive: &mut zip::ZipWriter<W>, inner: &str, bytes: &[u8], modified: Moment) -> Result<()> {
    let (year, month, day) = modified.date();
    let clock = modified.0.rem_euclid(crate::moment::DAY) / crate::moment::SECOND;
    let small = |number: i64| u8::try_from(number).unwrap_or(0);
    let time = zip::DateTime::from_date_and_time(
        u16::try_from(year).unwrap_or(1980),
        small(month),
        small(day),
        small(clock / 3600),
        small(clock / 60 % 60),
        small(clock % 60),
    );
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(time.unwrap_or_default());
    archive.start_file(inner, options)?;
    archive.write_all(bytes)?;
    Ok(())
}

/// The folders of somebody who copied by hand and kept what seemed to matter of a path.
fn by_hand(path: &str) -> String {
    let after = |mark: &str| path.split_once(mark).map(|(_, rest)| rest.to_owned());
    if let Some(rest) = after("/Logging/HttpProxy/") {
        return format!("proxy logs/{rest}");
    }
    if let Some(rest) = after("/Logging/") {
        return format!("mail server logs/{rest}");
    }
    if let Some(rest) = after("/LogFiles/") {
        return format!("iis logs/{rest}");
    }
    if let Some(rest) = after("/winevt/Logs/") {
        return format!("event logs/{rest}");
    }
    if let Some(rest) = after("/FrontEnd/HttpProxy/") {
        return format!("web folders/FrontEnd/HttpProxy/{rest}");
    }
    if let Some(rest) = after("inetpub/wwwroot/") {
        return format!("web folders/wwwroot/{rest}");
    }
    if let Some(rest) = after("System32/Tasks/") {
        return format!("tasks/{rest}");
    }
    format!("other/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_copied_by_hand_keeps_its_telling_part() {
        assert_eq!(by_hand("Program Files/X/Logging/HttpProxy/Ecp/a.LOG"), "proxy logs/Ecp/a.LOG");
        assert_eq!(by_hand("inetpub/wwwroot/aspnet_client/a.aspx"), "web folders/wwwroot/aspnet_client/a.aspx");
        assert_eq!(by_hand("Windows/x.txt"), "other/Windows/x.txt");
    }

    #[test]
    fn every_shape_has_a_name_of_its_own() {
        for (number, (name, shape)) in Shape::NAMED.iter().enumerate() {
            let other = Shape::NAMED.iter().position(|(its, own)| its == name || own == shape);
            assert_eq!(other, Some(number));
        }
    }
}
