//! Script, told by what it says and not by the name of its file.
//!
//! Marks of script that a web server runs leave no doubt and are searched for everywhere. Script that a person or a
//! program starts has no such marks; words that are usual in it are counted at its beginning.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input};
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use memchr::memmem;

use crate::record::Missed;

/// So many bytes behind a place where server script may begin are looked at.
const WINDOW: usize = 2_048;
/// So many bytes are looked at behind all such places of one file together.
const LOOKED_AT_CAP: usize = 64 << 20;

/// A language of script, by the family of its interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    /// Pages, controls and handlers of ASP.NET.
    Aspx,
    /// Classic ASP.
    Asp,
    /// PHP.
    Php,
    /// JavaServer Pages.
    Jsp,
    /// The shell of Windows since version 7.
    Ps1,
    /// Batch files.
    Bat,
    /// VBScript and its relatives.
    Vbs,
    /// JavaScript and JScript.
    Js,
    /// Unix shells.
    Sh,
    /// Python.
    Py,
    /// Perl.
    Pl,
}

/// Extensions that a family of scripts is run under.
const EXTENSIONS: [(Script, &[&str]); 11] = [
    (
        Script::Aspx,
        &["aspx", "ascx", "ashx", "asmx", "asax", "master", "svc", "soap", "rem", "cshtml", "vbhtml", "aspq", "skin"],
    ),
    (Script::Asp, &["asp", "asa", "cer", "cdx", "htr", "inc"]),
    (
        Script::Php,
        &["php", "php3", "php4", "php5", "php7", "php8", "phps", "phtml", "pht", "phar", "module", "inc", "ctp", "tpl"],
    ),
    (Script::Jsp, &["jsp", "jspx", "jspf", "jsw", "jsv", "jtml", "tag", "tagx"]),
    (Script::Ps1, &["ps1", "psm1", "psd1", "ps1xml", "pssc", "psrc", "cdxml"]),
    (Script::Bat, &["bat", "cmd"]),
    (Script::Vbs, &["vbs", "vbe", "vb", "bas", "cls", "wsf", "hta"]),
    (Script::Js, &["js", "jse", "mjs", "cjs", "jsx", "ts", "tsx", "wsf", "hta"]),
    (Script::Sh, &["sh", "bash", "zsh", "ksh", "cgi"]),
    (Script::Py, &["py", "pyw", "cgi"]),
    (Script::Pl, &["pl", "pm", "cgi"]),
];

/// Extensions that say nothing alone: other things than script have them too, or script of several languages.
const SHARED: [&str; 18] = [
    "inc", "cgi", "wsf", "hta", "module", "tpl", "tag", "rem", "soap", "skin", "master", "asa", "cer", "cdx", "htr",
    "vb", "bas", "cls",
];

impl Script {
    /// A stable word, which is its usual extension.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Aspx => "aspx",
            Self::Asp => "asp",
            Self::Php => "php",
            Self::Jsp => "jsp",
            Self::Ps1 => "ps1",
            Self::Bat => "bat",
            Self::Vbs => "vbs",
            Self::Js => "js",
            Self::Sh => "sh",
            Self::Py => "py",
            Self::Pl => "pl",
        }
    }

    /// Whether a web server runs it.
    #[must_use]
    pub const fn runs_on_server(self) -> bool {
        matches!(self, Self::Aspx | Self::Asp | Self::Php | Self::Jsp)
    }

    /// Whether its code stands between `<%` and `%>`.
    const fn has_blocks(self) -> bool {
        matches!(self, Self::Aspx | Self::Asp | Self::Jsp)
    }

    /// Whether files of this extension, in lower case, are expected to hold it.
    #[must_use]
    pub fn belongs_in(self, extension: &str) -> bool {
        let shebang = matches!(self, Self::Sh | Self::Py | Self::Pl) && extension.is_empty();
        shebang || EXTENSIONS.iter().any(|(script, extensions)| *script == self && extensions.contains(&extension))
    }

    /// The script that files of this extension, in lower case, are run as.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        let found = EXTENSIONS.iter().find(|(_, extensions)| extensions.contains(&extension));
        found.filter(|_| !SHARED.contains(&extension)).map(|(script, _)| *script)
    }
}

/// What [`find`] found.
#[derive(Default)]
pub(super) struct Found {
    /// The script of the first mark that leaves no doubt.
    pub(super) certain: Option<Script>,
    /// The script of the first mark before it that templates of other languages have too.
    pub(super) likely: Option<Script>,
    pub(super) missed: Option<Missed>,
}

/// How sure a mark is.
enum Mark {
    Certain(Script),
    Likely(Script),
}

/// Reads what stands behind an opening, in lower case, with the extension of the file at hand.
type Reading = fn(&[u8], &str) -> Option<Mark>;

/// Script for a web server, wherever in the bytes it begins.
pub(super) fn find(bytes: &[u8], extension: &str) -> Found {
    static OPENINGS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let openings = ["<%", "<?php", "<script", "<jsp:"];
        AhoCorasick::builder().ascii_case_insensitive(true).build(openings).ok()
    });
    let mut found = Found::default();
    let Some(openings) = OPENINGS.as_ref() else { return found };
    let (mut at, mut looked_at) = (0, 0);
    while let Some(opening) = openings.find(Input::new(bytes).range(at..)) {
        at = opening.end();
        if looked_at > LOOKED_AT_CAP {
            let surplus = openings.find_iter(Input::new(bytes).range(at..)).count() as u64 + 1;
            let missed = Missed::new(Gap::ValueCut)
                .because(both!("places where server script may begin", "サーバー側スクリプトが始まりうる箇所"));
            found.missed = Some(Missed { count: surplus, ..missed });
            break;
        }
        let behind = bytes.get(at..).unwrap_or_default();
        let window = behind.get(..WINDOW).unwrap_or(behind);
        if opening.pattern().as_usize() == 0 && found.likely.is_none() {
            // Where the name says that blocks are expected, one need not end nearby.
            found.likely = Script::of_extension(extension).filter(|named| named.has_blocks());
        }
        let (end, mark): (_, Reading) = match opening.pattern().as_usize() {
            0 => (memmem::find(window, b"%>"), block),
            1 => (Some(1.min(window.len())), php),
            2 => (memchr::memchr(b'>', window), server_element),
            _ => (Some(0), |_, _| Some(Mark::Certain(Script::Jsp))),
        };
        // Texts of other languages open such an element by chance; they do not close it.
        looked_at += end.unwrap_or(window.len());
        let Some(inside) = end.and_then(|end| window.get(..end)) else { continue };
        match mark(&inside.to_ascii_lowercase(), extension) {
            Some(Mark::Certain(script)) => {
                found.certain = Some(script);
                break;
            }
            Some(Mark::Likely(script)) => found.likely = found.likely.or(Some(script)),
            None => {}
        }
    }
    found
}

/// What stands between `<%` and `%>`, in lower case.
fn block(inside: &[u8], extension: &str) -> Option<Mark> {
    const JSP: [&[u8]; 6] =
        [b"request.getparameter", b"getruntime", b"out.print", b"processbuilder", b"java.", b"session.getattribute"];
    const ASPX: [&[u8]; 6] =
        [b"system.", b"httpcontext", b"request.files", b"convert.frombase64string", b"new process", b"encoding."];
    const ASP: [&[u8]; 11] = [
        b"eval(",
        b"eval ",
        b"execute(",
        b"execute ",
        b"executeglobal",
        b"response.",
        b"request(",
        b"request.",
        b"createobject",
        b"server.",
        b"session(",
    ];
    if let Some(directive) = inside.strip_prefix(b"@") {
        return directive_of(directive.trim_ascii_start(), extension).map(Mark::Certain);
    }
    let holds = |words: &[&[u8]]| words.iter().any(|word| memmem::find(inside, word).is_some());
    let script = if holds(&JSP) {
        Script::Jsp
    } else if holds(&ASPX) {
        Script::Aspx
    } else if holds(&ASP) {
        Script::Asp
    } else {
        return None;
    };
    Some(Mark::Likely(script))
}

/// The text of `<%@ … %>`, in lower case.
fn directive_of(directive: &[u8], extension: &str) -> Option<Script> {
    const ASPX: [&[u8]; 10] = [
        b"webhandler",
        b"webservice",
        b"control",
        b"master",
        b"application",
        b"assembly",
        b"register",
        b"servicehost",
        b"import",
        b"outputcache",
    ];
    let starts = |words: &[&[u8]]| {
        words.iter().filter_map(|word| directive.strip_prefix(*word)).any(|rest| {
            let next = rest.first();
            next.is_none_or(|next| !next.is_ascii_alphanumeric())
        })
    };
    let holds = |words: &[&[u8]]| words.iter().any(|word| memmem::find(directive, word).is_some());
    if starts(&ASPX) {
        Some(Script::Aspx)
    } else if starts(&[b"taglib", b"include", b"tag", b"attribute"]) {
        Some(Script::Jsp)
    } else if starts(&[b"page"]) {
        let java = holds(&[b"import=", b"pageencoding"]) || holds(&[b"java"]) && !holds(&[b"javascript"]);
        let named = Script::Jsp.belongs_in(extension) && !holds(&[b"inherits"]);
        Some(if java || named { Script::Jsp } else { Script::Aspx })
    } else if starts(&[b"language", b"codepage", b"enablesessionstate", b"transaction"]) {
        Some(if holds(&[b"c#", b"class=", b"codebehind"]) { Script::Aspx } else { Script::Asp })
    } else {
        None
    }
}

/// What stands behind `<?php`: its next byte.
fn php(next: &[u8], _: &str) -> Option<Mark> {
    let ends = next.first().is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'_');
    ends.then_some(Mark::Certain(Script::Php))
}

/// The attributes of `<script …>`, in lower case: whether the element runs on the server.
fn server_element(attributes: &[u8], extension: &str) -> Option<Mark> {
    let at = memmem::find(attributes, b"runat")?;
    let value = attributes.get(at + b"runat".len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let classic = memmem::find(attributes, b"vbscript").is_some() || Script::Asp.belongs_in(extension);
    let script = if classic { Script::Asp } else { Script::Aspx };
    value.trim_ascii_start().starts_with(b"server").then_some(Mark::Certain(script))
}

/// Words that are usual in a script, and how many of them make it sure enough. In lower case.
struct Usual {
    script: Script,
    enough: usize,
    words: &'static [&'static str],
}

const USUAL: [Usual; 4] = [
    Usual {
        script: Script::Ps1,
        enough: 3,
        words: &[
            "$env:",
            "new-object ",
            "invoke-",
            "write-host",
            "write-output",
            "-erroraction",
            "[system.",
            "[convert]::",
            "[text.encoding]::",
            "$_.",
            "foreach-object",
            "where-object",
            "import-module",
            "add-type",
            "out-null",
            "$true",
            "$null",
            "cmdletbinding",
            "param(",
            "get-childitem",
            "get-content",
            "set-content",
            "start-process",
            "frombase64string(",
            "downloadstring(",
            "|iex",
            "| iex",
            "iex(",
            "iex (",
        ],
    },
    Usual {
        script: Script::Bat,
        enough: 3,
        words: &[
            "\nset ",
            "\nif exist ",
            "\nif not exist ",
            "\ngoto ",
            "\nfor %%",
            "%~dp0",
            "\necho.",
            "setlocal",
            "endlocal",
            "exit /b",
            ">nul",
            "> nul",
            "\nrem ",
            "\n@echo ",
            "errorlevel",
        ],
    },
    Usual {
        script: Script::Vbs,
        enough: 3,
        words: &[
            "createobject(",
            "on error resume next",
            "\ndim ",
            "wscript.",
            "end sub",
            "end function",
            "\nset ",
            "msgbox",
            "option explicit",
            "\nprivate sub ",
            "\nsub ",
            "executeglobal",
            "getobject(",
        ],
    },
    Usual {
        script: Script::Js,
        enough: 4,
        words: &[
            "function(",
            "function (",
            " === ",
            "new activexobject",
            "wscript.",
            "eval(",
            "document.",
            "window.",
            "typeof ",
            "fromcharcode",
            "\nvar ",
            ";var ",
            "new function(",
            "addeventlistener",
            ".prototype",
        ],
    },
];

/// Script that is started by a person or a program, by the usual words in its beginning; `None` for markup, which is
/// run by what displays it.
pub(super) fn weigh(beginning: &[u8]) -> Option<Script> {
    const FIRST_LINE: usize = 256;
    let interpreter = beginning.strip_prefix(b"#!").map(<[u8]>::trim_ascii_start);
    if let Some(line) = interpreter.filter(|line| line.starts_with(b"/")) {
        let line = line.get(..FIRST_LINE).unwrap_or(line).split(|byte| *byte == b'\n').next().unwrap_or_default();
        let names = |name: &[u8]| memmem::find(line, name).is_some();
        return [(Script::Py, "python"), (Script::Pl, "perl"), (Script::Ps1, "pwsh"), (Script::Php, "php")]
            .into_iter()
            .chain([(Script::Js, "node"), (Script::Sh, "sh")])
            .find(|(_, name)| names(name.as_bytes()))
            .map(|(script, _)| script);
    }
    if beginning.starts_with(b"<") {
        return None;
    }
    // The words of batch files and VBScript count at the beginning of a line.
    let lower = [b"\n", beginning].concat().to_ascii_lowercase();
    if lower.starts_with(b"\n@echo o") || lower.starts_with(b"\n@if ") || lower.starts_with(b"\n@set ") {
        return Some(Script::Bat);
    }
    let weights = USUAL.iter().map(|usual| {
        let count = usual.words.iter().filter(|word| memmem::find(&lower, word.as_bytes()).is_some()).count();
        (count, usual)
    });
    let best = weights.filter(|(count, usual)| *count >= usual.enough).max_by_key(|(count, _)| *count);
    best.map(|(_, usual)| usual.script)
}
