//! Text for people, always in every language we speak.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::both;
use crate::cause::Cause;

/// A language of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// From a POSIX locale such as `ja_JP.UTF-8`; anything but Japanese reads English.
    #[must_use]
    pub fn from_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ja") { Self::Ja } else { Self::En }
    }
}

impl Lang {
    /// What stands between the things of a list.
    #[must_use]
    pub const fn comma(self) -> &'static str {
        match self {
            Self::En => ", ",
            Self::Ja => "、",
        }
    }

    /// Several things in one sentence.
    #[must_use]
    pub fn list(self, things: &[&str]) -> String {
        things.join(self.comma())
    }

    /// Several names in one sentence, each once, in the order of their spelling.
    pub fn names<'t>(self, names: impl IntoIterator<Item = &'t Text>) -> String {
        let names: BTreeSet<&str> = names.into_iter().map(|name| name.get(self)).collect();
        self.list(&names.into_iter().collect::<Vec<_>>())
    }
}

impl FromStr for Lang {
    type Err = Cause;

    fn from_str(text: &str) -> Result<Self, Cause> {
        match text {
            "en" => Ok(Self::En),
            "ja" => Ok(Self::Ja),
            other => {
                Err(Cause(both!("unknown language `{other}`: use `ja` or `en`", "`ja` か `en` を指定してください")))
            }
        }
    }
}

/// A [`Text`] in both languages, English first, with the values that stand in it by name as in [`format!`].
///
/// It does not compile where the Japanese is not Japanese: a word that is the same in every language is [`Text::same`].
#[macro_export]
macro_rules! both {
    ($en:literal, $ja:literal $(,)?) => {{
        const { assert!(!$ja.is_ascii(), "the second text is the Japanese one") };
        $crate::text::Text::new(::std::fmt::format(format_args!($en)), ::std::fmt::format(format_args!($ja)))
    }};
}

/// Words that stand in the program, English first, for where a [`Text`] is made only if it is told.
pub type Phrase = (&'static str, &'static str);

impl From<Phrase> for Text {
    fn from((en, ja): Phrase) -> Self {
        Self::new(en, ja)
    }
}

/// Reads a text that older reports hold as a plain string, which then means the same in every language.
pub(crate) fn of_any_age<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Text>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        Plain(String),
        Both(Text),
    }
    Ok(Option::<Told>::deserialize(source)?.map(|told| match told {
        Told::Plain(text) => Text::same(text),
        Told::Both(text) => text,
    }))
}

/// One text in all languages. Both are required wherever content is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl Text {
    /// Both languages at once.
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { en: en.into(), ja: ja.into() }
    }

    /// Text that is the same in every language, such as a title that a foreign rule brings.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { en: text.clone(), ja: text }
    }

    /// What a library says in its own words, behind Japanese ones for what failed.
    pub fn quoted(words: impl Display, japanese: &str) -> Self {
        Self::new(words.to_string(), format!("{japanese}: {words}"))
    }

    /// The text behind a place and a colon.
    #[must_use]
    pub fn at(&self, place: impl Display) -> Self {
        Self::new(format!("{place}: {}", self.en), format!("{place}: {}", self.ja))
    }

    /// The text behind another and a colon.
    #[must_use]
    pub fn behind(&self, other: &Self) -> Self {
        Self::new(format!("{}: {}", other.en, self.en), format!("{}: {}", other.ja, self.ja))
    }

    /// Cut behind so many characters in each language, so that people can read it.
    #[must_use]
    pub fn cut(mut self, longest: usize) -> Self {
        for text in [&mut self.en, &mut self.ja] {
            if let Some((end, _)) = text.char_indices().nth(longest) {
                text.truncate(end);
            }
        }
        self
    }

    /// The text in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ja => &self.ja,
        }
    }

    /// The languages in which this text is blank.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        [("en", &self.en), ("ja", &self.ja)]
            .into_iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(lang, _)| lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_japanese_locale_reads_japanese_and_any_other_english() {
        assert_eq!(Lang::from_locale("ja_JP.UTF-8"), Lang::Ja);
        assert_eq!(Lang::from_locale("JA"), Lang::Ja);
        assert_eq!(Lang::from_locale("C.UTF-8"), Lang::En);
        assert_eq!(Lang::from_locale(""), Lang::En);
        assert_eq!(Lang::from_locale("jav_ID"), Lang::En);
    }

    #[test]
    fn both_languages_name_the_same_values_and_are_cut_by_characters() {
        let count = 3;
        let text = both!("{count} blocks", "{count}個のブロック");
        assert_eq!(text, Text::new("3 blocks", "3個のブロック"));
        assert_eq!(text.clone().cut(4), Text::new("3 bl", "3個のブ"));
        assert_eq!(text.clone().cut(50), text);
    }
}
