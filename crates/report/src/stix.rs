//! The report as a STIX 2.1 bundle, for platforms that share what was found. Start at [`write`].
//!
//! What becomes what, and why:
//! - The server is an `identity`; what was found on it is a `report`, whose description says what was not seen.
//! - Addresses, planted files, pages and accounts are observables in `observed-data`. Files of evidence are not: their
//!   hashes say nothing about an attacker.
//! - Only what an intruder used is an `indicator`. Those who did no more than try are observed and no indicator: among
//!   them are people who look for holes to warn of them. Nor are addresses inside a network, which mean nothing elsewhere.
//! - A technique or a flaw whose rules held is sighted on the server.
//! - An intruder is a `grouping`: these traces belong together. A `threat-actor`, an `intrusion-set` or a `campaign` would
//!   say who it was, or that one organisation is behind it, and the traces of one server cannot tell.
//!
//! Ids follow from content, and times from the report, so that the same report gives the same bundle.

mod ids;
mod observables;
mod pattern;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::finding::{Finding, Severity};
use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::Untrusted;
use serde_json::{Map, Value, json};

use self::observables::Observables;
use crate::facts::{self, Held};
use crate::fleet::planted_hash;
use crate::json::spelled_out;
use crate::tlp::Tlp;
use crate::words::Words;

/// The extension by which OASIS brings TLP 2.0 to STIX 2.1.
const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
/// What does not come from this report, such as a technique, has the same times in every bundle.
const TIMELESS: Timestamp = Timestamp::from_micros(1_609_459_200_000_000);
/// STIX counts no further.
const MOST_COUNTED: u64 = 999_999_999;

/// Writes the bundle, indented, with a final line break.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, tlp: Tlp, out: &mut dyn Write) -> io::Result<()> {
    let objects = Bundle::new(report, words, tlp).told();
    let id = ids::own("bundle", &Value::from(objects.clone()));
    let bundle = json!({ "type": "bundle", "id": id, "objects": objects });
    spelled_out(&serde_json::to_string_pretty(&bundle)?, out)?;
    out.write_all(b"\n")
}

struct Bundle<'r> {
    report: &'r Report,
    words: &'r Words,
    tlp: Tlp,
    as_of: Timestamp,
    maker: String,
    server: String,
    objects: Vec<Value>,
    ids: BTreeSet<String>,
    /// Ids of what each rule was seen in.
    observed: BTreeMap<&'r str, String>,
}

impl<'r> Bundle<'r> {
    fn new(report: &'r Report, words: &'r Words, tlp: Tlp) -> Self {
        let mut bundle = Self {
            report,
            words,
            tlp,
            as_of: facts::as_of(report),
            maker: String::new(),
            server: String::new(),
            objects: Vec::new(),
            ids: BTreeSet::new(),
            observed: BTreeMap::new(),
        };
        bundle.maker = bundle.timeless("identity", json!({ "name": "Hikeshi", "identity_class": "system" }));
        let machines = facts::machines(report).join(", ");
        let name = if machines.is_empty() { words.get("stix-server") } else { Untrusted(&machines).to_string() };
        bundle.server = bundle.timeless("identity", json!({ "name": name, "identity_class": "system" }));
        bundle
    }

    /// All objects, the marking first.
    fn told(mut self) -> Vec<Value> {
        let held = facts::held(self.report);
        let held: Vec<&Held<'_>> = held.iter().filter(|held| held.finding.weight().is_some()).collect();
        for held in &held {
            self.observe(held);
        }
        let techniques = self.sight_tagged(&held, |finding| &finding.attack, Self::technique);
        self.sight_tagged(&held, |finding| &finding.cve, Self::flaw);
        self.planted(&held);
        for actor in &self.report.actors {
            self.actor(actor, &techniques);
        }
        self.report_itself();
        let mut objects = vec![self.marking()];
        objects.append(&mut self.objects);
        objects
    }

    fn marking(&self) -> Value {
        json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self.tlp.marking(),
            "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{}", self.tlp.word().to_uppercase()),
            "extensions": { TLP_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": self.tlp.word() } },
        })
    }

    /// An observed-data object for what a rule was seen in, where STIX has observables for it.
    fn observe(&mut self, held: &Held<'r>) {
        let mut seen = Observables::default();
        for finding in &held.findings {
            seen.addresses(&finding.addresses);
            if let Some(hash) = planted_hash(finding) {
                seen.file(&finding.evidence.path, hash);
            }
        }
        if let Some(id) = self.observed_data(seen, held.first, held.last, held.count) {
            self.observed.insert(&held.finding.rule.name, id);
        }
    }

    fn observed_data(
        &mut self,
        seen: Observables,
        first: Option<Timestamp>,
        last: Option<Timestamp>,
        count: u64,
    ) -> Option<String> {
        let objects = seen.objects();
        let refs: Vec<String> = objects.into_iter().filter_map(|object| self.observable(object)).collect();
        let first = first.unwrap_or(self.as_of);
        (!refs.is_empty()).then(|| {
            self.dated(
                "observed-data",
                json!({
                    "first_observed": moment(first),
                    "last_observed": moment(last.unwrap_or(first).max(first)),
                    "number_observed": count.clamp(1, MOST_COUNTED),
                    "object_refs": refs,
                }),
            )
        })
    }

    /// Sightings of what rules are tagged with. Returns the object of each tag.
    fn sight_tagged(
        &mut self,
        held: &[&Held<'r>],
        tags: impl Fn(&Finding) -> &[String],
        object: impl Fn(&mut Self, &str) -> Option<String>,
    ) -> BTreeMap<&'r str, Vec<String>> {
        let mut by_tag: BTreeMap<&str, Vec<&Held<'r>>> = BTreeMap::new();
        for held in held {
            for tag in tags(held.finding) {
                by_tag.entry(tag).or_default().push(held);
            }
        }
        let mut by_rule: BTreeMap<&'r str, Vec<String>> = BTreeMap::new();
        for (tag, held) in by_tag {
            let Some(id) = object(self, tag) else { continue };
            let rules: BTreeSet<&'r str> = held.iter().map(|held| held.finding.rule.name.as_str()).collect();
            let first = held.iter().filter_map(|held| held.first).min();
            let last = held.iter().filter_map(|held| held.last).max();
            let count = held.iter().fold(0_u64, |sum, held| sum.saturating_add(held.count));
            self.sighting(&id, &rules, first, last, count);
            for rule in rules {
                by_rule.entry(rule).or_default().push(id.clone());
            }
        }
        by_rule
    }

    fn sighting(
        &mut self,
        of: &str,
        rules: &BTreeSet<&str>,
        first: Option<Timestamp>,
        last: Option<Timestamp>,
        count: u64,
    ) {
        let observed: BTreeSet<&String> = rules.iter().filter_map(|rule| self.observed.get(rule)).collect();
        let mut sighting = json!({
            "sighting_of_ref": of,
            "count": count.min(MOST_COUNTED),
            "where_sighted_refs": [self.server],
            "description": flat_list(rules),
        });
        if let (Value::Object(fields), false) = (&mut sighting, observed.is_empty()) {
            fields.insert("observed_data_refs".into(), json!(observed));
        }
        if let (Value::Object(fields), Some(first)) = (&mut sighting, first) {
            fields.insert("first_seen".into(), moment(first).into());
            fields.insert("last_seen".into(), moment(last.unwrap_or(first).max(first)).into());
        }
        self.dated("sighting", sighting);
    }

    fn technique(&mut self, technique: &str) -> Option<String> {
        let page = pattern::technique_page(technique)?;
        let reference = json!({ "source_name": "mitre-attack", "external_id": technique, "url": page });
        Some(self.timeless("attack-pattern", json!({ "name": technique, "external_references": [reference] })))
    }

    fn flaw(&mut self, cve: &str) -> Option<String> {
        let reference = json!({ "source_name": "cve", "external_id": cve });
        pattern::is_cve(cve)
            .then(|| self.timeless("vulnerability", json!({ "name": cve, "external_references": [reference] })))
    }

    /// Indicators of files that were left behind.
    fn planted(&mut self, held: &[&Held<'r>]) {
        let mut hashes: BTreeMap<&str, (&'r Finding, BTreeSet<&str>)> = BTreeMap::new();
        for finding in held.iter().flat_map(|held| &held.findings) {
            if let Some(hash) = planted_hash(finding) {
                hashes.entry(hash).or_insert((finding, BTreeSet::new())).1.insert(&finding.rule.name);
            }
        }
        for (hash, (finding, rules)) in hashes {
            let name = facts::title(finding, self.words.lang());
            self.indicator(&name, &pattern::hash(hash), finding.severity, &rules, (finding.time, finding.time), 1);
        }
    }

    /// What an intruder used, and that it belongs together.
    fn actor(&mut self, actor: &Actor, techniques: &BTreeMap<&'r str, Vec<String>>) {
        let rules: BTreeSet<&str> = actor.findings.iter().map(String::as_str).collect();
        let period = (actor.first, actor.last);
        let mut seen = Observables::default();
        seen.addresses(&actor.addresses);
        actor.pages.iter().for_each(|page| seen.page(page));
        actor.accounts.iter().for_each(|account| seen.account(account));
        let mut refs: Vec<String> =
            self.observed_data(seen, actor.first, actor.last, actor.rows.max(1)).into_iter().collect();
        if actor.kind != ActorKind::Intruder {
            return;
        }
        let name = self.words.with("actor-intruder", &[("id", &Untrusted(&actor.id))]);
        let outside = actor.addresses.iter().filter_map(|address| pattern::outside_address(address));
        for pattern in outside.chain(actor.pages.iter().map(|page| pattern::page(page))) {
            refs.push(self.indicator(&name, &pattern, Severity::High, &rules, period, actor.rows.max(1)));
        }
        refs.extend(rules.iter().filter_map(|rule| techniques.get(rule)).flatten().cloned());
        refs.extend(rules.iter().filter_map(|rule| self.observed.get(rule)).cloned());
        refs.sort();
        refs.dedup();
        if !refs.is_empty() {
            let description = format!("{} {}", self.words.get("stix-grouping"), flat_list(&rules));
            let grouping = json!({ "name": name, "context": "suspicious-activity", "description": description, "object_refs": refs });
            self.dated("grouping", grouping);
        }
    }

    fn indicator(
        &mut self,
        name: &str,
        pattern: &str,
        severity: Severity,
        rules: &BTreeSet<&str>,
        (first, last): (Option<Timestamp>, Option<Timestamp>),
        count: u64,
    ) -> String {
        let kind = if severity >= Severity::High { "malicious-activity" } else { "anomalous-activity" };
        let id = self.dated(
            "indicator",
            json!({
                "name": name,
                "description": flat_list(rules),
                "indicator_types": [kind],
                "pattern": pattern,
                "pattern_type": "stix",
                "valid_from": moment(first.unwrap_or(self.as_of)),
            }),
        );
        self.sighting(&id, rules, first, last, count);
        id
    }

    fn report_itself(&mut self) {
        let report = self.report;
        let answer = self.words.get(&format!("verdict-{}", report.verdict.word()));
        let machines = facts::machines(report).join(", ");
        let name = if machines.is_empty() { answer.clone() } else { format!("{}: {answer}", Untrusted(&machines)) };
        let mut lines = vec![answer];
        lines.extend(report.reasons.iter().map(|reason| format!("- {}", facts::said(&reason.sentence, self.words))));
        let unseen = facts::unseen(report, self.words);
        if !unseen.is_empty() {
            lines.push(self.words.get("head-unseen"));
            lines.extend(unseen.iter().map(|one| format!("- {} {}", one.path, one.text)));
        }
        let labels: Vec<String> = [
            Some(format!("verdict-{}", report.verdict.word())),
            report.practice.then(|| "practice-data".to_owned()),
            report.partial.then(|| "partial".to_owned()),
            report.redacted.then(|| "redacted".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let refs: Vec<String> = self.ids.iter().cloned().collect();
        let fields = json!({
            "name": name,
            "description": lines.join("\n"),
            "report_types": ["observed-data"],
            "published": moment(self.as_of),
            "labels": labels,
            "object_refs": refs,
        });
        self.dated("report", fields);
    }

    /// Adds an observable, which has its id already.
    fn observable(&mut self, mut object: Map<String, Value>) -> Option<String> {
        let id = object.get("id")?.as_str()?.to_owned();
        if self.ids.insert(id.clone()) {
            object.insert("object_marking_refs".into(), json!([self.tlp.marking()]));
            self.objects.push(object.into());
        }
        Some(id)
    }

    fn dated(&mut self, kind: &str, fields: Value) -> String {
        self.object(kind, self.as_of, fields)
    }

    fn timeless(&mut self, kind: &str, fields: Value) -> String {
        self.object(kind, TIMELESS, fields)
    }

    fn object(&mut self, kind: &str, created: Timestamp, fields: Value) -> String {
        let mut object = Map::from_iter([
            ("type".to_owned(), kind.into()),
            ("spec_version".to_owned(), "2.1".into()),
            ("created".to_owned(), moment(created).into()),
            ("modified".to_owned(), moment(created).into()),
            ("object_marking_refs".to_owned(), json!([self.tlp.marking()])),
        ]);
        if !self.maker.is_empty() {
            object.insert("created_by_ref".into(), self.maker.as_str().into());
        }
        if let (Lang::Ja, "report" | "grouping" | "indicator") = (self.words.lang(), kind) {
            object.insert("lang".into(), "ja".into());
        }
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        let id = ids::own(kind, &Value::Object(object.clone()));
        if self.ids.insert(id.clone()) {
            object.insert("id".into(), id.as_str().into());
            self.objects.push(object.into());
        }
        id
    }
}

fn flat_list(rules: &BTreeSet<&str>) -> String {
    Untrusted(&rules.iter().copied().collect::<Vec<_>>().join(", ")).to_string()
}

/// A time as STIX writes it, to the millisecond.
fn moment(time: Timestamp) -> String {
    let text = time.to_string();
    let (whole, fraction) = text.trim_end_matches('Z').split_once('.').unwrap_or((text.trim_end_matches('Z'), ""));
    format!("{whole}.{:0<3}Z", fraction.get(..3).unwrap_or(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_millisecond() {
        for (micros, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (120_000, "1970-01-01T00:00:00.120Z"),
            (1_999, "1970-01-01T00:00:00.001Z"),
        ] {
            assert_eq!(moment(Timestamp::from_micros(micros)), expected);
        }
    }
}
