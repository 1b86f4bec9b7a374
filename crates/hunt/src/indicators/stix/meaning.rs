//! What of a pattern can be looked for value by value.
//!
//! One of several alternatives is an indicator each. Of several conditions that must all hold, the most telling one is
//! looked for; the others are kept in words, and the confidence is low, because nobody checks them. A file's hash says all
//! that there is to say about it, so beside a hash nothing else counts.

use hikeshi_core::both;
use hikeshi_core::text::Text;

use super::pattern::{Comparison, Observation, Operator, Test};
use crate::indicators::guess;
use crate::indicators::indicator::{Kind, Syntax, short};

/// So many conditions are kept in words.
const BESIDES_CAP: usize = 8;

/// What a pattern means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Meaning {
    /// What can be looked for.
    pub parts: Vec<Part>,
    /// Why other parts cannot.
    pub skipped: Vec<Text>,
}

/// A value, and what the pattern asks for besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub kind: Kind,
    pub syntax: Syntax,
    pub value: String,
    pub besides: Vec<String>,
}

/// The meaning of a pattern.
pub(super) fn of(observation: &Observation) -> Meaning {
    match observation {
        Observation::One(comparison) => of_comparison(comparison),
        Observation::Any(alternatives) => join(alternatives.iter().map(of)),
        Observation::Several => skipped(both!("several observations belong together", "複数の観測の組み合わせです")),
        Observation::Qualified => {
            skipped(both!("the observation is bound to times or repetitions", "時刻や回数の条件が付いています"))
        }
    }
}

fn of_comparison(comparison: &Comparison) -> Meaning {
    match comparison {
        Comparison::Test(test) => of_test(test),
        Comparison::Any(parts) => join(parts.iter().map(of_comparison)),
        Comparison::All(parts) => of_all(parts),
    }
}

fn join(meanings: impl Iterator<Item = Meaning>) -> Meaning {
    meanings.fold(Meaning::default(), |mut all, one| {
        all.parts.extend(one.parts);
        all.skipped.extend(one.skipped);
        all
    })
}

fn skipped(reason: Text) -> Meaning {
    Meaning { parts: Vec::new(), skipped: vec![reason] }
}

fn of_all(parts: &[Comparison]) -> Meaning {
    if let Some(path) = name_in_folder(parts) {
        return path;
    }
    let meanings: Vec<Meaning> = parts.iter().map(of_comparison).collect();
    // An alternative that cannot be looked for makes its whole group useless here: the group may hold without the others.
    let whole = |meaning: &&Meaning| meaning.skipped.is_empty() && !meaning.parts.is_empty();
    let hashes: Vec<&Meaning> = meanings.iter().filter(whole).filter(|meaning| worth(meaning) == Worth::Hash).collect();
    if !hashes.is_empty() {
        return join(hashes.into_iter().cloned());
    }
    let best = meanings
        .iter()
        .enumerate()
        .filter(|(_, meaning)| whole(meaning))
        .max_by_key(|(at, meaning)| (worth(meaning), std::cmp::Reverse(*at)));
    let Some((best, meaning)) = best else {
        return Meaning {
            parts: Vec::new(),
            skipped: meanings.into_iter().flat_map(|meaning| meaning.skipped).take(1).collect(),
        };
    };
    let others = parts.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, part)| written(part));
    let besides: Vec<String> = others.map(|words| short(&words).to_owned()).take(BESIDES_CAP).collect();
    let all = |part: &Part| part.besides.iter().chain(&besides).take(BESIDES_CAP).cloned().collect();
    let with = |part: &Part| Part { besides: all(part), ..part.clone() };
    Meaning { parts: meaning.parts.iter().map(with).collect(), skipped: Vec::new() }
}

/// How telling values are; a group is worth as much as its weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Name,
    Place,
    Peculiar,
    Hash,
}

fn worth(meaning: &Meaning) -> Worth {
    let of_part = |part: &Part| match part.kind {
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 => Worth::Hash,
        Kind::Url | Kind::Path | Kind::CommandLine | Kind::UserAgent | Kind::Email => Worth::Peculiar,
        Kind::Domain | Kind::Address | Kind::UriPath => Worth::Place,
        _ => Worth::Name,
    };
    meaning.parts.iter().map(of_part).min().unwrap_or(Worth::Name)
}

/// A file's name and its folder, which together are its path.
fn name_in_folder(parts: &[Comparison]) -> Option<Meaning> {
    let literal = |wanted: &str| {
        parts.iter().find_map(|part| match part {
            Comparison::Test(test)
                if test.object == "file" && test.property == wanted && test.operator == Operator::Equals =>
            {
                test.values.first().filter(|_| test.values.len() == 1)
            }
            _ => None,
        })
    };
    let (name, folder) = (literal("name")?, literal("parent_directory_ref.path")?);
    let value = format!("{}\\{name}", folder.trim_end_matches(['\\', '/']));
    let part = Part { kind: Kind::Path, syntax: Syntax::Literal, value, besides: Vec::new() };
    (parts.len() == 2).then(|| Meaning { parts: vec![part], skipped: Vec::new() })
}

/// A comparison in the words of its pattern.
fn written(comparison: &Comparison) -> String {
    let joined = |parts: &[Comparison], word: &str| parts.iter().map(written).collect::<Vec<_>>().join(word);
    match comparison {
        Comparison::Test(test) => test.written.clone(),
        Comparison::All(parts) => format!("({})", joined(parts, " AND ")),
        Comparison::Any(parts) => format!("({})", joined(parts, " OR ")),
    }
}

fn of_test(test: &Test) -> Meaning {
    let Some(kind) = kind(test) else {
        let (object, property) = (&test.object, &test.property);
        return skipped(both!("{object}:{property} is not looked for", "{object}:{property} は探しません"));
    };
    let part = |value: &String| {
        let (syntax, value) = match test.operator {
            Operator::Equals | Operator::IsSubset => (Syntax::Literal, value.clone()),
            // Expressions of STIX are searched for anywhere, and a dot stands for line breaks too (9.6.1).
            Operator::Matches => (Syntax::Regex, format!("(?s){value}")),
            Operator::Like => (Syntax::Regex, of_like(value)),
            Operator::Other => return None,
        };
        let kind = if kind.is_hash() { guess::hash(&value).unwrap_or(kind) } else { kind };
        Some(Part { kind, syntax, value, besides: Vec::new() })
    };
    let parts: Vec<Part> = test.values.iter().filter_map(part).collect();
    if parts.is_empty() {
        let written = &test.written;
        skipped(both!("the comparison cannot be looked for: {written}", "この比較は探せません: {written}"))
    } else {
        Meaning { parts, skipped: Vec::new() }
    }
}

/// `LIKE` as an expression: `%` stands for any text, `_` for one character (9.6.1).
fn of_like(value: &str) -> String {
    let mut out = "(?is)^".to_owned();
    for character in value.chars() {
        match character {
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            other => out.push_str(&regex_syntax::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    out + "$"
}

/// What the property of an object holds, by the object types of part 6 of the standard and, where they differ, of STIX 2.0.
fn kind(test: &Test) -> Option<Kind> {
    let property = test.property.as_str();
    if let Some((_, name)) = property.rsplit_once("hashes.") {
        let is_file = matches!(test.object.as_str(), "file" | "artifact" | "process");
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        return match plain.to_ascii_lowercase().as_str() {
            "md5" if is_file => Some(Kind::Md5),
            "sha1" if is_file => Some(Kind::Sha1),
            "sha256" if is_file => Some(Kind::Sha256),
            _ => None,
        };
    }
    match (test.object.as_str(), property) {
        ("file", "name") | ("process", "name" | "image_ref.name" | "binary_ref.name") => Some(Kind::FileName),
        ("file", "parent_directory_ref.path") | ("directory", "path") if test.operator != Operator::Equals => {
            Some(Kind::Path)
        }
        ("process", "command_line") => Some(Kind::CommandLine),
        ("process", "extensions.windows-service-ext.service_name") => Some(Kind::Service),
        ("ipv4-addr" | "ipv6-addr", "value") | ("network-traffic", "src_ref.value" | "dst_ref.value") => {
            Some(Kind::Address)
        }
        ("domain-name", "value") => Some(Kind::Domain),
        ("domain-name", "resolves_to_refs.value") => Some(Kind::Address),
        ("url", "value") => Some(Kind::Url),
        ("email-addr", "value") => Some(Kind::Email),
        ("email-message", "from_ref.value" | "sender_ref.value") => Some(Kind::Email),
        ("user-account", "user_id" | "account_login" | "display_name") => Some(Kind::Account),
        ("network-traffic", "extensions.http-request-ext.request_value") => Some(Kind::UriPath),
        ("network-traffic", "extensions.http-request-ext.request_header.User-Agent") => Some(Kind::UserAgent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::parse;
    use super::*;

    fn meaning(pattern: &str) -> (Vec<String>, Vec<String>) {
        let meaning = of(&parse(pattern).unwrap());
        let part = |part: &Part| {
            let besides =
                if part.besides.is_empty() { String::new() } else { format!(" besides {}", part.besides.join("; ")) };
            format!("{} {}{besides}", part.kind.word(), part.value)
        };
        (meaning.parts.iter().map(part).collect(), meaning.skipped.into_iter().map(|reason| reason.en).collect())
    }

    fn taken(pattern: &str) -> Vec<String> {
        let (parts, skipped) = meaning(pattern);
        assert_eq!(skipped, Vec::<String>::new(), "{pattern}");
        parts
    }

    #[test]
    fn alternatives_are_indicators_each() {
        assert_eq!(
            taken(
                "[domain-name:value = 'evil.example' OR ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')] OR [url:value = 'http://x.example/a']"
            ),
            ["domain evil.example", "address 192.0.2.1", "address 192.0.2.2", "url http://x.example/a"]
        );
        assert_eq!(taken("[file:name LIKE 'ev_l%.exe']"), ["file-name (?is)^ev.l.*\\.exe$"]);
        assert_eq!(taken("[network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24']"), ["address 198.51.100.0/24"]);
        assert_eq!(taken("[process:command_line MATCHES 'evil.*']"), ["command-line (?s)evil.*"]);
    }

    #[test]
    fn beside_a_hash_nothing_else_counts() {
        let md5 = "5d41402abc4b2a76b9719d911017c592";
        assert_eq!(
            taken(&format!("[file:name = 'a.exe' AND file:hashes.MD5 = '{md5}' AND file:size > 10]")),
            [format!("md5 {md5}")]
        );
        assert_eq!(taken(&format!("[file:hashes.MD5 = '{md5}' AND file:hashes.'SHA-1' = 'x']")).len(), 2);
    }

    #[test]
    fn of_what_must_all_hold_the_most_telling_is_looked_for_and_the_rest_kept_in_words() {
        assert_eq!(
            taken("[ipv4-addr:value = '192.0.2.1' AND network-traffic:dst_port = 443]"),
            ["address 192.0.2.1 besides network-traffic:dst_port = 443"]
        );
        assert_eq!(
            taken(
                "[process:name = 'a.exe' AND (process:command_line MATCHES 'x' OR process:command_line MATCHES 'y')]"
            ),
            ["command-line (?s)x besides process:name = 'a.exe'", "command-line (?s)y besides process:name = 'a.exe'"]
        );
        assert_eq!(
            taken(r"[file:name = 'a.exe' AND file:parent_directory_ref.path = 'C:\\Temp\\']"),
            ["path C:\\Temp\\a.exe"]
        );
    }

    #[test]
    fn what_cannot_be_looked_for_is_told() {
        for pattern in [
            "[x509-certificate:issuer = 'CN=X' AND x509-certificate:serial_number = '4c']",
            "[file:name != 'a.exe']",
            "[file:name = 'a.exe'] FOLLOWEDBY [file:name = 'b.exe']",
            "[file:name = 'a.exe'] REPEATS 5 TIMES",
            "[mutex:name = 'x']",
        ] {
            let (parts, skipped) = meaning(pattern);
            assert_eq!((parts.len(), skipped.len()), (0, 1), "{pattern}: {skipped:?}");
        }
        let (parts, skipped) = meaning("[mutex:name = 'x' OR file:name = 'evil1.exe']");
        assert_eq!((parts.len(), skipped.len()), (1, 1));
        // The group may hold by its mutex alone, so the name alone would miss it; the address covers both.
        let (parts, _) = meaning("[(mutex:name = 'x' OR file:name = 'evil1.exe') AND ipv4-addr:value = '192.0.2.1']");
        assert_eq!(parts, ["address 192.0.2.1 besides (mutex:name = 'x' OR file:name = 'evil1.exe')"]);
    }
}
