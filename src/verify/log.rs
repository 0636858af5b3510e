//! Verifying a whole log: a folder or an address in the layout of C2SP tlog-tiles, or a ledger's own folder.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use dualtrack_ledger::{Audit, Entry, Frontier, Hash, Reader, Sources, Tile, bundle_entries, leaf_hash};
use ureq::Agent;

use super::{Refusal, Trust, Verified, refuse};
use crate::failure::Failure;
use crate::{fetch, progress};

/// Where a log is.
pub(crate) enum Place {
    /// A folder in the layout of tiles.
    Tiles(PathBuf),
    /// A ledger's own folder, with segments.
    Segments(PathBuf),
    /// An address.
    Url(Agent, String),
}

impl Place {
    /// A file of the log; none if there is none.
    fn read(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Tiles(root) | Self::Segments(root) => {
                let path = root.join(path);
                if path.exists() { file(&path, most).map(Some) } else { Ok(None) }
            }
            Self::Url(agent, base) => fetch::bytes(agent, &format!("{base}/{path}"), most),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Tiles(root) | Self::Segments(root) => root.display().to_string(),
            Self::Url(_, base) => base.clone(),
        }
    }
}

/// Told how many entries of how many were looked at; stops the work where it fails.
pub(crate) type Watch<'w> = &'w mut dyn FnMut(u64, u64) -> Result<(), Failure>;

/// Verifies every entry of a log against its signed checkpoint, with a bar on the terminal.
pub(crate) fn log(place: &Place, trust: &Trust) -> Result<Verified, Refusal> {
    let stop = progress::stop_on_interrupt()?;
    let bar = progress::bar(0);
    let verified = log_watched(place, trust, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
        progress::unless_interrupted(&stop)
    })?;
    bar.finish_and_clear();
    Ok(verified)
}

/// The same for whoever watches it otherwise.
pub(crate) fn log_watched(place: &Place, trust: &Trust, watch: Watch<'_>) -> Result<Verified, Refusal> {
    let note = place.read("checkpoint", NOTE)?;
    let note = note.ok_or_else(|| {
        Failure::input(format!(
            "`{}` has no `checkpoint`; name a log's folder or address, or a receipt",
            place.shown()
        ))
    })?;
    let note = String::from_utf8(note)
        .map_err(|_| Failure::input(format!("the checkpoint of `{}` is not text in UTF-8", place.shown())))?;
    let (checkpoint, mut verified) = trust.signed(&note)?;
    let mut looked = 0;
    let mut seen = Seen::new(trust, &checkpoint.origin)?;
    let (mut wrong, mut tiles, mut absent) = (None, 0_u64, 0_u64);
    let mut failed = None;
    let mut tile_seen = |tile: Tile, hashes: &[Hash]| {
        let expected: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        match place.read(&tile.to_string(), expected.len() as u64) {
            Ok(Some(found)) if found == expected => tiles += 1,
            Ok(None) => absent += 1,
            Err(failure) if matches!(place, Place::Url(..)) => failed = Some(failure),
            Ok(Some(_)) | Err(_) => wrong = wrong.or(Some(tile)),
        }
    };
    let mut audit = Audit::default();
    if let Place::Segments(root) = place {
        let reader = Reader::open(crate::ledger::disk(), root)?;
        if reader.size() < checkpoint.size {
            let size = reader.size();
            return refuse(
                format!("the checkpoint is over {} entries, but only {size} are there", checkpoint.size),
                format!("檢查點涵蓋 {} 項記錄，但現存只有 {size} 項", checkpoint.size),
            );
        }
        reader.entries(0..checkpoint.size, |_, entry| {
            audit.push(entry, &mut tile_seen);
            seen.entry(entry);
            looked += 1;
            watch(looked, checkpoint.size).map_err(Refusal::Unknown)
        })?;
    } else {
        for bundle in Tile::of_entries(checkpoint.size) {
            watch(looked, checkpoint.size)?;
            let bytes = match place.read(&bundle.to_string(), BUNDLE) {
                Ok(Some(bytes)) => bytes,
                Err(failure) if matches!(place, Place::Url(..)) => return Err(failure.into()),
                _ => {
                    let first = bundle.index * 256;
                    return refuse(
                        format!("`{bundle}` with the entries from {first} on is missing or cannot be read"),
                        format!("欠缺或無法讀取由第 {first} 項起的記錄檔 `{bundle}`"),
                    );
                }
            };
            let entries: Result<Vec<&[u8]>, _> = bundle_entries(&bytes).collect();
            let Some(entries) = entries.ok().filter(|entries| entries.len() == usize::from(bundle.width))
            else {
                return refuse(
                    format!("`{bundle}` does not hold {} whole entries", bundle.width),
                    format!("`{bundle}` 沒有 {} 項完整的記錄", bundle.width),
                );
            };
            for entry in entries {
                audit.push(entry, &mut tile_seen);
                seen.entry(entry);
            }
            looked += u64::from(bundle.width);
        }
    }
    let (size, found) = audit.finish(&mut tile_seen);
    if let Some(failure) = failed {
        return Err(failure.into());
    }
    if found != checkpoint.root {
        return refuse(
            format!("the {size} entries lead to another root than the checkpoint's: some were changed"),
            format!("{size} 項記錄得出的根與檢查點不符：有記錄曾被更改"),
        );
    }
    if let Some(tile) = wrong {
        return refuse(
            format!("`{tile}` does not hold the hashes of the entries"),
            format!("`{tile}` 所載並非各項記錄的雜湊值"),
        );
    }
    verified.checked.push((
        format!("all {size} entries lead to its root"),
        format!("全部 {size} 項記錄均得出檢查點的根"),
    ));
    verified.checked.push((
        format!("tiles that hold the hashes of the entries: {tiles}; not there: {absent}"),
        format!("與記錄相符的雜湊檔：{tiles} 個；不存在：{absent} 個"),
    ));
    seen.finish(true, &mut verified)?;
    if matches!(place, Place::Segments(_)) {
        verified.left.push((
            "sealed payloads: `dualtrack ledger fsck` holds them against their entries".into(),
            "密封資料：`dualtrack ledger fsck` 會與記錄核對".into(),
        ));
    }
    Ok(verified)
}

/// What is noted of entries on the way: an earlier checkpoint, and gaps of sources.
pub(crate) struct Seen<'t> {
    since: Option<&'t dualtrack_ledger::Checkpoint>,
    tree: Frontier,
    continued: Option<bool>,
    sources: Sources,
}

impl<'t> Seen<'t> {
    /// Nothing yet.
    pub(crate) fn new(trust: &'t Trust, origin: &str) -> Result<Self, Refusal> {
        let since = trust.since.as_ref();
        if let Some(since) = since.filter(|since| since.origin != origin) {
            let other = &since.origin;
            return Err(Failure::input(format!(
                "the earlier checkpoint is of the log `{other}`, not of `{origin}`"
            ))
            .into());
        }
        let continued = since.filter(|since| since.size == 0).map(|_| true);
        Ok(Self { since, tree: Frontier::default(), continued, sources: Sources::default() })
    }

    /// The next entry of a log that is read from its beginning.
    pub(crate) fn entry(&mut self, entry: &[u8]) {
        if self.since.is_some() && self.continued.is_none() {
            self.tree.push(leaf_hash(entry), |_, _, _| ());
            let (size, root) = (self.tree.size(), self.tree.root());
            self.at(size, root);
        }
        self.source(entry);
    }

    /// The tree at some size.
    pub(crate) fn at(&mut self, size: u64, root: Hash) {
        if let Some(since) = self.since.filter(|since| since.size == size) {
            self.continued = Some(since.root == root);
        }
    }

    /// Who entered it, if it is an entry of ours.
    pub(crate) fn source(&mut self, entry: &[u8]) {
        if let Ok(entry) = Entry::parse(entry) {
            self.sources.note(&entry.source);
        }
    }

    /// What came of it.
    pub(crate) fn finish(self, whole: bool, verified: &mut Verified) -> Result<(), Refusal> {
        match (self.since, self.continued) {
            (None, _) => {}
            (Some(since), Some(true)) => verified.checked.push((
                format!("it continues your earlier checkpoint of {} entries", since.size),
                format!("延續你先前持有、涵蓋 {} 項記錄的檢查點", since.size),
            )),
            (Some(since), Some(false)) => {
                return refuse(
                    format!(
                        "it does not continue your earlier checkpoint of {} entries: the log was rewritten; keep both as proof",
                        since.size
                    ),
                    format!(
                        "並非延續你先前持有、涵蓋 {} 項記錄的檢查點：日誌曾被改寫；請保留兩者作證據",
                        since.size
                    ),
                );
            }
            (Some(since), None) if whole => {
                return refuse(
                    format!(
                        "it has fewer than the {} entries of your earlier checkpoint: entries were dropped",
                        since.size
                    ),
                    format!("少於你先前檢查點的 {} 項記錄：有記錄被刪去", since.size),
                );
            }
            (Some(since), None) => verified.left.push((
                format!("your earlier checkpoint of {} entries: it lies outside of this range", since.size),
                format!("你先前涵蓋 {} 項記錄的檢查點：不在此範圍之內", since.size),
            )),
        }
        if !self.sources.is_empty() {
            let gaps = self.sources.gaps(whole);
            if gaps.is_empty() {
                verified.checked.push((
                    format!(
                        "no number is missing or twice among those that {} starts of sources gave",
                        self.sources.len()
                    ),
                    format!("{} 次來源啟動所給的編號沒有遺漏或重複", self.sources.len()),
                ));
            }
            for gap in gaps.iter().take(20) {
                let (source, missing) = (format!("{} ({})", gap.instance, gap.epoch), gap.missing);
                verified.noticed.push((
                    format!("source {source} gave numbers that are missing or twice: {missing}"),
                    format!("來源 {source} 的編號有遺漏或重複：{missing}"),
                ));
            }
        }
        Ok(())
    }
}

/// A file of text.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(file(path, NOTE)?).map_err(|_| {
        Failure::input(format!("`{}` is not text in UTF-8; name a log's folder or a receipt", path.display()))
    })
}

/// A file that is no longer than it may be.
pub(crate) fn file(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: &std::io::Error| Failure::file("read", path, error, "name a log's folder or a receipt");
    // A pipe or a device could be read for ever.
    if !path.metadata().map_err(|error| failed(&error))?.is_file() {
        return Err(Failure::input(format!(
            "`{}` is not a file; name a log's folder or a receipt",
            path.display()
        )));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > most {
        return Err(Failure::input(format!(
            "`{}` is longer than {most} bytes; it is not what a log writes",
            path.display()
        )));
    }
    Ok(bytes)
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Refused(english, _) => Self::input(english),
            Refusal::Unknown(failure) => failure,
        }
    }
}

/// Where a log may be by its path.
pub(crate) fn in_folder(root: &Path) -> Place {
    let own = |root: &Path| root.join("segments").is_dir();
    match [root.to_owned(), root.join("ledger")].into_iter().find(|root| own(root)) {
        Some(root) => Place::Segments(root),
        None => Place::Tiles(root.to_owned()),
    }
}

/// A note is short.
const NOTE: u64 = 1_000_000;
/// 256 entries of the greatest length, with two bytes before each.
pub(crate) const BUNDLE: u64 = 256 * 65_537;
