//! The register passes from one place to another: it is the right to sign, so there is only one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use dualtrack_ledger::VerifierKey;

use crate::failure::Failure;
use crate::ledger::keys::checkpoint_in;

/// A register that was moved aside, and goes back to where it was unless what it was taken for is done.
pub(super) struct Taken {
    from: PathBuf,
    aside: PathBuf,
    is_done: bool,
}

impl Taken {
    /// Takes a register away from whoever signs by it. A server that still runs signs nothing more; if it was signing just
    /// now, it keeps its register and this is refused.
    pub(super) fn from(register: &Path, known: &[VerifierKey]) -> Result<Self, Failure> {
        let mut name = register.file_name().unwrap_or_default().to_owned();
        name.push(".taken");
        let aside = register.with_file_name(name);
        if aside.exists() {
            return Err(Failure::input(format!(
                "`{}` is left of another restore: name the register in the folder that it made, or, if that was cut short, rename it back",
                aside.display()
            )));
        }
        // Nothing is moved that is no register of this log.
        checkpoint_in(register, known)?;
        std::fs::rename(register, &aside)
            .map_err(|error| Failure::file("move", register, &error, "copy it to where it can be moved"))?;
        let taken = Self { from: register.to_owned(), aside, is_done: false };
        // What was signed before it was gone is written there within half a second.
        std::thread::sleep(Duration::from_secs(1));
        if register.exists() {
            return Err(Failure::input(format!(
                "a server still signs by `{}`; stop it first",
                register.display()
            )));
        }
        Ok(taken)
    }

    /// How many entries it says were signed for.
    pub(super) fn signed(&self, known: &[VerifierKey]) -> Result<u64, Failure> {
        Ok(checkpoint_in(&self.aside, known)?.1)
    }

    /// Where it lies meanwhile.
    pub(super) fn path(&self) -> &Path {
        &self.aside
    }

    /// It is somewhere else now, and does not go back.
    pub(super) fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        // A server that wrote it anew knows more.
        if self.from.exists() {
            let _ = std::fs::remove_file(&self.aside);
        } else {
            let _ = std::fs::rename(&self.aside, &self.from);
        }
    }
}
