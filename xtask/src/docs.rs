//! `cargo xtask docs`: the documentation as a site in both languages, by mdBook, and whether every link in it leads somewhere.
//!
//! The sources stand in `docs/book`. They are copied into the build directory, where the generated pages join them: those of the
//! rules and of the JSON Schemas. What mdBook does not know, the switch between the languages and its own words in Japanese, is
//! put in afterwards (`finish.rs`).

mod finish;
mod links;
mod schemas;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::reference;
use crate::shell::{self, command, say};
use crate::tree;

pub(crate) const LANGS: [&str; 2] = ["en", "ja"];
/// What the books share.
const THEME: [&str; 2] = ["look.css", "search.js"];
/// What stands in the place of files of mdBook's own.
const INSTEAD: [&str; 2] = ["favicon.svg", "highlight.js"];
/// Only what builds a book: its server and its watcher bring half of the compile time.
const MDBOOK: (&str, &str, &[&str]) = ("mdbook", "0.5.4", &["--no-default-features", "--features", "search"]);

/// Builds the site and checks its links; answers where it lies.
pub(crate) fn run(hikeshi: &Path) -> Result<PathBuf> {
    let mdbook = shell::tool(MDBOOK.0, MDBOOK.1, MDBOOK.2)?;
    let folder = shell::target().join("docs");
    tree::remove(&folder)?;
    let docs = crate::root().join("docs");
    tree::copy(&docs.join("book"), &folder.join("book"))?;
    let reference = reference::write(hikeshi)?;
    let site = folder.join("site");
    fs_err::create_dir_all(&site)?;
    tree::copy(&docs.join("schema"), &site.join("schema"))?;
    let site = fs_err::canonicalize(&site)?;
    for lang in LANGS {
        let book = folder.join("book").join(lang);
        assemble(&book, &reference.join("book").join(lang), lang)?;
        let mut build = command(&mdbook);
        build.arg("build").arg(&book).arg("--dest-dir").arg(site.join(lang)).env("MDBOOK_LOG", "warn");
        shell::run(&mut build)?;
    }
    finish::site(&site)?;
    let checked = links::check(&site)?;
    say(&format!("{}: {} pages, {} links, none of them dead", site.display(), checked.pages, checked.links));
    Ok(site)
}

/// Adds what is shared and what is generated to the sources of one book.
fn assemble(book: &Path, generated: &Path, lang: &str) -> Result<()> {
    let theme = book.parent().context("a book without a folder")?.join("theme");
    for file in THEME {
        fs_err::copy(theme.join(file), book.join(file))?;
    }
    fs_err::create_dir_all(book.join("theme"))?;
    for file in INSTEAD {
        fs_err::copy(theme.join(file), book.join("theme").join(file))?;
    }
    let sources = book.join("src");
    tree::copy(&generated.join("rules"), &sources.join("reference/rules"))?;
    fs_err::write(sources.join("reference/json-schemas.md"), schemas::page(lang)?)?;
    let contents = sources.join("SUMMARY.md");
    let text = with_rules(&fs_err::read_to_string(&contents)?, &sources)?;
    fs_err::write(contents, text)?;
    Ok(())
}

/// The table of contents, with the pages of a pack's rules below the line of their index.
fn with_rules(contents: &str, sources: &Path) -> Result<String> {
    let mut out = String::new();
    for line in contents.lines() {
        writeln!(out, "{line}")?;
        let Some(index) = line.split_once("](").and_then(|(_, rest)| rest.strip_suffix("/index.md)")) else { continue };
        let list = sources.join(index).join("summary.txt");
        if !list.is_file() {
            continue;
        }
        for rule in fs_err::read_to_string(&list)?.lines() {
            let (title, name) = rule.rsplit_once("](").context("a line of a summary without a link")?;
            writeln!(out, "  {title}]({index}/{name}")?;
        }
        fs_err::remove_file(list)?;
    }
    Ok(out)
}
