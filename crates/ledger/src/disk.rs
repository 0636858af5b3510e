//! The file system of the machine.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use crate::file_system::{File, FileSystem, Lock};

/// The file system of the machine. New files are for their owner and group alone (mode 0640).
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

#[derive(Debug)]
struct Opened(fs::File);

impl File for Opened {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.0.read_at(rest, offset + done as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        self.0.metadata().map(|metadata| metadata.len())
    }
}

impl FileSystem for Disk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let listed = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let names: io::Result<Vec<String>> =
            listed.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect();
        let mut names = names?;
        names.sort();
        Ok(names)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        create(path, 0o640)
    }

    fn create_secret(&self, path: &Path) -> io::Result<Box<dyn File>> {
        create(path, 0o600)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(Opened(OpenOptions::new().read(true).write(true).open(path)?)))
    }

    fn open_to_read(&self, path: &Path) -> io::Result<Box<dyn File>> {
        // A pipe or a device could be read for ever, and opening one could wait for ever.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
        }
        Ok(Box::new(Opened(fs::File::open(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        fs::File::open(folder)?.sync_all()
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(0o440))
    }

    fn is_read_only(&self, path: &Path) -> io::Result<bool> {
        Ok(fs::metadata(path)?.permissions().readonly())
    }

    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        let space = rustix::fs::statvfs(folder)?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }

    fn lock(&self, path: &Path, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        // The folder first, which cannot be deleted and made again while something lies in it, as the file can.
        let folder = fs::File::open(path.parent().unwrap_or(path))?;
        match folder.try_lock() {
            // Where the file system locks no folders, the file has to do.
            Ok(()) | Err(fs::TryLockError::Error(_)) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(Err(holder_of(path))),
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o640).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(holder.as_bytes())?;
                Ok(Ok(Box::new(Held { _folder: folder, _file: file })))
            }
            Err(fs::TryLockError::WouldBlock) => Ok(Err(holder_of(path))),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Who holds a lock, as its file says; somebody may have deleted that.
fn holder_of(path: &Path) -> String {
    let mut other = String::new();
    let read = fs::File::open(path).and_then(|file| file.take(100).read_to_string(&mut other));
    if read.is_err() || other.trim().is_empty() { "of an unknown id".to_owned() } else { other }
}

fn create(path: &Path, mode: u32) -> io::Result<Box<dyn File>> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(path)?;
    Ok(Box::new(Opened(file)))
}

/// Held as long as both are open; the system lets go when the process ends, however it ends.
#[derive(Debug)]
struct Held {
    _folder: fs::File,
    _file: fs::File,
}

impl Lock for Held {}
