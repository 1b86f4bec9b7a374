//! Sigma rules with what Hikeshi needs besides: stage and explanations from the `custom` block.

use std::collections::BTreeMap;
use std::path::Path;

use hikeshi_core::finding::{Explanation, RuleRef, Severity, Stage};
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use rsigma_parser::{CorrelationRule, Level, SigmaRule};
use serde::Deserialize;

use crate::{Error, Tree, specification};

/// What one Sigma document is.
#[derive(Debug, Clone)]
pub enum Detection {
    /// A rule over single records.
    Rule(Box<SigmaRule>),
    /// A rule over what other rules found.
    Correlation(Box<CorrelationRule>),
}

/// One rule, whatever folder it came from.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its names, author and licence.
    pub reference: RuleRef,
    /// The file, relative to its pack or folder.
    pub path: String,
    /// What it looks for.
    pub detection: Detection,
    /// Its weight; Sigma's `level`, `medium` where none is given.
    pub severity: Severity,
    /// Its stage; `None` where the rule states none, as all rules of other projects.
    pub stage: Option<Stage>,
    /// CVE ids from its tags.
    pub cve: Vec<String>,
    /// ATT&CK techniques from its tags.
    pub attack: Vec<String>,
    /// What a hit means.
    pub explanation: Explanation,
    /// The rule brings its own `custom.hikeshi` block.
    pub explained: bool,
}

/// Rules that load, and those that do not.
#[derive(Debug, Default, Clone)]
pub struct RuleBook {
    /// In order of path.
    pub rules: Vec<Rule>,
    /// Files, or documents in them, that do not load, with the reason.
    pub skipped: Vec<RuleSkipped>,
}

/// The `custom` block's part that is ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    stage: Stage,
    name: Text,
    means: Text,
    not: Text,
    next: Text,
}

impl RuleBook {
    /// Parses rule files, given as path and text. One bad file does not stop the others.
    #[must_use]
    pub fn parse(files: Vec<(&str, &str)>, source: &str) -> Self {
        let mut book = Self::default();
        for (path, text) in files {
            book.add_file(path, text, source);
        }
        book
    }

    /// Reads all `.yml` and `.yaml` files below a folder, or one file.
    ///
    /// # Errors
    /// When the folder cannot be read. A file that is no UTF-8 or no rule stands in [`RuleBook::skipped`].
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let tree = Tree::read(folder)?;
        let source = folder.display().to_string();
        let mut book = Self::default();
        for (path, bytes) in tree.files() {
            let path = if path.is_empty() { &source } else { path };
            if !Path::new(path)
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("yml") || ending.eq_ignore_ascii_case("yaml"))
            {
                continue;
            }
            match std::str::from_utf8(bytes) {
                Ok(text) => book.add_file(path, text, &source),
                Err(_) => {
                    book.skip(path, Text::new("the file is not UTF-8 text", "UTF-8 のテキストではありません"));
                }
            }
        }
        Ok(book)
    }

    fn skip(&mut self, path: &str, reason: Text) {
        self.skipped.push(RuleSkipped { path: path.to_owned(), reason });
    }

    fn add_file(&mut self, path: &str, text: &str, source: &str) {
        let parsed = match rsigma_parser::parse_sigma_yaml(text) {
            Ok(parsed) => parsed,
            Err(error) => return self.skip(path, unreadable(error)),
        };
        for error in &parsed.errors {
            self.skip(path, unreadable(error));
        }
        for filter in &parsed.filters {
            let (en, ja) =
                ("is a Sigma filter, which this version does not apply", "は Sigma フィルターで、この版では使えません");
            self.skip(path, Text::new(format!("`{}` {en}", filter.title), format!("`{}` {ja}", filter.title)));
        }
        if parsed.is_empty() && parsed.errors.is_empty() {
            self.skip(path, Text::new("the file holds no Sigma rule", "Sigma ルールがありません"));
        }
        for rule in parsed.rules {
            let header = Header {
                title: &rule.title,
                id: rule.id.as_deref(),
                author: rule.author.as_deref(),
                licence: rule.license.as_deref(),
                level: rule.level,
                tags: &rule.tags,
                custom: rule.custom_attributes.get("custom"),
            };
            match header.build(path, source, Detection::Rule(Box::new(specification::rule(rule.clone())))) {
                Ok(built) => self.rules.push(built),
                Err(reason) => self.skip(path, unreadable(reason)),
            }
        }
        for rule in parsed.correlations {
            let header = Header {
                title: &rule.title,
                id: rule.id.as_deref(),
                author: rule.author.as_deref(),
                licence: rule.license.as_deref(),
                level: rule.level,
                tags: &rule.tags,
                custom: rule.custom_attributes.get("custom"),
            };
            match header.build(path, source, Detection::Correlation(Box::new(specification::correlation(rule.clone()))))
            {
                Ok(built) => self.rules.push(built),
                Err(reason) => self.skip(path, unreadable(reason)),
            }
        }
    }
}

/// A parser's words, in one line.
fn unreadable(error: impl ToString) -> Text {
    let error = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    Text::new(format!("it cannot be read as a Sigma rule: {error}"), format!("Sigma ルールとして読めません: {error}"))
}

/// What rules and correlations have in common.
struct Header<'a> {
    title: &'a str,
    id: Option<&'a str>,
    author: Option<&'a str>,
    licence: Option<&'a str>,
    level: Option<Level>,
    tags: &'a [String],
    custom: Option<&'a yaml_serde::Value>,
}

impl Header<'_> {
    fn build(&self, path: &str, source: &str, detection: Detection) -> Result<Rule, String> {
        let name =
            Path::new(path).file_stem().map_or_else(|| path.to_owned(), |stem| stem.to_string_lossy().into_owned());
        let custom = self.custom()?;
        let explained = custom.is_some();
        let (stage, explanation) = match custom {
            Some(Custom { stage, name, means, not, next }) => {
                (Some(stage), Explanation { name, means, does_not_mean: not, next })
            }
            None => (None, Explanation { name: Text::same(self.title), ..Explanation::default() }),
        };
        let tags = |prefix: &str| {
            self.tags.iter().filter_map(|tag| tag.strip_prefix(prefix)).map(str::to_uppercase).collect::<Vec<_>>()
        };
        Ok(Rule {
            reference: RuleRef {
                id: self.id.map_or_else(|| name.clone(), str::to_owned),
                name,
                title: self.title.to_owned(),
                source: source.to_owned(),
                author: self.author.map(str::to_owned),
                licence: self.licence.map(str::to_owned),
            },
            path: path.to_owned(),
            detection,
            severity: severity(self.level),
            stage,
            cve: tags("cve.")
                .into_iter()
                .map(|id| format!("CVE-{}", id.trim_start_matches("CVE-").replace('.', "-")))
                .collect(),
            attack: tags("attack.").into_iter().filter(|id| is_technique(id)).collect(),
            explanation,
            explained,
        })
    }

    fn custom(&self) -> Result<Option<Custom>, String> {
        let Some(own) = self.custom.and_then(|custom| custom.get("hikeshi")) else { return Ok(None) };
        yaml_serde::from_value(own.clone())
            .map(Some)
            .map_err(|error| format!("the block custom.hikeshi is not right: {error}"))
    }
}

fn severity(level: Option<Level>) -> Severity {
    match level {
        Some(Level::Informational) => Severity::Informational,
        Some(Level::Low) => Severity::Low,
        Some(Level::High) => Severity::High,
        Some(Level::Critical) => Severity::Critical,
        _ => Severity::Medium,
    }
}

/// `T1190` or `T1505.003`: a technique, not a tactic or group.
fn is_technique(id: &str) -> bool {
    id.strip_prefix('T')
        .is_some_and(|number| number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// The names by which correlations may refer to a rule, mapped to it.
#[must_use]
pub fn by_name(rules: &[Rule]) -> BTreeMap<&str, &Rule> {
    let mut names = BTreeMap::new();
    for rule in rules {
        if let Detection::Rule(sigma) = &rule.detection {
            for name in [sigma.id.as_deref(), sigma.name.as_deref()].into_iter().flatten() {
                names.insert(name, rule);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "title: A\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {category: webserver}\n\
        tags: [attack.t1190, attack.initial-access, cve.2021-26855]\nlevel: high\n\
        detection: {s: {cs-method: POST}, condition: s}\n";

    #[test]
    fn a_foreign_rule_loads_without_a_stage() {
        let book = RuleBook::parse(vec![("x/some-rule.yml", RULE)], "folder");
        let rule = &book.rules[0];
        assert_eq!((rule.reference.name.as_str(), rule.stage, rule.severity), ("some-rule", None, Severity::High));
        assert_eq!(
            (rule.cve.as_slice(), rule.attack.as_slice()),
            (&["CVE-2021-26855".to_owned()][..], &["T1190".to_owned()][..])
        );
        assert!(book.skipped.is_empty());
    }

    #[test]
    fn bad_files_are_named_and_the_good_ones_still_load() {
        let custom = format!("{RULE}custom: {{hikeshi: {{stage: guess}}}}\n");
        let book = RuleBook::parse(
            vec![("bad.yml", "title: [\n"), ("empty.yml", ""), ("stage.yml", &custom), ("good.yml", RULE)],
            "folder",
        );
        assert_eq!(book.rules.len(), 1);
        let skipped: Vec<_> = book.skipped.iter().map(|skipped| skipped.path.as_str()).collect();
        assert_eq!(skipped, ["bad.yml", "empty.yml", "stage.yml"]);
    }
}
