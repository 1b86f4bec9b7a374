//! How far a run is, and the first signs of what it finds, on standard error, only where that is a terminal.

use std::collections::BTreeSet;
use std::fmt;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hikeshi_core::finding::{Finding, Severity, Stage};
use hikeshi_hunt::Progress;
use hikeshi_report::{Words, sign};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// More signs than this are left to the report.
const SIGNS: usize = 12;

/// A bar with bytes, files and the time left; above it, the first sign of each kind.
pub(crate) struct Bar<'w> {
    bar: ProgressBar,
    words: &'w Words,
    /// Files that are done.
    done: Arc<AtomicU64>,
    /// The rules whose first sign was shown.
    signs: Mutex<BTreeSet<String>>,
}

impl<'w> Bar<'w> {
    pub(crate) fn new(words: &'w Words) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar, words, done: Arc::default(), signs: Mutex::default() }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn begin(&self, files: u64, bytes: u64, what: &str) {
        self.done.store(0, Ordering::Relaxed);
        self.bar.reset();
        self.bar.set_length(bytes);
        self.bar.set_prefix(what.to_owned());
        let left = self.words.get("progress-left");
        let template = format!("{{prefix}}  {{wide_bar}} {{bytes}} / {{total_bytes}}  {{files}}  {left} {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            self.bar.set_style(style.with_key("files", self.counter(files)));
        }
        if std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Says how many of the files are done, whenever the bar is drawn.
    fn counter(&self, files: u64) -> impl Fn(&ProgressState, &mut dyn fmt::Write) + Clone + Send + Sync + 'static {
        const DONE: &str = "#";
        let text = self.words.with("progress-files", &[("done", &DONE), ("files", &files)]);
        let done = Arc::clone(&self.done);
        move |_, out| {
            let count = done.load(Ordering::Relaxed).to_string();
            // Nobody could be told that a bar cannot be drawn.
            let _ = out.write_str(&text.replace(DONE, &count));
        }
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
        self.done.fetch_add(1, Ordering::Relaxed);
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
