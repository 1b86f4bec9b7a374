#![no_main]
//! See `hikeshi_hunt::fuzz::indicators`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_hunt::fuzz::indicators(bytes));
