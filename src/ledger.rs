//! The ledger of an institution: where it lies, who signs it, and opening it.
//!
//! `ledger/settings.json` says where keys and register are. It holds nothing secret; the crate `dualtrack-ledger` does
//! all the work.

pub(crate) mod keys;
pub(crate) mod recording;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dualtrack_ledger::{
    Disk, Draft, FileSystem, KeyStore, Ledger, Options, Place, Reader, Signer, Source, Statement,
    VerifierKey, id_at,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::LedgerPlace;
use crate::failure::Failure;
use crate::output::{Output, write_all};
use keys::KeySource;

/// What `settings.json` says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The schema of this file.
    pub(crate) schema: String,
    /// The name of the log.
    pub(crate) origin: String,
    /// The random name of this installation, as entries name their source.
    pub(crate) instance: String,
    /// The folder of the keys of people.
    pub(crate) keys: PathBuf,
    /// The file of the register.
    pub(crate) register: PathBuf,
    /// The keys that sign.
    pub(crate) signing: Vec<SigningSettings>,
    /// Keys that signed before.
    #[serde(default)]
    pub(crate) retired: Vec<String>,
}

/// A key that signs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SigningSettings {
    /// The key that checks its signatures.
    pub(crate) verifier: String,
    /// Where the private key is.
    pub(crate) from: KeySource,
}

/// A ledger that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The folder of the ledger.
    pub(crate) root: PathBuf,
    /// Its settings, with what the command line said instead.
    pub(crate) settings: Settings,
}

/// A ledger that is open to be written.
pub(crate) struct Opened {
    /// The log in service.
    pub(crate) ledger: Ledger,
    /// The keys of people.
    pub(crate) keys: Arc<Mutex<KeyStore>>,
    source: Source,
    now: u64,
}

impl Found {
    /// Finds the ledger of an institution's folder, or in the folder itself.
    pub(crate) fn at(place: &LedgerPlace) -> Result<Self, Failure> {
        let mut found = Self::in_folder(&place.ledger)?.ok_or_else(|| {
            Failure::input(format!(
                "`{}` has no ledger; begin one with `dualtrack ledger init`, or name its folder with --ledger",
                place.ledger.display()
            ))
        })?;
        if let Some(keys) = &place.keys {
            found.settings.keys.clone_from(keys);
            for signing in &mut found.settings.signing {
                signing.from.move_to(keys);
            }
        }
        if let Some(register) = &place.register {
            found.settings.register.clone_from(register);
        }
        Ok(found)
    }

    /// The ledger of a folder, if it has one.
    pub(crate) fn in_folder(folder: &Path) -> Result<Option<Self>, Failure> {
        for root in [folder.join("ledger"), folder.to_owned()] {
            let path = root.join(SETTINGS);
            if !path.is_file() {
                continue;
            }
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Failure::file("read", &path, &error, "check its permissions"))?;
            let settings: Settings = serde_json::from_str(&text).map_err(|error| {
                Failure::input(format!("`{}` cannot be read: {error}; restore it", path.display()))
            })?;
            if settings.schema != SCHEMA {
                return Err(Failure::input(format!(
                    "`{}` is of schema `{}`; this program knows `{SCHEMA}`",
                    path.display(),
                    settings.schema
                )));
            }
            return Ok(Some(Self { root, settings }));
        }
        Ok(None)
    }

    /// Where the log lies.
    pub(crate) fn place(&self) -> Place {
        Place {
            origin: self.settings.origin.clone(),
            root: self.root.clone(),
            register: self.settings.register.clone(),
        }
    }

    /// All keys that sign or signed.
    pub(crate) fn known(&self) -> Result<Vec<VerifierKey>, Failure> {
        let signing = self.settings.signing.iter().map(|signing| &signing.verifier);
        signing.chain(&self.settings.retired).map(|text| self.verifier(text)).collect()
    }

    fn verifier(&self, text: &str) -> Result<VerifierKey, Failure> {
        let path = self.root.join(SETTINGS);
        VerifierKey::parse(text).map_err(|error| {
            Failure::input(format!("`{}` names no key with `{text}`: {error}", path.display()))
        })
    }

    /// Opens the log to be read. Needs no key.
    pub(crate) fn reader(&self) -> Result<Reader, Failure> {
        Reader::open(disk(), &self.root).map_err(refused)
    }

    /// The last checkpoint: that which witnesses cosigned if there is one and it is no older, and its size.
    pub(crate) fn checkpoint(&self) -> Result<(String, u64), Failure> {
        let (note, size) = keys::checkpoint_in(&self.root.join("checkpoint"), &self.known()?)?;
        match keys::checkpoint_in(&self.root.join(WITNESSED), &self.known()?) {
            Ok((witnessed, seen)) if seen == size => Ok((witnessed, seen)),
            _ => Ok((note, size)),
        }
    }

    /// The keys of people, to be read.
    pub(crate) fn key_store(&self) -> Result<KeyStore, Failure> {
        let path = self.settings.keys.join(SUBJECTS);
        keys::refuse_if_others_read(&path)?;
        KeyStore::open(disk(), &path).map_err(|error| Failure::input(error.to_string()))
    }

    /// Opens the log to be written, with every key that signs.
    pub(crate) fn open(&self, now: Timestamp) -> Result<Opened, Failure> {
        let mut signers: Vec<Box<dyn Signer>> = Vec::new();
        for signing in &self.settings.signing {
            let key = signing.from.read()?;
            if key.verifier().to_string() != signing.verifier {
                return Err(Failure::input(format!(
                    "the private key from {} is not that of `{}`; name the right one",
                    signing.from, signing.verifier
                )));
            }
            signers.push(Box::new(key));
        }
        let retired =
            self.settings.retired.iter().map(|text| self.verifier(text)).collect::<Result<_, _>>()?;
        let now = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let subjects = self.settings.keys.join(SUBJECTS);
        keys::refuse_if_others_read(&subjects)?;
        let opened =
            Ledger::open(disk(), self.place(), Options::default(), (signers, retired), Some(&subjects), now);
        let (ledger, recovered) = opened.map_err(refused)?;
        let keys = ledger.keys().map(Arc::clone).ok_or_else(|| refused("the ledger has no key store"))?;
        if recovered.dropped > 0 {
            crate::complain(&[format!(
                "note: {} bytes at the end of the ledger belonged to a batch that was cut short and never acknowledged; they were dropped",
                recovered.dropped
            )]);
        }
        let source = Source { instance: self.settings.instance.clone(), epoch: now, sequence: 0 };
        Ok(Opened { ledger, keys, source, now })
    }

    /// Writes changed settings.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&self.settings)
            .map_err(|error| Failure::input(format!("the settings cannot be written: {error}")))?;
        write_all(&[Output {
            path: self.root.join(SETTINGS),
            bytes: (text + "\n").into_bytes(),
            advice: "make the ledger's folder writable",
        }])
    }
}

impl Opened {
    /// A statement of this installation, now.
    pub(crate) fn statement<'k>(&mut self, kind: &'k str, clear: Vec<(&str, Value)>) -> Statement<'k> {
        self.source.sequence += 1;
        Statement {
            id: id_at(self.now),
            kind,
            time: self.now,
            source: self.source.clone(),
            links: Vec::new(),
            clear: clear.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }

    /// Enters drafts, and waits until they are acknowledged.
    pub(crate) fn enter(&self, drafts: Vec<Draft>) -> Result<Vec<dualtrack_ledger::Acknowledged>, Failure> {
        self.ledger
            .append_all(drafts)
            .map_err(|refusal| Failure::input(format!("nothing more was entered: {refusal}")))
    }

    /// Closes the log.
    pub(crate) fn close(self) -> Result<(), Failure> {
        self.ledger.close().map_err(|refusal| Failure::input(refusal.to_string()))
    }
}

/// The file system of this machine.
pub(crate) fn disk() -> Arc<dyn FileSystem> {
    Arc::new(Disk)
}

/// What the ledger refuses, as a line.
pub(crate) fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::input(error.to_string())
}

/// The schema of the settings.
pub(crate) const SCHEMA: &str = "dualtrack.ledger/1";
const SETTINGS: &str = "settings.json";
/// The file of the keys of people in the folder of keys.
pub(crate) const SUBJECTS: &str = "subjects";
/// The last checkpoint that witnesses cosigned.
pub(crate) const WITNESSED: &str = "witnessed";
