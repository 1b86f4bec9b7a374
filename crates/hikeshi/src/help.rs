//! Help in the reader's language. English stands beside the arguments; Japanese in `help-ja.ftl`.

use std::ffi::OsString;

use clap::Command;
use hikeshi_core::text::Lang;

/// Japanese help, one key per command and argument.
const JA: &str = include_str!("help-ja.ftl");

/// The language: from `--lang`, else from the locale. Needed before the arguments are parsed, for their errors and help.
pub(crate) fn language(arguments: impl Iterator<Item = OsString>, variable: impl Fn(&str) -> Option<String>) -> Lang {
    let arguments: Vec<String> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let asked = arguments.iter().enumerate().find_map(|(at, argument)| match argument.strip_prefix("--lang=") {
        Some(lang) => lang.parse().ok(),
        None if argument == "--lang" => arguments.get(at + 1)?.parse().ok(),
        None => None,
    });
    asked.unwrap_or_else(|| locale(variable).map_or(Lang::En, |locale| Lang::from_locale(&locale)))
}

/// The locale for messages: the first of the variables that is set, as POSIX has it; on Windows, where they are hardly ever
/// set, otherwise that of the user.
pub(crate) fn locale(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).or_else(locale_of_user)
}

#[cfg(windows)]
fn locale_of_user() -> Option<String> {
    sys_locale::get_locale()
}

#[cfg(not(windows))]
const fn locale_of_user() -> Option<String> {
    None
}

/// The command with its help in `lang`.
pub(crate) fn localise(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Ja => japanese(command, "help"),
    }
}

fn japanese(command: Command, key: &str) -> Command {
    let names: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    let commands: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let mut command = match text(key) {
        Some(about) => command.about(about).long_about(None),
        None => command,
    };
    for name in names {
        if let Some(help) = text(&format!("{key}--{name}")) {
            command = command.mut_arg(&name, |argument| argument.help(help).long_help(None));
        }
    }
    for name in commands {
        let inner = format!("{key}-{name}");
        command = command.mut_subcommand(&name, |command| japanese(command, &inner));
    }
    command
}

fn text(key: &str) -> Option<&'static str> {
    JA.lines().find_map(|line| line.split_once(" = ").filter(|(name, _)| *name == key).map(|(_, text)| text))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn keys(command: &Command, key: &str, out: &mut Vec<String>) {
        out.push(key.to_owned());
        out.extend(
            command
                .get_arguments()
                .filter(|argument| !argument.is_global_set() || key == "help")
                .map(|argument| format!("{key}--{}", argument.get_id())),
        );
        command.get_subcommands().for_each(|inner| keys(inner, &format!("{key}-{}", inner.get_name()), out));
    }

    #[test]
    fn every_command_and_argument_has_japanese_help_and_english_help() {
        let command = crate::Arguments::command();
        let mut wanted = Vec::new();
        keys(&command, "help", &mut wanted);
        wanted.sort();
        let mut have: Vec<_> =
            JA.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key.to_owned()).collect();
        have.sort();
        assert_eq!(have, wanted);
        fn has_english(command: &Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            command.get_arguments().for_each(|argument| {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id())
            });
            command.get_subcommands().for_each(has_english);
        }
        has_english(&command);
    }

    #[test]
    fn the_language_comes_from_the_argument_then_from_the_locale() {
        let from = |arguments: &[&str], locale: &str| {
            let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
            language(arguments.into_iter(), |name| (name == "LANG").then(|| locale.to_owned()))
        };
        assert_eq!(from(&["hikeshi", "--lang", "ja"], "C"), Lang::Ja);
        assert_eq!(from(&["hikeshi", "check", "--lang=en"], "ja_JP.UTF-8"), Lang::En);
        assert_eq!(from(&["hikeshi"], "ja_JP.UTF-8"), Lang::Ja);
        let of_user = locale_of_user().map_or(Lang::En, |locale| Lang::from_locale(&locale));
        assert_eq!(from(&["hikeshi"], ""), of_user);
    }

    #[cfg(windows)]
    #[test]
    fn windows_tells_the_locale_of_the_user() {
        let locale = locale_of_user().expect("a locale");
        assert!(locale.contains('-'), "{locale}");
    }
}
