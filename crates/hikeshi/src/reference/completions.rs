//! Completions for shells.

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};

use super::File;

pub(super) fn files() -> Vec<File> {
    [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell].into_iter().map(file).collect()
}

fn file(shell: Shell) -> File {
    let mut bytes = Vec::new();
    let mut command = visible(&crate::Arguments::command());
    generate(shell, &mut command, "hikeshi", &mut bytes);
    let name = match shell {
        Shell::Zsh => "_hikeshi".to_owned(),
        Shell::PowerShell => "_hikeshi.ps1".to_owned(),
        other => format!("hikeshi.{other}"),
    };
    (format!("completions/{name}"), bytes)
}

/// The same command without those that are not for people: the shells would offer them.
fn visible(command: &Command) -> Command {
    let shown = Command::new("hikeshi")
        .args(command.get_arguments().cloned())
        .subcommands(command.get_subcommands().filter(|inner| !inner.is_hide_set()).cloned());
    shown.version(env!("CARGO_PKG_VERSION"))
}
