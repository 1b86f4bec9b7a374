//! The door: a draft becomes an indicator when its value has the form of its kind and is nothing ordinary.

use std::borrow::Cow;
use std::net::IpAddr;

use hikeshi_core::text::{Phrase, Text};

use super::guess;
use super::indicator::{Draft, Indicator, Kind, Syntax};
use super::intake::{LeftOut, Refusal, Skip, Why};
use super::ordinary;
use super::pattern;
use super::refang::{bare, refang};

/// A longer value is no value but a mistake of its list.
const VALUE_CAP: usize = 4_096;

impl Draft {
    /// Brings the value into the form in which it is compared, and refuses what would match on every machine.
    ///
    /// # Errors
    /// What was the matter, with a code.
    pub fn admit(self) -> Result<Indicator, LeftOut> {
        let (kind, given) = (self.kind, self.value.clone());
        let looked_at = self.in_form().and_then(|draft| draft.refusal().map(|()| Indicator(draft)));
        looked_at.map_err(|(why, detail)| {
            let left_out = LeftOut::new(why, kind, &given);
            match detail {
                Some(detail) => left_out.because(detail),
                None => left_out,
            }
        })
    }

    /// The draft with its value as it is compared; kinds that lists mix up are set right.
    fn in_form(mut self) -> Result<Self, Matter> {
        self = self.within_length().ok_or((Why::Skipped(Skip::TooLong), None))?;
        if let Some(mistake) = self.mistake() {
            return Err((Why::Skipped(Skip::BadValue), Some(mistake.into())));
        }
        self.method = self.method.map(|method| method.to_ascii_uppercase());
        if self.syntax == Syntax::Regex {
            return Ok(self);
        }
        let text = bare(&self.value);
        (self.kind, self.value) = match self.kind {
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 => match guess::hash(text) {
                Some(kind) if kind == self.kind => (kind, text.to_ascii_lowercase()),
                _ => return skip(Skip::BadValue),
            },
            Kind::Address | Kind::Network => network(text)?,
            Kind::Domain => domain(text)?,
            Kind::Url => url(text)?,
            Kind::Email => email(text)?,
            Kind::UriPath => (Kind::UriPath, format!("/{}", refang(text).trim_start_matches('/'))),
            Kind::FileName if text.contains(['\\', '/']) => (Kind::Path, text.to_owned()),
            Kind::Account => (Kind::Account, account(text).into_owned()),
            Kind::Task => (Kind::Task, below_tasks(text).to_owned()),
            // Names are found where they begin and end anywhere, so wildcards there say nothing more.
            Kind::Detection => (Kind::Detection, text.trim_matches('*').to_owned()),
            kind => (kind, text.to_owned()),
        };
        Ok(self.with_wildcards())
    }

    /// The draft, unless it is longer than any real one.
    pub(super) fn within_length(self) -> Option<Self> {
        let longest = self.value.len().max(self.except.as_ref().map_or(0, String::len));
        (longest <= VALUE_CAP).then_some(self)
    }

    /// What does not go together.
    fn mistake(&self) -> Option<Phrase> {
        let is_exact = self.kind.is_hash() || matches!(self.kind, Kind::Address | Kind::Network);
        let is_file = matches!(self.kind, Kind::Path | Kind::FileName);
        match self.syntax {
            Syntax::Regex if is_exact => {
                Some(("values of this kind are no patterns", "この種類の値はパターンにできません"))
            }
            Syntax::Glob if !is_file => Some((
                "only paths and file names may have wildcards",
                "ワイルドカードを使えるのはパスとファイル名だけです",
            )),
            Syntax::Literal if self.except.is_some() => {
                Some(("only patterns may have exceptions", "例外を指定できるのはパターンだけです"))
            }
            _ if self.method.is_some() && self.kind != Kind::UriPath => {
                Some(("only paths of URLs may ask for a method", "メソッドを指定できるのは URL のパスだけです"))
            }
            _ => None,
        }
    }

    /// A path with wildcards, or with variables behind its beginning, is a glob whatever its list says: Windows allows no
    /// such characters in names.
    pub(super) fn with_wildcards(mut self) -> Self {
        if self.syntax == Syntax::Regex || !matches!(self.kind, Kind::Path | Kind::FileName) {
            return self;
        }
        let has_choice =
            self.value.match_indices('{').any(|(at, _)| self.value.get(at..).is_some_and(pattern::is_choice));
        if self.value.contains(['*', '?']) || has_choice {
            self.syntax = Syntax::Glob;
        }
        while let Some((from, to)) = placeholder(&self.value) {
            self.value.replace_range(from..to, "*");
            self.syntax = Syntax::Glob;
        }
        self
    }

    fn refusal(&self) -> Result<(), Matter> {
        const SHORTEST: usize = 4;
        let refused = |refusal: Option<Refusal>| refusal.map_or(Ok(()), |refusal| Err((Why::Refused(refusal), None)));
        if self.syntax != Syntax::Literal {
            return self.refuse_pattern();
        }
        match self.kind {
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 => {
                refused(ordinary::is_trivial_content(self.kind, &self.value).then_some(Refusal::TrivialContent))
            }
            Kind::Address => refused(self.value.parse().ok().and_then(ordinary::address)),
            Kind::Network => {
                refused(guess::network(&self.value).and_then(|(base, length)| ordinary::network(base, length)))
            }
            _ if self.value.len() < SHORTEST => refused(Some(Refusal::TooShort)),
            Kind::Domain => refused(ordinary::is_domain(&self.value).then_some(Refusal::WellKnownDomain)),
            Kind::Url => refused(self.refuse_url()),
            Kind::FileName | Kind::Account | Kind::Service | Kind::Task => {
                refused(ordinary::is_name(self.kind, &self.value).then_some(Refusal::OrdinaryName))
            }
            Kind::Path => {
                let (start, rest) = ordinary::place(&self.value);
                let ordinary = ordinary::paths().iter().find(|path| ordinary::is_at(path, start, &rest));
                ordinary.map_or(Ok(()), |path| {
                    Err((Why::Refused(Refusal::MatchesOrdinary), Some(Text::same(&path.windows))))
                })
            }
            Kind::UriPath => self.refuse_text(&|value, text| value == text),
            Kind::UserAgent => {
                // A text of a few short words has nothing that it could be searched by.
                let has_word = self.value.split([' ', '+', ',']).any(|word| word.len() >= SHORTEST);
                if has_word {
                    self.refuse_text(&|value, text| plain_agent(value).contains(&plain_agent(text)))
                } else {
                    refused(Some(Refusal::TooShort))
                }
            }
            Kind::CommandLine | Kind::Keyword => self.refuse_text(&|value, text| value.contains(text)),
            Kind::Detection | Kind::Email => Ok(()),
        }
    }

    /// A URL of a whole site is as ordinary as the site; a page on it is not.
    fn refuse_url(&self) -> Option<Refusal> {
        let (host, rest) = host(&self.value);
        if let Some(address) = guess::address(host) {
            return ordinary::address(address);
        }
        (rest.len() < 2 && ordinary::is_domain(&host.to_ascii_lowercase())).then_some(Refusal::WellKnownDomain)
    }

    /// Refuses text that stands in an ordinary value.
    fn refuse_text(&self, stands_in: &dyn Fn(&str, &str) -> bool) -> Result<(), Matter> {
        let text = self.value.to_lowercase();
        let ordinary = ordinary::values(self.kind).into_iter().find(|value| stands_in(&value.to_lowercase(), &text));
        ordinary.map_or(Ok(()), |value| Err((Why::Refused(Refusal::MatchesOrdinary), Some(Text::same(value)))))
    }

    /// Refuses a pattern that cannot be built, or that holds for nothing at all or for something ordinary.
    fn refuse_pattern(&self) -> Result<(), Matter> {
        let unsupported = |words: String| {
            (Why::Skipped(Skip::PatternUnsupported), Some(Text::quoted(words, "パターンとして使えません")))
        };
        let pattern = pattern::build(&pattern::source(self).unwrap_or_default()).map_err(unsupported)?;
        let except = self.except.as_deref().map(pattern::build).transpose().map_err(unsupported)?;
        let holds = |forms: &[&str]| {
            let is_excepted = || except.as_ref().is_some_and(|except| forms.iter().any(|form| except.is_match(form)));
            forms.iter().any(|form| pattern.is_match(form)) && !is_excepted()
        };
        let values: Vec<Vec<&str>> = match self.kind {
            Kind::Path => {
                ordinary::paths().iter().map(|path| vec![path.windows.as_str(), path.slashed.as_str()]).collect()
            }
            Kind::FileName => ordinary::paths().iter().map(|path| vec![path.name()]).collect(),
            kind => ordinary::values(kind).into_iter().map(|value| vec![value]).collect(),
        };
        let matched: Vec<&Vec<&str>> = values.iter().filter(|forms| holds(forms)).collect();
        if holds(&[""]) || (values.len() > 1 && matched.len() * 2 > values.len()) {
            return Err((Why::Refused(Refusal::MatchesEverything), None));
        }
        let first = matched.first().and_then(|forms| forms.first());
        first.map_or(Ok(()), |value| Err((Why::Refused(Refusal::MatchesOrdinary), Some(Text::same(*value)))))
    }
}

/// Why a draft is not taken, and what exactly was the matter.
type Matter = (Why, Option<Text>);

const fn skip<T>(skip: Skip) -> Result<T, Matter> {
    Err((Why::Skipped(skip), None))
}

/// A variable or a `<placeholder>` behind the beginning of a path: its bounds.
fn placeholder(path: &str) -> Option<(usize, usize)> {
    if let Some((from, to)) = path.find('<').and_then(|from| Some((from, from + path.get(from..)?.find('>')? + 1))) {
        return Some((from, to));
    }
    let behind = super::disk_path::variable(path).map_or(0, |(_, behind)| path.len() - behind.len());
    path.match_indices('%').map(|(at, _)| at).filter(|at| *at >= behind && *at > 0).find_map(|at| {
        let (_, rest) = super::disk_path::variable(path.get(at..)?)?;
        Some((at, path.len() - rest.len()))
    })
}

fn network(text: &str) -> Result<(Kind, String), Matter> {
    let text = refang(text);
    if let Some(address) = guess::address(&text) {
        return Ok((Kind::Address, address.to_string()));
    }
    match guess::network(&text) {
        Some((base, length)) if length == ordinary::full(base) => Ok((Kind::Address, base.to_canonical().to_string())),
        Some((base, length)) => Ok((Kind::Network, format!("{}/{length}", ordinary::first_of(base, length)))),
        None => skip(Skip::BadValue),
    }
}

fn domain(text: &str) -> Result<(Kind, String), Matter> {
    let text = refang(text).to_lowercase();
    if guess::address(&text).is_some() {
        return network(&text);
    }
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest).trim_end_matches(['/', '.']);
    let text = text.trim_start_matches("*.").trim_start_matches('.');
    let name = match text.split_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => text,
    };
    let is_well_formed = guess::is_domain(name) || ordinary::is_domain(name);
    if is_well_formed { Ok((Kind::Domain, name.to_owned())) } else { skip(Skip::BadValue) }
}

fn url(text: &str) -> Result<(Kind, String), Matter> {
    let text = refang(text);
    let (host, _) = host(&text);
    let is_well_formed = guess::is_domain(host) || guess::address(host).is_some() || ordinary::is_domain(host);
    let has_control = text.chars().any(|character| character.is_control() || character == ' ');
    if !is_well_formed || has_control { skip(Skip::BadValue) } else { Ok((Kind::Url, text.into_owned())) }
}

/// The host of a URL, without user and port, and what follows the authority.
pub(super) fn host(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() && authority.parse::<IpAddr>().is_err() => host,
        _ => authority,
    };
    (host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host), rest)
}

fn email(text: &str) -> Result<(Kind, String), Matter> {
    let text = refang(text);
    match text.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && guess::is_domain(domain) && !text.contains(' ') => {
            Ok((Kind::Email, text.to_lowercase()))
        }
        _ => skip(Skip::BadValue),
    }
}

/// What a client calls itself, as all logs write it: some write `+` for a blank, some drop commas.
pub(super) fn plain_agent(agent: &str) -> String {
    agent
        .chars()
        .filter(|character| *character != ',')
        .map(|character| if character == '+' { ' ' } else { character.to_ascii_lowercase() })
        .collect()
}

/// An account as `name` or `DOMAIN\name`. Of `name@domain.example`, Windows' short name of the domain is mostly the first part.
pub(super) fn account(text: &str) -> Cow<'_, str> {
    match text.split_once('@') {
        Some((name, domain)) if !text.contains('\\') => {
            Cow::Owned(format!("{}\\{name}", domain.split('.').next().unwrap_or(domain)))
        }
        _ => Cow::Borrowed(text),
    }
}

/// A task as Windows calls it, by its file below the folder of tasks where it is given so.
fn below_tasks(task: &str) -> &str {
    const FOLDER: &str = r"\system32\tasks\";
    let start = task.to_ascii_lowercase().find(FOLDER).map_or(0, |at| at + FOLDER.len());
    task.get(start..).unwrap_or(task)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::indicator::About;
    use super::*;

    fn admit(kind: Kind, syntax: Syntax, value: &str) -> Result<(Kind, Syntax, String), &'static str> {
        let about = Arc::new(About::from_source("test"));
        let draft =
            Draft { id: "1".to_owned(), kind, syntax, value: value.to_owned(), except: None, method: None, about };
        draft
            .admit()
            .map(|indicator| (indicator.kind, indicator.syntax, indicator.value.clone()))
            .map_err(|left_out| left_out.why.code())
    }

    #[test]
    fn values_are_brought_into_the_form_in_which_they_are_compared() {
        for (kind, value, expected_kind, expected) in [
            (Kind::Md5, " 5D41402ABC4B2A76B9719D911017C592 ", Kind::Md5, "5d41402abc4b2a76b9719d911017c592"),
            (Kind::Address, "192.0.2[.]1:443", Kind::Address, "192.0.2.1"),
            (Kind::Address, "::ffff:192.0.2.1", Kind::Address, "192.0.2.1"),
            (Kind::Address, "2001:0DB8::0001", Kind::Address, "2001:db8::1"),
            (Kind::Address, "198.51.100.7/24", Kind::Network, "198.51.100.0/24"),
            (Kind::Network, "198.51.100.7/32", Kind::Address, "198.51.100.7"),
            (Kind::Domain, "hxxp://Evil[.]Example/", Kind::Domain, "evil.example"),
            (Kind::Domain, "*.evil.example.", Kind::Domain, "evil.example"),
            (Kind::Domain, "192.0.2.1", Kind::Address, "192.0.2.1"),
            (Kind::Url, "hxxp://evil[.]example/A", Kind::Url, "http://evil.example/A"),
            (Kind::UriPath, "x/y.aspx", Kind::UriPath, "/x/y.aspx"),
            (Kind::Email, "Somebody[@]evil.example", Kind::Email, "somebody@evil.example"),
            (Kind::FileName, "C:\\x\\evil.exe", Kind::Path, "C:\\x\\evil.exe"),
            (Kind::Account, "CORP\\mallory", Kind::Account, "CORP\\mallory"),
            (Kind::Account, "mallory@corp.example.org", Kind::Account, "corp\\mallory"),
            (Kind::Task, "C:\\Windows\\System32\\Tasks\\Folder\\Job1", Kind::Task, "Folder\\Job1"),
            (Kind::Detection, "Backdoor:ASP/Odd*", Kind::Detection, "Backdoor:ASP/Odd"),
        ] {
            assert_eq!(
                admit(kind, Syntax::Literal, value),
                Ok((expected_kind, Syntax::Literal, expected.to_owned())),
                "{value}"
            );
        }
    }

    #[test]
    fn paths_with_wildcards_placeholders_and_inner_variables_are_globs() {
        for (value, expected) in [
            ("C:\\x\\evil*.exe", "C:\\x\\evil*.exe"),
            ("C:\\Users\\<user>\\evil.exe", "C:\\Users\\*\\evil.exe"),
            ("C:\\Users\\%USERNAME%\\evil.exe", "C:\\Users\\*\\evil.exe"),
            ("%TEMP%\\a\\{x,y}.exe", "%TEMP%\\a\\{x,y}.exe"),
        ] {
            assert_eq!(
                admit(Kind::Path, Syntax::Literal, value),
                Ok((Kind::Path, Syntax::Glob, expected.to_owned())),
                "{value}"
            );
        }
        let value = "%ProductPath%a\\{0001-02}.exe";
        assert_eq!(admit(Kind::Path, Syntax::Literal, value), Ok((Kind::Path, Syntax::Literal, value.to_owned())));
    }

    #[test]
    fn what_does_not_have_the_form_of_its_kind_is_told() {
        for (kind, value) in [
            (Kind::Md5, "xyz"),
            (Kind::Md5, "da39a3ee5e6b4b0d3255bfef95601890afd80700"),
            (Kind::Address, "300.1.2.3"),
            (Kind::Network, "192.0.2.0/33"),
            (Kind::Domain, "domain evil.example"),
            (Kind::Domain, "WORKGROUP"),
            (Kind::Url, "http:///x"),
            (Kind::Email, "nobody"),
        ] {
            assert_eq!(admit(kind, Syntax::Literal, value), Err("bad-value"), "{value}");
        }
        assert_eq!(admit(Kind::Keyword, Syntax::Literal, &"x".repeat(VALUE_CAP + 1)), Err("too-long"));
        assert_eq!(admit(Kind::Address, Syntax::Regex, "192.*"), Err("bad-value"));
        assert_eq!(admit(Kind::Domain, Syntax::Glob, "*.example"), Err("bad-value"));
        assert_eq!(admit(Kind::CommandLine, Syntax::Regex, "evil(?=x)"), Err("pattern-unsupported"));
    }

    #[test]
    fn what_would_match_on_every_machine_is_refused_with_a_code() {
        for (kind, value, code) in [
            (Kind::Md5, "D41D8CD98F00B204E9800998ECF8427E", "trivial-content"),
            (Kind::Address, "10.0.0.0", "internal-address"),
            (Kind::Address, "127.0.0.1", "loopback-address"),
            (Kind::Address, "0.0.0.0", "reserved-address"),
            (Kind::Address, "8.8.8.8", "public-resolver"),
            (Kind::Address, "0.0.0.0/0", "network-too-wide"),
            (Kind::Domain, "www.microsoft.com", "well-known-domain"),
            (Kind::Domain, "localhost", "well-known-domain"),
            (Kind::Url, "https://www.google.com/", "well-known-domain"),
            (Kind::Url, "http://192.168.0.1/x", "internal-address"),
            (Kind::FileName, "CMD.EXE", "ordinary-name"),
            (Kind::FileName, "a.b", "too-short"),
            (Kind::Account, "CORP\\Administrator", "ordinary-name"),
            (Kind::Service, "Spooler", "ordinary-name"),
            (Kind::Path, "C:\\Windows\\System32\\cmd.exe", "matches-ordinary"),
            (Kind::Path, "%Anything%\\svchost.exe", "matches-ordinary"),
            (Kind::Path, "C:\\Windows\\*\\*.exe", "matches-ordinary"),
            (Kind::Path, "C:\\**", "matches-everything"),
            (Kind::UriPath, "/robots.txt", "matches-ordinary"),
            (Kind::UserAgent, "Mozilla/5.0", "matches-ordinary"),
            (Kind::UserAgent, "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)", "matches-ordinary"),
            (Kind::UserAgent, "a b c", "too-short"),
            (Kind::CommandLine, "powershell.exe -NoProfile", "matches-ordinary"),
            (Kind::Keyword, "mozilla", "matches-ordinary"),
        ] {
            assert_eq!(admit(kind, Syntax::Literal, value), Err(code), "{value}");
        }
        for (kind, value, code) in [
            (Kind::Path, "", "matches-everything"),
            (Kind::Path, ".*", "matches-everything"),
            (Kind::Path, "[a-z]", "matches-everything"),
            (Kind::Path, "(?i)\\\\svchost\\.exe$", "matches-ordinary"),
            (Kind::FileName, "^[a-z]+\\.exe$", "matches-ordinary"),
            (Kind::UserAgent, "(?i)mozilla", "matches-everything"),
            (Kind::UserAgent, "(?i)Firefox", "matches-ordinary"),
            (Kind::CommandLine, "x*", "matches-everything"),
            (Kind::UriPath, "^/", "matches-everything"),
        ] {
            assert_eq!(admit(kind, Syntax::Regex, value), Err(code), "{value}");
        }
    }

    #[test]
    fn what_is_only_near_to_ordinary_is_taken() {
        for (kind, value) in [
            (Kind::Address, "192.0.2.1"),
            (Kind::Network, "198.51.100.0/24"),
            (Kind::Domain, "evil.github.io"),
            (Kind::Url, "https://raw.githubusercontent.com/evil/x.ps1"),
            (Kind::Path, "%TEMP%\\svchost.exe"),
            (Kind::Path, "C:\\Windows\\svchost.exe"),
            (Kind::Path, "C:\\mscoree.dll"),
            (Kind::FileName, "scvhost.exe"),
            (Kind::UserAgent, "antSword/v2.1"),
            (Kind::Account, "admin$"),
        ] {
            assert_eq!(admit(kind, Syntax::Literal, value).map(|(kind, ..)| kind), Ok(kind), "{value}");
        }
        assert!(admit(Kind::Path, Syntax::Regex, "(?i)\\\\temp\\\\[a-z]{8}\\.exe$").is_ok());
    }

    #[test]
    fn an_exception_can_save_a_pattern_from_refusal() {
        let about = Arc::new(About::from_source("test"));
        let value = "\\\\System32\\\\wermgr\\.exe".to_owned();
        let except = Some("(?i):\\\\Windows\\\\".to_owned());
        let draft =
            Draft { id: "1".to_owned(), kind: Kind::Path, syntax: Syntax::Regex, value, except, method: None, about };
        assert!(draft.clone().admit().is_ok());
        assert!(Draft { except: None, ..draft }.admit().is_err());
    }

    proptest! {
        #[test]
        fn no_value_of_any_kind_causes_a_panic(kind in 0_usize..18, syntax in 0_usize..3, value in "\\PC{0,40}") {
            let kinds = [
                Kind::Md5, Kind::Sha1, Kind::Sha256, Kind::Path, Kind::FileName, Kind::Address, Kind::Network, Kind::Url,
                Kind::UriPath, Kind::Domain, Kind::UserAgent, Kind::Account, Kind::Service, Kind::Task, Kind::CommandLine,
                Kind::Detection, Kind::Email, Kind::Keyword,
            ];
            let _ = admit(kinds[kind], [Syntax::Literal, Syntax::Glob, Syntax::Regex][syntax], &value);
        }
    }
}
