//! Archives that somebody made to hide something: names that come twice, bombs in pieces; and what of them is asked for.

use crate::kinds::{check, gzip, paths, tar, with_place};
use crate::mutations::zip;
use crate::reports::unread;

const PAGE: &[u8] = b"<script runat=\"server\">/* inert */</script>";

#[test]
fn a_member_whose_name_was_there_before_is_recognised_and_placed_by_its_name() {
    let twins: [(&str, &[u8]); 3] =
        [("C/crew/pages/odd.html", b""), ("C/crew/pages/odd.html", PAGE), ("D/other.txt", b"x")];
    let nested = tar(&[("a.zip", &zip(&[])), ("a.zip", &zip(&[("C/crew/pages/odd.html", PAGE)]))]);
    // A path that only becomes the same when it is cleaned.
    let cleaned = zip(&[("C/crew/forms/odd.html", b"".as_slice()), (r"C:\crew\forms\odd.html", PAGE)]);
    let host = with_place()
        .file("logs/twins.tar", tar(&twins))
        .file("logs/nested.tar", nested)
        .file("logs/cleaned.zip", cleaned);
    let found = paths(&check(&host, "--rules rules"), "page");
    for path in [
        "twins.tar!/C/crew/pages/odd.html#2",
        "nested.tar!/a.zip#2!/C/crew/pages/odd.html",
        "cleaned.zip!/C/crew/forms/odd.html#2",
    ] {
        assert!(found.iter().any(|found| found == path), "{path}: {found:?}");
    }
}

#[cfg(unix)]
#[test]
fn binary_evidence_below_a_folder_whose_name_is_no_utf_8_is_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let host = with_place();
    // As Shift_JIS writes it.
    let folder = host.path("logs").join(std::ffi::OsStr::from_bytes(b"\x89\xce"));
    fs_err::create_dir_all(&folder).unwrap();
    fs_err::write(folder.join("Kamome.evtx"), crate::workers::event_log("Kamome", 40)).unwrap();
    fs_err::write(folder.join("C.zip"), zip(&[("C/crew/pages/odd.html", PAGE)])).unwrap();
    let report = check(&host, "--rules rules");
    assert_eq!(unread(&report), []);
    assert_eq!(paths(&report, "page"), [r"\x89\xce/C.zip!/C/crew/pages/odd.html"]);
}

#[test]
fn members_are_asked_for_by_their_names_whatever_the_archive_is_called() {
    let inner = zip(&[("C/crew/pages/odd.html", PAGE), ("C/crew/pages/odd.txt", PAGE)]);
    let host = with_place()
        .file("logs/all.zip", zip(&[("C/crew/forms/odd.html", PAGE), ("inner.zip", &inner), ("note.txt", b"x")]))
        .file("logs/old/all.zip", &inner);
    let report = check(&host, "--rules rules --include *.html --exclude old/**");
    assert_eq!(paths(&report, "page"), ["all.zip!/C/crew/forms/odd.html", "all.zip!/inner.zip!/C/crew/pages/odd.html"]);
    // Two logs, the excluded archive, and two members.
    assert_eq!(report["narrowed"]["files_left_out"], 5);
    assert_eq!(unread(&report), []);
}

#[test]
fn a_bomb_in_pieces_costs_no_more_than_one_in_one_piece() {
    const PIECES: usize = 12;
    // Each is far below what is unpacked of a small archive without asking.
    let piece = gzip(&tar(&[("C/crew/pages/large.html", vec![0; 17 << 20].as_slice())]));
    let names: Vec<String> = (0..PIECES).map(|number| format!("{number:02}.tar.gz")).collect();
    let pieces: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), piece.as_slice())).collect();
    let host = with_place().file("logs/outer.tar", gzip(&tar(&pieces)));
    let report = check(&host, "");
    let told: Vec<_> =
        report["coverage"].as_array().unwrap().iter().flat_map(|kind| kind["unreadable"].as_array().unwrap()).collect();
    assert!(told.iter().all(|one| one["reason"] == "too-large"), "{told:?}");
    let of_outer: Vec<_> =
        told.iter().filter(|one| one["path"] == "outer.tar").map(|one| one["count"].as_u64().unwrap()).collect();
    // 64 MiB hold three of them; the fourth is cut.
    assert_eq!(of_outer, [PIECES as u64 - 4], "{told:?}");
    let cut: Vec<_> =
        told.iter().filter(|one| one["path"] != "outer.tar").map(|one| one["path"].as_str().unwrap()).collect();
    assert!(!cut.is_empty() && cut.iter().all(|path| path.starts_with("outer.tar!/03.tar.gz")), "{cut:?}");
    // One of them alone is read as a whole.
    let alone = check(&with_place().file("logs/outer.tar", gzip(&tar(&pieces[..1]))), "");
    assert_eq!(unread(&alone), []);
}
