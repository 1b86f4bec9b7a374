//! What a file gave, and what was left out of it and why: nothing is dropped in silence.

use hikeshi_core::text::Text;
use std::collections::BTreeMap;

use super::indicator::{Draft, Indicator, Kind, Syntax};
use super::pattern;
use super::read::Format;

/// So many indicators are kept of one file.
pub(super) const INDICATORS_CAP: usize = 1_000_000;
/// So many regular expressions and globs of one file are looked at; a large one counts as many: see [`pattern::cost`].
pub(super) const PATTERNS_CAP: usize = 20_000;
/// So many patterns without any fixed text are kept of one file: each is tried on every value.
pub(super) const LOOSE_CAP: usize = 200;
/// So many of what was left out are listed; all are counted.
const LISTED_CAP: usize = 1_000;
/// A value or reason that is listed is cut to so many bytes.
const SHOWN_CAP: usize = 200;

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It cannot be used, or is not meant to be.
    Skipped(Skip),
    /// It would match what is no sign of anything.
    Refused(Refusal),
}

/// Why something cannot be used, or is not meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// The file is larger than the cap; none of it was read.
    FileTooLarge,
    /// The file is of no known form.
    FormatUnknown,
    /// A part of it does not have the form that it should have.
    Malformed,
    /// The file holds more indicators than the cap.
    TooMany,
    /// The file holds more patterns than the cap, or more without fixed text.
    TooManyPatterns,
    /// The value is longer than any real one.
    TooLong,
    /// Nothing says what the value is, and it does not show.
    KindUnknown,
    /// It is of a kind that is not looked for.
    KindUnsupported,
    /// It does not have the form of its kind.
    BadValue,
    /// A regular expression that is malformed, too large, or needs look-around or back-references.
    PatternUnsupported,
    /// The source says that it is for reading, not for detection.
    NotForDetection,
    /// The source lists it as good.
    KnownGood,
    /// The source has taken it back.
    Withdrawn,
    /// A rule in a language that is read elsewhere (Sigma, YARA) or not at all.
    RuleLanguage,
    /// A condition that cannot be looked for value by value.
    NotExpressible,
    /// The name of a file whose hash stands beside it: the hash is the better sign.
    NameBesideHash,
    /// The same value of the same kind stands in the file before.
    Duplicate,
}

/// Why an indicator would match what is no sign of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The hash of an empty file, or of content as trivial.
    TrivialContent,
    /// An address for use inside (RFC 1918, RFC 6598, RFC 4193).
    InternalAddress,
    /// The machine's own address.
    LoopbackAddress,
    /// An address that is valid on one link only.
    LinkLocalAddress,
    /// An address of many.
    MulticastAddress,
    /// The address that stands for none or any, or one reserved for no use.
    ReservedAddress,
    /// The address of a public resolver that many machines ask.
    PublicResolver,
    /// A network wider than /8, or /16 for IPv6.
    NetworkTooWide,
    /// A domain that every machine speaks to, or a URL of its first page.
    WellKnownDomain,
    /// The name of a file, account, service or task that every machine has.
    OrdinaryName,
    /// It matches something ordinary; the detail says what.
    MatchesOrdinary,
    /// It matches nothing at all, or nearly everything.
    MatchesEverything,
    /// Text of fewer than four characters.
    TooShort,
}

impl Why {
    /// A stable code, which stands in brackets behind the words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Skipped(skip) => skip.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

impl Skip {
    /// A stable code, which stands in brackets behind the words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FileTooLarge => "file-too-large",
            Self::FormatUnknown => "format-unknown",
            Self::Malformed => "malformed",
            Self::TooMany => "too-many",
            Self::TooManyPatterns => "too-many-patterns",
            Self::TooLong => "too-long",
            Self::KindUnknown => "kind-unknown",
            Self::KindUnsupported => "kind-unsupported",
            Self::BadValue => "bad-value",
            Self::PatternUnsupported => "pattern-unsupported",
            Self::NotForDetection => "not-for-detection",
            Self::KnownGood => "known-good",
            Self::Withdrawn => "withdrawn",
            Self::RuleLanguage => "rule-language",
            Self::NotExpressible => "not-expressible",
            Self::NameBesideHash => "name-beside-hash",
            Self::Duplicate => "duplicate",
        }
    }
}

impl Refusal {
    /// A stable code, which stands in brackets behind the words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TrivialContent => "trivial-content",
            Self::InternalAddress => "internal-address",
            Self::LoopbackAddress => "loopback-address",
            Self::LinkLocalAddress => "link-local-address",
            Self::MulticastAddress => "multicast-address",
            Self::ReservedAddress => "reserved-address",
            Self::PublicResolver => "public-resolver",
            Self::NetworkTooWide => "network-too-wide",
            Self::WellKnownDomain => "well-known-domain",
            Self::OrdinaryName => "ordinary-name",
            Self::MatchesOrdinary => "matches-ordinary",
            Self::MatchesEverything => "matches-everything",
            Self::TooShort => "too-short",
        }
    }
}

/// Something that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Why.
    pub why: Why,
    /// What it is, where that is known.
    pub kind: Option<Kind>,
    /// The value as the file has it, cut to a length that people can read.
    pub value: String,
    /// What exactly was the matter: the words of a parser, the ordinary path that it matches.
    pub detail: Option<Text>,
    /// Its place in the file: a line from 1, or the id of the object that holds it.
    pub place: String,
}

impl Skip {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::FileTooLarge => ("the file is too large", "ファイルが大きすぎます"),
            Self::FormatUnknown => ("no format of lists that is known", "知っている形式の一覧ではありません"),
            Self::Malformed => ("it does not have the form of its format", "形式どおりに書かれていません"),
            Self::TooMany => ("the file holds more than can be used", "一度に使える数を超えています"),
            Self::TooManyPatterns => {
                ("the file holds more patterns than can be used", "一度に使えるパターンの数を超えています")
            }
            Self::TooLong => ("longer than any real value", "実際の値としては長すぎます"),
            Self::KindUnknown => (
                "nothing says what it is; give a column `type` (ip, domain, url, sha256, file_name …)",
                "何の値か分かりません。type 列 (ip、domain、url、sha256、file_name など) を付けてください",
            ),
            Self::KindUnsupported => ("of a kind that is not looked for", "この種類の値は探しません"),
            Self::BadValue => ("it does not have the form of its kind", "種類に合った形になっていません"),
            Self::PatternUnsupported => ("a pattern that cannot be used", "使えないパターンです"),
            Self::NotForDetection => {
                ("its source says that it is not for detection", "出典が検出用ではないとしています")
            }
            Self::KnownGood => ("its source lists it as good", "出典が無害としています"),
            Self::Withdrawn => ("its source has taken it back", "出典が取り下げています"),
            Self::RuleLanguage => (
                "a rule; give Sigma rules with --rules, YARA rules with --yara",
                "ルールです。Sigma は --rules、YARA は --yara で指定してください",
            ),
            Self::NotExpressible => {
                ("a condition that cannot be looked for value by value", "値ごとに探せない条件です")
            }
            Self::NameBesideHash => ("the hash beside it is used instead", "並記されたハッシュの方を使います"),
            Self::Duplicate => ("it stands in the file before", "同じ値が先に出ています"),
        }
    }
}

impl Refusal {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::TrivialContent => {
                ("the hash of an empty or trivial file", "空、またはありふれた内容のファイルのハッシュです")
            }
            Self::InternalAddress => ("an internal address", "組織内で使うアドレスです"),
            Self::LoopbackAddress => ("the address of the machine itself", "コンピューター自身のアドレスです"),
            Self::LinkLocalAddress => ("an address of one link only", "リンク ローカル アドレスです"),
            Self::MulticastAddress => ("an address of many", "マルチキャスト アドレスです"),
            Self::ReservedAddress => ("a reserved address", "予約済みのアドレスです"),
            Self::PublicResolver => {
                ("a public resolver that many machines ask", "多くのコンピューターが使う公開 DNS サーバーです")
            }
            Self::NetworkTooWide => ("the network is too wide", "ネットワークの範囲が広すぎます"),
            Self::WellKnownDomain => ("every machine speaks to it", "どのコンピューターも接続する相手です"),
            Self::OrdinaryName => ("every machine has one of this name", "どのコンピューターにもある名前です"),
            Self::MatchesOrdinary => ("it matches what is ordinary", "通常あるものに一致します"),
            Self::MatchesEverything => {
                ("it matches nearly everything or nothing", "ほとんどすべてに一致するか、何にも一致しません")
            }
            Self::TooShort => ("fewer than four characters", "4 文字未満です"),
        }
    }
}

impl LeftOut {
    /// What was left out and why, for people.
    #[must_use]
    pub fn told(&self) -> Text {
        let (what, (en, ja)) = match self.why {
            Why::Refused(refusal) => {
                (("refused, it would match everywhere", "どこにでも一致するため使いません"), refusal.words())
            }
            Why::Skipped(skip) => (("left out", "使いません"), skip.words()),
        };
        let value = if self.value.is_empty() { String::new() } else { format!("`{}` ", self.value) };
        let told = Text::new(
            format!("indicator {value}{}: {en} ({})", what.0, self.why.code()),
            format!("侵害指標 {value}は{}: {ja} ({})", what.1, self.why.code()),
        );
        match &self.detail {
            Some(detail) => detail.behind(&told),
            None => told,
        }
    }

    /// Something of a known kind.
    pub(super) fn new(why: Why, kind: Kind, value: &str) -> Self {
        Self { why, kind: Some(kind), value: shown(value), detail: None, place: String::new() }
    }

    /// Something without a kind: a line, an object, a whole file.
    pub(super) fn part(skip: Skip, value: &str, place: &str) -> Self {
        Self { why: Why::Skipped(skip), kind: None, value: shown(value), detail: None, place: shown(place) }
    }

    /// Adds what exactly was the matter.
    pub(super) fn because(mut self, detail: impl Into<Text>) -> Self {
        self.detail = Some(detail.into().cut(SHOWN_CAP));
        self
    }
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    text.get(..text.floor_char_boundary(SHOWN_CAP)).unwrap_or_default().to_owned()
}

/// What one file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// What the file is.
    pub format: Format,
    /// The indicators, in the order of the file.
    pub indicators: Vec<Indicator>,
    /// What was left out, in the order of the file; the first thousand.
    pub left_out: Vec<LeftOut>,
    /// How much of what was left out there is, by reason.
    pub counts: BTreeMap<Why, u64>,
}

impl Loaded {
    /// How many cannot be used or are not meant to be.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.counts.iter().filter(|(why, _)| matches!(why, Why::Skipped(_))).map(|(_, count)| count).sum()
    }

    /// How many would match what is no sign of anything.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.counts.iter().filter(|(why, _)| matches!(why, Why::Refused(_))).map(|(_, count)| count).sum()
    }
}

/// Where the readers of all formats hand over what they find.
#[derive(Debug, Default)]
pub(super) struct Intake {
    indicators: Vec<Indicator>,
    left_out: Vec<LeftOut>,
    counts: BTreeMap<Why, u64>,
    patterns: usize,
    loose: usize,
}

impl Intake {
    /// Takes an indicator, or tells why not.
    pub(super) fn take(&mut self, draft: Draft) {
        let place = draft.id.clone();
        let (kind, value) = (draft.kind, draft.value.clone());
        let skip = |skip| LeftOut::new(Why::Skipped(skip), kind, &value);
        let taken = self.within_caps(draft).map_err(skip).and_then(Draft::admit);
        match taken.and_then(|indicator| self.weigh(&indicator).map_or(Ok(indicator), |full| Err(skip(full)))) {
            Ok(indicator) => self.indicators.push(indicator),
            Err(left_out) => self.leave(LeftOut { place, ..left_out }),
        }
    }

    /// The draft, with its wildcards known, unless a cap is reached: looking closer would cost more than it gives. Every
    /// attempt counts, because one that fails costs as much.
    fn within_caps(&mut self, draft: Draft) -> Result<Draft, Skip> {
        if self.indicators.len() >= INDICATORS_CAP {
            return Err(Skip::TooMany);
        }
        let draft = draft.within_length().ok_or(Skip::TooLong)?.with_wildcards();
        if draft.syntax != Syntax::Literal {
            if self.patterns >= PATTERNS_CAP {
                return Err(Skip::TooManyPatterns);
            }
            self.patterns += pattern::cost(&draft);
        }
        Ok(draft)
    }

    /// Counts patterns that have to be tried on everything.
    fn weigh(&mut self, indicator: &Indicator) -> Option<Skip> {
        let is_loose = indicator.syntax != Syntax::Literal && pattern::needed(indicator).is_none();
        if is_loose && self.loose >= LOOSE_CAP {
            return Some(Skip::TooManyPatterns);
        }
        self.loose += usize::from(is_loose);
        None
    }

    /// Tells something that is not taken.
    pub(super) fn leave(&mut self, left_out: LeftOut) {
        *self.counts.entry(left_out.why).or_default() += 1;
        if self.left_out.len() < LISTED_CAP {
            self.left_out.push(left_out);
        }
    }

    /// Tells parts of a file that are beyond a cap.
    pub(super) fn leave_many(&mut self, left_out: LeftOut, count: u64) {
        if count > 0 {
            *self.counts.entry(left_out.why).or_default() += count - 1;
            self.leave(left_out);
        }
    }

    /// Whether nothing was found, neither to take nor to leave.
    pub(super) fn is_empty(&self) -> bool {
        self.indicators.is_empty() && self.counts.is_empty()
    }

    /// The end of the file.
    pub(super) fn finish(mut self, format: Format) -> Loaded {
        let mut order: Vec<usize> = (0..self.indicators.len()).collect();
        let identity = |at: &usize| {
            let indicator = self.indicators.get(*at)?;
            Some((indicator.kind, indicator.syntax, &indicator.value, &indicator.method, &indicator.except))
        };
        order.sort_by(|one, other| identity(one).cmp(&identity(other)).then(one.cmp(other)));
        let mut again = vec![false; order.len()];
        for pair in order.windows(2) {
            if let [one, other] = pair
                && identity(one) == identity(other)
                && let Some(mark) = again.get_mut(*other)
            {
                *mark = true;
            }
        }
        let mut kept = Vec::with_capacity(self.indicators.len());
        for (indicator, again) in std::mem::take(&mut self.indicators).into_iter().zip(again) {
            if again {
                let why = Why::Skipped(Skip::Duplicate);
                self.leave(LeftOut {
                    place: indicator.id.clone(),
                    ..LeftOut::new(why, indicator.kind, &indicator.value)
                });
            } else {
                kept.push(indicator);
            }
        }
        Loaded { format, indicators: kept, left_out: self.left_out, counts: self.counts }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::indicator::About;
    use super::*;

    fn draft(line: usize, kind: Kind, syntax: Syntax, value: &str) -> Draft {
        Draft {
            id: format!("line {line}"),
            kind,
            syntax,
            value: value.to_owned(),
            except: None,
            method: None,
            about: Arc::new(About::from_source("test")),
        }
    }

    #[test]
    fn the_same_value_is_taken_once_and_the_other_told() {
        let mut intake = Intake::default();
        for (line, value) in ["evil.example", "other.example", "EVIL[.]example"].into_iter().enumerate() {
            intake.take(draft(line + 1, Kind::Domain, Syntax::Literal, value));
        }
        let loaded = intake.finish(Format::List);
        let values: Vec<&str> = loaded.indicators.iter().map(|indicator| indicator.value.as_str()).collect();
        assert_eq!(values, ["evil.example", "other.example"]);
        assert_eq!(loaded.left_out[0].place, "line 3");
        assert_eq!((loaded.skipped(), loaded.refused()), (1, 0));
    }

    #[test]
    fn patterns_without_fixed_text_are_taken_up_to_the_cap() {
        let mut intake = Intake::default();
        for number in 0..LOOSE_CAP + 3 {
            intake.take(draft(number, Kind::CommandLine, Syntax::Regex, &format!("[xyz][0-9]{{{}}}[xyz]", number + 5)));
        }
        let loaded = intake.finish(Format::List);
        assert_eq!(loaded.indicators.len(), LOOSE_CAP);
        assert_eq!(loaded.counts[&Why::Skipped(Skip::TooManyPatterns)], 3);
    }

    #[test]
    fn patterns_are_looked_at_up_to_the_cap_and_large_ones_count_as_many() {
        let mut intake = Intake::default();
        let large = PATTERNS_CAP / 100;
        for number in 0..large + 2 {
            intake.take(draft(number, Kind::CommandLine, Syntax::Regex, &format!("\\w{{300}}evil{number}")));
        }
        intake.take(draft(0, Kind::Path, Syntax::Literal, "C:\\x\\evil*.exe"));
        intake.take(draft(0, Kind::Path, Syntax::Literal, "C:\\x\\evil.exe"));
        let loaded = intake.finish(Format::List);
        assert_eq!(loaded.counts[&Why::Skipped(Skip::PatternUnsupported)], large as u64);
        assert_eq!(loaded.counts[&Why::Skipped(Skip::TooManyPatterns)], 3);
        assert_eq!(loaded.indicators.len(), 1, "literals cost nothing");
    }

    #[test]
    fn what_is_left_out_is_listed_up_to_a_cap_and_counted_beyond_it() {
        let mut intake = Intake::default();
        for _ in 0..LISTED_CAP + 5 {
            intake.leave(LeftOut::part(Skip::KindUnknown, &"火".repeat(500), "line 1"));
        }
        let loaded = intake.finish(Format::List);
        assert_eq!((loaded.left_out.len(), loaded.skipped()), (LISTED_CAP, LISTED_CAP as u64 + 5));
        assert!(loaded.left_out[0].value.len() <= SHOWN_CAP);
    }
}
