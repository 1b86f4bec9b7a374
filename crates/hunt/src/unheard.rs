//! Rules for log sources that no evidence gives: they are told, since whoever brings a rule believes that it is asked.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::family::LogSource;
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use hikeshi_pack::Rule;
use hikeshi_pack::rules::Detection;

use crate::program::Ready;

/// Whether any of the rules can be asked of anything.
pub(crate) enum Use {
    /// Some can.
    Some,
    /// None can.
    None,
}

/// One entry for each log source that no evidence gives, with the count of the rules that ask for it: there may be thousands
/// of them. And whether of each book that somebody brought any rule is of use; `brought` are the names of these books.
pub(crate) fn unheard(
    rules: &[Rule],
    ready: &[Ready],
    is_heard: impl Fn(&LogSource) -> bool,
    brought: &BTreeSet<String>,
) -> (Vec<RuleSkipped>, BTreeMap<String, Use>) {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut uses: BTreeMap<String, Use> = brought.iter().map(|source| (source.clone(), Use::None)).collect();
    let mut used = |rule: &Rule| {
        if let Some(book) = uses.get_mut(&rule.reference.source) {
            *book = Use::Some;
        }
    };
    for one in ready {
        let Some(rule) = rules.get(one.place) else { continue };
        if is_heard(&one.source) {
            used(rule);
        } else {
            *counts.entry((rule.reference.source.clone(), words(&one.source))).or_default() += 1;
        }
    }
    // A correlation joins rules, and has no log source of its own.
    rules.iter().filter(|rule| !matches!(rule.detection, Detection::Rule(_))).for_each(&mut used);
    let told = counts.into_iter().map(|((path, source), count)| RuleSkipped {
        path,
        reason: Text::new(
            format!("no evidence gives the log source {source}; rules that ask for it: {count}"),
            format!("どの証拠もログ ソース {source} に当たりません。対象のルール: {count} 件"),
        ),
    });
    (told.collect(), uses)
}

fn words(source: &LogSource) -> String {
    let LogSource { category, product, service } = source;
    let part = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}: {value}"));
    let parts = [part("category", category), part("product", product), part("service", service)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "(none named)".to_owned() } else { format!("({})", parts.join(", ")) }
}
