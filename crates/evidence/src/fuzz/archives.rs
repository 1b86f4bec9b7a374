//! Archives, and tables that collectors put beside what they collected.

use std::collections::BTreeSet;
use std::io::Cursor;

use crate::archive::{self, Limits, Member, Members, NAME_CAP, Wanted};
use crate::collected::disk_path;
use crate::collected::samples::Samples;
use crate::encoding::text;
use crate::fuzz::repair;
use crate::kind::Kind;
use crate::record::Missed;

/// Small, so that a bomb is seen soon.
const LIMITS: Limits =
    Limits { members: 1_000, total_bytes: 8 << 20, member_bytes: 4 << 20, ratio: 100, ratio_from: 1 << 20 };

/// Archives of every format; of a 7z archive, checksums of zero stand for the right ones.
pub(super) fn archive(bytes: &[u8]) {
    let _ = Kind::detect(bytes);
    let bytes = repair::seven(bytes);
    let passwords = ["hikeshi".to_owned(), "火消し".to_owned()];
    if let Some((samples, _)) = archive::samples(&mut Cursor::new(&bytes), &LIMITS, &passwords) {
        assert!(samples.len() as u64 <= LIMITS.total_bytes);
    }
    for wanted in [u64::MAX, 2] {
        let mut ledger = Ledger::new(wanted);
        archive::read(Cursor::new(&bytes), &LIMITS, &passwords, &mut ledger);
        assert!(!ledger.is_open, "a member begun and not ended");
    }
}

/// The table of samples that DFIR-ORC writes, and paths in collections.
pub(super) fn collected(bytes: &[u8]) {
    let (samples, _) = Samples::read(bytes);
    assert!(samples.len() <= bytes.len());
    for line in text(bytes).lines().take(20) {
        let _ = samples.paths(line);
        let _ = disk_path(line, &["ferry"]).map(|path| path.to_string());
    }
}

/// Takes members in, and holds what [`Members`] promises.
struct Ledger {
    wanted: u64,
    begun: u64,
    names: BTreeSet<String>,
    is_open: bool,
    is_over: bool,
    of_member: u64,
    total: u64,
    told: u64,
}

impl Ledger {
    fn new(wanted: u64) -> Self {
        Self {
            wanted,
            begun: 0,
            names: BTreeSet::new(),
            is_open: false,
            is_over: false,
            of_member: 0,
            total: 0,
            told: 0,
        }
    }
}

impl Members for Ledger {
    fn begin(&mut self, member: &Member) -> Wanted {
        /// `#2` and its like may follow a name that was cut.
        const MARK: usize = 16;
        assert!(!self.is_open && !self.is_over, "a member begins where none may");
        self.begun += 1;
        assert!(self.begun <= LIMITS.members, "more members than the limit");
        let shown = member.shown();
        let path = shown.as_str();
        assert!(path.len() <= NAME_CAP + MARK, "a name of {} bytes", path.len());
        let leads_out = |part: &str| part == ".." || part == "." || (part.is_empty() && !path.is_empty());
        assert!(!path.split(['/', '\\']).any(leads_out) && !path.contains('\0'), "{path:?} leads elsewhere");
        assert!(self.names.insert(path.to_owned()), "{path:?} twice");
        let _ = member.modified.map(|time| time.to_string());
        if self.begun > self.wanted {
            self.is_over = true;
            return Wanted::NothingMore;
        }
        self.is_open = true;
        self.of_member = 0;
        Wanted::Yes
    }

    fn bytes(&mut self, chunk: &[u8]) -> Wanted {
        assert!(self.is_open && !chunk.is_empty(), "bytes of no member, or none");
        self.of_member += chunk.len() as u64;
        self.total += chunk.len() as u64;
        assert!(self.of_member <= LIMITS.member_bytes && self.total <= LIMITS.total_bytes, "over the limits");
        Wanted::Yes
    }

    fn end(&mut self, _: Option<Missed>) {
        assert!(self.is_open, "what has not begun ends");
        self.is_open = false;
    }

    fn missed(&mut self, missed: Missed) {
        self.told += 1;
        assert!(self.told <= 64 && missed.count > 0, "told too often, or of nothing: {missed:?}");
    }
}
