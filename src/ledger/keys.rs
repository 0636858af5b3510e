//! Private keys: from a file that only its owner can read, from the environment, or from what a command prints.
//!
//! They are never printed, and wiped after use.

use std::fmt;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dualtrack_ledger::{Checkpoint, Disk, FileSystem as _, Note, SigningKey, VerifierKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Where a private key is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeySource {
    /// In this file.
    File(PathBuf),
    /// In this environment variable.
    Environment(String),
    /// In what this command prints; run without a shell, its words divided by blanks.
    Command(String),
}

impl fmt::Display for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "`{}`", path.display()),
            Self::Environment(name) => write!(formatter, "the environment variable `{name}`"),
            Self::Command(command) => write!(formatter, "the command `{command}`"),
        }
    }
}

impl KeySource {
    /// The key, read now.
    pub(crate) fn read(&self) -> Result<SigningKey, Failure> {
        let text = match self {
            Self::File(path) => read_file(path)?,
            Self::Environment(name) => environment(name)?,
            Self::Command(command) => run(command)?,
        };
        SigningKey::parse(text.trim_end()).map_err(|_| {
            // What was found there may be a key with a letter missing: it is not repeated.
            Failure::input(format!(
                "what {self} holds is not a private key `PRIVATE+KEY+NAME+HASH+KEY`; make one with `dualtrack keys make`"
            ))
        })
    }

    /// The same file in another folder.
    pub(crate) fn move_to(&mut self, folder: &Path) {
        if let Self::File(path) = self
            && let Some(name) = path.file_name()
        {
            *path = folder.join(name);
        }
    }
}

/// Makes a key of this name and writes it to a file for its owner alone.
pub(crate) fn make(name: &str, path: &Path, witness: bool) -> Result<VerifierKey, Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut())
        .map_err(|_| Failure::input("the system gives no random bytes; no key was made"))?;
    let key = if witness {
        SigningKey::cosigner_from_seed(name, &seed)
    } else {
        SigningKey::from_seed(name, &seed)
    };
    let key = key.ok_or_else(|| {
        Failure::input(format!("`{name}` cannot be the name of a key; write it without blanks and `+`"))
    })?;
    let refuse = |error: &std::io::Error| {
        let advice = "name a file that does not exist, in a folder that you can write to";
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return Failure::input(format!(
                "`{}` exists already; a key is never overwritten: {advice}",
                path.display()
            ));
        }
        Failure::file("write", path, error, advice)
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| refuse(&error))?;
    }
    let file = Disk.create_secret(path).map_err(|error| refuse(&error))?;
    let text = Zeroizing::new(format!("{}\n", key.to_private_text().as_str()));
    file.write_at(0, text.as_bytes()).and_then(|()| file.sync()).map_err(|error| refuse(&error))?;
    Ok(key.verifier().clone())
}

/// A verifier key as somebody typed it. A private key, typed by mistake, is not repeated.
pub(crate) fn verifier(text: &str) -> Result<VerifierKey, Failure> {
    VerifierKey::parse(text).map_err(|error| {
        if text.contains("PRIVATE+KEY") {
            return Failure::input(
                "a private key stands where a verifier key belongs; give the one that `dualtrack keys show` prints",
            );
        }
        Failure::input(format!("the key `{text}` cannot be used: {error}"))
    })
}

/// Refuses a file that others than its owner can read.
pub(crate) fn refuse_if_others_read(path: &Path) -> Result<(), Failure> {
    let Ok(metadata) = path.metadata() else { return Ok(()) };
    let mode = metadata.permissions().mode() & 0o777;
    if [0o600, 0o400].contains(&mode) {
        return Ok(());
    }
    Err(Failure::input(format!(
        "`{}` can be read by others (mode {mode:04o}); run `chmod 600` on it, and make a new key if someone may have read it",
        path.display()
    )))
}

/// The checkpoint in a file, as a note and the size it states, signed by one of these keys.
pub(crate) fn checkpoint_in(path: &Path, known: &[VerifierKey]) -> Result<(String, u64), Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::file("read", path, &error, "run `dualtrack ledger fsck`"))?;
    let size = || {
        let note = Note::parse(&text).ok()?;
        let (text, _) = note.verify(known).ok()?;
        Some(Checkpoint::parse(text).ok()?.size)
    };
    let size = size().ok_or_else(|| {
        Failure::input(format!(
            "`{}` is not a checkpoint signed by this ledger; run `dualtrack ledger fsck`",
            path.display()
        ))
    })?;
    Ok((text, size))
}

fn read_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed =
        |error: &std::io::Error| Failure::file("read", path, error, "name the file of the private key");
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    refuse_if_others_read(path)?;
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    file.take(LONGEST as u64).read_to_string(&mut text).map_err(|error| failed(&error))?;
    Ok(text)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the binary reads the environment, here a key that is wiped after use"
)]
fn environment(name: &str) -> Result<Zeroizing<String>, Failure> {
    std::env::var(name).map(Zeroizing::new).map_err(|_| {
        Failure::input(format!(
            "the environment variable `{name}` holds no private key; set it for this command"
        ))
    })
}

fn run(command: &str) -> Result<Zeroizing<String>, Failure> {
    let mut words = command.split_whitespace();
    let failed =
        |what: String| Failure::input(format!("the command `{command}` gave no private key: {what}"));
    let Some(program) = words.next() else { return Err(failed("it is empty".into())) };
    let output = Command::new(program).args(words).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let mut output = output.map_err(|error| failed(error.to_string().to_lowercase()))?;
    let bytes = Zeroizing::new(std::mem::take(&mut output.stdout));
    if !output.status.success() {
        return Err(failed(format!("it ended with {}", output.status)));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| failed("it printed no text".into()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// No key is longer.
const LONGEST: usize = 4_096;
