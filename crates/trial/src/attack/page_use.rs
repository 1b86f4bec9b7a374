//! A planted page at work: requests for it, and the processes that it starts.

use super::odd_page::OddPage;
use super::{Attack, Page};
use crate::event::make::Process;
use crate::format::web::{self, Keys, Request};
use crate::format::whole;
use crate::moment::SECOND;
use crate::server::Mark;
use crate::technique::Technique;

/// Whether the server keeps a record of processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processes {
    /// It does.
    Kept,
    /// It does not, as most mail servers.
    Unknown,
}

/// What runs pages.
pub const WORKER: &str = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";

impl Page {
    fn pool(&self) -> &'static str {
        match self.application() {
            "owa" => "MSExchangeOWAAppPool",
            "ecp" => "MSExchangeECPAppPool",
            _ => "DefaultAppPool",
        }
    }

    /// The command line of the worker that runs it.
    pub fn worker(&self) -> String {
        let pool = self.pool();
        format!("c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"{pool}\" -v \"v4.0\" -l \"webengine4.dll\"")
    }

    /// The account of that worker.
    pub fn runs_as(&self) -> &'static str {
        match self.pool() {
            "DefaultAppPool" => "IIS APPPOOL\\DefaultAppPool",
            _ => "NT AUTHORITY\\SYSTEM",
        }
    }
}

impl Attack<'_> {
    /// Uses a page: a look at it, then one request for each command.
    pub fn use_page(&mut self, page: &Page, processes: Processes) {
        let mark = Mark::must(Technique::ShellUse, self.actor, format!("requests for the planted page {}", page.name));
        let keys = web::keys(self.server, &mark, page.place.protocol.is_some());
        self.ask(page, "GET", 200, keys);
        for command in self.who.commands {
            self.ask(page, "POST", 200, keys);
            if processes == Processes::Kept {
                self.run(page, &whole(command));
            }
            self.time = self.time.plus(self.server.dice.between(5, 70) * SECOND);
        }
        let compiled = Mark::supporting(Technique::CompiledPage, self.actor, format!("{} was compiled", page.name));
        self.compile(page, compiled);
    }

    /// Requests for a page that is there no more.
    pub fn miss_page(&mut self, page: &Page, times: u32) {
        let about = format!("requests for {} after its removal", page.name);
        let mark = Mark::supporting(Technique::ShellUse, self.actor, about);
        let keys = web::keys(self.server, &mark, page.place.protocol.is_some());
        for _ in 0..times {
            let status = if page.place.protocol.is_some() { 302 } else { 404 };
            self.ask(page, "POST", status, keys);
            self.time = self.time.plus(self.server.dice.between(60, 900) * SECOND);
        }
    }

    /// One request for a page.
    pub fn ask(&mut self, page: &Page, method: &str, status: u16, keys: Keys) {
        let host = self.server.host;
        let url = page.url();
        let request = Request {
            time: self.time,
            client: self.last_address(),
            mail_name: host.mail_names.first().copied().unwrap_or_default(),
            protocol: page.place.protocol,
            method,
            stem: &url,
            agent: self.who.page_agent,
            status,
            sizes: (611, 904),
            took: self.server.dice.between(12, 420),
            ..Request::default()
        };
        web::record_with(self.server, &request, keys);
        self.time = self.time.plus(800);
    }

    /// Requests with each method for each of these pages that is a shell and is asked for by its name; so many seconds pass
    /// behind each request.
    pub fn ask_for_each(
        &mut self,
        all: &[OddPage],
        is_asked_for: fn(&str) -> bool,
        methods: &[&str],
        (least, most): (i64, i64),
    ) {
        let shells = all.iter().filter(|odd| odd.technique == Technique::ShellFile && is_asked_for(odd.page.name));
        for odd in shells {
            let about = format!("requests for the planted page {}", odd.page.name);
            let mark = Mark::must(Technique::ShellUse, self.actor, about);
            let keys = web::keys(self.server, &mark, odd.page.place.protocol.is_some());
            for method in methods {
                self.ask(&odd.page, method, 200, keys);
                self.time = self.time.plus(self.server.dice.between(least, most) * SECOND);
            }
        }
    }

    /// One command that a page runs.
    fn run(&mut self, page: &Page, command: &str) {
        let host = self.server.host;
        let folder = page.folder(&host);
        let command = command.replace("DIR", &folder);
        let parent_command = page.worker();
        let process = Process {
            parent: WORKER,
            parent_command: &parent_command,
            image: "C:\\Windows\\System32\\cmd.exe",
            command: &command,
            user: page.runs_as(),
        };
        let mark = Mark::must(Technique::ShellProcess, self.actor, format!("a page runs: {command}"));
        self.process(&process, &mark);
    }
}
