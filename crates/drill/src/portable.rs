//! Writes a Windows executable that does nothing but hold a version resource.
//!
//! Practice servers put one where an installed program would lie, so that its version can be read from the file. It is
//! a valid image: its only code returns 0, it imports nothing, and it carries [`PRACTICE_MARK`] as a comment.
//!
//! Formats: "PE Format" and "Version Information Structures", <https://learn.microsoft.com/windows/win32/debug/pe-format>
//! and <https://learn.microsoft.com/windows/win32/menurc/version-information-structures>.

use hikeshi_core::PRACTICE_MARK;
use hikeshi_core::time::Timestamp;

/// What the file says of itself.
#[derive(Debug, Clone)]
pub struct Version {
    /// Whether it is a program or a library.
    pub form: Form,
    /// The version of the file, as four numbers.
    pub file: [u16; 4],
    /// The version of the product that it belongs to, as four numbers.
    pub product: [u16; 4],
    /// Named texts, such as `FileVersion`, `CompanyName`, `OriginalFilename`. Each must be shorter than 16,000 characters,
    /// and all together than 30,000: the format counts their length in 16 bits. What is longer is left out.
    pub texts: Vec<(String, String)>,
    /// When it was compiled, as its header tells.
    pub compiled: Timestamp,
}

/// Whether an image is started or loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A program.
    Program,
    /// A library.
    Library,
}

const FILE_ALIGNMENT: u32 = 0x200;
const PAGE: u32 = 0x1000;
/// Where the two sections lie in memory.
const CODE_ADDRESS: u32 = PAGE;
const RESOURCE_ADDRESS: u32 = 2 * PAGE;
/// `xor eax, eax` and `ret`.
const RETURN_ZERO: [u8; 3] = [0x33, 0xc0, 0xc3];
/// The language and code page of the texts: English (United States), Unicode.
const TRANSLATION: [u8; 4] = [0x09, 0x04, 0xb0, 0x04];
const TRANSLATION_KEY: &str = "040904B0";
const LANGUAGE: u32 = 0x0409;

/// The bytes of the file; the same for the same version.
#[must_use]
pub fn write(version: &Version) -> Vec<u8> {
    let resources = resources(&version_info(version));
    let mut out = Vec::new();
    headers(&mut out, version, resources.len() as u32);
    pad(&mut out, FILE_ALIGNMENT);
    out.extend_from_slice(&RETURN_ZERO);
    pad(&mut out, FILE_ALIGNMENT);
    out.extend_from_slice(&resources);
    pad(&mut out, FILE_ALIGNMENT);
    out
}

fn headers(out: &mut Vec<u8>, version: &Version, resource_bytes: u32) {
    const HEADER_OFFSET: u32 = 0x40;
    const OPTIONAL_HEADER_BYTES: u16 = 240;
    // Executable, knows addresses above 2 GiB.
    const CHARACTERISTICS: u16 = 0x22;
    const LIBRARY: u16 = 0x2000;
    out.extend_from_slice(b"MZ");
    out.resize(0x3c, 0);
    u32s(out, &[HEADER_OFFSET]);
    out.extend_from_slice(b"PE\0\0");
    u16s(out, &[0x8664, 2]);
    u32s(out, &[u32::try_from(version.compiled.seconds()).unwrap_or_default(), 0, 0]);
    let form = if version.form == Form::Library { LIBRARY } else { 0 };
    u16s(out, &[OPTIONAL_HEADER_BYTES, CHARACTERISTICS | form]);
    optional_header(out, version.form, resource_bytes);
    let resource_file_bytes = resource_bytes.next_multiple_of(FILE_ALIGNMENT);
    section(out, b".text\0\0\0", [RETURN_ZERO.len() as u32, CODE_ADDRESS, FILE_ALIGNMENT, FILE_ALIGNMENT], 0x6000_0020);
    section(
        out,
        b".rsrc\0\0\0",
        [resource_bytes, RESOURCE_ADDRESS, resource_file_bytes, 2 * FILE_ALIGNMENT],
        0x4000_0040,
    );
}

fn optional_header(out: &mut Vec<u8>, form: Form, resource_bytes: u32) {
    const DIRECTORIES: usize = 16;
    const RESOURCES: usize = 2;
    // A library without an entry point is only mapped.
    let entry = if form == Form::Program { CODE_ADDRESS } else { 0 };
    let resource_file_bytes = resource_bytes.next_multiple_of(FILE_ALIGNMENT);
    u16s(out, &[0x20b, 14]);
    u32s(out, &[FILE_ALIGNMENT, resource_file_bytes, 0, entry, CODE_ADDRESS]);
    out.extend_from_slice(&0x1_4000_0000_u64.to_le_bytes());
    u32s(out, &[PAGE, FILE_ALIGNMENT]);
    // Versions of the system, the image and the subsystem: 6.0, 0.0, 6.0.
    u16s(out, &[6, 0, 0, 0, 6, 0]);
    let image_bytes = RESOURCE_ADDRESS + resource_bytes.next_multiple_of(PAGE);
    u32s(out, &[0, image_bytes, FILE_ALIGNMENT, 0]);
    // Console subsystem; addresses may be randomised, data is not code.
    u16s(out, &[3, 0x160]);
    for size in [0x10_0000_u64, 0x1000, 0x10_0000, 0x1000] {
        out.extend_from_slice(&size.to_le_bytes());
    }
    u32s(out, &[0, DIRECTORIES as u32]);
    for directory in 0..DIRECTORIES {
        u32s(out, &if directory == RESOURCES { [RESOURCE_ADDRESS, resource_bytes] } else { [0, 0] });
    }
}

/// `sizes`: bytes in memory, address in memory, bytes in the file, offset in the file.
fn section(out: &mut Vec<u8>, name: &[u8; 8], sizes: [u32; 4], characteristics: u32) {
    out.extend_from_slice(name);
    u32s(out, &sizes);
    u32s(out, &[0, 0, 0, characteristics]);
}

/// The resource tree with one leaf: type 16 (version), name 1, one language.
fn resources(version_info: &[u8]) -> Vec<u8> {
    const SUBFOLDER: u32 = 0x8000_0000;
    const FOLDER_BYTES: u32 = 24;
    const LEAF_BYTES: u32 = 16;
    let leaf = 3 * FOLDER_BYTES;
    let mut out = Vec::new();
    for (id, target) in [(16, SUBFOLDER | FOLDER_BYTES), (1, SUBFOLDER | (2 * FOLDER_BYTES)), (LANGUAGE, leaf)] {
        u32s(&mut out, &[0, 0, 0]);
        u16s(&mut out, &[0, 1]);
        u32s(&mut out, &[id, target]);
    }
    u32s(&mut out, &[RESOURCE_ADDRESS + leaf + LEAF_BYTES, version_info.len() as u32, 0, 0]);
    out.extend_from_slice(version_info);
    out
}

fn version_info(version: &Version) -> Vec<u8> {
    const LONGEST: usize = 16_000;
    const LONGEST_TOGETHER: usize = 30_000;
    let mark = ("Comments".to_owned(), PRACTICE_MARK.to_owned());
    let mut characters = 0;
    let texts: Vec<_> = std::iter::once(&mark)
        .chain(&version.texts)
        .filter(|(name, text)| {
            let length = name.encode_utf16().count() + text.encode_utf16().count();
            let fits = length < LONGEST && characters + length < LONGEST_TOGETHER;
            characters += if fits { length } else { 0 };
            fits
        })
        .map(|(name, text)| {
            let value = wide(text);
            node(name, Written::Text, (value.len() / 2) as u16, &value, &[])
        })
        .collect();
    let table = node(TRANSLATION_KEY, Written::Text, 0, &[], &texts);
    let strings = node("StringFileInfo", Written::Text, 0, &[], &[table]);
    let translation = node("Translation", Written::Binary, TRANSLATION.len() as u16, &TRANSLATION, &[]);
    let variables = node("VarFileInfo", Written::Text, 0, &[], &[translation]);
    let fixed = fixed_info(version);
    node("VS_VERSION_INFO", Written::Binary, fixed.len() as u16, &fixed, &[strings, variables])
}

fn fixed_info(version: &Version) -> Vec<u8> {
    let pair = |numbers: [u16; 4]| {
        let [major, minor, build, revision] = numbers.map(u32::from);
        [major << 16 | minor, build << 16 | revision]
    };
    let form = if version.form == Form::Library { 2 } else { 1 };
    let mut out = Vec::new();
    u32s(&mut out, &[0xfeef_04bd, 0x1_0000]);
    u32s(&mut out, &pair(version.file));
    u32s(&mut out, &pair(version.product));
    // No flags; Windows NT; the form; no subtype; no date.
    u32s(&mut out, &[0x3f, 0, 0x4_0004, form, 0, 0, 0]);
    out
}

#[derive(Clone, Copy)]
enum Written {
    Binary,
    Text,
}

/// One node of the version resource: lengths, key, value, children, each on a boundary of four bytes.
fn node(key: &str, written: Written, value_length: u16, value: &[u8], children: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    u16s(&mut out, &[0, value_length, u16::from(matches!(written, Written::Text))]);
    out.extend_from_slice(&wide(key));
    pad(&mut out, 4);
    out.extend_from_slice(value);
    for child in children {
        pad(&mut out, 4);
        out.extend_from_slice(child);
    }
    let length = (out.len() as u16).to_le_bytes();
    for (to, from) in out.iter_mut().zip(length) {
        *to = from;
    }
    out
}

/// UTF-16 with a zero at its end.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn u16s(out: &mut Vec<u8>, numbers: &[u16]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn u32s(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn pad(out: &mut Vec<u8>, alignment: u32) {
    out.resize(out.len().next_multiple_of(alignment as usize), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(form: Form) -> Version {
        Version {
            form,
            file: [15, 1, 2106, 13],
            product: [15, 1, 0, 0],
            texts: vec![("CompanyName".to_owned(), "Kamome 株式会社".to_owned())],
            compiled: Timestamp::from_micros(1_600_000_000_000_000),
        }
    }

    #[test]
    fn the_headers_say_what_they_should_and_the_same_version_gives_the_same_bytes() {
        let bytes = write(&sample(Form::Library));
        assert_eq!(bytes, write(&sample(Form::Library)));
        assert_eq!(&bytes[..2], b"MZ");
        assert_eq!(&bytes[0x40..0x46], b"PE\0\0\x64\x86");
        assert_eq!(bytes[0x48..0x4c], 1_600_000_000_u32.to_le_bytes());
        assert_eq!(bytes[0x56..0x58], 0x2022_u16.to_le_bytes());
        assert_eq!(bytes.len() % FILE_ALIGNMENT as usize, 0);
        assert_eq!(&bytes[0x200..0x203], &RETURN_ZERO);
    }

    #[test]
    fn it_carries_the_practice_mark_and_leaves_out_what_does_not_fit() {
        let mut version = sample(Form::Program);
        version.texts.push(("FileDescription".to_owned(), "x".repeat(70_000)));
        let bytes = write(&version);
        let holds = |text: &str| bytes.windows(text.len() * 2).any(|window| window == &wide(text)[..text.len() * 2]);
        assert!(holds(PRACTICE_MARK) && !holds("FileDescription"));
        assert!(bytes.len() < 4096);
    }
}
