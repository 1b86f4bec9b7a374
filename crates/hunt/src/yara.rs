//! YARA rules as rules of a run: what a match means, and how it is shown.

use std::collections::{BTreeMap, HashMap};

use hikeshi_core::finding::{Explanation, RuleRef, Severity, Stage};
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use hikeshi_evidence::yara::{Match, Rules, Skipped, Statement};

use crate::program::RuleFacts;
use crate::shown::{FIELDS_SHOWN, short};

/// YARA rules of one folder or pack.
#[derive(Debug)]
pub struct YaraBook {
    /// Where they came from: `pack:<id>`, or the folder.
    pub source: String,
    /// The rules.
    pub rules: Rules,
    /// Files that do not compile, with the reason.
    pub skipped: Vec<Skipped>,
}

/// The places of YARA rules among all rules of a run.
#[derive(Debug, Default)]
pub(crate) struct YaraPlaces {
    sets: Vec<HashMap<(String, String), usize>>,
}

impl YaraPlaces {
    /// Takes in the rules of all books, and appends what is known of each to `facts`.
    pub(crate) fn new(books: &[YaraBook], facts: &mut Vec<RuleFacts>, skipped: &mut Vec<RuleSkipped>) -> Self {
        let mut sets = Vec::new();
        for book in books {
            let mut set = HashMap::new();
            for statement in book.rules.statements() {
                facts.push(RuleFacts::of_yara(&statement, &book.source));
                set.insert((statement.file, statement.rule), facts.len() - 1);
            }
            sets.push(set);
            skipped.extend(book.skipped.iter().map(|one| {
                let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
                let reason = &one.reason;
                let reason = Text::new(
                    format!("it cannot be read as YARA: {reason}"),
                    format!("YARA として読めません: {reason}"),
                );
                RuleSkipped { path: format!("{}/{}{line}", book.source, one.file), reason }
            }));
        }
        Self { sets }
    }

    pub(crate) fn place(&self, set: usize, found: &Match) -> Option<usize> {
        self.sets.get(set)?.get(&(found.file.clone(), found.rule.clone())).copied()
    }
}

impl RuleFacts {
    /// From what a YARA rule states of itself. The words are those of public rule sets: `score` (0 to 100) as in
    /// signature-base, `author`, `license`, `description`. Our own packs add `stage`, `name_ja`, and the rest of an
    /// explanation.
    #[must_use]
    pub fn of_yara(statement: &Statement, source: &str) -> Self {
        let said = |name: &str| statement.meta(name).filter(|text| !text.is_empty());
        let text = |name: &str| {
            let (en, ja) = (format!("{name}_en"), format!("{name}_ja"));
            Text::new(said(&en).unwrap_or_default(), said(&ja).unwrap_or_default())
        };
        let title = said("description").unwrap_or(&statement.rule);
        let name = if said("name_en").is_some() { text("name") } else { Text::same(title) };
        let tagged = statement.tags.iter().map(String::as_str).chain(said("cve")).chain(said("reference"));
        let stage = said("stage").and_then(stage);
        Self {
            reference: RuleRef {
                id: said("id").unwrap_or(&statement.rule).to_owned(),
                name: statement.rule.clone(),
                title: title.to_owned(),
                source: source.to_owned(),
                author: said("author").map(str::to_owned),
                licence: said("license").or_else(|| said("licence")).map(str::to_owned),
            }
            .into(),
            severity: severity(said("score"), said("severity")),
            judged: stage.is_some(),
            stage: stage.unwrap_or(Stage::Attempt),
            cve: tagged.filter_map(cve).collect::<Vec<_>>().into(),
            attack: statement.tags.iter().filter_map(|tag| technique(tag)).collect::<Vec<_>>().into(),
            explanation: Explanation { name, means: text("means"), does_not_mean: text("not"), next: text("next") }
                .into(),
        }
    }
}

/// Loki's scale: from 60 on a file is worth a look, from 75 on it is an alert.
/// Source: <https://github.com/Neo23x0/Loki>, `--alert` and `--warning`.
fn severity(score: Option<&str>, severity: Option<&str>) -> Severity {
    let word = severity.map(str::to_ascii_lowercase);
    match (word.as_deref(), score.and_then(|score| score.parse::<i64>().ok())) {
        (Some("informational"), _) => Severity::Informational,
        (Some("low"), _) => Severity::Low,
        (Some("medium"), _) => Severity::Medium,
        (Some("high"), _) => Severity::High,
        (Some("critical"), _) => Severity::Critical,
        (_, Some(..40)) => Severity::Informational,
        (_, Some(40..60)) => Severity::Low,
        (_, Some(75..)) => Severity::High,
        (_, Some(60..75) | None) => Severity::Medium,
    }
}

fn stage(word: &str) -> Option<Stage> {
    [Stage::Reconnaissance, Stage::Attempt, Stage::Exploitation, Stage::Implant, Stage::Action]
        .into_iter()
        .find(|stage| stage.word().eq_ignore_ascii_case(word))
}

/// `T1505.003` from a tag such as `T1505_003`: names in YARA hold no dot.
fn technique(tag: &str) -> Option<String> {
    let tag = tag.to_ascii_uppercase().replace('_', ".");
    let (number, below) = tag.strip_prefix('T')?.split_once('.').unwrap_or((tag.get(1..)?, "000"));
    let are_digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(number, 4) && are_digits(below, 3)).then_some(tag)
}

/// `CVE-2021-26855` from a tag such as `CVE_2021_26855`.
fn cve(tag: &str) -> Option<String> {
    let tag = tag.to_ascii_uppercase().replace('_', "-");
    let number = tag.strip_prefix("CVE-")?;
    number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-').then_some(tag)
}

/// Which strings of a rule were found where.
pub(crate) fn shown(found: &Match) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    for string in &found.strings {
        if shown.len() >= FIELDS_SHOWN {
            break;
        }
        let text = String::from_utf8_lossy(&string.bytes).replace('\0', "");
        shown
            .entry(format!("${}", string.identifier))
            .or_insert_with(|| short(&format!("{text} (@{})", string.offset)));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_techniques_as_far_as_a_name_can() {
        for (tag, expected) in [
            ("T1486", Some("T1486")),
            ("t1505_003", Some("T1505.003")),
            ("T1505_3", None),
            ("T15", None),
            ("Trojan", None),
            ("T", None),
            ("T1486_", None),
            ("Té486", None),
        ] {
            assert_eq!(technique(tag).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn scores_and_words_give_the_severity() {
        for (score, word, expected) in [
            (Some("80"), None, Severity::High),
            (Some("60"), None, Severity::Medium),
            (Some("50"), None, Severity::Low),
            (Some("-5"), None, Severity::Informational),
            (None, None, Severity::Medium),
            (Some("80"), Some("Critical"), Severity::Critical),
            (Some("many"), None, Severity::Medium),
        ] {
            assert_eq!(severity(score, word), expected, "{score:?} {word:?}");
        }
        assert_eq!(cve("cve_2021_26855").as_deref(), Some("CVE-2021-26855"));
        assert_eq!(cve("webshell"), None);
    }
}
