//! The mail server that a scenario plays on: its names, its product, where its files lie, how its logs are headed.

use crate::moment::{HOUR, Moment};

/// One server. All of it is constant text, so that a set of habits is one table.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// Name without domain.
    pub name: &'static str,
    /// DNS domain of the directory.
    pub domain: &'static str,
    /// The domain's old short name.
    pub netbios: &'static str,
    /// Names under which the outside reaches it.
    pub mail_names: &'static [&'static str],
    /// Its address inside.
    pub address: &'static str,
    /// Its link-local address, from which it calls itself.
    pub link_local: &'static str,
    /// The product as people call it.
    pub product: &'static str,
    /// The build, as `[15, 1, 2106, 2]`.
    pub build: [u16; 4],
    /// The last number of the first fixed build in the same line (../shared/facts/exchange-builds.csv).
    pub fixed: u16,
    /// The columns of its proxy logs.
    pub columns: Columns,
    /// How a log's columns are named at its head.
    pub heading: Heading,
    /// The product's folder, without a backslash at its end.
    pub install: &'static str,
    /// The folder of the web server's logs.
    pub web_logs: &'static str,
    /// Numbers of the front-end site and of the back-end site.
    pub sites: (u32, u32),
    /// The columns of the web server's logs.
    pub web_columns: WebColumns,
    /// The folder of the default site.
    pub web_root: &'static str,
    /// Accounts of its people.
    pub users: &'static [&'static str],
    /// The administrator's account.
    pub admin: &'static str,
    /// The domain's part of security identifiers.
    pub domain_sid: &'static str,
    /// The language of its Windows.
    pub tongue: Tongue,
}

/// A language of Windows, and the clock that goes with it: what is told in words or in local time differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// English; its clock runs in UTC.
    English,
    /// Japanese; its clock runs nine hours ahead.
    Japanese,
    /// German; its clock runs an hour ahead, as it does from November to March.
    German,
}

impl Tongue {
    /// One of the two texts; what is not known in German stands in English.
    pub fn choose<T>(self, english: T, japanese: T) -> T {
        match self {
            Self::English | Self::German => english,
            Self::Japanese => japanese,
        }
    }

    /// One of the three texts.
    pub fn speak<T>(self, english: T, japanese: T, german: T) -> T {
        match self {
            Self::English => english,
            Self::Japanese => japanese,
            Self::German => german,
        }
    }
}

/// Column lists of proxy logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// The list of 2013, without the shared cache and without the tail.
    Old,
    /// The list of 2016 without the tail that later updates brought.
    Middle,
    /// All 74.
    Full,
}

/// Ways in which the same log family heads its files (../shared/facts/log-formats.md, section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Comments alone.
    CommentsOnly,
    /// Comments, then the columns once more as a plain row.
    CommentsThenPlain,
    /// The plain row first, as early 2013 files have it.
    PlainThenComments,
}

/// Column lists of the web server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebColumns {
    /// The default selection.
    Default,
    /// With `cs-host` and bytes sent and received.
    Extended,
    /// With the address that a load balancer hands over.
    Forwarded,
    /// All that can be chosen, cookies among them.
    Whole,
    /// Few, neither agents nor ports; a file for each hour of the local clock.
    Lean,
    /// With the host's name and a field of the house's own at the end, for which files are named `_x`.
    Custom,
}

impl Host {
    /// `EX01.example.local`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.name, self.domain)
    }

    /// `EXAMPLE\EX01$`.
    pub fn machine_account(&self) -> String {
        format!("{}\\{}$", self.netbios, self.name)
    }

    /// `15.1.2106.2`.
    pub fn build_short(&self) -> String {
        let [major, minor, build, revision] = self.build;
        format!("{major}.{minor}.{build}.{revision}")
    }

    /// `15.01.2106.002`.
    pub fn build_long(&self) -> String {
        long(self.build)
    }

    /// A file below the product's folder.
    pub fn installed(&self, path: &str) -> String {
        format!("{}\\{path}", self.install)
    }

    /// A file below the default site's folder.
    pub fn rooted(&self, path: &str) -> String {
        format!("{}\\{path}", self.web_root)
    }

    /// The web server's log of a day, or of an hour where it is kept by the hour.
    pub fn web_log(&self, site: Site, time: Moment) -> String {
        let number = match site {
            Site::Front => self.sites.0,
            Site::Back => self.sites.1,
        };
        let (stamp, end) = match self.web_columns {
            WebColumns::Lean => (self.local(time).hour_stamp(), ""),
            WebColumns::Custom => (time.day_stamp(), "_x"),
            _ => (time.day_stamp(), ""),
        };
        format!("{}\\W3SVC{number}\\u_ex{}{end}.log", self.web_logs, stamp.get(2..).unwrap_or_default())
    }

    /// The first fixed build.
    pub fn fixed_build(&self) -> [u16; 4] {
        let [major, minor, build, _] = self.build;
        [major, minor, build, self.fixed]
    }

    /// What its clock shows at a moment.
    pub fn local(&self, time: Moment) -> Moment {
        time.plus(self.tongue.speak(0, 9 * HOUR, HOUR))
    }

    /// A moment as its objects print it.
    pub fn printed(&self, time: Moment) -> String {
        let local = self.local(time);
        self.tongue.speak(local.english(), local.japanese(), local.german())
    }

    /// An account as this Windows spells it: the names of its own authorities are translated.
    pub fn account(&self, english: &str) -> String {
        let local = self.tongue.speak("NT AUTHORITY\\", "NT AUTHORITY\\", "NT-AUTORIT\u{c4}T\\");
        english.replace("NT AUTHORITY\\", local)
    }

    /// The domain, as a distinguished name.
    pub fn distinguished(&self) -> String {
        self.domain.split('.').map(|part| format!("DC={part}")).collect::<Vec<_>>().join(",")
    }
}

/// The long spelling of a build.
pub fn long([major, minor, build, revision]: [u16; 4]) -> String {
    format!("{major}.{minor:02}.{build:04}.{revision:03}")
}

/// The two sites of the web server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Ports 80 and 443, from outside.
    Front,
    /// Ports 81 and 444, from the server itself.
    Back,
}

/// Windows' own log folder.
pub const EVENT_LOGS: &str = "C:\\Windows\\System32\\winevt\\Logs";
