//! The strings of a report: each is shown or changed, whatever field it stands in, so that a field which is added later is
//! not forgotten.

use std::collections::BTreeMap;

use hikeshi_core::finding::Finding;
use hikeshi_core::report::Report;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Unredacted;

/// Fields whose values are words or times, or come from the tables of packs.
const OWN: [&str; 32] = [
    "schema",
    "code",
    "verdict",
    "severity",
    "stage",
    "state",
    "certainty",
    "reading",
    "said",
    "ours",
    "agreement",
    "time",
    "local",
    "local_time",
    "first",
    "last",
    "until",
    "since",
    "from",
    "to",
    "seen",
    "as_of",
    "oldest",
    "oldest_deleted",
    "telling",
    "telling_deleted",
    "after",
    "by",
    "installed",
    "released",
    "build",
    "fixed_by",
];
/// Fields of which all is written by people for people, and nothing comes from evidence.
const WRITTEN: [&str; 5] = ["packs", "tool", "contacts", "do_not", "time_zone"];
/// The argument of sentences that chooses a word.
const CHOOSING: &str = "stage";
/// Fields with paths of files.
const PATHS: [&str; 8] = ["path", "paths", "root", "place", "evidence", "include", "exclude", "source"];
/// Fields with names of machines and accounts.
const NAMES: [&str; 3] = ["host", "accounts", "addresses"];
/// Fields with names of rules.
const RULES: [&str; 3] = ["rule", "rules", "findings"];

/// What a string stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A text from evidence.
    Evidence,
    /// The path of a file.
    Path,
    /// An argument of a sentence, or the name of something.
    Name,
    /// A text of a pack, or what the program says.
    Written,
    /// The name of a rule of a pack.
    Rule,
}

/// Changes every string that may hold a name. `fields` changes those of a finding, whose names have a meaning.
pub(super) fn change(
    report: &mut Report,
    mut text: impl FnMut(&str, Place) -> Option<String>,
    mut fields: impl FnMut(&mut BTreeMap<String, String>),
) -> Result<(), Unredacted> {
    let findings = std::mem::take(&mut report.findings);
    let mut changed = Vec::with_capacity(findings.len());
    for mut finding in findings {
        let mut own = std::mem::take(&mut finding.fields);
        fields(&mut own);
        let mut finding: Finding = again(&finding, &mut text)?;
        finding.fields = own;
        changed.push(finding);
    }
    *report = again(report, &mut text)?;
    report.findings = changed;
    Ok(())
}

/// Shows every string that may hold a name.
pub(super) fn visit(report: &mut Report, mut show: impl FnMut(&str, Place)) -> Result<(), Unredacted> {
    let mut text = |text: &str, place: Place| {
        show(text, place);
        None
    };
    for finding in &mut report.findings {
        let fields = std::mem::take(&mut finding.fields);
        for (name, value) in &fields {
            text(name, Place::Evidence);
            text(value, Place::Evidence);
        }
        walk(&mut serde_json::to_value(&*finding).map_err(Unredacted::Form)?, Place::Evidence, &mut text);
        finding.fields = fields;
    }
    let findings = std::mem::take(&mut report.findings);
    let rest = serde_json::to_value(&*report).map_err(Unredacted::Form);
    report.findings = findings;
    walk(&mut rest?, Place::Evidence, &mut text);
    Ok(())
}

type Change<'c> = dyn FnMut(&str, Place) -> Option<String> + 'c;

fn again<T: Serialize + DeserializeOwned>(thing: &T, change: &mut Change<'_>) -> Result<T, Unredacted> {
    let mut value = serde_json::to_value(thing).map_err(Unredacted::Form)?;
    walk(&mut value, Place::Evidence, change);
    serde_json::from_value(value).map_err(Unredacted::Form)
}

fn walk(value: &mut Value, place: Place, change: &mut Change<'_>) {
    match value {
        Value::String(text) => {
            if let Some(changed) = change(text, place) {
                *text = changed;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| walk(value, place, change)),
        Value::Object(fields) => object(fields, place, change),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn object(fields: &mut Map<String, Value>, place: Place, change: &mut Change<'_>) {
    // A text in all languages.
    let is_text = fields.len() == 2 && fields.contains_key("en") && fields.contains_key("ja");
    let place = if is_text { Place::Written } else { place };
    let source = fields.get("source").and_then(Value::as_str).map(str::to_owned);
    let is_of_pack = source.as_ref().is_some_and(|source| source.starts_with("pack:"));
    // Why something was not read is a word; why a rule was not used is a text.
    let is_actor = fields.contains_key("agents");
    let has_reason = !fields.contains_key("count");
    for (name, value) in fields.iter_mut().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        match name.as_str() {
            "roles" => renamed(value, change),
            "args" => arguments(value, change),
            "reason" if !has_reason => {}
            "name" if source.is_some() => walk(value, Place::Rule, change),
            "id" | "title" | "author" | "licence" if is_of_pack => {}
            // Of an actor it is a word.
            "kind" if is_actor => {}
            // What failed and where stands in it, also where it is told in all languages.
            "detail" => detail(value, change),
            name => walk(value, place_of(name, place), change),
        }
    }
}

fn detail(value: &mut Value, change: &mut Change<'_>) {
    match value {
        Value::Object(texts) => texts.values_mut().for_each(|text| walk(text, Place::Evidence, change)),
        text => walk(text, Place::Evidence, change),
    }
}

fn place_of(name: &str, outer: Place) -> Place {
    let is_in = |names: &[&str]| names.contains(&name);
    match outer {
        Place::Written => Place::Written,
        _ if is_in(&WRITTEN) => Place::Written,
        _ if is_in(&RULES) => Place::Rule,
        _ if is_in(&PATHS) => Place::Path,
        _ if is_in(&NAMES) || name == "name" => Place::Name,
        _ => Place::Evidence,
    }
}

/// Names of fields, which come from evidence where a log names its columns.
fn renamed(value: &mut Value, change: &mut Change<'_>) {
    let Value::Object(fields) = value else { return };
    *fields = std::mem::take(fields)
        .into_iter()
        .map(|(name, value)| (change(&name, Place::Evidence).unwrap_or(name), value))
        .collect();
}

fn arguments(value: &mut Value, change: &mut Change<'_>) {
    let Value::Object(arguments) = value else { return };
    let changing = arguments.iter_mut().filter(|(name, _)| *name != CHOOSING);
    changing.for_each(|(_, value)| walk(value, Place::Name, change));
}
