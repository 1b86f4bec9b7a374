//! From the first forged request to a page on the server, and mail read without one.

use super::directory::{self, Directory};
use super::{Attack, Page};
use crate::event::make::{self, Process};
use crate::format::ecp::{self, Command};
use crate::format::ews::{self, Call};
use crate::format::web::{self, Back, Keys, Request};
use crate::format::{compiled, oab, process};
use crate::moment::{MINUTE, SECOND};
use crate::server::{Encoding, Key, Mark};
use crate::technique::Technique;
use crate::truth::Weight;

/// A forged request: what it reached and what came of it.
pub(super) struct Forged<'a> {
    pub(super) agent: &'static str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) status: u16,
    pub(super) back_status: Option<u16>,
    pub(super) errors: &'a str,
}

impl Attack<'_> {
    fn forge(&mut self, forged: &Forged<'_>, keys: Keys) {
        let host = self.server.host;
        let query = if forged.query.is_empty() { String::new() } else { format!("?{}", forged.query) };
        let target = self.who.target.replace("HOST", &host.full_name());
        let anchor = format!("ServerInfo~{target}{}{query}{}", forged.path, self.who.ending);
        let protocol = if self.who.stem.starts_with("/owa") { "Owa" } else { "Ecp" };
        let machine = host.machine_account();
        let back =
            Back { stem: forged.path, query: forged.query, user: &machine, status: forged.back_status.unwrap_or(0) };
        let request = Request {
            time: self.time,
            client: self.first_address(),
            mail_name: self.server.dice.pick(host.mail_names),
            protocol: Some(protocol),
            method: "POST",
            stem: self.who.stem,
            agent: forged.agent,
            anchor: &anchor,
            hint: self.who.hint,
            status: forged.status,
            back_status: forged.back_status,
            back: forged.back_status.map(|_| back),
            sizes: (1_204, 3_377),
            took: self.server.dice.between(40, 900),
            errors: forged.errors,
            ..Request::default()
        };
        web::record_with(self.server, &request, keys);
    }

    pub(super) fn step(&mut self, forged: &Forged<'_>, mark: Mark) {
        let keys = web::keys(self.server, &mark, true);
        self.forge(forged, keys);
        self.pause();
    }

    /// Looks at the sign-in page first, as anyone may.
    pub fn knock(&mut self) {
        let host = self.server.host;
        let mark = Mark::context(Technique::Scan, self.actor, "looks which product and build answers");
        for stem in ["/owa/auth/logon.aspx", "/ecp/default.flt"] {
            let request = Request {
                time: self.time,
                client: self.first_address(),
                mail_name: host.mail_names.first().copied().unwrap_or_default(),
                protocol: Some(if stem.starts_with("/owa") { "Owa" } else { "Ecp" }),
                stem,
                agent: self.who.chain_agent,
                ..Request::default()
            };
            web::record(self.server, &request, Some(&mark));
            self.pause();
        }
    }

    /// A forged request that the server refused, or that reached nothing.
    pub fn fail(&mut self, path: &str, status: u16) {
        let back_status = (status != 503 && status != 404).then_some(status);
        let errors = match status {
            503 => "ServerNotFound: Unable to find target server",
            500 => "System.Net.WebException: The remote server returned an error: (500) Internal Server Error.",
            _ => "",
        };
        let forged = Forged { agent: self.who.chain_agent, path, query: "", status, back_status, errors };
        let about = format!("forged request for {path} ends with {status}");
        self.step(&forged, Mark::must(Technique::FailedForgery, self.actor, about));
    }

    /// Asks for a mailbox by its address, then for the account behind it.
    pub fn locate(&mut self) {
        let path = "/autodiscover/autodiscover.xml";
        let forged =
            Forged { agent: self.who.locate_agent, path, query: "", status: 200, back_status: Some(200), errors: "" };
        self.step(&forged, Mark::supporting(Technique::ForgedRoute, self.actor, "a forged request asks for a mailbox"));
        let forged = Forged { agent: self.who.chain_agent, path: "/mapi/emsmdb/", ..forged };
        let about = "a forged request learns the account's identifier";
        self.step(&forged, Mark::supporting(Technique::ForgedRoute, self.actor, about));
    }

    /// Sets up an administrator's session: status 241.
    pub fn take_session(&mut self) {
        let forged = Forged {
            agent: self.who.chain_agent,
            path: "/ecp/proxyLogon.ecp",
            query: "",
            status: 241,
            back_status: Some(241),
            errors: "",
        };
        let mark =
            Mark::must(Technique::SessionTaken, self.actor, "a forged request sets up an administrator's session");
        self.step(&forged, mark);
    }

    /// Reads mail by forged requests: `calls` calls, a moment apart.
    pub fn read_mail(&mut self, calls: u32) {
        let about = "forged requests read mail through the web services";
        let mark = Mark::must(Technique::MailReading, self.actor, about);
        let keys = web::keys(self.server, &mark, true);
        let act = Mark::supporting(Technique::MailReading, self.actor, "the web services' own log of the same");
        let seen = self.server.key(act);
        let host = self.server.host;
        for number in 0..calls {
            let forged = Forged {
                agent: self.who.locate_agent,
                path: "/EWS/Exchange.asmx",
                query: "",
                status: 200,
                back_status: Some(200),
                errors: "",
            };
            self.forge(&forged, keys);
            let name = self.server.dice.pick(host.users);
            let acting_as = format!("{name}@{}", host.domain);
            let action = match number {
                0 => "FindFolder",
                _ => self.server.dice.pick(&["FindItem", "GetItem", "GetItem", "GetAttachment"]),
            };
            let call = Call {
                user: "",
                acting_as: &acting_as,
                agent: self.who.locate_agent,
                client: self.first_address(),
                action,
                status: 200,
            };
            ews::call(self.server, self.time, &call, Some(seen));
            self.time = self.time.plus(self.server.dice.between(2, 40) * SECOND);
        }
    }

    /// Plants a script as a directory's address and has it written as a page by a reset.
    pub fn plant_by_url(&mut self, page: &Page, script: &str) {
        self.plant_by_directory(page, script, &directory::ADDRESS_BOOK);
    }

    /// The same by any directory that has an address and can be reset.
    pub fn plant_by_directory(&mut self, page: &Page, script: &str, directory: &Directory) {
        let Directory { noun, schema, property, .. } = *directory;
        let (guid, session) = (self.server.dice.guid(), self.server.dice.guid());
        let canary = self.server.dice.canary();
        let host = self.server.host;
        let url = format!("{}{script}", self.who.url_head);
        self.directory_request("GetObject", schema, &canary, "asks for the directory");
        let get = format!("Get-{noun}.ADPropertiesOnly=$true.Identity=$null");
        let key =
            self.server.key(Mark::context(Technique::ForgedRoute, self.actor, "the command that the request ran"));
        self.command(&get, "GetObject", schema, &canary, &session, Some(key));

        let set = format!("Set-{noun}.{property}='{url}'.Identity='{guid}'");
        let mark = Mark::must(Technique::UrlPlanting, self.actor, "the directory's address is set to a script");
        let key = self.server.key(mark.clone());
        self.command(&set, "SetObject", schema, &canary, &session, Some(key));
        let identity = format!("{}\\{} (Default Web Site)", host.name, directory.name);
        let parameters = format!("-{property} \"{url}\" -Identity \"{identity}\"");
        let by = format!("{}/Users/{}", host.domain, host.admin);
        let event = make::command_logged(&host, self.time, &format!("Set-{noun}"), &parameters, &by, "");
        let logged = self.server.key(mark);
        self.server.event(event, Some(logged));
        self.directory_request("SetObject", schema, &canary, "sets the directory's address to a script");

        let text = (directory.dump)(&host, self.time, &guid, &url);
        let path = page.path(&host);
        let about = format!("the page {} that the reset wrote", page.name);
        let written = self.server.key(Mark::must(Technique::ShellFile, self.actor, about));
        self.server.text(&path, &text, Encoding::Plain, self.time, &[(property, written)]);
        let reset = format!("Reset{schema}");
        let (switch, state) = directory.unasked;
        let remove = format!("Remove-{schema}.{switch}=${}.Identity='{identity}'", state.to_lowercase());
        let mark = Mark::supporting(Technique::DirectoryReset, self.actor, "the directory is removed and made anew");
        let key = self.server.key(mark.clone());
        self.command(&remove, "SetObject", &reset, &canary, &session, Some(key));
        let folder = host.installed(directory.folder);
        let new = format!("New-{schema}.WebSiteName='Default Web Site'.Server='{}'.Path='{folder}'", host.name);
        self.command(&new, "SetObject", &reset, &canary, &session, Some(key));
        for (name, parameters) in [
            ("Remove", format!("-{switch} \"{state}\" -Identity \"{identity}\"")),
            ("New", format!("-WebSiteName \"Default Web Site\" -Server \"{}\"", host.name)),
        ] {
            let logged = self.server.same_act(key, mark.clone());
            let name = format!("{name}-{noun}");
            self.server.event(make::command_logged(&host, self.time, &name, &parameters, &by, ""), Some(logged));
        }
        self.directory_request("SetObject", &reset, &canary, "resets the directory");
    }

    fn directory_request(&mut self, method: &str, schema: &str, canary: &str, about: &str) {
        let path = format!("/ecp/DDI/DDIService.svc/{method}");
        let query = format!("msExchEcpCanary={canary}&schema={schema}");
        let forged = Forged {
            agent: self.who.chain_agent,
            path: &path,
            query: &query,
            status: 200,
            back_status: Some(200),
            errors: "",
        };
        let about = format!("a forged request {about}");
        let technique = if schema.starts_with("Reset") { Technique::DirectoryReset } else { Technique::UrlPlanting };
        let mark = match method {
            "GetObject" => Mark::supporting(Technique::ForgedRoute, self.actor, about),
            _ => Mark::must(technique, self.actor, about),
        };
        self.step(&forged, mark);
    }

    fn command(&mut self, command: &str, method: &str, schema: &str, canary: &str, session: &str, key: Option<Key>) {
        let url = format!("/ecp/DDI/DDIService.svc/{method}?msExchEcpCanary={canary}&schema={schema}");
        self.time = self.time.plus(230);
        ecp::command(self.server, self.time, &Command { command, url: &url, session, error: "" }, key);
    }

    /// Has the address book's download written as a page; the log tells only because the download failed.
    pub fn write_by_address_book(&mut self, page: &Page, text: &str) {
        let host = self.server.host;
        let path = page.path(&host);
        let mark = Mark::must(Technique::AddressBookWrite, self.actor, "a download that failed names a page outside");
        let key = self.server.key(mark);
        oab::note(self.server, self.time, "Download", &oab::failed_download(&path), Some(key));
        let about = format!("the page {} that the download wrote", page.name);
        let written = self.server.key(Mark::must(Technique::ShellFile, self.actor, about));
        self.server.file(&path, text.as_bytes().to_vec(), self.time, Some(written));
        self.pause();
    }

    /// The voice service fails on what it was given, and starts a process.
    pub fn deserialise(&mut self, command: &str) {
        let host = self.server.host;
        let error = host.tongue.choose(
            "System.InvalidCastException: Unable to cast object of type 'System.Collections.Generic.SortedSet`1\
             [System.String]' to type 'Microsoft.Exchange.UM.UMCore.ContactInfo'. at Microsoft.Exchange.UM.UMCore.\
             PipelineWorkItem.TryCreate(FileInfo diskQueueItem)",
            "System.InvalidCastException: 型 'System.Collections.Generic.SortedSet`1[System.String]' のオブジェクトを型 \
             'Microsoft.Exchange.UM.UMCore.ContactInfo' にキャストできません。 場所 Microsoft.Exchange.UM.UMCore.\
             PipelineWorkItem.TryCreate(FileInfo diskQueueItem)",
        );
        let mark = Mark::must(Technique::VoiceDeserialise, self.actor, "the voice service's error on a type");
        let key = self.server.key(mark);
        let event =
            make::application(&host, self.time, "MSExchange Unified Messaging", 1423, 2, &[error, "4", "voicemail"]);
        self.server.event(event, Some(key));
        let worker = host.installed("bin\\UMWorkerProcess.exe");
        let process = Process {
            parent: &worker,
            parent_command: &worker,
            image: "C:\\Windows\\System32\\cmd.exe",
            command,
            user: "NT AUTHORITY\\SYSTEM",
        };
        self.time = self.time.plus(4 * SECOND);
        let mark = Mark::must(Technique::ShellProcess, self.actor, "the voice service starts a shell");
        self.process(&process, &mark);
        self.pause();
    }

    /// A process in every log that tells of processes.
    pub fn process(&mut self, process: &Process<'_>, mark: &Mark) {
        process::started(self.server, self.time, process, Some(mark));
    }

    /// What the engine keeps of a page that was run.
    pub fn compile(&mut self, page: &Page, mark: Mark) {
        let library = Mark { weight: Weight::Context, ..mark.clone() };
        let key = self.server.key(mark);
        let keys = (key, self.server.same_act(key, library));
        compiled::page(self.server, page.application(), &page.url(), self.time.plus(MINUTE), keys);
    }
}
