//! Processes, in those logs of a server that tell of processes.

use crate::event::make::{self, CommandLines, Process};
use crate::moment::{Moment, SECOND};
use crate::server::{Mark, Server};
use crate::truth::Weight;

/// Which logs of a server tell of processes. Windows comes with none; what there is, somebody switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProcessLogs {
    /// The security log, with command lines, and `Sysmon`.
    #[default]
    Both,
    /// The security log.
    Audit(CommandLines),
    /// `Sysmon`.
    Sysmon,
    /// None.
    Neither,
}

/// How the security log names the system as the one that starts a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// As a service's account, in the older sets.
    #[default]
    Service,
    /// As the computer's account, which is what Windows writes.
    Computer,
}

impl ProcessLogs {
    fn audit(self) -> Option<CommandLines> {
        match self {
            Self::Both => Some(CommandLines::Kept),
            Self::Audit(lines) => Some(lines),
            Self::Sysmon | Self::Neither => None,
        }
    }

    /// Whether `Sysmon` runs.
    pub fn has_sysmon(self) -> bool {
        matches!(self, Self::Both | Self::Sysmon)
    }
}

/// A process that starts. The first log that tells of it weighs as the mark does, the other less.
pub fn started(server: &mut Server, time: Moment, process: &Process<'_>, mark: Option<&Mark>) {
    let host = server.host;
    let logs = server.process_logs;
    let mut act = None;
    if let Some(lines) = logs.audit() {
        let key = mark.map(|mark| server.key(as_told(mark, process, lines)));
        act = key;
        let computer = host.machine_account();
        let is_system = process.user.ends_with("\\SYSTEM");
        let user = if server.subject == Subject::Computer && is_system { &computer } else { process.user };
        server.event(make::process_created(&host, time, &Process { user, ..*process }, lines), key);
    }
    if logs.has_sysmon() {
        let key = mark.map(|mark| match act {
            Some(act) => server.same_act(act, mark.lesser()),
            None => server.key(mark.clone()),
        });
        let user = host.account(process.user);
        server.event(make::sysmon_process(&host, time, &Process { user: &user, ..*process }), key);
    }
}

/// Processes one after another that are no traces.
pub fn all(server: &mut Server, from: Moment, every: i64, processes: &[Process<'_>]) {
    for (number, process) in (1i64..).zip(processes) {
        started(server, from.plus(number * every), process, None);
    }
}

/// A file that a process writes, where `Sysmon` sees it.
pub fn written(server: &mut Server, time: Moment, image: &str, target: &str, mark: Option<&Mark>) {
    if server.process_logs.has_sysmon() {
        let host = server.host;
        let key = mark.map(|mark| server.key(mark.clone()));
        server.event(make::sysmon_file(&host, time, image, target), key);
    }
}

/// Without its command line, one of Windows' own programs says nothing for certain, unless a service that has no need of
/// a shell starts one.
fn as_told(mark: &Mark, process: &Process<'_>, lines: CommandLines) -> Mark {
    let is_windows = process.image.to_lowercase().starts_with("c:\\windows\\system32\\");
    let is_service = ["\\w3wp.exe", "\\UMWorkerProcess.exe"].iter().any(|name| process.parent.ends_with(name));
    if lines == CommandLines::LeftOut && is_windows && !is_service && mark.weight == Weight::Must {
        return mark.lesser();
    }
    mark.clone()
}

/// How long after its shell a program starts.
pub const AFTER_SHELL: i64 = SECOND / 16;
