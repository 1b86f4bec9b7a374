//! The page of the command line, from the arguments that are parsed.

use clap::{Arg, Command, CommandFactory};
use hikeshi_core::text::{Lang, Text};

use crate::help;

use super::markdown::{cell, code, plain};

/// The command as people see it, in one language.
pub(super) fn localised(lang: Lang) -> Command {
    let mut command = help::localise(crate::Arguments::command(), lang).disable_help_subcommand(true);
    command.build();
    command
}

pub(super) fn page(lang: Lang) -> String {
    let mut out = Text::new("# Command line\n", "# コマンド ライン\n").get(lang).to_owned();
    section(&localised(lang), "hikeshi", lang, &mut out);
    out
}

fn section(command: &Command, name: &str, lang: Lang, out: &mut String) {
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    out.push_str(&format!("\n## {name}\n\n{}\n\n```text\n{usage}\n```\n", plain(&about)));
    let arguments: Vec<_> = command.get_arguments().filter(|argument| !argument.is_hide_set()).collect();
    let of_its_own = |argument: &&&Arg| !is_everywhere(argument) || name == "hikeshi";
    let shown: Vec<_> = arguments.iter().filter(of_its_own).map(|argument| row(argument, lang)).collect();
    if !shown.is_empty() {
        out.push_str(Text::new("\n| argument | meaning |\n", "\n| 引数 | 意味 |\n").get(lang));
        out.push_str("| --- | --- |\n");
        out.push_str(&shown.concat());
    }
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        section(inner, &format!("{name} {}", inner.get_name()), lang, out);
    }
}

/// Options that every command takes are told once.
fn is_everywhere(argument: &Arg) -> bool {
    matches!(argument.get_id().as_str(), "help" | "lang" | "version")
}

fn row(argument: &Arg, lang: Lang) -> String {
    let help = match (argument.get_id().as_str(), lang) {
        // These two are clap's own, which speaks English only.
        ("help", Lang::Ja) => "使い方を表示します (-h は要約)".to_owned(),
        ("version", Lang::Ja) => "バージョンを表示します".to_owned(),
        ("help", Lang::En) => "Print help; a summary with -h".to_owned(),
        _ => argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string).unwrap_or_default(),
    };
    let short = argument.get_short().map(|short| format!("{}, ", code(&format!("-{short}")))).unwrap_or_default();
    let values: Vec<_> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| code(value.get_name()))
        .collect();
    let values = match values.is_empty() || !argument.get_action().takes_values() {
        true => String::new(),
        false => {
            format!("<br>{}", Text::new("One of ", "次のどれか: ").get(lang))
                + &lang.list(&values.iter().map(String::as_str).collect::<Vec<_>>())
        }
    };
    let defaults: Vec<_> = argument.get_default_values().iter().map(|value| code(&value.to_string_lossy())).collect();
    let default = match defaults.is_empty() || !argument.get_action().takes_values() {
        true => String::new(),
        false => format!("<br>{}{}", Text::new("Default: ", "省略時: ").get(lang), defaults.join(" ")),
    };
    format!("| {short}{} | {}{values}{default} |\n", code(&argument.to_string()).replace('|', "\\|"), cell(&help))
}
