//! Values of events, and the bytes that binary XML has for them ([MS-EVEN6] section 2.2.18, "BinXml value types").

use std::fmt;
use std::str::FromStr;

use hikeshi_core::time::Timestamp;

/// Microseconds from 1601, where FILETIME begins, to 1970.
const MICROS_BEFORE_1970: i64 = 11_644_473_600_000_000;

/// One value of an event, with the type that it has in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    UInt8(u8),
    UInt16(u16),
    UInt32(u32),
    UInt64(u64),
    /// Shown as `0x` and hexadecimal digits, as the next.
    Hex32(u32),
    Hex64(u64),
    Bool(bool),
    Binary(Vec<u8>),
    Guid(Guid),
    Sid(Sid),
    /// To the microsecond, although FILETIME counts tenths of it.
    Time(Timestamp),
    /// Texts that readers show as one element each.
    Texts(Vec<String>),
}

impl Value {
    /// The number of the type.
    pub(super) const fn kind(&self) -> u8 {
        match self {
            Self::Text(_) => 0x01,
            Self::UInt8(_) => 0x04,
            Self::UInt16(_) => 0x06,
            Self::UInt32(_) => 0x08,
            Self::UInt64(_) => 0x0a,
            Self::Bool(_) => 0x0d,
            Self::Binary(_) => 0x0e,
            Self::Guid(_) => 0x0f,
            Self::Time(_) => 0x11,
            Self::Sid(_) => 0x13,
            Self::Hex32(_) => 0x14,
            Self::Hex64(_) => 0x15,
            Self::Texts(_) => 0x81,
        }
    }

    /// Type and bytes.
    pub(super) fn encode(&self) -> (u8, Vec<u8>) {
        (self.kind(), self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => utf16(text),
            Self::UInt8(number) => vec![*number],
            Self::UInt16(number) => number.to_le_bytes().to_vec(),
            Self::UInt32(number) | Self::Hex32(number) => number.to_le_bytes().to_vec(),
            Self::UInt64(number) | Self::Hex64(number) => number.to_le_bytes().to_vec(),
            Self::Bool(truth) => u32::from(*truth).to_le_bytes().to_vec(),
            Self::Binary(bytes) => bytes.clone(),
            Self::Guid(Guid(bytes)) => bytes.to_vec(),
            Self::Sid(Sid(bytes)) => bytes.clone(),
            Self::Time(time) => filetime(*time).to_le_bytes().to_vec(),
            // Each text ends with a zero, the last one too.
            Self::Texts(texts) => texts.iter().flat_map(|text| [utf16(text), vec![0, 0]]).flatten().collect(),
        }
    }
}

/// The types that a text can be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Hex32,
    Hex64,
    Bool,
    Binary,
    Guid,
    Sid,
    Time,
}

impl Kind {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "uint8" => Self::UInt8,
            "uint16" => Self::UInt16,
            "uint32" => Self::UInt32,
            "uint64" => Self::UInt64,
            "hex32" => Self::Hex32,
            "hex64" => Self::Hex64,
            "boolean" => Self::Bool,
            "binary" => Self::Binary,
            "guid" => Self::Guid,
            "sid" => Self::Sid,
            "time" => Self::Time,
            _ => return None,
        })
    }
}

impl Value {
    /// Reads a text: numbers in decimal or with `0x`, bytes as hexadecimal digits, times as RFC 3339.
    pub(crate) fn read(kind: Kind, text: &str) -> Result<Self, NoValue> {
        let of = |name, value: Option<Self>| value.ok_or_else(|| NoValue::of(name, text));
        match kind {
            Kind::Text => Ok(text.into()),
            Kind::UInt8 => of("8-bit number", number(text).map(Self::UInt8)),
            Kind::UInt16 => of("16-bit number", number(text).map(Self::UInt16)),
            Kind::UInt32 => of("32-bit number", number(text).map(Self::UInt32)),
            Kind::UInt64 => of("64-bit number", number(text).map(Self::UInt64)),
            Kind::Hex32 => of("32-bit number", number(text).map(Self::Hex32)),
            Kind::Hex64 => of("64-bit number", number(text).map(Self::Hex64)),
            Kind::Bool => of("truth value", text.parse().ok().map(Self::Bool)),
            Kind::Binary => of("row of bytes", bytes_of_hex(text).map(Self::Binary)),
            Kind::Time => of("time", Timestamp::parse(text.as_bytes()).map(Self::Time)),
            Kind::Guid => text.parse().map(Self::Guid),
            Kind::Sid => text.parse().map(Self::Sid),
        }
    }
}

/// A number in decimal, or hexadecimal behind `0x`.
pub(crate) fn number<N: TryFrom<u64>>(text: &str) -> Option<N> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    number.and_then(|number| N::try_from(number).ok())
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// UTF-16, little-endian, without a zero at the end.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Tenths of a microsecond since 1601; 0 for what lies before.
pub(super) fn filetime(time: Timestamp) -> u64 {
    let micros = time.micros().saturating_add(MICROS_BEFORE_1970);
    u64::try_from(micros).unwrap_or(0).saturating_mul(10)
}

/// A GUID, as its 16 bytes stand in a file: the first three groups little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guid(pub [u8; 16]);

/// Where the bytes of a GUID's text stand in the file.
const GUID_ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

impl fmt::Display for Guid {
    /// `{54849625-5478-4994-a5ba-3e3b0328c30d}`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (index, place) in GUID_ORDER.iter().enumerate() {
            let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(formatter, "{dash}{:02x}", self.0.get(*place).copied().unwrap_or_default())?;
        }
        formatter.write_str("}")
    }
}

impl FromStr for Guid {
    type Err = NoValue;

    /// Reads a GUID with or without braces.
    fn from_str(text: &str) -> Result<Self, NoValue> {
        let bare = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let groups: Vec<usize> = bare.split('-').map(str::len).collect();
        let bytes = bytes_of_hex(&bare.replace('-', "")).filter(|bytes| bytes.len() == 16);
        let (Some(bytes), [8, 4, 4, 4, 12]) = (bytes, groups.as_slice()) else { return Err(NoValue::of("GUID", text)) };
        let mut guid = Self([0; 16]);
        for (byte, place) in bytes.into_iter().zip(GUID_ORDER) {
            if let Some(target) = guid.0.get_mut(place) {
                *target = byte;
            }
        }
        Ok(guid)
    }
}

/// The bytes that hexadecimal digits stand for.
fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let nibbles: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let nibbles = nibbles.filter(|nibbles| nibbles.len() % 2 == 0)?;
    Some(nibbles.chunks(2).map(|pair| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble)).collect())
}

/// A security identifier, as its bytes stand in a file ([MS-DTYP] section 2.4.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sid(Vec<u8>);

impl Sid {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Sid {
    type Err = NoValue;

    /// Reads `S-1-5-18`: revision 1, an authority below 2^32 and 1 to 15 numbers.
    fn from_str(text: &str) -> Result<Self, NoValue> {
        let numbers = text.strip_prefix("S-1-").map(|rest| rest.split('-').map(str::parse::<u32>));
        let numbers: Option<Vec<u32>> = numbers.and_then(|numbers| numbers.collect::<Result<_, _>>().ok());
        match numbers.as_deref() {
            Some([authority, rest @ ..]) if (1..=15).contains(&rest.len()) => {
                let mut bytes = vec![1, rest.len() as u8, 0, 0];
                bytes.extend(authority.to_be_bytes());
                bytes.extend(rest.iter().flat_map(|number| number.to_le_bytes()));
                Ok(Self(bytes))
            }
            _ => Err(NoValue::of("SID", text)),
        }
    }
}

/// A text that is no value of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {kind}")]
pub struct NoValue {
    text: String,
    kind: &'static str,
}

impl NoValue {
    fn of(kind: &'static str, text: &str) -> Self {
        Self { text: text.to_owned(), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_turn_their_first_three_groups_around() {
        let guid: Guid = "{54849625-5478-4994-A5BA-3E3B0328C30D}".parse().unwrap();
        assert_eq!(guid.0[..8], [0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49]);
        assert_eq!(guid.0[8..], [0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d]);
        assert_eq!(guid.to_string(), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
        for wrong in ["", "{54849625-5478-4994-A5BA-3E3B0328C30D", "5484962554784994A5BA3E3B0328C30D", "火消し"] {
            assert_eq!(wrong.parse::<Guid>(), Err(NoValue::of("GUID", wrong)));
        }
    }

    #[test]
    fn security_identifiers_hold_their_authority_big_endian_and_the_rest_little_endian() {
        let system: Sid = "S-1-5-18".parse().unwrap();
        assert_eq!(system, Sid(vec![1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]));
        let user: Sid = "S-1-5-21-1004336348-1177238915-682003330-1107".parse().unwrap();
        assert_eq!(user.0.len(), 8 + 5 * 4);
        for wrong in ["S-1-5", "S-1", "S-2-5-18", "S-1-5-x", "S-1-5-4294967296", "SYSTEM"] {
            assert_eq!(wrong.parse::<Sid>(), Err(NoValue::of("SID", wrong)));
        }
    }

    #[test]
    fn texts_are_read_as_what_their_type_says_or_refused() {
        let read = |kind, text| Value::read(kind, text);
        assert_eq!(read(Kind::UInt8, "255"), Ok(Value::UInt8(255)));
        assert_eq!(read(Kind::Hex64, "0x3E7"), Ok(Value::Hex64(999)));
        assert_eq!(read(Kind::Binary, "00ff"), Ok(Value::Binary(vec![0, 255])));
        assert_eq!(read(Kind::Bool, "true"), Ok(Value::Bool(true)));
        assert_eq!(read(Kind::Time, "1970-01-01T00:00:00.5Z"), Ok(Value::Time(Timestamp::from_micros(500_000))));
        for (kind, text, expected) in [
            (Kind::UInt8, "256", "`256` is no 8-bit number"),
            (Kind::UInt32, "-1", "`-1` is no 32-bit number"),
            (Kind::Binary, "0ff", "`0ff` is no row of bytes"),
            (Kind::Bool, "yes", "`yes` is no truth value"),
            (Kind::Time, "noon", "`noon` is no time"),
            (Kind::Guid, "", "`` is no GUID"),
        ] {
            assert_eq!(read(kind, text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn times_count_from_1601() {
        assert_eq!(filetime(Timestamp::from_micros(0)), 116_444_736_000_000_000);
        assert_eq!(filetime(Timestamp::from_micros(i64::MIN)), 0);
    }

    #[test]
    fn several_texts_end_with_a_zero_each() {
        let texts = Value::Texts(vec!["a".to_owned(), String::new(), "火".to_owned()]);
        assert_eq!(texts.bytes(), [b'a', 0, 0, 0, 0, 0, 0x6b, 0x70, 0, 0]);
    }
}
