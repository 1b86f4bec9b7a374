//! What mdBook does not do by itself: the switch between the languages, links from one book to the other, Japanese words on its
//! own buttons, and the page that leads to either book.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::LANGS;
use crate::tree;

/// mdBook's own words, and what stands for them in the Japanese book. Each must be there: another version may say it otherwise.
const WORDS: [(&str, &str); 16] = [
    ("Keyboard shortcuts", "キーボード ショートカット"),
    (
        "Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters",
        "<kbd>←</kbd> <kbd>→</kbd>: 前後のページへ移動",
    ),
    ("Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book", "<kbd>S</kbd> または <kbd>/</kbd>: 検索"),
    ("Press <kbd>?</kbd> to show this help", "<kbd>?</kbd>: この説明を表示"),
    ("Press <kbd>Esc</kbd> to hide this help", "<kbd>Esc</kbd>: この説明を閉じる"),
    ("\"Table of contents\"", "\"目次\""),
    ("\"Toggle Table of Contents\"", "\"目次の表示と非表示\""),
    ("\"Change theme\"", "\"配色を変える\""),
    ("\"Themes\"", "\"配色\""),
    (">Auto</button>", ">自動</button>"),
    (">Light</button>", ">明るい</button>"),
    (">Navy</button>", ">暗い</button>"),
    ("\"Search (`/`)\"", "\"検索 (`/`)\""),
    ("\"Toggle Searchbar\"", "\"検索欄の表示と非表示\""),
    ("\"Search this book ...\"", "\"検索\""),
    ("\"Page navigation\"", "\"前後のページ\""),
];
/// Words of pages that not every page has: the first has no page before it.
const SOMETIMES: [(&str, &str); 2] =
    [("\"Next chapter\"", "\"次のページ\""), ("\"Previous chapter\"", "\"前のページ\"")];
/// Colour schemes beyond light and dark are more than a reference needs.
const SCHEMES: [&str; 3] = ["rust", "coal", "ayu"];
/// Words in mdBook's scripts, by the beginning of the file's name.
const SCRIPTS: [(&str, &str, &str); 5] = [
    (
        "searcher-",
        "return count + ' search result for \\'' + searchterm + '\\':';",
        "return '「' + searchterm + '」: 1 件';",
    ),
    (
        "searcher-",
        "return 'No search results for \\'' + searchterm + '\\'.';",
        "return '「' + searchterm + '」は見つかりません。';",
    ),
    (
        "searcher-",
        "return count + ' search results for \\'' + searchterm + '\\':';",
        "return '「' + searchterm + '」: ' + count + ' 件';",
    ),
    ("book-", "Copy to clipboard", "コピー"),
    ("book-", "Copied!", "コピーしました"),
];

pub(super) fn site(site: &Path) -> Result<()> {
    for lang in LANGS {
        for page in pages(&site.join(lang))? {
            let path = page.strip_prefix(site)?.to_string_lossy().replace('\\', "/");
            let html = fs_err::read_to_string(&page)?;
            fs_err::write(&page, finished(&html, &path, lang).with_context(|| path.clone())?)?;
        }
    }
    translate_scripts(&site.join("ja"))?;
    fs_err::write(site.join("index.html"), DOOR)?;
    Ok(())
}

/// All pages below a folder, in order.
pub(super) fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = tree::files(folder)?;
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "html"));
    Ok(pages)
}

/// `path` is the page's below the site: `en/start/five-minutes.html`.
fn finished(html: &str, path: &str, lang: &str) -> Result<String> {
    let mut html = relocated(html, path);
    // The table of contents for readers without scripts has neither a bar nor buttons.
    if path.ends_with("/toc.html") {
        return Ok(html);
    }
    let rest = path.split_once('/').context("a page outside of a book")?.1;
    let (other, name) = if lang == "en" { ("ja", "日本語") } else { ("en", "English") };
    let up = "../".repeat(path.matches('/').count());
    let link = format!("{up}{other}/{rest}");
    let switch = format!(
        "<div class=\"right-buttons\">\n<a class=\"language\" href=\"{link}\" hreflang=\"{other}\" lang=\"{other}\">{name}</a>"
    );
    html = once(&html, "<div class=\"right-buttons\">", &switch)?;
    html =
        once(&html, "</title>", &format!("</title>\n<link rel=\"alternate\" hreflang=\"{other}\" href=\"{link}\">"))?;
    // What is wider than the screen can be moved by keyboard too.
    html = html.replace("<pre><code", "<pre><code tabindex=\"0\"");
    html = html.replace("<div class=\"table-wrapper\">", "<div class=\"table-wrapper\" tabindex=\"0\">");
    for scheme in SCHEMES {
        let button = format!("id=\"mdbook-theme-{scheme}\"");
        let line = html.lines().find(|line| line.contains(&button)).context("a colour scheme has gone")?.to_owned();
        html = once(&html, &line, "")?;
    }
    if lang == "ja" {
        for (en, ja) in WORDS {
            if !html.contains(en) {
                bail!("mdBook no longer says {en}");
            }
            html = html.replace(en, ja);
        }
        html = SOMETIMES.iter().fold(html, |html, (en, ja)| html.replace(en, ja));
    }
    Ok(html)
}

fn once(html: &str, what: &str, by: &str) -> Result<String> {
    if !html.contains(what) {
        bail!("mdBook no longer writes {what}");
    }
    Ok(html.replacen(what, by, 1))
}

/// In the repository a link leads from `docs/book/en/src` to `docs/book/ja/src` or `docs/schema`; on the site these are `ja` and
/// `schema`. So links work in both.
fn relocated(html: &str, path: &str) -> String {
    let up = "../".repeat(path.matches('/').count());
    let mut html = html.replace(&format!("\"{up}../../schema/"), &format!("\"{up}schema/"));
    for lang in LANGS {
        html = html.replace(&format!("\"{up}../{lang}/src/"), &format!("\"{up}{lang}/"));
    }
    html
}

fn translate_scripts(book: &Path) -> Result<()> {
    for entry in fs_err::read_dir(book)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let words: Vec<_> = SCRIPTS.iter().filter(|(begin, ..)| name.starts_with(begin)).collect();
        if words.is_empty() {
            continue;
        }
        let mut text = fs_err::read_to_string(&path)?;
        for (_, en, ja) in words {
            if !text.contains(en) {
                bail!("mdBook no longer says {en} in {name}");
            }
            text = text.replace(en, ja);
        }
        fs_err::write(path, text)?;
    }
    Ok(())
}

/// Where somebody lands who asks for the site itself.
const DOOR: &str = r#"<!DOCTYPE html>
<html lang="ja">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hikeshi</title>
<style>:root { color-scheme: light dark; font-family: sans-serif } main { margin: 15vh auto; max-width: 30rem; padding: 1rem } li { font-size: 1.3rem; margin: 1rem 0 }</style>
<main>
<h1>Hikeshi (火消し)</h1>
<ul>
<li><a href="ja/index.html" hreflang="ja">日本語の文書</a></li>
<li><a href="en/index.html" hreflang="en" lang="en">Documentation in English</a></li>
</ul>
</main>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_the_books_and_to_the_schemas_are_those_of_the_site() {
        let page = |href: &str| format!("<a href=\"{href}\">");
        let path = "en/reference/report-format.html";
        assert_eq!(relocated(&page("../../../../schema/a.json"), path), page("../../schema/a.json"));
        assert_eq!(relocated(&page("../../../ja/src/reference/b.html#c"), path), page("../../ja/reference/b.html#c"));
        assert_eq!(relocated(&page("pack-format.html"), path), page("pack-format.html"));
    }
}
