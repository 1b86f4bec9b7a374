#![no_main]
//! See `hikeshi_evidence::fuzz::delimited`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_evidence::fuzz::delimited(bytes));
