//! Limits by job objects, and by a thread that watches the processor time.
//!
//! A job could limit the processor time too. But it counts only what a process computes itself and not what the system
//! does for it, and a reader that goes in circles may well do so through system calls. So a thread looks at both.

#![expect(unsafe_code, reason = "Windows is reached through C functions alone; each call says why it is sound")]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::process::{Child, ExitStatus};
use std::ptr::{from_ref, null};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_NOT_ENOUGH_QUOTA, FILETIME, HANDLE, STATUS_COMMITMENT_LIMIT, STATUS_NO_MEMORY, STATUS_STACK_BUFFER_OVERRUN,
    STATUS_STACK_OVERFLOW,
};
use windows_sys::Win32::System::Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOB_OBJECT_LIMIT_PROCESS_MEMORY,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, GetProcessTimes, TerminateProcess};

use super::Ended;

/// What Windows itself ends a process with whose job has used up its time.
const OVER_TIME: u32 = ERROR_NOT_ENOUGH_QUOTA;
/// `std::process::abort`, which an allocation that fails comes to, ends a process with the first; an exhausted stack with
/// the second. With the others the system ends one that it has no memory for.
const OVER_MEMORY: [i32; 4] =
    [STATUS_STACK_BUFFER_OVERRUN, STATUS_STACK_OVERFLOW, STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT];

/// Windows counts processor time in units of 100 nanoseconds.
const UNITS_PER_SECOND: u64 = 10_000_000;
/// How often the watching thread looks.
const TICK: Duration = Duration::from_millis(100);

pub(super) fn limit_memory(bytes: u64) -> io::Result<()> {
    // Who ends by a limit is to end, not to wait in a window of the system until somebody closes it.
    // SAFETY: the call takes a number, and says what happens to this process alone.
    unsafe { SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX) };
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.ProcessMemoryLimit = usize::try_from(bytes).unwrap_or(usize::MAX);
    // The job stays in force when its handle is closed here: it lives as long as a process in it.
    take_in(&job(&limits)?, this_process())
}

pub(super) fn grant_processor_seconds(seconds: u64) -> io::Result<()> {
    /// The processor time at which this process is ended.
    static UNTIL: AtomicU64 = AtomicU64::new(u64::MAX);
    static WATCHED: Mutex<bool> = Mutex::new(false);

    // The running second counts as whole, as it does on Unix.
    let granted = seconds.saturating_add(1).saturating_mul(UNITS_PER_SECOND);
    UNTIL.store(processor_units()?.saturating_add(granted), Ordering::Relaxed);
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*watched {
        // The thread takes no memory while it runs, so it goes on where there is none left.
        std::thread::Builder::new().name("processor time".to_owned()).spawn(|| {
            loop {
                std::thread::sleep(TICK);
                // A process that cannot tell its own time any more is not let go on without a limit.
                if processor_units().map_or(true, |used| used >= UNTIL.load(Ordering::Relaxed)) {
                    end_this_process();
                }
            }
        })?;
        *watched = true;
    }
    Ok(())
}

pub(super) fn end_with_this_process(child: &Child) -> io::Result<()> {
    /// Its handle is the only one, and the system closes it when this process has ended.
    static TOGETHER: Mutex<Option<OwnedHandle>> = Mutex::new(None);

    let mut together = TOGETHER.lock().unwrap_or_else(PoisonError::into_inner);
    let job = match &mut *together {
        Some(job) => job,
        none => {
            let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
            limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
            none.insert(job(&limits)?)
        }
    };
    take_in(job, child.as_raw_handle())
}

pub(super) fn ended(status: ExitStatus) -> Ended {
    let Some(code) = status.code() else { return Ended::Otherwise };
    if OVER_MEMORY.contains(&code) {
        Ended::OverMemory
    } else if code.cast_unsigned() == OVER_TIME {
        Ended::OverTime
    } else {
        Ended::Otherwise
    }
}

/// A new job without a name, which no child process inherits.
fn job(limits: &JOBOBJECT_EXTENDED_LIMIT_INFORMATION) -> io::Result<OwnedHandle> {
    // SAFETY: both pointers may be null; nothing else is handed over.
    let handle = unsafe { CreateJobObjectW(null(), null()) };
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is valid, was made just now, and nobody else closes it.
    let job = unsafe { OwnedHandle::from_raw_handle(handle) };
    let size = u32::try_from(size_of_val(limits)).map_err(io::Error::other)?;
    // SAFETY: the pointer leads to a structure of the class that is named, of the size that is given, and it is only read.
    let set =
        unsafe { SetInformationJobObject(handle, JobObjectExtendedLimitInformation, from_ref(limits).cast(), size) };
    succeeded(set).map(|()| job)
}

fn take_in(job: &OwnedHandle, process: HANDLE) -> io::Result<()> {
    // SAFETY: both handles are valid during the call, which keeps neither.
    succeeded(unsafe { AssignProcessToJobObject(job.as_raw_handle(), process) })
}

fn this_process() -> HANDLE {
    // SAFETY: the call takes nothing and cannot fail; what it gives need not be closed.
    unsafe { GetCurrentProcess() }
}

/// What this process has used so far, in units of 100 nanoseconds: its own computing, and the system's for it.
pub(super) fn processor_time() -> io::Result<Duration> {
    let units = processor_units()?;
    Ok(Duration::from_nanos(units.saturating_mul(1_000_000_000 / UNITS_PER_SECOND)))
}

fn processor_units() -> io::Result<u64> {
    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle is valid, and each pointer leads to a place of its own for one value.
    succeeded(unsafe { GetProcessTimes(this_process(), &mut created, &mut ended, &mut kernel, &mut user) })?;
    let units = |time: FILETIME| (u64::from(time.dwHighDateTime) << 32) | u64::from(time.dwLowDateTime);
    Ok(units(kernel).saturating_add(units(user)))
}

/// At once: nothing of this process is run any more, no destructor and no library's farewell, which could wait for ever.
fn end_this_process() {
    // SAFETY: the handle is valid. What this process has written so far stays whole as far as it was written.
    let _ = unsafe { TerminateProcess(this_process(), OVER_TIME) };
}

/// What most functions of Windows tell: zero for a failure.
fn succeeded(result: i32) -> io::Result<()> {
    if result == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
