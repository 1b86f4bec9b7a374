//! Traces in logs that few servers keep, or few people read: what Sysmon sees beside processes, the older channel of
//! PowerShell, runs of tasks, desktops and shares, other scanners' alarms, Defender's own log and the firewall's.

use super::{Attack, Page};
use crate::event::make::alarm::{self, Failure};
use crate::event::make::{self, access, engine, machine, network, sensor, timer};
use crate::event::{Body, Event};
use crate::format::firewall::{self, Connection};
use crate::format::task::{self, Task};
use crate::format::{defender, whole};
use crate::moment::{MINUTE, Moment, SECOND};
use crate::program::SYSTEM;
use crate::server::{Encoding, Mark};
use crate::technique::Technique;
use crate::truth::Weight;

/// What an act is and how much it matters that it is told.
pub type Sort = (Technique, Weight);

impl Attack<'_> {
    /// A trace of this intruder.
    pub fn mark(&self, (technique, weight): Sort, about: impl Into<String>) -> Mark {
        Mark { weight, ..Mark::must(technique, self.actor, about) }
    }

    fn told(&mut self, sort: Sort, about: impl Into<String>, event: impl FnOnce(&crate::host::Host, Moment) -> Event) {
        let key = self.server.key(self.mark(sort, about));
        let event = event(&self.server.host, self.time);
        self.server.event(event, Some(key));
        self.time = self.time.plus(700);
    }

    /// A process sets a value of the registry, as Sysmon sees it.
    pub fn sets_value(&mut self, sort: Sort, image: &str, (object, details): (&str, &str)) {
        let about = format!("{image} sets {object}");
        self.told(sort, about, |host, time| sensor::value_set(host, time, image, (object, details)));
    }

    /// A process connects to a place outside, as Sysmon sees it.
    pub fn connects(&mut self, sort: Sort, image: &str, place: (&str, u32)) {
        let about = format!("{image} connects to {}:{}", place.0, place.1);
        self.told(sort, about, |host, time| network::connected(host, time, image, SYSTEM, place));
    }

    /// A process looks a name up, as Sysmon sees it.
    pub fn looks_up(&mut self, sort: Sort, image: &str, name: (&str, &str)) {
        let about = format!("{image} looks up {}", name.0);
        self.told(sort, about, |host, time| sensor::name_looked_up(host, time, image, name));
    }

    /// A process gives a file an older time, as Sysmon sees it.
    pub fn dates_back(&mut self, image: &str, target: &str, to: Moment) {
        let about = format!("{image} dates {target} back");
        let sort = (Technique::TimeChange, Weight::Must);
        self.told(sort, about, |host, time| {
            sensor::time_changed(host, time, image, target, (to, time.plus(-3 * MINUTE)))
        });
    }

    /// A consumer of WMI events, as Sysmon and WMI itself see it.
    pub fn lasting_consumer(&mut self, name: &str, query: &str, command: &str) {
        let host = self.server.host;
        let command = whole(command);
        let mark = self.mark((Technique::EventConsumer, Weight::Must), format!("the event consumer {name}"));
        let key = self.server.key(mark.clone());
        self.server.event(machine::consumer_bound(&host, self.time, name, query, &command), Some(key));
        if self.server.process_logs.has_sysmon() {
            let seen = self.server.same_act(key, mark.lesser());
            self.server.event(sensor::consumer_made(&host, self.time.plus(-40), name, &command), Some(seen));
        }
        self.pause();
    }

    /// PowerShell's engine of that version starts with a command line, and runs one pipeline of it.
    pub fn old_engine(&mut self, sort: Sort, version: &str, command: &str, line: Option<(&str, &[(&str, &str)])>) {
        let host = self.server.host;
        let command = whole(command);
        let mark = self.mark(sort, format!("PowerShell starts as: {command}"));
        let key = self.server.key(mark.clone());
        self.server.event(engine::began(&host, self.time, version, &command), Some(key));
        if let Some((line, parts)) = line {
            let seen = self.server.same_act(key, mark.lesser());
            let line = whole(line);
            let parts: Vec<(&str, String)> = parts.iter().map(|(name, value)| (*name, whole(value))).collect();
            let parts: Vec<(&str, &str)> = parts.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let event = engine::pipeline(&host, self.time.plus(900), version, (&command, &line), &parts);
            self.server.event(event, Some(seen));
        }
        self.time = self.time.plus(2 * SECOND);
    }

    /// A command of PowerShell, where modules are logged.
    pub fn module_logged(&mut self, sort: Sort, command: &str, payload: &str) {
        let (command, payload) = (whole(command), whole(payload));
        let about = format!("PowerShell runs {payload}");
        self.told(sort, about, |host, time| engine::module(host, time, &command, &payload, SYSTEM));
    }

    /// The runs of a task: its action starts and ends, some times.
    pub fn task_runs(&mut self, name: &str, action: &str, times: &[Moment]) {
        let host = self.server.host;
        let about = format!("the task {name} runs {action}");
        let key = self.server.key(self.mark((Technique::ScheduledTask, Weight::Supporting), about));
        let name = format!("\\{name}");
        for time in times {
            let run = self.server.dice.guid();
            self.server.event(timer::action_began(&host, *time, &name, action, &run), Some(key));
            let end = time.plus(self.server.dice.between(900, 40_000));
            self.server.event(timer::action_ended(&host, end, &name, action, &run, 0), Some(key));
        }
    }

    /// A task that Windows or the house had is given another action.
    pub fn bend_task(&mut self, task: &Task<'_>) {
        let host = self.server.host;
        let about = format!("the task {} is given another action", task.path);
        let mark = self.mark((Technique::ScheduledTask, Weight::Must), about);
        let key = self.server.key(mark.clone());
        task::add(self.server, task, self.time, Some(key));
        let name = format!("\\{}", task.path);
        let changed = self.server.same_act(key, mark.lesser());
        let by = host.account(SYSTEM);
        self.server.event(timer::task_changed(&host, self.time, &by, &name), Some(changed));
        let xml = task::xml(task, host.local(self.time));
        let written = self.server.same_act(key, mark.lesser());
        let event = timer::task_rewritten(&host, self.time, &host.machine_account(), &name, &xml);
        self.server.event(event, Some(written));
        self.pause();
    }

    /// A desktop of `user` from an address, for some minutes: reached, signed in, begun, left.
    pub fn desktop_from(&mut self, user: &str, address: &str, minutes: i64) {
        let host = self.server.host;
        let about = format!("a desktop of {user} from {address}");
        let mark = self.mark((Technique::RemoteDesktop, Weight::Must), about);
        let key = self.server.key(mark.clone());
        self.server.event(access::session_began(&host, self.time.plus(1_900), user, address), Some(key));
        for event in [
            network::desktop_reached(&host, self.time, user, address),
            access::desktop_signed_in(&host, self.time.plus(1_200), user, address),
            network::session_left(&host, self.time.plus(minutes * MINUTE), user, address),
        ] {
            let seen = self.server.same_act(key, mark.lesser());
            self.server.event(event, Some(seen));
        }
        self.pause();
    }

    /// A process signs in as somebody else on another server.
    pub fn signs_in_as(&mut self, image: &str, other: &str, target: &str) {
        let by = self.server.host.machine_account();
        let about = format!("{image} signs in to {target} as {other}");
        let sort = (Technique::LateralMove, Weight::Supporting);
        self.told(sort, about, |host, time| network::as_another(host, time, image, &by, other, target));
    }

    /// A file is written through an administrative share by another server of the house.
    pub fn written_by_share(&mut self, sort: Sort, user: &str, address: &str, file: &str) {
        let about = format!("{user} writes {file} from {address}");
        self.told(sort, about, |host, time| network::share_written(host, time, user, address, file));
    }

    /// A desktop runs, at sign-in, what a run key names.
    pub fn runs_at_sign_in(&mut self, command: &str) {
        let about = format!("a run key starts {command}");
        let sort = (Technique::RegistryChange, Weight::Supporting);
        self.told(sort, about, |host, time| engine::run_at_sign_in(host, time, command));
    }

    /// A transfer in the background: set up by a program, begun.
    pub fn brought_in_background(&mut self, sort: Sort, job: &str, program: &str, address: &str) {
        let host = self.server.host;
        let mark = self.mark(sort, format!("{address} is fetched in the background"));
        let key = self.server.key(mark.clone());
        self.server.event(machine::transfer_began(&host, self.time.plus(400), job, address), Some(key));
        let set_up = self.server.same_act(key, mark.lesser());
        self.server.event(engine::transfer_set_up(&host, self.time, job, program), Some(set_up));
        self.pause();
    }

    /// A page failed, and its engine told of it.
    pub fn page_failed(&mut self, sort: Sort, page: &Page, error: (&str, &str)) {
        let host = self.server.host;
        let (url, folder) = (page.url(), page.folder(&host));
        let client = self.who.addresses.last().copied().unwrap_or_default();
        let application = match page.application() {
            "owa" => "/owa",
            "ecp" => "/ecp",
            _ => "/",
        };
        let failure = Failure { url: &url, application, folder: &folder, error, client };
        self.told(sort, format!("{url} fails"), |host, time| alarm::page_failed(host, time, &failure));
    }

    /// A scanner of another maker finds a file.
    pub fn found_by_symantec(&mut self, threat: &str, path: &str) {
        let threat = whole(threat);
        let sort = (Technique::Detection, Weight::Must);
        self.told(sort, format!("Symantec finds {path}"), |host, time| {
            alarm::symantec_found(host, time, &threat, path)
        });
    }

    /// The scanner for older servers finds a file.
    pub fn found_by_endpoint(&mut self, threat: &str, path: &str) {
        let threat = whole(threat);
        let sort = (Technique::Detection, Weight::Must);
        let worker = super::page_use::WORKER;
        self.told(sort, format!("Endpoint Protection finds {path}"), |host, time| {
            alarm::endpoint_found(host, time, &threat, path, worker)
        });
    }

    /// Defender finds a file: its own log tells too.
    pub fn found_by_both(&mut self, threat: &str, path: &str) {
        let host = self.server.host;
        let threat = whole(threat);
        let mark = self.mark((Technique::Detection, Weight::Must), format!("Defender finds {path}"));
        let key = self.server.key(mark.clone());
        let found = make::malware_found(&host, self.time, &threat, path, super::page_use::WORKER);
        let removed = machine::malware_removed(&found, self.time.plus(11_800));
        self.server.event(found, Some(key));
        let gone = self.server.same_act(key, mark.lesser());
        self.server.event(removed, Some(gone));
        let own = self.server.same_act(key, mark.lesser());
        defender::found(self.server, self.time.plus(-30), &threat, path, Some(own));
        self.time = self.time.plus(20 * SECOND);
        self.pause();
    }

    /// Defender's own log tells that a program of theirs ran.
    pub fn slowed_down(&mut self, program: &str, file: &str) {
        let about = format!("Defender's log tells that {program} ran");
        let key = self.server.key(self.mark((Technique::ShellProcess, Weight::Supporting), about));
        defender::impact(self.server, self.time, program, file, Some(key));
    }

    /// The firewall notes a connection to a place outside.
    pub fn let_out(&mut self, sort: Sort, to: (&str, u16)) {
        let host = self.server.host;
        let key = self.server.key(self.mark(sort, format!("a connection to {}:{}", to.0, to.1)));
        let port = u16::try_from(self.server.dice.between(50_000, 61_000)).unwrap_or(50_000);
        let connection = Connection { action: "ALLOW", from: (host.address, port), to, path: "SEND" };
        firewall::row(self.server, self.time, &connection, Some(key));
        self.time = self.time.plus(SECOND);
    }

    /// The firewall is told to let ports in.
    pub fn opens_ports(&mut self, name: &str, ports: &str) {
        let about = format!("the firewall lets {ports} in");
        let sort = (Technique::FirewallRule, Weight::Supporting);
        self.told(sort, about, |host, time| {
            let event = machine::firewall_rule(host, time, name, "", "C:\\Windows\\System32\\netsh.exe");
            let Body::Named(fields) = event.body else { return event };
            let fields = fields.into_iter().map(|(name, datum)| match name {
                "Protocol" => (name, 6.into()),
                "LocalPorts" => (name, ports.into()),
                _ => (name, datum),
            });
            Event { body: Body::Named(fields.collect()), ..event }
        });
    }

    /// A text of theirs is left.
    pub fn lay_text(&mut self, sort: Sort, path: &str, text: &str) {
        let key = self.server.key(self.mark(sort, format!("leaves {path}")));
        self.server.text(path, &whole(text), Encoding::Plain, self.time, &[]);
        self.server.tie(path, key);
        self.time = self.time.plus(4 * SECOND);
    }
}
