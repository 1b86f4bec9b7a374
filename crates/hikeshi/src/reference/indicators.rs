//! A page for each file of indicators of a pack: what a match means, and the values that mean the same.

use std::collections::BTreeMap;

use hikeshi_core::text::Text;
use hikeshi_core::untrusted::defanged;
use hikeshi_hunt::IndicatorBook;
use hikeshi_hunt::indicators::{Indicator, Kind};
use hikeshi_hunt::program::RuleFacts;
use hikeshi_pack::Pack;
use hikeshi_report::Words;

use crate::tell::say;

use super::markdown::{code, plain};
use super::rules::{marks, reference};

/// The indicators of one file.
pub(super) struct Family {
    /// The name of its page, without the ending.
    pub(super) name: String,
    /// For people.
    pub(super) title: String,
    /// Markdown.
    pub(super) text: String,
}

pub(super) fn pages(pack: &Pack, words: &Words) -> Vec<Family> {
    let books = IndicatorBook::of_pack(pack);
    let page = |((path, _), book): (&(String, String), &IndicatorBook)| {
        let name = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or(path);
        let title = say(words, format!("Indicators: {name}"), format!("侵害指標: {name}"));
        let text = text(&title, path, &book.loaded.indicators, words);
        Family { name: format!("indicators-{name}"), title, text }
    };
    pack.indicators.iter().zip(&books).map(page).collect()
}

/// Indicators that mean the same, whatever their values.
fn alike(indicators: &[Indicator]) -> Vec<Vec<&Indicator>> {
    let mut places = BTreeMap::new();
    let mut groups: Vec<Vec<&Indicator>> = Vec::new();
    for one in indicators {
        let key =
            (one.kind, &one.about.description.en, one.about.confidence, one.about.valid_from, one.about.valid_until);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups.get_mut(place).into_iter().for_each(|group| group.push(one));
    }
    groups
}

fn text(title: &str, path: &str, indicators: &[Indicator], words: &Words) -> String {
    let mut out = format!("# {}\n\n", plain(title));
    out.push_str(&say(
        words,
        format!(
            "{} values that others saw in the attack, from {}. Addresses, domains and links are broken by brackets here, so \
             that nobody opens them by mistake.\n",
            indicators.len(),
            code(path)
        ),
        format!(
            "この攻撃で確認された値 {} 件 ({})。誤って開くことのないよう、アドレス、ドメイン、URL は角括弧で区切って示しています。\n",
            indicators.len(),
            code(path)
        ),
    ));
    out.push_str(&say(
        words,
        "\n## What to do in the next ten minutes\n\nRead the rows, records or files that the report names, and what happened in \
         the minutes around them. Copy what is still there before anybody removes it. Then look for the same value on your other \
         servers and in the logs of firewalls and proxies.\n",
        "\n## この 10 分ですること\n\n報告書が挙げる行、レコード、ファイルと、その前後数分に起きたことを確かめてください。\
         残っているものは、だれかが消す前に写し取ります。そのうえで、同じ値をほかのサーバーや、ファイアウォールとプロキシのログから探してください。\n",
    ));
    for group in alike(indicators) {
        out.push_str(&section(&group, words));
    }
    out
}

fn section(group: &[&Indicator], words: &Words) -> String {
    let Some(first) = group.first() else { return String::new() };
    let lang = words.lang();
    let facts = RuleFacts::of_pack_indicator(first, "");
    let about = &first.about;
    let more = if group.len() > 1 { format!(" (×{})", group.len()) } else { String::new() };
    let mut out = format!("\n## {}: {}{more}\n\n", first.id, name(first.kind).get(lang));
    out.push_str(&marks(&facts, words));
    out.push('\n');
    for (head, told) in [
        (say(words, "What a match means", "一致したら何を意味するか"), about.description.get(lang)),
        (say(words, "What it does not mean", "何を意味しないか"), about.false_positives.get(lang)),
    ] {
        out.push_str(&format!("**{head}**: {}\n\n", plain(told)));
    }
    if let (Some(from), Some(until)) = (about.valid_from, about.valid_until) {
        out.push_str(&say(
            words,
            format!("It tells something from {from} to {until} only.\n\n"),
            format!("意味があるのは {from} から {until} までです。\n\n"),
        ));
    }
    group.iter().for_each(|one| out.push_str(&format!("- {}\n", code(&shown(one)))));
    out.push_str(&say(words, "\nPublished in: ", "\n出典: "));
    let sources: Vec<_> = about.source.split([',', ' ']).filter(|source| !source.is_empty()).map(reference).collect();
    out.push_str(&format!("{}\n", sources.join(", ")));
    out
}

fn shown(indicator: &Indicator) -> String {
    match indicator.kind {
        Kind::Address | Kind::Network | Kind::Url | Kind::Domain | Kind::Email => defanged(&indicator.value),
        _ => indicator.value.clone(),
    }
}

fn name(kind: Kind) -> Text {
    let (en, ja) = match kind {
        Kind::Md5 => ("MD5 of a file", "ファイルの MD5"),
        Kind::Sha1 => ("SHA-1 of a file", "ファイルの SHA-1"),
        Kind::Sha256 => ("SHA-256 of a file", "ファイルの SHA-256"),
        Kind::Path => ("path", "パス"),
        Kind::FileName => ("file name", "ファイル名"),
        Kind::Address => ("address", "アドレス"),
        Kind::Network => ("network", "ネットワーク"),
        Kind::Url => ("URL", "URL"),
        Kind::UriPath => ("path of a URL", "URL のパス"),
        Kind::Domain => ("domain", "ドメイン"),
        Kind::UserAgent => ("user agent", "ユーザー エージェント"),
        Kind::Account => ("account", "アカウント"),
        Kind::Service => ("service", "サービス"),
        Kind::Task => ("scheduled task", "スケジュールされたタスク"),
        Kind::CommandLine => ("command line", "コマンド ライン"),
        Kind::Detection => ("name of a detection", "検出名"),
        Kind::Email => ("mail address", "メール アドレス"),
        Kind::Keyword => ("text", "文字列"),
    };
    Text::new(en, ja)
}
