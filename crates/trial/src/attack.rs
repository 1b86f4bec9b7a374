//! What intruders do, step by step, and what each step leaves. No step is an attack: each writes the rows, events and
//! files that are there afterwards.

pub mod aftermath;
pub mod chain;
pub mod directory;
pub mod foothold;
pub mod odd_page;
pub mod page_use;
pub mod shell;
pub mod spoor;
pub mod theft;

use crate::host::Host;
use crate::server::Server;

/// Somebody who goes in, with habits of their own.
#[derive(Debug, Clone, Copy)]
pub struct Intruder {
    /// Where they come from; the first address runs the chain, the last uses the pages.
    pub addresses: &'static [&'static str],
    /// Agent of the chain's first step, which asks for a mailbox.
    pub locate_agent: &'static str,
    /// Agent of the other steps.
    pub chain_agent: &'static str,
    /// Agent that uses pages.
    pub page_agent: &'static str,
    /// The static resource that the forged requests name.
    pub stem: &'static str,
    /// What stands between the tilde and the first slash; `HOST` is the server's full name.
    pub target: &'static str,
    /// What ends an anchor.
    pub ending: &'static str,
    /// The cookie that was forged, as the proxy names it.
    pub hint: &'static str,
    /// Milliseconds between steps.
    pub pace: i64,
    /// The text before the script in the address that is planted.
    pub url_head: &'static str,
    /// The request item that the script runs.
    pub item: &'static str,
    /// Their pages.
    pub pages: &'static [Page],
    /// What they run through a page; `DIR` is the page's folder.
    pub commands: &'static [&'static str],
}

/// A page, where it lies and how it is reached.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Folder.
    pub place: Place,
    /// File name.
    pub name: &'static str,
}

/// A folder that is reached from outside.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Whether it lies below the default site's folder, or else below the product's.
    pub below: Below,
    /// Folder.
    pub folder: &'static str,
    /// Path outside.
    pub url: &'static str,
    /// The proxy's log that sees requests for it.
    pub protocol: Option<&'static str>,
}

impl Place {
    /// A folder of the product, and the proxy's log that sees requests for it.
    pub const fn product(folder: &'static str, url: &'static str, protocol: &'static str) -> Self {
        Self { below: Below::Product, folder, url, protocol: Some(protocol) }
    }

    /// A folder of the default site.
    pub const fn site(folder: &'static str, url: &'static str) -> Self {
        Self { below: Below::Site, folder, url, protocol: None }
    }
}

/// What a [`Place`] lies below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Below {
    /// The product's folder.
    Product,
    /// The default site's folder.
    Site,
}

impl Page {
    /// Its Windows path.
    pub fn path(&self, host: &Host) -> String {
        format!("{}\\{}", self.folder(host).trim_end_matches('\\'), self.name)
    }

    /// The Windows path of its folder.
    pub fn folder(&self, host: &Host) -> String {
        match self.place.below {
            Below::Product => host.installed(self.place.folder),
            Below::Site => host.rooted(self.place.folder),
        }
    }

    /// Its path outside.
    pub fn url(&self) -> String {
        format!("{}/{}", self.place.url, self.name)
    }

    /// The application whose compiled pages hold it.
    pub fn application(&self) -> &'static str {
        match self.place.url.split('/').nth(1) {
            Some("owa") => "owa",
            Some("ecp") => "ecp",
            _ => "root",
        }
    }
}

/// An intruder at work on a server, at a moment that each step moves on.
pub struct Attack<'a> {
    /// The server.
    pub server: &'a mut Server,
    /// Who.
    pub who: &'static Intruder,
    /// Their number among the server's actors.
    pub actor: usize,
    /// Now.
    pub time: crate::moment::Moment,
}

impl<'a> Attack<'a> {
    /// Begins with an actor of its own.
    pub fn begin(
        server: &'a mut Server,
        who: &'static Intruder,
        kind: crate::truth::ActorKind,
        time: crate::moment::Moment,
    ) -> Self {
        let actor = server.actor(kind, who.addresses);
        Self { server, who, actor, time }
    }

    /// Goes on with an actor that is known.
    pub fn resume(server: &'a mut Server, who: &'static Intruder, actor: usize, time: crate::moment::Moment) -> Self {
        Self { server, who, actor, time }
    }

    /// Lets time pass: the intruder's pace, a little more or less.
    pub fn pause(&mut self) {
        let pace = self.who.pace;
        self.time = self.time.plus(pace + self.server.dice.between(0, pace / 3));
    }

    fn first_address(&self) -> &'static str {
        self.who.addresses.first().copied().unwrap_or_default()
    }

    fn last_address(&self) -> &'static str {
        self.who.addresses.last().copied().unwrap_or_default()
    }
}
