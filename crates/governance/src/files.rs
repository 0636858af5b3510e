//! The files of the record: sealed under a key of the same key store, and named by documents.

use std::path::Path;
use std::sync::PoisonError;

use dualtrack_catalogue::Digest;
use dualtrack_ledger::seal::SealError;
use dualtrack_ledger::{Disk, FileSystem as _, KeyStoreError, Options, key_of_file, open_file, seal_file};
use dualtrack_store::Stored;

use crate::desk::Desk;
use crate::recording::{Book, RECORD};
use crate::refusal::Refusal;

/// Why a file cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The key store does not answer.
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    /// It was changed on disk, or is another file.
    #[error("the file on disk was changed, or is another; restore it from a backup")]
    Changed,
    /// The system gives no random bytes, or it is longer than can be sealed.
    #[error("the file cannot be sealed: {0}")]
    Unsealed(SealError),
    /// Its key is gone.
    #[error("the key that opens the file is not in the key store; restore the key store from its backup")]
    NoKey,
}

/// How many bytes are free on the disk of a folder, which need not be there yet.
pub fn free_space(folder: &Path) -> std::io::Result<u64> {
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    Disk.free_space(there)
}

/// How many bytes changes of the record need to be free: with fewer, the ledger takes none.
pub fn room_for_changes() -> u64 {
    Options::default().low_water
}

impl Book {
    /// Seals a file under a name. Its key would survive a loss of power when this returns.
    pub fn seal_file(&self, plain: &[u8], name: &str) -> Result<Vec<u8>, FileError> {
        let mut keys = self.keys().lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys.key_for(RECORD)?;
        keys.sync()?;
        drop(keys);
        seal_file(plain, &key, name).map_err(FileError::Unsealed)
    }

    /// Opens a file that was sealed under this name.
    pub fn open_file(&self, sealed: &[u8], name: &str) -> Result<Vec<u8>, FileError> {
        let id = key_of_file(sealed).ok_or(FileError::Changed)?;
        let keys = self.keys().lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys.find(id).cloned().ok_or(FileError::NoKey)?;
        drop(keys);
        open_file(sealed, &key, name).map_err(|_| FileError::Changed)
    }
}

impl Desk {
    /// Versions of documents that name a file, after one of them.
    pub async fn naming(
        &self,
        file: &Digest,
        after: Option<&Stored>,
        most: usize,
    ) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().naming(&file.to_string(), after, most).await?)
    }

    /// Whether any version of a document names a file.
    pub async fn is_named(&self, file: &Digest) -> Result<bool, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().is_named(&file.to_string()).await?)
    }
}
