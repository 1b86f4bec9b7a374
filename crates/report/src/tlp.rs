//! Who may see what is shared: the Traffic Light Protocol 2.0 of FIRST.

use std::str::FromStr;

use hikeshi_core::both;
use hikeshi_core::cause::Cause;

/// A label of the Traffic Light Protocol 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tlp {
    /// Everyone.
    Clear,
    /// The community.
    Green,
    /// The recipient's organisation and its clients.
    Amber,
    /// The recipient's organisation alone. What nobody has decided to share yet goes no further.
    #[default]
    AmberStrict,
    /// The recipients alone.
    Red,
}

impl Tlp {
    /// The word in STIX and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }

    /// The id of the marking definition that OASIS publishes for it (cti-stix-common-objects).
    #[must_use]
    pub const fn marking(self) -> &'static str {
        match self {
            Self::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }
}

impl FromStr for Tlp {
    type Err = Cause;

    fn from_str(text: &str) -> Result<Self, Cause> {
        [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red]
            .into_iter()
            .find(|tlp| tlp.word().eq_ignore_ascii_case(text))
            .ok_or_else(|| {
                Cause(both!(
                    "unknown label `{text}`: use clear, green, amber, amber+strict or red",
                    "clear、green、amber、amber+strict、red のどれかを指定してください"
                ))
            })
    }
}
