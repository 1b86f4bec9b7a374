//! One sign of an attack in a line, for whoever waits for the report.

use hikeshi_core::finding::Finding;
use hikeshi_core::untrusted::Untrusted;

use crate::phrases::{disarmed_of_rule, second};
use crate::words::Words;

/// What was found, how grave it is, when it happened, and in which file.
#[must_use]
pub fn line(finding: &Finding, words: &Words) -> String {
    let stage = words.get(&format!("stage-{}", finding.stage.word()));
    let severity = words.get(&format!("severity-{}", finding.severity.word()));
    let name = disarmed_of_rule(&finding.rule.name, finding.explanation.name.get(words.lang()));
    let time = finding.time.map(|time| format!("  {}", second(time))).unwrap_or_default();
    let line = format!("{name} [{stage}, {severity}]{time}  {}", finding.evidence.path);
    Untrusted(&line).to_string()
}

#[cfg(test)]
mod tests {
    use hikeshi_core::text::Lang;

    use super::*;
    use crate::sample;

    #[test]
    fn a_sign_is_one_line_that_moves_no_cursor() {
        let mut report = sample::report();
        let finding = report.findings.first_mut().expect("a finding");
        finding.evidence.path = "logs/\u{1b}[2J\n\u{202e}gol.xe".to_owned();
        for lang in [Lang::En, Lang::Ja] {
            let line = line(finding, &Words::new(lang));
            assert!(line.contains(finding.explanation.name.get(lang)), "{line}");
            assert!(line.ends_with("logs/\\u{1b}[2J\\u{a}\\u{202e}gol.xe"), "{line}");
        }
    }
}
