//! `check`: from paths to a report.

mod again;
mod copies;
mod hives;
mod preview;
mod read;
mod recall;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hikeshi_core::channel::Channel;
use hikeshi_core::country::Country;
use hikeshi_core::family::{Family, LogSource};
use hikeshi_core::finding::{Finding, Total};
use hikeshi_core::machine::{Machine, TimeZone};
use hikeshi_core::other_tool::{OtherTool, Output, Runs};
use hikeshi_core::report::{Contact, PackRef, Report, RuleSkipped, SCHEMA, Scanned, Tool};
use hikeshi_core::second_opinion::SecondOpinion;
use hikeshi_core::text::Text;
use hikeshi_evidence::tool_output::Outputs;
use hikeshi_evidence::worker::{Launch, Setup, Watchdog};
use hikeshi_pack::{Manifest, Pack, Rule, RuleBook};

use crate::Error;
use crate::affected::{Exposure, Products, Sightings};
use crate::collect::{Collected, Found, Hits};
use crate::correlate::{Watch, correlate};
use crate::cover::{Cover, UNKNOWN};
use crate::discover::{Candidate, Listing, discover, hollow};
use crate::expiring::expiring;
use crate::field_roles::field_roles;
use crate::follow::{Followed, Gathered, Pursuit};
use crate::hands::together;
use crate::judge::{Case, Judgement, RAISED, judge};
use crate::kinds::Kinds;
use crate::known_good::KnownGood;
use crate::machine::common_zone;
use crate::places::{Places, Sights};
use crate::program::{self, Mode, Program, RuleFacts};
use crate::recognise::Recogniser;
use crate::records::RecordProgram;
use crate::records::sources::Key;
use crate::scope::Scope;
use crate::second_opinion::heard::Heard;
use crate::second_opinion::{Ours, compare};
use crate::sought::{IndicatorBook, Sought};
use crate::steps::{Situation, first_words, next_steps};
use crate::unheard::{Use, unheard};
use crate::watch_list::{MOST_WATCHED, WatchList};
use crate::yara::{YaraBook, YaraPlaces};
use copies::Copies;
use hives::Hives;
pub use preview::preview;
use read::Thread;
use read::item::Hashing;
pub(crate) use read::unreadable;
use recall::Recall;

/// A worker that says nothing for so long hangs: it is ended, and the file told as unread.
const SILENCE: Duration = Duration::from_secs(300);

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
    /// How worker processes are started, which read binary evidence.
    pub workers: Launch,
    /// YARA rules. Where any are given besides those of packs, every file is looked at, not only those in telling places.
    pub yara: Vec<YaraBook>,
    /// Indicators of compromise. Where any is a hash, every file is looked at.
    pub indicators: Vec<IndicatorBook>,
    /// Passwords to try on encrypted archives.
    pub passwords: Vec<String>,
    /// What of the evidence is wanted.
    pub scope: Scope,
    /// The local time in which the course of events is told besides UTC; otherwise that of the evidence.
    pub time_zone: Option<TimeZone>,
    /// Where help is looked for; without it the report names that of all countries.
    pub country: Option<Country>,
    /// The program's version, for the report.
    pub version: &'a str,
}

/// Is told how far the run is, from any thread.
pub trait Progress: Sync {
    /// What was found is followed: the files are read once more.
    fn following(&self, _leads: usize, _files: u64, _bytes: u64) {}
    /// The files were listed.
    fn started(&self, _files: u64, _bytes: u64) {}
    /// Bytes were read.
    fn read(&self, _bytes: u64) {}
    /// A file is done.
    fn file_done(&self) {}
    /// A rule holds for the first time in some file; what becomes of it is not judged yet.
    fn found(&self, _finding: &Finding) {}
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
pub fn check(options: Options<'_>, progress: &dyn Progress, halt: &Arc<Halt>) -> Result<Report, Error> {
    let (bench, listing, left_out) = prepare(options)?;
    progress.started(listing.files.len() as u64, listing.files.iter().map(|file| file.bytes).sum());
    let recall = Recall::of(&listing);
    let mut state = bench.read_all(&recall, progress, halt);
    let (mut found, skipped) = bench.correlated(&mut state);
    let chase = bench.follow(&mut found, &mut state, &recall, progress, halt);
    let (facts, followed) = match &chase {
        Some(chase) => (chase.facts.as_slice(), Some(&chase.followed)),
        None => (bench.facts.as_slice(), None),
    };
    let ending = Ending { facts, followed, found, skipped, left_out, halted: halt.asked() };
    Ok(bench.finish(&listing, &mut state, ending))
}

/// What reading came to, before it is judged.
struct Ending<'c> {
    /// All rules of the run, by place; the leads that were followed are among them.
    facts: &'c [RuleFacts],
    followed: Option<&'c Followed>,
    found: Found,
    skipped: Vec<RuleSkipped>,
    /// Files that were not wanted.
    left_out: u64,
    halted: bool,
}

/// What is to be read, and with what; and how many files were not wanted.
fn prepare(options: Options<'_>) -> Result<(Bench<'_>, Listing, u64), Error> {
    let mut listing = discover(options.roots)?;
    let bench = Bench::compile(options)?;
    let listed = listing.files.len();
    listing
        .files
        .retain(|file| bench.scope.wants(&file.path) || (bench.scope.opens(&file.path) && read::is_archive(file)));
    let left_out = (listed - listing.files.len()) as u64;
    Ok((bench, listing, left_out))
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
    records: RecordProgram,
    kinds: Arc<Kinds>,
    recogniser: Arc<Recogniser>,
    watch: Watch,
    places: Arc<Places>,
    /// Folders in the root of a disk that packs name.
    tops: Vec<&'a str>,
    /// What belongs into each place.
    known_good: Arc<BTreeMap<String, KnownGood>>,
    workers: Arc<Launch>,
    setup: Arc<Setup>,
    yara: YaraPlaces,
    sought: Option<Sought>,
    /// The processes of intruders, in the second pass.
    pursuit: Option<Pursuit>,
    products: Products<'a>,
    /// Every file is to be looked at, wherever it lies.
    looks_at_all: bool,
    scope: Scope,
    time_zone: Option<TimeZone>,
    country: Option<Country>,
    skipped: Vec<RuleSkipped>,
}

/// What the threads gather.
#[derive(Default)]
struct State {
    collected: Collected,
    cover: Cover,
    watched: WatchList,
    practice: bool,
    /// The machines that describe themselves.
    machines: BTreeSet<Machine>,
    files: u64,
    bytes: u64,
    families: BTreeSet<usize>,
    /// What was seen of places.
    sights: Sights,
    hives: Hives,
    /// Members of archives that were not wanted.
    left_out: u64,
    /// SHA-256 of the members of archives in which something was found.
    members: BTreeMap<String, String>,
    /// The kinds of the files in which something was found.
    kinds_of_files: BTreeMap<String, String>,
    /// The kinds of records that were seen.
    asked: HashSet<Key>,
    /// What other tools say.
    heard: Heard,
    /// What evidence said of builds.
    sightings: Sightings,
    /// What event logs said of intruders' processes.
    processes: Gathered,
}

impl<'a> Bench<'a> {
    fn compile(mut options: Options<'a>) -> Result<Self, Error> {
        let mut rules = Vec::new();
        let mut skipped = Vec::new();
        let brought =
            options.rules.iter().flat_map(|book| &book.rules).map(|rule| rule.reference.source.clone()).collect();
        for book in options.packs.iter().map(|pack| pack.rules.clone()).chain(std::mem::take(&mut options.rules)) {
            rules.extend(book.rules);
            skipped.extend(book.skipped);
        }
        let retold: Vec<&Family> = options.packs.iter().flat_map(|pack| &pack.families).collect();
        // Packs may describe the same family; the first one's description is used.
        let mut families: BTreeMap<&str, &Family> = BTreeMap::new();
        for family in options.packs.iter().flat_map(|pack| &pack.families) {
            families.entry(&family.id).or_insert(family);
        }
        let ready = program::compile(&rules, options.threads, &mut skipped);
        let watch = Watch::new(&rules, &mut skipped);
        let mut facts: Vec<RuleFacts> = rules.iter().map(RuleFacts::new).collect();
        let yara = YaraPlaces::new(&options.yara, &mut facts, &mut skipped);
        let sought = Sought::new(std::mem::take(&mut options.indicators), &mut facts, &mut skipped);
        let besides = sought.as_ref().map_or(&[][..], Sought::shared_texts);
        let programs: Vec<Program> = families
            .into_values()
            .map(|family| Program::compile_besides(family.clone(), &rules, &ready, besides))
            .collect();
        let channels: Vec<&Channel> = options.packs.iter().flat_map(|pack| &pack.channels).collect();
        let tools: Vec<&OtherTool> = options.packs.iter().flat_map(|pack| &pack.other_tools).collect();
        let outputs: Vec<Output> = tools.iter().flat_map(|tool| tool.outputs.iter().cloned()).collect();
        let records = RecordProgram::compile(&ready, &channels, &outputs, &retold);
        let of_rows = |source: &LogSource| programs.iter().any(|program| program.family.logsource.answers(source));
        let is_heard = |source: &LogSource| of_rows(source) || records.sources.knows(source);
        let (told, uses) = unheard(&rules, &ready, is_heard, &brought);
        skipped.extend(told);
        if let Some((folder, _)) = uses.into_iter().find(|(_, used)| matches!(used, Use::None)) {
            let reason = skipped.iter().find(|skipped| skipped.path == folder).or(skipped.first());
            return Err(Error::Rules { folder, reason: reason.map(|one| one.reason.clone()).unwrap_or_default() });
        }
        let places = Places::new(options.packs.iter().flat_map(|pack| &pack.places))?;
        let kinds = Kinds::new(programs.iter().map(|program| &program.family), channels, places.iter());
        let forms = Outputs::new(&outputs).map_err(|source| Error::Output { source })?;
        let recogniser = Recogniser::new(programs.iter().map(|program| &program.family))?.with_outputs(forms);
        let mut faults = Vec::new();
        let products = Products::new(options.packs, &mut faults);
        skipped.extend(faults.into_iter().map(|fault| RuleSkipped { path: fault.place, reason: fault.what }));
        let setup = Setup {
            yara: options.yara.iter().map(|book| book.rules.to_bytes()).collect(),
            passwords: options.passwords.clone(),
            outputs,
            ..Setup::default()
        };
        let looks_at_all = options.yara.iter().any(|book| !book.source.starts_with("pack:"))
            || sought.as_ref().is_some_and(|sought| sought.has_hashes);
        let Options { packs, threads, mode, workers, scope, version, time_zone, country, .. } = options;
        Ok(Self {
            packs,
            threads,
            mode,
            version: version.to_owned(),
            rules,
            facts,
            programs,
            records,
            kinds: Arc::new(kinds),
            recogniser: Arc::new(recogniser),
            watch,
            known_good: Arc::new(known_good(packs)),
            places: Arc::new(places),
            tops: packs.iter().flat_map(|pack| &pack.manifest.top_folders).map(String::as_str).collect(),
            workers: Arc::new(workers),
            looks_at_all,
            sought,
            pursuit: None,
            products,
            yara,
            setup: Arc::new(setup),
            scope,
            time_zone,
            country,
            skipped,
        })
    }

    /// Tools of others that packs describe.
    fn tools(&self) -> impl Iterator<Item = &OtherTool> {
        self.packs.iter().flat_map(|pack| &pack.other_tools)
    }

    /// Whether all outputs of a scanner are of one.
    fn is_resident(&self, scanner: &str) -> bool {
        self.tools().any(|tool| tool.runs == Runs::Together && tool.name.eq_ignore_ascii_case(scanner))
    }

    fn families(&self) -> Vec<&Family> {
        self.programs.iter().map(|program| &program.family).collect()
    }

    /// Whether the content of a file is looked at that lies in no place.
    fn looks_at(&self, path: &str) -> bool {
        self.looks_at_all || self.products.looks_at(path)
    }

    fn read_all(&self, recall: &Recall<'_>, progress: &dyn Progress, halt: &Arc<Halt>) -> State {
        let listing = recall.listing;
        let (copies, missed) = Copies::read(listing);
        // The largest first, so that no thread is left with a large file at the end.
        let mut order: Vec<&Candidate> = listing.files.iter().collect();
        order.sort_by(|a, b| (std::cmp::Reverse(a.bytes), a).cmp(&(std::cmp::Reverse(b.bytes), b)));
        let asked = Arc::clone(halt);
        let watchdog = Watchdog::start(SILENCE, move || asked.asked());
        let state = Mutex::new(State::default());
        let next = AtomicUsize::new(0);
        let work = || {
            let mut thread = Thread::new(self, &copies, recall, &state, &watchdog, progress, halt);
            while let Some(file) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                thread.read_file(file);
                progress.file_done();
            }
            thread.finish();
        };
        together(self.threads, work);
        let mut state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (root, unreadable) in missed {
            state.cover.unreadable(UNKNOWN, root, unreadable);
        }
        state
    }

    fn keep_hits(&self, state: &mut State, hits: BTreeMap<usize, Hits>, kind: &str, path: &str) {
        if !hits.is_empty() {
            state.kinds_of_files.insert(path.to_owned(), kind.to_owned());
        }
        for (rule, hits) in hits {
            let name = self.facts.get(rule).map_or("", |facts| facts.reference.name.as_str());
            state.collected.add(rule, name, path, hits);
        }
    }

    fn finish(&self, listing: &Listing, state: &mut State, ending: Ending<'_>) -> Report {
        let Ending { facts, followed, found, mut skipped, left_out, halted } = ending;
        let narrowed = self.scope.narrowed(left_out + state.left_out);
        let Found { mut findings, totals, rules: found } = found;
        hash_files(&mut findings, listing, &state.members);
        let cover = self.covered(listing, state);
        let exposure = self.exposure(&cover, listing, state);
        let (coverage, present) = cover.finish(&self.kinds);
        let manifests: Vec<&Manifest> = self.packs.iter().map(|pack| &pack.manifest).collect();
        let time_zone = self.time_zone.clone().or_else(|| common_zone(&state.machines));
        let judgement = judge(&Case {
            manifests: &manifests,
            kinds: &self.kinds,
            rules: facts,
            followed,
            trail: &self.trail(),
            found: &found,
            findings: &findings,
            coverage: &coverage,
            present: &present,
            bounds: &exposure.bounds,
            files: state.files,
            partial: halted,
            narrowed: narrowed.as_ref(),
            time_zone: time_zone.as_ref(),
        });
        skipped.extend(state.sightings.overflow());
        raise(&mut findings, &judgement.raised);
        let second_opinions = self.compared(state, &totals, &judgement);
        skipped.sort();
        let verdict = judgement.verdict;
        let expiring = expiring(&coverage, &self.kinds, &findings, &state.kinds_of_files);
        let situation = Situation {
            verdict,
            findings: &findings,
            actors: &judgement.actors,
            expiring: &expiring,
            affected: &exposure.affected,
        };
        let next_steps = next_steps(&manifests, &situation);
        let at_once = first_words(&manifests, &situation);
        let not_of_verdict = |manifest: &&Manifest| manifest.do_not.get(&verdict).cloned().unwrap_or_default();
        Report {
            schema: SCHEMA.to_owned(),
            tool: Tool { name: "hikeshi".to_owned(), version: self.version.clone() },
            packs: manifests.iter().map(|manifest| pack_ref(manifest)).collect(),
            practice: state.practice,
            partial: halted,
            redacted: false,
            narrowed,
            verdict,
            reasons: judgement.reasons,
            affected: exposure.affected,
            window: judgement.window,
            coverage,
            missing: judgement.missing,
            roles: field_roles(self.packs.iter().flat_map(|pack| &pack.families), &findings),
            findings,
            totals,
            machines: std::mem::take(&mut state.machines).into_iter().collect(),
            timeline: judgement.timeline,
            actors: judgement.actors,
            second_opinions,
            at_once,
            next_steps,
            expiring,
            do_not: manifests.iter().flat_map(not_of_verdict).collect(),
            contacts: contacts(&manifests, self.country),
            rules_skipped: skipped,
            scanned: Scanned { files: state.files, bytes: state.bytes, rules: self.rules_run(state), seconds: None },
        }
    }

    /// What was covered by the files, and by what was not read of the roots.
    fn covered(&self, listing: &Listing, state: &mut State) -> Cover {
        let mut cover = std::mem::take(&mut state.cover);
        for (root, unreadable) in &listing.unreadable {
            cover.unreadable(UNKNOWN, *root, unreadable.clone());
        }
        std::mem::take(&mut state.hives).tell(&mut cover);
        for (root, place) in self.places.seen(&state.sights) {
            cover.seen_as_it_is(&place.id, root);
        }
        cover
    }

    /// What other tools said, beside what was found.
    fn compared(&self, state: &mut State, totals: &[Total], judgement: &Judgement) -> Vec<SecondOpinion> {
        let ours = Ours {
            tools: self.tools().collect(),
            rules: &self.facts,
            totals,
            verdict: judgement.verdict,
            window_from: judgement.window.from,
        };
        compare(std::mem::take(&mut state.heard), &ours)
    }

    /// What the servers are open to: each root with evidence of a kind that some pack describes is one.
    fn exposure(&self, cover: &Cover, listing: &Listing, state: &State) -> Exposure {
        let label = |root: usize| (root, listing.labels.get(root).cloned().flatten());
        let servers = cover.roots(&self.kinds).into_iter().map(label).collect();
        self.products.judge(self.packs, &servers, &state.sightings)
    }

    /// What was found, correlations included, and the rules that could not be used.
    fn correlated(&self, state: &mut State) -> (Found, Vec<RuleSkipped>) {
        let mut skipped = self.skipped.clone();
        let mut collected = std::mem::take(&mut state.collected);
        let (watched, is_full) = std::mem::take(&mut state.watched).finish();
        correlate(watched, &self.watch, &self.rules, &self.facts, &mut collected, &mut skipped);
        if is_full {
            skipped.push(RuleSkipped {
                path: "*".to_owned(),
                reason: Text::new(
                    format!("correlations saw only {MOST_WATCHED} of the records that they ask for"),
                    format!("相関ルールは、対象となる記録のうち {MOST_WATCHED} 件だけを使いました"),
                ),
            });
        }
        (collected.finish(), skipped)
    }

    /// Rules of the families that were met, and correlations.
    fn rules_run(&self, state: &State) -> u64 {
        let met = state.families.iter().filter_map(|place| self.programs.get(*place));
        let of_records = state.asked.iter().flat_map(|key| self.records.rules_for(key));
        let of_rows = met.flat_map(|program| program.rules.iter().copied());
        let rules: BTreeSet<usize> = of_rows.chain(of_records).collect();
        (rules.len() + if rules.is_empty() { 0 } else { self.watch.correlations() }) as u64
    }
}

/// What happened while an intruder was at work weighs more than its rule says.
fn raise(findings: &mut [Finding], raised: &[usize]) {
    for place in raised {
        if let Some(finding) = findings.get_mut(*place) {
            (finding.severity, finding.raised) = (RAISED, true);
        }
    }
}

/// The lists of what belongs into each place, by its id.
fn known_good(packs: &[&Pack]) -> BTreeMap<String, KnownGood> {
    let mut lists: BTreeMap<String, KnownGood> = BTreeMap::new();
    for pack in packs {
        for place in &pack.places {
            for text in place.known_good.iter().filter_map(|list| pack.known_good.get(list)) {
                lists.entry(place.id.clone()).or_default().add(text);
            }
        }
    }
    lists
}

fn pack_ref(manifest: &Manifest) -> PackRef {
    PackRef { id: manifest.id.clone(), version: manifest.version.clone(), title: manifest.title.clone() }
}

/// Whom to call in a country; everybody where it is not known, or no pack knows anybody there.
fn contacts(manifests: &[&Manifest], country: Option<Country>) -> Vec<Contact> {
    let all = || manifests.iter().flat_map(|manifest| &manifest.contacts);
    let is_there = |contact: &&Contact| country.is_some_and(|country| country.is_meant_by(&contact.country));
    let is_known = all().filter(is_there).any(|contact| contact.country != "*");
    all().filter(|contact| !is_known || is_there(contact)).cloned().collect()
}

/// Fills in the hash of each file that a finding names.
fn hash_files(findings: &mut [Finding], listing: &Listing, members: &BTreeMap<String, String>) {
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
        let of_file = || places.get(path.as_str()).and_then(|file| sha256(file).ok());
        *hash = members.get(path).cloned().or_else(of_file);
    }
    for finding in findings {
        for evidence in finding.joined.iter_mut().chain([&mut finding.evidence]) {
            evidence.sha256 = named.get(&evidence.path).cloned().flatten();
        }
    }
}

fn sha256(file: &Candidate) -> io::Result<String> {
    let opened = fs_err::File::open(&file.place)?;
    if hollow(&opened.metadata()?).is_some() {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Hashing::new(opened.take(file.bytes)).finish()
}
