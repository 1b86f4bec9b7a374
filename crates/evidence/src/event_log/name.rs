//! What the name of an event log says of its content.

/// Logs of every Windows that are kept under their channels' names. `ForwardedEvents` is none of them: it holds records of
/// other channels.
/// Source: <https://learn.microsoft.com/en-us/windows/win32/eventlog/eventlog-key>.
const OWN_NAMES: [&str; 4] = ["Application", "Security", "Setup", "System"];

/// Whether an event log with this path and records of these channels bears a name that is not its own: one without the
/// ending `.evtx`, or that of another log of Windows.
///
/// Copies under names such as `Security-2021-03.evtx` are not meant: people name exports like that.
#[must_use]
pub fn is_misnamed<'c>(path: &str, channels: impl IntoIterator<Item = &'c str>) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let Some((stem, _)) = name.rsplit_once('.').filter(|(_, ending)| ending.eq_ignore_ascii_case("evtx")) else {
        return true;
    };
    let mut channels = channels.into_iter().peekable();
    channels.peek().is_some()
        && OWN_NAMES.iter().any(|own| own.eq_ignore_ascii_case(stem))
        && !channels.any(|channel| channel.eq_ignore_ascii_case(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_misnamed_without_its_ending_or_under_the_name_of_another() {
        for (path, channels, expected) in [
            ("C/Windows/System32/winevt/Logs/Security.evtx", &["Security"][..], false),
            ("logs/security.EVTX", &["Security"], false),
            ("logs/System.evtx", &[], false),
            ("logs/Security-2021-03.evtx", &["Security"], false),
            (
                "logs/Microsoft-Windows-PowerShell%4Operational.evtx",
                &["Microsoft-Windows-PowerShell/Operational"],
                false,
            ),
            ("logs/ForwardedEvents.evtx", &["Security", "System"], false),
            ("logs/System.evtx", &["Security"], true),
            ("ProgramData/cache.dat", &["Security"], true),
            ("evtx", &["Security"], true),
        ] {
            assert_eq!(is_misnamed(path, channels.iter().copied()), expected, "{path}");
        }
    }
}
