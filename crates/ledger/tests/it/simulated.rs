//! A disk that forgets: whatever was not synced survives a crash in any part, bytes and names alike.
//!
//! It also fails at a chosen call, and fills up at a chosen byte. What it promises is what POSIX promises, not more.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dualtrack_ledger::{File, FileSystem, Lock};

/// Chance from a seed (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

#[derive(Clone, Debug)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    unsynced_names: Vec<Change>,
    calls: u64,
    /// From this call on, every call fails: the power is gone.
    crash_at: Option<u64>,
    /// This call alone fails.
    fail_at: Option<u64>,
    /// How many more bytes can be written.
    room: Option<u64>,
    free: u64,
    held: bool,
}

#[derive(Clone, Debug, Default)]
struct Inode {
    live: Vec<u8>,
    synced: Vec<u8>,
    unsynced: Vec<Write>,
    read_only: bool,
}

#[derive(Clone, Debug)]
enum Write {
    Bytes(usize, Vec<u8>),
    Truncate(usize),
}

#[derive(Clone, Debug)]
enum Change {
    Add(PathBuf, usize),
    Rename(PathBuf, PathBuf, usize),
    Remove(PathBuf),
}

impl SimulatedDisk {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { free: u64::MAX, ..State::default() })))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn crash_after(&self, calls: u64) {
        let mut state = self.state();
        state.crash_at = Some(state.calls + calls);
    }

    pub(crate) fn fail_after(&self, calls: u64) {
        let mut state = self.state();
        state.fail_at = Some(state.calls + calls);
    }

    /// Whether the chosen call has come.
    pub(crate) fn failed(&self) -> bool {
        let state = self.state();
        state.fail_at.is_some_and(|at| state.calls > at)
    }

    pub(crate) fn room(&self, bytes: Option<u64>) {
        self.state().room = bytes;
    }

    pub(crate) fn free(&self, bytes: u64) {
        self.state().free = bytes;
    }

    /// The disk after the power comes back: what was synced, and some of what was not.
    pub(crate) fn after_crash(&self, chance: &mut Chance) -> Self {
        let mut state = self.state();
        let mood = chance.below(4);
        let survives = |chance: &mut Chance| match mood {
            0 => false,
            1 => true,
            _ => chance.below(2) == 0,
        };
        let inodes: Vec<Inode> = state
            .inodes
            .iter()
            .map(|inode| {
                let mut bytes = inode.synced.clone();
                for write in &inode.unsynced {
                    match write {
                        Write::Truncate(length) if survives(chance) => bytes.truncate(*length),
                        Write::Truncate(_) => {}
                        Write::Bytes(offset, written) => {
                            let piece = 1 + usize::try_from(chance.below(200)).unwrap();
                            for (number, part) in written.chunks(piece).enumerate() {
                                if survives(chance) {
                                    put(&mut bytes, offset + number * piece, part);
                                }
                            }
                        }
                    }
                }
                Inode { live: bytes.clone(), synced: bytes, unsynced: Vec::new(), read_only: inode.read_only }
            })
            .collect();
        let mut names = state.durable_names.clone();
        for change in std::mem::take(&mut state.unsynced_names) {
            if survives(chance) {
                apply(&mut names, &change);
            }
        }
        Self(Arc::new(Mutex::new(State {
            inodes,
            durable_names: names.clone(),
            names,
            free: u64::MAX,
            ..State::default()
        })))
    }

    /// All bytes of a file, without counting as a call.
    pub(crate) fn bytes(&self, path: &Path) -> Vec<u8> {
        let state = self.state();
        state.inodes[state.names[path]].live.clone()
    }

    /// Changes the bytes of a file, as an attacker would.
    pub(crate) fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let at = state.names[path];
        let inode = &mut state.inodes[at];
        change(&mut inode.live);
        inode.synced = inode.live.clone();
        inode.unsynced.clear();
    }

    /// A copy of all there is, as a backup would keep it.
    pub(crate) fn copy(&self) -> Self {
        let state = self.state();
        Self(Arc::new(Mutex::new(State {
            inodes: state.inodes.clone(),
            names: state.names.clone(),
            durable_names: state.names.clone(),
            free: u64::MAX,
            ..State::default()
        })))
    }

    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.state().names.keys().cloned().collect()
    }

    pub(crate) fn shared(&self) -> Arc<dyn FileSystem> {
        Arc::new(self.clone())
    }
}

impl State {
    fn call(&mut self) -> io::Result<()> {
        let now = self.calls;
        self.calls += 1;
        if self.crash_at.is_some_and(|at| now >= at) || self.fail_at == Some(now) {
            return Err(io::Error::other("the simulated disk fails"));
        }
        Ok(())
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.names, &change);
        self.unsynced_names.push(change);
    }
}

fn apply(names: &mut BTreeMap<PathBuf, usize>, change: &Change) {
    match change {
        Change::Add(path, inode) => {
            names.insert(path.clone(), *inode);
        }
        Change::Rename(from, to, inode) => {
            names.remove(from);
            names.insert(to.clone(), *inode);
        }
        Change::Remove(path) => {
            names.remove(path);
        }
    }
}

fn put(bytes: &mut Vec<u8>, offset: usize, part: &[u8]) {
    if bytes.len() < offset + part.len() {
        bytes.resize(offset + part.len(), 0);
    }
    bytes[offset..offset + part.len()].copy_from_slice(part);
}

#[derive(Debug)]
struct Opened {
    disk: SimulatedDisk,
    inode: usize,
}

impl File for Opened {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        state.call()?;
        let live = &state.inodes[self.inode].live;
        let from = usize::try_from(offset).unwrap().min(live.len());
        let count = buffer.len().min(live.len() - from);
        buffer[..count].copy_from_slice(&live[from..from + count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        state.call()?;
        let fits = state.room.map_or(bytes.len(), |room| usize::try_from(room).unwrap().min(bytes.len()));
        if let Some(room) = &mut state.room {
            *room -= fits as u64;
        }
        let offset = usize::try_from(offset).unwrap();
        let inode = &mut state.inodes[self.inode];
        if inode.read_only {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        put(&mut inode.live, offset, &bytes[..fits]);
        inode.unsynced.push(Write::Bytes(offset, bytes[..fits].to_vec()));
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.call()?;
        let length = usize::try_from(length).unwrap();
        let inode = &mut state.inodes[self.inode];
        inode.live.truncate(length);
        inode.unsynced.push(Write::Truncate(length));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.call()?;
        let inode = &mut state.inodes[self.inode];
        inode.synced = inode.live.clone();
        inode.unsynced.clear();
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.call()?;
        Ok(state.inodes[self.inode].live.len() as u64)
    }
}

impl FileSystem for SimulatedDisk {
    fn create_folder(&self, _path: &Path) -> io::Result<()> {
        self.state().call()
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.call()?;
        let inside = state.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let mut state = self.state();
        state.call()?;
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode::default());
        state.change(Change::Add(path.to_owned(), inode));
        Ok(Box::new(Opened { disk: self.clone(), inode }))
    }

    fn create_secret(&self, path: &Path) -> io::Result<Box<dyn File>> {
        self.create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        self.open_to_read(path)
    }

    fn open_to_read(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let mut state = self.state();
        state.call()?;
        let inode = state.find(path)?;
        Ok(Box::new(Opened { disk: self.clone(), inode }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        let inode = state.find(from)?;
        state.change(Change::Rename(from.to_owned(), to.to_owned(), inode));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        state.find(path)?;
        state.change(Change::Remove(path.to_owned()));
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        let inside = |change: &Change| match change {
            Change::Add(path, _) | Change::Rename(_, path, _) | Change::Remove(path) => {
                path.parent() == Some(folder)
            }
        };
        let (synced, rest): (Vec<Change>, Vec<Change>) =
            std::mem::take(&mut state.unsynced_names).into_iter().partition(inside);
        for change in &synced {
            apply(&mut state.durable_names, change);
        }
        state.unsynced_names = rest;
        Ok(())
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        let inode = state.find(path)?;
        state.inodes[inode].read_only = true;
        Ok(())
    }

    fn is_read_only(&self, path: &Path) -> io::Result<bool> {
        let mut state = self.state();
        state.call()?;
        let inode = state.find(path)?;
        Ok(state.inodes[inode].read_only)
    }

    fn free_space(&self, _folder: &Path) -> io::Result<u64> {
        let mut state = self.state();
        state.call()?;
        Ok(state.free)
    }

    fn lock(&self, _path: &Path, holder: &str) -> io::Result<Result<Box<dyn Lock>, String>> {
        let mut state = self.state();
        state.call()?;
        if std::mem::replace(&mut state.held, true) {
            return Ok(Err(holder.to_owned()));
        }
        Ok(Ok(Box::new(Held(self.clone()))))
    }
}

#[derive(Debug)]
struct Held(SimulatedDisk);

impl Lock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.state().held = false;
    }
}
