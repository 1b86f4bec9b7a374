#![no_main]
//! See `hikeshi_evidence::fuzz::TARGETS`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_evidence::fuzz::run("event_export", bytes));
