//! Backup and restore of a data folder.
//!
//! The register is copied first and the keys last, so that the log in a backup is never behind the one nor ahead of the
//! other. A restore never makes a ledger that could sign a second history, and lets nobody in who was let in before the
//! backup: sessions, links and tokens may have been ended since.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dualtrack_catalogue::Digest;
use dualtrack_store::operations::TABLES;
use dualtrack_store::{Engine, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::opening;
use super::taking::Taken;
use crate::failure::Failure;
use crate::ledger::{Found, refused};
use crate::terminal::{Terminal, print};

/// What a backup holds.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    schema: String,
    program: String,
    /// How many entries the log has.
    entries: u64,
    /// The digest of each file.
    files: BTreeMap<String, Digest>,
}

/// Copies a data folder, while a server may run on it.
pub(crate) async fn backup(
    data: &Path,
    to: &Path,
    database: Option<&str>,
    terminal: Terminal,
) -> Result<(), Failure> {
    if to.exists() {
        return Err(Failure::input(format!("`{}` exists; name a new folder with --to", to.display())));
    }
    let found = opening::find(data)?.ok_or_else(|| {
        Failure::input(format!("`{}` holds no ledger; name a server's data folder", data.display()))
    })?;
    let staged = beside(to);
    if staged.exists() {
        std::fs::remove_dir_all(&staged)
            .map_err(|error| Failure::file("remove", &staged, &error, "remove it by hand"))?;
    }
    make(&staged)?;
    restrict(&staged)?;
    let mut files = BTreeMap::new();
    copy(&found.settings.register, &staged, "register", &mut files)?;
    copy_folder(&found.root, &staged, "ledger", &mut files)?;
    operations(data, &staged, database, &mut files).await?;
    if data.join("files").is_dir() {
        copy_folder(&data.join("files"), &staged, "files", &mut files)?;
    }
    if data.join("server.yaml").exists() {
        copy(&data.join("server.yaml"), &staged, "server.yaml", &mut files)?;
    }
    copy_folder(&found.settings.keys, &staged, "keys", &mut files)?;
    let copied = Found { root: staged.join("ledger"), settings: found.settings.clone() };
    let entries = copied.reader()?.size();
    let manifest = Manifest { schema: SCHEMA.to_owned(), program: crate::PROGRAM.to_owned(), entries, files };
    let text = serde_json::to_vec_pretty(&manifest).map_err(refused)?;
    write(&staged.join(MANIFEST), &text)?;
    std::fs::rename(&staged, to)
        .map_err(|error| Failure::file("write", to, &error, "name another folder"))?;
    print(&format!(
        "{} {} · {} {entries}\n",
        terminal.say("backed up:", "已備份："),
        to.display(),
        terminal.say("entries", "記錄")
    ))
}

/// Puts a backup into a new data folder.
pub(crate) async fn restore(
    backup: &Path,
    to: &Path,
    (register, database): (Option<&Path>, Option<&str>),
    terminal: Terminal,
    now: Timestamp,
) -> Result<(), Failure> {
    let path = backup.join(MANIFEST);
    let bytes = std::fs::read(&path)
        .map_err(|error| Failure::file("read", &path, &error, "name the folder of a backup"))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::input(format!("{}: {error}", path.display())))?;
    if manifest.schema != SCHEMA {
        return Err(Failure::input(format!(
            "`{}` is of schema `{}`; this program knows `{SCHEMA}`",
            path.display(),
            manifest.schema
        )));
    }
    if to.exists() {
        return Err(Failure::input(format!("`{}` exists; name a new folder with --to", to.display())));
    }
    for (file, digest) in &manifest.files {
        let inside =
            file.split('/').all(|step| !matches!(step, "" | "." | "..")) && !file.contains(['\\', ':']);
        if !inside {
            return Err(Failure::input(format!(
                "`{}` names a file outside the backup; nothing was restored",
                path.display()
            )));
        }
        let path = backup.join(file);
        let bytes = std::fs::read(&path)
            .map_err(|error| Failure::file("read", &path, &error, "the backup is not whole"))?;
        if Digest::of(&bytes) != *digest {
            return Err(Failure::input(format!(
                "`{}` was changed since the backup; nothing was restored",
                path.display()
            )));
        }
    }
    let found = Found::in_folder(&backup.join("ledger"))?
        .ok_or_else(|| Failure::input(format!("`{}` holds no ledger", backup.display())))?;
    if let Some(register) = register {
        // What was copied with the log is never ahead of it.
        let lies_in = |path: &Path| std::fs::canonicalize(path).ok();
        if lies_in(register)
            .zip(lies_in(backup))
            .is_some_and(|(register, backup)| register.starts_with(backup))
        {
            return Err(Failure::input(format!(
                "`{}` is the register of the backup itself, which cannot know what was signed since; name the one that survived, or one that somebody else kept",
                register.display()
            )));
        }
    }
    let known = found.known()?;
    let taken = register.map(|register| Taken::from(register, &known)).transpose()?;
    if let Some(taken) = &taken {
        let signed = taken.signed(&known)?;
        if signed > manifest.entries {
            return Err(Failure::input(format!(
                "the backup has {} entries, but {signed} were signed for: signing on from it would make a second history; restore a newer backup, or look with --read-only",
                manifest.entries
            )));
        }
    }
    let staged = beside(to);
    if staged.exists() {
        std::fs::remove_dir_all(&staged)
            .map_err(|error| Failure::file("remove", &staged, &error, "remove it by hand"))?;
    }
    make(&staged)?;
    restrict(&staged)?;
    for file in manifest.files.keys() {
        let is_signing =
            file.starts_with("keys/") && !file.ends_with("/subjects") && !file.ends_with("/holds");
        // The register of a backup is always behind: that which survived takes its place.
        let is_register = file == "register" || file == "keys/register";
        if file == OPERATIONS || is_register || (is_signing && register.is_none()) {
            continue;
        }
        copy_file(&backup.join(file), &staged.join(file))?;
    }
    let keys = std::path::absolute(to).map_err(refused)?.join("keys");
    if let Some(taken) = &taken {
        copy_file(taken.path(), &staged.join("keys/register"))?;
    }
    let mut settings = found.settings.clone();
    settings.register = keys.join("register");
    for signing in &mut settings.signing {
        signing.from.move_to(&keys);
    }
    settings.keys = keys;
    Found { root: staged.join("ledger"), settings }.save()?;
    let ended = put_operations(&backup.join(OPERATIONS), &staged, database, now).await?;
    std::fs::rename(&staged, to)
        .map_err(|error| Failure::file("write", to, &error, "name another folder"))?;
    taken.into_iter().for_each(Taken::done);
    print(&format!(
        "{} {} · {} {}\n{}\n{}\n",
        terminal.say("restored:", "已還原："),
        to.display(),
        terminal.say("entries", "記錄"),
        manifest.entries,
        ended.words(terminal),
        if register.is_some() {
            terminal.say("`dualtrack serve` makes the index anew.", "`dualtrack serve` 會重建索引。")
        } else {
            terminal.say(
                "It can be read and verified, and signs nothing.",
                "可供閱讀及核實，但不會簽署任何內容。",
            )
        }
    ))
}

/// A folder beside the one that is made, of which it becomes the name once it is whole.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

/// The operational tables, each row as JSON.
async fn operations(
    data: &Path,
    staged: &Path,
    database: Option<&str>,
    files: &mut BTreeMap<String, Digest>,
) -> Result<(), Failure> {
    let engine = opening::engine(&std::path::absolute(data).map_err(refused)?, database)?;
    let store = Store::open_operations(&engine).await.map_err(refused)?;
    let mut tables = Map::new();
    for table in TABLES {
        let rows = store.operations().rows(table).await.map_err(refused)?;
        tables.insert(table.to_owned(), rows.into_iter().map(Value::Object).collect());
    }
    store.close().await;
    let bytes = serde_json::to_vec(&json!({ "schema": SCHEMA, "tables": tables })).map_err(refused)?;
    files.insert(OPERATIONS.to_owned(), Digest::of(&bytes));
    write(&staged.join(OPERATIONS), &bytes)
}

/// What of a backup is not brought back as it was.
#[derive(Debug, Default)]
struct Ended {
    sessions: usize,
    links: usize,
    tokens: usize,
}

impl Ended {
    /// The rows of a table as they are restored: accounts with their passwords, but no session, no link that is good
    /// once, and no token that is good still.
    fn rows(&mut self, table: &str, mut rows: Vec<Row>, now: Timestamp) -> Vec<Row> {
        match table {
            "session" => self.sessions = std::mem::take(&mut rows).len(),
            "link" => self.links = std::mem::take(&mut rows).len(),
            "token" => {
                for row in rows.iter_mut().filter(|row| !row.contains_key("revoked")) {
                    row.insert("revoked".to_owned(), json!(now.as_millisecond()));
                    self.tokens += 1;
                }
            }
            _ => {}
        }
        rows
    }

    fn words(&self, terminal: Terminal) -> String {
        let Self { sessions, links, tokens } = self;
        terminal.say(
            &format!("ended: {sessions} sessions, {links} links; revoked: {tokens} tokens. People sign in with their passwords and make new tokens."),
            &format!("已結束：{sessions}個登入工作階段、{links}條連結；已撤銷：{tokens}個權杖。各人須以密碼重新登入，並建立新權杖。"),
        ).to_owned()
    }
}

type Row = Map<String, Value>;

async fn put_operations(
    path: &Path,
    to: &Path,
    database: Option<&str>,
    now: Timestamp,
) -> Result<Ended, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::file("read", path, &error, "the backup is not whole"))?;
    let read: Value = serde_json::from_slice(&bytes).map_err(refused)?;
    let engine: Engine = opening::engine(&std::path::absolute(to).map_err(refused)?, database)?;
    let store = Store::open_operations(&engine).await.map_err(refused)?;
    let mut ended = Ended::default();
    for table in TABLES {
        let rows = read.get("tables").and_then(|tables| tables.get(table)).and_then(Value::as_array);
        let rows: Vec<Row> = rows.into_iter().flatten().filter_map(|row| row.as_object().cloned()).collect();
        let rows = ended.rows(table, rows, now);
        store.operations().put_rows(table, &rows).await.map_err(refused)?;
    }
    store.close().await;
    Ok(ended)
}

fn copy_folder(
    from: &Path,
    staged: &Path,
    name: &str,
    files: &mut BTreeMap<String, Digest>,
) -> Result<(), Failure> {
    let read = |error: &std::io::Error| Failure::file("read", from, error, "check its permissions");
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(from).map_err(|error| read(&error))? {
        entries.push(entry.map_err(|error| read(&error))?.path());
    }
    entries.sort();
    for path in entries {
        let inner = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            copy_folder(&path, staged, &inner, files)?;
        } else if !is_passing(&inner) {
            copy(&path, staged, &inner, files)?;
        }
    }
    Ok(())
}

/// Files that belong to a program that runs, not to the data.
fn is_passing(name: &str) -> bool {
    let ending = Path::new(name).extension().unwrap_or_default();
    ending == "part" || ending == "tmp" || name.ends_with("/lock")
}

fn copy(from: &Path, staged: &Path, name: &str, files: &mut BTreeMap<String, Digest>) -> Result<(), Failure> {
    match std::fs::read(from) {
        Ok(bytes) => {
            files.insert(name.to_owned(), Digest::of(&bytes));
            write(&staged.join(name), &bytes)
        }
        // What a running server just renamed away is under its new name.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::file("read", from, &error, "check its permissions")),
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(from)
        .map_err(|error| Failure::file("read", from, &error, "the backup is not whole"))?;
    write(to, &bytes)
}

/// Writes a file that only its owner reads, and syncs it.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let refuse =
        |error: &std::io::Error| Failure::file("write", path, error, "name a folder that can be written");
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| refuse(&error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| refuse(&error))
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::file("make", folder, &error, "name a folder that can be written"))
}

fn restrict(folder: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(folder, mode)
            .map_err(|error| Failure::file("protect", folder, &error, "name a folder of your own"))?;
    }
    let _ = folder;
    Ok(())
}

const SCHEMA: &str = "dualtrack.backup/1";
const MANIFEST: &str = "backup.json";
const OPERATIONS: &str = "operations.json";
