//! Whether the product on each server is affected: which build, open to what, since when, until when, and how that is known.
//!
//! Packs describe products and their builds (`hikeshi_core::product`). While files are read, [`Products`] takes note of what
//! they say of builds; at the end [`Products::judge`] puts it together for each server.

mod judged;
mod seek;
mod sightings;
mod standing;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use hikeshi_core::affected::{Affected, Certainty, Server, State};
use hikeshi_core::coverage::Span;
use hikeshi_core::product::{BuildEvidence, BuildTable, Product};
use hikeshi_core::report::Sentence;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_evidence::record::Missed;
use hikeshi_pack::lint::Fault;
use hikeshi_pack::{Pack, ProductBook};

pub(crate) use seek::OfFile;
use seek::{Found, Seeker};
use sightings::Key;
pub(crate) use sightings::Sightings;

/// The products of all packs, and how their builds show.
pub(crate) struct Products<'a> {
    /// With the place of the pack.
    books: Vec<(usize, &'a ProductBook)>,
    seeker: Seeker,
}

impl<'a> Products<'a> {
    /// Takes in the products of all packs. What of them cannot be used is told.
    pub(crate) fn new(packs: &[&'a Pack], faults: &mut Vec<Fault>) -> Self {
        let numbered = packs.iter().enumerate();
        let books: Vec<(usize, &ProductBook)> =
            numbered.flat_map(|(number, pack)| pack.products.iter().map(move |book| (number, book))).collect();
        faults.extend(books.iter().flat_map(|(_, book)| book.faults.iter().cloned()));
        let seeker = Seeker::compile(books.iter().map(|(_, book)| *book), faults);
        Self { books, seeker }
    }

    /// Whether a file is looked at for its build, wherever it lies.
    pub(crate) fn looks_at(&self, path: &str) -> bool {
        self.seeker.looks_at(path)
    }

    /// Whether a text file is read for builds.
    pub(crate) fn reads(&self, path: &str) -> bool {
        self.seeker.reads(path)
    }

    /// For the records of one file.
    pub(crate) fn begin(&self, path: &str) -> OfFile<'_> {
        self.seeker.begin(path)
    }

    /// The same, for a file that is known by another path than the one it is shown under.
    pub(crate) fn begin_as(&self, known_as: &str, path: &str) -> OfFile<'_> {
        self.seeker.begin_as(known_as, path)
    }

    /// The head of a log, before it is read: see [`dated`].
    pub(crate) fn log(&self, family: &str, path: &str, head: &[u8]) -> Found {
        self.seeker.log(family, path, head)
    }

    /// A text file that [`Products::reads`] names, and what of it was not read.
    pub(crate) fn text(
        &self,
        known_as: &str,
        path: &str,
        source: impl Read,
        head: &[u8],
        modified: Option<Timestamp>,
    ) -> (Found, Option<Missed>) {
        self.seeker.text(known_as, path, source, head, modified)
    }

    /// What all that was said comes to. `roots` are the servers of which evidence was seen, with how their paths begin.
    pub(crate) fn judge(
        &self,
        packs: &[&Pack],
        roots: &BTreeMap<usize, Option<String>>,
        sightings: &Sightings,
    ) -> Exposure {
        let mut servers = Vec::new();
        let mut bounds = Bounds { roots: roots.keys().copied().collect(), ..Bounds::default() };
        for (root, label) in roots {
            for (product, (pack, book)) in self.books.iter().enumerate() {
                let Some(manifest) = packs.get(*pack).map(|pack| &pack.manifest) else { continue };
                let seen = sightings.of(*root, product);
                let server = judged::judge(book, label.clone(), seen, manifest.window.from);
                // Two packs may know the same product with other flaws: each has a window of its own.
                bounds.add(*pack, *root, &server);
                servers.push(server);
            }
        }
        let states: BTreeSet<State> = servers.iter().map(|server| server.state).collect();
        let state = match states.first() {
            Some(state) if states.len() == 1 => *state,
            Some(_) => State::Mixed,
            None => State::Unknown,
        };
        let is_asked = servers.is_empty() || servers.iter().any(|server| server.state == State::Unknown);
        let ask = packs.first().filter(|_| is_asked).map(|pack| pack.manifest.affected_ask.clone());
        let ask: Text = ask.unwrap_or_default();
        Exposure { affected: Affected { state, ask, servers }, bounds }
    }
}

/// What of the products of a pack cannot be compiled.
pub(crate) fn faults(pack: &Pack) -> Vec<Fault> {
    let mut faults = Vec::new();
    Seeker::compile(&pack.products, &mut faults);
    faults
}

/// Tries one kind of evidence of a product on one file of a sample: how many claims were found, and how many should be.
pub(crate) fn sampled(
    product: &Product,
    evidence: &BuildEvidence,
    file: &str,
    bytes: &[u8],
) -> Result<(usize, usize), Text> {
    let product = Product { evidence: vec![evidence.clone()], ..product.clone() };
    let book = ProductBook { product, table: BuildTable::default(), faults: Vec::new() };
    let mut faults = Vec::new();
    let seeker = Seeker::compile([&book], &mut faults);
    match faults.into_iter().next() {
        Some(fault) => Err(fault.what),
        None => seeker.sample(file, bytes).map(|(found, wanted)| (found.len(), wanted)),
    }
}

/// Gives what the head of a log said the time of its first row.
pub(crate) fn dated(mut found: Found, first: Option<Timestamp>) -> Found {
    found.iter_mut().for_each(|(.., spot)| spot.time = first);
    found
}

/// Takes what one file of a root said into what all say.
pub(crate) fn keep(sightings: &mut Sightings, root: usize, found: Found) {
    for ((product, evidence), claim, spot) in found {
        sightings.add(Key { root, product, evidence, claim }, spot);
    }
}

impl OfFile<'_> {
    /// What the records of the file said.
    pub(crate) fn finish(self) -> Found {
        self.found
    }
}

/// What the run says of the products, and what that means for the window.
pub(crate) struct Exposure {
    pub(crate) affected: Affected,
    pub(crate) bounds: Bounds,
}

/// How the build of each server makes the window shorter.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    roots: BTreeSet<usize>,
    /// By the place of the pack and of the root.
    of_root: BTreeMap<(usize, usize), Bound>,
}

/// A window that is shorter than from the earliest known attack to the newest row.
#[derive(Debug, Clone, Copy, Default)]
struct Bound {
    /// The product was not there before.
    from: Option<Timestamp>,
    /// The fixed build was in place.
    to: Option<Timestamp>,
}

impl Bounds {
    fn add(&mut self, pack: usize, root: usize, server: &Server) {
        // Only the program's own version, with nothing that speaks against it, may make "clean" need less.
        let is_sure = server.certainty == Certainty::Certain && server.contradictions.is_empty();
        let to = server.patched.as_ref().filter(|_| is_sure).map(|patched| patched.by);
        let from = server.installed;
        let bound = Bound { from, to };
        let joined = self.of_root.get(&(pack, root)).map_or(bound, |other| Bound {
            // Of several products, the one that was open longest counts.
            from: other.from.zip(from).map(|(one, other)| one.min(other)),
            to: other.to.zip(to).map(|(one, other)| one.max(other)),
        });
        self.of_root.insert((pack, root), joined);
    }

    /// The part of a pack's window in which a server was open to the attack.
    pub(crate) fn of(&self, pack: usize, root: usize, window: Span) -> Span {
        let bound = self.of_root.get(&(pack, root)).copied().unwrap_or_default();
        let from = bound.from.map_or(window.from, |from| from.max(window.from));
        let to = bound.to.map_or(window.to, |to| to.min(window.to));
        // A server that was fixed before the first attack still needs its evidence seen, if only at one point of time.
        Span { from: from.min(window.to), to: to.max(from.min(window.to)) }
    }

    /// The window of all servers together, and what makes it shorter.
    pub(crate) fn all(&self, pack: usize, window: Span) -> (Span, Vec<Sentence>) {
        let spans: Vec<Span> = self.roots.iter().map(|root| self.of(pack, *root, window)).collect();
        let from = spans.iter().map(|span| span.from).min().unwrap_or(window.from);
        let to = spans.iter().map(|span| span.to).max().unwrap_or(window.to);
        let mut sentences = Vec::new();
        if from > window.from {
            sentences.push(Sentence::new("window-from-installed").with("at", from));
        }
        if to < window.to {
            sentences.push(Sentence::new("window-to-patched").with("at", to));
        }
        (Span { from, to }, sentences)
    }
}
