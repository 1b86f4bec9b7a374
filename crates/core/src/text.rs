//! Text for people, always in every language we speak.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "en" => Ok(Self::En),
            "ja" => Ok(Self::Ja),
            other => Err(format!("unknown language `{other}`: use `ja` or `en`")),
        }
    }
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
}
