//! How an intruder stays, and switches off what would tell: accounts that were asleep, desktops through a tunnel, event
//! consumers, hosted services, short-lived tasks, firewall, audit, and channels that are cleared.

use super::Attack;
use crate::benign::disk;
use crate::event::make::access;
use crate::event::make::machine;
use crate::event::make::{self, Process};
use crate::format::hive::Value;
use crate::format::task::{self, Task};
use crate::format::{process, whole};
use crate::moment::SECOND;
use crate::program::SYSTEM;
use crate::server::Mark;
use crate::technique::Technique;

impl Attack<'_> {
    /// An account that is there on every Windows is switched on, given a password and made an administrator.
    pub fn wake_account(&mut self, name: &str, relative: u32) {
        let host = self.server.host;
        let machine = host.machine_account();
        let mark = Mark::must(Technique::NewAccount, self.actor, format!("the account {name} is switched on"));
        let key = self.server.key(mark.clone());
        self.server.event(access::account_enabled(&host, self.time, &machine, (name, relative)), Some(key));
        let key = self.server.same_act(key, mark.lesser());
        let time = self.time.plus(2 * SECOND);
        self.server.event(access::password_set(&host, time, &machine, (name, relative)), Some(key));
        self.time = self.time.plus(5 * SECOND);
        let about = format!("{name} becomes a local administrator");
        let key = self.server.key(Mark::must(Technique::GroupChange, self.actor, about));
        let event = access::known_member_added(&host, self.time, &machine, "Administrators", relative);
        self.server.event(event, Some(key));
        self.pause();
    }

    /// A desktop over the network that seems to come from the server itself, as through a tunnel.
    pub fn desktop(&mut self, name: &str) {
        let host = self.server.host;
        let user = format!("{}\\{name}", host.name);
        let about = format!("a desktop of {name} from the server itself");
        let mark = Mark::supporting(Technique::RemoteDesktop, self.actor, about);
        let key = self.server.key(mark.clone());
        self.server.event(access::desktop_signed_in(&host, self.time, &user, "127.0.0.1"), Some(key));
        let key = self.server.same_act(key, mark.lesser());
        self.server.event(access::session_began(&host, self.time.plus(SECOND), &user, "127.0.0.1"), Some(key));
        self.pause();
    }

    /// A consumer of WMI events that runs a command.
    pub fn consumer(&mut self, name: &str, query: &str, command: &str) {
        let host = self.server.host;
        let about = format!("the event consumer {name}");
        let key = self.server.key(Mark::must(Technique::EventConsumer, self.actor, about));
        self.server.event(machine::consumer_bound(&host, self.time, name, query, &whole(command)), Some(key));
        self.pause();
    }

    /// A service that runs as a library in one of Windows' own host processes.
    pub fn hosted_service(&mut self, name: &str, group: &str, library: &str) {
        let host = self.server.host;
        let image = format!("%SystemRoot%\\System32\\svchost.exe -k {group}");
        let mark = Mark::must(Technique::NewService, self.actor, format!("the service {name} runs {library}"));
        let key = self.server.key(mark.clone());
        let path = format!("ControlSet001\\Services\\{name}\\Parameters");
        let value = Value::Expanding(library.to_owned());
        self.server.registry(("SYSTEM", &path, "ServiceDll"), value, self.time, Some((library, key)));
        disk::service(self.server, name, &image, self.time, None);
        let groups = "Microsoft\\Windows NT\\CurrentVersion\\Svchost";
        self.server.registry(("SOFTWARE", groups, group), Value::List(vec![name.to_owned()]), self.time, None);
        let key = self.server.same_act(key, mark.lesser());
        self.server.event(make::service_installed(&host, self.time, name, &image, "auto start"), Some(key));
        self.pause();
    }

    /// A task that is registered, run and deleted within seconds; only events tell of it.
    pub fn brief_task(&mut self, path: &str, command: &str, arguments: &str) {
        let host = self.server.host;
        let (command, arguments) = (whole(command), whole(arguments));
        let task = Task { path, author: SYSTEM, command: &command, arguments: &arguments, every: 1 };
        let (name, machine) = (format!("\\{path}"), host.machine_account());
        let xml = task::xml(&task, host.local(self.time));
        let mark = Mark::must(Technique::ScheduledTask, self.actor, format!("the task {path}, deleted at once"));
        let key = self.server.key(mark.clone());
        self.server.event(make::task_registered(&host, self.time, &machine, &name, &xml), Some(key));
        let noted = self.server.same_act(key, mark.lesser());
        self.server.event(make::task_noted(&host, self.time, SYSTEM, &name), Some(noted));
        let end = self.time.plus(4 * SECOND);
        let deleted = self.server.same_act(key, mark.lesser());
        self.server.event(access::task_deleted(&host, end, &machine, &name), Some(deleted));
        let dropped = self.server.same_act(key, mark.lesser());
        self.server.event(access::task_dropped(&host, end, SYSTEM, &name), Some(dropped));
        self.pause();
    }

    /// A program is let in by the firewall.
    pub fn open_firewall(&mut self, name: &str, program: &str) {
        let host = self.server.host;
        let about = format!("the firewall lets {program} in");
        let key = self.server.key(Mark::supporting(Technique::FirewallRule, self.actor, about));
        let by = "C:\\Windows\\System32\\netsh.exe";
        self.server.event(machine::firewall_rule(&host, self.time, name, program, by), Some(key));
        self.pause();
    }

    /// Sign-ins are audited no more.
    pub fn stop_audit(&mut self) {
        let host = self.server.host;
        let key = self.server.key(Mark::supporting(Technique::AuditPolicy, self.actor, "sign-ins are audited no more"));
        self.server.event(access::audit_stopped(&host, self.time), Some(key));
        self.pause();
    }

    /// Defender's protection in real time is switched off; the policy that does it, and its event.
    pub fn stop_protection(&mut self) {
        let host = self.server.host;
        let mark = Mark::must(Technique::DefenceOff, self.actor, "Defender's protection in real time is off");
        let key = self.server.key(mark.clone());
        self.server.event(machine::protection_off(&host, self.time), Some(key));
        let path = "Policies\\Microsoft\\Windows Defender\\Real-Time Protection";
        let name = "DisableRealtimeMonitoring";
        let kept = self.server.same_act(key, mark.lesser());
        self.server.registry(("SOFTWARE", path, name), Value::Number(1), self.time, Some((name, kept)));
        self.pause();
    }

    /// Channels are cleared: what was in them before is gone.
    pub fn clear_channels(&mut self, channels: &[&'static str]) {
        let host = self.server.host;
        for channel in channels {
            if *channel == "Security" {
                self.clear_security_log();
                continue;
            }
            self.server.clear(channel, self.time);
            let about = format!("the channel {channel} is cleared");
            let key = self.server.key(Mark::must(Technique::LogClearing, self.actor, about));
            self.server.event(access::channel_cleared(&host, self.time, SYSTEM, channel), Some(key));
            self.time = self.time.plus(900);
        }
    }

    /// PowerShell's engine starts with a command line.
    pub fn engine(&mut self, technique: Technique, command: &str) {
        let host = self.server.host;
        let command = whole(command);
        let about = format!("PowerShell starts as: {command}");
        let key = self.server.key(Mark::supporting(technique, self.actor, about));
        self.server.event(machine::engine_started(&host, self.time, &command), Some(key));
        self.pause();
    }

    /// A script that is logged in parts, all of them one trace.
    pub fn long_script(&mut self, technique: Technique, parts: &[&str]) {
        let host = self.server.host;
        let key = self.server.key(Mark::must(technique, self.actor, "a script, logged in parts"));
        let guid = self.server.dice.guid();
        let of = u32::try_from(parts.len()).unwrap_or(0);
        for (part, text) in (1..).zip(parts) {
            let event = machine::script_part(&host, self.time, &whole(text), (part, of), &guid);
            self.server.event(event, Some(key));
            self.time = self.time.plus(3);
        }
        self.pause();
    }

    /// A transfer in the background.
    pub fn transfer(&mut self, job: &str, address: &str) {
        let host = self.server.host;
        let mark = Mark::supporting(Technique::Download, self.actor, format!("{address} is fetched in the background"));
        let key = self.server.key(mark);
        self.server.event(machine::transfer_began(&host, self.time, job, address), Some(key));
        self.pause();
    }

    /// A process that only Sysmon keeps a record of.
    pub fn seen_by_sysmon(&mut self, process: &Process<'_>, mark: Mark) {
        let host = self.server.host;
        let key = self.server.key(mark);
        self.server.event(make::sysmon_process(&host, self.time, process), Some(key));
    }

    /// A process opens that of the credentials.
    pub fn open_credentials(&mut self, image: &str) {
        let host = self.server.host;
        let about = format!("{image} opens the process of the credentials");
        let key = self.server.key(Mark::supporting(Technique::CredentialDump, self.actor, about));
        let target = "C:\\Windows\\system32\\lsass.exe";
        self.server.event(machine::process_opened(&host, self.time, image, target), Some(key));
        self.pause();
    }

    /// A process writes a file, as Sysmon sees it.
    pub fn file_written(&mut self, image: &str, target: &str) {
        let mark = Mark::must(Technique::ShellFile, self.actor, format!("{image} writes {target}"));
        process::written(self.server, self.time, image, target, Some(&mark));
        self.pause();
    }

    /// Defender finds a file and takes it away.
    pub fn found_by_defender(&mut self, threat: &str, path: &str) {
        let host = self.server.host;
        let mark = Mark::must(Technique::Detection, self.actor, format!("Defender finds {path}"));
        let key = self.server.key(mark.clone());
        let worker = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";
        let found = make::malware_found(&host, self.time, &whole(threat), path, worker);
        let removed = machine::malware_removed(&found, self.time.plus(12 * SECOND));
        self.server.event(found, Some(key));
        let key = self.server.same_act(key, mark.lesser());
        self.server.event(removed, Some(key));
        self.pause();
    }
}
