//! Values that were made harmless for reading (`hxxp://evil[.]example`) as they were.

use std::borrow::Cow;

/// How a dot, an at sign, a colon and a slash are written so that nobody follows a link by accident. All forms are in
/// common use; there is no standard.
const DEFANGED: [(&str, &str); 20] = [
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("\\.", "."),
    ("[:]//", "://"),
    ("[://]", "://"),
    ("[:", ":"),
    (":]", ":"),
    ("[:]", ":"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
    ("[.", "."),
    (".]", "."),
];

/// The value without what surrounds it in lists: blanks, quotes, backticks, angle brackets, a comma at the end.
pub(super) fn bare(text: &str) -> &str {
    let is_around = |character: char| {
        character.is_whitespace() || matches!(character, '"' | '\'' | '`' | '\u{feff}' | '\u{200b}' | '“' | '”')
    };
    let text = text.trim_matches(is_around).trim_end_matches([',', ';']).trim_matches(is_around);
    text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text)
}

/// An address, domain, URL or mail address as it was before it was made harmless. For paths and patterns this is not
/// meant: there, brackets and backslashes have a meaning of their own.
pub(super) fn refang(text: &str) -> Cow<'_, str> {
    let text = bare(text);
    let is_defanged = text.contains(['[', '(', '{', '\\', ' ']) || scheme(text).is_some();
    if !is_defanged {
        return Cow::Borrowed(text);
    }
    // An address in brackets, with or without a port, is written so by right.
    if text.starts_with('[') && text.contains("::") || text.contains("://[") {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for (defanged, meant) in DEFANGED {
        replace(&mut out, defanged, meant);
    }
    if let Some((meant, rest)) = scheme(&out) {
        out = format!("{meant}{rest}");
    }
    Cow::Owned(out)
}

/// The true scheme of a URL that begins with a false one, and what follows the scheme's name.
fn scheme(text: &str) -> Option<(&'static str, &str)> {
    const SCHEMES: [(&str, &str); 6] =
        [("hxxps", "https"), ("hxxp", "http"), ("htxps", "https"), ("htxp", "http"), ("fxps", "ftps"), ("fxp", "ftp")];
    SCHEMES.iter().find_map(|(written, meant)| {
        let (head, rest) = text.split_at_checked(written.len())?;
        (head.eq_ignore_ascii_case(written) && rest.starts_with(['[', ':', '('])).then_some((*meant, rest))
    })
}

/// Replaces without regard to ASCII case. All that is replaced is ASCII and grows shorter.
fn replace(text: &mut String, from: &str, to: &str) {
    let mut at = 0;
    while let Some(window) = text.as_bytes().get(at..at + from.len()) {
        if window.eq_ignore_ascii_case(from.as_bytes()) {
            text.replace_range(at..at + from.len(), to);
            at += to.len();
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_common_form_is_undone() {
        for (defanged, meant) in [
            ("hxxp://evil[.]example/a", "http://evil.example/a"),
            ("hXXps[:]//evil(.)example", "https://evil.example"),
            ("hxxps[://]evil[.]example", "https://evil.example"),
            ("192[.]0[.]2[.]1", "192.0.2.1"),
            ("192.0.2[.1", "192.0.2.1"),
            ("evil[dot]example", "evil.example"),
            ("somebody(at)evil[.]example", "somebody@evil.example"),
            ("somebody[@]evil.example", "somebody@evil.example"),
            ("`evil.example`,", "evil.example"),
            ("<http://evil.example/>", "http://evil.example/"),
            ("2001:db8[:]:1", "2001:db8::1"),
            ("[2001:db8::1]:443", "[2001:db8::1]:443"),
            ("http://evil.example/a[1].php", "http://evil.example/a[1].php"),
            ("evil.example", "evil.example"),
        ] {
            assert_eq!(refang(defanged), meant, "{defanged}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refanged_without_panic(text in "\\PC{0,60}") {
            let _ = refang(&text);
        }

        #[test]
        fn domains_survive_being_made_harmless(labels in prop::collection::vec("[a-z0-9]{1,9}", 2..5)) {
            for dot in ["[.]", "(.)", "{.}", "[dot]"] {
                let defanged = labels.join(dot);
                prop_assert_eq!(refang(&defanged), labels.join("."));
            }
        }
    }
}
