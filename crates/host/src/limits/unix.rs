//! Limits by `setrlimit(2)`.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::Ended;

pub(super) fn limit_memory(bytes: u64) -> io::Result<()> {
    // What somebody else has limited further stays so.
    let hard = getrlimit(Resource::As).maximum.map_or(bytes, |hard| hard.min(bytes));
    Ok(setrlimit(Resource::As, Rlimit { current: Some(hard), maximum: Some(hard) })?)
}

pub(super) fn grant_processor_seconds(seconds: u64) -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    // The running second counts as whole.
    let until = u64::try_from(used).unwrap_or(0).saturating_add(seconds).saturating_add(1);
    let maximum = getrlimit(Resource::Cpu).maximum;
    let current = Some(maximum.map_or(until, |hard| hard.min(until)));
    Ok(setrlimit(Resource::Cpu, Rlimit { current, maximum })?)
}

#[expect(clippy::unnecessary_wraps, reason = "on Windows the system may refuse to say")]
pub(super) fn processor_time() -> io::Result<Duration> {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = Duration::from_secs(u64::try_from(used.tv_sec).unwrap_or(0));
    Ok(seconds + Duration::from_nanos(u64::try_from(used.tv_nsec).unwrap_or(0)))
}

pub(super) const fn end_with_this_process(_: &Child) -> io::Result<()> {
    Ok(())
}

pub(super) fn ended(status: ExitStatus) -> Ended {
    let signal = status.signal();
    if signal == Some(Signal::ABORT.as_raw()) || signal == Some(Signal::SEGV.as_raw()) {
        Ended::OverMemory
    } else if signal == Some(Signal::XCPU.as_raw()) {
        Ended::OverTime
    } else {
        Ended::Otherwise
    }
}
