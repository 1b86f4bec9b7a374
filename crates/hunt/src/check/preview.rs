//! `check --explain-only`: what a run would read, how long it would take, and what it would not see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use hikeshi_core::coverage::{Gap, Missing, Unreadable};
use hikeshi_core::family::Family;
use hikeshi_core::preview::{Expected, Preview, SCHEMA};
use hikeshi_evidence::archive::Format;
use hikeshi_evidence::kind::{Kind, Reader};
use hikeshi_pack::Manifest;
use hikeshi_pack::manifest::Requirement;

use super::copies::Copies;
use super::read::item::Item;
use super::read::system::is_told_unread;
use super::recall::Recall;
use super::{Bench, Halt, Options, prepare};
use crate::Error;
use crate::cover::UNKNOWN;
use crate::discover::{Candidate, Listing};
use crate::places::Sights;
use crate::recognise::{Recognised, What};
use crate::scan::not_read;

/// So much of each kind is read to learn how fast it is read here.
const SAMPLE_BYTES: u64 = 24 << 20;

/// Looks at the head of every file, and reads a sample of each kind.
///
/// # Errors
/// As [`super::check`].
pub fn preview(options: Options<'_>, halt: &Arc<Halt>) -> Result<Preview, Error> {
    let (bench, listing, _) = prepare(options)?;
    let families = bench.families();
    let (copies, missed) = Copies::read(&listing);
    let mut sorted = Sorted::default();
    for file in &listing.files {
        sorted.sort(&bench, &families, &copies, file);
    }
    let mut kinds: Vec<Expected> =
        sorted.kinds.iter().map(|(kind, of_kind)| bench.expect(kind, of_kind, halt)).collect();
    kinds.sort_by(|a, b| b.seconds.unwrap_or(0.0).total_cmp(&a.seconds.unwrap_or(0.0)).then(a.kind.cmp(&b.kind)));
    let seen = bench.places.seen(&sorted.sights).into_iter().map(|(_, place)| place.id.clone());
    let present: BTreeSet<String> =
        sorted.kinds.keys().filter(|kind| !bench.is_place(kind)).cloned().chain(seen).collect();
    let told = listing.unreadable.into_iter().chain(missed).map(|(_, one)| one);
    let unreadable = told.chain(sorted.unreadable).collect();
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
    kinds: BTreeMap<String, OfKind<'l>>,
    sights: Sights,
    unreadable: Vec<Unreadable>,
}

/// The files of one kind.
#[derive(Default)]
struct OfKind<'l> {
    /// They are read, and not only counted.
    is_read: bool,
    files: Vec<&'l Candidate>,
}

impl<'l> Sorted<'l> {
    fn sort(&mut self, bench: &Bench<'_>, families: &[&Family], copies: &Copies, file: &'l Candidate) {
        let item = match Item::open(file, &bench.tops) {
            Ok(item) => item,
            Err(error) => return self.unreadable.push(not_read(&file.path, &error)),
        };
        let copied_from = copies.of(file.root, &file.path).map(|path| path.replace('\\', "/"));
        let lay_at = copied_from.as_ref().unwrap_or(&file.path);
        bench.places.see(file.root, lay_at, &mut self.sights);
        let recognised = bench.recogniser.recognise(lay_at, &item.head, families);
        let (kind, is_read) = match (recognised.what, bench.places.of(lay_at, recognised.what.kind())) {
            (What::Log(family, _), _) => {
                (bench.programs.get(family).map_or(UNKNOWN, |program| &program.family.id).to_owned(), true)
            }
            (What::Other(Kind::EventLog), _) => (bench.kinds.of_channel(&channel_of(lay_at)), true),
            (What::Other(kind), _) if kind.reader().is_some() => (kind.word().to_owned(), true),
            (_, Some(place)) => (place.id.clone(), true),
            (What::Other(kind), None) => (kind.word().to_owned(), bench.looks_at(&file.path)),
            (What::Empty | What::Unknown, None) => {
                (UNKNOWN.to_owned(), bench.looks_at(&file.path) || bench.products.reads(&file.path))
            }
        };
        if let Some(gap) = gap_before(lay_at, &item.head, &recognised) {
            self.unreadable.push(Unreadable::new(&file.path, gap));
        }
        let of_kind = self.kinds.entry(kind).or_default();
        of_kind.is_read |= is_read;
        of_kind.files.push(file);
    }
}

/// Why a check would tell that a file was not read, as far as its beginning and its name say.
fn gap_before(lay_at: &str, head: &[u8], recognised: &Recognised) -> Option<Gap> {
    if recognised.contradicted.is_some() {
        return Some(Gap::NotAsNamed);
    }
    let kind = recognised.what.kind().filter(|kind| is_told_unread(lay_at, *kind))?;
    match (kind.reader(), Format::detect(head)) {
        (None, _) => Some(Gap::NotReadYet),
        (Some(Reader::Archive), Some(Format::Unsupported(_))) => Some(Gap::MethodUnsupported),
        _ => None,
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

    fn expect(&self, kind: &str, OfKind { is_read, files }: &OfKind<'_>, halt: &Arc<Halt>) -> Expected {
        let bytes = files.iter().map(|file| file.bytes).sum();
        Expected {
            kind: kind.to_owned(),
            title: self.kinds.title(kind),
            files: files.len() as u64,
            bytes,
            seconds: is_read.then(|| self.measure(files, bytes, halt)),
        }
    }

    /// How long all files of a kind would take, by the time that some of them take.
    fn measure(&self, files: &[&Candidate], bytes: u64, halt: &Arc<Halt>) -> f64 {
        let mut sample = Listing::default();
        let mut sampled = 0;
        let mut by_size = files.to_vec();
        by_size.sort_by_key(|file| file.bytes);
        // The middle tells more of a kind than its smallest files; a single large file is read as a whole.
        by_size.rotate_left(files.len() / 2);
        for file in by_size {
            if sampled >= SAMPLE_BYTES {
                break;
            }
            sampled += file.bytes;
            sample.files.push(file.clone());
        }
        let began = Instant::now();
        let _ = self.read_all(&Recall::of(&sample), &(), halt);
        let seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "an estimate needs no more than what a float keeps")]
        let share = bytes as f64 / sampled.max(1) as f64;
        seconds * share.max(1.0)
    }

    /// What a pack's "clean" needs and is not there, of the alternative that lacks least.
    fn lacking(&self, manifest: &Manifest, present: &BTreeSet<String>) -> Vec<Missing> {
        let lacking = |alternative: &Vec<Requirement>| {
            let absent = alternative.iter().filter(|need| !need.any.iter().any(|kind| present.contains(kind)));
            absent
                .filter_map(|need| need.any.first())
                .map(|kind| self.kinds.missing(kind, manifest, Vec::new()))
                .collect::<Vec<_>>()
        };
        manifest.clean_needs.iter().map(lacking).min_by_key(Vec::len).unwrap_or_default()
    }
}
