//! The course of events for Timesketch: one JSON object on each line.
//!
//! Timesketch asks for `message`, `datetime` and `timestamp_desc` in each
//! (its user guide, "Import from JSON or CSV"); the other keys are ours.

use std::io::{self, Write};

use hikeshi_core::finding::{Finding, Reading};
use hikeshi_core::report::Report;
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::Untrusted;
use serde_json::{Map, Value, json};

use crate::facts;
use crate::json::spelled_out;
use crate::words::Words;

/// Writes the verdict and each finding as an event. What has no time stands at the newest time of the report and says so.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let as_of = facts::as_of(report);
    let verdict = report.verdict.word();
    let mut event = stamped(as_of, &words.get("timesketch-verdict"), &words.get(&format!("verdict-{verdict}")));
    event.insert("data_type".into(), "hikeshi:verdict".into());
    event.insert("verdict".into(), verdict.into());
    event.insert("machine".into(), disarmed(facts::machines(report).join(" ")));
    event.insert("practice".into(), report.practice.into());
    event.insert("partial".into(), report.partial.into());
    event.insert("redacted".into(), report.redacted.into());
    let reasons = report.reasons.iter().map(|reason| facts::said(&reason.sentence, words));
    event.insert("reasons".into(), reasons.collect::<Vec<_>>().into());
    let unseen = facts::unseen(report, words).into_iter();
    event.insert("unseen".into(), unseen.map(|one| format!("{} {}", one.path, one.text).trim().to_owned()).collect());
    line(&event, out)?;
    report.findings.iter().try_for_each(|finding| line(&of_finding(finding, as_of, words), out))
}

fn of_finding(finding: &Finding, as_of: Timestamp, words: &Words) -> Map<String, Value> {
    let meaning = if finding.time.is_some() { "timesketch-record" } else { "timesketch-no-time" };
    let message = format!("{}: {}", facts::title(finding, words.lang()), facts::fields(finding));
    let mut event = stamped(finding.time.unwrap_or(as_of), &words.get(meaning), &message);
    let list = |list: &[String]| Value::from(list.iter().map(|one| disarmed(one.as_str())).collect::<Vec<_>>());
    let evidence = &finding.evidence;
    let fields = json!({
        "data_type": "hikeshi:finding",
        "rule": disarmed(finding.rule.name.as_str()),
        "rule_id": disarmed(finding.rule.id.as_str()),
        "rule_source": disarmed(finding.rule.source.as_str()),
        "severity": finding.severity.word(),
        "stage": finding.stage.word(),
        "counts": finding.weight().is_some(),
        "reading": if finding.reading == Reading::Exact { "exact" } else { "uncertain" },
        "path": disarmed(evidence.path.as_str()),
        "line": evidence.line,
        "record": evidence.record,
        "offset": evidence.offset,
        "sha256": evidence.sha256.as_deref().map(disarmed),
        "addresses": list(&finding.addresses),
        "cve": list(&finding.cve),
        "attack": list(&finding.attack),
        // One text and not a key for each: Timesketch keeps an index of all keys, and these come from evidence.
        "fields": facts::fields(finding),
    });
    if let Value::Object(fields) = fields {
        event.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    }
    event
}

/// An event with what Timesketch asks for.
fn stamped(time: Timestamp, meaning: &str, message: &str) -> Map<String, Value> {
    Map::from_iter([
        ("message".to_owned(), message.into()),
        ("datetime".to_owned(), time.to_string().into()),
        ("timestamp".to_owned(), time.micros().into()),
        ("timestamp_desc".to_owned(), meaning.into()),
    ])
}

fn disarmed(text: impl AsRef<str>) -> Value {
    Untrusted(text.as_ref()).to_string().into()
}

fn line(event: &Map<String, Value>, out: &mut dyn Write) -> io::Result<()> {
    spelled_out(&serde_json::to_string(event)?, out)?;
    out.write_all(b"\n")
}
