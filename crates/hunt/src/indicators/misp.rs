//! Events of MISP: draft-dulaunoy-misp-core-format. Exports of a server, events of a feed, and attributes alone.

use std::sync::Arc;

use hikeshi_core::text::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::guess;
use super::indicator::{About, Confidence, Draft, Kind, Syntax, cves, short};
use super::intake::{Intake, LeftOut, Skip};
use super::json::{self, Word};
use super::type_name::{self, Named};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(default)]
    info: Word,
    #[serde(borrow, rename = "Attribute")]
    attributes: Option<&'a RawValue>,
    #[serde(borrow, rename = "Object")]
    objects: Option<&'a RawValue>,
    #[serde(borrow, rename = "Tag")]
    tags: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(default)]
    deleted: Word,
    #[serde(borrow, rename = "Attribute")]
    attributes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Attribute<'a> {
    #[serde(default, rename = "type")]
    kind: Word,
    #[serde(default)]
    value: Word,
    #[serde(default)]
    category: Word,
    #[serde(default)]
    comment: Word,
    #[serde(default)]
    to_ids: Word,
    #[serde(default)]
    uuid: Word,
    #[serde(default)]
    deleted: Word,
    #[serde(borrow, rename = "Tag")]
    tags: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Tag {
    #[serde(default)]
    name: Word,
}

/// What an attribute says that its publisher does not want to be searched for by itself. Many do not set the mark at all, so
/// such attributes are taken as context where they are traces.
pub(super) const NOT_FOR_DETECTION: &str = "to_ids is false";

/// Reads one event, or what holds attributes like one.
pub(super) fn read(source: &str, event: &RawValue, intake: &mut Intake) {
    let event: Event<'_> = match serde_json::from_str(event.get()) {
        Ok(event) => event,
        Err(error) => {
            intake.leave(
                LeftOut::part(Skip::Malformed, event.get(), "event")
                    .because(Text::quoted(error, "JSON として読めません")),
            );
            return;
        }
    };
    let source = if event.info.0.is_empty() { source } else { &event.info.0 };
    let mut about = About { tags: tags(event.tags, intake).into(), ..About::from_source(source) };
    about.confidence = confidence(&about.tags).unwrap_or(Confidence::Medium);
    about.cve = vulnerabilities(event.attributes);
    if let Some(attributes) = event.attributes {
        json::each(attributes, "Attribute", intake, &mut |attribute, intake| {
            read_attribute(attribute, &about, Siblings::None, intake);
        });
    }
    if let Some(objects) = event.objects {
        json::each(objects, "Object", intake, &mut |object, intake| read_object(object, &about, intake));
    }
}

/// Whether an attribute stands in an object beside the hash of the same file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Siblings {
    None,
    Hash,
}

fn read_object(object: &RawValue, about: &About, intake: &mut Intake) {
    let object: Object<'_> = match serde_json::from_str(object.get()) {
        Ok(object) => object,
        Err(error) => {
            intake.leave(
                LeftOut::part(Skip::Malformed, object.get(), "Object")
                    .because(Text::quoted(error, "JSON として読めません")),
            );
            return;
        }
    };
    let Some(attributes) = object.attributes else { return };
    if is_true(&object.deleted) {
        intake.leave(LeftOut::part(Skip::Withdrawn, "", "Object"));
        return;
    }
    let mut siblings = Siblings::None;
    json::each(attributes, "Object", &mut Intake::default(), &mut |attribute, _| {
        let parsed = serde_json::from_str::<Attribute<'_>>(attribute.get());
        if parsed.is_ok_and(|attribute| guess::hash(&attribute.value.0).is_some()) {
            siblings = Siblings::Hash;
        }
    });
    json::each(attributes, "Object", intake, &mut |attribute, intake| {
        read_attribute(attribute, about, siblings, intake);
    });
}

fn read_attribute(attribute: &RawValue, about: &About, siblings: Siblings, intake: &mut Intake) {
    let attribute: Attribute<'_> = match serde_json::from_str(attribute.get()) {
        Ok(attribute) => attribute,
        Err(error) => {
            intake.leave(
                LeftOut::part(Skip::Malformed, attribute.get(), "Attribute")
                    .because(Text::quoted(error, "JSON として読めません")),
            );
            return;
        }
    };
    let (kind, value, id) = (&attribute.kind.0, &attribute.value.0, &attribute.uuid.0);
    let mut leave = |skip: Skip| intake.leave(LeftOut::part(skip, value, id).because(Text::same(kind)));
    if is_true(&attribute.deleted) {
        return leave(Skip::Withdrawn);
    }
    let is_for_detection = is_true(&attribute.to_ids);
    if !is_for_detection && !is_trace(&attribute.category.0) {
        return leave(Skip::NotForDetection);
    }
    let mut meant = Vec::new();
    for (name, part) in type_name::parts(kind, value) {
        match type_name::of(name).filter(|named| *named != Named::Guess) {
            // What stands beside an address or a value of the registry is no value of its own.
            None if matches!(name, "port" | "value") && !meant.is_empty() => {}
            None => return leave(Skip::KindUnsupported),
            Some(named) => match named.value(part) {
                Ok(part) => meant.push(part),
                Err(skip) => return leave(skip),
            },
        }
    }
    let mut own = about.clone();
    let own_tags = tags(attribute.tags, intake);
    own.confidence = confidence(&own_tags).unwrap_or(about.confidence);
    if !own_tags.is_empty() {
        own.tags = about.tags.iter().cloned().chain(own_tags).collect();
    }
    if !is_for_detection {
        own.confidence = Confidence::Low;
        own.besides = vec![NOT_FOR_DETECTION.to_owned()];
    }
    own.description = Text::same(short(&attribute.comment.0));
    take(meant, siblings, own, id, intake);
}

/// Whether attributes of this category are traces of an attack, rather than what was written about it or who was hit.
fn is_trace(category: &str) -> bool {
    const TRACES: [&str; 6] = [
        "Antivirus detection",
        "Artifacts dropped",
        "Network activity",
        "Payload delivery",
        "Payload installation",
        "Persistence mechanism",
    ];
    TRACES.contains(&category)
}

/// Takes the parts of one attribute. The name in `filename|sha256` is what the file was called once.
fn take(meant: Vec<(Kind, Syntax, String)>, siblings: Siblings, mut about: About, id: &str, intake: &mut Intake) {
    let is_name = |kind: Kind| matches!(kind, Kind::FileName | Kind::Path);
    let has_hash = meant.iter().any(|(kind, ..)| kind.is_hash());
    if has_hash && let Some((_, _, name)) = meant.iter().find(|(kind, ..)| is_name(*kind)) {
        let comment = std::mem::take(&mut about.description.en);
        about.description = Text::same(short([name.as_str(), &comment].join(" ").trim()));
    }
    let about = Arc::new(about);
    for (kind, syntax, value) in meant {
        if is_name(kind) && siblings == Siblings::Hash && !has_hash {
            intake.leave(LeftOut::part(Skip::NameBesideHash, &value, id));
        } else if !(is_name(kind) && has_hash) {
            let about = Arc::clone(&about);
            intake.take(Draft { id: id.to_owned(), kind, syntax, value, except: None, method: None, about });
        }
    }
}

fn is_true(word: &Word) -> bool {
    matches!(word.0.as_str(), "true" | "1")
}

fn tags(array: Option<&RawValue>, intake: &mut Intake) -> Vec<String> {
    const TAGS_CAP: usize = 64;
    let mut tags = Vec::new();
    if let Some(array) = array {
        json::each(array, "Tag", intake, &mut |tag, _| {
            if let Ok(Tag { name: Word(name) }) = serde_json::from_str(tag.get())
                && !name.is_empty()
                && tags.len() < TAGS_CAP
            {
                tags.push(short(&name).to_owned());
            }
        });
    }
    tags
}

/// CVE ids of an event: they stand among its attributes.
fn vulnerabilities(attributes: Option<&RawValue>) -> Arc<[String]> {
    const CVES_CAP: usize = 64;
    let mut words = Vec::new();
    if let Some(attributes) = attributes {
        json::each(attributes, "", &mut Intake::default(), &mut |attribute, _| {
            if let Ok(attribute) = serde_json::from_str::<Attribute<'_>>(attribute.get())
                && attribute.kind.0 == "vulnerability"
                && words.len() < CVES_CAP
            {
                words.push(attribute.value.0);
            }
        });
    }
    cves(words)
}

/// From the taxonomies of MISP that grade confidence; of several words the last one counts, which stands nearest.
fn confidence(tags: &[String]) -> Option<Confidence> {
    let graded = |tag: &String| {
        let (taxonomy, word) = tag.split_once('=')?;
        let word = word.trim_matches('"');
        match taxonomy {
            "misp:confidence-level" => match word {
                "completely-confident" | "usually-confident" => Some(Confidence::High),
                "fairly-confident" => Some(Confidence::Medium),
                "rarely-confident" | "unconfident" => Some(Confidence::Low),
                _ => None,
            },
            "estimative-language:confidence-in-analytic-judgment" => Confidence::from_word(word),
            _ => None,
        }
    };
    tags.iter().filter_map(graded).next_back()
}
