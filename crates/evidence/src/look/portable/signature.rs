//! The signature that an executable carries, as it claims: nothing is verified.
//!
//! Formats: "Attribute Certificate Table" in "PE Format"; the signed message is PKCS #7 (RFC 2315), its certificates
//! X.509 (RFC 5280), both in DER.

use hikeshi_core::text::Phrase;

use super::{Entry, Layout};
use crate::encoding;
use crate::little_endian::{u16_at, u32_at};

/// So many entries of the certificate table are looked at; an ordinary file holds one.
const ENTRIES_CAP: usize = 8;
/// So many certificates of one message are looked at.
const CERTIFICATES_CAP: usize = 64;
/// A name is cut behind so many characters.
const NAME_CAP: usize = 256;

/// A signature that is there. Whether it is good is not known.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Signature {
    /// The common name, or else the organisation, in the certificate that the first signer names.
    pub(in super::super) signer: Option<String>,
}

/// The signature, and what is wrong with it.
pub(super) fn read(layout: &Layout<'_>) -> (Option<Signature>, Option<Phrase>) {
    const SIGNED_MESSAGE: u16 = 2;
    // The one directory whose address is a place in the file.
    let Some(directory) = layout.directory(Entry::Signatures) else { return (None, None) };
    let outside = ("the signature lies outside what was read of the file", "署名が、読んだ範囲の外にある");
    let Some(mut table) = layout.bytes.get(directory.address as usize..) else { return (None, Some(outside)) };
    table = table.get(..directory.length as usize).unwrap_or(table);
    for _ in 0..ENTRIES_CAP {
        let (Some(length), Some(kind)) = (u32_at(table, 0), u16_at(table, 6)) else { break };
        let Some(message) = table.get(8..length as usize) else { break };
        if kind == SIGNED_MESSAGE {
            let signer = signer(message);
            let fault = signer.is_none().then_some(("the signer's name cannot be read", "署名者の名前を読めない"));
            return (Some(Signature { signer }), fault);
        }
        table = table.get((length as usize).next_multiple_of(8)..).unwrap_or_default();
    }
    (None, Some(("the certificate table holds no signature that can be read", "証明書テーブルに読める署名がない")))
}

fn signer(message: &[u8]) -> Option<String> {
    const SEQUENCE: u8 = 0x30;
    let mut content = Elements(Elements(message).next_of(SEQUENCE)?);
    content.next()?;
    let mut signed = Elements(Elements(content.next_of(0xa0)?).next_of(SEQUENCE)?);
    // Version, digest algorithms, what is signed.
    signed.nth(2)?;
    let certificates = signed.next_of(0xa0)?;
    let infos = signed.find(|element| element.tag == 0x31)?;
    let mut info = Elements(Elements(infos.content).next_of(SEQUENCE)?);
    info.next()?;
    let mut issuer_and_serial = Elements(info.next_of(SEQUENCE)?);
    let (issuer, serial) = (issuer_and_serial.next()?, issuer_and_serial.next()?);
    Elements(certificates)
        .take(CERTIFICATES_CAP)
        .filter_map(|certificate| Certificate::read(certificate.content))
        .find(|certificate| certificate.serial == serial.content && certificate.issuer == issuer.content)
        .and_then(|certificate| name(certificate.subject))
}

struct Certificate<'a> {
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
}

impl<'a> Certificate<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Elements(Elements(bytes).next()?.content);
        let mut first = fields.next()?;
        if first.tag == 0xa0 {
            first = fields.next()?;
        }
        fields.next()?;
        let issuer = fields.next()?.content;
        fields.next()?;
        Some(Self { serial: first.content, issuer, subject: fields.next()?.content })
    }
}

/// The common name (2.5.4.3) of a distinguished name, or else its organisation (2.5.4.10).
fn name(subject: &[u8]) -> Option<String> {
    const ATTRIBUTES_CAP: usize = 64;
    let find = |wanted: [u8; 3]| {
        Elements(subject)
            .take(ATTRIBUTES_CAP)
            .filter_map(|set| {
                let mut attribute = Elements(Elements(set.content).next()?.content);
                let kind = attribute.next()?;
                let value = attribute.next()?;
                (kind.content == wanted).then(|| text(&value))
            })
            .last()
    };
    find([0x55, 4, 3]).or_else(|| find([0x55, 4, 10]))
}

fn text(element: &Element<'_>) -> String {
    const TWO_BYTES: u8 = 0x1e;
    let text = match element.tag {
        TWO_BYTES => encoding_rs::UTF_16BE.decode_without_bom_handling(element.content).0,
        _ => encoding::text(element.content),
    };
    text.chars().take(NAME_CAP).collect()
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

/// The elements that stand one behind the other, each with one byte of tag and a definite length.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The content of the next element, if it has this tag.
    fn next_of(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        const LONG: u8 = 0x80;
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            LONG.. => {
                let (length, rest) = rest.split_at_checked(usize::from(first & !LONG))?;
                if length.is_empty() || length.len() > 4 {
                    return None;
                }
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            short => (usize::from(short), rest),
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Element { tag, content })
    }
}
