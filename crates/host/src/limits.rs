//! Limits on a process that reads something hostile. It puts them on itself before it begins; the memory is limited by the
//! system, so no fault of a parser can lift that.

use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

/// The most memory that this process may take, in bytes: on Unix as address space, on Windows as committed memory. Beyond
/// it allocations fail, and a Rust program that cannot go on without them aborts.
///
/// # Errors
/// When the system refuses the limit.
pub fn limit_memory(bytes: u64) -> io::Result<()> {
    system::limit_memory(bytes)
}

/// Grants so many seconds of processor time from now on; after that this process is ended. Waiting costs nothing, so the
/// limit does not depend on what else the machine does. Each call replaces the grant before. On Windows the first call
/// starts a thread, so it belongs before [`limit_memory`].
///
/// # Errors
/// When the system refuses the limit.
pub fn grant_processor_seconds(seconds: u64) -> io::Result<()> {
    system::grant_processor_seconds(seconds)
}

/// The processor time that this process has taken until now.
///
/// # Errors
/// When the system does not say.
pub fn processor_time() -> io::Result<Duration> {
    system::processor_time()
}

/// On Windows, the system ends the child process as soon as this process is no more, however that ended. On Unix nothing
/// is done.
///
/// # Errors
/// When the system refuses.
pub fn end_with_this_process(child: &Child) -> io::Result<()> {
    system::end_with_this_process(child)
}

/// How a child process ended, as far as its limits are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By the limit of memory; also where its stack was exhausted.
    OverMemory,
    /// By the limit of processor time.
    OverTime,
    /// In another way.
    Otherwise,
}

/// Tells from its exit status why a limited child process ended.
#[must_use]
pub fn ended(status: ExitStatus) -> Ended {
    system::ended(status)
}
