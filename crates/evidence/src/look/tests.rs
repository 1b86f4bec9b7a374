use proptest::prelude::*;

use super::portable::tests::{practice_program, signed_program};
use super::*;
use crate::record::{FIELDS_CAP, VALUE_CAP};

fn look_at(path: &str, bytes: &[u8]) -> Looked {
    look(&Subject { path, size: bytes.len() as u64, ..Subject::default() }, bytes)
}

fn said(path: &str, bytes: &[u8]) -> (String, Option<String>, Option<String>) {
    let looked = look_at(path, bytes);
    assert_eq!(looked.missed, [], "{path}");
    let text = |name| looked.record.text(name).map(str::to_owned);
    (text("FileType").unwrap(), text("Script"), text("ScriptIn"))
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn a_file_is_told_with_its_path_on_disk_its_times_and_its_hashes() {
    let modified = Timestamp::parse(b"2021-03-03T04:05:06Z");
    let subject = Subject {
        path: "C/web/Page.ASPX",
        disk_path: Some("C:/web/Page.ASPX"),
        size: 3,
        times: Times { created: None, modified },
        digests: None,
    };
    let record = look(&subject, b"abc").record;
    assert_eq!(record.time, modified);
    for (name, expected) in [
        ("TargetFilename", "C:\\web\\Page.ASPX"),
        ("Name", "Page.ASPX"),
        ("Extension", "aspx"),
        ("Modified", "2021-03-03T04:05:06Z"),
        ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ] {
        assert_eq!(record.text(name), Some(expected), "{name}");
    }
    assert_eq!(record.field("Size"), Some(&Value::Number(3)));
    assert_eq!(look_at("C/web/Page.ASPX", b"abc").record.text("TargetFilename"), Some("C/web/Page.ASPX"));
}

#[test]
fn bytes_that_were_not_handed_over_are_told_and_only_the_callers_hashes_stand() {
    let subject = Subject { path: "big.bin", size: 10, ..Subject::default() };
    let looked = look(&subject, b"abc");
    assert_eq!(looked.record.text("MD5"), None);
    assert_eq!((looked.missed[0].reason, looked.missed[0].bytes), (Gap::TooLarge, Some(7)));
    let digests = Hashes::of(b"0123456789");
    let looked = look(&Subject { digests: Some(&digests), ..subject }, b"abc");
    assert_eq!(looked.record.text("MD5"), Some(digests.md5().as_str()));
}

#[test]
fn of_a_member_that_could_not_be_opened_nothing_is_said_but_its_name_and_size() {
    let digests = Hashes::of(b"");
    let looked = look(&Subject { path: "a.zip", size: 10, digests: Some(&digests), ..Subject::default() }, b"");
    assert_eq!(looked.missed.len(), 0);
    let said: Vec<&str> = looked.record.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(said, ["TargetFilename", "Name", "Extension", "Size"]);
    assert_eq!(look(&Subject { path: "a.txt", ..Subject::default() }, b"").record.text("FileType"), Some("empty"));
}

#[test]
fn an_executable_tells_its_version_and_what_it_claims() {
    let record = look_at("bin/ferry.exe", &signed_program()).record;
    for (name, expected) in [
        ("FileType", "executable"),
        ("Machine", "x64"),
        ("CompileTime", "2020-09-13T12:26:40Z"),
        ("SignerClaimed", "Kamome 株式会社"),
        ("FileVersionNumber", "15.1.2106.13"),
        ("ProductVersionNumber", "15.1.0.0"),
        ("FileVersion", "15.1.2106.13 (release)"),
        ("ProductVersion", "15.1"),
        ("CompanyName", "Kamome 株式会社"),
        ("ProductName", "Ferry"),
        ("OriginalFilename", "ferry.exe"),
        ("FileDescription", "Ferry timetable"),
    ] {
        assert_eq!(record.text(name), Some(expected), "{name}");
    }
    assert_eq!(record.field("SignatureClaimed"), Some(&Value::Bool(true)));
    assert_eq!(record.field("DotNet"), Some(&Value::Bool(false)));
    assert!(record.text("ImpHash").is_some());
    let unsigned = look_at("bin/ferry.exe", &practice_program()).record;
    assert_eq!(unsigned.field("SignatureClaimed"), Some(&Value::Bool(false)));
}

#[test]
fn script_shows_by_its_content() {
    for (script, text) in [
        ("aspx", "<%@ Page Language=\"C#\" %>\r\n<html>"),
        ("aspx", "<html>\n<SCRIPT type=x Language=\"JScript\"\n Runat = 'Server'>function Page_Load(){}</script>"),
        ("aspx", "<%@ WebHandler Language=\"C#\" Class=\"H\" %>"),
        ("asp", "<%@ Language=VBScript %>\n<% x = 1 %>"),
        ("asp", "<script language=vbscript runat=server>x</script>"),
        ("asp", "text\n<%eval request(\"x\")%>"),
        ("php", "GIF89 not\n<?PHP echo 1;"),
        ("php", "<?php\n"),
        ("jsp", "<%@ page import=\"java.util.*\" %>"),
        ("jsp", "<% out.println(request.getParameter(\"a\")); %>"),
        ("jsp", "<jsp:root version=\"2\">"),
        ("ps1", "param($name)\n$env:TEMP\nGet-ChildItem | ForEach-Object { $_.Name }\n"),
        ("bat", "@echo off\r\nset a=1\r\n"),
        ("bat", "rem x\r\nif exist a.txt goto end\r\nset b=2\r\n:end\r\nexit /b 0\r\n"),
        ("vbs", "Option Explicit\r\nDim shell\r\nSet shell = CreateObject(\"x\")\r\n"),
        ("js", "var a = new ActiveXObject('x');\neval(String.fromCharCode(1)); document.write(function(){});"),
        ("sh", "#!/bin/sh\necho 1\n"),
        ("py", "#! /usr/bin/env python3\n"),
        ("pl", "#!/usr/bin/perl -w\n"),
    ] {
        let expected = format!("script:{script}");
        for bytes in
            [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), wide(text, false), wide(text, true)]
        {
            assert_eq!(
                said("upload/picture.dat", &bytes),
                (expected.clone(), Some(script.to_owned()), Some("dat".to_owned())),
                "{text}"
            );
        }
    }
}

#[test]
fn script_under_its_own_extension_is_no_mismatch() {
    for (path, script) in [
        ("a/page.aspx", "aspx"),
        ("a/control.ASCX", "aspx"),
        ("a/index.php", "php"),
        ("a/run.ps1", "ps1"),
        ("a/run.cmd", "bat"),
        ("a/run.js", "js"),
    ] {
        assert_eq!(said(path, b"plain words"), (format!("script:{script}"), Some(script.to_owned()), None), "{path}");
    }
    // What a page is run as decides over what stands in its strings.
    let page = b"<% Response.Write(\"<?php echo 1; ?>\") %>";
    assert_eq!(said("a/page.asp", page), ("script:asp".to_owned(), Some("asp".to_owned()), None));
}

#[test]
fn script_in_a_picture_shows_beside_what_it_is() {
    let picture = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), &[0x80; 5_000], b"<?php echo 1; ?>"].concat();
    assert_eq!(said("a/photo.jpg", &picture), ("image".to_owned(), Some("php".to_owned()), Some("jpg".to_owned())));
    let page = b"<%@ Page Language=\"C#\" %>";
    assert_eq!(said("a/photo.jpg", page), ("script:aspx".to_owned(), Some("aspx".to_owned()), Some("jpg".to_owned())));
    // Blocks alone occur in templates and in noise.
    let noise = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), b"<% request. %>"].concat();
    assert_eq!(said("a/photo.jpg", &noise), ("image".to_owned(), None, None));
}

#[test]
fn other_content_is_no_script() {
    for (path, bytes, expected) in [
        ("a", b"".as_slice(), "empty"),
        ("a.txt", b"The quick brown fox, and nothing else.\n", "text"),
        ("a.txt", b"Prices fell by 5<%, as I said.\n", "text"),
        ("a.html", b"<!DOCTYPE html><script src=a.js></script>", "html"),
        ("a.config", b"<?xml version=\"1.0\"?><configuration/>", "xml"),
        ("a.rs", b"#![forbid(unsafe_code)]\n//! sh\n", "text"),
        ("a.cer", b"-----BEGIN CERTIFICATE-----\n", "text"),
        ("a.evtx", b"ElfFile\0\0\0", "evtx"),
        ("a.zip", b"PK\x03\x04<?php ", "archive"),
        ("a.dmp", b"MDMP\x93\xa7\0\0", "memory-dump"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0", "image"),
        ("a.pdf", b"%PDF-1.7\n\x80", "document"),
        ("a.lnk", b"L\0\0\0\x01\x14\x02\0", "shortcut"),
        ("a.elf", b"\x7fELF\x02", "foreign-executable"),
        ("a.bin", b"\0\x01\x02\x03", "data"),
        ("a.txt", b"MZ is how it begins", "text"),
    ] {
        assert_eq!(said(path, bytes), (expected.to_owned(), None, None), "{path}");
    }
}

#[test]
fn a_compiled_page_tells_the_page_that_it_was_made_of() {
    let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
        <preserve resultType=\"3\" virtualPath=\"/ferry/a&amp;b.aspx\" hash=\"1\" filehash=\"ff01\" flags=\"110000\" \
        assembly=\"App_Web_x1\" type=\"ASP.ferry_aspx\">\r\n<filedeps>\r\n<filedep name=\"/ferry/a&amp;b.aspx\" />\r\n\
        <filedep name=\"/ferry/site.master\" />\r\n</filedeps>\r\n</preserve>";
    for bytes in [[b"\xef\xbb\xbf", xml.as_bytes()].concat(), wide(xml, false)] {
        let looked = look_at("cache/a.compiled", &bytes);
        assert_eq!((looked.nature, &*looked.missed), (Nature::CompiledPage, [].as_slice()));
        for (name, expected) in [
            ("FileType", "compiled-page"),
            ("VirtualPath", "/ferry/a&b.aspx"),
            ("Assembly", "App_Web_x1"),
            ("CompiledType", "ASP.ferry_aspx"),
            ("FileHash", "ff01"),
        ] {
            assert_eq!(looked.record.text(name), Some(expected), "{name}");
        }
        let expected = Value::List(vec!["/ferry/a&b.aspx".into(), "/ferry/site.master".into()]);
        assert_eq!(looked.record.field("FileDependencies"), Some(&expected));
    }
}

#[test]
fn a_damaged_compiled_page_keeps_what_could_be_read() {
    let looked = look_at("a.compiled", b"<preserve virtualPath=\"/a.aspx\" assembly=\"b\"><filedeps></preserve>");
    assert_eq!(looked.record.text("VirtualPath"), Some("/a.aspx"));
    assert_eq!(looked.missed[0].reason, Gap::Malformed);
    let many = format!("<preserve virtualPath=\"/a\">{}</preserve>", "<filedep name=\"/b\"/>".repeat(300));
    let looked = look_at("a.compiled", many.as_bytes());
    assert_eq!((looked.missed[0].reason, looked.missed[0].count), (Gap::ValueCut, 300 - 256));
}

#[test]
fn padding_with_openings_does_not_cost_time_without_end_and_is_told() {
    let looked = look_at("a.txt", "<%".repeat(100_000).as_bytes());
    assert_eq!(looked.missed[0].reason, Gap::ValueCut);
    // Padding that closes at once costs little and hides nothing.
    let closed = ["<%%>".repeat(100_000).as_bytes(), b"<%@ Page Language=\"C#\" %>"].concat();
    assert_eq!(said("a.txt", &closed).0, "script:aspx");
}

#[test]
fn text_in_utf_16_that_is_too_long_is_told() {
    let text = wide(&"x\n".repeat(3 << 20), false);
    let looked = look_at("a.txt", &text);
    assert_eq!((looked.missed[0].reason, looked.missed[0].bytes), (Gap::TooLarge, Some(text.len() as u64 - (8 << 20))));
}

fn within_caps(looked: &Looked) {
    assert!(looked.record.fields.len() <= FIELDS_CAP);
    for (_, value) in &looked.record.fields {
        assert!(!matches!(value, Value::Text(text) if text.len() > VALUE_CAP));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_looked_at_within_the_caps(
        bytes in prop::collection::vec(any::<u8>(), 0..2_000),
        path in "[a-c./\\\\]{0,12}",
        size in any::<u64>(),
    ) {
        let subject = Subject { path: &path, disk_path: Some(&path), size, ..Subject::default() };
        within_caps(&look(&subject, &bytes));
    }

    #[test]
    fn pieces_of_what_files_begin_with_are_looked_at_within_the_caps(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "MZ", "PE\0\0", "<%", "%>", "@ ", "page ", "<?php", "<script", " runat=", "server", ">", "<preserve", " virtualPath=",
            "\"", "<filedep name=", "/>", "&amp;", "&#0;", "\u{feff}", "\0", "#!/", "sh", "\n", "GIF8", "<!--", "]]>", "<![CDATA[", "火",
        ]), 0..40),
        extension in prop::sample::select(vec!["aspx", "jpg", "compiled", "", "php", "jsp"]),
    ) {
        let text = pieces.concat();
        let path = format!("a.{extension}");
        for bytes in [text.as_bytes().to_vec(), wide(&text, false), wide(&text, true)] {
            within_caps(&look_at(&path, &bytes));
        }
    }
}
