#![no_main]
//! See `hikeshi_pack::fuzz::pack`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hikeshi_pack::fuzz::pack(bytes));
