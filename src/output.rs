//! Writing results: whole or not at all.
//!
//! Each file is written under a temporary name beside its place, synced, and renamed. Several files are all
//! written before the first is renamed, so that an interruption leaves the old set or the new one.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file to write.
pub(crate) struct Output {
    /// Where.
    pub(crate) path: PathBuf,
    /// What.
    pub(crate) bytes: Vec<u8>,
    /// What to do when it cannot be written.
    pub(crate) advice: &'static str,
}

/// Writes every file whole. All are staged before the first takes its place, so that what can fail fails before.
pub(crate) fn write_all(files: &[Output]) -> Result<(), Failure> {
    let mut staged = Vec::with_capacity(files.len());
    for file in files {
        // A rename onto a folder fails, and then some of the others would already stand in their places.
        if file.path.is_dir() {
            let taken = std::io::Error::from(std::io::ErrorKind::IsADirectory);
            return Err(Failure::file("write", &file.path, &taken, file.advice));
        }
        staged.push((file, stage(&file.path, &file.bytes, file.advice)?));
    }
    for (file, written) in staged {
        written
            .persist(&file.path)
            .map_err(|error| Failure::file("write", &file.path, &error.error, file.advice))?;
    }
    Ok(())
}

fn stage(path: &Path, bytes: &[u8], advice: &str) -> Result<NamedTempFile, Failure> {
    let refuse = |error: &std::io::Error| Failure::file("write", path, error, advice);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(|error| refuse(&error))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dualtrack-").suffix(".part");
    #[cfg(unix)]
    let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).map_err(|error| refuse(&error))?;
    file.write_all(bytes).map_err(|error| refuse(&error))?;
    file.as_file().sync_all().map_err(|error| refuse(&error))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_files_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first.txt");
        std::fs::write(&first, "old").unwrap();
        // A file stands where the second result needs a folder.
        std::fs::write(folder.path().join("taken"), "").unwrap();
        let second = folder.path().join("taken/second.txt");

        let output = |path: &Path| Output {
            path: path.to_owned(),
            bytes: b"new".to_vec(),
            advice: "choose another folder",
        };
        assert!(write_all(&[output(&first), output(&second)]).is_err());
        assert!(write_all(&[output(&first), output(folder.path())]).is_err());

        assert_eq!(std::fs::read_to_string(first).unwrap(), "old");
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
    }
}
