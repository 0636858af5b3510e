//! Reading an institution's folder: its YAML files as text, and the digests of the files they refer to.
//!
//! Nothing outside the folder is read: a link that leads out of it is refused. Everything is bounded.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use dualtrack_catalogue::Catalogue;
use dualtrack_inventory::{Digest, Inventory, files_to_digest};
use sha2::{Digest as _, Sha256};

use crate::data::FileState;
use crate::failure::Failure;

/// An institution's folder as it was read: the inventory, and the digests of the files it names.
pub(crate) struct Folder {
    /// The folder's real path.
    pub(crate) root: PathBuf,
    /// What its YAML files say.
    pub(crate) inventory: Inventory,
    /// The files they name, by path inside the folder.
    pub(crate) digested: BTreeMap<String, Digested>,
}

impl Folder {
    /// Reads a folder, or says in one line each what is wrong with it.
    pub(crate) fn read(folder: &Path, catalogue: &Catalogue, stop: &AtomicBool) -> Result<Self, Failure> {
        let root = root(folder)?;
        let texts = read_texts(&root, folder)?;
        let files = || texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let mut digested = BTreeMap::new();
        let mut digests = BTreeMap::new();
        for file in files_to_digest(files()) {
            // A file that does not exist is left for `Inventory::load`, which says where it is named.
            if root.join(&file).exists() {
                let (path, opened) = open(&root, &file)?;
                let taken = digest(&path, opened, stop)?;
                digests.insert(file.clone(), taken.digest);
                digested.insert(file, taken);
            }
        }
        let inventory = Inventory::load(files(), &digests, catalogue)
            .map_err(|problems| Failure::Input(problems.iter().map(ToString::to_string).collect()))?;
        Ok(Self { root, inventory, digested })
    }
}

/// The YAML files of a folder, as (path relative to the folder, text), in order of path.
pub(crate) fn read_texts(root: &Path, named: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    collect(root, "", 0, &mut files)?;
    if !files.iter().any(|file| file == "institution.yaml") {
        return Err(Failure::input(format!(
            "`{}` holds no `institution.yaml`; name an institution's folder, such as examples/harbour-bank",
            named.display()
        )));
    }
    files.sort();
    files.into_iter().map(|file| read_text(root, &file).map(|text| (file, text))).collect()
}

/// Collects the YAML files below `place`; hidden folders and links to folders are not entered.
fn collect(root: &Path, place: &str, depth: usize, files: &mut Vec<String>) -> Result<(), Failure> {
    let path = root.join(place);
    let refuse = |error: &std::io::Error| Failure::file("read", &path, error, "check its permissions");
    for entry in std::fs::read_dir(&path).map_err(|error| refuse(&error))? {
        let entry = entry.map_err(|error| refuse(&error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let inner = if place.is_empty() { name.clone() } else { format!("{place}/{name}") };
        let kind = entry.file_type().map_err(|error| refuse(&error))?;
        if kind.is_dir() {
            if depth < MOST_DEPTH && !name.starts_with('.') {
                collect(root, &inner, depth + 1, files)?;
            }
        } else if matches!(
            Path::new(&name).extension().and_then(|ending| ending.to_str()),
            Some("yaml" | "yml")
        ) {
            files.push(inner);
        }
        if files.len() > MOST_FILES {
            return Err(Failure::input(format!(
                "`{}` holds more than {MOST_FILES} YAML files; name an institution's folder",
                root.display()
            )));
        }
    }
    Ok(())
}

/// A file that was digested, and what must not have changed when it is read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digested {
    /// SHA-256 of its bytes.
    pub(crate) digest: Digest,
    /// Its state on disk when the digest was taken.
    pub(crate) state: FileState,
}

/// Opens a file of the folder, refusing one that lies outside it.
pub(crate) fn open(root: &Path, file: &str) -> Result<(PathBuf, File), Failure> {
    let advice = "mend the path, which is relative to the institution's folder";
    let path = root.join(file);
    let real = path.canonicalize().map_err(|error| Failure::file("read", &path, &error, advice))?;
    if !real.starts_with(root) {
        return Err(Failure::input(format!(
            "`{file}` leads out of the institution's folder; copy the file into the folder"
        )));
    }
    // Opening a pipe would wait for a writer; a folder opens, and then cannot be read.
    if !real.is_file() {
        return Err(Failure::input(format!("`{file}` is not a file; {advice}")));
    }
    let opened = File::open(&real).map_err(|error| Failure::file("read", &path, &error, advice))?;
    Ok((path, opened))
}

/// The folder's real path.
pub(crate) fn root(folder: &Path) -> Result<PathBuf, Failure> {
    let advice = "name an institution's folder, such as examples/harbour-bank";
    let root = folder.canonicalize().map_err(|error| Failure::file("read", folder, &error, advice))?;
    if root.is_dir() {
        Ok(root)
    } else {
        Err(Failure::input(format!("`{}` is not a folder; {advice}", folder.display())))
    }
}

fn read_text(root: &Path, file: &str) -> Result<String, Failure> {
    let (path, opened) = open(root, file)?;
    let mut bytes = Vec::new();
    opened
        .take(MOST_YAML_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::file("read", &path, &error, "check its permissions"))?;
    if bytes.len() as u64 > MOST_YAML_BYTES {
        return Err(Failure::input(format!("{file}: larger than 1 MiB; split it into several files")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line =
            error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|&&b| b == b'\n').count();
        Failure::input(format!("{file}:{}: not UTF-8 text; save the file as UTF-8", line + 1))
    })
}

/// The digest of a file outside an institution's folder.
pub(crate) fn digest_of(path: &Path, stop: &AtomicBool) -> Result<Digest, Failure> {
    let file =
        File::open(path).map_err(|error| Failure::file("read", path, &error, "name a file that exists"))?;
    digest(path, file, stop).map(|digested| digested.digest)
}

pub(crate) fn digest(path: &Path, mut file: File, stop: &AtomicBool) -> Result<Digested, Failure> {
    let refuse = |error: &std::io::Error| Failure::file("read", path, error, "check its permissions");
    let state = FileState::of(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted);
        }
        let count = file.read(&mut buffer).map_err(|error| refuse(&error))?;
        if count == 0 {
            break;
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
    if FileState::of(path)? != state {
        return Err(changed(path));
    }
    let digest = Digest::from_bytes(hasher.finalize().into());
    Ok(Digested { digest, state })
}

fn changed(path: &Path) -> Failure {
    Failure::input(format!(
        "`{}` changed while it was read; run again when nobody writes to it",
        path.display()
    ))
}

const MOST_DEPTH: usize = 4;
const MOST_FILES: usize = 100_000;
const MOST_YAML_BYTES: u64 = 1 << 20;
