//! How far a run is, on standard error, only where that is a terminal.

use std::io::IsTerminal;

use hikeshi_hunt::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with bytes, files and the time left.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self(ProgressBar::with_draw_target(None, target))
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn started(&self, files: u64, bytes: u64) {
        self.0.set_length(bytes);
        let template = format!("{{wide_bar}} {{bytes}} / {{total_bytes}}  {files} files  {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            self.0.set_style(style);
        }
    }

    fn following(&self, leads: usize, bytes: u64) {
        self.0.set_position(0);
        self.0.set_length(bytes);
        let template = format!("{{wide_bar}} {{bytes}} / {{total_bytes}}  {leads} leads  {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            self.0.set_style(style);
        }
    }

    fn read(&self, bytes: u64) {
        self.0.inc(bytes);
    }
}
