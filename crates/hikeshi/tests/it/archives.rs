//! Archives that somebody made to hide something: names that come twice, bombs in pieces; and what of them is asked for.

use crate::kinds::{check, paths, tar, with_place};
use crate::mutations::zip;

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
