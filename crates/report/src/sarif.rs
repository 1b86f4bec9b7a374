//! The report as SARIF 2.1.0 (OASIS), for tools that show results beside the lines they stand in.
//!
//! Rules are those that held, findings are results, and what was not seen is told by the run itself: as notifications of
//! its invocation. No text from evidence stands in a message, since viewers make links of some of them; it stands in
//! snippets and properties, which are shown as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use hikeshi_core::finding::{EvidenceRef, Finding, Reading, Severity};
use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;
use hikeshi_core::untrusted::Untrusted;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::facts::{self, Held};
use crate::json::spelled_out;
use crate::words::Words;

/// What paths are relative to.
const BASE: &str = "EVIDENCE";
/// Name and version of the way fingerprints are made.
const FINGERPRINT: &str = "hikeshiFinding/v1";

/// Writes the log, indented, with a final line break. `words` gives the language.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let held = facts::held(report);
    let rules: BTreeMap<&str, usize> =
        held.iter().enumerate().map(|(number, held)| (held.finding.rule.name.as_str(), number)).collect();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &rules, words)).collect();
    let taxonomies = taxonomies(report);
    let supported: Vec<Value> =
        taxonomies.iter().filter_map(|taxonomy| taxonomy.get("name")).map(|name| json!({ "name": name })).collect();
    let run = json!({
        "tool": { "driver": {
            "name": "Hikeshi",
            "version": plain(&report.tool.version),
            "rules": held.iter().map(|held| rule(held, words)).collect::<Vec<_>>(),
            "supportedTaxonomies": supported,
        }},
        "language": if words.lang() == Lang::Ja { "ja" } else { "en" },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": { BASE: { "description": { "text": words.get("sarif-base") } } },
        "invocations": [invocation(report, words)],
        "taxonomies": taxonomies,
        "results": results,
        "properties": {
            "verdict": report.verdict.word(),
            "machines": facts::machines(report).into_iter().map(plain).collect::<Vec<_>>(),
            "practice": report.practice,
            "partial": report.partial,
            "redacted": report.redacted,
        },
    });
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    spelled_out(&serde_json::to_string_pretty(&log)?, out)?;
    out.write_all(b"\n")
}

fn rule(held: &Held<'_>, words: &Words) -> Value {
    let (finding, lang) = (held.finding, words.lang());
    let explanation = &finding.explanation;
    let parts = [("means", &explanation.means), ("not", &explanation.does_not_mean), ("next", &explanation.next)];
    let help: Vec<String> = parts
        .into_iter()
        .map(|(key, text)| (words.get(key), facts::flat(text.get(lang))))
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| format!("{key}: {text}"))
        .collect();
    let title = facts::title(finding, lang);
    let help = if help.is_empty() { title.clone() } else { help.join("\n") };
    let mut rule = json!({
        "id": plain(&finding.rule.name),
        "name": plain(&finding.rule.title),
        "shortDescription": message(&title),
        "help": message(&help),
        "defaultConfiguration": { "level": level(finding) },
        "relationships": relationships(finding),
        "properties": {
            "hikeshiId": plain(&finding.rule.id),
            "source": plain(&finding.rule.source),
            "author": finding.rule.author.as_deref().map(plain),
            "licence": finding.rule.licence.as_deref().map(plain),
            "severity": finding.severity.word(),
            "stage": finding.stage.word(),
            "records": held.count,
        },
    });
    if let (Value::Object(rule), true) = (&mut rule, finding.rule.title.trim().is_empty()) {
        rule.remove("name");
    }
    rule
}

fn result(finding: &Finding, rules: &BTreeMap<&str, usize>, words: &Words) -> Value {
    let time = finding.time.map(|time| format!(" ({time})")).unwrap_or_default();
    let joined: Vec<Value> = finding.joined.iter().map(|place| location(place, None)).collect();
    let mut result = json!({
        "ruleId": plain(&finding.rule.name),
        "ruleIndex": rules.get(finding.rule.name.as_str()),
        "level": level(finding),
        "kind": "fail",
        "message": message(&format!("{}{time}", facts::title(finding, words.lang()))),
        "locations": [location(&finding.evidence, Some(&facts::fields(finding)))],
        "partialFingerprints": { FINGERPRINT: fingerprint(finding) },
        "properties": {
            "time": finding.time,
            "stage": finding.stage.word(),
            "severity": finding.severity.word(),
            "counts": finding.weight().is_some(),
            "columnsUncertain": finding.reading == Reading::Uncertain,
            "record": finding.evidence.record,
            "offset": finding.evidence.offset,
            "sha256": finding.evidence.sha256.as_deref().map(plain),
            "addresses": finding.addresses.iter().map(|address| plain(address)).collect::<Vec<_>>(),
            "fields": finding.fields.iter().map(|(name, value)| (plain(name), Value::from(plain(value)))).collect::<Map<_, _>>(),
        },
    });
    if let (Value::Object(result), false) = (&mut result, joined.is_empty()) {
        result.insert("relatedLocations".into(), joined.into());
    }
    result
}

/// Where something stands. A record of binary evidence is named, as it has no line.
fn location(place: &EvidenceRef, snippet: Option<&str>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&place.path), "uriBaseId": BASE } });
    let line = place.line.and_then(|line| i32::try_from(line).ok()).filter(|line| *line > 0);
    if let (Value::Object(physical), Some(line)) = (&mut physical, line) {
        let mut region = json!({ "startLine": line });
        if let (Value::Object(region), Some(snippet)) = (&mut region, snippet.filter(|snippet| !snippet.is_empty())) {
            region.insert("snippet".into(), json!({ "text": snippet }));
        }
        physical.insert("region".into(), region);
    }
    let mut location = json!({ "physicalLocation": physical });
    if let (Value::Object(location), Some(record)) = (&mut location, place.record) {
        location.insert("logicalLocations".into(), json!([{ "name": format!("#{record}"), "kind": "record" }]));
    }
    location
}

/// What "clean" would need and what was not read.
fn invocation(report: &Report, words: &Words) -> Value {
    let told = facts::unseen(report, words).into_iter().map(|unseen| {
        let mut notification = json!({ "level": "warning", "message": message(&unseen.text) });
        if let (Value::Object(notification), false) = (&mut notification, unseen.path.is_empty()) {
            let place =
                json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&unseen.path), "uriBaseId": BASE } } });
            notification.insert("locations".into(), json!([place]));
        }
        notification
    });
    json!({
        "executionSuccessful": !report.partial,
        "toolExecutionNotifications": told.collect::<Vec<_>>(),
        "exitCodeDescription": words.get(&format!("verdict-{}", report.verdict.word())),
    })
}

/// The lists that rules refer to, with those entries that they name.
fn taxonomies(report: &Report) -> Vec<Value> {
    let of = |name: &str, organization: &str, tags: fn(&Finding) -> &[String]| {
        let ids: BTreeSet<String> = report.findings.iter().flat_map(tags).map(|tag| plain(tag)).collect();
        let taxa: Vec<Value> = ids.into_iter().map(|id| json!({ "id": id })).collect();
        (!taxa.is_empty())
            .then(|| json!({ "name": name, "organization": organization, "isComprehensive": false, "taxa": taxa }))
    };
    [of("ATT&CK", "MITRE", |finding| &finding.attack), of("CVE", "MITRE", |finding| &finding.cve)]
        .into_iter()
        .flatten()
        .collect()
}

fn relationships(finding: &Finding) -> Vec<Value> {
    let of = |name: &'static str, tags: &[String]| {
        let tags: BTreeSet<String> = tags.iter().map(|tag| plain(tag)).collect();
        tags.into_iter()
            .map(move |id| json!({ "target": { "id": id, "toolComponent": { "name": name } }, "kinds": ["relevant"] }))
    };
    of("ATT&CK", &finding.attack).chain(of("CVE", &finding.cve)).collect()
}

/// What weighs nothing for the verdict is a note, whatever its rule says.
fn level(finding: &Finding) -> &'static str {
    match (finding.weight(), finding.severity) {
        (None, _) => "note",
        (Some(_), Severity::High | Severity::Critical) => "error",
        (Some(_), _) => "warning",
    }
}

/// Stays while a log grows and files are listed in another order: the rule, the place and what stands there.
fn fingerprint(finding: &Finding) -> String {
    let place = &finding.evidence;
    let telling =
        json!([finding.rule.id, finding.rule.name, place.path, place.line, place.record, finding.time, finding.fields]);
    Sha256::digest(telling.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A message in which nothing is a link or a place holder (SARIF 2.1.0, sections 3.11.5 and 3.11.6).
fn message(text: &str) -> Value {
    let mut safe = String::new();
    for character in text.replace("://", "[://]").chars() {
        match character {
            '[' | ']' | '\\' => safe.extend(['\\', character]),
            '{' | '}' => safe.extend([character, character]),
            _ => safe.push(character),
        }
    }
    json!({ "text": safe })
}

fn plain(text: &str) -> String {
    Untrusted(text).to_string()
}

/// A path as a relative reference (RFC 3986). Nothing in it is taken for a scheme, a query or a way upwards.
fn uri(path: &str) -> String {
    let segments: Vec<String> = path.split('/').map(segment).collect();
    segments.join("/").trim_start_matches('/').to_owned()
}

fn segment(text: &str) -> String {
    if text == "." || text == ".." {
        return text.replace('.', "%2E");
    }
    let mut safe = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe += &format!("%{byte:02X}");
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference_that_leads_nowhere_else() {
        for (path, expected) in [
            ("C/a b/ログ.log", "C/a%20b/%E3%83%AD%E3%82%B0.log"),
            ("javascript:alert(1)", "javascript%3Aalert(1)"),
            ("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd"),
            ("//host/share", "host/share"),
            ("a.zip!/b?c#d%e", "a.zip!/b%3Fc%23d%25e"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn a_message_holds_no_link_and_no_place_holder() {
        assert_eq!(message("[x](http://a) {0} \\")["text"], "\\[x\\](http\\[://\\]a) {{0}} \\\\");
    }
}
