//! A fault of our own, told in one line instead of a stack trace.
//!
//! The reading of data files guards itself against panics of the libraries it uses and turns them into errors, so a
//! panic says nothing when it happens; only one that nobody caught is told, at the end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// Runs `work`; if it panics, returns what there is to say about it.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or("no reason given");
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{said}{place}"));
    }));
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        last.unwrap_or_else(|| "no reason given".to_owned()).replace('\n', " ")
    })
}

static LAST: Mutex<Option<String>> = Mutex::new(None);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_our_own_is_one_line_that_says_what_and_where() {
        let line = guarded(|| panic!("the frame\nis torn")).unwrap_err();
        assert!(line.starts_with("the frame is torn at src/bug.rs:"), "{line}");
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
