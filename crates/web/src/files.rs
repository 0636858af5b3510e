//! Files of evidence on disk: each sealed, under the digest of what it holds, written whole and never changed.
//!
//! All of them together have a limit. Who may read one is not decided here.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dualtrack_catalogue::Digest;
use dualtrack_governance::{Book, FileError, free_space, room_for_changes};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The files of a record.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    most_bytes: u64,
    /// How many bytes they take. Whoever holds it may add and remove.
    used: Arc<Mutex<u64>>,
}

/// Why a file cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// There is no room for it.
    #[error("files may take {most} bytes together")]
    Full {
        /// How many bytes all files may take.
        most: u64,
    },
    /// The disk is nearly full.
    #[error("the disk is nearly full: {free} bytes are free; make room")]
    DiskFull {
        /// How many bytes are free.
        free: u64,
    },
    /// The disk refuses.
    #[error("cannot {what} `{path}`: {error}")]
    Disk {
        /// What could not be done.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the disk says.
        error: io::Error,
    },
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Sealed(#[from] FileError),
}

/// What lay there unsealed when a folder was opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plain {
    /// How many files were sealed.
    pub sealed: usize,
    /// Files that do not hold what their names say, and were left alone.
    pub other: Vec<PathBuf>,
}

/// Leave to add and remove files.
pub(crate) type Changing = OwnedMutexGuard<u64>;

impl Files {
    /// Opens a folder of files, which need not be there yet. What an earlier program left there unsealed is sealed.
    pub fn open(folder: PathBuf, most_bytes: u64, book: &Book) -> Result<(Self, Plain), FilesError> {
        let mut files = Self { folder, most_bytes, used: Arc::default() };
        let mut plain = Plain::default();
        for path in files.listed()? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|ending| ending == "part") {
                // What was being written when the power failed was acknowledged to nobody.
                std::fs::remove_file(&path).map_err(disk("remove", &path))?;
            } else if let Ok(digest) = Digest::parse(&format!("{SHA256}{name}")) {
                files.seal_plain(&path, &digest, book, &mut plain)?;
            }
        }
        let mut used = 0;
        for path in files.listed()?.iter().filter(|path| digest_of(path).is_some()) {
            used += std::fs::metadata(path).map_err(disk("read", path))?.len();
        }
        files.used = Arc::new(Mutex::new(used));
        Ok((files, plain))
    }

    /// Seals and keeps a file whose document is entered next, before anything serves.
    pub async fn add(&self, bytes: &[u8], book: &Book) -> Result<Digest, FilesError> {
        let digest = Digest::of(bytes);
        let sealed = book.seal_file(bytes, &digest.to_string())?;
        self.keep(&mut self.changing().await, &digest, &sealed)?;
        Ok(digest)
    }

    /// Waits until nobody else adds or removes.
    pub(crate) async fn changing(&self) -> Changing {
        Arc::clone(&self.used).lock_owned().await
    }

    /// Keeps a file that is sealed already. One that is there is the same.
    pub(crate) fn keep(&self, used: &mut Changing, digest: &Digest, sealed: &[u8]) -> Result<(), FilesError> {
        let path = self.path(digest);
        if path.exists() {
            return Ok(());
        }
        let length = sealed.len() as u64;
        if used.saturating_add(length) > self.most_bytes {
            return Err(FilesError::Full { most: self.most_bytes });
        }
        self.has_room(length)?;
        write(&path, sealed).map_err(disk("write", &path))?;
        **used += length;
        Ok(())
    }

    /// How many bytes are free beside the files.
    pub(crate) fn free(&self) -> io::Result<u64> {
        free_space(&self.folder)
    }

    /// Refuses what would take the room that the ledger keeps free: a change that was decided comes before a file.
    pub(crate) fn has_room(&self, length: u64) -> Result<(), FilesError> {
        let free = free_space(&self.folder).map_err(disk("measure", &self.folder))?;
        room(free, length)
    }

    /// Reads a file; none if it is not there.
    pub(crate) fn read(&self, digest: &Digest, book: &Book) -> Result<Option<Vec<u8>>, FilesError> {
        let path = self.path(digest);
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk("read", &path)(error)),
        };
        let plain = book.open_file(&sealed, &digest.to_string())?;
        if Digest::of(&plain) == *digest { Ok(Some(plain)) } else { Err(FileError::Changed.into()) }
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, used: &mut Changing, digest: &Digest) -> Result<(), FilesError> {
        let path = self.path(digest);
        match std::fs::metadata(&path) {
            Ok(about) => {
                std::fs::remove_file(&path).map_err(disk("remove", &path))?;
                **used = used.saturating_sub(about.len());
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(disk("read", &path)(error)),
        }
    }

    /// Whether a file is kept here.
    pub(crate) fn has(&self, digest: &Digest) -> bool {
        self.path(digest).exists()
    }

    /// Which files there are.
    pub(crate) fn digests(&self) -> Result<BTreeSet<Digest>, FilesError> {
        Ok(self.listed()?.iter().filter_map(|path| digest_of(path)).collect())
    }

    /// Seals a file that lies there unsealed, if it holds what its name says.
    fn seal_plain(
        &self,
        path: &Path,
        digest: &Digest,
        book: &Book,
        plain: &mut Plain,
    ) -> Result<(), FilesError> {
        let bytes = std::fs::read(path).map_err(disk("read", path))?;
        if Digest::of(&bytes) != *digest {
            plain.other.push(path.to_owned());
            return Ok(());
        }
        let sealed = book.seal_file(&bytes, &digest.to_string())?;
        let to = self.path(digest);
        write(&to, &sealed).map_err(disk("write", &to))?;
        std::fs::remove_file(path).map_err(disk("remove", path))?;
        plain.sealed += 1;
        Ok(())
    }

    fn listed(&self) -> Result<Vec<PathBuf>, FilesError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(disk("read", &self.folder)(error)),
        };
        entries.map(|entry| entry.map(|entry| entry.path()).map_err(disk("read", &self.folder))).collect()
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join(format!("{}{SEALED}", name.trim_start_matches(SHA256)))
    }
}

/// The file whose sealed bytes lie at a path.
fn digest_of(path: &Path) -> Option<Digest> {
    let name = path.file_name()?.to_str()?.strip_suffix(SEALED)?;
    Digest::parse(&format!("{SHA256}{name}")).ok()
}

/// Files leave twice what changes need: a decision comes before a document.
fn room(free: u64, length: u64) -> Result<(), FilesError> {
    if free < room_for_changes().saturating_mul(2).saturating_add(length) {
        return Err(FilesError::DiskFull { free });
    }
    Ok(())
}

/// Writes a file whole: under a temporary name, synced, renamed, and its folder synced.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    std::fs::create_dir_all(folder)?;
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_| io::ErrorKind::Other)?;
    let staged = folder.join(format!(".{:016x}.part", u64::from_be_bytes(random)));
    let write = || -> io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&staged, path)?;
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&staged);
    })
}

fn disk(what: &'static str, path: &Path) -> impl Fn(io::Error) -> FilesError {
    let path = path.to_owned();
    move |error| FilesError::Disk { what, path: path.clone(), error }
}

const SEALED: &str = ".sealed";
const SHA256: &str = "sha256:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_leave_room_for_decisions() {
        let kept = 2 * room_for_changes();
        assert!(room(kept + 10, 10).is_ok());
        assert!(matches!(room(kept + 9, 10), Err(FilesError::DiskFull { free }) if free == kept + 9));
        assert!(free_space(Path::new("/not/there/yet")).is_ok_and(|free| free > 0));
    }
}
