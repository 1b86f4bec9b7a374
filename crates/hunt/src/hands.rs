//! The same work, done by several threads at once.

use std::num::NonZeroUsize;

/// Does `work` on so many threads, this one among them, and returns when all have come to its end.
///
/// Where the system gives no more threads, those that there are do the work.
pub(crate) fn together(threads: NonZeroUsize, work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            if std::thread::Builder::new().spawn_scoped(scope, &work).is_err() {
                break;
            }
        }
        work();
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_thread_does_the_work_once() {
        for threads in [1, 3] {
            let done = AtomicUsize::new(0);
            together(NonZeroUsize::new(threads).unwrap(), || {
                done.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(done.into_inner(), threads);
        }
    }
}
