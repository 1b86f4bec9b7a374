//! The page of evidence: what is recognised, what of it is read, and what the packs ask for.

use std::time::Duration;

use hikeshi_core::family::Retention;
use hikeshi_core::text::{Lang, Text};
use hikeshi_evidence::artefact::Artefact;
use hikeshi_evidence::kind::{Kind, Reader};
use hikeshi_evidence::record::Topic;
use hikeshi_pack::Pack;
use hikeshi_report::Words;

use crate::tell::say;

use super::markdown::{cell, code};

pub(super) fn page(packs: &[Pack], words: &Words) -> String {
    let mut out = say(
        words,
        "# Kinds of evidence\n\nA file is recognised by how it begins, where that tells, else by its name and folder. What is \
         recognised and not read is named in the report and forbids “clean” where it could have told something.\n\n\
         | evidence | word in reports | how it is read |\n| --- | --- | --- |\n",
        "# 証拠の種類\n\nファイルは、先頭の内容で分かるものは内容で、分からないものは名前とフォルダーで見分けます。\
         種類が分かっても読めないものは報告書に示し、判断に関わりうる場合は「問題なし」と判定しません。\n\n\
         | 証拠 | 報告書での語 | 読み方 |\n| --- | --- | --- |\n",
    );
    for kind in Kind::BY_CONTENT.into_iter().chain(Artefact::ALL.into_iter().map(Kind::Artefact)) {
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            cell(&words.kind(kind.word())),
            code(kind.word()),
            how(kind, words)
        ));
    }
    out.push_str(&say(
        words,
        "\nBesides, every file in a place that a pack names is looked at by its content, and with `--yara`, or with hashes among \
         the indicators given, every file, besides being read as what it is. Outputs of other tools are read in the forms that packs \
         describe.\n\n",
        "\nこのほか、知識パックが挙げる場所のファイルは、すべて内容を調べます。`--yara` を指定したとき、または指定した侵害指標に\
         ハッシュがあるときは、種類ごとの読み取りに加えて、すべてのファイルの内容を調べます。ほかのツールの出力は、知識パックに書かれた形に従って読みます。\n\n",
    ));
    out.push_str(&topics(words));
    for pack in packs {
        out.push_str(&of_pack(pack, words));
    }
    out
}

fn how(kind: Kind, words: &Words) -> String {
    match (kind, kind.reader()) {
        (Kind::HiveLog, _) => say(words, "read together with its hive", "ハイブとあわせて読みます"),
        (Kind::Executable, _) => say(
            words,
            "looked at in the places of packs, else counted",
            "知識パックが挙げる場所では調べ、ほかでは数だけ数えます",
        ),
        (_, Some(Reader::Records)) => say(words, "read", "読みます"),
        (_, Some(Reader::Archive)) => say(words, "unpacked in place", "展開せずに中を読みます"),
        (_, None) => say(words, "**not read**", "**読めません**"),
    }
}

fn topics(words: &Words) -> String {
    let categories: Vec<_> = Topic::ALL.iter().map(|topic| code(topic.word())).collect();
    let categories = words.lang().list(&categories.iter().map(String::as_str).collect::<Vec<_>>());
    say(
        words,
        format!(
            "What is read becomes records. Sigma rules ask for them by `product: windows` and one of these categories: {categories}. \
             Their fields stand in [the content pack format](pack-format.md).\n"
        ),
        format!(
            "読み取った内容はレコードになります。Sigma ルールからは `product: windows` と次の `category` で参照します: {categories}。\
             フィールドは[知識パックの形式](pack-format.md)にあります。\n"
        ),
    )
}

/// Families, channels and places alike: id, name, where it lies, how long it is kept, the longest silence.
fn of_pack(pack: &Pack, words: &Words) -> String {
    let lang = words.lang();
    let id = &pack.manifest.id;
    let mut out = say(
        words,
        format!("\n## What the pack {} reads\n\n", code(id)),
        format!("\n## 知識パック {} が調べるもの\n\n", code(id)),
    );
    out.push_str(&say(
        words,
        "| evidence | word in reports | where | kept | longest silence |\n| --- | --- | --- | --- | --- |\n",
        "| 証拠 | 報告書での語 | 場所 | 残る期間 | 許される空白 |\n| --- | --- | --- | --- | --- |\n",
    ));
    for family in &pack.families {
        let row = [&family.id, family.title.get(lang)];
        out.push_str(&line(row, &family.paths, kept(&family.retention, lang), silence(family.gap, lang)));
    }
    for channel in &pack.channels {
        let row = [&channel.id, channel.title.get(lang)];
        out.push_str(&line(row, &channel.channels, kept(&channel.retention, lang), silence(channel.gap, lang)));
    }
    for place in &pack.places {
        out.push_str(&line([&place.id, place.title.get(lang)], &place.paths, String::new(), String::new()));
    }
    out
}

fn line([id, title]: [&str; 2], places: &[String], kept: String, silence: String) -> String {
    let places: Vec<_> = places.iter().map(|place| code(place).replace('|', "\\|")).collect();
    format!("| {} | {} | {} | {kept} | {silence} |\n", cell(title), code(id), places.join("<br>"))
}

fn kept(retention: &Retention, lang: Lang) -> String {
    retention.days.map_or_else(String::new, |days| {
        Text::new(format!("about {days} days"), format!("約 {days} 日")).get(lang).to_owned()
    })
}

fn silence(gap: Option<Duration>, lang: Lang) -> String {
    gap.map_or_else(String::new, |gap| {
        let hours = gap.as_secs() / 3_600;
        Text::new(format!("{hours} h"), format!("{hours} 時間")).get(lang).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_has_a_name_stands_on_the_page() {
        // These are no kinds of file: a channel by its name, whatever lies in a place, forms of packs, what is not recognised.
        const OTHERS: [&str; 4] = ["event-log", "files", "tool-output", "unknown"];
        let page = page(&[], &Words::new(Lang::En));
        let names = include_str!("../../../report/words/en.ftl");
        let kinds: Vec<_> = names
            .lines()
            .filter_map(|line| line.strip_prefix("kind-")?.split_once(" = "))
            .map(|(kind, _)| kind)
            .collect();
        assert!(kinds.len() > 20);
        for kind in kinds.into_iter().filter(|kind| !OTHERS.contains(kind)) {
            assert!(page.contains(&format!("| `{kind}` |")), "{kind}");
        }
    }
}
