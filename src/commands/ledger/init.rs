//! `dualtrack ledger init`: a new ledger, with its key and its register.

use std::path::{Path, PathBuf};

use dualtrack_ledger::{KeyStore, Ledger, LedgerError};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::ledger::keys::{KeySource, make};
use crate::ledger::{Found, SCHEMA, SUBJECTS, Settings, SigningSettings, disk, refused};
use crate::terminal::{Terminal, print};

/// Where the private key comes from, if the arguments say so.
pub(crate) fn chosen(environment: Option<&str>, command: Option<&str>) -> Option<KeySource> {
    let environment = environment.map(|name| KeySource::Environment(name.to_owned()));
    environment.or_else(|| command.map(|command| KeySource::Command(command.to_owned())))
}

/// Begins a ledger in an institution's folder.
pub(crate) fn run(
    folder: &Path,
    name: &str,
    keys: Option<&Path>,
    register: Option<&Path>,
    source: Option<KeySource>,
    terminal: Terminal,
    now: Timestamp,
) -> Result<(), Failure> {
    if !folder.join("institution.yaml").is_file() {
        return Err(Failure::input(format!(
            "`{}` holds no `institution.yaml`; name an institution's folder, such as examples/harbour-bank",
            folder.display()
        )));
    }
    let root = folder.join("ledger");
    if let Some(found) = Found::in_folder(folder)? {
        return Err(Failure::input(format!(
            "`{}` holds the ledger `{}` already; it is never overwritten",
            root.display(),
            found.settings.origin
        )));
    }
    let keys = absolute(&keys.map_or_else(|| data_folder(name), |keys| Ok(keys.to_owned()))?)?;
    let register = absolute(&register.map_or_else(|| keys.join("register"), Path::to_owned))?;
    let root = absolute(&root)?;
    for (path, option) in [(&keys, "--keys"), (&register, "--register")] {
        if path.starts_with(&root) {
            return Err(Failure::input(format!(
                "`{}` lies in the ledger itself, where it protects nothing; name another place with {option}",
                path.display()
            )));
        }
    }
    let found = begin(root, name, (keys, register), source, now)?;
    let Settings { keys, register, signing, .. } = &found.settings;
    let verifier = signing.first().map(|key| key.verifier.as_str()).unwrap_or_default();
    let (keys, register, ledger) = (keys.display(), register.display(), found.root.display());
    print(&match terminal.language {
        dualtrack_catalogue::Language::En => format!(
            "Ledger `{name}` begun in {ledger}\n  keys      {keys}\n  register  {register}\n\nVerifier key, for everyone who checks it:\n{verifier}\n\nBack up keys and register apart from the ledger. `dualtrack assess` enters its runs from now on.\n"
        ),
        dualtrack_catalogue::Language::ZhHant => format!(
            "已在 {ledger} 開立帳本 `{name}`\n  金鑰    {keys}\n  登記檔  {register}\n\n供所有查核者使用的驗證金鑰：\n{verifier}\n\n請把金鑰和登記檔與帳本分開備份。由現在起，`dualtrack assess` 會把每次評估記入帳本。\n"
        ),
    })
}

/// Begins a ledger: its key if it has none yet, its settings, its first entry.
pub(crate) fn begin(
    root: PathBuf,
    name: &str,
    (keys, register): (PathBuf, PathBuf),
    source: Option<KeySource>,
    now: Timestamp,
) -> Result<Found, Failure> {
    std::fs::create_dir_all(&keys)
        .map_err(|error| Failure::file("make", &keys, &error, "name another folder with --keys"))?;
    let from = if let Some(source) = source {
        source
    } else {
        let path = keys.join("signing.key");
        // A key that was made before something else failed is taken up.
        if !path.exists() {
            make(name, &path, false)?;
        }
        KeySource::File(path)
    };
    let key = from.read()?;
    let verifier = key.verifier().clone();
    if verifier.name() != name {
        return Err(Failure::input(format!(
            "the key from {from} is of `{}`, not of `{name}`; readers expect one name for both",
            verifier.name()
        )));
    }
    let settings = Settings {
        schema: SCHEMA.to_owned(),
        origin: name.to_owned(),
        instance: dualtrack_ledger::id_at(0).simple().to_string().split_off(16),
        keys: keys.clone(),
        register,
        signing: vec![SigningSettings { verifier: verifier.to_string(), from }],
        retired: Vec::new(),
    };
    let found = Found { root, settings };
    match Ledger::create(disk().as_ref(), &found.place(), vec![Box::new(key)]) {
        // One without settings was begun when something failed; that it is of this key is seen on opening it.
        Ok(()) | Err(LedgerError::Exists(_)) => {}
        Err(error) => return Err(refused(error)),
    }
    KeyStore::create(disk().as_ref(), &keys.join(SUBJECTS)).map_err(refused)?;
    found.save()?;
    let mut opened = found.open(now)?;
    let statement = opened.statement("ledger.begun", vec![("program", crate::PROGRAM.into())]);
    opened.enter(vec![crate::ledger::recording::draft(statement, Vec::new())?])?;
    opened.close()?;
    Ok(found)
}

pub(crate) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::file("find", path, &error, "name it in full"))
}

/// Where programs of this user keep their data (XDG base directories).
fn data_folder(name: &str) -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
    let data = data
        .ok_or_else(|| Failure::input("neither HOME nor XDG_DATA_HOME is set; name a folder with --keys"))?;
    let safe = |letter: char| if letter.is_alphanumeric() || ".-".contains(letter) { letter } else { '_' };
    Ok(data.join("dualtrack").join(name.chars().map(safe).collect::<String>()))
}
