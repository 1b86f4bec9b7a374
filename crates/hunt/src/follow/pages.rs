//! Pages that a web server runs, as findings name them: in a request, in a command, as a file.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

/// A page, by its name and the folder that holds it, in lower case. More of its path is written in different ways: the
/// folder of a site on the disk is another than in its URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Page {
    /// Empty where the page lies in the root of a site.
    folder: String,
    name: String,
}

/// Endings of files that web servers on Windows run. Source: <https://learn.microsoft.com/en-us/previous-versions/aspnet/2wawkw1c(v=vs.100)>;
/// `.php` and `.jsp` where their engines are installed.
const NAMED: &str = r#"(?i)(?:([^\\/:*?"'<>|=&;,()\s]{1,80})[\\/]+)?([^\\/:*?"'<>|=&;,()\s]{1,80}\.(?:aspx|ashx|asmx|ascx|asp|cshtml|vbhtml|jspx?|php))(?:[^\w.-]|$)"#;

/// Services are asked for in many requests that only pass by, so they are pages where a path of the disk names them.
const ON_DISK: &str =
    r#"(?i)([^\\/:*?"'<>|=&;,()\s]{1,80})[\\/]+([^\\/:*?"'<>|=&;,()\s]{1,80}\.(?:svc|soap|shtml?|stm))(?:[^\w.-]|$)"#;

#[expect(clippy::expect_used, reason = "the expression stands above, and a test compiles it")]
static PAGE: LazyLock<Regex> = LazyLock::new(|| Regex::new(NAMED).expect("the expression for pages compiles"));
#[expect(clippy::expect_used, reason = "the expression stands above, and a test compiles it")]
static FILE: LazyLock<Regex> = LazyLock::new(|| Regex::new(ON_DISK).expect("the expression for files compiles"));

impl Page {
    pub(crate) fn new(folder: &str, name: &str) -> Self {
        Self { folder: folder.to_lowercase(), name: name.to_lowercase() }
    }

    /// The pages that a text names. `roots` are folders that are the root of a site.
    pub(crate) fn all_in(text: &str, roots: &BTreeSet<&str>) -> impl Iterator<Item = Self> {
        let of_disk = text.contains('\\').then(|| FILE.captures_iter(text));
        PAGE.captures_iter(text).chain(of_disk.into_iter().flatten()).filter_map(move |found| {
            let page = Self::new(found.get(1).map_or("", |folder| folder.as_str()), found.get(2)?.as_str());
            Some(page.in_site(roots))
        })
    }

    /// Any file by its path: what lies in a site can be asked for, whatever it is.
    pub(crate) fn of_file(path: &str, roots: &BTreeSet<&str>) -> Option<Self> {
        let mut parts = path.rsplit(['\\', '/']);
        let (name, folder) = (parts.next()?, parts.next()?);
        let is_in_site = path.to_lowercase().split(['\\', '/']).any(|part| roots.contains(part));
        is_in_site.then(|| Self::new(folder, name).in_site(roots))
    }

    /// The page that is meant where a file at `path` names one without its folder.
    pub(crate) fn beside(self, path: &str) -> Self {
        let folder = path.rsplit(['\\', '/']).nth(1).unwrap_or_default().to_lowercase();
        if self.folder.is_empty() { Self { folder, ..self } } else { self }
    }

    fn in_site(self, roots: &BTreeSet<&str>) -> Self {
        if roots.contains(self.folder.as_str()) { Self { folder: String::new(), ..self } } else { self }
    }

    /// Whether a web server runs it, rather than hands it out.
    pub(crate) fn is_run(&self) -> bool {
        PAGE.is_match(&self.name) || FILE.is_match(&format!(r"x\{}", self.name))
    }

    /// The file's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A regular expression for the path of a request for it.
    pub(crate) fn requested(&self) -> String {
        let name = regex::escape(&self.name);
        match self.folder.as_str() {
            "" => format!("(?i)^/{name}$"),
            folder => format!("(?i)/{}/{name}$", regex::escape(folder)),
        }
    }

    /// The end of its path on the disk.
    pub(crate) fn on_disk(&self) -> Option<String> {
        (!self.folder.is_empty()).then(|| format!("{}\\{}", self.folder, self.name))
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.folder, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_the_same_in_a_request_a_command_and_a_file() {
        for text in [
            "/owa/auth/Odd.aspx",
            "POST https://mail.example.org/owa/auth/odd.aspx?x=1",
            r"\\127.0.0.1\c$\Program Files\V15\FrontEnd\HttpProxy\owa\auth\odd.aspx",
            r"FilePathName=C:\\web\\auth\\odd.aspx,",
            "auth/odd.aspx",
        ] {
            assert_eq!(
                Page::all_in(text, &BTreeSet::new()).collect::<Vec<_>>(),
                [Page::new("auth", "odd.aspx")],
                "{text}"
            );
        }
        let roots = BTreeSet::from(["www"]);
        for text in ["/odd.aspx", r"C:\sites\WWW\odd.aspx"] {
            assert_eq!(Page::all_in(text, &roots).collect::<Vec<_>>(), [Page::new("", "odd.aspx")]);
        }
    }

    #[test]
    fn what_a_web_server_does_not_run_is_no_page() {
        for text in [
            "/ecp/y.js",
            "/owa/auth/x.aspx.bak",
            "x.aspx.cdcab7d2.compiled",
            "a.aspxx",
            ".aspx.",
            "/ecp/proxyLogon.ecp",
        ] {
            assert_eq!(Page::all_in(text, &BTreeSet::new()).count(), 0, "{text}");
        }
    }
}
