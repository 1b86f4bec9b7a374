//! `check --explain-only`: what a run would read, how long it would take, and what it would not see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use hikeshi_core::coverage::Missing;
use hikeshi_core::preview::{Expected, Preview, SCHEMA};
use hikeshi_evidence::kind::Kind;
use hikeshi_pack::Manifest;

use super::read::item::Item;
use super::{Bench, Halt, Options};
use crate::Error;
use crate::cover::UNKNOWN;
use crate::discover::{Candidate, Listing, discover};
use crate::places::Sights;
use crate::recognise::What;
use crate::scan::not_read;

/// So much of each kind is read to learn how fast it is read here.
const SAMPLE_BYTES: u64 = 24 << 20;

/// Looks at the head of every file, and reads a sample of each kind.
///
/// # Errors
/// As [`super::check`].
pub fn preview(options: Options<'_>, halt: &Arc<Halt>) -> Result<Preview, Error> {
    let mut listing = discover(options.roots)?;
    let bench = Bench::compile(options)?;
    listing.files.retain(|file| bench.scope.wants(&file.path));
    let mut sorted = Sorted::default();
    for file in &listing.files {
        sorted.sort(&bench, file);
    }
    let mut kinds: Vec<Expected> = sorted.kinds.iter().map(|(kind, files)| bench.expect(kind, files, halt)).collect();
    kinds.sort_by(|a, b| b.seconds.unwrap_or(0.0).total_cmp(&a.seconds.unwrap_or(0.0)).then(a.kind.cmp(&b.kind)));
    let seen = bench.places.seen(&sorted.sights).into_iter().map(|(_, place)| place.id.clone());
    let present: BTreeSet<String> =
        sorted.kinds.keys().filter(|kind| !bench.is_place(kind)).cloned().chain(seen).collect();
    let unreadable = listing.unreadable.into_iter().map(|(_, one)| one).chain(sorted.unreadable).collect();
    Ok(Preview {
        schema: SCHEMA.to_owned(),
        files: listing.files.len() as u64,
        bytes: listing.files.iter().map(|file| file.bytes).sum(),
        seconds: kinds.iter().filter_map(|kind| kind.seconds).sum(),
        kinds,
        missing: bench.packs.iter().flat_map(|pack| bench.lacking(&pack.manifest, &present)).collect(),
        unreadable,
    })
}

/// Files by their kinds.
#[derive(Default)]
struct Sorted<'l> {
    kinds: BTreeMap<String, Vec<&'l Candidate>>,
    sights: Sights,
    unreadable: Vec<hikeshi_core::coverage::Unreadable>,
}

impl<'l> Sorted<'l> {
    fn sort(&mut self, bench: &Bench<'_>, file: &'l Candidate) {
        let item = match Item::open(file, &bench.tops) {
            Ok(item) => item,
            Err(error) => return self.unreadable.push(not_read(&file.path, &error)),
        };
        bench.places.see(file.root, &file.path, &mut self.sights);
        let recognised = bench.recogniser.recognise(&file.path, &item.head, &bench.families());
        let kind = match (recognised.what, bench.places.of(&file.path)) {
            (What::Log(family, _), _) => {
                bench.programs.get(family).map_or(UNKNOWN, |program| &program.family.id).to_owned()
            }
            (What::Other(Kind::EventLog), _) => bench.kinds.of_channel(&channel_of(&file.path)),
            (What::Other(kind), _) if kind.reader().is_some() => kind.word().to_owned(),
            (_, Some(place)) => place.id.clone(),
            (What::Other(kind), None) => kind.word().to_owned(),
            (What::Empty | What::Unknown, None) => UNKNOWN.to_owned(),
        };
        self.kinds.entry(kind).or_default().push(file);
    }
}

/// Windows names the file of a channel after it, with `%4` for `/`.
fn channel_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace("%4", "/")
}

impl Bench<'_> {
    fn is_place(&self, kind: &str) -> bool {
        self.places.iter().any(|place| place.id == kind)
    }

    fn expect(&self, kind: &str, files: &[&Candidate], halt: &Arc<Halt>) -> Expected {
        let bytes = files.iter().map(|file| file.bytes).sum();
        Expected {
            title: self.kinds.title(kind),
            files: files.len() as u64,
            bytes,
            seconds: self.reads(kind).then(|| self.measure(files, bytes, halt)),
            kind: kind.to_owned(),
        }
    }

    /// Whether files of a kind are read at all.
    fn reads(&self, kind: &str) -> bool {
        const UNREAD: [Kind; 8] = [
            Kind::OldEventLog,
            Kind::HiveLog,
            Kind::Executable,
            Kind::Database,
            Kind::MemoryDump,
            Kind::NcsaLog,
            Kind::FixedLog,
            Kind::EventLog,
        ];
        self.looks_at_all
            || !(kind == UNKNOWN || UNREAD.iter().any(|unread| unread.word() == kind && unread.reader().is_none()))
    }

    /// How long all files of a kind would take, by the time that some of them take.
    fn measure(&self, files: &[&Candidate], bytes: u64, halt: &Arc<Halt>) -> f64 {
        let mut sample = Listing::default();
        let mut sampled = 0;
        let mut smallest_first: Vec<&&Candidate> = files.iter().collect();
        smallest_first.sort_by_key(|file| file.bytes);
        // The middle tells more of a kind than its smallest files; a single large file is read as a whole.
        let from_the_middle = smallest_first.iter().skip(smallest_first.len() / 2).chain(smallest_first.iter().rev());
        for file in from_the_middle {
            if sampled >= SAMPLE_BYTES || sample.files.len() >= files.len() {
                break;
            }
            sampled += file.bytes;
            sample.files.push((**file).clone());
        }
        let began = Instant::now();
        let _ = self.read_all(&sample, &(), halt);
        let seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "an estimate needs no more than what a float keeps")]
        let share = bytes as f64 / sampled.max(1) as f64;
        seconds * share.max(1.0)
    }

    /// What a pack's "clean" needs and is not there, of the alternative that lacks least.
    fn lacking(&self, manifest: &Manifest, present: &BTreeSet<String>) -> Vec<Missing> {
        let lacking = |alternative: &Vec<hikeshi_pack::manifest::Requirement>| {
            let absent = alternative.iter().filter(|need| !need.any.iter().any(|kind| present.contains(kind)));
            absent.filter_map(|need| need.any.first()).map(|kind| self.missing(manifest, kind)).collect::<Vec<_>>()
        };
        manifest.clean_needs.iter().map(lacking).min_by_key(Vec::len).unwrap_or_default()
    }

    fn missing(&self, manifest: &Manifest, kind: &str) -> Missing {
        let (title, ask) = match manifest.kinds.get(kind) {
            Some(kind) => (kind.title.clone(), kind.ask.clone()),
            None => (self.kinds.title(kind), self.kinds.ask(kind)),
        };
        Missing { kind: kind.to_owned(), title, ask, spans: Vec::new() }
    }
}
