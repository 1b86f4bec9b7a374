//! Reads bytes that an attacker may have written. Start at [`reader::LogReader`].
//!
//! Everything here is bounded: a record has a cap, a reader holds one buffer, and what is cut or
//! does not fit is counted, never dropped. No rule and no product is known here; what a log looks
//! like comes from a [`hikeshi_core::family::Family`].
#![warn(missing_docs)]

pub mod archive;
pub mod artefact;
pub mod change_journal;
pub mod collected;
pub mod command_history;
pub mod encoding;
pub mod error_report;
pub mod event_export;
pub mod event_log;
pub mod fields;
mod file_attributes;
pub mod file_table;
pub mod fuzz;
pub mod hex;
pub mod hive;
pub mod hosts_file;
pub mod kind;
pub mod layout;
mod lines;
mod little_endian;
pub mod look;
mod markup;
pub mod network_scan;
pub mod reader;
pub mod record;
pub mod row;
pub mod sample;
pub mod scanner_log;
pub mod task_file;
pub mod task_job;
pub mod tool_output;
pub mod web_server_config;
mod windows_time;
pub mod worker;
pub mod yara;
