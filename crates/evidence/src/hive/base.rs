//! The base block: the first bytes of a hive and of its transaction logs.

use super::bytes::{u32_at, u64_at, utf16};

/// Where the bins of a hive begin: behind the base block.
pub(super) const BINS: usize = 4096;
/// Bytes that must be there to read a base block.
const LENGTH: usize = 512;
const CHECKSUM: usize = 508;
/// The bins come in multiples of this.
pub(super) const PAGE: u32 = 4096;

/// What a base block says.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// Counts up when a writing of the hive begins.
    pub(super) primary: u32,
    /// Counts up when it ends.
    pub(super) secondary: u32,
    /// When the hive was last written, as a FILETIME.
    pub(super) written: u64,
    /// Version of the format: major and minor.
    pub(super) version: (u32, u32),
    /// Offset of the root key's cell.
    pub(super) root: u32,
    /// Bytes of the bins.
    pub(super) bins_length: u32,
    /// The end of the path that the hive was loaded from.
    pub(super) file_name: String,
    /// Whether the checksum holds.
    pub(super) sound: bool,
    kind: u32,
    sector: u32,
}

/// Which file a base block stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    /// The hive itself.
    Hive,
    /// A log with a bitmap of dirty pages: up to Windows 8.
    OldLog,
    /// A log of entries: since Windows 8.1.
    NewLog,
}

impl Base {
    /// `None` where the signature is missing.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let block = bytes.get(..LENGTH).filter(|block| block.starts_with(b"regf"))?;
        let (words, _) = block.get(..CHECKSUM)?.as_chunks::<4>();
        let sum = match words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word)) {
            0 => 1,
            u32::MAX => u32::MAX - 1,
            sum => sum,
        };
        let name = utf16(block.get(48..112)?);
        Some(Self {
            primary: u32_at(block, 4)?,
            secondary: u32_at(block, 8)?,
            written: u64_at(block, 12)?,
            version: (u32_at(block, 20)?, u32_at(block, 24)?),
            kind: u32_at(block, 28)?,
            root: u32_at(block, 36)?,
            bins_length: u32_at(block, 40)?,
            sector: u32_at(block, 44)?,
            file_name: name.split('\0').next().unwrap_or_default().to_owned(),
            sound: u32_at(block, CHECKSUM)? == sum,
        })
    }

    /// Which file this is; types that nobody writes are taken for hives.
    pub(super) fn file(&self) -> File {
        match self.kind {
            1 | 2 => File::OldLog,
            6 => File::NewLog,
            _ => File::Hive,
        }
    }

    /// Whether the last writing of the hive did not come to its end.
    pub(super) fn is_dirty(&self) -> bool {
        !self.sound || self.primary != self.secondary
    }

    /// The same, but for the size of the bins.
    pub(super) fn with_bins(self, bins_length: u32) -> Self {
        Self { bins_length, ..self }
    }

    /// Bytes of a sector of the disk; part of the layout of old logs.
    pub(super) fn sector_length(&self) -> usize {
        match self.sector {
            8 => 4096,
            _ => 512,
        }
    }
}
