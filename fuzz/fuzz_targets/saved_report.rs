#![no_main]
//! See `hikeshi_report::fuzz::saved_report`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_report::fuzz::saved_report(bytes));
