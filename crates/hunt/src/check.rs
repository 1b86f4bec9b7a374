//! `check`: from paths to a report.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hikeshi_core::coverage::{Gap, Unreadable};
use hikeshi_core::family::Family;
use hikeshi_core::report::{Affected, PackRef, Report, RuleSkipped, SCHEMA, Scanned, Tool};
use hikeshi_evidence::kind::Kind;
use hikeshi_pack::{Manifest, Pack, Rule, RuleBook};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::collect::{Collected, Found};
use crate::correlate::{MOST_WATCHED, Watch, Watched, correlate};
use crate::cover::{Cover, UNKNOWN};
use crate::discover::{Candidate, Listing, discover};
use crate::judge::{Case, judge};
use crate::program::{Mode, Program, RuleFacts};
use crate::recognise::{HEAD, Recogniser, What};
use crate::scan::{Tools, not_opened, scan};

/// What to check, and with what.
pub struct Options<'a> {
    /// Folders and files.
    pub roots: &'a [PathBuf],
    /// The packs whose families and rules are used.
    pub packs: &'a [&'a Pack],
    /// Further rules.
    pub rules: Vec<RuleBook>,
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// How rows are chosen.
    pub mode: Mode,
    /// The program's version, for the report.
    pub version: &'a str,
}

/// Is told how far the run is, from any thread.
pub trait Progress: Sync {
    /// The files were listed.
    fn started(&self, _files: u64, _bytes: u64) {}
    /// Bytes were read.
    fn read(&self, _bytes: u64) {}
    /// A file is done.
    fn file_done(&self) {}
}

/// No progress is wanted.
impl Progress for () {}

/// Breaks a run off; what was read until then is judged and marked as a part.
#[derive(Debug, Default)]
pub struct Halt(AtomicBool);

impl Halt {
    /// Asks the run to end.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Checks the roots.
///
/// # Errors
/// When a root cannot be reached, or the packs cannot be compiled. Everything that concerns one file or one rule is in the report.
pub fn check(options: Options<'_>, progress: &dyn Progress, halt: &Halt) -> Result<Report, Error> {
    let listing = discover(options.roots)?;
    let bench = Bench::compile(options)?;
    progress.started(listing.files.len() as u64, listing.files.iter().map(|file| file.bytes).sum());
    let mut state = bench.read_all(&listing, progress, halt);
    Ok(bench.finish(&listing, &mut state, halt.asked()))
}

/// Everything that reading needs, compiled.
struct Bench<'a> {
    packs: &'a [&'a Pack],
    threads: NonZeroUsize,
    mode: Mode,
    version: String,
    rules: Vec<Rule>,
    facts: Vec<RuleFacts>,
    programs: Vec<Program>,
    recogniser: Recogniser,
    watch: Watch,
    skipped: Vec<RuleSkipped>,
}

/// What the threads gather.
#[derive(Default)]
struct State {
    collected: Collected,
    cover: Cover,
    watched: Vec<Watched>,
    watched_full: bool,
    practice: bool,
    files: u64,
    bytes: u64,
    families: BTreeSet<usize>,
}

impl<'a> Bench<'a> {
    fn compile(options: Options<'a>) -> Result<Self, Error> {
        let mut rules = Vec::new();
        let mut skipped = Vec::new();
        for book in options.packs.iter().map(|pack| pack.rules.clone()).chain(options.rules) {
            rules.extend(book.rules);
            skipped.extend(book.skipped);
        }
        // Packs may describe the same family; the first one's description is used.
        let mut families: BTreeMap<&str, &Family> = BTreeMap::new();
        for family in options.packs.iter().flat_map(|pack| &pack.families) {
            families.entry(&family.id).or_insert(family);
        }
        let programs = families
            .into_values()
            .map(|family| Program::compile(family.clone(), &rules, &mut skipped))
            .collect::<Result<Vec<_>, _>>()?;
        let recogniser = Recogniser::new(programs.iter().map(|program| &program.family))?;
        let watch = Watch::new(&rules, &mut skipped);
        let facts = rules.iter().map(RuleFacts::new).collect();
        let Options { packs, threads, mode, version, .. } = options;
        Ok(Self {
            packs,
            threads,
            mode,
            version: version.to_owned(),
            rules,
            facts,
            programs,
            recogniser,
            watch,
            skipped,
        })
    }

    fn families(&self) -> Vec<&Family> {
        self.programs.iter().map(|program| &program.family).collect()
    }

    fn read_all(&self, listing: &Listing, progress: &dyn Progress, halt: &Halt) -> State {
        // The largest first, so that no thread is left with a large file at the end.
        let mut order: Vec<&Candidate> = listing.files.iter().collect();
        order.sort_by(|a, b| (std::cmp::Reverse(a.bytes), a).cmp(&(std::cmp::Reverse(b.bytes), b)));
        let state = Mutex::new(State::default());
        let next = AtomicUsize::new(0);
        let families = self.families();
        std::thread::scope(|scope| {
            for _ in 0..self.threads.get() {
                scope.spawn(|| {
                    while let Some(file) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                        self.read(file, &families, &state, progress, halt);
                        progress.file_done();
                    }
                });
            }
        });
        state.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, file: &Candidate, families: &[&Family], state: &Mutex<State>, progress: &dyn Progress, halt: &Halt) {
        let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
        if halt.asked() {
            return lock().cover.unreadable(UNKNOWN, file.root, Unreadable::new(&file.path, Gap::NotReached));
        }
        let (head, mut rest) = match open(file) {
            Ok(opened) => opened,
            Err(error) => return lock().cover.unreadable(UNKNOWN, file.root, not_opened(&file.path, &error)),
        };
        let recognised = self.recogniser.recognise(&file.path, &head, families);
        let (place, encoding) = match recognised.what {
            What::Log(place, encoding) => (place, encoding),
            What::Other(kind) => {
                progress.read(file.bytes);
                let mut state = lock();
                state.cover.file(kind.word(), file.root, &file.path, file.bytes);
                // Programs lie everywhere on a disk; that this version does not look into them is said once, by their count.
                if kind == Kind::Executable {
                    return;
                }
                return state.cover.unreadable(kind.word(), file.root, Unreadable::new(&file.path, Gap::NotReadYet));
            }
            What::Empty | What::Unknown => {
                progress.read(file.bytes);
                return lock().cover.file(UNKNOWN, file.root, &file.path, file.bytes);
            }
        };
        let Some(program) = self.programs.get(place) else { return };
        let path: Arc<str> = file.path.as_str().into();
        let tools = Tools { program, facts: &self.facts, watch: &self.watch, mode: self.mode };
        let mut source = Metered { source: head.as_slice().chain(&mut rest), read: 0, progress, halt };
        let mut scanned = scan(&mut source, encoding, &path, &tools);
        if source.read < file.bytes && scanned.summary.failed.is_none() {
            let reason = if halt.asked() { Gap::NotReached } else { Gap::ChangedWhileRead };
            scanned
                .unreadable
                .push(Unreadable { bytes: Some(file.bytes - source.read), ..Unreadable::new(&*path, reason) });
        }
        let mut state = lock();
        state.practice |= recognised.practice;
        state.files += 1;
        state.bytes += source.read;
        state.families.insert(place);
        let kind = &program.family.id;
        state.cover.file(kind, file.root, &path, file.bytes);
        state.cover.times(kind, file.root, &scanned.summary.sampler);
        for gap in scanned.unreadable {
            state.cover.unreadable(kind, file.root, gap);
        }
        for (rule, hits) in scanned.hits {
            let name = self.facts.get(rule).map_or("", |facts| facts.reference.name.as_str());
            state.collected.add(rule, name, &path, hits);
        }
        state.keep_watched(scanned.watched);
    }

    fn finish(&self, listing: &Listing, state: &mut State, halted: bool) -> Report {
        let (found, mut skipped) = self.correlated(state);
        let Found { mut findings, totals, rules: found } = found;
        hash_files(&mut findings, listing);
        let mut cover = std::mem::take(&mut state.cover);
        for (root, unreadable) in &listing.unreadable {
            cover.unreadable(UNKNOWN, *root, unreadable.clone());
        }
        let families = self.families();
        let (coverage, present) = cover.finish(&families);
        let manifests: Vec<&Manifest> = self.packs.iter().map(|pack| &pack.manifest).collect();
        let judgement = judge(&Case {
            manifests: &manifests,
            families: &families,
            rules: &self.rules,
            found: &found,
            findings: &findings,
            coverage: &coverage,
            present: &present,
            partial: halted,
        });
        skipped.sort();
        let verdict = judgement.verdict;
        let of_verdict = |manifest: &&Manifest| manifest.next_steps.get(&verdict).cloned().unwrap_or_default();
        let not_of_verdict = |manifest: &&Manifest| manifest.do_not.get(&verdict).cloned().unwrap_or_default();
        Report {
            schema: SCHEMA.to_owned(),
            tool: Tool { name: "hikeshi".to_owned(), version: self.version.clone() },
            packs: manifests.iter().map(|manifest| pack_ref(manifest)).collect(),
            practice: state.practice,
            partial: halted,
            verdict,
            reasons: judgement.reasons,
            affected: Affected {
                state: "unknown".to_owned(),
                ask: manifests.first().map(|manifest| manifest.affected_ask.clone()).unwrap_or_default(),
            },
            window: judgement.window,
            coverage,
            missing: judgement.missing,
            findings,
            totals,
            timeline: judgement.timeline,
            actors: judgement.actors,
            next_steps: manifests.iter().flat_map(of_verdict).collect(),
            do_not: manifests.iter().flat_map(not_of_verdict).collect(),
            contacts: manifests.iter().flat_map(|manifest| manifest.contacts.clone()).collect(),
            rules_skipped: skipped,
            scanned: Scanned { files: state.files, bytes: state.bytes, rules: self.rules_run(state), seconds: None },
        }
    }

    /// What was found, correlations included, and the rules that could not be used.
    fn correlated(&self, state: &mut State) -> (Found, Vec<RuleSkipped>) {
        let mut skipped = self.skipped.clone();
        let mut collected = std::mem::take(&mut state.collected);
        let watched = std::mem::take(&mut state.watched);
        correlate(watched, &self.watch, &self.rules, &self.facts, &mut collected, &mut skipped);
        if state.watched_full {
            skipped.push(RuleSkipped {
                path: "*".to_owned(),
                reason: format!("correlations saw only {MOST_WATCHED} of the records that they ask for"),
            });
        }
        (collected.finish(), skipped)
    }

    /// Rules of the families that were met, and correlations.
    fn rules_run(&self, state: &State) -> u64 {
        let met = state.families.iter().filter_map(|place| self.programs.get(*place));
        let rules: BTreeSet<usize> = met.flat_map(|program| program.rules.iter().copied()).collect();
        (rules.len() + if rules.is_empty() { 0 } else { self.watch.correlations() }) as u64
    }
}

fn pack_ref(manifest: &Manifest) -> PackRef {
    PackRef { id: manifest.id.clone(), version: manifest.version.clone(), title: manifest.title.clone() }
}

impl State {
    fn keep_watched(&mut self, watched: Vec<Watched>) {
        self.watched.extend(watched);
        if self.watched.len() > MOST_WATCHED {
            // The earliest are kept, whatever the order of arrival.
            self.watched.sort();
            self.watched.truncate(MOST_WATCHED);
            self.watched_full = true;
        }
    }
}

/// The head of a file, and the rest of it up to the size that it was listed with: a log that grows faster than it is read ends all the same.
fn open(file: &Candidate) -> io::Result<(Vec<u8>, io::Take<fs_err::File>)> {
    let mut source = fs_err::File::open(&file.place)?.take(file.bytes);
    let mut head = Vec::with_capacity(HEAD);
    source.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    Ok((head, source))
}

/// Counts what is read, and ends early when the run is broken off.
struct Metered<'p, R> {
    source: R,
    read: u64,
    progress: &'p dyn Progress,
    halt: &'p Halt,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.halt.asked() {
            return Ok(0);
        }
        let count = self.source.read(out)?;
        self.read += count as u64;
        self.progress.read(count as u64);
        Ok(count)
    }
}

/// Fills in the hash of each file that a finding names.
fn hash_files(findings: &mut [hikeshi_core::finding::Finding], listing: &Listing) {
    let mut named: BTreeMap<String, Option<String>> = BTreeMap::new();
    for evidence in findings.iter().flat_map(|finding| finding.joined.iter().chain([&finding.evidence])) {
        named.entry(evidence.path.clone()).or_default();
    }
    let places: BTreeMap<&str, &Candidate> = listing
        .files
        .iter()
        .filter(|file| named.contains_key(&file.path))
        .map(|file| (file.path.as_str(), file))
        .collect();
    for (path, hash) in &mut named {
        *hash = places.get(path.as_str()).and_then(|file| sha256(file).ok());
    }
    for finding in findings {
        for evidence in finding.joined.iter_mut().chain([&mut finding.evidence]) {
            evidence.sha256 = named.get(&evidence.path).cloned().flatten();
        }
    }
}

fn sha256(file: &Candidate) -> io::Result<String> {
    let mut source = fs_err::File::open(&file.place)?.take(file.bytes);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match source.read(&mut buffer)? {
            0 => break,
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
