//! Opening data sets for the measuring engine, and scanning them with progress.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use dualtrack_assurance::read::{Format, Part, columns};
use dualtrack_assurance::roles::Roles;
use dualtrack_assurance::{Progress, ScanError, ScanOptions, Tables, scan};
use indicatif::ProgressBar;

use crate::failure::Failure;

/// A data set whose files are open, and what must not change while it is read.
#[derive(Debug)]
pub(crate) struct DataSet {
    parts: Vec<Part>,
    state: Vec<(PathBuf, FileState)>,
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileState {
    length: u64,
    modified: Option<std::time::SystemTime>,
}

impl FileState {
    /// The state of a file on disk now.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        let about = std::fs::metadata(path)
            .map_err(|error| Failure::file("read", path, &error, "run again when nobody writes to it"))?;
        Ok(Self { length: about.len(), modified: about.modified().ok() })
    }
}

impl DataSet {
    /// Opens files, or every data file of a folder.
    pub(crate) fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() { files.extend(files_of(path)?) } else { files.push(path.clone()) }
        }
        let mut parts = Vec::with_capacity(files.len());
        let mut state = Vec::with_capacity(files.len());
        for path in files {
            let advice = "name a CSV, Parquet or Arrow IPC file, or a folder of them";
            let refuse = |error: &std::io::Error| Failure::file("read", &path, error, advice);
            // Opening a pipe would wait for a writer, and its rows could not be read twice.
            if path.exists() && !path.is_file() {
                return Err(Failure::input(format!("`{}` is not a file; {advice}", path.display())));
            }
            let file = File::open(&path).map_err(|error| refuse(&error))?;
            let format = Format::detect(&file).map_err(|error| refuse(&error))?;
            state.push((path.clone(), FileState::of(&path)?));
            parts.push(Part { name: path.display().to_string(), format, file });
        }
        Ok(Self { parts, state })
    }

    /// The columns of its first file.
    pub(crate) fn columns(&self) -> Result<Vec<String>, Failure> {
        self.parts.first().map_or(Ok(Vec::new()), |part| columns(part).map_err(failure))
    }

    /// Its open files.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Reads it once; fails if a file changed meanwhile.
    pub(crate) fn scan(
        &self,
        roles: &Roles,
        options: &ScanOptions,
        bar: &ProgressBar,
        stop: &AtomicBool,
    ) -> Result<Tables, Failure> {
        let tell = |progress: Progress| {
            if let Some(total) = progress.total {
                bar.set_length(total);
            }
            bar.set_position(progress.rows);
        };
        let tables = scan(&self.parts, roles, options, &tell, stop).map_err(failure);
        self.unchanged()?;
        tables
    }

    /// Fails if a file is not what it was when it was opened.
    pub(crate) fn unchanged(&self) -> Result<(), Failure> {
        for (path, before) in &self.state {
            if FileState::of(path)? != *before {
                return Err(Failure::input(format!(
                    "`{}` changed while it was read; run again when nobody writes to it",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}

/// What the engine says, as a failure of the command.
pub(crate) fn failure(error: ScanError) -> Failure {
    match error {
        ScanError::Interrupted => Failure::Interrupted,
        other => Failure::input(other.to_string()),
    }
}

/// The data files of a folder, by name; hidden files and files without a data ending are passed over.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refuse = |error: &std::io::Error| Failure::file("read", folder, error, "check its permissions");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| refuse(&error))? {
        let path = entry.map_err(|error| refuse(&error))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '_']));
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let data = ending.is_some_and(|ending| DATA_ENDINGS.contains(&ending.as_str()));
        if path.is_file() && data && !hidden {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Failure::input(format!(
            "`{}` holds no data file; files end in {}",
            folder.display(),
            DATA_ENDINGS.join(", ")
        )));
    }
    files.sort();
    Ok(files)
}

const DATA_ENDINGS: [&str; 7] = ["csv", "tsv", "parquet", "pq", "arrow", "feather", "ipc"];
