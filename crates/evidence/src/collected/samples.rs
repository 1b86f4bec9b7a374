//! DFIR-ORC's table of samples, `GetThis.csv`, which stands beside them in the archive.
//!
//! Samples have names such as `4A2C8B1E_5000000000005_A00000000012F_4_SYSTEM_{…}.data`. The table maps them to paths
//! from the root of the volume. Columns: DFIR-ORC/dfir-orc, `src/OrcCommand/Command/GetThis/GetThisSqlSchema.xml`;
//! names: `CreateSampleFileName` in `GetThis_Run.cpp`; UTF-8 or UTF-16 with a byte-order mark: `CsvFileWriter.cpp`.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use crate::collected::{DiskPath, drive_of};
use crate::encoding::{self, Utf8Reader, text};
use crate::fields::{self, Field};
use crate::layout::{without_break, without_mark};
use crate::record::Missed;

/// The name of the table.
pub const TABLE: &str = "GetThis.csv";

/// A row is read up to so many bytes: a path has at most 32,767 characters.
const ROW_CAP: usize = 256 << 10;
/// So many bytes of names and paths are kept; beyond that is told as [`Gap::TooMany`].
const KEPT_CAP: usize = 128 << 20;

/// Which sample is a copy of which file.
#[derive(Debug, Default)]
pub struct Samples {
    paths: HashMap<String, Vec<DiskPath>>,
}

impl Samples {
    /// Reads a table; what of it could not be read.
    pub fn read(source: impl Read) -> (Self, Vec<Missed>) {
        let mut table = Table { samples: Self::default(), kept: 0, damaged: 0, surplus: 0, failed: None };
        table.fill(source);
        table.finish()
    }

    /// The paths of a sample; several where the file has several names. `member` is its path in the collection.
    #[must_use]
    pub fn paths(&self, member: &str) -> &[DiskPath] {
        let key = key(member);
        let mut rest = key.as_str();
        loop {
            if let Some(paths) = self.paths.get(rest) {
                return paths;
            }
            match rest.split_once('/') {
                Some((_, behind)) => rest = behind,
                None => return &[],
            }
        }
    }

    /// How many samples the table names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether it names none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}

/// Names are compared without case and with one separator: the table has `\` where the archive has `/`.
fn key(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

/// A table while it is read.
struct Table {
    samples: Samples,
    kept: usize,
    damaged: u64,
    surplus: u64,
    failed: Option<Missed>,
}

/// Where the columns stand.
struct Columns {
    sample: usize,
    path: usize,
    stream: Option<usize>,
    content: Option<usize>,
    snapshot: Option<usize>,
}

impl Table {
    fn fill(&mut self, source: impl Read) {
        let mut source = BufReader::new(source);
        let encoding = source.fill_buf().map(encoding::Encoding::detect);
        let mut rows = match encoding {
            Ok(encoding) => BufReader::new(Utf8Reader::new(source, encoding)),
            Err(error) => return self.fail(Missed::new(Gap::ReadFailed).because(error)),
        };
        let (mut row, mut found) = (Vec::new(), Vec::new());
        let mut columns = None;
        loop {
            match next_row(&mut rows, &mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return self.fail(Missed::new(Gap::ReadFailed).because(error)),
            }
            if row.len() > ROW_CAP {
                self.damaged += 1;
                continue;
            }
            let line = without_break(without_mark(&row));
            fields::delimited(line, b',', &mut found);
            match &columns {
                None => columns = Columns::of(line, &found),
                Some(columns) => self.row(columns, line, &found),
            }
            if columns.is_none() {
                return self.fail(
                    Missed::new(Gap::HeaderMissing)
                        .because(both!("no columns SampleName and FullName", "SampleName と FullName の列がない")),
                );
            }
        }
    }

    fn row(&mut self, columns: &Columns, row: &[u8], found: &[Field]) {
        let value = |at: usize| found.get(at).map(|field| text(&field.value(row)).into_owned());
        let optional = |at: Option<usize>| at.and_then(value).filter(|value| !value.is_empty());
        let (Some(sample), Some(path)) = (value(columns.sample), value(columns.path)) else {
            self.damaged += 1;
            return;
        };
        // A file that was too large has no sample, and the strings of a file are not the file.
        if sample.is_empty() || path.is_empty() || optional(columns.content).is_some_and(|content| content != "data") {
            return;
        }
        self.kept += sample.len() + path.len() + size_of::<DiskPath>();
        if self.kept > KEPT_CAP {
            self.surplus += 1;
            return;
        }
        let (drive, path) = match path.split_once('\\') {
            Some((drive, rest)) if !drive.is_empty() => (drive_of(drive), format!("\\{rest}")),
            _ => (None, path),
        };
        let disk = DiskPath {
            drive,
            path,
            stream: optional(columns.stream),
            shadow_copy: optional(columns.snapshot).filter(|id| id.bytes().any(|byte| !b"{0-}".contains(&byte))),
        };
        let paths = self.samples.paths.entry(key(&sample)).or_default();
        if !paths.contains(&disk) {
            paths.push(disk);
        }
    }

    fn fail(&mut self, missed: Missed) {
        self.failed = Some(missed);
    }

    fn finish(self) -> (Samples, Vec<Missed>) {
        let counted = |reason, count| (count > 0).then(|| Missed { count, ..Missed::new(reason) });
        let missed = [self.failed, counted(Gap::MalformedRows, self.damaged), counted(Gap::TooMany, self.surplus)];
        (self.samples, missed.into_iter().flatten().collect())
    }
}

impl Columns {
    fn of(row: &[u8], found: &[Field]) -> Option<Self> {
        let names: Vec<_> = found.iter().map(|field| text(&field.value(row)).to_ascii_lowercase()).collect();
        let position = |name: &str| names.iter().position(|have| have == name);
        Some(Self {
            sample: position("samplename")?,
            path: position("fullname")?,
            stream: position("attrname"),
            content: position("contenttype"),
            snapshot: position("snapshotid"),
        })
    }
}

/// Reads a row, of a longer one only somewhat more than the cap; whether there was one.
fn next_row(rows: &mut impl BufRead, row: &mut Vec<u8>) -> std::io::Result<bool> {
    row.clear();
    let limit = ROW_CAP as u64 + 1;
    if rows.take(limit).read_until(b'\n', row)? == 0 {
        return Ok(false);
    }
    let mut rest = row.len() > ROW_CAP && !row.ends_with(b"\n");
    while rest {
        let buffer = rows.fill_buf()?;
        let end = memchr::memchr(b'\n', buffer).map(|at| at + 1);
        let count = end.unwrap_or(buffer.len());
        rest = end.is_none() && count > 0;
        rows.consume(count);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "ComputerName,VolumeID,ParentFRN,FRN,FullName,SampleName,SizeInBytes,ContentType,AttrName,SnapshotID";
    const NONE: &str = "{00000000-0000-0000-0000-000000000000}";

    fn read(rows: &[String]) -> (Samples, Vec<Missed>) {
        Samples::read(format!("\u{feff}{HEADER}\r\n{}\r\n", rows.join("\r\n")).as_bytes())
    }

    fn row(path: &str, sample: &str, content: &str, stream: &str, snapshot: &str) -> String {
        format!("EX01,0x1,0x5,0x12,\"{path}\",\"{sample}\",12,{content},{stream},{snapshot}")
    }

    #[test]
    fn samples_lead_to_the_files_they_are_of() {
        let snapshot = "{3808876B-C176-4E48-B7AE-04046E6CC752}";
        let (samples, missed) = read(&[
            row(r"\Windows\System32\config\SYSTEM", r"SystemHives\1_5_12_4_SYSTEM_.data", "data", "", NONE),
            row(r"\$Extend\$UsnJrnl", "1_5_13_2_$UsnJrnl_$J_.data", "data", "$J", NONE),
            row(r"\Windows\a, b.txt", "1_5_14_3_a__b.txt_.data", "data", "", snapshot),
            row(r"\Windows\x.exe", "1_5_15_3_x.exe_.strings", "strings", "", NONE),
            row(r"\Windows\large.bin", "", "data", "", NONE),
            row(r"\Windows\one.dll", "1_5_16_3_one.dll_.data", "data", "", NONE),
            row(r"\Windows\WinSxS\one.dll", "1_5_16_3_one.dll_.data", "data", "", NONE),
        ]);
        assert_eq!(missed, []);
        assert_eq!(samples.len(), 4);
        let told = |member: &str| samples.paths(member).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told("SystemHives/1_5_12_4_SYSTEM_.data"), [r"\Windows\System32\config\SYSTEM"]);
        assert_eq!(told("ORC/SystemHives.7z/SystemHives/1_5_12_4_SYSTEM_.data"), [r"\Windows\System32\config\SYSTEM"]);
        assert_eq!(told("1_5_13_2_$UsnJrnl_$J_.data"), [r"\$Extend\$UsnJrnl:$J"]);
        assert_eq!(told("1_5_14_3_a__b.txt_.data"), [r"\Windows\a, b.txt"]);
        assert_eq!(told("1_5_16_3_one.dll_.data"), [r"\Windows\one.dll", r"\Windows\WinSxS\one.dll"]);
        assert!(told("1_5_15_3_x.exe_.strings").is_empty() && told("other").is_empty());
        assert_eq!(samples.paths("1_5_14_3_a__b.txt_.data")[0].shadow_copy.as_deref(), Some(snapshot));
        assert_eq!(samples.paths("1_5_13_2_$UsnJrnl_$J_.data")[0].shadow_copy, None);
    }

    #[test]
    fn tables_in_utf_16_are_read() {
        let table = format!("{HEADER}\r\n{}\r\n", row(r"\Windows\火.txt", "1_火.data", "data", "", NONE));
        let bytes: Vec<u8> = [0xfeff].into_iter().chain(table.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let (samples, missed) = Samples::read(bytes.as_slice());
        assert_eq!((samples.paths("1_火.data").len(), missed.len()), (1, 0));
    }

    #[test]
    fn what_is_no_table_or_no_row_is_told() {
        let (samples, missed) = Samples::read(b"a,b\r\n1,2\r\n".as_slice());
        assert!(samples.is_empty() && missed[0].reason == Gap::HeaderMissing);
        assert!(Samples::read(b"".as_slice()).0.is_empty());
        let long = row(&"x".repeat(ROW_CAP * 3), "1.data", "data", "", NONE);
        let good = row(r"\Windows\a.txt", "2.data", "data", "", NONE);
        let (samples, missed) = read(&[long, "EX01,0x1".to_owned(), good]);
        assert_eq!(samples.paths("2.data").len(), 1);
        assert_eq!(missed, [Missed { count: 2, ..Missed::new(Gap::MalformedRows) }]);
    }

    mod hostile {
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn no_table_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
                let table = [super::HEADER.as_bytes(), b"\r\n", &bytes].concat();
                let (samples, _) = super::Samples::read(table.as_slice());
                prop_assert!(samples.len() <= bytes.len());
            }
        }
    }
}
