//! File tables of NTFS (`$MFT`) for practice servers and tests: folders, files, links, streams and deleted files become
//! the records that a collector copies from a disk.
//!
//! The same files give the same bytes. Written is what readers of a copied table look at: headers with fixups, standard
//! information, file names, resident data, and the sizes of data that lies elsewhere; no clusters, no indexes, no names of
//! DOS. Source of the format: libyal's "New Technologies File System (NTFS)",
//! <https://github.com/libyal/libfsntfs/blob/main/documentation/New%20Technologies%20File%20System%20(NTFS).asciidoc>.

mod bytes;

use hikeshi_core::time::Timestamp;

use bytes::{Attribute, record};

/// Entries below this one belong to the file system itself.
const FIRST_FILE: u32 = 24;
const ROOT_ENTRY: u32 = 5;
/// Records are as large as the largest of them needs, and not smaller than this.
const RECORD_BYTES: usize = 1_024;
/// Content up to this size stands in the record.
const RESIDENT_BYTES: usize = 600;

/// The four times that NTFS keeps of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub created: Timestamp,
    pub modified: Timestamp,
    /// When the record itself was changed.
    pub changed: Timestamp,
    pub accessed: Timestamp,
}

impl Times {
    /// All four the same.
    #[must_use]
    pub const fn all(time: Timestamp) -> Self {
        Self { created: time, modified: time, changed: time, accessed: time }
    }
}

/// A folder of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folder {
    entry: u32,
    sequence: u16,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes; up to 600 of them stand in the record.
    Bytes(Vec<u8>),
    /// So many bytes, which lie elsewhere on the disk.
    Elsewhere(u64),
}

/// A file that is put into a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    name: String,
    times: Times,
    name_times: Times,
    attributes: u32,
    content: Content,
    streams: Vec<(String, Vec<u8>)>,
    links: Vec<(Folder, String)>,
    is_deleted: bool,
    is_spread: bool,
}

impl File {
    /// A file that is still there, with the attribute "archive".
    #[must_use]
    pub fn new(name: &str, times: Times, content: Content) -> Self {
        Self {
            name: name.to_owned(),
            times,
            name_times: times,
            attributes: 0x20,
            content,
            streams: Vec::new(),
            links: Vec::new(),
            is_deleted: false,
            is_spread: false,
        }
    }

    /// The times in `$FILE_NAME`, which programs cannot set.
    #[must_use]
    pub const fn name_times(mut self, times: Times) -> Self {
        self.name_times = times;
        self
    }

    /// File attributes as Windows numbers them: 2 is hidden, 4 is system.
    #[must_use]
    pub const fn attributes(mut self, attributes: u32) -> Self {
        self.attributes = attributes;
        self
    }

    /// An alternate data stream.
    #[must_use]
    pub fn stream(mut self, name: &str, content: &[u8]) -> Self {
        self.streams.push((name.to_owned(), content.to_vec()));
        self
    }

    /// A further name of the same file.
    #[must_use]
    pub fn link(mut self, folder: Folder, name: &str) -> Self {
        self.links.push((folder, name.to_owned()));
        self
    }

    /// Deleted: the record is free and not yet used again.
    #[must_use]
    pub const fn deleted(mut self) -> Self {
        self.is_deleted = true;
        self
    }

    /// Names and data stand in a second record, as with files of many attributes.
    #[must_use]
    pub const fn spread(mut self) -> Self {
        self.is_spread = true;
        self
    }
}

/// A file table.
#[derive(Debug, Clone)]
pub struct FileTable {
    /// The attributes of each entry with what its header says; `None` for entries that were never used.
    entries: Vec<Option<Entry>>,
}

#[derive(Debug, Clone)]
struct Entry {
    sequence: u16,
    flags: u16,
    base: u64,
    attributes: Vec<Attribute>,
}

const IN_USE: u16 = 1;
const FOLDER: u16 = 2;

impl FileTable {
    /// A table with its root folder.
    #[must_use]
    pub fn new(formatted: Timestamp) -> Self {
        let mut table = Self { entries: vec![None; FIRST_FILE as usize] };
        let times = Times::all(formatted);
        let root = Self::root();
        let own = [(0, "$MFT", 0), (ROOT_ENTRY, ".", FOLDER)];
        for (entry, name, flags) in own {
            let attributes = vec![
                Attribute::standard_information(&times, 0x6),
                Attribute::file_name(reference(root), name, &times, 0x6, 0),
            ];
            let header = Entry { sequence: if entry == 0 { 1 } else { 5 }, flags: IN_USE | flags, base: 0, attributes };
            if let Some(slot) = table.entries.get_mut(entry as usize) {
                *slot = Some(header);
            }
        }
        table
    }

    /// The root folder of every table.
    #[must_use]
    pub const fn root() -> Folder {
        Folder { entry: ROOT_ENTRY, sequence: 5 }
    }

    /// A folder that nothing in the table tells of: what lies in it has lost its way.
    #[must_use]
    pub const fn lost() -> Folder {
        Folder { entry: u32::MAX, sequence: 9 }
    }

    /// Adds a folder.
    pub fn folder(&mut self, parent: Folder, name: &str, times: Times) -> Folder {
        let attributes = vec![
            Attribute::standard_information(&times, 0),
            Attribute::file_name(reference(parent), name, &times, 0x1000_0000, 0),
        ];
        let entry = self.push(Entry { sequence: 1, flags: IN_USE | FOLDER, base: 0, attributes });
        Folder { entry, sequence: 1 }
    }

    /// Adds a file; returns its entry.
    pub fn file(&mut self, folder: Folder, file: &File) -> u32 {
        let size = match &file.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Elsewhere(size) => *size,
        };
        let name = |folder: Folder, name: &str| {
            Attribute::file_name(reference(folder), name, &file.name_times, file.attributes, size)
        };
        let information = Attribute::standard_information(&file.times, file.attributes);
        let mut rest = vec![name(folder, &file.name)];
        rest.extend(file.links.iter().map(|(folder, link)| name(*folder, link)));
        rest.push(match &file.content {
            Content::Bytes(bytes) if bytes.len() <= RESIDENT_BYTES => Attribute::data("", bytes),
            _ => Attribute::data_elsewhere("", size),
        });
        rest.extend(file.streams.iter().map(|(stream, content)| match content.len() {
            0..=RESIDENT_BYTES => Attribute::data(stream, content),
            length => Attribute::data_elsewhere(stream, length as u64),
        }));
        // A record that is set free counts as the next use of its place.
        let (sequence, flags) = if file.is_deleted { (2, 0) } else { (1, IN_USE) };
        if !file.is_spread {
            let attributes = std::iter::once(information).chain(rest).collect();
            return self.push(Entry { sequence, flags, base: 0, attributes });
        }
        let list = Attribute::attribute_list();
        let base = self.push(Entry { sequence, flags, base: 0, attributes: vec![information, list] });
        let of = reference(Folder { entry: base, sequence });
        self.push(Entry { sequence: 1, flags, base: of, attributes: rest });
        base
    }

    fn push(&mut self, entry: Entry) -> u32 {
        self.entries.push(Some(entry));
        u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
    }

    /// The bytes of the table.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut size = RECORD_BYTES;
        while self.entries.iter().flatten().any(|entry| entry.bytes(0, size).is_none()) {
            size *= 2;
        }
        let one = |(number, entry): (usize, &Option<Entry>)| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            entry.as_ref().and_then(|entry| entry.bytes(number, size)).unwrap_or_else(|| vec![0; size])
        };
        self.entries.iter().enumerate().flat_map(one).collect()
    }
}

impl Entry {
    /// The record; `None` where it takes more than `size` bytes.
    fn bytes(&self, number: u32, size: usize) -> Option<Vec<u8>> {
        record(number, self.sequence, self.flags, self.base, &self.attributes, size)
    }
}

/// Entry and sequence in one number.
const fn reference(folder: Folder) -> u64 {
    (folder.entry as u64) | ((folder.sequence as u64) << 48)
}
