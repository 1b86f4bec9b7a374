//! What the readers of all formats must hold. Archives are made here, by the libraries' writers or byte by byte.

mod mutations;
mod packed;
mod seven;
mod streams;
mod structure;

use std::io::{Cursor, Write};

use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use sevenz_rust2::encoder_options::AesEncoderOptions;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderConfiguration, EncoderMethod, Password, SourceReader};
use zip::write::SimpleFileOptions;

use crate::archive::{Limits, Member, Members, Wanted, read, samples};
use crate::record::Missed;

/// Keeps what comes, and watches the order of the calls.
struct Taken {
    members: Vec<Got>,
    missed: Vec<Missed>,
    total: u64,
    is_open: bool,
    begin: fn(&Member) -> Wanted,
    bytes: fn(&[u8]) -> Wanted,
}

struct Got {
    member: Member,
    content: Vec<u8>,
    missed: Option<Missed>,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            missed: Vec::new(),
            total: 0,
            is_open: false,
            begin: |_| Wanted::Yes,
            bytes: |_| Wanted::Yes,
        }
    }
}

impl Members for Taken {
    fn begin(&mut self, member: &Member) -> Wanted {
        assert!(!self.is_open, "a member begins before the one before it ended");
        let wanted = (self.begin)(member);
        self.is_open = wanted == Wanted::Yes;
        if self.is_open {
            self.members.push(Got { member: member.clone(), content: Vec::new(), missed: None });
        }
        wanted
    }

    fn bytes(&mut self, chunk: &[u8]) -> Wanted {
        assert!(self.is_open && !chunk.is_empty());
        self.total += chunk.len() as u64;
        self.members.last_mut().expect("begun").content.extend_from_slice(chunk);
        (self.bytes)(chunk)
    }

    fn end(&mut self, missed: Option<Missed>) {
        assert!(self.is_open, "nothing that could end");
        self.is_open = false;
        self.members.last_mut().expect("begun").missed = missed;
    }

    fn missed(&mut self, missed: Missed) {
        assert!(!self.is_open);
        self.missed.push(missed);
    }
}

impl Taken {
    fn content(&self, path: &str) -> &[u8] {
        &self.got(path).content
    }

    fn got(&self, path: &str) -> &Got {
        let paths: Vec<_> = self.members.iter().map(|got| got.member.shown()).collect();
        self.members.iter().find(|got| got.member.shown() == path).unwrap_or_else(|| panic!("{path} among {paths:?}"))
    }

    fn paths(&self) -> Vec<&str> {
        self.members.iter().map(|got| got.member.path.as_str()).collect()
    }

    /// Why a member was not read, or not in full.
    fn why(&self, path: &str) -> Option<(Gap, String)> {
        self.got(path).missed.clone().map(|missed| (missed.reason, missed.detail.unwrap_or_default().en))
    }

    fn reasons(&self) -> Vec<Gap> {
        self.missed.iter().map(|missed| missed.reason).collect()
    }

    fn tells_of_nothing(&self) -> bool {
        self.missed.is_empty() && self.members.iter().all(|got| got.missed.is_none())
    }
}

fn take(archive: &[u8]) -> Taken {
    take_with(archive, &Limits::default(), &[])
}

fn take_with(archive: &[u8], limits: &Limits, passwords: &[&str]) -> Taken {
    let mut taken = Taken::default();
    take_into(archive, limits, passwords, &mut taken);
    taken
}

fn take_into(archive: &[u8], limits: &Limits, passwords: &[&str], taken: &mut Taken) {
    let passwords: Vec<_> = passwords.iter().map(|password| (*password).to_owned()).collect();
    read(Cursor::new(archive), limits, &passwords, taken);
    assert!(!taken.is_open, "every member that begins ends");
}

/// Some lines of a log, each different.
fn log(lines: usize) -> Vec<u8> {
    (0..lines)
        .flat_map(|line| format!("2021-03-03 04:05:{line:06} 192.0.2.7 GET /{}\r\n", line * 7919).into_bytes())
        .collect()
}

fn zip_of(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options).expect("a name");
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mtime(1_614_744_333);
        builder.append_data(&mut header, name, *content).expect("memory");
    }
    builder.into_inner().expect("memory")
}

fn gzip_of(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

/// One block for each file, or one for all; with a password, where one is given, also for the list of files.
fn seven_of(files: &[(&str, &[u8])], solid: bool, password: Option<&str>) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).expect("memory");
    let mut methods = vec![EncoderConfiguration::new(EncoderMethod::LZMA2)];
    if let Some(password) = password {
        methods.insert(0, AesEncoderOptions::new(Password::from(password)).into());
        writer.set_encrypt_header(true);
    }
    writer.set_content_methods(methods);
    let entries = files.iter().map(|(name, _)| ArchiveEntry::new_file(name));
    if solid {
        let readers = files.iter().map(|(_, content)| SourceReader::new(*content)).collect();
        writer.push_archive_entries(entries.collect(), readers).expect("memory");
    } else {
        for (entry, (_, content)) in entries.zip(files) {
            writer.push_archive_entry(entry, Some(*content)).expect("memory");
        }
    }
    writer.finish().expect("memory").into_inner()
}

/// Replaces all of one run of bytes by another of the same length.
fn replace(archive: &mut [u8], from: &[u8], to: &[u8]) -> usize {
    assert_eq!(from.len(), to.len());
    let places: Vec<_> = memchr::memmem::find_iter(archive, from).collect();
    for place in &places {
        archive[*place..place + to.len()].copy_from_slice(to);
    }
    places.len()
}

#[test]
fn every_format_gives_back_what_was_packed() {
    let (first, second) = (log(5_000), log(3));
    let files: [(&str, &[u8]); 3] = [("C/logs/a.log", &first), ("C/logs/b.log", &second), ("empty.txt", b"")];
    let archives = [
        ("stored zip", zip_of(&files, stored())),
        ("deflated zip", zip_of(&files, deflated())),
        ("wide zip", zip_of(&files, deflated().large_file(true))),
        ("7z", seven_of(&files, false, None)),
        ("solid 7z", seven_of(&files, true, None)),
        ("tar", tar_of(&files)),
        ("tar.gz", gzip_of(&tar_of(&files))),
    ];
    for (what, archive) in archives {
        let taken = take(&archive);
        assert!(taken.tells_of_nothing(), "{what}: {:?}", taken.missed);
        assert_eq!(taken.members.len(), files.len(), "{what}");
        for (name, content) in files {
            assert!(taken.content(name) == content, "{what}: {name}");
            let claimed = taken.got(name).member.bytes;
            assert_eq!(claimed, Some(content.len() as u64), "{what}: {name}");
        }
    }
}

#[test]
fn what_is_not_wanted_is_passed_over() {
    let (first, second) = (log(20_000), log(3));
    let files: [(&str, &[u8]); 3] = [("skip.log", &first), ("half.log", &first), ("want.log", &second)];
    for archive in [
        zip_of(&files, deflated()),
        seven_of(&files, false, None),
        seven_of(&files, true, None),
        tar_of(&files),
        gzip_of(&tar_of(&files)),
    ] {
        let begin = |member: &Member| if member.path == "skip.log" { Wanted::No } else { Wanted::Yes };
        let mut taken = Taken { begin, bytes: |_| Wanted::No, ..Taken::default() };
        take_into(&archive, &Limits::default(), &[], &mut taken);
        assert!(taken.tells_of_nothing());
        assert_eq!(taken.paths(), ["half.log", "want.log"]);
        assert!(taken.content("half.log").len() < first.len() && first.starts_with(taken.content("half.log")));
        assert_eq!(taken.content("want.log"), second);
    }
}

#[test]
fn when_nothing_more_is_wanted_nothing_more_comes() {
    let content = log(20_000);
    let files: [(&str, &[u8]); 3] = [("a.log", &content), ("b.log", &content), ("c.log", &content)];
    for archive in [zip_of(&files, deflated()), seven_of(&files, true, None), tar_of(&files), gzip_of(&tar_of(&files))]
    {
        let begin = |member: &Member| if member.path == "b.log" { Wanted::NothingMore } else { Wanted::Yes };
        let mut taken = Taken { begin, ..Taken::default() };
        take_into(&archive, &Limits::default(), &[], &mut taken);
        assert!(taken.tells_of_nothing() && taken.paths() == ["a.log"]);
        let mut taken = Taken { bytes: |_| Wanted::NothingMore, ..Taken::default() };
        take_into(&archive, &Limits::default(), &[], &mut taken);
        assert!(taken.tells_of_nothing() && taken.paths() == ["a.log"]);
        assert!(taken.total < content.len() as u64);
    }
}

#[test]
fn limits_hold_to_the_byte_and_are_told() {
    let content = log(20_000);
    let size = content.len() as u64;
    let files: [(&str, &[u8]); 3] = [("a.log", &content), ("b.log", b"short"), ("c.log", &content)];
    let archives = [
        ("zip", zip_of(&files, stored())),
        ("7z", seven_of(&files, false, None)),
        ("solid 7z", seven_of(&files, true, None)),
        ("tar", tar_of(&files)),
        ("tar.gz", gzip_of(&tar_of(&files))),
    ];
    for (what, archive) in &archives {
        let limits = Limits { member_bytes: 1_000, ..Limits::default() };
        let taken = take_with(archive, &limits, &[]);
        assert_eq!(taken.content("a.log"), &content[..1_000], "{what}");
        assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::TooLarge), "{what}");
        if *what != "solid 7z" {
            assert_eq!(taken.content("b.log"), b"short", "{what}");
        } else {
            assert_eq!(taken.why("b.log").map(|(reason, _)| reason), Some(Gap::TooLarge), "{what}");
        }

        let limits = Limits { total_bytes: size + 1_000, ..Limits::default() };
        let taken = take_with(archive, &limits, &[]);
        assert!(taken.total <= size + 1_000, "{what}");
        assert!(taken.content("a.log") == content && taken.why("a.log").is_none(), "{what}");
        assert_eq!(taken.reasons(), [Gap::TooLarge], "{what}");

        let limits = Limits { members: 2, ..Limits::default() };
        let taken = take_with(archive, &limits, &[]);
        assert_eq!(taken.reasons(), [Gap::TooMany], "{what}");
        assert!(taken.members.len() <= 2, "{what}");
    }
}

#[test]
fn bombs_are_stopped_by_their_ratio() {
    let zeros = vec![0; 8 << 20];
    let files: [(&str, &[u8]); 2] = [("bomb.bin", &zeros), ("good.log", b"here")];
    let limits = Limits { ratio: 100, ratio_from: 1 << 20, ..Limits::default() };
    for archive in
        [zip_of(&files, deflated()), seven_of(&files, false, None), gzip_of(&tar_of(&files)), gzip_of(&zeros)]
    {
        let taken = take_with(&archive, &limits, &[]);
        assert!(taken.total <= (1 << 20).max(archive.len() as u64 * 100), "{} bytes", taken.total);
        assert!(
            taken.members.iter().any(|got| got.missed.as_ref().is_some_and(|missed| missed.reason == Gap::TooLarge))
        );
    }
    // An archive in an archive is a member; who opens it is bounded in the same way.
    let inner = zip_of(&files, deflated());
    let outer = zip_of(&[("inner.zip", &inner)], deflated());
    let taken = take_with(&outer, &limits, &[]);
    assert!(taken.tells_of_nothing() && taken.content("inner.zip") == inner);
    let taken = take_with(taken.content("inner.zip"), &limits, &[]);
    assert_eq!(taken.why("bomb.bin").map(|(reason, _)| reason), Some(Gap::TooLarge));
}

#[test]
fn names_that_lead_out_are_cleaned_and_kept_beside() {
    let names = ["../../etc/x.log", "C:/Windows/y.log", "a/../b.log", "/abs.log", "..\\up.log"];
    let expected = ["etc/x.log", "C/Windows/y.log", "a/b.log", "abs.log", "up.log"];
    // The writers refuse such names, so they are put in afterwards.
    let harmless = ["@@_@@_etc/x.log", "C@/Windows/y.log", "a/@@/b.log", "@abs.log", "@@@up.log"];
    let contents: Vec<_> = (0..names.len()).map(|index| vec![b'a' + index as u8; 3]).collect();
    let files: Vec<_> = harmless.iter().zip(&contents).map(|(name, content)| (*name, content.as_slice())).collect();
    let mut zip = zip_of(&files, stored());
    for (harmless, name) in harmless.iter().zip(names) {
        assert_eq!(replace(&mut zip, harmless.as_bytes(), name.as_bytes()), 2);
    }
    let direct: Vec<_> = names.iter().zip(&contents).map(|(name, content)| (*name, content.as_slice())).collect();
    for archive in [zip, seven_of(&direct, false, None)] {
        let taken = take(&archive);
        assert!(taken.tells_of_nothing());
        assert_eq!(taken.paths(), expected);
        for ((got, name), content) in taken.members.iter().zip(names).zip(&contents) {
            assert_eq!(got.member.stored_name.as_deref(), Some(name));
            assert_eq!(got.content, *content);
        }
    }
}

#[test]
fn formats_that_are_not_read_are_named() {
    for (head, name) in [
        (b"Rar!\x1a\x07\x01\0rest".as_slice(), "RAR"),
        (b"\x21\x5a-lh5-rest", "LZH"),
        (b"\x60\xea\x29\0\x22rest", "ARJ"),
        (b"070701000000rest", "cpio"),
        (b"MSCF\0\0\0\0rest", "cabinet"),
        (b"\xfd7zXZ\0rest", "xz"),
        (b"BZh9rest", "bzip2"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
    ] {
        let taken = take(head);
        assert_eq!(taken.missed, [Missed::new(Gap::MethodUnsupported).because(Text::same(name))]);
    }
    assert_eq!(take(b"no archive at all").reasons(), [Gap::Malformed]);
    assert_eq!(take(b"").reasons(), [Gap::Malformed]);
}

/// A disk that cannot be read behind a place.
struct Failing<'b> {
    source: Cursor<&'b [u8]>,
    good: u64,
}

impl std::io::Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match self.good.saturating_sub(self.source.position()) {
            0 => Err(std::io::Error::from_raw_os_error(5)),
            left => self.source.by_ref().take(left).read(out),
        }
    }
}

impl std::io::Seek for Failing<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.source.seek(to)
    }
}

#[test]
fn a_failing_disk_is_told_and_every_member_ends() {
    let content = log(10_000);
    let files: [(&str, &[u8]); 2] = [("a.log", &content), ("b.log", &content)];
    for archive in [zip_of(&files, stored()), seven_of(&files, false, None), tar_of(&files), gzip_of(&tar_of(&files))] {
        for good in [0, 100, archive.len() as u64 / 3, archive.len() as u64 - 10] {
            let mut taken = Taken::default();
            read(Failing { source: Cursor::new(&archive), good }, &Limits::default(), &[], &mut taken);
            assert!(taken.reasons().contains(&Gap::ReadFailed), "{good} of {}: {:?}", archive.len(), taken.reasons());
            assert!(!taken.is_open);
        }
    }
    // In the middle of a member whose directory could be read before.
    struct Worsening<'b>(Failing<'b>, u32);
    impl std::io::Read for Worsening<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(out)
        }
    }
    impl std::io::Seek for Worsening<'_> {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.1 += 1;
            self.0.good = if self.1 > 6 { 1_000 } else { u64::MAX };
            self.0.seek(to)
        }
    }
    let archive = zip_of(&files, stored());
    let mut taken = Taken::default();
    let failing = Failing { source: Cursor::new(&archive), good: u64::MAX };
    read(Worsening(failing, 0), &Limits::default(), &[], &mut taken);
    assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::ReadFailed));
    assert!(!taken.is_open);
}

#[test]
fn folders_count_as_members() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..20 {
        writer.add_directory(format!("{number}/"), stored()).expect("memory");
    }
    let archive = writer.finish().expect("memory").into_inner();
    assert!(take(&archive).tells_of_nothing());
    let limits = Limits { members: 10, ..Limits::default() };
    assert_eq!(take_with(&archive, &limits, &[]).reasons(), [Gap::TooMany]);
}
