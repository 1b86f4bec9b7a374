//! Binary evidence for the fuzz targets to start from, made here instead of being kept, and the corpus in `fuzz/`: all of
//! it is run through the targets.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::{Cursor, Write};
use std::path::Path;

use hikeshi_core::time::Timestamp;
use hikeshi_drill::event_log::{Body, Element, Event, EventLog, Guid, Provider, State, Value};
use hikeshi_drill::file_table::{Content, File, FileTable, Times};
use hikeshi_drill::hive::{self, Data, Key};
use hikeshi_drill::portable;
use sevenz_rust2::encoder_options::AesEncoderOptions;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderConfiguration, EncoderMethod, Password};

/// Something that a target starts from.
type Seed = (&'static str, Vec<u8>);

#[test]
fn the_fuzz_corpus_is_replayed_and_left_where_cargo_fuzz_can_start_from_it() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeds");
    for (name, target) in hikeshi_evidence::fuzz::TARGETS {
        let seeds = seeds(name);
        let mut count = seeds.len();
        fs_err::create_dir_all(made.join(name)).unwrap();
        for (seed, bytes) in seeds {
            target(&bytes);
            fs_err::write(made.join(name).join(seed), bytes).unwrap();
        }
        for entry in fs_err::read_dir(kept.join(name)).into_iter().flatten() {
            target(&fs_err::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count >= 5, "{name} has {count} files");
    }
}

fn seeds(target: &str) -> Vec<Seed> {
    match target {
        "event_log" => event_logs(),
        "hive" => hives(),
        "file_table" => file_tables(),
        "look" => vec![("program", program())],
        "archive" => archives(),
        _ => Vec::new(),
    }
}

fn time() -> Timestamp {
    Timestamp::from_micros(1_614_744_000_000_000)
}

/// Logs without their header and the unused end of their last chunk.
fn event_logs() -> Vec<Seed> {
    let provider = Provider::new("Kamome", "{54849625-5478-4994-a5ba-3e3b0328c30d}".parse::<Guid>().unwrap());
    let named = Body::named([("Ticket", "12 切符".into()), ("Berth", Value::UInt32(7))]);
    let user = Body::User(
        Element::of("Boarded", vec![Element::value("Deck", "upper".into())]).attribute("xmlns", "urn:example"),
    );
    let bodies = [Body::Nothing, named.clone(), Body::texts(["one", "two <&>"]), user];
    let event = |body: &Body| Event { body: body.clone(), ..Event::new(provider.clone(), 7, time(), "gate") };
    let log = |state, bodies: &[Body]| {
        let log = bodies.iter().fold(EventLog::new("Kamome").state(state), |log, body| log.event(event(body)));
        let bytes = log.write().unwrap();
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        bytes[4_096..end].to_vec()
    };
    vec![
        ("one", log(State::Clean, &[named])),
        ("each", log(State::Clean, &bodies)),
        ("dirty", log(State::Dirty, &bodies)),
        ("many", log(State::Clean, &vec![bodies[1].clone(); 30])),
        ("none", log(State::Clean, &[])),
    ]
}

/// Hives in the form that their target takes: the base block, at once the bins, and a log.
fn hives() -> Vec<Seed> {
    let dense = |hive: &[u8], log: &[u8]| {
        let mut bytes = hive[..512].to_vec();
        bytes.extend(&hive[4_096..]);
        bytes[508..512].fill(0);
        let mut log = log.to_vec();
        if !log.is_empty() {
            log[508..512].fill(0);
            log[512 + 24..512 + 40].fill(0);
        }
        [bytes, log].concat()
    };
    let root = || Key::new("ROOT").at(time());
    let system = root().below("Select", |key| key.value("Current", 1)).below(r"ControlSet001\Services\Ferry", |key| {
        key.value("ImagePath", Data::Expand(r"%SystemRoot%\ferry.exe".to_owned())).value("Start", 2)
    });
    let software = root()
        .below(r"Microsoft\Windows NT\CurrentVersion", |key| key.value("CurrentBuild", "17763"))
        .below(r"Microsoft\Windows\CurrentVersion\Run", |key| key.value("", "first").value("火", "second"))
        .below(r"Microsoft\Windows\CurrentVersion\Uninstall\Ferry", |key| key.value("DisplayName", "Ferry"));
    let values = root().key(
        Key::new("Values")
            .value("multi", Data::Multi(vec!["a".to_owned(), "b".to_owned()]))
            .value("many", Data::Qword(1 << 40))
            .value("bytes", Data::Binary(vec![7; 20]))
            .value("odd", Data::Raw { kind: 77, bytes: vec![1, 2, 3] }),
    );
    let changed = |key: Key| key.value("later", "change");
    let unflushed = hive::unflushed(&values, &[changed(values.clone())], &[], "SOFTWARE");
    vec![
        ("system", dense(&hive::write(&system, "SYSTEM"), &[])),
        ("software", dense(&hive::write(&software, "SOFTWARE"), &[])),
        ("values", dense(&hive::write(&values, "NTUSER.DAT"), &[])),
        ("unflushed", dense(&unflushed.hive, &unflushed.logs[0])),
        ("without-log", dense(&unflushed.hive, &[])),
    ]
}

fn file_tables() -> Vec<Seed> {
    let times = Times::all(time());
    let text = |content: &str| Content::Bytes(content.as_bytes().to_vec());
    let table = |files: &[File]| {
        let mut table = FileTable::new(time());
        let folder = table.folder(FileTable::root(), "site", times);
        for file in files {
            table.file(folder, file);
        }
        // The entries of the file system itself are all alike.
        let bytes = table.bytes();
        [&bytes[5 * 1_024..6 * 1_024], &bytes[24 * 1_024..]].concat()
    };
    vec![
        ("plain", table(&[File::new("a.aspx", times, text("<%@ practice %>"))])),
        ("stream", table(&[File::new("火.txt", times, text("x")).stream("Zone.Identifier", b"[ZoneTransfer]")])),
        ("deleted", table(&[File::new("gone.aspx", times, Content::Elsewhere(5_000)).deleted()])),
        ("linked", table(&[File::new("one.dll", times, text("")).link(FileTable::lost(), "two.dll")])),
        ("spread", table(&[File::new("spread.bin", times, Content::Elsewhere(1 << 33)).spread()])),
    ]
}

fn program() -> Vec<u8> {
    portable::write(&portable::Version {
        form: portable::Form::Program,
        file: [15, 1, 2106, 13],
        product: [15, 1, 0, 0],
        texts: vec![("OriginalFilename".to_owned(), "ferry.exe".to_owned())],
        compiled: time(),
    })
}

fn archives() -> Vec<Seed> {
    let files: [(&str, &[u8]); 3] =
        [("C/a.log", b"one line\n"), (r"..\b.txt", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), ("a", b"")];
    let plain = zip::write::SimpleFileOptions::default();
    let stored = plain.compression_method(zip::CompressionMethod::Stored);
    let locked = stored.with_aes_encryption(zip::AesMode::Aes128, "hikeshi");
    let tar = tar(&files);
    vec![
        ("deflated.zip", zip(&files, plain)),
        ("stored.zip", zip(&files, stored)),
        ("locked.zip", zip(&files[..1], locked)),
        ("plain.7z", seven(&files, vec![EncoderMethod::LZMA2.into()])),
        ("copied.7z", seven(&files[..2], vec![EncoderMethod::COPY.into()])),
        ("filtered.7z", seven(&files[..2], vec![EncoderMethod::BCJ_X86_FILTER.into(), EncoderMethod::LZMA.into()])),
        ("locked.7z", seven(&files[..1], vec![aes(), EncoderMethod::COPY.into()])),
        ("files.tar", tar.clone()),
        ("files.tar.gz", gzip(&tar)),
        ("one.gz", gzip(b"one line\n")),
    ]
}

fn aes() -> EncoderConfiguration {
    AesEncoderOptions::new(Password::from("hikeshi")).into()
}

fn zip(files: &[(&str, &[u8])], options: zip::write::FileOptions<'_, '_, ()>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// With zeros in place of the checksums that the target puts right.
fn seven(files: &[(&str, &[u8])], methods: Vec<EncoderConfiguration>) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    writer.set_content_methods(methods);
    for (name, content) in files {
        writer.push_archive_entry(ArchiveEntry::new_file(name), Some(*content)).unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    bytes[8..12].fill(0);
    bytes[28..32].fill(0);
    bytes
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
