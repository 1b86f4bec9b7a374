//! One thread of a run: opens files and members of archives, recognises what they are, and gives each to its reader.

mod allowance;
pub(super) mod item;
mod postponed;
pub(super) mod system;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hikeshi_core::both;
use hikeshi_core::coverage::{Gap, Renamed, Unreadable};
use hikeshi_core::family::Family;
use hikeshi_core::finding::{EvidenceRef, Finding, Reading};
use hikeshi_core::place::Place;
use hikeshi_evidence::archive::Member;
use hikeshi_evidence::encoding::Encoding;
use hikeshi_evidence::event_log::name::is_misnamed;
use hikeshi_evidence::kind::{Kind, Reader};
use hikeshi_evidence::look::Script;
use hikeshi_evidence::record::Missed;
use hikeshi_evidence::worker::{Budget, Job, Task, Unpacking, Watchdog, Worker};

use super::copies::Copies;
use super::recall::Recall;
use super::{Bench, Halt, Progress, State};
use crate::affected;
use crate::collect::Hits;
use crate::cover::{Seen, UNKNOWN};
use crate::discover::Candidate;
use crate::recognise::{Contradicted, Recognised, What};
use crate::records::Kept;
use crate::records::scan::{RecordScan, RecordTools};
use crate::scan::{Tools, not_read, scan};
use allowance::Allowance;
use item::{Conversation, Hashing, Item, MemberPath, Metered};
use postponed::{Postponed, Turn};
use system::{is_of_system, is_told_unread};

/// An archive in an archive is opened; one in that is not.
const DEEPEST_ARCHIVE: usize = 2;

/// One thread of a run, with what it keeps between files.
pub(super) struct Thread<'r> {
    bench: &'r Bench<'r>,
    families: Vec<&'r Family>,
    copies: &'r Copies,
    recall: &'r Recall<'r>,
    state: &'r Mutex<State>,
    /// One for files; one for members of archives, and one for members of archives in these.
    workers: Vec<Worker>,
    kept: Kept,
    /// What is left for the archives inside of the one that is being read.
    allowance: Option<Allowance>,
    progress: &'r dyn Progress,
    halt: &'r Halt,
}

impl<'r> Thread<'r> {
    pub(super) fn new(
        bench: &'r Bench<'r>,
        copies: &'r Copies,
        recall: &'r Recall<'r>,
        state: &'r Mutex<State>,
        watchdog: &Arc<Watchdog>,
        progress: &'r dyn Progress,
        halt: &'r Halt,
    ) -> Self {
        let worker = |_| Worker::new(Arc::clone(&bench.workers), Arc::clone(&bench.setup), Arc::clone(watchdog));
        let workers = (0..=DEEPEST_ARCHIVE).map(worker).collect();
        let (families, kept) = (bench.families(), Kept::default());
        Self { bench, families, copies, recall, state, workers, kept, allowance: None, progress, halt }
    }

    /// Reads one file; everything that comes of it is in the state.
    pub(super) fn read_file(&mut self, file: &Candidate) {
        if self.halt.asked() {
            return self.unread(UNKNOWN, file.root, Unreadable::new(&file.path, Gap::NotReached));
        }
        match Item::open(file, &self.bench.tops) {
            Ok(mut item) => {
                item.is_copy_of(self.copies.of(file.root, &file.path));
                item.recalled = self.recall.get(&file.place);
                // The workers are apart from the thread while it reads: an archive holds one of them.
                let mut workers = std::mem::take(&mut self.workers);
                if self.bench.scope.wants(&file.path) {
                    self.read_item(item, &mut workers);
                } else {
                    self.read_archive(item, &mut workers);
                }
                self.workers = workers;
            }
            Err(error) => self.unread(UNKNOWN, file.root, not_read(&file.path, &error)),
        }
    }

    /// What the thread knows besides what it found.
    pub(super) fn finish(self) {
        self.lock().asked.extend(self.kept.kinds_seen());
    }

    /// Whether a member of an archive has to come once more, and what for.
    fn read_item(&mut self, mut item: Item<'_>, workers: &mut [Worker]) -> Option<Turn> {
        let recognised = self.recognise(&item);
        let once_more = self.tell_contradicted(&mut item, recognised);
        self.read_as(item, recognised.what, workers).or(once_more)
    }

    fn recognise(&self, item: &Item<'_>) -> Recognised {
        // A copy under a name that says nothing is recognised by the place it was copied from.
        let look = || self.bench.recogniser.recognise(item.lay_at(), &item.head, &self.families);
        let recognised = item.recalled.map_or_else(look, |known| *known.get_or_init(look));
        let mut state = self.lock();
        state.practice |= recognised.practice;
        self.bench.places.see(item.root, item.lay_at(), &mut state.sights);
        match recognised.what {
            What::Other(Kind::Hive) => state.hives.hive(item.root, item.lay_at()),
            What::Other(Kind::HiveLog) => state.hives.log(item.root, item.lay_at(), &item.path),
            _ => {}
        }
        recognised
    }

    /// Tells where a file does not begin like what its path says. A log is read all the same: at once, or a member of an archive
    /// when it comes once more.
    fn tell_contradicted(&mut self, item: &mut Item<'_>, recognised: Recognised) -> Option<Turn> {
        let told = Unreadable::new(&item.path, Gap::NotAsNamed);
        match recognised.contradicted? {
            Contradicted::Kind(kind) => {
                self.unread(kind.word(), item.root, told);
                None
            }
            Contradicted::Log(family, encoding) => {
                let word = self.bench.programs.get(family).map_or(UNKNOWN, |program| &program.family.id);
                self.unread(word, item.root, told);
                if matches!(recognised.what, What::Log(..)) {
                    return None;
                }
                if !item.is_file() {
                    return Some(Turn::Log(family, encoding));
                }
                self.read_log(item, family, encoding);
                None
            }
        }
    }

    /// Reads an item as what it is taken for.
    fn read_as(&mut self, mut item: Item<'_>, what: What, workers: &mut [Worker]) -> Option<Turn> {
        // What a place asks for by content has to show by content: a name does not make a file a memory dump.
        let shown = what.kind().filter(|kind| Kind::detect(&item.head) == Some(*kind));
        let place = self.bench.places.of(item.lay_at(), shown);
        if let Some(place) = place {
            self.lock().cover.file(&place.id, item.root, &item.path, item.bytes);
        }
        match what {
            What::Unknown if self.bench.products.reads(item.named()) => {
                self.read_builds(&mut item);
                self.count_read(&item);
            }
            What::Log(family, encoding) => self.read_log(&mut item, family, encoding),
            What::Other(kind) if kind.reader() == Some(Reader::Archive) => {
                let once_more = self.look_besides(&mut item, place, workers);
                self.read_archive(item, workers);
                return once_more;
            }
            What::Other(kind) if kind.reader() == Some(Reader::Records) => self.read_records(&mut item, kind, workers),
            what @ (What::Empty | What::Other(_) | What::Unknown) => {
                let is_looked_at = self.is_looked_at(&item, place);
                if is_looked_at {
                    self.look(&mut item, place, Looking::Alone, workers);
                } else {
                    self.seek_path(&item);
                    self.count_read(&item);
                }
                self.tell_kind(&item, what, place, is_looked_at);
                return None;
            }
        }
        self.look_besides(&mut item, place, workers)
    }

    /// Which kind of file was looked at or passed over, and what of it stays unread.
    fn tell_kind(&self, item: &Item<'_>, what: What, place: Option<&Place>, was_looked_at: bool) {
        match (what, place) {
            // A place asks that such a file is named, and it was. What it holds is memory, not evidence of a kind.
            (What::Other(kind @ Kind::MemoryDump), Some(_)) => self.cover(kind.word(), item),
            (What::Other(kind), _) => {
                if !was_looked_at {
                    self.cover(kind.word(), item);
                }
                self.tell_unread(item, kind);
            }
            _ if was_looked_at => {}
            _ => self.cover(UNKNOWN, item),
        }
    }

    /// A text log, in this process: its reader holds one buffer, whatever stands in it.
    fn read_log(&mut self, item: &mut Item<'_>, family: usize, encoding: Encoding) {
        let bench = self.bench;
        let Some(program) = bench.programs.get(family) else { return };
        let path: Arc<str> = item.path.as_str().into();
        let tools = Tools {
            program,
            facts: &bench.facts,
            watch: &bench.watch,
            mode: bench.mode,
            scope: &bench.scope,
            sought: bench.sought.as_ref(),
            progress: self.progress,
        };
        let (root, bytes, is_file) = (item.root, item.bytes, item.is_file());
        let said = bench.products.log(&program.family.id, &path, &item.head);
        let mut source = Metered::new(item.source(), is_file.then_some(self.progress), self.halt);
        let mut scanned = scan(&mut source, encoding, &path, &tools);
        let read = source.read;
        if is_file && read < bytes && scanned.summary.failed.is_none() {
            let reason = if self.halt.asked() { Gap::NotReached } else { Gap::ChangedWhileRead };
            let missing = Unreadable { bytes: Some(bytes - read), ..Unreadable::new(&*path, reason) };
            scanned.unreadable.push(missing);
        }
        let mut state = self.lock();
        affected::keep(&mut state.sightings, root, affected::dated(said, scanned.summary.sampler.first));
        state.files += 1;
        state.bytes += read;
        state.families.insert(family);
        let kind = &program.family.id;
        let sampler = &scanned.summary.sampler;
        state.cover.file(kind, root, &path, bytes);
        state.cover.times(kind, root, Seen { first: sampler.first, last: sampler.last }, sampler.spans());
        for gap in scanned.unreadable {
            state.cover.unreadable(kind, root, gap);
        }
        bench.keep_hits(&mut state, scanned.hits, kind, &path);
        state.watched.join(scanned.watched);
    }

    /// A text file that a product's build shows in, and that is no log with rules.
    fn read_builds(&self, item: &mut Item<'_>) {
        let (path, head, modified) = (item.path.clone(), item.head.clone(), item.about.modified);
        let named = item.named().to_owned();
        let (said, missed) = self.bench.products.text(&named, &path, item.source(), &head, modified);
        let mut state = self.lock();
        affected::keep(&mut state.sightings, item.root, said);
        state.files += 1;
        state.bytes += item.bytes;
        state.cover.file(FILES, item.root, &path, item.bytes);
        if let Some(missed) = missed {
            state.cover.unreadable(FILES, item.root, unreadable(&path, missed));
        }
    }

    /// Evidence that gives records, in a worker.
    fn read_records(&mut self, item: &mut Item<'_>, kind: Kind, workers: &mut [Worker]) {
        let scan = self.converse(item, Task::Records(kind), None, Some(self.progress), workers);
        let Some(scan) = scan else { return };
        // The file counts as of the channel that it holds most of.
        let busiest = scan.times.iter().filter(|_| kind == Kind::EventLog);
        let busiest = busiest.max_by_key(|(channel, times)| (times.spans().count(), std::cmp::Reverse(*channel)));
        let busiest = busiest.map(|(channel, _)| channel);
        let word = busiest.map_or_else(|| kind.word().to_owned(), |channel| self.bench.kinds.of_channel(channel));
        let mut state = self.lock();
        state.cover.file(&word, item.root, &item.path, item.bytes);
        if kind == Kind::EventLog && is_misnamed(item.lay_at(), scan.times.keys().map(String::as_str)) {
            let holds = busiest.cloned().unwrap_or_default();
            state.cover.renamed(&word, item.root, Renamed { path: item.path.clone(), holds });
        }
        for (channel, times) in scan.times.iter().filter(|_| kind == Kind::EventLog) {
            let seen = Seen { first: times.first, last: times.last };
            let kind = self.bench.kinds.of_channel(channel);
            state.cover.times(&kind, item.root, seen, times.spans());
            state.cover.numbered(&kind, item.root, times.first_number);
        }
        self.keep(&mut state, scan, &word, item);
    }

    /// Looks at a file besides reading it as what it is, where that is asked for: a page of the web server can begin like a
    /// log. A member of an archive has to come once more for it.
    fn look_besides(&mut self, item: &mut Item<'_>, place: Option<&'r Place>, workers: &mut [Worker]) -> Option<Turn> {
        if !self.is_looked_at(item, place) {
            self.seek_path(item);
            return None;
        }
        if !item.is_file() {
            return Some(Turn::Look);
        }
        self.look(item, place, Looking::Besides, workers);
        None
    }

    /// Whether the content of a file in this place is asked for, whatever it is read as.
    fn is_looked_at(&self, item: &Item<'_>, place: Option<&Place>) -> bool {
        place.is_some() || self.bench.looks_at(item.named())
    }

    /// A file whose content tells something by itself, in a worker.
    fn look(&mut self, item: &mut Item<'_>, place: Option<&'r Place>, looking: Looking, workers: &mut [Worker]) {
        let progress = (looking == Looking::Alone).then_some(self.progress);
        let Some(mut scan) = self.converse(item, Task::Look, place, progress, workers) else { return };
        if self.is_named_alone(item) {
            scan.unreadable.retain(|gap| gap.reason != Gap::TooLarge);
        }
        let word = place.map_or(FILES, |place| place.id.as_str());
        let mut state = self.lock();
        if place.is_none() && (looking == Looking::Alone || !scan.unreadable.is_empty()) {
            state.cover.file(word, item.root, &item.path, item.bytes);
        }
        let counted = (state.files, state.bytes);
        self.keep(&mut state, scan, word, item);
        // An archive counts by its members and where it is looked at, everything else where it is read.
        if looking == Looking::Besides && Kind::detect(&item.head) != Some(Kind::Archive) {
            (state.files, state.bytes) = counted;
        }
    }

    /// Whether nobody asks for what stands far behind in a file: in an archive, whose members are looked at one by one, and in
    /// a dump, unless the content of every file is asked for. A page of the web server may begin like an archive and still be
    /// run, so its name counts.
    fn is_named_alone(&self, item: &Item<'_>) -> bool {
        let is_container = match Kind::detect(&item.head) {
            Some(Kind::Archive) => true,
            Some(Kind::MemoryDump) => !self.bench.looks_at_all,
            _ => false,
        };
        let ending = item.lay_at().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let is_script = ending.is_some_and(|ending| Script::of_extension(&ending).is_some());
        is_container && !is_script
    }

    /// Lets a worker read an item; what it tells is evaluated as it comes.
    fn converse(
        &mut self,
        item: &mut Item<'_>,
        task: Task,
        place: Option<&'r Place>,
        progress: Option<&dyn Progress>,
        workers: &mut [Worker],
    ) -> Option<RecordScan<'r>> {
        let bench = self.bench;
        let tools = RecordTools {
            program: &bench.records,
            facts: &bench.facts,
            watch: &bench.watch,
            mode: bench.mode,
            scope: &bench.scope,
            yara: &bench.yara,
            sought: bench.sought.as_ref(),
            products: &bench.products,
            known_good: &bench.known_good,
            progress: self.progress,
            pursuit: bench.pursuit.as_ref(),
        };
        let worker = workers.first_mut()?;
        let job = Job { task, about: item.about.clone(), input: item.input(), bytes: item.bytes };
        let place = place.map(|place| (place, self.bench.known_good.get(&place.id)));
        std::mem::take(&mut item.logs).into_iter().for_each(|log| worker.lay_beside(log));
        let mut scan = RecordScan::new(tools, item.path.as_str().into(), std::mem::take(&mut self.kept), place);
        if item.is_marked() {
            scan.builds = bench.products.begin_as(item.named(), &item.path);
        }
        let progress = progress.filter(|_| item.is_file());
        let mut conversation = Conversation::new(scan, item.source(), progress, self.halt);
        worker.read(&job, &mut conversation);
        let mut scan = conversation.finish(job.bytes);
        scan.close();
        self.kept = scan.take_kept();
        Some(scan)
    }

    fn keep(&self, state: &mut State, mut scan: RecordScan<'_>, kind: &str, item: &Item<'_>) {
        let resident = |scanner: &str| self.bench.is_resident(scanner);
        state.heard.add(item.root, &item.path, item.about.modified, scan.take_voices(), resident);
        state.practice |= scan.practice;
        state.machines.extend(scan.machines);
        state.files += 1;
        state.bytes += scan.read;
        let halted = self.halt.asked() && !scan.unreadable.is_empty();
        let gaps = if halted { vec![Unreadable::new(&item.path, Gap::NotReached)] } else { scan.unreadable };
        for gap in gaps {
            state.cover.unreadable(kind, item.root, gap);
        }
        affected::keep(&mut state.sightings, item.root, scan.builds.finish());
        self.bench.keep_hits(state, scan.hits, kind, &item.path);
        state.watched.join(scan.watched);
        state.processes.join(scan.descent.finish());
    }

    /// An archive: a worker unpacks it, and each member is read like a file.
    fn read_archive(&mut self, mut item: Item<'_>, workers: &mut [Worker]) {
        let (root, path, bytes, is_file) = (item.root, item.path.clone(), item.bytes, item.is_file());
        let kind = Kind::Archive.word();
        let is_of_system = is_of_system(item.lay_at(), Kind::Archive);
        self.lock().cover.file(kind, root, &path, bytes);
        let Some((worker, inner)) = workers.split_first_mut().filter(|(_, inner)| !inner.is_empty()) else {
            return self.unread(kind, root, Unreadable::new(path, Gap::NestedTooDeep));
        };
        let limits = &self.bench.setup.limits;
        let is_inner = self.allowance.is_some();
        let budget = match &mut self.allowance {
            Some(allowance) => allowance.next(),
            None => Some(Budget::of_archive(bytes, limits)),
        };
        // The archive around it tells how many were not opened.
        let Some(budget) = budget else { return };
        self.allowance.get_or_insert_with(|| Allowance::new(bytes, limits));
        let job = Job { task: Task::Unpack(budget), about: item.about.clone(), input: item.input(), bytes };
        let mut unpacking = worker.unpack(&job, &mut item.source());
        let mut postponed = Postponed::default();
        let mut told = self.read_members(&item, &mut postponed, &mut unpacking, inner);
        if !self.halt.asked() && postponed.begin_second_time() {
            unpacking.again();
            told += self.read_members(&item, &mut postponed, &mut unpacking, inner);
            if postponed.left() > 0 && !self.halt.asked() {
                let left = Unreadable { count: postponed.left(), ..Unreadable::new(&path, Gap::ReadFailed) };
                self.unread(
                    kind,
                    root,
                    left.because(both!(
                        "some of it could not be unpacked a second time",
                        "一部を 2 回目に展開できなかった"
                    )),
                );
            }
        }
        let is_told = |missed: &Missed| !(is_of_system && missed.reason == Gap::MethodUnsupported);
        for missed in unpacking.missed().into_iter().chain(postponed.missed()).filter(is_told) {
            self.unread(kind, root, unreadable(&path, missed));
        }
        let beyond = if is_inner {
            self.allowance.iter_mut().for_each(|allowance| allowance.spend(unpacking.spent()));
            None
        } else {
            self.allowance.take().and_then(|allowance| allowance.missed())
        };
        if let Some(missed) = beyond {
            self.unread(kind, root, unreadable(&path, missed));
        }
        if is_file {
            self.progress.read(bytes.saturating_sub(told));
        }
    }

    /// How many bytes of the archive were read.
    fn read_members(
        &mut self,
        archive: &Item<'_>,
        postponed: &mut Postponed,
        unpacking: &mut Unpacking<'_>,
        workers: &mut [Worker],
    ) -> u64 {
        let mut told = 0;
        while let Some(member) = unpacking.next_member() {
            if self.halt.asked() {
                let not_reached = Unreadable::new(&archive.path, Gap::NotReached);
                self.unread(Kind::Archive.word(), archive.root, not_reached);
                break;
            }
            self.read_member(archive, &member, postponed, unpacking, workers);
            let progress = unpacking.progress();
            told += progress;
            if archive.is_file() {
                self.progress.read(progress);
            }
        }
        told
    }

    fn read_member(
        &mut self,
        archive: &Item<'_>,
        member: &Member,
        postponed: &mut Postponed,
        unpacking: &mut Unpacking<'_>,
        workers: &mut [Worker],
    ) {
        let (turn, root) = (postponed.turn(), archive.root);
        if turn == Turn::Done {
            return;
        }
        let paths = MemberPath::new(archive, member);
        let path = paths.shown.clone();
        if !self.bench.scope.wants(&paths.named) {
            if turn != Turn::First || !self.open_unwanted(root, paths, member, unpacking, workers) {
                self.lock().left_out += 1;
            }
            return;
        }
        let mut hashing = Hashing::new(&mut *unpacking);
        let mut keeping = postponed.keeping(&beside(member, &paths.named), &mut hashing);
        let mut kind = None;
        match Item::of_member(root, paths.clone(), member, &self.bench.tops, &mut keeping) {
            Ok(item) => {
                kind = Kind::detect(&item.head);
                let beside = beside(member, &paths.named);
                self.take_turn(turn, item, &beside, postponed, workers);
            }
            Err(error) => self.unread(Kind::Archive.word(), root, not_read(&path, &error)),
        }
        postponed.keep(keeping, kind);
        // A finding names the hash of the whole member, so what its reader left is read for it.
        if self.lock().collected.names(&path)
            && let Ok(digest) = hashing.finish()
        {
            self.lock().members.insert(path.clone(), digest);
        }
        if let Some(missed) = unpacking.missed_of_member() {
            self.unread(Kind::Archive.word(), root, unreadable(&path, missed));
        }
    }

    /// A member that is not wanted, but is an archive whose members may be; whether it is one.
    fn open_unwanted(
        &mut self,
        root: usize,
        paths: MemberPath,
        member: &Member,
        unpacking: &mut Unpacking<'_>,
        workers: &mut [Worker],
    ) -> bool {
        if !self.bench.scope.opens(&paths.named) {
            return false;
        }
        let path = paths.shown.clone();
        match Item::of_member(root, paths, member, &self.bench.tops, unpacking) {
            Ok(item) if Kind::detect(&item.head).is_some_and(|kind| kind.reader() == Some(Reader::Archive)) => {
                self.read_archive(item, workers);
            }
            // What cannot be opened cannot be told apart from what nobody asked for.
            _ => return false,
        }
        if let Some(missed) = unpacking.missed_of_member() {
            self.unread(Kind::Archive.word(), root, unreadable(&path, missed));
        }
        true
    }

    fn take_turn(
        &mut self,
        turn: Turn,
        mut item: Item<'_>,
        beside: &str,
        postponed: &mut Postponed,
        workers: &mut [Worker],
    ) {
        match turn {
            Turn::First if postponed.waits_for_logs(&item) => {
                // It is read when the archive comes once more, so this time is free for looking at it.
                let place = self.bench.places.of(item.lay_at(), Some(Kind::Hive));
                if self.is_looked_at(&item, place) {
                    self.look(&mut item, place, Looking::Besides, workers);
                }
            }
            Turn::First => {
                let once_more = self.read_item(item, workers);
                once_more.into_iter().for_each(|turn| postponed.wait(turn));
            }
            Turn::Hive => {
                item.logs = postponed.logs_of(beside);
                self.read_item(item, workers);
            }
            Turn::Look => {
                let place = self.bench.places.of(item.lay_at(), Kind::detect(&item.head));
                self.look(&mut item, place, Looking::Besides, workers);
            }
            Turn::Log(family, encoding) => self.read_log(&mut item, family, encoding),
            Turn::Done => {}
        }
    }

    /// Indicators of paths and names, for a file whose content is not looked at.
    fn seek_path(&self, item: &Item<'_>) {
        let Some(sought) = &self.bench.sought else { return };
        let target = item.about.disk_path.as_deref().unwrap_or_else(|| item.named());
        for place in sought.of_path(target) {
            let Some(facts) = self.bench.facts.get(place) else { continue };
            let mut hits = Hits::default();
            if hits.count(item.about.modified, Reading::Exact) {
                let evidence =
                    EvidenceRef { path: item.path.clone(), line: None, record: None, offset: 0, sha256: None };
                let fields = BTreeMap::from([("TargetFilename".to_owned(), target.to_owned())]);
                hits.list(Finding { fields, ..facts.finding(evidence, item.about.modified, None) }, self.progress);
            }
            self.bench.keep_hits(&mut self.lock(), BTreeMap::from([(place, hits)]), FILES, &item.path);
        }
    }

    fn cover(&self, kind: &str, item: &Item<'_>) {
        self.lock().cover.file(kind, item.root, &item.path, item.bytes);
    }

    /// Evidence whose records this version does not read stays unread, also where its content was looked at as a file.
    fn tell_unread(&self, item: &Item<'_>, kind: Kind) {
        if is_told_unread(item.lay_at(), kind) {
            self.unread(kind.word(), item.root, Unreadable::new(&item.path, Gap::NotReadYet));
        }
    }

    fn count_read(&self, item: &Item<'_>) {
        if item.is_file() {
            self.progress.read(item.bytes);
        }
    }

    fn unread(&self, kind: &str, root: usize, unreadable: Unreadable) {
        self.lock().cover.unreadable(kind, root, unreadable);
    }

    fn lock(&self) -> MutexGuard<'r, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// On what occasion a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looking {
    /// It is not read otherwise.
    Alone,
    /// It is read as what it is too.
    Besides,
}

/// The path under which a member and its logs find one another: the second hive of a name belongs to the second log.
fn beside(member: &Member, named: &str) -> String {
    match (&member.copy_of, member.twin) {
        (Some(disk), _) => disk.replace('\\', "/"),
        (None, ..=1) => named.to_owned(),
        (None, twin) => format!("{twin}#{named}"),
    }
}

/// Whether a file begins like an archive; not where it cannot be read.
pub(super) fn is_archive(file: &Candidate) -> bool {
    let kind = Item::open(file, &[]).ok().and_then(|item| Kind::detect(&item.head));
    kind.is_some_and(|kind| kind.reader() == Some(Reader::Archive))
}

/// The kind of files that were looked at because everything was to be, in no place of a pack.
const FILES: &str = "files";

/// What a reader missed of a file, for the report.
pub(crate) fn unreadable(path: &str, missed: Missed) -> Unreadable {
    let Missed { reason, count, bytes, detail } = missed;
    Unreadable { count, bytes, detail, ..Unreadable::new(path, reason) }
}
