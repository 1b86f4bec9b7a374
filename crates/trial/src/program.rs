//! Programs of Windows by their paths, and the account of the system, as every log writes them.

/// The system's own account.
pub const SYSTEM: &str = "NT AUTHORITY\\SYSTEM";
/// The command prompt.
pub const CMD: &str = "C:\\Windows\\System32\\cmd.exe";
/// Windows PowerShell.
pub const POWERSHELL: &str = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
/// A worker process of the web server.
pub const W3WP: &str = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";
/// What starts services.
pub const SERVICES: &str = "C:\\Windows\\System32\\services.exe";
/// What many services run in.
pub const SVCHOST: &str = "C:\\Windows\\System32\\svchost.exe";
/// The command line of the scheduler's own process.
pub const SCHEDULE: &str = "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule";
