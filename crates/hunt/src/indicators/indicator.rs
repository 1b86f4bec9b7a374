//! The noun: one value that others saw in an attack.

use std::ops::Deref;
use std::sync::Arc;

use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;

/// What an indicator's value is, in the field's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// MD5 of a file's content, lower-case hex.
    Md5,
    /// SHA-1 of a file's content, lower-case hex.
    Sha1,
    /// SHA-256 of a file's content, lower-case hex.
    Sha256,
    /// Where a file lies on its disk.
    Path,
    /// The last part of a file's path.
    FileName,
    /// An IPv4 or IPv6 address, in its canonical form.
    Address,
    /// A network in CIDR form.
    Network,
    /// A URL, with or without its scheme.
    Url,
    /// The path of a URL alone, as web servers log it.
    UriPath,
    /// A domain name; names below it are meant too.
    Domain,
    /// What a client calls itself.
    UserAgent,
    /// An account's name, with or without its domain.
    Account,
    /// A service's name.
    Service,
    /// A scheduled task's name, with or without its folder.
    Task,
    /// A part of a command line.
    CommandLine,
    /// The name under which a virus scanner reports something.
    Detection,
    /// A mail address.
    Email,
    /// Text that is telling wherever it stands.
    Keyword,
}

impl Kind {
    /// Whether such a thing is let to others later: hosts on the network are. A file, an account or a program stays what it was.
    #[must_use]
    pub const fn changes_hands(self) -> bool {
        matches!(self, Self::Address | Self::Network | Self::Domain | Self::Url | Self::Email)
    }

    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Path => "path",
            Self::FileName => "file-name",
            Self::Address => "address",
            Self::Network => "network",
            Self::Url => "url",
            Self::UriPath => "uri-path",
            Self::Domain => "domain",
            Self::UserAgent => "user-agent",
            Self::Account => "account",
            Self::Service => "service",
            Self::Task => "scheduled-task",
            Self::CommandLine => "command-line",
            Self::Detection => "detection",
            Self::Email => "email",
            Self::Keyword => "keyword",
        }
    }

    /// Whether the value is a file's hash.
    #[must_use]
    pub const fn is_hash(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1 | Self::Sha256)
    }
}

/// How an indicator's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    /// As it stands, without regard to case.
    Literal,
    /// `*`, `**`, `?` and `{a,b}` stand for more, without regard to case. For paths and file names only.
    Glob,
    /// A regular expression that may hold anywhere in the value; case counts unless it says otherwise.
    Regex,
}

/// How much an indicator proves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Context only.
    Low,
    /// Needs one more sign.
    Medium,
    /// Enough on its own.
    High,
}

impl Confidence {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// From 0 to 100, by the None / Low / Med / High scale of STIX 2.1 (appendix A); none is low.
    #[must_use]
    pub const fn from_percent(percent: u64) -> Self {
        match percent {
            0..=29 => Self::Low,
            30..=69 => Self::Medium,
            _ => Self::High,
        }
    }

    /// From a word of an English or Japanese list, or a number from 0 to 100.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        if let Ok(percent) = word.trim_end_matches('%').parse() {
            return Some(Self::from_percent(percent));
        }
        match word.to_lowercase().as_str() {
            "low" | "none" | "info" | "informational" | "低" | "弱" => Some(Self::Low),
            "medium" | "med" | "moderate" | "middle" | "中" => Some(Self::Medium),
            "high" | "critical" | "confirmed" | "高" | "重大" | "緊急" | "強" => Some(Self::High),
            _ => None,
        }
    }
}

/// What a source tells about its indicators besides their value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// How much a match proves by itself; medium where the source does not say.
    pub confidence: Confidence,
    /// What a match means.
    pub description: Text,
    /// What else looks like it.
    pub false_positives: Text,
    /// Where the indicator was published; the file it was read from where that does not say.
    pub source: String,
    /// Since when it tells; of packs alone. Lists of others give the day of their publication here, which comes after the attack.
    pub valid_from: Option<Timestamp>,
    /// Until when it tells, where it is of a kind that goes to others later: see [`Kind::changes_hands`].
    pub valid_until: Option<Timestamp>,
    /// The source's own tags, with the phases of a kill chain as `chain:phase`.
    pub tags: Arc<[String]>,
    /// CVE ids, upper case.
    pub cve: Arc<[String]>,
    /// What the source asks for besides the value and nobody checks, in the source's words. Where something stands here,
    /// the confidence is low.
    pub besides: Vec<String>,
}

/// The beginning of a text that a source tells about an indicator: no more than people read, because a list may tell it a
/// hundred thousand times.
pub(super) fn short(text: &str) -> &str {
    const LONGEST: usize = 1_000;
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}

/// The CVE ids among some words, upper case.
pub(super) fn cves(words: impl IntoIterator<Item = String>) -> Arc<[String]> {
    words.into_iter().map(|word| word.to_ascii_uppercase()).filter(|word| word.starts_with("CVE-")).collect()
}

impl About {
    /// Nothing but where it comes from.
    #[must_use]
    pub fn from_source(source: &str) -> Self {
        Self {
            confidence: Confidence::Medium,
            description: Text::default(),
            false_positives: Text::default(),
            source: short(source).to_owned(),
            valid_from: None,
            valid_until: None,
            tags: Arc::default(),
            cve: Arc::default(),
            besides: Vec::new(),
        }
    }
}

/// An indicator as a list writes it, before it is looked at: see [`Draft::admit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As the source calls it, or its line as `line 17`.
    pub id: String,
    /// What the value is.
    pub kind: Kind,
    /// How the value is compared.
    pub syntax: Syntax,
    /// The value.
    pub value: String,
    /// For regular expressions: where this one holds too, it is no match.
    pub except: Option<String>,
    /// For [`Kind::UriPath`]: it tells only in requests of this method, upper case.
    pub method: Option<String>,
    /// The rest, shared by all that stand together.
    pub about: Arc<About>,
}

/// An indicator whose value has the form of its kind and does not match on every machine.
///
/// There is no other way to one than [`Draft::admit`]; it is read like a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator(pub(super) Draft);

impl Deref for Indicator {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.0
    }
}

impl Indicator {
    /// Whether its source says that it tells at this time.
    #[must_use]
    pub fn tells_at(&self, time: Timestamp) -> bool {
        self.about.valid_from.is_none_or(|from| from <= time)
            && (!self.kind.changes_hands() || self.about.valid_until.is_none_or(|until| time <= until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_read_from_words_of_both_languages_and_from_numbers() {
        for (word, confidence) in [
            ("Low", Confidence::Low),
            ("中", Confidence::Medium),
            (" critical ", Confidence::High),
            ("15", Confidence::Low),
            ("50%", Confidence::Medium),
            ("85", Confidence::High),
        ] {
            assert_eq!(Confidence::from_word(word), Some(confidence), "{word}");
        }
        assert_eq!(Confidence::from_word("White"), None);
    }
}
