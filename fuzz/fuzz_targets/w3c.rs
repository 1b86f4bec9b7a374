#![no_main]
//! See `hikeshi_evidence::fuzz::w3c`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_evidence::fuzz::w3c(bytes));
