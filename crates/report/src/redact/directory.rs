//! Names in the directory: what people, machines, units and domains are called in `CN=Taro Sato,OU=Sales,DC=corp,DC=example`
//! (RFC 4514) and in the older `/o=Corp/ou=Site/cn=Recipients/cn=taro` (X.400 addresses of mail systems).

use super::names::{Kind, LONGEST_NAME, Names};

/// Containers that every directory has, in lower case; they stay.
/// Sources: [MS-ADTS], 6.1.1; <https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/understanding-the-active-directory-logical-model>.
const CONTAINERS: [&str; 30] = [
    "users",
    "computers",
    "builtin",
    "system",
    "configuration",
    "schema",
    "services",
    "sites",
    "servers",
    "subnets",
    "site links",
    "partitions",
    "policies",
    "machine",
    "user",
    "ntds settings",
    "default-first-site-name",
    "domain controllers",
    "program data",
    "lostandfound",
    "managed service accounts",
    "foreignsecurityprincipals",
    "keys",
    "windows nt",
    "public key services",
    "adminsdholder",
    "protocols",
    "http",
    "recipients",
    "administrative groups",
];

/// One part of a name, such as `CN=Taro Sato`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part<'t> {
    /// Its type with the sign behind it.
    front: &'t str,
    value: &'t str,
}

/// Takes in the names of a text.
pub(super) fn gather(text: &str, names: &mut Names) {
    let mut domain: Vec<&str> = Vec::new();
    let mut end = 0;
    for (at, part) in parts(text) {
        let kind = part.front.trim_end_matches('=').to_ascii_lowercase();
        // Labels of one domain follow each other; anything between them ends it.
        if kind != "dc" || at > end + 2 {
            whole(&domain, names);
            domain.clear();
        }
        end = at + part.front.len() + part.value.len();
        if kind == "dc" {
            domain.push(part.value);
        } else if !CONTAINERS.contains(&part.value.to_ascii_lowercase().as_str()) {
            let kind = if kind == "cn" { Kind::User } else { Kind::Domain };
            names.add_between(part.front, kind, part.value, "");
        }
    }
    whole(&domain, names);
}

/// A domain by its labels. The last of several is no organisation's own.
fn whole(labels: &[&str], names: &mut Names) {
    names.add(Kind::Domain, &labels.join("."));
    let own = if labels.len() > 1 { labels.split_last().map_or(&[][..], |(_, own)| own) } else { labels };
    own.iter().for_each(|label| names.add_between("DC=", Kind::Domain, label, ""));
}

/// The parts of names in a text, with their places.
fn parts(text: &str) -> impl Iterator<Item = (usize, Part<'_>)> {
    text.match_indices('=').filter_map(|(sign, _)| {
        let before = text.get(..sign)?;
        let is_letter = |character: char| character.is_ascii_alphabetic();
        let at = before.len() - before.chars().rev().take(3).take_while(|one| is_letter(*one)).count();
        let is_type = ["cn", "ou", "dc", "o"]
            .iter()
            .any(|known| text.get(at..sign).is_some_and(|one| one.eq_ignore_ascii_case(known)));
        // `o=` is a parameter of many a page; of a name only at the beginning of the older form.
        let is_begun = match before.get(..at)?.chars().next_back() {
            Some('/') => true,
            Some(other) => sign - at == 2 && !(other.is_alphanumeric() || matches!(other, '_' | '-' | '.' | '&' | '?')),
            None => sign - at == 2,
        };
        (is_type && is_begun).then_some(())?;
        let value = value(text.get(sign + 1..)?, text.get(at..sign)?)?;
        Some((at, Part { front: text.get(at..=sign)?, value }))
    })
}

/// The value at the beginning of a text. Blanks are part of it only where a sign tells where it ends.
fn value<'t>(text: &'t str, kind: &str) -> Option<&'t str> {
    let is_end = |character: char| ",;/+\"<>|(){}\r\n\t\0…".contains(character);
    let mut escaped = false;
    let end = text.char_indices().find(|(at, character)| {
        let ends = (is_end(*character) && !escaped) || *at > LONGEST_NAME;
        escaped = *character == '\\' && !escaped;
        ends
    });
    let is_closed = end.is_some_and(|(_, character)| ",/+".contains(character));
    let value = text.get(..end.map_or(text.len(), |(at, _)| at))?;
    let has_blanks = is_closed && !value.contains('=') && !kind.eq_ignore_ascii_case("dc");
    let value = if has_blanks { value } else { value.split([' ', '\'']).next()? }.trim();
    (!value.is_empty() && value.len() <= LONGEST_NAME).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        parts(text).map(|(_, part)| (part.front, part.value)).collect()
    }

    #[test]
    fn names_end_where_their_signs_say_and_parameters_of_pages_are_none() {
        let text = r"LDAP://CN=Taro Sato\, Jr.,OU=Sales Team,DC=corp,DC=example is (cn=hanako) /o=Corp/ou=First Site/cn=Recipients/cn=jiro";
        assert_eq!(
            found(text),
            [
                ("CN=", r"Taro Sato\, Jr."),
                ("OU=", "Sales Team"),
                ("DC=", "corp"),
                ("DC=", "example"),
                ("cn=", "hanako"),
                ("o=", "Corp"),
                ("ou=", "First Site"),
                ("cn=", "Recipients"),
                ("cn=", "jiro"),
            ]
        );
        assert_eq!(found("GET /x?cn=1&dc=2&o=3 _cn=4 a=b FOO=C cn= "), []);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at_without_a_panic(text in "([a-zA-Z= ,/\\\\é佐]|CN=|DC=|/o=){0,60}") {
            prop_assert!(parts(&text).all(|(at, part)| text[at..].starts_with(part.front)));
        }
    }
}
