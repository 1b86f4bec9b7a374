//! One run of the executable, and what came of it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A run that takes longer hangs. Far above what any run needs, so that a slow machine makes no difference.
const HANGS: Duration = Duration::from_secs(300);
/// The account `nobody`, by its number: it owns nothing.
#[cfg(unix)]
const NOBODY: u32 = 65_534;

/// A command with a cleared environment.
pub(crate) fn command(program: &Path) -> Command {
    #[expect(clippy::disallowed_methods, reason = "tests run the executable itself, as its users do")]
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for needed in ["PATH", "SystemRoot"] {
        command.envs(std::env::var_os(needed).map(|value| (needed, value)));
    }
    command
}

/// A run that is still to be described.
#[derive(Debug)]
pub struct Call<'s> {
    program: PathBuf,
    folder: &'s Path,
    as_nobody: bool,
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    closed: bool,
    #[cfg(unix)]
    space_kib: Option<u64>,
    #[cfg(unix)]
    on_terminal: bool,
}

impl<'s> Call<'s> {
    pub(crate) fn new(program: &Path, folder: &'s Path, as_nobody: bool) -> Self {
        let environment = vec![("LANG".to_owned(), "C.UTF-8".to_owned())];
        Self {
            program: program.to_owned(),
            folder,
            as_nobody,
            arguments: Vec::new(),
            environment,
            closed: false,
            #[cfg(unix)]
            space_kib: None,
            #[cfg(unix)]
            on_terminal: false,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The run, and each process that it starts, gets no more address space than this.
    #[cfg(unix)]
    #[must_use]
    pub const fn with_space(mut self, kib: u64) -> Self {
        self.space_kib = Some(kib);
        self
    }

    /// The run writes to a terminal, both standard output and standard error; by `script`, which stands on every Linux.
    #[cfg(unix)]
    #[must_use]
    pub const fn on_terminal(mut self) -> Self {
        self.on_terminal = true;
        self
    }

    /// Nobody reads the output: its pipe is closed from the beginning, as when `head` has gone.
    #[must_use]
    pub const fn with_closed_output(mut self) -> Self {
        self.closed = true;
        self
    }

    /// Runs the executable in the folder, to its end.
    ///
    /// # Panics
    /// When it cannot be started, hangs, is ended by a signal, or writes what is no UTF-8.
    #[must_use]
    pub fn run(self) -> Run {
        let mut command = self.command();
        command.envs(self.environment).current_dir(self.folder);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        if self.as_nobody {
            use std::os::unix::process::CommandExt;
            command.uid(NOBODY).gid(NOBODY);
        }
        let mut child = command.spawn().unwrap_or_else(|error| {
            let why = if self.as_nobody { " as nobody: run the tests without root" } else { "" };
            panic!("`{}` cannot be started{why}: {error}", self.program.display())
        });
        let stdout = child.stdout.take().filter(|_| !self.closed).map(gather);
        let stderr = child.stderr.take().map(gather);
        let mut wait = |output: Option<mpsc::Receiver<Vec<u8>>>| {
            let gathered = output.map(|output| output.recv_timeout(HANGS)).transpose();
            let Ok(bytes) = gathered else {
                child.kill().expect("a run that hangs can be ended");
                panic!("the run hangs");
            };
            String::from_utf8(bytes.unwrap_or_default()).expect("the output is UTF-8")
        };
        let (stdout, stderr) = (wait(stdout), wait(stderr));
        let status = child.wait().expect("the end of a run can be awaited");
        let exit = status.code().unwrap_or_else(|| panic!("the run was ended by a signal: {status}\n{stderr}"));
        Run { stdout, stderr, exit }
    }
}

impl Call<'_> {
    #[cfg(unix)]
    fn command(&self) -> Command {
        if self.on_terminal {
            let words = [self.program.as_os_str()].into_iter().chain(self.arguments.iter().map(OsString::as_os_str));
            let line: Vec<String> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
            let mut script = command(Path::new("script"));
            script.env("TERM", "xterm").args([
                "--quiet",
                "--return",
                "--log-out",
                "/dev/null",
                "--command",
                &line.join(" "),
            ]);
            return script;
        }
        let mut run = match self.space_kib {
            None => command(&self.program),
            Some(kib) => {
                let mut shell = command(Path::new("sh"));
                shell.args(["-c", &format!("ulimit -v {kib} && exec \"$@\""), "sh"]).arg(&self.program);
                shell
            }
        };
        run.args(&self.arguments);
        run
    }

    #[cfg(not(unix))]
    fn command(&self) -> Command {
        let mut run = command(&self.program);
        run.args(&self.arguments);
        run
    }
}

fn gather(mut source: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until an error is what there is.
        let _ = source.read_to_end(&mut bytes);
        // The receiver has gone only where the run is given up.
        let _ = sender.send(bytes);
    });
    receiver
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit code.
    pub exit: i32,
}

impl Run {
    /// Standard output as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("the output is no JSON: {error}\n{self}"))
    }
}

/// A line, with a mark in place of what the system says of an error.
fn without_the_systems_words(line: &str) -> String {
    let before = line.strip_suffix(')').and_then(|line| line.rsplit_once(" (os error ")).map(|(before, _)| before);
    match before.and_then(|before| before.rsplit_once(": ")) {
        Some((said, _)) => format!("{said}: [the system's words]"),
        None => line.to_owned(),
    }
}

/// The whole result: standard output, standard error behind `!`, and the exit code. Every system has its own words for an
/// error; a mark stands in their place.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        self.stderr.lines().try_for_each(|line| writeln!(f, "! {}", without_the_systems_words(line)))?;
        write!(f, "exit {}", self.exit)
    }
}
