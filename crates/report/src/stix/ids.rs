//! Ids that follow from content: UUID version 5 (RFC 9562, section 5.5).

use serde_json::Value;
use sha1::{Digest, Sha1};

/// The namespace that STIX 2.1 gives for observables (section 2.9).
const OBSERVABLES: [u8; 16] =
    [0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7];
/// Ours, drawn once, for everything else: STIX asks that it is another one.
const OWN: [u8; 16] = [0x6e, 0x1f, 0x0c, 0x35, 0x42, 0x8d, 0x4b, 0x0a, 0x9a, 0x67, 0x27, 0xd4, 0x5b, 0x91, 0x3e, 0x8c];

/// The id of an observable. `telling` holds the properties that the specification names for its type.
pub(super) fn observable(kind: &str, telling: &Value) -> String {
    // The keys are ASCII and stand in order, and serde_json escapes as RFC 8785 asks, so this is the canonical form.
    format!("{kind}--{}", uuid(OBSERVABLES, &telling.to_string()))
}

/// The id of any other object.
pub(super) fn own(kind: &str, content: &Value) -> String {
    format!("{kind}--{}", uuid(OWN, &format!("{kind}:{content}")))
}

fn uuid(namespace: [u8; 16], name: &str) -> String {
    let digest = Sha1::new().chain_update(namespace).chain_update(name.as_bytes()).finalize();
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = (*version & 0x0f) | 0x50;
    *variant = (*variant & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (number, byte) in bytes.iter().enumerate() {
        if matches!(number, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text += &format!("{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_the_uuid_that_other_programs_give() {
        // RFC 9562, appendix A.4: www.example.com in the namespace of domain names.
        let domains = [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];
        assert_eq!(uuid(domains, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }
}
