//! Kinds of evidence that show by their first bytes and that no log family describes.

/// A file that is not a text log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Windows event log (EVTX).
    EventLog,
    /// Windows event log of Windows XP and 2003 (EVT).
    OldEventLog,
    /// Registry hive.
    Hive,
    /// zip, 7z, gzip, RAR, tar, cabinet.
    Archive,
    /// Executable or library.
    Executable,
    /// ESE database.
    Database,
    /// Memory dump.
    MemoryDump,
}

impl Kind {
    /// By magic numbers; `None` for anything else.
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        const MAGIC: [(usize, &[u8], Kind); 14] = [
            (0, b"ElfFile\0", Kind::EventLog),
            (4, b"LfLe", Kind::OldEventLog),
            (0, b"regf", Kind::Hive),
            (0, b"PK\x03\x04", Kind::Archive),
            (0, b"PK\x05\x06", Kind::Archive),
            (0, b"7z\xbc\xaf\x27\x1c", Kind::Archive),
            (0, b"\x1f\x8b\x08", Kind::Archive),
            (0, b"Rar!\x1a\x07", Kind::Archive),
            (257, b"ustar", Kind::Archive),
            (0, b"MSCF\0\0\0\0", Kind::Archive),
            (0, b"MZ", Kind::Executable),
            (4, b"\xef\xcd\xab\x89", Kind::Database),
            (0, b"MDMP\x93\xa7", Kind::MemoryDump),
            (0, b"PAGEDU", Kind::MemoryDump),
        ];
        MAGIC
            .iter()
            .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
            .map(|(_, _, kind)| *kind)
    }

    /// A stable word for reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EventLog => "evtx",
            Self::OldEventLog => "evt",
            Self::Hive => "hive",
            Self::Archive => "archive",
            Self::Executable => "executable",
            Self::Database => "database",
            Self::MemoryDump => "memory-dump",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_show_by_their_magic_and_text_by_none() {
        assert_eq!(Kind::detect(b"ElfFile\0rest"), Some(Kind::EventLog));
        assert_eq!(Kind::detect(b"PK\x03\x04rest"), Some(Kind::Archive));
        assert_eq!(Kind::detect(b"#Software: x"), None);
        assert_eq!(Kind::detect(b""), None);
    }
}
