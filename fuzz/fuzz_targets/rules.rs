#![no_main]
//! See `hikeshi_hunt::fuzz::rules`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_hunt::fuzz::rules(bytes));
