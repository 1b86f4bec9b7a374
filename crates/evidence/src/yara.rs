//! YARA rules over the content of files.
//!
//! Start at [`load`], which compiles the rule files of a folder, and [`Rules::scan`]. The engine is boreal, so rules
//! mean what they mean in YARA 4; its `pe.signatures[..].verified` stays undefined, because nothing here verifies
//! signatures, and a string counts at most [`OCCURRENCES_CAP`] occurrences.
//!
//! Compiled rules are not cached. What boreal 1.4.0 writes of more than 1,024 rules it cannot read again, and with that
//! repaired, reading was measured to take a third of the time of compiling: 0.18 instead of 0.54 seconds for the 5,883
//! rules of signature-base. For that little, bytes would have to be trusted that boreal cannot check. So
//! [`Rules::to_bytes`] writes the texts of the rules, and whoever reads them compiles them again.

mod externals;
mod formats;
mod ranges;
mod sources;
mod statements;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use boreal::Scanner;
use boreal::scanner::{
    CallbackEvents, EvaluatedRule, ScanCallbackResult, ScanError, ScanEvent, ScanParams, StringMatches,
};
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use serde::{Deserialize, Serialize};

pub use externals::Externals;
pub use sources::Skipped;
pub use statements::Statement;

use crate::look::wide_text;
use crate::record::Missed;
use formats::{Guarded, View};
use sources::Sources;

/// A string counts at most so many occurrences in one file. Rules that ask for more of them do not hold, nor rules that
/// ask for one at a place behind. No rule of signature-base asks for more than 1,001.
pub const OCCURRENCES_CAP: u32 = 16_384;
/// So many rules that hold are listed for one file.
pub const MATCHES_CAP: usize = 512;
/// So many occurrences are listed of one string.
pub const SHOWN_PER_STRING: usize = 4;
/// So many occurrences are listed of one rule.
pub const SHOWN_PER_RULE: usize = 64;
/// So many bytes of an occurrence are kept.
pub const SHOWN_BYTES: usize = 64;
/// So many tags, and so many statements, are kept of a rule.
pub const STATEMENTS_CAP: usize = 64;
/// So many bytes of one statement are kept.
pub const STATEMENT_BYTES: usize = 1_024;

/// Compiled rules.
#[derive(Clone)]
pub struct Rules {
    scanner: Scanner,
    sources: Sources,
}

/// A rule that holds for a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Its name.
    pub rule: String,
    /// The file that it stands in, relative to the folder, with `/`.
    pub file: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// What its `meta` section states, in order: author, description, reference, score, license, date and the like.
    pub meta: Vec<(String, String)>,
    /// Where its strings were found.
    pub strings: Vec<Occurrence>,
    /// How many more occurrences there are than are listed.
    pub strings_more: u64,
}

/// One occurrence of a string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The string's identifier without `$`; empty for a string without one.
    pub identifier: String,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its length, in bytes.
    pub length: u64,
    /// Its first bytes, at most [`SHOWN_BYTES`].
    pub bytes: Vec<u8>,
}

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// The rules that hold, private ones excepted, in the order of their files.
    pub matches: Vec<Match>,
    /// What was not scanned or not listed.
    pub missed: Vec<Missed>,
}

/// Bytes that hold no rules.
#[derive(Debug)]
pub struct NoRules;

impl fmt::Display for NoRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these bytes hold no YARA rules of this version")
    }
}

impl std::error::Error for NoRules {}

/// Compiles the rule files (`.yar`, `.yara`, `.rule`) below a folder, each in a namespace of its own.
///
/// A file with a fault is told and costs no other file. The rules above a faulty rule stay; those below it are lost, and
/// where the file cannot be parsed, all of it. Files may include files of the folder, and nothing outside it.
#[must_use]
pub fn load(folder: &Path) -> (Rules, Vec<Skipped>) {
    let (sources, mut skipped) = Sources::read(folder);
    let (scanner, sources, faults) = sources.compile();
    skipped.extend(faults);
    (Rules { scanner, sources }, skipped)
}

/// Compiles rule files that are given as path and text; they include nothing.
#[must_use]
pub fn compile(texts: impl IntoIterator<Item = (String, String)>) -> (Rules, Vec<Skipped>) {
    let (scanner, sources, skipped) = Sources::of(texts).compile();
    (Rules { scanner, sources }, skipped)
}

impl Rules {
    /// How many rules there are, private ones included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.scanner.rules().count()
    }

    /// The rules for another process of the same executable: their texts, which [`Rules::from_bytes`] compiles again.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.sources.to_bytes()
    }

    /// Rules from the bytes of [`Rules::to_bytes`]. They are compiled like rules from a folder, so bytes from elsewhere
    /// can do no more than bad rules can.
    ///
    /// # Errors
    ///
    /// When the bytes are something else, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoRules> {
        let (scanner, sources, _) = Sources::from_bytes(bytes).ok_or(NoRules)?.compile();
        Ok(Self { scanner, sources })
    }

    /// The rules that hold for a file: for its bytes and, where these are text in UTF-16 or UTF-32, for that text too, since
    /// servers run it as they run any other. Offsets are then those in the text as UTF-8.
    #[must_use]
    pub fn scan_file(&self, bytes: &[u8], externals: &Externals, time: Duration) -> Scanned {
        let mut scanned = self.scan(bytes, externals, time);
        if let Some(text) = wide_text(bytes) {
            let of_text = self.scan(&text, externals, time);
            let is_new = |found: &Match| {
                !scanned.matches.iter().any(|have| (&have.file, &have.rule) == (&found.file, &found.rule))
            };
            let new: Vec<Match> = of_text.matches.into_iter().filter(is_new).collect();
            scanned.matches.extend(new);
            scanned.missed.extend(of_text.missed);
        }
        scanned
    }

    /// The rules that hold for these bytes.
    ///
    /// After `time` the scan is broken off, what held until then is kept, and the rest is told as [`Gap::OverTime`]. The
    /// engine looks at the clock between rules and occurrences, so a scan may take somewhat longer; a process that must
    /// not be held up needs a limit of its own.
    #[must_use]
    pub fn scan(&self, bytes: &[u8], externals: &Externals, time: Duration) -> Scanned {
        let mut scanner = self.scanner.clone();
        for (name, value) in externals.values() {
            // Every name was defined, as text, when the rules were compiled.
            let _ = scanner.define_symbol(name, value);
        }
        scanner.set_scan_params(
            ScanParams::default()
                .compute_full_matches(true)
                .match_max_length(SHOWN_BYTES)
                .string_max_nb_matches(OCCURRENCES_CAP)
                .timeout_duration(Some(time))
                .callback_events(CallbackEvents::RULE_MATCH | CallbackEvents::STRING_REACHED_MATCH_LIMIT),
        );
        let view = View::of(bytes);
        let distorted = matches!(view, View::Instead(_));
        scanner.set_module_data::<Guarded>(view);
        let mut scanned = match scan_guarded(&scanner, bytes) {
            Some(scanned) => scanned,
            None => {
                scanner.set_module_data::<Guarded>(View::Nothing);
                let rest = scan_guarded(&scanner, bytes);
                let detail = match rest {
                    Some(_) => both!(
                        "YARA engine panicked; rules asked without its modules",
                        "YARA エンジンが異常終了した。モジュールなしでルールを調べた"
                    ),
                    None => both!(
                        "YARA engine panicked; no rules asked",
                        "YARA エンジンが異常終了した。ルールを調べていない"
                    ),
                };
                let mut scanned = rest.unwrap_or_default();
                scanned.missed.push(Missed::new(Gap::ReaderFailed).because(detail));
                scanned
            }
        };
        if distorted {
            scanned.missed.push(Missed::new(Gap::Malformed).because(both!(
                "version resource, not shown to YARA rules",
                "バージョン リソース。YARA ルールには見せていない"
            )));
        }
        scanned
    }
}

/// `None` when the engine panicked.
fn scan_guarded(scanner: &Scanner, bytes: &[u8]) -> Option<Scanned> {
    // Nothing is used afterwards that a panic could have left half done.
    catch_unwind(AssertUnwindSafe(|| scan(scanner, bytes))).ok()
}

fn scan(scanner: &Scanner, bytes: &[u8]) -> Scanned {
    let mut scanned = Scanned::default();
    let (mut unlisted, mut uncounted) = (0, 0);
    let outcome = scanner.scan_mem_with_callback(bytes, |event| {
        match event {
            ScanEvent::RuleMatch(_) if scanned.matches.len() == MATCHES_CAP => unlisted += 1,
            ScanEvent::RuleMatch(rule) => scanned.matches.push(Match::new(scanner, rule)),
            ScanEvent::StringReachedMatchLimit(_) => uncounted += 1,
            _ => {}
        }
        ScanCallbackResult::Continue
    });
    let unlisted_words = ("YARA rules that hold", "当てはまった YARA ルール");
    let uncounted_words =
        ("YARA strings with more occurrences than are counted", "出現回数が数える上限を超える YARA の文字列");
    for (count, detail) in [(unlisted, unlisted_words), (uncounted, uncounted_words)] {
        if count > 0 {
            scanned.missed.push(Missed { count, ..Missed::new(Gap::ValueCut).because(detail) });
        }
    }
    match outcome {
        Ok(()) => {}
        Err(ScanError::Timeout) => scanned
            .missed
            .push(Missed::new(Gap::OverTime).because(both!("YARA scan broken off", "YARA での検査を打ち切った"))),
        Err(error) => {
            scanned.missed.push(Missed::new(Gap::ReaderFailed).because(Text::quoted(error, "YARA エンジンのエラー")));
        }
    }
    scanned
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").field("count", &self.count()).finish_non_exhaustive()
    }
}

impl Match {
    fn new(scanner: &Scanner, rule: EvaluatedRule<'_>) -> Self {
        let tags = rule.tags.iter().take(STATEMENTS_CAP);
        let meta = rule.metadatas.iter().take(STATEMENTS_CAP).map(|statement| {
            let name = scanner.get_string_symbol(statement.name).to_owned();
            (name, statements::text(scanner, statement.value))
        });
        let total: usize = rule.matches.iter().map(|string| string.matches.len()).sum();
        let strings: Vec<_> = rule.matches.iter().flat_map(Occurrence::first).take(SHOWN_PER_RULE).collect();
        Self {
            rule: rule.name.to_owned(),
            file: rule.namespace.to_owned(),
            tags: tags.map(|tag| scanner.get_string_symbol(*tag).to_owned()).collect(),
            meta: meta.collect(),
            strings_more: (total - strings.len()) as u64,
            strings,
        }
    }

    /// The first statement of this name, compared without ASCII case.
    #[must_use]
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.meta.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Occurrence {
    fn first<'a>(string: &'a StringMatches<'_>) -> impl Iterator<Item = Self> + 'a {
        string.matches.iter().take(SHOWN_PER_STRING).map(|found| Self {
            identifier: string.name.to_owned(),
            offset: found.offset as u64,
            length: found.length as u64,
            bytes: found.data.to_vec(),
        })
    }
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;
