//! The little that a log asks of a file system. The real one is [`Disk`](crate::Disk); tests have one that crashes.
//!
//! What is written may be lost until it is synced, and so may a name in a folder until the folder is.

use std::fmt::Debug;
use std::io;
use std::path::Path;

/// An open file.
pub trait File: Send + Sync + Debug {
    /// Reads up to the length of `buffer` from an offset; fewer bytes only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all bytes at an offset.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file to a length.
    fn truncate(&self, length: u64) -> io::Result<()>;
    /// Waits until all that was written would survive a loss of power.
    fn sync(&self) -> io::Result<()>;
    /// How many bytes it has.
    fn length(&self) -> io::Result<u64>;
}

/// Folders and files by path.
pub trait FileSystem: Send + Sync + Debug {
    /// Makes a folder and those above it; one that exists is no error.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// The names in a folder, in order; none if there is no such folder.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Makes a new file, which must not exist.
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>>;
    /// Makes a new file that only its owner can read.
    fn create_secret(&self, path: &Path) -> io::Result<Box<dyn File>>;
    /// Opens a file to read and write.
    fn open(&self, path: &Path) -> io::Result<Box<dyn File>>;
    /// Opens a file to read.
    fn open_to_read(&self, path: &Path) -> io::Result<Box<dyn File>>;
    /// Gives a file another name, in the place of what had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Waits until the names in a folder would survive a loss of power.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Takes the right to write from a file.
    fn make_read_only(&self, path: &Path) -> io::Result<()>;
    /// Whether nobody has the right to write to a file.
    fn is_read_only(&self, path: &Path) -> io::Result<bool>;
    /// How many bytes may still be written where this folder is.
    fn free_space(&self, folder: &Path) -> io::Result<u64>;
    /// Holds a file for this process alone until the answer is dropped, and writes into it who holds it.
    ///
    /// The inner error is what another holder wrote.
    fn lock(&self, path: &Path, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>>;
}

/// A lock that ends when it is dropped.
pub trait Lock: Send + Sync + Debug {}

/// All bytes of a file that is no longer than `most`.
pub(crate) fn read_whole(files: &dyn FileSystem, path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = files.open_to_read(path)?;
    let length = file.length()?;
    if length > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is longer than such a file may be"));
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    let count = file.read_at(0, &mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Puts a file in its place whole: its bytes under another name first, synced, then renamed.
///
/// After a loss of power the file is the old or the new one; where `last` is set, it is the new one once this returns.
pub(crate) fn replace(files: &dyn FileSystem, path: &Path, bytes: &[u8], last: bool) -> io::Result<()> {
    let staged = staged(path);
    match files.remove(&staged) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = files.create(&staged)?;
    file.write_at(0, bytes)?;
    file.sync()?;
    files.rename(&staged, path)?;
    match path.parent() {
        Some(folder) if last => files.sync_folder(folder),
        _ => Ok(()),
    }
}

/// The name under which a file is written before it takes its place.
pub(crate) fn staged(path: &Path) -> std::path::PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(STAGED);
    path.with_file_name(name)
}

/// The ending of names of files that are not yet in their place.
pub(crate) const STAGED: &str = ".part";
