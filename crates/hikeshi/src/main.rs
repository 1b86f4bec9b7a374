//! The binary: wires commands to the crates that do the work. One file per subcommand.

mod builtin;
mod check;
mod drill;
mod exit;
mod face;
mod help;
mod pack;
mod progress;
mod reference;
mod report;
mod tell;
mod usage;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::exit::Exit;

/// Was this server attacked, did they get in, and what to do now.
///
/// Exit codes: 0 nothing found and everything covered; 1 signs found; 2 could not run;
/// 3 nothing found, but not everything was there to look at; 4 broken off.
#[derive(Parser)]
#[command(name = "hikeshi", version)]
struct Arguments {
    /// Language of the output: ja or en. Otherwise from the locale.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<hikeshi_core::text::Lang>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Look for signs of an attack in a server's evidence, and say what was not seen.
    Check(check::Arguments),
    /// Show a saved report in another form, for people or for other programs; sum up those of many servers; compare two.
    Report(report::Arguments),
    /// List, show and test content packs.
    Pack(pack::Arguments),
    /// Make an inert, synthetic server to practise on.
    Drill(drill::Arguments),
    /// Read binary evidence for another process of this program, under limits. Not for people.
    #[command(hide = true)]
    Worker,
    /// Write man pages, shell completions and the reference of the documentation from this program. For those who package it.
    #[command(hide = true)]
    Reference(reference::Arguments),
}

fn main() -> ExitCode {
    let lang = help::language(std::env::args_os(), |name| std::env::var(name).ok());
    let words = hikeshi_report::Words::new(lang);
    let parsed = help::localise(Arguments::command(), lang)
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::CouldNotRun } else { Exit::Clean };
            // A closed pipe is no reason to fail over the help text.
            let _ = match usage::told(&error, lang) {
                Some(told) => anstream::stderr().lock().write_all(told.as_bytes()),
                None => error.print(),
            };
            return exit.into();
        }
    };
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &words),
        Command::Report(arguments) => report::run(&arguments, &words),
        Command::Pack(arguments) => pack::run(&arguments, &words),
        Command::Drill(arguments) => drill::run(&arguments, &words),
        Command::Worker => worker::run(),
        Command::Reference(arguments) => reference::run(&arguments),
    };
    match result {
        Ok(exit) => exit.into(),
        // Nobody took the whole answer, so nothing may be read from the exit code but that.
        Err(error) if tell::is_closed_pipe(&error) => Exit::Partial.into(),
        Err(error) => {
            tell::error(&error, &words);
            Exit::CouldNotRun.into()
        }
    }
}
