//! The limits, seen from outside: this program starts itself again and puts them on itself, as a worker does.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[cfg(windows)]
use hikeshi_host::limits::end_with_this_process;
use hikeshi_host::limits::{Ended, ended, grant_processor_seconds, limit_memory};

/// Tells this program, started again, what it is to do.
const ROLE: &str = "HIKESHI_TEST_ROLE";

/// A role that no limit ends gives up after so long, so that the test fails and does not hang.
const TOO_LONG: Duration = Duration::from_secs(120);

fn again(role: &str) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the program under test is this one")]
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "what_this_program_does_when_it_is_started_again", "--nocapture"]).env(ROLE, role);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn end_of(role: &str) -> (Ended, Option<i32>) {
    let status = again(role).status().unwrap();
    (ended(status), status.code())
}

#[test]
fn what_this_program_does_when_it_is_started_again() {
    match std::env::var(ROLE).unwrap_or_default().as_str() {
        "computes" => {
            grant_processor_seconds(0).unwrap();
            compute(TOO_LONG);
        }
        "computes-under-a-new-grant" => {
            grant_processor_seconds(0).unwrap();
            compute(Duration::from_millis(100));
            grant_processor_seconds(600).unwrap();
            compute(Duration::from_secs(4));
        }
        "waits" => {
            grant_processor_seconds(0).unwrap();
            std::thread::sleep(Duration::from_secs(3));
        }
        "takes-memory" => {
            limit_memory(512 << 20).unwrap();
            black_box(vec![1_u8; 1 << 30]);
        }
        "takes-less-memory" => {
            limit_memory(512 << 20).unwrap();
            black_box(vec![1_u8; 1 << 20]);
        }
        "takes-more-than-there-is" => drop(black_box(Vec::<u8>::with_capacity(isize::MAX.unsigned_abs()))),
        "goes-too-deep" => {
            limit_memory(512 << 20).unwrap();
            black_box(deeper(0));
        }
        #[cfg(windows)]
        "dies-with-a-child" => {
            let child = again("lives-on").stdout(Stdio::inherit()).spawn().unwrap();
            end_with_this_process(&child).unwrap();
            std::thread::sleep(TOO_LONG);
        }
        #[cfg(windows)]
        "lives-on" => {
            println!("alive");
            std::thread::sleep(TOO_LONG);
        }
        _ => {}
    }
}

fn compute(most: Duration) {
    let start = Instant::now();
    while start.elapsed() < most {
        black_box((0..100_000_u64).fold(0, |sum: u64, number| sum.wrapping_add(black_box(number))));
    }
}

fn deeper(depth: u64) -> u64 {
    let room = black_box([depth; 512]);
    // What is added afterwards keeps the compiler from making a loop of it.
    if black_box(true) { deeper(depth + 1) + room.iter().sum::<u64>() } else { 0 }
}

#[test]
fn who_has_used_up_the_processor_time_is_ended_and_that_shows() {
    assert_eq!(end_of("computes").0, Ended::OverTime);
}

#[test]
fn a_new_grant_replaces_the_one_before() {
    assert_eq!(end_of("computes-under-a-new-grant"), (Ended::Otherwise, Some(0)));
}

#[test]
fn waiting_costs_no_processor_time() {
    assert_eq!(end_of("waits"), (Ended::Otherwise, Some(0)));
}

#[test]
fn who_takes_more_memory_than_the_limit_is_ended_and_that_shows() {
    assert_eq!(end_of("takes-memory").0, Ended::OverMemory);
}

#[test]
fn who_stays_below_the_limit_of_memory_is_not_disturbed() {
    assert_eq!(end_of("takes-less-memory"), (Ended::Otherwise, Some(0)));
}

#[test]
fn an_allocation_that_fails_shows_as_over_memory() {
    assert_eq!(end_of("takes-more-than-there-is").0, Ended::OverMemory);
}

#[test]
fn an_exhausted_stack_shows_as_over_memory() {
    assert_eq!(end_of("goes-too-deep").0, Ended::OverMemory);
}

#[test]
fn who_ends_by_itself_shows_as_neither() {
    assert_eq!(end_of("nothing"), (Ended::Otherwise, Some(0)));
}

/// The child holds the pipe too, so its end is heard only when both are no more.
#[cfg(windows)]
#[test]
fn a_child_ends_with_its_parent_even_where_that_is_killed() {
    use std::io::Read;

    let started = Instant::now();
    let mut parent = again("dies-with-a-child").spawn().unwrap();
    let mut pipe = parent.stdout.take().unwrap();
    let mut heard = String::new();
    while !heard.contains("alive") {
        let mut byte = [0];
        pipe.read_exact(&mut byte).unwrap();
        heard.extend(byte.map(char::from));
    }
    parent.kill().unwrap();
    parent.wait().unwrap();
    pipe.read_to_string(&mut heard).unwrap();
    assert!(started.elapsed() < TOO_LONG, "the child went on until it was done");
}
