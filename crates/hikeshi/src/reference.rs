//! `hikeshi reference`: what packages and the documentation hold besides the program, written from the program itself, so that
//! it cannot say something else. Pages are Markdown, in both languages.

mod commands;
mod completions;
mod evidence;
mod exits;
mod indicators;
mod man;
mod markdown;
mod rules;

use std::path::PathBuf;

use anyhow::{Context, Result};
use hikeshi_core::text::{Lang, Text};
use hikeshi_report::Words;

use crate::builtin;
use crate::exit::Exit;
use crate::tell::because;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder to write to; it must be empty or not exist yet.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// A file to be written: its path below the folder, with `/`, and its content.
type File = (String, Vec<u8>);

const LANGS: [(Lang, &str); 2] = [(Lang::En, "en"), (Lang::Ja, "ja")];

pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let folder = &arguments.folder;
    let is_taken = folder.exists() && fs_err::read_dir(folder).map_or(true, |mut entries| entries.next().is_some());
    if is_taken {
        let shown = folder.display();
        return Err(because(
            anyhow::anyhow!("it is not an empty folder"),
            Text::new(format!("the reference is not written to `{shown}`"), format!("`{shown}` には書き出しません")),
            Text::new("give an empty or new folder", "空か新しいフォルダーを指定してください"),
        ));
    }
    for (path, bytes) in files()? {
        let path = folder.join(path);
        fs_err::create_dir_all(path.parent().context("a path without a folder")?)?;
        fs_err::write(path, bytes)?;
    }
    Ok(Exit::Clean)
}

fn files() -> Result<Vec<File>> {
    let packs = builtin::load(&[])?;
    let mut files = completions::files();
    for (lang, word) in LANGS {
        let words = Words::new(lang);
        files.extend(man::files(lang)?);
        let mut pages = vec![
            ("command-line.md".to_owned(), commands::page(lang)),
            ("exit-codes.md".to_owned(), exits::page(lang)),
            ("evidence.md".to_owned(), evidence::page(&packs, &words)),
        ];
        for pack in &packs {
            pages.extend(rules::pages(pack, &words));
        }
        files.extend(pages.into_iter().map(|(name, text)| (format!("book/{word}/{name}"), text.into_bytes())));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use clap::CommandFactory;

    use super::*;

    static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        files().unwrap().into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
    });

    fn file(path: &str) -> &'static str {
        FILES.get(path).unwrap_or_else(|| panic!("no {path}"))
    }

    /// `hikeshi`, `hikeshi check`, and so on: all that people see.
    fn visible() -> Vec<String> {
        fn below(command: &clap::Command, name: &str, out: &mut Vec<String>) {
            out.push(name.to_owned());
            for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
                below(inner, &format!("{name} {}", inner.get_name()), out);
            }
        }
        let mut out = Vec::new();
        below(&crate::Arguments::command(), "hikeshi", &mut out);
        out
    }

    #[test]
    fn every_visible_command_has_man_pages_and_a_place_in_the_reference() {
        for name in visible() {
            let file_name = format!("{}.1", name.replace(' ', "-"));
            assert!(file(&format!("man/man1/{file_name}")).contains(".SH SYNOPSIS"), "{name}");
            assert!(file(&format!("man/ja/man1/{file_name}")).contains(".SH 書式"), "{name}");
            for lang in ["en", "ja"] {
                assert!(file(&format!("book/{lang}/command-line.md")).contains(&format!("## {name}\n")), "{name}");
            }
        }
    }

    #[test]
    fn every_visible_command_and_option_can_be_completed_in_every_shell_and_hidden_ones_are_not_offered() {
        for shell in ["hikeshi.bash", "_hikeshi", "hikeshi.fish", "_hikeshi.ps1"] {
            let text = file(&format!("completions/{shell}"));
            for word in ["check", "report", "lint", "drill", "explain-only", "compare", "scenario"] {
                assert!(text.contains(word), "{word} in {shell}");
            }
            for hidden in ["worker", "reference"] {
                assert!(!text.contains(hidden), "{hidden} in {shell}");
            }
        }
    }

    #[test]
    fn every_rule_of_every_pack_has_a_page_in_both_languages() {
        for pack in builtin::load(&[]).unwrap() {
            for rule in &pack.rules.rules {
                for lang in ["en", "ja"] {
                    let name = &rule.reference.name;
                    let page = file(&format!("book/{lang}/rules/{}/{name}.md", pack.manifest.id));
                    assert!(page.contains(&rule.reference.id) && page.contains(name), "{name}");
                }
            }
            let others =
                FILES.keys().filter(|path| path.starts_with("book/en/rules/") && path.ends_with(".md")).count();
            assert!(others > pack.rules.rules.len() + pack.indicators.len() + 1, "YARA rules have pages too");
        }
    }
}
