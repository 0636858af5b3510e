//! Runs the built binary and holds what came of it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ran {
    /// What a program that ended came to.
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).expect("what is printed is UTF-8"),
            err: String::from_utf8(output.stderr.clone()).expect("what is complained is UTF-8"),
        }
    }

    /// The run must have ended well and complained of nothing.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self
    }

    /// The run must have been refused in exactly one line, which is returned without `error: `.
    #[track_caller]
    pub(crate) fn refusal(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{}", self.err);
        assert_eq!(self.err.matches('\n').count(), 1, "not one line: {}", self.err);
        self.err.trim_end().strip_prefix("error: ").expect("the line begins with `error: `")
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("standard output is JSON")
    }
}

/// The binary, ready to run in `folder` with nothing of the caller's environment that changes what it says.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dualtrack"));
    command.current_dir(folder).env_remove("NO_COLOR").env_remove("RUST_BACKTRACE");
    command
}

/// Runs the binary in `folder`.
pub(crate) fn run_in<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Ran {
    Ran::of(&command(folder).args(arguments).output().expect("the binary runs"))
}

/// Runs the binary where it does not matter where, with arguments split at blanks.
pub(crate) fn run(line: &str) -> Ran {
    run_in(&std::env::temp_dir(), line.split_whitespace())
}

/// A folder that is gone at the end of the test.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The example institution.
pub(crate) fn example() -> PathBuf {
    repository().join("examples/harbour-bank")
}

/// Every file below a folder with its bytes, by path inside it.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                // Reading a pipe would wait for a writer.
                let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
                found.push((path.strip_prefix(folder).unwrap().to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}
