//! What is carried off without a planted page or through one: mail by another cookie, the address book, archives in
//! parts, and a tunnel to the servers behind.

use super::chain::Forged;
use super::{Attack, Page};
use crate::format::hive::{self, Value};
use crate::format::web::{self, Back, Request};
use crate::moment::{Moment, SECOND};
use crate::server::Mark;
use crate::technique::Technique;
use crate::truth::Weight;

impl Attack<'_> {
    /// Forged requests whose route stands in the back end's cookie alone, so that the proxy names no anchor
    /// (../shared/facts/detection-logic.md, L20): `calls` calls to `path`.
    pub fn by_cookie(&mut self, path: &str, calls: u32, status: u16) {
        let host = self.server.host;
        let is_in = status == 200;
        let (technique, about) = if is_in {
            (Technique::MailReading, format!("requests with a forged cookie read mail at {path}"))
        } else {
            (Technique::FailedForgery, format!("a request with a forged cookie for {path} ends with {status}"))
        };
        let keys = web::keys(self.server, &Mark::must(technique, self.actor, about), true);
        let cookie = format!("Server~{}{path}?~1941962754", host.full_name());
        let machine = host.machine_account();
        for _ in 0..calls {
            let request = Request {
                time: self.time,
                client: self.first_address(),
                mail_name: host.mail_names.first().copied().unwrap_or_default(),
                protocol: Some(if self.who.stem.starts_with("/owa") { "Owa" } else { "Ecp" }),
                method: "POST",
                stem: self.who.stem,
                agent: self.who.locate_agent,
                cookie: &cookie,
                status,
                back_status: is_in.then_some(status),
                back: is_in.then_some(Back { stem: path, query: "", user: &machine, status }),
                sizes: (988, 21_406),
                took: self.server.dice.between(60, 1_300),
                ..Request::default()
            };
            web::record_with(self.server, &request, keys);
            self.time = self.time.plus(self.server.dice.between(3, 90) * SECOND);
        }
    }

    /// Asks for mailboxes that are not there, before one that is.
    pub fn guess(&mut self, times: u32) {
        for _ in 0..times {
            let forged = Forged {
                agent: self.who.locate_agent,
                path: "/autodiscover/autodiscover.xml",
                query: "",
                status: 200,
                back_status: Some(200),
                errors: "",
            };
            let about = "a forged request asks for a mailbox that is not there";
            self.step(&forged, Mark::supporting(Technique::ForgedRoute, self.actor, about));
        }
    }

    /// Downloads the address book by forged requests.
    pub fn take_address_book(&mut self) {
        let book = self.server.dice.guid();
        for file in ["oab.xml", "data-1.lzx"] {
            let path = format!("/OAB/{book}/{file}");
            let forged = Forged {
                agent: self.who.chain_agent,
                path: &path,
                query: "",
                status: 200,
                back_status: Some(200),
                errors: "",
            };
            let about = format!("a forged request downloads {file} of the address book");
            self.step(&forged, Mark::must(Technique::MailReading, self.actor, about));
        }
    }

    /// Looks at pages that anyone may see.
    pub fn look(&mut self, stems: &[(&str, Option<&'static str>, u16)]) {
        let host = self.server.host;
        let mark = Mark::context(Technique::Scan, self.actor, "looks which product and build answers");
        for (stem, protocol, status) in stems {
            let request = Request {
                time: self.time,
                client: self.first_address(),
                mail_name: host.mail_names.last().copied().unwrap_or_default(),
                protocol: *protocol,
                stem,
                agent: self.who.chain_agent,
                status: *status,
                ..Request::default()
            };
            web::record(self.server, &request, Some(&mark));
            self.pause();
        }
    }

    /// A file of that many bytes is fetched through the web.
    pub fn carry_off(&mut self, stem: &str, size: u64) {
        let host = self.server.host;
        let took = i64::try_from(size / 740).unwrap_or(0);
        let request = Request {
            time: self.time,
            client: self.last_address(),
            mail_name: host.mail_names.first().copied().unwrap_or_default(),
            stem,
            agent: self.who.page_agent,
            sizes: (341, size),
            took,
            ..Request::default()
        };
        let mark = Mark::must(Technique::WebExfiltration, self.actor, format!("{stem} is fetched from outside"));
        web::record(self.server, &request, Some(&mark));
        self.time = self.time.plus(took + 9 * SECOND);
    }

    /// A copy of a hive, under another name; `path` is a key in it.
    pub fn leave_hive(&mut self, place: &str, name: &str, path: &str) {
        let about = format!("leaves {place}, a copy of {name}");
        let key = self.server.key(Mark::must(Technique::CredentialDump, self.actor, about));
        let mut root = hive::Key::default();
        root.set(path, "", Value::Number(0), Moment::day(2019, 11, 12));
        self.server.file(place, root.write(name, self.time), self.time, Some(key));
        self.pause();
    }

    /// A page that carries connections to the servers behind (`cmd=connect`, then many of `read` and `forward`).
    pub fn tunnel(&mut self, page: &Page, targets: &[(&str, u16)], turns: u32) {
        let mark = Mark::must(Technique::Tunnel, self.actor, format!("{} carries connections inside", page.name));
        let keys = web::keys(self.server, &mark, page.place.protocol.is_some());
        for (target, port) in targets {
            self.tunnelled(page, &format!("cmd=connect&target={target}&port={port}"), keys);
            for turn in 0..turns {
                self.tunnelled(page, if turn % 3 == 0 { "cmd=forward" } else { "cmd=read" }, keys);
                self.time = self.time.plus(self.server.dice.between(40, 600));
            }
            self.tunnelled(page, "cmd=disconnect", keys);
            self.time = self.time.plus(self.server.dice.between(20, 400) * SECOND);
        }
        let mark = Mark::supporting(Technique::CompiledPage, self.actor, format!("{} was compiled", page.name));
        self.compile(page, mark);
    }

    fn tunnelled(&mut self, page: &Page, query: &str, keys: web::Keys) {
        let host = self.server.host;
        let url = page.url();
        let request = Request {
            time: self.time,
            client: self.last_address(),
            mail_name: host.mail_names.first().copied().unwrap_or_default(),
            protocol: page.place.protocol,
            method: "POST",
            stem: &url,
            query,
            agent: self.who.page_agent,
            sizes: (412, 1_518),
            took: self.server.dice.between(4, 90),
            ..Request::default()
        };
        web::record_with(self.server, &request, keys);
        self.time = self.time.plus(70);
    }

    /// Uses a page by `GET`, with what is to be run in the query; the moments of use are the caller's.
    pub fn ask_by_query(&mut self, page: &Page, query: &str, weight: Weight) {
        let host = self.server.host;
        let url = page.url();
        let mark = Mark::must(Technique::ShellUse, self.actor, format!("{} is asked with `{query}`", page.name));
        let referer = format!("https://{}{url}", host.mail_names.first().copied().unwrap_or_default());
        let request = Request {
            time: self.time,
            client: self.last_address(),
            mail_name: host.mail_names.first().copied().unwrap_or_default(),
            protocol: page.place.protocol,
            stem: &url,
            query,
            agent: self.who.page_agent,
            referer: &referer,
            sizes: (390, 1_127),
            took: self.server.dice.between(30, 2_200),
            ..Request::default()
        };
        web::record(self.server, &request, Some(&Mark { weight, ..mark }));
        self.pause();
    }

    /// A page as a whole file, not written by a reset.
    pub fn lay_page(&mut self, page: &Page, text: &str, modified: Moment) {
        let path = page.path(&self.server.host);
        let mark = Mark::must(Technique::ShellFile, self.actor, format!("the page {}", page.name));
        let key = self.server.key(mark);
        self.server.file(&path, text.as_bytes().to_vec(), modified, Some(key));
    }
}
