//! What is wrong with a pack, as far as it shows without running a rule.

mod products;

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::both;
use hikeshi_core::family::{Family, LogSource};
use hikeshi_core::other_tool::{OtherTool, PLACEHOLDERS};
use hikeshi_core::place::Place;
use hikeshi_core::text::Text;

use crate::Pack;
use crate::manifest::{PlannedStep, SCHEMA};
use crate::rules::{Detection, Rule};
use crate::samples::Expect;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, or the rule's name.
    pub place: String,
    /// What is wrong with it.
    pub what: Text,
}

impl Fault {
    pub(crate) fn new(place: &str, what: impl Into<Text>) -> Self {
        Self { place: place.to_owned(), what: what.into() }
    }
}

/// Everything that is wrong, in order of place.
#[must_use]
pub fn lint(pack: &Pack) -> Vec<Fault> {
    let mut faults = Faults::default();
    manifest(pack, &mut faults);
    pack.families.iter().for_each(|family| family_texts(family, &mut faults));
    for channel in &pack.channels {
        let place = format!("channels/{}", channel.id);
        faults.text(&place, "title", &channel.title);
        let is_needed = pack.manifest.clean_needs.iter().flatten().any(|need| need.any.contains(&channel.id));
        if is_needed {
            faults.text(&place, "ask", &channel.ask);
        }
        channel.notes.iter().for_each(|notes| faults.text(&place, "notes", notes));
    }
    for place in &pack.places {
        place_form(place, pack, &mut faults);
    }
    for tool in &pack.other_tools {
        other_tool(tool, pack, &mut faults);
    }
    products::lint(pack, &mut faults);
    for skipped in &pack.rules.skipped {
        faults.add(&skipped.path, skipped.reason.clone());
    }
    let mut seen = BTreeMap::new();
    for rule in &pack.rules.rules {
        rule_form(rule, pack, &mut faults);
        if let Some(other) = seen.insert(rule.reference.id.as_str(), rule.path.as_str()) {
            faults.add(&rule.path, both!("has the same id as {other}", "{other} と ID が同じです"));
        }
    }
    samples(pack, &mut faults);
    faults.0.sort();
    faults.0
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, place: &str, what: impl Into<Text>) {
        self.0.push(Fault::new(place, what));
    }

    fn text(&mut self, place: &str, name: &str, text: &Text) {
        for lang in text.missing() {
            self.add(place, both!("`{name}` has no text in `{lang}`", "`{name}` に `{lang}` の文がありません"));
        }
    }
}

fn manifest(pack: &Pack, faults: &mut Faults) {
    const PLACE: &str = "pack.yaml";
    let manifest = &pack.manifest;
    if manifest.schema != SCHEMA {
        let schema = &manifest.schema;
        faults.add(
            PLACE,
            both!(
                "`schema` is {schema}; this version reads {SCHEMA}",
                "`schema` が {schema} です。この版が読めるのは {SCHEMA} です"
            ),
        );
    }
    faults.text(PLACE, "title", &manifest.title);
    faults.text(PLACE, "summary", &manifest.summary);
    faults.text(PLACE, "window.note", &manifest.window.note);
    faults.text(PLACE, "affected_ask", &manifest.affected_ask);
    for (id, kind) in &manifest.kinds {
        faults.text(PLACE, &format!("kinds.{id}.title"), &kind.title);
        faults.text(PLACE, &format!("kinds.{id}.ask"), &kind.ask);
    }
    for (verdict, steps) in &manifest.next_steps {
        for step in steps {
            let name = format!("next_steps.{}.{}", verdict.word(), step.id);
            faults.text(PLACE, &format!("{name}.do"), &step.act);
            faults.text(PLACE, &format!("{name}.why"), &step.why);
            if let Some(takes) = &step.takes {
                faults.text(PLACE, &format!("{name}.takes"), takes);
            }
            step_form(&name, step, pack, faults);
        }
    }
    for (verdict, words) in &manifest.at_once {
        words.iter().for_each(|words| faults.text(PLACE, &format!("at_once.{}", verdict.word()), &words.say));
    }
    for (verdict, texts) in &manifest.do_not {
        texts.iter().for_each(|text| faults.text(PLACE, &format!("do_not.{}", verdict.word()), text));
    }
    for contact in &manifest.contacts {
        faults.text(PLACE, "contacts.name", &contact.name);
        faults.text(PLACE, "contacts.role", &contact.role);
    }
    let known: BTreeSet<&str> = pack
        .families
        .iter()
        .map(|family| family.id.as_str())
        .chain(pack.channels.iter().map(|channel| channel.id.as_str()))
        .chain(pack.places.iter().map(|place| place.id.as_str()))
        .chain(manifest.kinds.keys().map(String::as_str))
        .collect();
    for kind in manifest.clean_needs.iter().flatten().flat_map(|requirement| &requirement.any) {
        if !known.contains(kind.as_str()) {
            faults.add(
                PLACE,
                both!(
                    "`clean_needs` names `{kind}`, which is no family, channel or place, and none of `kinds`",
                    "`clean_needs` の `{kind}` は、ログの種類、チャネル、場所、`kinds` のどれにもありません"
                ),
            );
        }
    }
}

/// A step that asks for a rule that the pack does not have is never shown, and one whose languages name different things
/// says different things.
fn step_form(name: &str, step: &PlannedStep, pack: &Pack, faults: &mut Faults) {
    for rule in &step.when.rules {
        if !pack.rules.rules.iter().any(|known| known.reference.name == *rule) {
            faults.add(
                "pack.yaml",
                both!(
                    "`{name}.when` names the rule `{rule}`, which the pack does not have",
                    "`{name}.when` の指すルール `{rule}` が知識パックにありません"
                ),
            );
        }
    }
    for mark in ["{addresses}", "{pages}", "{accounts}"] {
        if step.act.en.contains(mark) != step.act.ja.contains(mark) {
            faults.add(
                "pack.yaml",
                both!(
                    "`{name}.do` has `{mark}` in one language only",
                    "`{name}.do` の `{mark}` が片方の言語にしかありません"
                ),
            );
        }
    }
}

fn family_texts(family: &Family, faults: &mut Faults) {
    let place = format!("families/{}", family.id);
    faults.text(&place, "title", &family.title);
    if family.signature.columns.is_empty() && family.signature.comments.is_empty() && family.paths.is_empty() {
        faults.add(
            &place,
            both!(
                "has neither paths nor a signature: no file will be recognised",
                "`paths` も `signature` もなく、どのファイルも認識できません"
            ),
        );
    }
    if let Some(notes) = &family.notes {
        faults.text(&place, "notes", notes);
    }
}

fn place_form(place: &Place, pack: &Pack, faults: &mut Faults) {
    let name = format!("places/{}", place.id);
    faults.text(&name, "title", &place.title);
    if !place.seen_with.is_empty() {
        faults.text(&name, "ask", &place.ask);
    }
    place.notes.iter().for_each(|notes| faults.text(&name, "notes", notes));
    for list in place.known_good.iter().filter(|list| !pack.known_good.contains_key(*list)) {
        faults.add(&name, both!("names `{list}`, which does not exist", "`{list}` を指していますが、ありません"));
    }
}

fn other_tool(tool: &OtherTool, pack: &Pack, faults: &mut Faults) {
    let name = format!("second-opinions/{}", tool.id);
    faults.text(&name, "looks_at", &tool.looks_at);
    let rules: BTreeSet<&str> = pack.rules.rules.iter().map(|rule| rule.reference.name.as_str()).collect();
    let named =
        tool.sees.iter().chain(tool.notes.iter().flat_map(|note| note.when.rules.iter().chain(&note.when.without)));
    for rule in named.filter(|rule| !rules.contains(rule.as_str())) {
        faults.add(
            &name,
            both!("names the rule `{rule}`, which does not exist", "ルール `{rule}` を指していますが、ありません"),
        );
    }
    let ids = pack.other_tools.iter().flat_map(|tool| &tool.outputs).map(|output| output.id.as_str());
    for output in &tool.outputs {
        let id = &output.id;
        if ids.clone().filter(|id| *id == output.id).count() > 1 {
            faults.add(
                &name,
                both!("the output `{id}` has the id of another", "出力 `{id}` の ID がほかと重なっています"),
            );
        }
        if output.columns.is_empty() == output.lines.is_empty() || output.columns.is_empty() == output.rows.is_some() {
            faults.add(
                &name,
                both!(
                    "the output `{id}` needs either columns and rows, or lines",
                    "出力 `{id}` には、`columns` と `rows` の組か、`lines` のどちらかが必要です"
                ),
            );
        }
        if output.columns.is_empty() && output.marks.is_empty() && output.named.is_none() {
            faults
                .add(&name, both!("the output `{id}` shows by nothing", "出力 `{id}` を見分ける手がかりがありません"));
        }
        for family in output.reads_as.iter().filter(|id| pack.families.iter().all(|family| family.id != **id)) {
            faults.add(
                &name,
                both!(
                    "names the family `{family}`, which does not exist",
                    "ログの種類 `{family}` を指していますが、ありません"
                ),
            );
        }
    }
    for note in &tool.notes {
        faults.text(&name, &format!("notes.{}", note.id), &note.text);
        for text in [&note.text.en, &note.text.ja] {
            for word in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(word, _)| word) {
                if !PLACEHOLDERS.contains(&word) {
                    let id = &note.id;
                    faults.add(
                        &name,
                        both!(
                            "the note `{id}` has `{{{word}}}`, for which nothing stands",
                            "注記 `{id}` の `{{{word}}}` に入る値がありません"
                        ),
                    );
                }
            }
        }
    }
}

fn rule_form(rule: &Rule, pack: &Pack, faults: &mut Faults) {
    let place = &rule.path;
    if !rule.explained {
        faults.add(
            place,
            both!(
                "has no block custom.hikeshi with stage and explanations",
                "段階と説明を書く `custom.hikeshi` がありません"
            ),
        );
    }
    for (name, text) in [
        ("name", &rule.explanation.name),
        ("means", &rule.explanation.means),
        ("not", &rule.explanation.does_not_mean),
        ("next", &rule.explanation.next),
    ] {
        faults.text(place, name, text);
    }
    match &rule.detection {
        Detection::Rule(sigma) => {
            let source = LogSource {
                category: sigma.logsource.category.clone(),
                product: sigma.logsource.product.clone(),
                service: sigma.logsource.service.clone(),
            };
            let of_records = source.product.as_ref().is_some_and(|product| product.eq_ignore_ascii_case("windows"));
            if !of_records && !pack.families.iter().any(|family| family.logsource.answers(&source)) {
                faults.add(
                    place,
                    both!(
                        "names a log source that no family of the pack has",
                        "指定のログ ソースに当たるログの種類が知識パックにありません"
                    ),
                );
            }
        }
        Detection::Correlation(correlation) => {
            let names = crate::rules::by_name(&pack.rules.rules);
            for name in correlation.rules.iter().filter(|name| !names.contains_key(name.as_str())) {
                faults.add(
                    place,
                    both!("refers to the rule `{name}`, which does not exist", "参照先のルール `{name}` がありません"),
                );
            }
        }
    }
}

fn samples(pack: &Pack, faults: &mut Faults) {
    let rules: BTreeSet<&str> = pack.rules.rules.iter().map(|rule| rule.reference.name.as_str()).collect();
    let have: BTreeSet<(&str, Expect)> =
        pack.samples.iter().map(|sample| (sample.rule.as_str(), sample.expect)).collect();
    for rule in &rules {
        for (expect, word) in [(Expect::Hit, "hit"), (Expect::Miss, "miss")] {
            if !have.contains(&(rule, expect)) {
                faults.add(&format!("tests/{rule}"), both!("has no {word}-* sample", "{word}-* の見本がありません"));
            }
        }
    }
    // Which YARA rules there are is known where they are compiled.
    for sample in pack.unclaimed_samples().filter(|_| pack.yara.is_empty()) {
        faults.add(
            &format!("tests/{}/{}", sample.rule, sample.name),
            both!("belongs to no rule", "どのルールの見本でもありません"),
        );
    }
}
