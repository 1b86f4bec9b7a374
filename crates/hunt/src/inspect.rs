//! What is wrong with a pack, as far as it shows by compiling: products, YARA rules, indicators. The rest is in `hikeshi_pack::lint`.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_evidence::yara::{Statement, compile};
use hikeshi_pack::Pack;
use hikeshi_pack::lint::Fault;
use hikeshi_pack::samples::Expect;

use crate::affected;
use crate::indicators::{LeftOut, Why};
use crate::sought::IndicatorBook;

/// Everything that is wrong, in order of place.
#[must_use]
pub fn inspect(pack: &Pack) -> Vec<Fault> {
    let mut faults = affected::faults(pack);
    yara(pack, &mut faults);
    indicators(pack, &mut faults);
    faults.sort();
    faults
}

fn yara(pack: &Pack, faults: &mut Vec<Fault>) {
    if pack.yara.is_empty() {
        return;
    }
    let (rules, skipped) = compile(pack.yara.iter().cloned());
    for one in skipped {
        let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
        faults.push(Fault {
            place: format!("{}{line}", one.file),
            what: Text::quoted(one.reason, "YARA ルールとして使えません"),
        });
    }
    let statements: Vec<Statement> = rules.statements().collect();
    for statement in &statements {
        let place = format!("{} {}", statement.file, statement.rule);
        for name in unsaid(statement) {
            let what = both!("its `meta` says no `{name}`", "`meta` に `{name}` がありません");
            faults.push(Fault { place: place.clone(), what });
        }
        for (expect, word) in [(Expect::Hit, "hit"), (Expect::Miss, "miss")] {
            if !pack.samples.iter().any(|sample| sample.rule == statement.rule && sample.expect == expect) {
                let place = format!("tests/{}", statement.rule);
                faults.push(Fault {
                    place, what: both!("has no {word}-* sample", "{word}-* の見本がありません")
                });
            }
        }
    }
    let known: BTreeSet<&str> = statements.iter().map(|statement| statement.rule.as_str()).collect();
    for sample in pack.unclaimed_samples().filter(|sample| !known.contains(sample.rule.as_str())) {
        let place = format!("tests/{}/{}", sample.rule, sample.name);
        faults
            .push(Fault { place, what: both!("belongs to no rule", "どのルールの見本でもありません") });
    }
}

/// What a rule of a pack says besides what it looks for, and this one does not.
fn unsaid(statement: &Statement) -> Vec<String> {
    let texts = ["name", "means", "not", "next"];
    let both = texts.into_iter().flat_map(|name| ["en", "ja"].map(|lang| format!("{name}_{lang}")));
    let wanted = std::iter::once("stage".to_owned()).chain(both);
    wanted.filter(|name| statement.meta(name).is_none_or(|text| text.trim().is_empty())).collect()
}

fn indicators(pack: &Pack, faults: &mut Vec<Fault>) {
    let (mut values, mut ids) = (BTreeMap::new(), BTreeSet::new());
    for ((path, _), book) in pack.indicators.iter().zip(IndicatorBook::of_pack(pack)) {
        faults.extend(book.loaded.left_out.iter().map(|one| left_out(path, one)));
        for indicator in &book.loaded.indicators {
            let place = format!("{path} {}", indicator.id);
            let mut tell = |what: Text| faults.push(Fault { place: place.clone(), what });
            for (name, text) in
                [("meaning", &indicator.about.description), ("false_positives", &indicator.about.false_positives)]
            {
                text_of(name, text).into_iter().for_each(&mut tell);
            }
            if !ids.insert(indicator.id.clone()) {
                tell(both!("another indicator has the same id", "ほかの侵害指標と ID が同じです"));
            }
            if let Some(other) = values.insert((indicator.kind, indicator.value.clone()), indicator.id.clone()) {
                tell(both!("has the value of {other}", "{other} と値が同じです"));
            }
        }
    }
}

fn left_out(path: &str, one: &LeftOut) -> Fault {
    let (en, ja) = match one.why {
        Why::Refused(_) => {
            ("is refused, it would match what is no sign of anything", "は何の痕跡でもないものに一致するため使いません")
        }
        Why::Skipped(_) => ("cannot be used", "は使えません"),
    };
    let place = format!("{path} {}", one.place).trim_end().to_owned();
    let (value, code) = (&one.value, one.why.code());
    let what = Text::new(format!("`{value}` {en} ({code})"), format!("`{value}` {ja} ({code})"));
    let what = match &one.detail {
        Some(detail) => detail.behind(&what),
        None => what,
    };
    Fault { place, what }
}

/// A text that lacks a language. One that is the same in both was written in one.
fn text_of(name: &str, text: &Text) -> Option<Text> {
    if text.en.trim().is_empty() || text.ja.trim().is_empty() {
        Some(both!("has no `{name}` in both languages", "`{name}` が日英両方そろっていません"))
    } else {
        (text.en == text.ja).then(|| {
            both!(
                "has one `{name}` for both languages; write `{{en: …, ja: …}}`",
                "`{name}` が日英で同じです。`{{en: …, ja: …}}` と書いてください"
            )
        })
    }
}
