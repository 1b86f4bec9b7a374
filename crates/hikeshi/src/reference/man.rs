//! Man pages, one for each command, in both languages.

use clap::Command;
use clap_mangen::Man;
use hikeshi_core::text::Lang;

use super::{File, commands};

/// What `clap_mangen` writes in English, and the words of Japanese man pages for it.
const JAPANESE: [(&str, &str); 10] = [
    (".SH NAME", ".SH 名前"),
    (".SH SYNOPSIS", ".SH 書式"),
    (".SH DESCRIPTION", ".SH 説明"),
    (".SH OPTIONS", ".SH オプション"),
    (".SH SUBCOMMANDS", ".SH コマンド"),
    (".SH VERSION", ".SH バージョン"),
    ("[default: ", "[省略時: "),
    ("\\fIPossible values:\\fR", "\\fI指定できる値:\\fR"),
    ("[\\fIpossible values: \\fR", "[\\fI指定できる値: \\fR"),
    ("[possible values: ", "[指定できる値: "),
];

pub(super) fn files(lang: Lang) -> std::io::Result<Vec<File>> {
    let mut files = Vec::new();
    add(&commands::localised(lang), "hikeshi", lang, &mut files)?;
    Ok(files)
}

fn add(command: &Command, name: &str, lang: Lang, files: &mut Vec<File>) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let page = Man::new(command.clone()).title(name.to_uppercase()).manual("Hikeshi");
    page.source(concat!("hikeshi ", env!("CARGO_PKG_VERSION"))).render(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (folder, text) = match lang {
        Lang::En => ("man/man1", text),
        Lang::Ja => ("man/ja/man1", JAPANESE.iter().fold(text, |text, (en, ja)| text.replace(en, ja))),
    };
    // The first line tells groff how the rest is encoded.
    files.push((format!("{folder}/{name}.1"), format!(".\\\" -*- coding: utf-8 -*-\n{text}").into_bytes()));
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        add(inner, &format!("{name}-{}", inner.get_name()), lang, files)?;
    }
    Ok(())
}
