//! Markdown from texts that are none.

/// Text in a paragraph or heading: what stands between backticks stays as it is, every other mark of Markdown is a plain character.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_code = false;
    for character in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match character {
            '`' => {
                is_code = !is_code;
                out.push('`');
            }
            '<' if !is_code => out.push_str("&lt;"),
            '\\' | '*' | '_' | '[' | ']' | '#' | '~' | '$' if !is_code => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

/// The same in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

/// A word as code; none in our texts holds a backtick.
pub(super) fn code(word: &str) -> String {
    format!("`{}`", word.replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_markdown_are_plain_characters_but_between_backticks() {
        assert_eq!(plain("*.evtx or\n  `a_b*` in <dir>"), "\\*.evtx or `a_b*` in &lt;dir>");
        assert_eq!(cell("a|b"), "a\\|b");
    }
}
