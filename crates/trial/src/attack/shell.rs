//! A page that gives lines to a shell, and the programs that the shell starts for them: worker, shell and program are
//! three processes, each with the one before it as its parent.

use super::page_use::WORKER;
use super::{Attack, Page};
use crate::event::make::{CommandLines, Process};
use crate::format::process::{AFTER_SHELL, ProcessLogs};
use crate::format::web::{self, Keys};
use crate::format::whole;
use crate::moment::SECOND;
use crate::program::{CMD, POWERSHELL};
use crate::server::Mark;
use crate::technique::Technique;
use crate::truth::Weight;

/// This program is never typed: `net` starts it.
const BY_NET: &str = "\\net1.exe";

/// A line that a page gives a shell.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// What for.
    pub technique: Technique,
    /// How much it matters what it starts; that a page starts a shell must be told of each.
    pub weight: Weight,
    /// Full path of the shell.
    pub shell: &'static str,
    /// Its command line; telling words are kept apart by `¦`, and `DIR` is the page's folder.
    pub command: &'static str,
    /// Programs that it starts, one after another: full path and command line.
    pub programs: &'static [(&'static str, &'static str)],
}

/// Programs that a line starts: full path and command line.
type Programs = &'static [(&'static str, &'static str)];

impl Line {
    /// For the command prompt, with what it starts.
    pub const fn cmd(technique: Technique, weight: Weight, command: &'static str, programs: Programs) -> Self {
        Self { technique, weight, shell: CMD, command, programs }
    }

    /// The same; an assessment must name it.
    pub const fn must(technique: Technique, command: &'static str, programs: Programs) -> Self {
        Self::cmd(technique, Weight::Must, command, programs)
    }

    /// For Windows PowerShell.
    pub const fn powershell(technique: Technique, weight: Weight, command: &'static str, programs: Programs) -> Self {
        Self { technique, weight, shell: POWERSHELL, command, programs }
    }
}

impl Attack<'_> {
    /// Opens a page, then sends it lines, some seconds to minutes apart.
    pub fn work(&mut self, page: &Page, lines: &[Line]) {
        let keys = self.visit(page);
        for line in lines {
            self.send(page, line, keys);
        }
    }

    /// Opens a page; the traces that the requests of this visit share.
    pub fn visit(&mut self, page: &Page) -> Keys {
        let about = format!("requests for the planted page {}", page.name);
        let mark = Mark::must(Technique::ShellUse, self.actor, about);
        let keys = web::keys(self.server, &mark, page.place.protocol.is_some());
        self.ask(page, "GET", 200, keys);
        let mark = Mark::supporting(Technique::CompiledPage, self.actor, format!("{} was compiled", page.name));
        self.compile(page, mark);
        keys
    }

    /// Sends a page one line.
    pub fn send(&mut self, page: &Page, line: &Line, keys: Keys) {
        self.ask(page, "POST", 200, keys);
        let command = whole(line.command).replace("DIR", &page.folder(&self.server.host));
        let worker = page.worker();
        let user = page.runs_as();
        let shell = Process { parent: WORKER, parent_command: &worker, image: line.shell, command: &command, user };
        // What the line is for is told by the program that it starts last; by itself, where it starts none.
        let technique = if line.programs.is_empty() { self.told_as(line.technique) } else { Technique::ShellProcess };
        let telling = line.programs.iter().rposition(|(image, _)| !image.ends_with(BY_NET));
        self.process(&shell, &Mark::must(technique, self.actor, format!("a page runs: {command}")));
        let mut last = (line.shell, command.clone());
        for (number, (image, program)) in line.programs.iter().enumerate() {
            self.time = self.time.plus(AFTER_SHELL);
            let program = whole(program);
            let (parent, parent_command) =
                if image.ends_with(BY_NET) { (last.0, last.1.as_str()) } else { (line.shell, command.as_str()) };
            let process = Process { parent, parent_command, image, command: &program, user };
            let mark = Mark::must(self.told_as(line.technique), self.actor, format!("runs: {program}"));
            let weight = if telling == Some(number) { line.weight } else { line.weight.max(Weight::Supporting) };
            self.process(&process, &Mark { weight, ..mark });
            last = (*image, program);
        }
        self.time = self.time.plus(self.server.dice.between(11, 160) * SECOND);
    }

    /// One program that another starts, both known by their command lines.
    pub fn child(
        &mut self,
        (parent, parent_command): (&str, &str),
        (image, command): (&str, &str),
        (technique, weight): (Technique, Weight),
    ) {
        let (parent_command, command) = (whole(parent_command), whole(command));
        let user = "NT AUTHORITY\\SYSTEM";
        let process = Process { parent, parent_command: &parent_command, image, command: &command, user };
        let mark = Mark::must(self.told_as(technique), self.actor, format!("runs: {command}"));
        self.process(&process, &Mark { weight, ..mark });
        self.time = self.time.plus(2 * SECOND);
    }

    /// A log without command lines tells that something was started, and not what for.
    fn told_as(&self, technique: Technique) -> Technique {
        match self.server.process_logs {
            ProcessLogs::Audit(CommandLines::LeftOut) => Technique::ShellProcess,
            _ => technique,
        }
    }
}
