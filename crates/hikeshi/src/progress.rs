//! How far a run is, and the first signs of what it finds, on standard error, only where that is a terminal.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use hikeshi_core::finding::{Finding, Severity, Stage};
use hikeshi_hunt::Progress;
use hikeshi_report::{Words, sign};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// More signs than this are left to the report.
const SIGNS: usize = 12;

/// A bar with bytes, files and the time left; above it, the first sign of each kind.
pub(crate) struct Bar<'w> {
    bar: ProgressBar,
    words: &'w Words,
    files: AtomicU64,
    done: AtomicU64,
    /// The rules whose first sign was shown.
    signs: Mutex<BTreeSet<String>>,
}

impl<'w> Bar<'w> {
    pub(crate) fn new(words: &'w Words) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar, words, files: AtomicU64::new(0), done: AtomicU64::new(0), signs: Mutex::default() }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn begin(&self, files: u64, bytes: u64, what: &str) {
        self.files.store(files, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.bar.reset();
        self.bar.set_length(bytes);
        self.bar.set_prefix(what.to_owned());
        let left = self.words.get("progress-left");
        let template = format!("{{prefix}}  {{wide_bar}} {{bytes}} / {{total_bytes}}  {{msg}}  {left} {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            self.bar.set_style(style);
        }
        self.count(0);
        if std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn count(&self, done: u64) {
        let files = self.files.load(Ordering::Relaxed);
        self.bar.set_message(self.words.with("progress-files", &[("done", &done), ("files", &files)]));
    }
}

impl Progress for Bar<'_> {
    fn started(&self, files: u64, bytes: u64) {
        self.begin(files, bytes, &self.words.get("progress-reading"));
    }

    fn following(&self, leads: usize, files: u64, bytes: u64) {
        self.begin(files, bytes, &self.words.with("progress-following", &[("leads", &leads)]));
    }

    fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn file_done(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if !self.bar.is_hidden() {
            self.count(done);
        }
    }

    fn found(&self, finding: &Finding) {
        let is_sign = finding.severity >= Severity::High && finding.weight() >= Some(Stage::Exploitation);
        if self.bar.is_hidden() || !is_sign {
            return;
        }
        let mut signs = self.signs.lock().unwrap_or_else(PoisonError::into_inner);
        if signs.len() >= SIGNS || !signs.insert(finding.rule.name.clone()) {
            return;
        }
        if signs.len() == 1 {
            self.bar.println(self.words.get("progress-first-signs"));
        }
        self.bar.println(sign::line(finding, self.words));
        if signs.len() == SIGNS {
            self.bar.println(self.words.get("progress-more-signs"));
        }
    }
}
