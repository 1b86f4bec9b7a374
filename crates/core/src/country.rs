//! Countries, as far as they decide whom to call.

use std::str::FromStr;

/// A country by its code of two letters (ISO 3166-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

/// A text that is no code of two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is two letters, such as JP or DE")]
pub struct NoCountry;

/// Members of the European Union, which have rules in common.
/// Source: <https://european-union.europa.eu/principles-countries-history/eu-countries_en>.
const UNION: [&[u8; 2]; 27] = [
    b"AT", b"BE", b"BG", b"CY", b"CZ", b"DE", b"DK", b"EE", b"ES", b"FI", b"FR", b"GR", b"HR", b"HU", b"IE", b"IT",
    b"LT", b"LU", b"LV", b"MT", b"NL", b"PL", b"PT", b"RO", b"SE", b"SI", b"SK",
];

impl Country {
    /// That of a locale such as `ja_JP.UTF-8`, as POSIX writes it; `None` where it names none, as `C` does not.
    #[must_use]
    pub fn of_locale(locale: &str) -> Option<Self> {
        let (_, country) = locale.split(['.', '@']).next()?.split_once(['_', '-'])?;
        country.parse().ok()
    }

    /// Whether something for this code is for the country: its own code, `*` for all, or `EU` for the union's members.
    #[must_use]
    pub fn is_meant_by(self, code: &str) -> bool {
        code == "*" || code.as_bytes() == self.0 || (code == "EU" && UNION.contains(&&self.0))
    }
}

impl FromStr for Country {
    type Err = NoCountry;

    fn from_str(text: &str) -> Result<Self, NoCountry> {
        let code: [u8; 2] = text.to_ascii_uppercase().as_bytes().try_into().map_err(|_| NoCountry)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(NoCountry) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_tells_a_country_where_it_names_one() {
        for (locale, country) in [
            ("ja_JP.UTF-8", Some("JP")),
            ("en-gb", Some("GB")),
            ("de_DE@euro", Some("DE")),
            ("C.UTF-8", None),
            ("ja", None),
            ("zh_Hant_TW", None),
            ("", None),
        ] {
            assert_eq!(Country::of_locale(locale), country.map(|code| code.parse().unwrap()), "{locale}");
        }
    }

    #[test]
    fn what_is_for_all_or_for_the_union_is_for_its_members() {
        let country: Country = "de".parse().unwrap();
        let meant = ["DE", "EU", "*", "JP"].map(|code| country.is_meant_by(code));
        assert_eq!(meant, [true, true, true, false]);
        assert!(!"JP".parse::<Country>().unwrap().is_meant_by("EU"));
        assert_eq!(["", "J", "JPN", "1A", "日"].map(|text| text.parse::<Country>().is_err()), [true; 5]);
    }
}
