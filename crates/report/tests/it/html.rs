//! The page for a browser: what it says, that nothing in it acts, how it is built, how large it can get.

use std::collections::BTreeSet;

use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;
use hikeshi_core::untrusted::is_armed;
use hikeshi_core::verdict::Verdict;
use hikeshi_report::{Words, html};
use hikeshi_testkit::Markup;
use serde_json::Value;

use crate::sample;

/// Markup, quotes, entities, bidi and invisible marks, escapes for terminals, NUL, a comment, an end of a style sheet.
const HOSTILE: &str = "\"><img src=x onerror=alert(1)>'<script>alert(1)</script><!-- &lt;]]></style></title></svg>\
    \u{1b}[31m\u{202e}\u{2066}\u{200b}\u{feff}\0\r\n\u{85}\u{2028}://javascript:alert(1)";

/// The elements of a page. None of them fetches or runs anything.
const TAGS: &str = "html head meta title style body a header main footer nav section article div h1 h2 h3 h4 p span strong ul ol \
    li dl dt dd details summary table caption thead tbody tr th td code wbr br figure figcaption svg desc defs \
    pattern g text rect line circle path";
/// Their attributes.
const ATTRIBUTES: &str = "lang charset http-equiv content name class id href rel scope role tabindex aria-label aria-labelledby \
    aria-hidden data-key viewBox d x y x1 x2 y1 y2 cx cy r width height text-anchor patternUnits";

fn page(report: &Report, lang: Lang) -> String {
    let mut out = Vec::new();
    html::write(report, &Words::new(lang), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn pages(report: &Report) -> [String; 2] {
    [Lang::En, Lang::Ja].map(|lang| page(report, lang))
}

/// The text that a reader sees, a line for each element that holds some.
fn outline(page: &str) -> String {
    let shown =
        ["h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "th", "td", "caption", "summary", "text", "title", "desc"];
    let markup = Markup::read(page);
    let body = markup.elements.iter().filter(|element| shown.contains(&element.tag.as_str()));
    body.map(|element| format!("{}{}: {}\n", " ".repeat(element.above.len()), element.tag, element.plain())).collect()
}

#[test]
fn the_page_says_everything_in_both_languages() {
    let [en, ja] = pages(&sample::report());
    insta::assert_snapshot!("html-en", outline(&en));
    insta::assert_snapshot!("html-ja", outline(&ja));
}

/// Replaces every text of a report, and every name in its maps, as far as it still is a report then.
fn with_every_text(text: &str) -> Report {
    let mut report = sample::value();
    let is_report = |value: &Value| serde_json::from_value::<Report>(value.clone()).is_ok();
    for pointer in pointers(&report, "") {
        let place = report.pointer_mut(&pointer).unwrap();
        let before = std::mem::replace(place, Value::from(text));
        if !is_report(&report) {
            *report.pointer_mut(&pointer).unwrap() = before;
        }
    }
    for finding in report["findings"].as_array_mut().unwrap() {
        let fields = finding["fields"].as_object_mut().unwrap();
        fields.insert(format!("{text}name"), Value::from(text));
    }
    serde_json::from_value(report).unwrap()
}

/// Where texts stand.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::String(_) => vec![at.to_owned()],
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(number, one)| pointers(one, &format!("{at}/{number}"))).collect()
        }
        Value::Object(map) => {
            let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
            map.iter().flat_map(|(key, one)| pointers(one, &format!("{at}/{}", escaped(key)))).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn no_text_of_a_report_becomes_markup_wherever_it_stands() {
    let tags = |page: &str| -> Vec<String> {
        let markup = Markup::read(page);
        // Breaks are put in after the separators of paths; a text holds as many as it holds.
        markup.elements.into_iter().map(|element| element.tag).filter(|tag| tag != "wbr").collect()
    };
    for (hostile, plain) in pages(&with_every_text(HOSTILE)).iter().zip(pages(&with_every_text("x"))) {
        assert_eq!(tags(hostile), tags(&plain));
        let markup = Markup::read(hostile);
        assert_eq!((markup.errors, markup.comments), (Vec::new(), Vec::new()));
        let armed: BTreeSet<char> = hostile.chars().filter(|one| is_armed(*one) && *one != '\n').collect();
        assert_eq!(armed, BTreeSet::new());
        let root = Markup::read(hostile).elements.swap_remove(0);
        assert!(root.text.contains("\"><img src=x onerror=alert(1)>'<script>alert(1)</script><!-- &lt;]]></style>"));
    }
}

#[test]
fn the_page_is_made_of_elements_and_attributes_that_do_nothing() {
    for page in pages(&sample::report()).into_iter().chain(pages(&with_every_text(HOSTILE))) {
        let markup = Markup::read(&page);
        let unknown: Vec<_> =
            markup.tags().into_iter().filter(|tag| !TAGS.split(' ').any(|known| known == *tag)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let unknown: Vec<_> =
            markup.attributes().into_iter().filter(|name| !ATTRIBUTES.split(' ').any(|known| known == *name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[test]
fn the_page_asks_for_nothing_and_its_policy_forbids_it() {
    for page in pages(&sample::report()) {
        let markup = Markup::read(&page);
        let policy =
            markup.tagged("meta").find(|meta| meta.attribute("http-equiv") == Some("Content-Security-Policy")).unwrap();
        let policy = policy.attribute("content").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        let style = &markup.tagged("style").next().unwrap().text;
        assert!(!style.contains("@import") && !style.contains("url(h") && !style.contains("//"));
        // Links lead into the page, and to those whom the pack says to call.
        let links: Vec<_> = markup.tagged("a").map(|link| link.attribute("href").unwrap()).collect();
        assert!(links.iter().all(|link| link.starts_with('#') || *link == "https://example.org/jp"), "{links:?}");
        for inner in links.iter().filter_map(|link| link.strip_prefix('#')) {
            assert!(markup.with_id(inner).is_some(), "{inner}");
        }
    }
}

#[test]
fn addresses_and_links_of_the_evidence_are_broken() {
    for page in pages(&sample::report()) {
        for whole in ["203.0.113.7", "203.0.113.9", "2001:db8::7", "http://example.org/shell"] {
            assert!(!page.contains(whole), "{whole}");
        }
        for broken in ["203[.]0.113.7", "203[.]0.113.9", "2001[:]db8::7", "http[://]example.org/shell"] {
            assert!(page.contains(broken), "{broken}");
        }
    }
}

#[test]
fn the_page_can_be_found_through_without_seeing_it() {
    for (page, lang) in pages(&sample::report()).iter().zip(["en", "ja"]) {
        let markup = Markup::read(page);
        assert_eq!(markup.elements[0].attribute("lang"), Some(lang));
        assert_eq!(markup.tagged("main").count(), 1);
        assert_eq!(markup.tagged("h1").count(), 1);
        let levels: Vec<u8> =
            markup.elements.iter().filter_map(|element| element.tag.strip_prefix('h')?.parse().ok()).collect();
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "a heading is left out: {levels:?}");
        }
        let ids: Vec<_> = markup.elements.iter().filter_map(|element| element.attribute("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{ids:?}");
        for section in markup.elements.iter().filter(|element| ["section", "nav"].contains(&element.tag.as_str())) {
            let by = section.attribute("aria-labelledby").map(|id| markup.with_id(id).unwrap().plain());
            assert!(!by.or(section.attribute("aria-label").map(str::to_owned)).unwrap().is_empty());
        }
        let tables = markup.tagged("table").count();
        assert_eq!(markup.tagged("caption").count(), tables);
        assert!(markup.tagged("th").all(|head| head.attribute("scope").is_some()));
        let picture = markup.tagged("svg").find(|svg| svg.attribute("role") == Some("img")).unwrap();
        for part in picture.attribute("aria-labelledby").unwrap().split(' ') {
            assert!(!markup.with_id(part).unwrap().plain().is_empty());
        }
    }
}

#[test]
fn the_answer_comes_first_for_every_verdict() {
    let verdicts =
        [Verdict::Clean, Verdict::Inconclusive, Verdict::Attempted, Verdict::Exploited, Verdict::Compromised];
    for verdict in verdicts {
        let report = Report { verdict, ..sample::report() };
        for (page, lang) in pages(&report).iter().zip([Lang::En, Lang::Ja]) {
            let words = Words::new(lang);
            let markup = Markup::read(page);
            assert_eq!(markup.texts("h1"), [words.get(&format!("verdict-{}", verdict.word()))]);
            let order =
                ["head-do-not", "head-first", "head-contacts", "head-unseen", "head-why"].map(|key| words.get(key));
            assert_eq!(markup.texts("h2")[..order.len()], order);
            let word = markup.texts("h1")[0].split(':').next().unwrap().to_owned();
            assert!(markup.texts("title")[0].starts_with(&word));
        }
    }
}

#[test]
fn what_is_not_there_leaves_no_empty_places() {
    let mut report = sample::report();
    report.verdict = Verdict::Clean;
    (report.practice, report.partial, report.narrowed) = (false, false, None);
    report.findings.clear();
    report.totals.clear();
    report.timeline.clear();
    report.actors.clear();
    report.missing.clear();
    report.machines.clear();
    report.second_opinions.clear();
    report.rules_skipped.clear();
    report.next_steps.clear();
    report.do_not.clear();
    report.affected.servers.clear();
    report.coverage.iter_mut().for_each(|coverage| {
        coverage.gaps.clear();
        coverage.unreadable.clear();
        coverage.unreadable_more = 0;
    });
    (report.window.from, report.window.to, report.window.seen) = (None, None, None);
    for page in pages(&report) {
        let markup = Markup::read(&page);
        for tag in ["ul", "ol", "dl", "p", "h2", "h3", "caption"] {
            assert!(markup.tagged(tag).all(|element| !element.plain().is_empty()), "an empty {tag}");
        }
        for link in markup.tagged("a").filter_map(|link| link.attribute("href")?.strip_prefix('#')) {
            assert!(markup.with_id(link).is_some(), "{link}");
        }
    }
}

/// What a server of any size can come to, and more: the model is bounded before.
fn huge() -> Report {
    let mut report = sample::report();
    let text = "<\u{202e}".repeat(500);
    let first = report.findings[0].clone();
    report.findings = (0..1_500)
        .map(|number| {
            let mut finding = first.clone();
            let mut rule = (*finding.rule).clone();
            rule.name = format!("rule-{:05}", number / 3);
            finding.rule = rule.into();
            finding.fields = (0..12).map(|field| (format!("field {field} {text}"), text.clone())).collect();
            finding
        })
        .collect();
    report.timeline = vec![report.timeline[0].clone(); 50_000];
    report.actors[0].addresses = (0..5_000).map(|number| format!("2001:db8::{number:x}")).collect();
    report.actors[0].agents = vec![text.clone(); 5_000];
    report.actors[0].pages = (0..5_000).map(|number| format!("{number}{text}")).collect();
    report.coverage = vec![report.coverage[0].clone(); 3_000];
    for coverage in &mut report.coverage {
        coverage.gaps = vec![coverage.gaps[0]; 200];
        coverage.unreadable = vec![coverage.unreadable[0].clone(); 50];
    }
    report.rules_skipped = vec![report.rules_skipped[0].clone(); 5_000];
    report.reasons = vec![report.reasons[0].clone(); 5_000];
    report.machines = vec![report.machines[0].clone(); 5_000];
    report
}

#[test]
fn a_page_stays_small_and_says_what_it_leaves_out() {
    const CAP_BYTES: usize = 12_000_000;
    let report = huge();
    let page = page(&report, Lang::En);
    assert!(page.len() < CAP_BYTES, "{} bytes", page.len());
    for expected in ["300 are shown; 200 more", "200 are shown; 49800 more", "100 are shown; 4900 more"] {
        assert!(page.contains(&format!("<p class=\"more\">{expected}")), "{expected}");
    }
}
