//! From what evidence says of one product on one server to what it is open to, since when and until when.
//!
//! A program's own version is believed before anything else. What a request can write into a log may show danger and never
//! safety. Evidence of one line is never compared with that of another.

use std::collections::BTreeSet;

use hikeshi_core::affected::{BuildSeen, Certainty, CveState, Exposed, KnownBuild, Patched, Server, State};
use hikeshi_core::product::{BuildEvidence, BuildTable, LogPart, Shows, TimeMeans, Version};
use hikeshi_core::report::Sentence;
use hikeshi_core::time::Timestamp;
use hikeshi_pack::ProductBook;

use super::sightings::{Claim, Extent, Key};
use super::standing::{self, Known, Standing};

/// So many pieces of evidence are listed.
const LISTED: usize = 40;

/// What one piece of evidence says, with what the pack says of such evidence.
struct Said<'a> {
    by: &'a BuildEvidence,
    /// Its place among the evidence of the product: the smaller, the surer.
    rank: usize,
    claim: &'a Claim,
    extent: &'a Extent,
}

impl Said<'_> {
    fn version(&self) -> Option<&Version> {
        match self.claim {
            Claim::Version(version) => Some(version),
            _ => None,
        }
    }

    /// Whoever sends a request may have written it.
    fn is_forgeable(&self) -> bool {
        !self.by.log.is_empty() && self.by.part == LogPart::Rows
    }

    /// It was so at a time, and need not be so any more.
    fn is_past(&self) -> bool {
        self.by.record.is_none() || self.by.time == TimeMeans::Then
    }

    /// The build itself, as it is now.
    fn is_exact(&self) -> bool {
        self.by.shows == Shows::Build && !self.is_past()
    }
}

/// What the evidence comes to.
struct Found {
    states: Vec<State>,
    certainty: Certainty,
    /// The build, or as much of its version as is known.
    version: Option<Version>,
    known: Known,
    line: Option<Version>,
    contradictions: Vec<Sentence>,
}

/// Judges one server. `root` is how its paths begin, `attacks` when the earliest known attack was.
pub(super) fn judge<'a>(
    book: &ProductBook,
    root: Option<String>,
    seen: impl Iterator<Item = (&'a Key, &'a Extent)>,
    attacks: Timestamp,
) -> Server {
    let said = |(key, extent): (&'a Key, &'a Extent)| {
        let by = book.product.evidence.get(key.evidence)?;
        Some(Said { by, rank: key.evidence, claim: &key.claim, extent })
    };
    let said: Vec<Said<'_>> = seen.filter_map(said).collect();
    let table = &book.table;
    let found = find(table, &said);
    let state = State::of_server(found.states.iter().copied());
    let is_fixed = state == State::Fixed;
    let patched = is_fixed.then(|| patched(table, &said, found.line.as_ref())).flatten();
    let installed = installed(&said);
    let from = installed.map_or(attacks, |installed| installed.max(attacks));
    let exposed = match (state, &patched) {
        (State::Vulnerable, _) => Some(Exposed { from, to: None }),
        (State::Fixed, None) => Some(Exposed { from, to: None }),
        (State::Fixed, Some(patched)) if patched.by > from => Some(Exposed { from, to: Some(patched.by) }),
        _ => None,
    };
    let mut server = Server {
        root,
        product: book.product.id.clone(),
        title: book.product.title.clone(),
        state,
        certainty: if state == State::Unknown { Certainty::None } else { found.certainty },
        build: found.version.as_ref().map(|version| named(table, version)),
        cves: table
            .cves
            .iter()
            .zip(&found.states)
            .map(|(cve, state)| CveState { cve: cve.clone(), state: *state })
            .collect(),
        fixed_by: found
            .line
            .as_ref()
            .and_then(|line| standing::fix_of(table, line))
            .map(|build| named(table, &build.version)),
        exposed,
        patched,
        installed,
        summary: Vec::new(),
        contradictions: found.contradictions,
        evidence: listed(&said),
    };
    server.summary = super::summary::of(&server, found.known, found.line.as_ref(), attacks);
    server
}

fn find(table: &BuildTable, said: &[Said<'_>]) -> Found {
    let exact: Vec<&Version> = said.iter().filter(|said| said.is_exact()).filter_map(Said::version).collect();
    if exact.is_empty() { by_parts(table, said) } else { by_program(table, said, &exact) }
}

/// The version of a program tells the build.
fn by_program(table: &BuildTable, said: &[Said<'_>], exact: &[&Version]) -> Found {
    let distinct: BTreeSet<&Version> = exact.iter().copied().collect();
    let standings: Vec<Standing> = distinct.iter().map(|version| standing::of_build(table, version)).collect();
    let only = distinct.first().filter(|_| distinct.len() == 1).copied();
    let mut contradictions = Vec::new();
    if only.is_none() {
        let all = distinct.iter().map(|version| version.to_string()).collect::<Vec<_>>().join(", ");
        contradictions.push(Sentence::new("affected-differ-programs").with("builds", all));
    }
    if let Some(build) = only {
        contradictions
            .extend(said.iter().filter(|said| !said.is_forgeable()).filter_map(|said| against(table, said, build)));
    }
    Found {
        states: standing::either(table, &standings),
        certainty: if only.is_some() { Certainty::Certain } else { Certainty::Likely },
        version: only.cloned(),
        known: standings.first().filter(|_| only.is_some()).map_or(Known::UnknownLine, |standing| standing.known),
        line: only.and_then(|version| standing::line_of(table, version)).cloned(),
        contradictions,
    }
}

/// What contradicts the build that the program has: a newer part of the same line, an update that it lacks, another line.
fn against(table: &BuildTable, said: &Said<'_>, build: &Version) -> Option<Sentence> {
    let line = standing::line_of(table, build);
    let (is_newer, is_other_line, says) = match said.claim {
        Claim::Version(version) if !said.is_exact() => {
            let other = standing::line_of(table, version);
            let differs = other.is_some() && line.is_some() && other != line;
            // What logs and setups of earlier times say is history and contradicts nothing by being of an older line.
            let is_history = said.is_past() && version < build;
            (
                said.by.shows != Shows::Line && other == line && version > build,
                differs && !is_history,
                version.to_string(),
            )
        }
        // An update of an earlier line goes with that line; that it was installed once contradicts nothing.
        Claim::Update(kb) if !said.is_past() => {
            let brings = standing::updated(table, kb, line);
            (!brings.is_empty() && brings.iter().all(|version| *version > build), false, kb.clone())
        }
        _ => return None,
    };
    let code = match (is_newer, is_other_line) {
        (true, _) => "affected-differ-newer",
        (_, true) => "affected-differ-line",
        _ => return None,
    };
    let sentence = Sentence::new(code).with("what-en", &said.by.title.en).with("what-ja", &said.by.title.ja);
    Some(sentence.with("says", says).with("build", build).with("place", &said.extent.first.place))
}

/// No program tells the build: what is known of the line, and lower bounds in it.
fn by_parts(table: &BuildTable, said: &[Said<'_>]) -> Found {
    let trusted: Vec<&Said<'_>> = said.iter().filter(|said| !said.is_forgeable()).collect();
    let lines = |said: &mut dyn Iterator<Item = &&Said<'_>>| -> BTreeSet<Version> {
        said.filter_map(|said| said.version())
            .filter_map(|version| standing::line_of(table, version))
            .cloned()
            .collect()
    };
    let mut now = lines(&mut trusted.iter().filter(|said| !said.is_past()));
    if now.is_empty() {
        let newest = trusted.iter().filter(|said| said.version().is_some()).max_by_key(|said| said.extent.last.time);
        now = lines(&mut newest.into_iter());
    }
    let Some(line) = now.first().filter(|_| now.len() == 1) else {
        return if now.is_empty() { by_hints(table, said, &trusted) } else { by_lines(table, &now) };
    };
    let bound = bound(table, &trusted, line);
    let standing = match &bound {
        Some(version) => standing::of_at_least(table, version),
        None => standing::of_line(table, line),
    };
    let only = |version: &Version| {
        let known = standing::builds_of(table, line).filter(|build| build.version >= *version).count();
        (known == 1).then(|| version.clone())
    };
    Found {
        version: bound.as_ref().and_then(only).or_else(|| Some(line.clone())),
        states: standing.states,
        certainty: Certainty::Likely,
        known: standing.known,
        line: Some(line.clone()),
        contradictions: Vec::new(),
    }
}

/// The latest lower bound in a line: of each kind of evidence what it said last.
fn bound(table: &BuildTable, said: &[&Said<'_>], line: &Version) -> Option<Version> {
    let mut bounds: Vec<Version> = Vec::new();
    let ranks: BTreeSet<usize> = said.iter().map(|said| said.rank).collect();
    for rank in ranks {
        let of_line = |said: &&&Said<'_>| match said.claim {
            Claim::Version(version) => said.by.shows != Shows::Line && standing::line_of(table, version) == Some(line),
            Claim::Update(kb) => !standing::updated(table, kb, Some(line)).is_empty(),
            Claim::Presence => false,
        };
        let mut own: Vec<&&Said<'_>> = said.iter().filter(|said| said.rank == rank).filter(of_line).collect();
        if own.first().is_some_and(|said| said.is_past()) {
            // A log that speaks of an older build later on tells that the update was taken out again.
            let newest = own.iter().map(|said| said.extent.last.time).max();
            own.retain(|said| Some(said.extent.last.time) == newest);
        }
        for said in own {
            match said.claim {
                Claim::Version(version) => bounds.push(version.clone()),
                Claim::Update(kb) => {
                    bounds.extend(standing::updated(table, kb, Some(line)).into_iter().min().cloned());
                }
                Claim::Presence => {}
            }
        }
    }
    bounds.into_iter().max()
}

/// Several lines are said to be installed at once.
fn by_lines(table: &BuildTable, lines: &BTreeSet<Version>) -> Found {
    let standings: Vec<Standing> = lines.iter().map(|line| standing::of_line(table, line)).collect();
    let all = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Found {
        states: standing::either(table, &standings),
        certainty: Certainty::Likely,
        version: None,
        known: Known::Listed,
        line: None,
        contradictions: vec![Sentence::new("affected-differ-lines").with("builds", all)],
    }
}

/// No line is known for sure. What is left may show that every possible build is open, and never that none is; but an
/// update that is known by its number alone may close all that it was made for.
fn by_hints(table: &BuildTable, said: &[Said<'_>], trusted: &[&Said<'_>]) -> Found {
    let updates = trusted.iter().filter_map(|said| match said.claim {
        Claim::Update(kb) => standing::of_update(table, kb, None),
        _ => None,
    });
    let closed: Vec<Standing> = updates.collect();
    let versions: Vec<&Version> = said.iter().filter_map(Said::version).collect();
    let unlisted = trusted.iter().filter_map(|said| said.version()).max();
    let known = unlisted.map_or(Known::UnknownLine, |version| standing::of_build(table, version).known);
    let hints: Vec<Standing> = versions.iter().map(|version| standing::of_line(table, version)).collect();
    let open = |state: &State| if *state == State::Vulnerable { State::Vulnerable } else { State::Unknown };
    let states = if unlisted.is_none() && !closed.is_empty() {
        // An update that is installed closes what it was made for, whatever was installed besides.
        let best = |at: usize| closed.iter().filter_map(|one| one.states.get(at)).find(|state| state.is_safe());
        (0..table.cves.len()).map(|at| best(at).copied().unwrap_or(State::Unknown)).collect()
    } else {
        standing::either(table, &hints).iter().map(open).collect()
    };
    let lines: BTreeSet<&Version> = versions.iter().filter_map(|version| standing::line_of(table, version)).collect();
    let line = lines.first().filter(|_| lines.len() == 1 && unlisted.is_none()).map(|line| (*line).clone());
    Found {
        states,
        certainty: Certainty::Likely,
        version: unlisted.cloned().or_else(|| line.clone()),
        known,
        line,
        contradictions: Vec::new(),
    }
}

/// When the fixed build was in place at the latest: the first evidence of it after the last that shows that it was not.
fn patched(table: &BuildTable, said: &[Said<'_>], line: Option<&Version>) -> Option<Patched> {
    let trusted: Vec<&Said<'_>> = said.iter().filter(|said| !said.is_forgeable()).collect();
    let standing = |said: &Said<'_>| match (said.claim, said.by.shows) {
        (Claim::Version(version), Shows::Line) => Some(standing::of_line(table, version)),
        (Claim::Version(version), _) => Some(standing::of_at_least(table, version)),
        (Claim::Update(kb), _) => standing::of_update(table, kb, line),
        (Claim::Presence, _) => None,
    };
    let is_safe = |said: &Said<'_>| standing(said).is_some_and(|one| one.states.iter().all(|state| state.is_safe()));
    let safe: Vec<&&Said<'_>> = trusted.iter().filter(|said| !said.is_exact() && is_safe(said)).collect();
    // What a setup said of the build itself, or a log of a part that the update did change, shows when it was still open.
    let changes = |rank: usize| safe.iter().any(|said| said.rank == rank);
    let was_open = |said: &&&Said<'_>| {
        let shows_open = match (said.claim, said.by.shows) {
            (Claim::Version(version), Shows::Build) if said.is_past() => {
                standing::of_build(table, version).states.contains(&State::Vulnerable)
            }
            (Claim::Version(_), Shows::AtLeast) => changes(said.rank),
            _ => false,
        };
        said.is_past() && shows_open && !is_safe(said)
    };
    let after = trusted.iter().filter(was_open).filter_map(|said| said.extent.last.time).max();
    let is_later = |time: &Timestamp| after.is_none_or(|after| *time > after);
    let shown = |said: &&&Said<'_>| {
        // An update that was installed twice went to two lines; only the later one is of this line.
        let first = match said.claim {
            Claim::Update(_) => &said.extent.last,
            _ => &said.extent.first,
        };
        [first, &said.extent.last].into_iter().find_map(|spot| Some((spot.time.filter(is_later)?, spot.place.clone())))
    };
    let (by, evidence) = safe.iter().filter_map(shown).min()?;
    Some(Patched { after, by, evidence })
}

/// The time before which the product was not there: of each kind of evidence the earliest, of all of them the latest. What
/// is older than something that already speaks of the product is no installation.
fn installed(said: &[Said<'_>]) -> Option<Timestamp> {
    let of_install = |said: &&Said<'_>| said.by.shows == Shows::Installed;
    let ranks: BTreeSet<usize> = said.iter().filter(of_install).map(|said| said.rank).collect();
    let earliest =
        |rank: usize| said.iter().filter(|said| said.rank == rank).filter_map(|said| said.extent.first.time).min();
    let installed = ranks.into_iter().filter_map(earliest).max()?;
    let mut others = said.iter().filter(|said| !of_install(said)).filter_map(|said| said.extent.first.time);
    (!others.any(|time| time < installed)).then_some(installed)
}

fn named(table: &BuildTable, version: &Version) -> KnownBuild {
    let build = standing::build(table, version);
    // Of a line, the name of its first build is that of the line.
    let first = || standing::builds_of(table, version).next();
    KnownBuild {
        version: version.to_string(),
        name: build.or_else(first).map(|build| build.name.clone()).unwrap_or_default(),
        kb: build.and_then(|build| build.kb.clone()),
        released: build.and_then(|build| build.released.clone()),
    }
}

fn listed(said: &[Said<'_>]) -> Vec<BuildSeen> {
    let shown = said.iter().map(|said| BuildSeen {
        id: said.by.id.clone(),
        title: said.by.title.clone(),
        says: match said.claim {
            Claim::Version(version) => version.to_string(),
            Claim::Update(kb) => kb.clone(),
            Claim::Presence => String::new(),
        },
        place: said.extent.first.place.clone(),
        first: said.extent.first.time,
        last: said.extent.last.time,
        count: said.extent.count,
    });
    shown.take(LISTED).collect()
}
