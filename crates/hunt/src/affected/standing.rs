//! What a table of builds says of a version: compared inside one line only, and nothing guessed beyond the table.

use hikeshi_core::affected::State;
use hikeshi_core::product::{Build, BuildTable, Version};

/// What the table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// For each CVE of the table.
    pub(super) states: Vec<State>,
    pub(super) known: Known,
}

/// How well the table knows a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It stands there, or begins builds that do.
    Listed,
    /// Its line does, and builds before and after it.
    Between,
    /// Its line does, and it is newer than all of its builds.
    NewerInLine,
    /// Its line does not, and it is newer than all builds of the table that share its beginning.
    NewerLine,
    /// Its line does not.
    UnknownLine,
}

/// The line that a version is of: the longest that it begins with.
pub(super) fn line_of<'t>(table: &'t BuildTable, version: &Version) -> Option<&'t Version> {
    let lines = table.builds.iter().map(|build| &build.line).filter(|line| version.is_of(line));
    lines.max_by_key(|line| line.numbers().len())
}

/// The builds of a line, in order.
pub(super) fn builds_of<'t>(table: &'t BuildTable, line: &Version) -> impl Iterator<Item = &'t Build> {
    let line = line.clone();
    table.builds.iter().filter(move |build| build.line == line)
}

/// The build of a version.
pub(super) fn build<'t>(table: &'t BuildTable, version: &Version) -> Option<&'t Build> {
    let place = table.builds.binary_search_by(|build| build.version.cmp(version)).ok()?;
    table.builds.get(place)
}

/// The version is the build.
pub(super) fn of_build(table: &BuildTable, version: &Version) -> Standing {
    let begun: Vec<&Build> = table.builds.iter().filter(|build| build.version.is_of(version)).collect();
    if !begun.is_empty() {
        return Standing { states: agreed(table, begun), known: Known::Listed };
    }
    let Some(line) = line_of(table, version) else { return of_no_line(table, version) };
    let below = builds_of(table, line).filter(|build| build.version < *version).last();
    let above = builds_of(table, line).find(|build| build.version > *version);
    let (states, known) = match (below, above) {
        (Some(below), Some(above)) => (agreed(table, [below, above]), Known::Between),
        // What is closed in a line stays closed in it. What is open may be closed by a build that the table does not know.
        (Some(below), None) => (kept(&below.states, State::is_safe), Known::NewerInLine),
        (None, Some(above)) => (kept(&above.states, |state| !state.is_safe()), Known::Between),
        (None, None) => (unknown(table), Known::UnknownLine),
    };
    Standing { states, known }
}

/// The build is this version or a later one of its line.
pub(super) fn of_at_least(table: &BuildTable, version: &Version) -> Standing {
    let own = of_build(table, version);
    let Some(line) = line_of(table, version) else { return own };
    let later = builds_of(table, line).filter(|build| build.version > *version).map(|build| &build.states);
    Standing { states: agreed_states(table, later.chain([&own.states])), known: own.known }
}

/// The build is one of the version's line.
pub(super) fn of_line(table: &BuildTable, version: &Version) -> Standing {
    match line_of(table, version) {
        Some(line) => Standing { states: agreed(table, builds_of(table, line)), known: Known::Listed },
        // Shorter than a line: it begins several.
        None => of_build(table, version),
    }
}

/// The versions that an update brings: of one line, or of all where the line is not known.
pub(super) fn updated<'t>(table: &'t BuildTable, kb: &str, line: Option<&Version>) -> Vec<&'t Version> {
    let is_meant = |build: &&Build| {
        line.is_none_or(|line| build.line == *line)
            && build.kb.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(kb))
    };
    table.builds.iter().filter(is_meant).map(|build| &build.version).collect()
}

/// An update was installed, so the build is one that it brings or a later one; `None` where the table does not know it.
pub(super) fn of_update(table: &BuildTable, kb: &str, line: Option<&Version>) -> Option<Standing> {
    let versions = updated(table, kb, line);
    let each: Vec<Vec<State>> = versions.iter().map(|version| of_at_least(table, version).states).collect();
    (!each.is_empty()).then(|| Standing { states: agreed_states(table, &each), known: Known::Listed })
}

/// The first build of a line in which nothing is open.
pub(super) fn fix_of<'t>(table: &'t BuildTable, line: &Version) -> Option<&'t Build> {
    builds_of(table, line).find(|build| build.states.iter().all(|state| state.is_safe()))
}

/// What several claims come to, where any of them may be right.
pub(super) fn either<'s>(table: &BuildTable, standings: impl IntoIterator<Item = &'s Standing>) -> Vec<State> {
    agreed_states(table, standings.into_iter().map(|standing| &standing.states))
}

fn of_no_line(table: &BuildTable, version: &Version) -> Standing {
    // Beside builds of the same product generation where there are any, otherwise beside all.
    const GENERATION: usize = 2;
    let begin = version.numbers().get(..GENERATION).unwrap_or(version.numbers());
    let mut near = table.builds.iter().filter(|build| build.version.numbers().starts_with(begin)).peekable();
    let is_newer = if near.peek().is_some() {
        near.all(|build| build.version < *version)
    } else {
        !table.builds.is_empty() && table.builds.iter().all(|build| build.version < *version)
    };
    Standing { states: unknown(table), known: if is_newer { Known::NewerLine } else { Known::UnknownLine } }
}

fn unknown(table: &BuildTable) -> Vec<State> {
    vec![State::Unknown; table.cves.len()]
}

fn kept(states: &[State], is_kept: impl Fn(State) -> bool) -> Vec<State> {
    states.iter().map(|state| if is_kept(*state) { *state } else { State::Unknown }).collect()
}

fn agreed<'t>(table: &BuildTable, builds: impl IntoIterator<Item = &'t Build>) -> Vec<State> {
    agreed_states(table, builds.into_iter().map(|build| &build.states))
}

/// For each CVE, the state that all have; unknown where they differ.
fn agreed_states<'s>(table: &BuildTable, all: impl IntoIterator<Item = &'s Vec<State>>) -> Vec<State> {
    let mut agreed: Vec<Option<State>> = vec![None; table.cves.len()];
    for states in all {
        for (known, state) in agreed.iter_mut().zip(states) {
            *known = match known {
                Some(known) if known != state => Some(State::Unknown),
                _ => Some(*state),
            };
        }
    }
    agreed.into_iter().map(|state| state.unwrap_or(State::Unknown)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::affected) fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    /// `line build kb state`, one a row; `v` vulnerable, `f` fixed, `u` unaffected, for each of two CVEs.
    pub(in crate::affected) fn table(rows: &[&str]) -> BuildTable {
        let state = |word: char| match word {
            'v' => State::Vulnerable,
            'f' => State::Fixed,
            'u' => State::Unaffected,
            _ => State::Unknown,
        };
        let build = |row: &&str| {
            let parts: Vec<&str> = row.split(' ').collect();
            Build {
                line: version(parts[0]),
                version: version(parts[1]),
                name: format!("Ferry {}", parts[1]),
                kb: (parts[2] != "-").then(|| parts[2].to_owned()),
                released: None,
                states: parts[3].chars().map(state).collect(),
            }
        };
        let mut builds: Vec<Build> = rows.iter().map(build).collect();
        builds.sort_by(|a, b| a.version.cmp(&b.version));
        BuildTable { cves: vec!["CVE-2030-0001".into(), "CVE-2030-0002".into()], builds }
    }

    /// Two lines with a fix and one without, one whose builds are all fixed, and one with short numbers.
    pub(in crate::affected) fn ferry() -> BuildTable {
        table(&[
            "1.1.18 1.1.18.2 - vv",
            "1.1.18 1.1.18.4 KB7 vv",
            "1.1.18 1.1.18.13 KB9 ff",
            "1.1.19 1.1.19.2 - vv",
            "1.1.19 1.1.19.9 KB9 ff",
            "1.1.5 1.1.5.1 - vv",
            "1.1.20 1.1.20.4 - ff",
            "0.3 0.3.100.0 - uv",
            "0.3 0.3.200.0 KB8 uf",
        ])
    }

    fn shown(standing: &Standing) -> String {
        standing.states.iter().map(|state| state.word().chars().next().unwrap()).collect()
    }

    #[test]
    fn builds_are_compared_inside_their_line_only() {
        let table = ferry();
        for (build, states, known) in [
            ("1.1.18.2", "vv", Known::Listed),
            ("1.1.18.13", "ff", Known::Listed),
            // Larger than the fixed build of the line before, and open.
            ("1.1.19.2", "vv", Known::Listed),
            ("1.1.18.3", "vv", Known::Between),
            // After the last open build and before the first closed one.
            ("1.1.18.9", "uu", Known::Between),
            ("1.1.18.99", "ff", Known::NewerInLine),
            ("1.1.5.2", "uu", Known::NewerInLine),
            ("1.1.18.1", "vv", Known::Between),
            ("1.1.20.1", "uu", Known::Between),
            ("1.1.7.1", "uu", Known::UnknownLine),
            ("1.1.21.1", "uu", Known::NewerLine),
            ("1.2.1.1", "uu", Known::NewerLine),
            ("0.1.1.1", "uu", Known::UnknownLine),
            ("0.3.150.7", "uu", Known::Between),
            ("0.3.200.1", "uf", Known::NewerInLine),
        ] {
            let standing = of_build(&table, &version(build));
            assert_eq!((shown(&standing).as_str(), standing.known), (states, known), "{build}");
        }
    }

    #[test]
    fn three_numbers_tell_only_where_all_builds_of_the_line_agree() {
        let table = ferry();
        for (line, states) in [("1.1.18", "uu"), ("1.1.20", "ff"), ("1.1.5", "vv"), ("1.1.18.2", "uu"), ("1.1", "uu")] {
            assert_eq!(shown(&of_line(&table, &version(line))), states, "{line}");
        }
        // `unknown` and `unaffected` begin alike.
        assert_eq!(of_line(&table, &version("0.3.100.0")).states, [State::Unaffected, State::Unknown]);
        assert_eq!(of_build(&table, &version("1.1.20")).states, [State::Fixed, State::Fixed]);
    }

    #[test]
    fn a_lower_bound_and_an_update_tell_where_all_later_builds_agree() {
        let table = ferry();
        assert_eq!(shown(&of_at_least(&table, &version("1.1.18.13"))), "ff");
        assert_eq!(shown(&of_at_least(&table, &version("1.1.18.2"))), "uu");
        assert_eq!(shown(&of_at_least(&table, &version("1.1.5.1"))), "vv");
        assert_eq!(shown(&of_update(&table, "kb9", None).unwrap()), "ff");
        assert_eq!(shown(&of_update(&table, "KB7", Some(&version("1.1.18"))).unwrap()), "uu");
        assert_eq!(of_update(&table, "KB9", Some(&version("1.1.20"))), None);
        assert_eq!(fix_of(&table, &version("1.1.18")).unwrap().version, version("1.1.18.13"));
        assert_eq!(fix_of(&table, &version("1.1.5")), None);
    }
}
