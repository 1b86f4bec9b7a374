//! Archives that somebody made to hide something: names that come twice, bombs in pieces; and what of them is asked for.

use crate::kinds::{check, paths, tar, with_place};
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
