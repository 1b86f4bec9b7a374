//! Ends workers that keep silent: a limit of processor time does not end a process that waits.

use std::collections::BTreeMap;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How often is looked.
const TICK: Duration = Duration::from_millis(200);

/// Watches over all workers of a run. It ends with its last owner.
#[derive(Debug)]
pub struct Watchdog {
    waits: Mutex<Waits>,
    patience: Duration,
}

#[derive(Debug, Default)]
struct Waits {
    next: u64,
    running: BTreeMap<u64, Wait>,
}

#[derive(Debug)]
struct Wait {
    since: Instant,
    child: Arc<Mutex<Child>>,
    ended: bool,
}

impl Watchdog {
    /// A watchdog that ends a worker after a silence of `patience`; and any worker as soon as `halt` says so.
    #[must_use]
    pub fn start(patience: Duration, halt: impl Fn() -> bool + Send + 'static) -> Arc<Self> {
        let watchdog = Arc::new(Self { waits: Mutex::default(), patience });
        let watched = Arc::downgrade(&watchdog);
        // Without a thread for it nobody watches, and the limits of processor time still hold.
        let _ = std::thread::Builder::new().name("watchdog".to_owned()).spawn(move || watch(&watched, &halt));
        watchdog
    }

    /// From now on until what is returned is dropped, the silence of `child` is measured.
    pub(super) fn wait_for(&self, child: &Arc<Mutex<Child>>) -> Patience<'_> {
        let mut waits = self.lock();
        let number = waits.next;
        waits.next += 1;
        waits.running.insert(number, Wait { since: Instant::now(), child: Arc::clone(child), ended: false });
        Patience { watchdog: self, number }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn watch(watchdog: &Weak<Watchdog>, halt: &dyn Fn() -> bool) {
    loop {
        std::thread::sleep(TICK);
        let Some(watchdog) = watchdog.upgrade() else { return };
        let halted = halt();
        for wait in watchdog.lock().running.values_mut() {
            if !wait.ended && (halted || wait.since.elapsed() > watchdog.patience) {
                wait.ended = true;
                let _ = wait.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
            }
        }
    }
}

/// One wait for a worker's next word.
pub(super) struct Patience<'w> {
    watchdog: &'w Watchdog,
    number: u64,
}

impl Patience<'_> {
    /// The worker was ended because it kept silent.
    pub(super) fn ran_out(&self) -> bool {
        self.watchdog.lock().running.get(&self.number).is_some_and(|wait| wait.ended)
    }
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        self.watchdog.lock().running.remove(&self.number);
    }
}
