//! Rules that are compiled when somebody first asks them. Most rules of a run are never asked, and their regular expressions
//! took most of the time before the first file was opened.
//!
//! What might not compile is compiled at once: which rules cannot be used is known before anything is read, and does not
//! depend on what is there to read.

use std::sync::OnceLock;

use rsigma_eval::{CompiledRule, Event, compile_to_compiled, evaluate_rule};
use rsigma_ir::{IrDetection, IrMatcher, IrRule};

use crate::expressions::Expressions;

/// A compiled rule, or one that is sure to compile.
#[derive(Debug)]
pub(crate) struct Late {
    lowered: IrRule,
    compiled: OnceLock<Option<CompiledRule>>,
}

impl Late {
    /// Takes in a rule, and reads its expressions.
    ///
    /// # Errors
    /// Why it does not compile.
    pub(crate) fn new(lowered: IrRule, expressions: &mut Expressions) -> Result<Self, String> {
        let mut hollow = lowered.clone();
        let mut all_sure = true;
        for detection in hollow.detections.values_mut() {
            in_detection(detection, &mut |pattern, flags| {
                expressions.read(pattern);
                let flagged = format!("{flags}{pattern}");
                expressions.read(&flagged);
                all_sure &= expressions.is_sure(&flagged);
            });
        }
        // Without its regular expressions the rule shows at little cost whether all the rest of it compiles.
        let tried = if all_sure { &hollow } else { &lowered };
        let compiled = compile_to_compiled(tried).map_err(|error| error.to_string())?;
        let late = Self { lowered, compiled: OnceLock::new() };
        if !all_sure {
            let _ = late.compiled.set(Some(compiled));
        }
        Ok(late)
    }

    /// The rule as it was taken in.
    pub(crate) const fn lowered(&self) -> &IrRule {
        &self.lowered
    }

    /// Whether the rule holds for a record.
    pub(crate) fn holds(&self, event: &impl Event) -> bool {
        self.rule().is_some_and(|rule| evaluate_rule(rule, event).is_some())
    }

    /// A test holds that there always is one.
    fn rule(&self) -> Option<&CompiledRule> {
        self.compiled.get_or_init(|| compile_to_compiled(&self.lowered).ok()).as_ref()
    }
}

/// Takes out every regular expression, with the flags that the rule sets for it.
fn in_detection(detection: &mut IrDetection, take: &mut dyn FnMut(&str, &str)) {
    match detection {
        IrDetection::AllOf(items) => items.iter_mut().for_each(|item| in_matcher(&mut item.matcher, take)),
        IrDetection::AnyOf(parts) | IrDetection::And(parts) => {
            parts.iter_mut().for_each(|part| in_detection(part, take));
        }
        IrDetection::Keywords(matcher) => in_matcher(matcher, take),
        IrDetection::ArrayMatch { body, .. } => in_detection(body, take),
        IrDetection::Conditional { named, .. } => named.values_mut().for_each(|part| in_detection(part, take)),
    }
}

fn in_matcher(matcher: &mut IrMatcher, take: &mut dyn FnMut(&str, &str)) {
    match matcher {
        // Lines and dots make no expression larger; letters in both cases do.
        IrMatcher::Regex { pattern, case_insensitive, .. } => {
            take(pattern, if *case_insensitive { "(?i)" } else { "" });
            *matcher = IrMatcher::Null;
        }
        IrMatcher::AnyOf(parts) | IrMatcher::AllOf(parts) => parts.iter_mut().for_each(|part| in_matcher(part, take)),
        IrMatcher::Not(inner) | IrMatcher::TimestampPart { inner, .. } => in_matcher(inner, take),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use hikeshi_pack::rules::Detection;
    use hikeshi_pack::{Pack, RuleBook, Tree};
    use rsigma_ir::LowerOptions;

    use super::*;

    fn late(pattern: &str) -> Result<Late, String> {
        let rule = format!(
            "title: t\nlogsource: {{category: c}}\ndetection: {{s: {{\"a|re\": '{pattern}'}}, condition: s}}\n"
        );
        let book = RuleBook::parse(vec![("r.yml", rule.as_str())], "test");
        of_book(&book).pop().unwrap()
    }

    fn of_book(book: &RuleBook) -> Vec<Result<Late, String>> {
        let lowered = book.rules.iter().filter_map(|rule| match &rule.detection {
            Detection::Rule(sigma) => rsigma_ir::lower_rule(sigma, &LowerOptions::default()).ok(),
            _ => None,
        });
        lowered.map(|lowered| Late::new(lowered, &mut Expressions::default())).collect()
    }

    #[test]
    fn what_cannot_be_used_is_known_at_once_and_the_rest_is_compiled_when_it_is_asked() {
        for pattern in ["(", "a{2}{", r"(\w{50}){50}", r"((a{100}){100}){100}"] {
            assert!(late(pattern).is_err(), "{pattern}");
        }
        let sure = late("^ab+c").unwrap();
        assert!(sure.compiled.get().is_none());
        assert!(sure.rule().is_some());
        let large = late(r"\w{40}").unwrap();
        assert!(large.compiled.get().is_some(), "it compiles, which was not sure");
    }

    #[test]
    fn every_rule_of_the_packs_compiles_when_it_is_asked() {
        let packs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs");
        let mut asked = 0;
        for folder in std::fs::read_dir(packs).unwrap() {
            let pack = Pack::load(&Tree::read(&folder.unwrap().path()).unwrap()).unwrap();
            for rule in of_book(&pack.rules) {
                assert!(rule.unwrap().rule().is_some());
                asked += 1;
            }
        }
        assert!(asked > 100);
    }
}
