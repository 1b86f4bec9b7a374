//! Hive bins: the blocks that hold the cells.

/// Hive bins, and where the root key lies in them.
#[derive(Debug, Default)]
pub(super) struct Bins {
    /// The bins, one after the other.
    pub(super) bytes: Vec<u8>,
    /// Offset of the root key's cell.
    pub(super) root: u32,
    /// Where the free rest of the last bin begins.
    free: usize,
}

const PAGE: usize = 4096;
const BIN_HEADER: usize = 32;
const CELL_HEADER: usize = 4;

impl Bins {
    /// Makes room for a cell of so many bytes; returns its offset. The room is zeroed.
    pub(super) fn cell(&mut self, length: usize) -> u32 {
        let size = (length + CELL_HEADER).next_multiple_of(8);
        if self.free + size > self.bytes.len() {
            self.next_bin(size);
        }
        let offset = self.free as u32;
        put(&mut self.bytes, self.free, &(size as i32).wrapping_neg().to_le_bytes());
        self.free += size;
        offset
    }

    /// A cell with these bytes.
    pub(super) fn cell_of(&mut self, bytes: &[u8]) -> u32 {
        let offset = self.cell(bytes.len());
        self.fill(offset, bytes);
        offset
    }

    /// Writes what a cell holds.
    pub(super) fn fill(&mut self, offset: u32, bytes: &[u8]) {
        put(&mut self.bytes, offset as usize + CELL_HEADER, bytes);
    }

    /// Marks the rest of the last bin as free.
    pub(super) fn close(&mut self) {
        let rest = self.bytes.len() - self.free;
        if rest > 0 {
            put(&mut self.bytes, self.free, &(rest as u32).to_le_bytes());
            self.free = self.bytes.len();
        }
    }

    fn next_bin(&mut self, cell: usize) {
        self.close();
        let start = self.bytes.len();
        let length = (BIN_HEADER + cell).next_multiple_of(PAGE);
        self.bytes.resize(start + length, 0);
        put(&mut self.bytes, start, b"hbin");
        put(&mut self.bytes, start + 4, &(start as u32).to_le_bytes());
        put(&mut self.bytes, start + 8, &(length as u32).to_le_bytes());
        self.free = start + BIN_HEADER;
    }
}

/// Writes `source` at `at`, where there is room for it.
pub(super) fn put(bytes: &mut [u8], at: usize, source: &[u8]) {
    if let Some(room) = bytes.get_mut(at..at + source.len()) {
        room.copy_from_slice(source);
    }
}
