//! Opening a data folder: the ledger, its keys, the index brought up to date, and the first administrator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dualtrack_catalogue::Bilingual;
use dualtrack_governance::{Authority, Book, Desk, Product, catch_up};
use dualtrack_inventory::{Person, PersonId, Role};
use dualtrack_store::operations::{Account, Link};
use dualtrack_store::{Engine, Store, StoreError};
use dualtrack_web::sign_in::secret::Secret;
use jiff::Timestamp;

use crate::commands::ledger::init::{absolute, begin};
use crate::failure::Failure;
use crate::ledger::{Found, refused};
use crate::terminal::{Terminal, print};

/// A data folder that is open.
pub(crate) struct Opened {
    /// The desk.
    pub(crate) desk: Arc<Desk>,
    /// The secret of the first administrator's link, on the first start.
    pub(crate) first: Option<Secret>,
    /// The name under which the lease is held.
    pub(crate) holder: String,
}

/// Opens a data folder; begins one where there is none.
pub(crate) async fn open(
    data: &Path,
    name: Option<&str>,
    database: Option<&str>,
    terminal: Terminal,
    now: Timestamp,
) -> Result<Opened, Failure> {
    private_folder(data)
        .map_err(|error| Failure::file("make", data, &error, "name another folder with --data"))?;
    let data = absolute(data)?;
    let found = if let Some(found) = find(&data)? {
        found
    } else {
        let name = name.unwrap_or("dualtrack.example/ledger");
        let keys = data.join("keys");
        begin(data.join("ledger"), name, (keys.clone(), keys.join("register")), None, now)?
    };
    let opened = found.open(now)?;
    let holder = found.settings.instance.clone();
    let engine = engine(&data, database)?;
    let store = Store::open(engine).await.map_err(refused)?;
    lease(&store, &holder, terminal).await?;
    let reader = found.reader()?;
    let caught = catch_up(&reader, &opened.keys, &store, &holder, |_, _| {}).await.map_err(refused)?;
    if caught > 500 {
        print(&format!(
            "{} {caught}\n",
            terminal.say("entries applied to the index:", "已套用至索引的記錄：")
        ))?;
    }
    // Later than any start before: entries are numbered from each start on, and one may follow within a millisecond.
    let last = reader.last_batch().map_or(0, |batch| batch.time + 1);
    let epoch = u64::try_from(now.as_millisecond()).unwrap_or(0).max(last);
    let book = Book::new(opened.ledger, opened.keys, found.settings.instance.clone(), epoch);
    let product = Product::load(crate::PROGRAM, crate::product::files()).map_err(refused)?;
    let desk = Desk::new(store, book, Authority::load().map_err(refused)?, Arc::new(product), holder.clone());
    let settled = desk.settle_accounts(&reader, now).await.map_err(refused)?;
    if settled > 0 {
        print(&format!(
            "{} {settled}\n",
            terminal.say(
                "accounts closed that the record had closed before the server ended:",
                "紀錄已載明關閉、惟伺服器上次結束前未及關閉的帳戶，現已關閉："
            )
        ))?;
    }
    desk.settle_webhooks(&reader, now).await.map_err(refused)?;
    let first = first_administrator(&desk, now).await?;
    Ok(Opened { desk: Arc::new(desk), first, holder })
}

/// Makes a folder that only its owner opens. One that is there stays as it is, since somebody chose its rights.
fn private_folder(data: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

/// The ledger of a data folder; keys that moved with the folder are found in it.
pub(crate) fn find(data: &Path) -> Result<Option<Found>, Failure> {
    let Some(mut found) = Found::in_folder(data)? else { return Ok(None) };
    let keys: PathBuf = data.join("keys");
    if !found.settings.keys.exists() && keys.exists() {
        found.settings.register = keys.join("register");
        for signing in &mut found.settings.signing {
            signing.from.move_to(&keys);
        }
        found.settings.keys = keys;
    }
    Ok(Some(found))
}

/// Where the tables lie. The address of a server may hold a password, so it comes from the environment too.
pub(crate) fn engine(data: &Path, database: Option<&str>) -> Result<Engine, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
    let named = std::env::var("DUALTRACK_DATABASE").ok();
    Engine::of(data, database.or(named.as_deref())).map_err(refused)
}

/// Takes the lease. Another server that still beats keeps it.
pub(crate) async fn lease(store: &Store, holder: &str, terminal: Terminal) -> Result<(), Failure> {
    let mut seen = store.lease().await.map_err(refused)?;
    // The lock of the ledger's folder shows that no other program of this installation runs.
    if seen.as_ref().is_some_and(|(held_by, _)| held_by != holder) {
        print(&format!(
            "{}\n",
            terminal.say(
                "another server held the record; looking whether it still runs …",
                "另一伺服器曾持有紀錄；正查看其是否仍在運行…"
            )
        ))?;
        let before = seen.clone();
        tokio::time::sleep(PATIENCE).await;
        seen = store.lease().await.map_err(refused)?;
        if seen != before {
            let holder = seen.map(|(holder, _)| holder).unwrap_or_default();
            return Err(refused(StoreError::Held { holder }));
        }
    }
    if store.take_lease(holder, seen.as_ref()).await.map_err(refused)? {
        Ok(())
    } else {
        let (holder, _) = store.lease().await.map_err(refused)?.unwrap_or_default();
        Err(refused(StoreError::Held { holder }))
    }
}

/// Makes the first administrator of a record that has nobody, and a link with which to set a password.
///
/// Where the link was never used, each start makes another: nobody can sign in yet, so nobody is locked out.
async fn first_administrator(desk: &Desk, now: Timestamp) -> Result<Option<Secret>, Failure> {
    let operations = desk.store().operations();
    let millis = now.as_millisecond();
    let accounts = operations.accounts().await.map_err(refused)?;
    if accounts.iter().any(|account| account.password.is_some() || account.identity.is_some()) {
        return Ok(None);
    }
    let id = PersonId::parse(FIRST).map_err(refused)?;
    let person = Person {
        id: id.clone(),
        name: Bilingual { en: "First administrator".into(), zh_hant: "首名系統管理員".into() },
        roles: BTreeSet::from([Role::Administrator]),
        competences: Vec::new(),
    };
    let common = desk.common(now).await.map_err(refused)?;
    let is_empty = common.documents.is_empty();
    if is_empty {
        desk.begin(person, now).await.map_err(refused)?;
    }
    if !accounts.iter().any(|account| account.person == FIRST) {
        let account = Account {
            person: FIRST.to_owned(),
            name: FIRST.to_owned(),
            email: None,
            password: None,
            language: "en".to_owned(),
            identity: None,
            made: millis,
            closed: None,
        };
        operations.add_account(&account).await.map_err(refused)?;
    }
    let secret = Secret::random().map_err(refused)?;
    let link = Link {
        hash: secret.digest(),
        person: FIRST.to_owned(),
        purpose: "first".to_owned(),
        made: millis,
        expires: millis + 86_400_000,
    };
    operations.add_link(&link).await.map_err(refused)?;
    Ok(Some(secret))
}

const FIRST: &str = "administrator";
/// Longer than three beats.
const PATIENCE: Duration = Duration::from_secs(10);
