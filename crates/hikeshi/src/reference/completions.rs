//! Completions for every shell that `clap_complete` knows.

use clap::{Command, CommandFactory, ValueEnum};
use clap_complete::{Generator, Shell, generate};

use super::File;

pub(super) fn files() -> Vec<File> {
    Shell::value_variants().iter().map(|shell| file(*shell)).collect()
}

fn file(shell: Shell) -> File {
    let mut bytes = Vec::new();
    generate(shell, &mut visible(&crate::Arguments::command()), "hikeshi", &mut bytes);
    (format!("completions/{}", shell.file_name("hikeshi")), bytes)
}

/// The same command without those that are not for people: the shells would offer them.
fn visible(command: &Command) -> Command {
    let shown = Command::new("hikeshi")
        .args(command.get_arguments().cloned())
        .subcommands(command.get_subcommands().filter(|inner| !inner.is_hide_set()).cloned());
    shown.version(env!("CARGO_PKG_VERSION"))
}
