//! What is known of a server, in sentences.

use hikeshi_core::affected::{Certainty, Server, State};
use hikeshi_core::product::Version;
use hikeshi_core::report::Sentence;
use hikeshi_core::time::Timestamp;

use super::standing::Known;

/// The sentences, the answer first.
pub(super) fn of(server: &Server, known: Known, line: Option<&Version>, attacks: Timestamp) -> Vec<Sentence> {
    let mut sentences = vec![answer(server)];
    if let (Some(build), Some(code)) = (&server.build, beyond(known)) {
        sentences.push(Sentence::new(code).with("build", &build.version));
    }
    if server.state == State::Unknown && line.is_some() && known == Known::Listed {
        sentences.push(Sentence::new("affected-line-only"));
    }
    if server.certainty == Certainty::Likely {
        sentences.push(Sentence::new("affected-likely"));
    }
    if matches!(server.state, State::Vulnerable | State::Unknown) {
        sentences.extend(fix(server, line));
    }
    sentences.extend(times(server, attacks));
    sentences
}

fn answer(server: &Server) -> Sentence {
    let code = match server.state {
        State::Vulnerable => "affected-vulnerable",
        State::Fixed => "affected-fixed",
        State::Unaffected => "affected-unaffected",
        State::Unknown | State::Mixed if server.build.is_some() => "affected-unknown",
        State::Unknown | State::Mixed => "affected-no-build",
    };
    let mut sentence = Sentence::new(code).with("product-en", &server.title.en).with("product-ja", &server.title.ja);
    if let Some(build) = &server.build {
        let name = if build.name.is_empty() { &server.title.en } else { &build.name };
        sentence = sentence.with("build", &build.version).with("name", name);
    }
    let open: Vec<&str> =
        server.cves.iter().filter(|one| one.state == State::Vulnerable).map(|one| one.cve.as_str()).collect();
    if open.is_empty() { sentence } else { sentence.with("cves", open.join(", ")) }
}

/// What the table does not hold.
const fn beyond(known: Known) -> Option<&'static str> {
    match known {
        Known::Listed => None,
        Known::Between => Some("affected-between"),
        Known::NewerInLine | Known::NewerLine => Some("affected-newer"),
        Known::UnknownLine => Some("affected-unlisted"),
    }
}

fn fix(server: &Server, line: Option<&Version>) -> Option<Sentence> {
    match &server.fixed_by {
        Some(build) => {
            let code = if build.kb.is_some() { "affected-fix-update" } else { "affected-fix" };
            let sentence = Sentence::new(code).with("build", &build.version).with("name", &build.name);
            Some(build.kb.iter().fold(sentence, |sentence, kb| sentence.with("kb", kb)))
        }
        None if server.state == State::Vulnerable => {
            line.map(|line| Sentence::new("affected-no-fix").with("build", line))
        }
        None => None,
    }
}

fn times(server: &Server, attacks: Timestamp) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    if let Some(installed) = server.installed.filter(|installed| *installed > attacks) {
        sentences.push(Sentence::new("affected-installed").with("at", installed));
    }
    sentences.extend(match (&server.exposed, &server.patched) {
        (Some(exposed), None) if server.state == State::Vulnerable => {
            Some(Sentence::new("affected-exposed").with("since", exposed.from))
        }
        (Some(exposed), None) => Some(Sentence::new("affected-patched-unknown").with("since", exposed.from)),
        (Some(exposed), Some(patched)) => {
            let code = if patched.after.is_some() { "affected-patched-between" } else { "affected-patched" };
            let sentence = Sentence::new(code).with("since", exposed.from).with("by", patched.by);
            let sentence = patched.after.iter().fold(sentence, |sentence, after| sentence.with("after", after));
            Some(sentence.with("place", &patched.evidence))
        }
        (None, Some(patched)) => {
            Some(Sentence::new("affected-patched-before").with("by", patched.by).with("place", &patched.evidence))
        }
        (None, None) => None,
    });
    sentences
}
