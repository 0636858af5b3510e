//! Positioned reads, so that threads can share one open file without sharing its position.

use bytes::Bytes;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

/// An open file that many threads may read at once.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    file: Arc<File>,
    length: u64,
}

impl Shared {
    /// Shares a file.
    pub(crate) fn new(file: &File) -> std::io::Result<Self> {
        Ok(Self { file: Arc::new(file.try_clone()?), length: file.metadata()?.len() })
    }

    /// A reader of its own from the given position.
    pub(crate) fn reader(&self, position: u64) -> Cursor {
        Cursor { file: self.clone(), position }
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = BufReader<Cursor>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(BufReader::with_capacity(512, self.reader(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        // A damaged length must not make us ask for memory that the file cannot fill.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(parquet::errors::ParquetError::EOF("the file ends too early".into()));
        }
        let mut bytes = vec![0; length];
        self.reader(start).read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A position in a shared file.
#[derive(Debug)]
pub(crate) struct Cursor {
    file: Shared,
    position: u64,
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = read_at(&self.file.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.file.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn two_readers_of_one_file_do_not_disturb_each_other() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abcdef").unwrap();
        let shared = Shared::new(&file).unwrap();
        let (mut one, mut two) = (shared.reader(0), shared.reader(3));
        let mut letters = [0; 2];
        one.read_exact(&mut letters).unwrap();
        assert_eq!(&letters, b"ab");
        two.read_exact(&mut letters).unwrap();
        assert_eq!(&letters, b"de");
        one.seek(SeekFrom::End(-1)).unwrap();
        assert_eq!(one.read(&mut letters).unwrap(), 1);
        assert!(shared.get_bytes(4, 3).is_err());
    }
}
