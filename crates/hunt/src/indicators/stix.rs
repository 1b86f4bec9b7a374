//! Indicators of STIX 2.1 (OASIS standard, 10 June 2021) and 2.0: bundles, envelopes of TAXII, and objects alone.
//!
//! Of a pattern, what can be looked for value by value is taken apart (see `meaning`); the rest is told. Other objects of a
//! bundle are no indicators and are passed over: observed data is what somebody saw, not what to look for.

mod meaning;
mod pattern;

use std::sync::Arc;

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::indicator::{About, Confidence, Draft, cves, short};
use super::intake::{Intake, LeftOut, Skip};
use super::json::{self, Word, Words};
use meaning::Meaning;

/// So many indicators are made of one pattern.
const PARTS_CAP: usize = 10_000;

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(default, rename = "type")]
    kind: Word,
    #[serde(default)]
    id: Word,
    #[serde(default)]
    name: Word,
    #[serde(default)]
    description: Word,
    #[serde(default)]
    pattern: Word,
    #[serde(default)]
    pattern_type: Word,
    #[serde(default)]
    valid_until: Word,
    #[serde(default)]
    confidence: Word,
    #[serde(default)]
    revoked: Word,
    #[serde(default)]
    labels: Words,
    #[serde(default)]
    indicator_types: Words,
    #[serde(borrow)]
    kill_chain_phases: Option<&'a RawValue>,
    #[serde(borrow)]
    external_references: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Phase {
    #[serde(default)]
    kill_chain_name: Word,
    #[serde(default)]
    phase_name: Word,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    source_name: Word,
    #[serde(default)]
    external_id: Word,
    #[serde(default)]
    url: Word,
}

/// Reads the objects of a bundle.
pub(super) fn read(source: &str, objects: &RawValue, intake: &mut Intake) {
    let (mut others, mut indicators) = (0, 0);
    json::each(objects, "objects", intake, &mut |object, intake| {
        // Most objects of large bundles are relationships; that an object is none of ours shows without parsing it.
        let is_indicator = object.get().contains("\"indicator\"") && read_object(source, object, intake);
        *(if is_indicator { &mut indicators } else { &mut others }) += 1;
    });
    if indicators == 0 {
        let detail =
            both!("of its {others} objects none is an indicator", "{others} 個のオブジェクトに侵害指標がありません");
        intake.leave(LeftOut::part(Skip::NotForDetection, source, "objects").because(detail));
    }
}

/// Reads one object; `false` when it is no indicator.
pub(super) fn read_object(source: &str, object: &RawValue, intake: &mut Intake) -> bool {
    let object: Object<'_> = match serde_json::from_str(object.get()) {
        Ok(object) => object,
        Err(error) => {
            intake.leave(
                LeftOut::part(Skip::Malformed, object.get(), "objects")
                    .because(Text::quoted(error, "JSON として読めません")),
            );
            return true;
        }
    };
    if object.kind.0 != "indicator" {
        return false;
    }
    let (id, pattern) = (&object.id.0, &object.pattern.0);
    let mut leave = |skip: Skip, detail: Text| intake.leave(LeftOut::part(skip, pattern, id).because(detail));
    if object.revoked.0 == "true" {
        leave(Skip::Withdrawn, Text::same("revoked"));
    } else if object.indicator_types.0.iter().any(|kind| kind == "benign") {
        leave(Skip::KnownGood, Text::same("benign"));
    } else if !matches!(object.pattern_type.0.as_str(), "" | "stix") {
        leave(Skip::RuleLanguage, Text::same(&object.pattern_type.0));
    } else {
        match pattern::parse(pattern) {
            Ok(parsed) => {
                let about = about(source, &object, intake);
                take(&meaning::of(&parsed), pattern, id, about, intake);
            }
            Err(words) => leave(Skip::Malformed, Text::quoted(words, "パターンとして読めません")),
        }
    }
    true
}

fn take(meaning: &Meaning, pattern: &str, id: &str, about: About, intake: &mut Intake) {
    for reason in &meaning.skipped {
        intake.leave(LeftOut::part(Skip::NotExpressible, pattern, id).because(reason.clone()));
    }
    let plain = Arc::new(about);
    for part in meaning.parts.iter().take(PARTS_CAP) {
        let about = if part.besides.is_empty() {
            Arc::clone(&plain)
        } else {
            let besides = part.besides.clone();
            Arc::new(About { besides, confidence: Confidence::Low, ..About::clone(&plain) })
        };
        let (kind, syntax, value) = (part.kind, part.syntax, part.value.clone());
        intake.take(Draft { id: id.to_owned(), kind, syntax, value, except: None, method: None, about });
    }
    let beyond = meaning.parts.len().saturating_sub(PARTS_CAP) as u64;
    intake.leave_many(LeftOut::part(Skip::TooMany, pattern, id), beyond);
}

fn about(source: &str, object: &Object<'_>, intake: &mut Intake) -> About {
    let time = |word: &Word| Timestamp::parse(word.0.as_bytes());
    let mut tags: Vec<String> = object.labels.0.iter().chain(&object.indicator_types.0).cloned().collect();
    let mut ids = Vec::new();
    let mut address = None;
    if let Some(phases) = object.kill_chain_phases {
        json::each(phases, &object.id.0, intake, &mut |phase, _| {
            if let Ok(phase) = serde_json::from_str::<Phase>(phase.get()) {
                tags.push(format!("{}:{}", phase.kill_chain_name.0, phase.phase_name.0));
            }
        });
    }
    if let Some(references) = object.external_references {
        json::each(references, &object.id.0, intake, &mut |reference, _| {
            let Ok(reference) = serde_json::from_str::<Reference>(reference.get()) else { return };
            if reference.source_name.0 == "cve" {
                ids.push(reference.external_id.0);
            } else if address.is_none() && !reference.url.0.is_empty() {
                address = Some(reference.url.0);
            }
        });
    }
    let described = [object.name.0.as_str(), &object.description.0].join(": ");
    About {
        confidence: Confidence::from_word(&object.confidence.0).unwrap_or(Confidence::Medium),
        description: Text::same(short(described.trim_matches([':', ' ']))),
        valid_until: time(&object.valid_until),
        tags: tags.into(),
        cve: cves(ids),
        ..About::from_source(address.as_deref().unwrap_or(source))
    }
}
