#![no_main]
//! See `hikeshi_evidence::fuzz::encoding`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_evidence::fuzz::encoding(bytes));
