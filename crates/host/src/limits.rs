//! Limits that a process puts on itself before it reads anything hostile. The system holds them, so no fault of a parser
//! can lift them.

use std::io;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

/// The most memory that this process may take, as address space, in bytes. Beyond it allocations fail, and a Rust program
/// that cannot go on without them aborts.
///
/// # Errors
/// When the system refuses the limit.
pub fn limit_memory(bytes: u64) -> io::Result<()> {
    system::limit_memory(bytes)
}

/// Grants so many seconds of processor time from now on; after that the system ends this process. Waiting costs nothing,
/// so the limit does not depend on what else the machine does. Each call replaces the grant before.
///
/// # Errors
/// When the system refuses the limit.
pub fn grant_processor_seconds(seconds: u64) -> io::Result<()> {
    system::grant_processor_seconds(seconds)
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
pub fn ended(status: std::process::ExitStatus) -> Ended {
    system::ended(status)
}
