//! What comes after the first page: credentials, archives, tasks, services, accounts, exports, cleaning up, ransom.

use super::Attack;
use super::page_use::WORKER;
use crate::benign::disk;
use crate::event::make::{self, Process};
use crate::format::hive::Value;
use crate::format::management::{self, Origin};
use crate::format::task::{self, Task};
use crate::format::web::{self, Request};
use crate::format::{config, console, process, whole};
use crate::moment::{MINUTE, SECOND};
use crate::program::SYSTEM;
use crate::server::{Encoding, Mark};
use crate::technique::Technique;
use crate::truth::Weight;

/// A process that an intruder starts.
#[derive(Debug, Clone, Copy)]
pub struct Deed {
    /// What for.
    pub technique: Technique,
    /// Full path of what starts it.
    pub parent: &'static str,
    /// Full path.
    pub image: &'static str,
    /// Command line; telling words are kept apart by `¦`.
    pub command: &'static str,
}

impl Deed {
    /// From its parts.
    pub const fn new(technique: Technique, parent: &'static str, image: &'static str, command: &'static str) -> Self {
        Self { technique, parent, image, command }
    }
}

/// A file that an intruder leaves.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// What it is.
    pub technique: Technique,
    /// Where.
    pub path: &'static str,
    /// Its first bytes.
    pub head: &'static [u8],
    /// Its size.
    pub size: usize,
}

/// All that one intruder does after the page.
#[derive(Debug, Clone, Copy)]
pub struct Aftermath {
    /// Processes.
    pub deeds: &'static [Deed],
    /// Files.
    pub left: &'static [Left],
    /// Tasks: path, command, arguments, minutes.
    pub tasks: &'static [(&'static str, &'static str, &'static str, u32)],
    /// Services: name, image.
    pub services: &'static [(&'static str, &'static str)],
    /// Values of the registry.
    pub registry: &'static [RegistryChange],
    /// A local account.
    pub account: &'static str,
    /// Script blocks; with telling words kept apart.
    pub scripts: &'static [(Technique, &'static str)],
    /// Management commands: what for, name, parameters; `MAILBOX` is somebody's.
    pub management: &'static [(Technique, &'static str, &'static str)],
    /// An archive that is fetched through the web: its address and path below the default site or product.
    pub fetched: (&'static str, Option<&'static str>),
    /// A module of the web server: name, image.
    pub module: (&'static str, &'static str),
    /// Lines of the shell's history that are theirs.
    pub typed: &'static [(Technique, &'static str)],
    /// Lines added to the hosts file.
    pub hosts: &'static [&'static str],
    /// Exclusion that Defender is given.
    pub exclusion: &'static str,
    /// What Defender found: threat.
    pub threat: &'static str,
    /// Ransom: service, image, note's path, note's text, ending of files.
    pub ransom: Ransom,
}

/// A value of the registry that an intruder sets.
#[derive(Debug, Clone, Copy)]
pub struct RegistryChange {
    /// What for.
    pub technique: Technique,
    /// `SYSTEM`, `SOFTWARE`.
    pub hive: &'static str,
    /// Key below the hive's root.
    pub key: &'static str,
    /// The value's name.
    pub name: &'static str,
    /// What it is set to.
    pub value: Set,
}

/// What a value is set to.
#[derive(Debug, Clone, Copy)]
pub enum Set {
    /// A number.
    Number(u32),
    /// Text.
    Text(&'static str),
    /// Several texts; the last tells.
    List(&'static [&'static str]),
}

/// A ransom's traces.
#[derive(Debug, Clone, Copy)]
pub struct Ransom {
    /// The service that runs it.
    pub service: (&'static str, &'static str),
    /// Where its notes lie.
    pub notes: &'static [&'static str],
    /// What they say; telling words are kept apart.
    pub text: &'static str,
    /// Files that it locked.
    pub locked: &'static [&'static str],
}

const SHELL: &str = "C:\\Windows\\System32\\cmd.exe";

impl Attack<'_> {
    /// Processes, one after another, each of which must be named.
    pub fn deeds(&mut self, deeds: &[Deed]) {
        self.weighed_deeds(deeds, Weight::Must);
    }

    /// Processes, one after another.
    pub fn weighed_deeds(&mut self, deeds: &[Deed], weight: Weight) {
        for deed in deeds {
            let command = whole(deed.command);
            let parent_command = match deed.parent {
                WORKER => self.worker(),
                SHELL => self.shell_for(&command),
                other => other.to_owned(),
            };
            let process = Process {
                parent: deed.parent,
                parent_command: &parent_command,
                image: deed.image,
                command: &command,
                user: SYSTEM,
            };
            let mark = Mark::must(deed.technique, self.actor, format!("runs: {command}"));
            self.process(&process, &Mark { weight, ..mark });
            self.time = self.time.plus(self.server.dice.between(20, 300) * SECOND);
        }
    }

    /// The command line of the worker that runs the intruder's first page.
    fn worker(&self) -> String {
        self.who.pages.first().map_or_else(|| WORKER.to_owned(), super::Page::worker)
    }

    /// The shell that a page starts so that it runs one command; its command line.
    fn shell_for(&mut self, command: &str) -> String {
        let line = format!("cmd.exe /c {command}");
        let process =
            Process { parent: WORKER, parent_command: &self.worker(), image: SHELL, command: &line, user: SYSTEM };
        let mark = Mark::supporting(Technique::ShellProcess, self.actor, format!("a page runs: {line}"));
        self.process(&process, &mark);
        self.time = self.time.plus(process::AFTER_SHELL);
        line
    }

    /// Files, each of which must be named.
    pub fn leave(&mut self, files: &[Left]) {
        self.leave_weighed(files, Weight::Must);
    }

    /// Files.
    pub fn leave_weighed(&mut self, files: &[Left], weight: Weight) {
        for left in files {
            let mark = Mark::must(left.technique, self.actor, format!("leaves {}", left.path));
            let key = self.server.key(Mark { weight, ..mark });
            let mut bytes = left.head.to_vec();
            let mut dice = self.server.dice.clone();
            bytes.extend((left.head.len()..left.size).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)));
            self.server.file(left.path, bytes, self.time, Some(key));
            self.pause();
        }
    }

    /// Tasks, services and values of the registry.
    pub fn persist(&mut self, after: &Aftermath) {
        self.tasks(after.tasks);
        self.services(after.services);
        self.registry(after.registry);
    }

    /// Tasks: path, command, arguments, minutes.
    pub fn tasks(&mut self, tasks: &[(&str, &str, &str, u32)]) {
        let host = self.server.host;
        for (path, command, arguments, every) in tasks {
            let (command, arguments) = (whole(command), whole(arguments));
            let task = Task { path, author: SYSTEM, command: &command, arguments: &arguments, every: *every };
            let mark = Mark::must(Technique::ScheduledTask, self.actor, format!("the task {path}"));
            let key = self.server.key(mark.clone());
            task::add(self.server, &task, self.time, Some(key));
            let name = format!("\\{path}");
            let xml = task::xml(&task, host.local(self.time));
            let key = self.server.same_act(key, mark.lesser());
            self.server.event(make::task_registered(&host, self.time, &host.machine_account(), &name, &xml), Some(key));
            let key = self.server.same_act(key, mark.lesser());
            self.server.event(make::task_noted(&host, self.time, SYSTEM, &name), Some(key));
            self.pause();
        }
    }

    /// Services: name, image.
    pub fn services(&mut self, services: &[(&str, &str)]) {
        let host = self.server.host;
        for (name, image) in services {
            let key = self.server.key(Mark::must(Technique::NewService, self.actor, format!("the service {name}")));
            self.server.event(make::service_installed(&host, self.time, name, &whole(image), "auto start"), Some(key));
            let about = format!("the service {name}, in the registry");
            let kept = self.server.same_act(key, Mark::supporting(Technique::NewService, self.actor, about));
            disk::service(self.server, name, &whole(image), self.time, Some(kept));
            self.pause();
        }
    }

    /// Values of the registry.
    pub fn registry(&mut self, changes: &[RegistryChange]) {
        for change in changes {
            let about = format!("{}\\{}: {}", change.hive, change.key, change.name);
            let key = self.server.key(Mark::must(change.technique, self.actor, about));
            let value = match change.value {
                Set::Number(number) => Value::Number(number),
                Set::Text(text) => Value::Text(whole(text)),
                Set::List(texts) => Value::List(texts.iter().map(|text| whole(text)).collect()),
            };
            let place = (change.hive, change.key, change.name);
            self.server.registry(place, value, self.time, Some((change.name, key)));
        }
    }

    /// A local administrator of their own.
    pub fn account(&mut self, name: &str) {
        let host = self.server.host;
        let machine = host.machine_account();
        let key = self.server.key(Mark::must(Technique::NewAccount, self.actor, format!("the account {name}")));
        self.server.event(make::account_created(&host, self.time, &machine, name), Some(key));
        self.time = self.time.plus(3 * SECOND);
        let about = format!("{name} becomes a local administrator");
        let key = self.server.key(Mark::must(Technique::GroupChange, self.actor, about));
        self.server.event(make::member_added(&host, self.time, &machine, "Administrators"), Some(key));
        self.pause();
    }

    /// Script blocks.
    pub fn scripts(&mut self, scripts: &[(Technique, &str)]) {
        let host = self.server.host;
        for (technique, text) in scripts {
            let text = whole(text);
            let key = self.server.key(Mark::must(*technique, self.actor, "a script block"));
            let guid = self.server.dice.guid();
            self.server.event(make::script_block(&host, self.time, &text, 3, &guid), Some(key));
            self.pause();
        }
    }

    /// Management commands, in the event log and the command log.
    pub fn manage(&mut self, commands: &[(Technique, &str, &str)]) {
        let host = self.server.host;
        for (technique, name, parameters) in commands {
            let mailbox = self.server.dice.pick(host.users);
            let parameters = whole(parameters).replace("MAILBOX", mailbox);
            let mark = Mark::must(*technique, self.actor, format!("{name} {parameters}"));
            let key = self.server.key(mark.clone());
            let event = make::command_logged(&host, self.time, name, &parameters, SYSTEM, "");
            self.server.event(event, Some(key));
            let key = self.server.same_act(key, mark.lesser());
            let command = management::Command { origin: Origin::Local, user: SYSTEM, name, parameters: &parameters };
            management::command(self.server, self.time, &command, Some(key));
            self.pause();
        }
    }

    /// An archive fetched through the web.
    pub fn fetch(&mut self, (url, protocol): (&str, Option<&'static str>)) {
        let host = self.server.host;
        let request = Request {
            time: self.time,
            client: self.last_address(),
            mail_name: host.mail_names.first().copied().unwrap_or_default(),
            protocol,
            stem: url,
            agent: self.who.page_agent,
            sizes: (300, 48_311_904),
            took: 61_200,
            ..Request::default()
        };
        let mark = Mark::must(Technique::WebExfiltration, self.actor, format!("{url} is fetched from outside"));
        web::record(self.server, &request, Some(&mark));
        self.pause();
    }

    /// A module of the web server.
    pub fn module(&mut self, (name, image): (&str, &str)) {
        let key = self.server.key(Mark::must(Technique::ServerModule, self.actor, format!("the module {name}")));
        config::application_host(self.server, self.time, &[(name, image, Some(key))]);
        self.pause();
    }

    /// Lines in an account's history, between lines of its owner.
    pub fn typed(&mut self, lines: &[(Technique, &str)]) {
        let mut all = vec!["Get-Queue".to_owned(), "Get-ExchangeCertificate | fl Subject,NotAfter".to_owned()];
        let mut keys = Vec::new();
        for (technique, line) in lines {
            let line = whole(line);
            let key = self.server.key(Mark::must(*technique, self.actor, format!("typed: {line}")));
            keys.push((line.clone(), key));
            all.push(line);
        }
        let lines: Vec<&str> = all.iter().map(String::as_str).collect();
        let keys: Vec<(&str, usize)> = keys.iter().map(|(line, key)| (line.as_str(), *key)).collect();
        let account = self.server.host.admin;
        console::history(self.server, account, self.time, &lines, &keys);
        self.pause();
    }

    /// Lines in the hosts file.
    pub fn redirect(&mut self, lines: &[&str]) {
        let mut keys = Vec::new();
        for line in lines {
            let key = self.server.key(Mark::must(Technique::HostsChange, self.actor, format!("hosts file: {line}")));
            keys.push((*line, key));
        }
        console::hosts(self.server, self.time, lines, &keys);
        self.pause();
    }

    /// Defender is told to look away.
    pub fn exclude(&mut self, exclusion: &str) {
        let host = self.server.host;
        let new = format!("HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\{exclusion} = 0x0");
        let mark = Mark::must(Technique::DefenceOff, self.actor, format!("Defender leaves out {exclusion}"));
        let key = self.server.key(mark.clone());
        self.server.event(make::defender_changed(&host, self.time, "", &new), Some(key));
        let kept = self.server.same_act(key, mark.lesser());
        let path = "Microsoft\\Windows Defender\\Exclusions\\Paths";
        self.server.registry(("SOFTWARE", path, exclusion), Value::Number(0), self.time, Some((exclusion, kept)));
        self.pause();
    }

    /// Defender finds a page.
    pub fn detected(&mut self, threat: &str, page: &super::Page) {
        let host = self.server.host;
        let about = format!("Defender finds {}", page.name);
        let key = self.server.key(Mark::must(Technique::Detection, self.actor, about));
        let worker = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";
        let event = make::malware_found(&host, self.time, &whole(threat), &page.path(&host), worker);
        self.server.event(event, Some(key));
        self.pause();
    }

    /// The security log is cleared: what was in it before is gone.
    pub fn clear_security_log(&mut self) {
        let host = self.server.host;
        self.server.clear("Security", self.time);
        let key = self.server.key(Mark::must(Technique::LogClearing, self.actor, "the security log is cleared"));
        self.server.event(make::log_cleared(&host, self.time, SYSTEM), Some(key));
        self.pause();
    }

    /// A ransom's service, notes and locked files.
    pub fn ransom(&mut self, ransom: &Ransom) {
        let host = self.server.host;
        let (name, image) = ransom.service;
        let key = self.server.key(Mark::must(Technique::Ransom, self.actor, format!("the service {name}")));
        self.server.event(make::service_installed(&host, self.time, name, &whole(image), "demand start"), Some(key));
        self.time = self.time.plus(2 * MINUTE);
        self.notes(ransom);
    }

    /// A ransom's notes, and the files that it locked.
    pub fn notes(&mut self, ransom: &Ransom) {
        for note in ransom.notes {
            let key = self.server.key(Mark::must(Technique::Ransom, self.actor, format!("the note {note}")));
            self.server.text(note, &whole(ransom.text), Encoding::Plain, self.time, &[]);
            self.server.tie(note, key);
        }
        for path in ransom.locked {
            let key = self.server.key(Mark::supporting(Technique::Ransom, self.actor, format!("{path} is locked")));
            let mut dice = self.server.dice.clone();
            let bytes = (0..2_048).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect();
            self.server.file(path, bytes, self.time, Some(key));
        }
    }
}
