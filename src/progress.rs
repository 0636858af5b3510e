//! Progress of long work on the terminal, and its interruption by Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;

/// A flag that Ctrl-C raises. Work looks at it between batches; a second Ctrl-C does not wait for that.
pub(crate) fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            leave();
        }
    })
    .map_err(|error| Failure::input(format!("cannot watch for Ctrl-C: {error}")))?;
    Ok(stop)
}

/// Fails if Ctrl-C was pressed. Asked last before results are written.
pub(crate) fn unless_interrupted(stop: &AtomicBool) -> Result<(), Failure> {
    if stop.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { Ok(()) }
}

/// A progress bar on standard error; nothing is drawn where that is not a terminal.
pub(crate) fn bar(steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {elapsed:>4}  {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "whoever presses Ctrl-C twice wants out now, whatever is still being computed"
)]
fn leave() {
    std::process::exit(130)
}
