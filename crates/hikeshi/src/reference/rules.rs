//! A page for each rule of a pack, from its own words, and an index by stage and technique.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::finding::Stage;
use hikeshi_core::text::{Lang, Text};
use hikeshi_evidence::yara;
use hikeshi_hunt::program::RuleFacts;
use hikeshi_pack::Pack;
use hikeshi_pack::rules::{Detection, Rule, by_name};
use hikeshi_report::Words;
use rsigma_parser::LogSource;

use crate::tell::say;

use super::indicators;
use super::markdown::{cell, code, plain};

/// What a page says besides the facts that findings carry.
struct Page {
    facts: RuleFacts,
    /// A file name without its ending.
    name: String,
    /// Sigma rule, correlation or YARA rule; what it looks at.
    sort: Text,
    looks_at: Vec<String>,
    references: Vec<String>,
}

/// All pages of a pack, by their paths; `rules/<pack>/summary.txt` is the list for a table of contents.
pub(super) fn pages(pack: &Pack, words: &Words) -> Vec<(String, String)> {
    let folder = format!("rules/{}", pack.manifest.id);
    let mut all: Vec<Page> = pack.rules.rules.iter().map(|rule| of_sigma(rule, &pack.rules.rules)).collect();
    all.extend(of_yara(pack));
    all.sort_by(|one, other| (other.facts.stage, &one.name).cmp(&(one.facts.stage, &other.name)));
    let families = indicators::pages(pack, words);
    let mut files = vec![
        (format!("{folder}/index.md"), index(pack, &all, &families, words)),
        (format!("{folder}/summary.txt"), summary(&all, &families, words)),
    ];
    files.extend(all.iter().map(|page| (format!("{folder}/{}.md", page.name), text(page, words))));
    files.extend(families.into_iter().map(|family| (format!("{folder}/{}.md", family.name), family.text)));
    files
}

fn of_sigma(rule: &Rule, rules: &[Rule]) -> Page {
    let (sort, looks_at, references) = match &rule.detection {
        Detection::Rule(sigma) => {
            (Text::new("Sigma rule", "Sigma ルール"), vec![source(&sigma.logsource)], sigma.references.clone())
        }
        Detection::Correlation(correlation) => {
            let names = by_name(rules);
            let base = correlation.rules.iter();
            let base = base.map(|name| {
                let name = names.get(name.as_str()).map_or(name.as_str(), |rule| &rule.reference.name);
                format!("[{}]({name}.md)", code(name))
            });
            (Text::new("Sigma correlation", "Sigma 相関ルール"), base.collect(), correlation.references.clone())
        }
    };
    Page { facts: RuleFacts::new(rule), name: rule.reference.name.clone(), sort, looks_at, references }
}

fn source(logsource: &LogSource) -> String {
    let parts = [("product", &logsource.product), ("category", &logsource.category), ("service", &logsource.service)];
    let parts: Vec<_> =
        parts.iter().filter_map(|(key, value)| Some(code(&format!("{key}: {}", value.as_deref()?)))).collect();
    parts.join(" ")
}

fn of_yara(pack: &Pack) -> Vec<Page> {
    let (rules, _) = yara::compile(pack.yara.iter().cloned());
    let source = format!("pack:{}", pack.manifest.id);
    let page = |statement: yara::Statement| Page {
        facts: RuleFacts::of_yara(&statement, &source),
        name: statement.rule.clone(),
        sort: Text::new("YARA rule", "YARA ルール"),
        looks_at: vec![code(&statement.file)],
        references: statement.meta("reference").map(str::to_owned).into_iter().collect(),
    };
    rules.statements().map(page).collect()
}

fn text(page: &Page, words: &Words) -> String {
    let lang = words.lang();
    let facts = &page.facts;
    let mut out = format!("# {}\n\n", plain(facts.explanation.name.get(lang)));
    out.push_str(&marks(facts, words));
    let explanation = &facts.explanation;
    let next = say(words, "What to do in the next ten minutes", "この 10 分ですること");
    for (head, told) in [
        (say(words, "What a hit means", "当てはまったら何を意味するか"), &explanation.means),
        (say(words, "What it does not mean", "何を意味しないか"), &explanation.does_not_mean),
        (next, &explanation.next),
    ] {
        if !told.get(lang).trim().is_empty() {
            out.push_str(&format!("\n## {head}\n\n{}\n", plain(told.get(lang))));
        }
    }
    if !facts.severity.counts() {
        out.push_str(&say(
            words,
            "\nBy its weight this finding is context: it never moves the verdict by itself.\n",
            "\nこの痕跡は参考情報です。単独で判定を変えることはありません。\n",
        ));
    }
    out.push_str(&say(
        words,
        "\n## About the rule\n\n| what | value |\n| --- | --- |\n",
        "\n## ルールの情報\n\n| 項目 | 内容 |\n| --- | --- |\n",
    ));
    for (head, value) in about(page, words) {
        if !value.is_empty() {
            out.push_str(&format!("| {head} | {value} |\n"));
        }
    }
    if !page.references.is_empty() {
        out.push_str(&say(words, "\n## References\n\n", "\n## 参考資料\n\n"));
        page.references.iter().for_each(|link| out.push_str(&format!("- {}\n", reference(link))));
    }
    out
}

/// Its severity and stage, on a line.
pub(super) fn marks(facts: &RuleFacts, words: &Words) -> String {
    let (severity, stage) = (facts.severity.word(), facts.stage.word());
    format!(
        "<p class=\"marks\"><span class=\"severity-{severity}\">{}</span> <span>{}</span></p>\n",
        words.get(&format!("severity-{severity}")),
        words.get(&format!("stage-{stage}")),
    )
}

fn about(page: &Page, words: &Words) -> Vec<(String, String)> {
    let facts = &page.facts;
    let list = |texts: Vec<String>| texts.join("<br>");
    vec![
        (say(words, "Name", "名前"), code(&page.name)),
        (say(words, "Sort", "種別"), page.sort.get(words.lang()).to_owned()),
        (say(words, "Looks at", "調べる対象"), list(page.looks_at.clone())),
        ("ATT&CK".to_owned(), list(facts.attack.iter().map(|id| technique(id)).collect())),
        ("CVE".to_owned(), list(facts.cve.to_vec())),
        ("ID".to_owned(), code(&facts.reference.id)),
        (say(words, "Author", "作者"), cell(facts.reference.author.as_deref().unwrap_or_default())),
        (say(words, "Licence", "ライセンス"), cell(facts.reference.licence.as_deref().unwrap_or_default())),
    ]
}

/// `T1505.003`, to the page that explains it.
fn technique(id: &str) -> String {
    format!("[{id}](https://attack.mitre.org/techniques/{}/)", id.replace('.', "/"))
}

/// Other people's words: a link where it is one.
pub(super) fn reference(text: &str) -> String {
    let is_link = text.starts_with("https://") && !text.contains(['<', '>', ' ']);
    if is_link { format!("<{text}>") } else { plain(text) }
}

fn summary(all: &[Page], families: &[indicators::Family], words: &Words) -> String {
    let rules = all.iter().map(|page| (page.facts.explanation.name.get(words.lang()), &page.name));
    let families = families.iter().map(|family| (family.title.as_str(), &family.name));
    rules.chain(families).map(|(title, name)| format!("- [{}]({name}.md)\n", plain(title))).collect()
}

fn index(pack: &Pack, all: &[Page], families: &[indicators::Family], words: &Words) -> String {
    let lang = words.lang();
    let title = pack.manifest.title.get(lang);
    let mut out = say(
        words,
        format!("# Rules of the pack {}\n\n{}: {} rules", code(&pack.manifest.id), plain(title), all.len()),
        format!("# 知識パック {} のルール\n\n{}: {} 件", code(&pack.manifest.id), plain(title), all.len()),
    );
    out.push_str(&say(
        words,
        ". What the stages mean stands in [stages](../../../concepts/stages.md).\n",
        "。段階の意味は[攻撃の段階](../../../concepts/stages.md)にあります。\n",
    ));
    for stage in all.iter().map(|page| page.facts.stage).collect::<BTreeSet<Stage>>().into_iter().rev() {
        out.push_str(&format!("\n## {}\n\n", heading(&words.get(&format!("stage-{}", stage.word())), lang)));
        out.push_str(&say(words, "| rule | weight | ATT&CK |\n", "| ルール | 重み | ATT&CK |\n"));
        out.push_str("| --- | --- | --- |\n");
        for page in all.iter().filter(|page| page.facts.stage == stage) {
            let weight = words.get(&format!("severity-{}", page.facts.severity.word()));
            let name = cell(page.facts.explanation.name.get(lang));
            out.push_str(&format!("| [{name}]({}.md) | {weight} | {} |\n", page.name, page.facts.attack.join(" ")));
        }
    }
    out.push_str(&say(words, "\n## Indicators\n\n", "\n## 侵害指標\n\n"));
    families.iter().for_each(|family| out.push_str(&format!("- [{}]({}.md)\n", plain(&family.title), family.name)));
    out.push_str(&say(words, "\n## By technique\n", "\n## 手法ごと\n"));
    let mut techniques: BTreeMap<&str, Vec<&Page>> = BTreeMap::new();
    for page in all {
        page.facts.attack.iter().for_each(|id| techniques.entry(id).or_default().push(page));
    }
    for (id, pages) in techniques {
        out.push_str(&format!("\n### {id}\n\n"));
        for page in pages {
            out.push_str(&format!("- [{}]({}.md)\n", plain(page.facts.explanation.name.get(lang)), page.name));
        }
    }
    out
}

/// Words of stages begin with a small letter in English.
fn heading(word: &str, lang: Lang) -> String {
    let mut rest = word.chars();
    match (lang, rest.next()) {
        (Lang::En, Some(first)) => first.to_uppercase().chain(rest).collect(),
        _ => word.to_owned(),
    }
}
