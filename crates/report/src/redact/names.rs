//! Names that were recognised, and which of them are sought everywhere.

use std::collections::{BTreeMap, HashSet};

use super::Unredacted;
use super::key::{Key, is_pseudonym};
use super::ordinary::{self, Telling};

/// Names of one run. A report with more is refused: pseudonyms for a part of it would look like pseudonyms for all.
const MOST_NAMES: usize = 100_000;
/// Bytes of all that is sought.
const MOST_NAME_BYTES: usize = 8 * 1024 * 1024;
/// A longer name is replaced where it stands as a name, and not sought elsewhere.
pub(super) const LONGEST_NAME: usize = 256;

/// What a name is the name of. A name that could be several things is the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An address of mail, or an account written like one.
    Mail,
    /// A security identifier of a domain or an account.
    Sid,
    /// An address of a network.
    Address,
    /// A machine.
    Host,
    /// A domain.
    Domain,
    /// A person or an account.
    User,
    /// The file of a report.
    Report,
}

impl Kind {
    pub(super) const ALL: [Self; 7] =
        [Self::Mail, Self::Sid, Self::Address, Self::Host, Self::Domain, Self::User, Self::Report];

    /// The word that pseudonyms begin with.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sid => "sid",
            Self::Address => "address",
            Self::Host => "host",
            Self::Domain => "domain",
            Self::User => "user",
            Self::Report => "report",
        }
    }

    /// Whether values of this kind can be told from everything else by their form.
    fn has_form(self, value: &str) -> bool {
        match self {
            Self::Mail | Self::Sid | Self::Address => true,
            Self::Host | Self::Domain => value.contains('.'),
            Self::User | Self::Report => false,
        }
    }
}

/// What is sought, and what stands in place of its middle: all but `lead` bytes in front and `tail` bytes at the end.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) lead: usize,
    pub(super) tail: usize,
    pub(super) pseudonym: String,
}

/// The names of all reports of a run, in lower case.
#[derive(Debug)]
pub(super) struct Names {
    telling: Telling,
    kept: HashSet<String>,
    values: BTreeMap<String, Kind>,
    /// Names that are sought only between these: by the whole text and the length of its front, the length of its end.
    between: BTreeMap<(String, usize), (usize, Kind)>,
    bytes: usize,
    is_full: bool,
    /// The report at hand is redacted already.
    pub(super) has_pseudonyms: bool,
}

impl Names {
    /// Nothing is known yet. Accounts in `kept`, in lower case, are never taken in.
    pub(super) fn new(telling: Telling, kept: HashSet<String>) -> Self {
        let (values, between) = (BTreeMap::new(), BTreeMap::new());
        Self { telling, kept, values, between, bytes: 0, is_full: false, has_pseudonyms: false }
    }

    /// Takes in a name that stands as one in a field of its own.
    pub(super) fn add(&mut self, kind: Kind, value: &str) {
        self.add_between("", kind, value, "");
    }

    /// Takes in a name that stands between two texts, by which it can be found where it is an ordinary word.
    pub(super) fn add_between(&mut self, before: &str, kind: Kind, value: &str, after: &str) {
        let value = value.trim().to_lowercase();
        if !self.is_name(kind, &value) {
            return;
        }
        let is_sought = self.is_sought(kind, &value);
        self.insert(value.clone(), kind);
        let has_place = !before.is_empty() || !after.is_empty();
        if has_place && !is_sought {
            let (before, after) = (before.to_lowercase(), after.to_lowercase());
            let place = (format!("{before}{value}{after}"), before.len());
            if !self.between.contains_key(&place) {
                self.grow(place.0.len());
                if !self.is_full {
                    self.between.insert(place, (after.len(), kind));
                }
            }
        }
    }

    fn insert(&mut self, value: String, kind: Kind) {
        match self.values.get_mut(&value) {
            Some(known) => *known = kind.min(*known),
            None => {
                self.grow(value.len());
                if !self.is_full {
                    self.values.insert(value, kind);
                }
            }
        }
    }

    fn grow(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
        let count = self.values.len() + self.between.len();
        self.is_full |= count >= MOST_NAMES || self.bytes > MOST_NAME_BYTES;
    }

    /// Whether a value, in lower case, names somebody or something of the inside.
    fn is_name(&self, kind: Kind, value: &str) -> bool {
        let is_known = match kind {
            Kind::User => ordinary::is_known_account(value),
            Kind::Host | Kind::Domain => ordinary::is_known_place(value) || ordinary::is_public_domain(value),
            _ => false,
        };
        value.len() <= LONGEST_NAME
            && value.chars().any(char::is_alphanumeric)
            && !is_known
            && !self.kept.contains(value)
            && !(self.has_pseudonyms && is_pseudonym(value))
    }

    fn is_sought(&self, kind: Kind, value: &str) -> bool {
        kind.has_form(value) || self.telling.is_telling(value)
    }

    /// Whether an account stays, because an intruder made it.
    pub(super) fn keeps(&self, account: &str) -> bool {
        self.kept.contains(&account.to_lowercase())
    }

    /// Whether a word means its bearer wherever it stands.
    pub(super) fn is_telling(&self, value: &str) -> bool {
        self.telling.is_telling(&value.to_lowercase())
    }

    /// What a name was taken in as.
    pub(super) fn kind(&self, value: &str) -> Option<Kind> {
        self.values.get(&value.to_lowercase()).copied()
    }

    /// Whether a name in front of `\` is one of a domain or a machine.
    pub(super) fn is_realm(&self, value: &str) -> bool {
        matches!(self.kind(value), Some(Kind::Host | Kind::Domain))
    }

    /// Whether there are too many names to replace them all.
    pub(super) fn checked(&self) -> Result<(), Unredacted> {
        if self.is_full { Err(Unredacted::TooManyNames(MOST_NAMES)) } else { Ok(()) }
    }

    /// All that is sought.
    pub(super) fn patterns(&self, key: &Key) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for (value, kind) in self.values.iter().filter(|(value, kind)| self.is_sought(**kind, value)) {
            let pseudonym = key.pseudonym(*kind, value);
            let spellings = [Some(value.clone()), value.contains(' ').then(|| value.replace(' ', "+"))];
            let whole = |text| Pattern { text, lead: 0, tail: 0, pseudonym: pseudonym.clone() };
            patterns.extend(spellings.into_iter().flatten().map(whole));
        }
        for ((text, lead), (tail, kind)) in &self.between {
            let value = text.get(*lead..text.len() - tail).unwrap_or_default();
            let pseudonym = key.pseudonym(self.kind(value).unwrap_or(*kind), value);
            patterns.push(Pattern { text: text.clone(), lead: *lead, tail: *tail, pseudonym });
        }
        patterns
    }
}
