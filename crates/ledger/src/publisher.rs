//! What follows a batch without anyone waiting for it: the published checkpoint, the register, and segments that are read
//! back, given their tiles, and closed for good.

use std::path::Path;
use std::sync::Arc;

use crate::batches::Batches;
use crate::error::LedgerError;
use crate::file_system::{FileSystem, read_whole, replace};
use crate::hash::{Hash, leaf_hash};
use crate::options::Place;
use crate::reader::{Reader, SEGMENTS, entries_path, vault_bytes};
use crate::recovery::CHECKPOINT;
use crate::segment::{SegmentKind, name};
use crate::tile::{Tile, TileKind};

/// Writes what is derived from batches.
#[derive(Debug)]
pub(crate) struct Publisher {
    pub(crate) files: Arc<dyn FileSystem>,
    pub(crate) place: Place,
}

impl Publisher {
    /// Publishes a signed checkpoint beside the log and in the register.
    pub(crate) fn publish(&self, checkpoint: &str) -> Result<(), LedgerError> {
        for path in [&self.place.root.join(CHECKPOINT), &self.place.register] {
            // Either may lag: whoever reads it finds it older than the log, never torn.
            replace(self.files.as_ref(), path, checkpoint.as_bytes(), false)
                .map_err(LedgerError::file("write", path))?;
        }
        Ok(())
    }

    /// Reads a finished segment back as the disk holds it, writes the tiles that it completes, and closes it for good.
    ///
    /// A segment that nobody may write to has been through all of this: only then are the files of its tiles relied on.
    pub(crate) fn seal(&self, first: u64) -> Result<(), LedgerError> {
        let path = entries_path(&self.place.root, first);
        let mut reader = Reader::open(Arc::clone(&self.files), &self.place.root)?;
        let mut tree = reader.frontier_at(first)?;
        let mut batches = Batches::open(self.files.as_ref(), &path, first)?;
        if tree.root() != batches.header().root {
            // A tile that was changed is for fsck to find; no other is derived from it, and the log goes on.
            reader = reader.without_tiles();
            tree = reader.frontier_at(first)?;
        }
        let mut leaves = Vec::new();
        while let Some(batch) =
            batches.next()?.map_err(|torn| LedgerError::damaged(&path, torn.entry, torn.what))?
        {
            if let Some((entry, what)) = batch.fault(&tree) {
                return Err(LedgerError::damaged(&path, entry, what));
            }
            vault_bytes(self.files.as_ref(), &self.place.root, first, &batch.commit)?;
            leaves.extend(batch.entries().map(leaf_hash));
            tree = batch.commit.after;
        }
        for (index, hashes) in (first / 256..).zip(leaves.chunks_exact(256)) {
            self.write(Tile { kind: TileKind::Hashes(0), index, width: 256 }, hashes)?;
        }
        for level in 1_u8..7 {
            let shift = 8 * (u32::from(level) + 1);
            for index in first >> shift..tree.size() >> shift {
                let tile = Tile { kind: TileKind::Hashes(level), index, width: 256 };
                self.write(tile, &reader.computed(level, index)?)?;
            }
        }
        let vault = self.place.root.join(SEGMENTS).join(name(SegmentKind::Vault, first));
        for path in [vault, path] {
            self.files.make_read_only(&path).map_err(LedgerError::file("close", &path))?;
        }
        Ok(())
    }

    /// Writes a tile unless its file holds these hashes.
    fn write(&self, tile: Tile, hashes: &[Hash]) -> Result<(), LedgerError> {
        let path = self.place.root.join(tile.to_string());
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        if read_whole(self.files.as_ref(), &path, 8_192).is_ok_and(|found| found == bytes) {
            return self
                .files
                .open_to_read(&path)
                .and_then(|file| file.sync())
                .map_err(LedgerError::file("sync", &path));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        self.files.create_folder(folder).map_err(LedgerError::file("make", folder))?;
        replace(self.files.as_ref(), &path, &bytes, false).map_err(LedgerError::file("write", &path))
    }
}
