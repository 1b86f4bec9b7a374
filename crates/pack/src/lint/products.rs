//! What is wrong with the products of a pack, as far as it shows without compiling an expression: `hunt` does that.

use std::collections::BTreeSet;

use hikeshi_core::both;
use hikeshi_core::product::{BuildEvidence, Shows};
use hikeshi_core::text::{Phrase, Text};

use super::Faults;
use crate::samples::Expect;
use crate::{Pack, ProductBook};

/// Looks at all products.
pub(super) fn lint(pack: &Pack, faults: &mut Faults) {
    let mut ids = BTreeSet::new();
    for book in &pack.products {
        let place = format!("products/{}", book.product.id);
        if !ids.insert(&book.product.id) {
            faults.add(&place, both!("another product has the same id", "ほかの製品と ID が同じです"));
        }
        product(pack, book, &place, faults);
        table(pack, book, faults);
        samples(pack, book, faults);
    }
}

fn product(pack: &Pack, book: &ProductBook, place: &str, faults: &mut Faults) {
    let product = &book.product;
    faults.text(place, "title", &product.title);
    product.notes.iter().for_each(|notes| faults.text(place, "notes", notes));
    if product.evidence.is_empty() {
        faults.add(
            place,
            both!("`evidence` is empty: no build will be found", "`evidence` が空で、ビルドを特定できません"),
        );
    }
    let mut ids = BTreeSet::new();
    for evidence in &product.evidence {
        let name = format!("evidence.{}", evidence.id);
        if !ids.insert(&evidence.id) {
            faults.add(place, both!("`{name}` stands there twice", "`{name}` が 2 回あります"));
        }
        faults.text(place, &format!("{name}.title"), &evidence.title);
        for (en, ja) in unfit(evidence) {
            faults.add(place, Text::new(format!("`{name}` {en}"), format!("`{name}` {ja}")));
        }
        for family in evidence.log.iter().filter(|id| !pack.families.iter().any(|family| family.id == **id)) {
            faults.add(
                place,
                both!(
                    "`{name}` names the log family `{family}`, which the pack does not have",
                    "`{name}` の指すログの種類 `{family}` が知識パックにありません"
                ),
            );
        }
    }
}

/// Keys that do not go together.
fn unfit(evidence: &BuildEvidence) -> Vec<Phrase> {
    let sources = [evidence.record.is_some(), !evidence.log.is_empty(), !evidence.text.is_empty()]
        .iter()
        .filter(|is| **is)
        .count();
    let of_text = evidence.confirmed_by.is_some() || evidence.void_by.is_some();
    let of_record = evidence.value.is_some() || !evidence.values.is_empty() || !evidence.holds.is_empty();
    let is_installed = evidence.shows == Shows::Installed;
    let checks = [
        (
            sources != 1,
            (
                "needs exactly one of `record`, `log` and `text`",
                "には `record`、`log`、`text` のどれか 1 つだけが必要です",
            ),
        ),
        (
            evidence.record.is_none() && (of_record || evidence.since.is_some()),
            ("has keys that only a `record` has", "に `record` でしか使えないキーがあります"),
        ),
        (
            evidence.text.is_empty() && of_text,
            (
                "has `confirmed_by` or `void_by`, which only a `text` has",
                "の `confirmed_by` と `void_by` は `text` でしか使えません",
            ),
        ),
        (
            evidence.record.as_deref() != Some("file") && !evidence.paths.is_empty(),
            ("has `paths`, which only files have", "の `paths` はファイルでしか使えません"),
        ),
        (evidence.record.is_none() && evidence.pattern.is_none(), ("needs a `pattern`", "には `pattern` が必要です")),
        (
            evidence.record.is_some() && !is_installed && evidence.value.is_some() == (evidence.values.len() > 1),
            ("needs either `value` or several `values`", "には `value` か、2 つ以上の `values` のどちらかが必要です"),
        ),
    ];
    checks.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, what)| what).collect()
}

/// Each kind of evidence has a sample that shows it, and the product one that does not.
fn samples(pack: &Pack, book: &ProductBook, faults: &mut Faults) {
    let id = &book.product.id;
    let mut own = pack.samples.iter().filter(|sample| sample.rule == *id);
    for evidence in &book.product.evidence {
        let wanted = format!("hit-{}", evidence.id);
        if !own.clone().any(|sample| sample.name.starts_with(&wanted)) {
            faults.add(&format!("tests/{id}"), both!("has no {wanted}* sample", "{wanted}* の見本がありません"));
        }
    }
    if !own.any(|sample| sample.expect == Expect::Miss) {
        faults.add(&format!("tests/{id}"), both!("has no miss-* sample", "miss-* の見本がありません"));
    }
}

fn table(pack: &Pack, book: &ProductBook, faults: &mut Faults) {
    faults.0.extend(book.faults.iter().cloned());
    let place = format!("products/{}.csv", book.product.id);
    if book.table.builds.is_empty() && book.faults.is_empty() {
        faults.add(&place, both!("holds no build", "ビルドが 1 つもありません"));
    }
    for cve in book.table.cves.iter().filter(|cve| !pack.manifest.cves.contains(cve)) {
        faults.add(
            &place,
            both!(
                "has a column for {cve}, which `cves` of pack.yaml does not name",
                "{cve} の列がありますが、pack.yaml の `cves` にありません"
            ),
        );
    }
    for (earlier, later) in book.table.builds.iter().zip(book.table.builds.iter().skip(1)) {
        let reopened = earlier.line == later.line
            && earlier.states.iter().zip(&later.states).any(|(before, after)| before.is_safe() && !after.is_safe());
        if reopened {
            let (before, after) = (&earlier.version, &later.version);
            faults.add(
                &place,
                both!(
                    "{before} is safe and {after} of the same line is not",
                    "{before} は修正済みなのに、同じ系列の {after} は修正済みではありません"
                ),
            );
        }
    }
}
