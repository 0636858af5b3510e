//! `dualtrack serve` and `dualtrack rebuild`.

use std::path::Path;

use dualtrack_governance::catch_up;
use dualtrack_store::Store;
use jiff::Timestamp;

use crate::cli::{BackupArguments, RebuildArguments, RestoreArguments, ServeArguments};
use crate::failure::Failure;
use crate::ledger::refused;
use crate::server::{self, backup as copying, opening};
use crate::terminal::{Terminal, print};

/// Serves until it is told to end.
pub(crate) fn run(arguments: &ServeArguments, terminal: Terminal, now: Timestamp) -> Result<(), Failure> {
    let address = arguments.address.as_ref().map(|address| address.trim_end_matches('/').to_owned());
    let chosen = (arguments.name.as_deref(), arguments.database.database.as_deref());
    server::serve(&arguments.data, arguments.listen, address, chosen, terminal, now)
}

/// Makes the index anew from the ledger, and says whether it is equal to the one there was, row for row. Whether it
/// differs is answered; the one there was is kept then.
pub(crate) fn rebuild(
    arguments: &RebuildArguments,
    terminal: Terminal,
    now: Timestamp,
) -> Result<bool, Failure> {
    waiting_for(whole(&arguments.data, arguments.database.database.as_deref(), terminal, now))
}

/// Copies a data folder.
pub(crate) fn backup(arguments: &BackupArguments, terminal: Terminal) -> Result<(), Failure> {
    let database = arguments.database.database.as_deref();
    waiting_for(copying::backup(&arguments.data, &arguments.to, database, terminal))
}

/// Puts a backup into a new data folder.
pub(crate) fn restore(
    arguments: &RestoreArguments,
    terminal: Terminal,
    now: Timestamp,
) -> Result<(), Failure> {
    let register = arguments.register.as_deref().filter(|_| !arguments.read_only);
    let database = arguments.database.database.as_deref();
    waiting_for(copying::restore(&arguments.backup, &arguments.to, (register, database), terminal, now))
}

fn waiting_for<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| Failure::input(format!("cannot start: {error}")))?.block_on(work)
}

async fn whole(
    data: &Path,
    database: Option<&str>,
    terminal: Terminal,
    now: Timestamp,
) -> Result<bool, Failure> {
    let found = opening::find(data)?.ok_or_else(|| {
        Failure::input(format!("`{}` holds no ledger; name a server's data folder", data.display()))
    })?;
    // Opening it to write shows that no server runs.
    let opened = found.open(now)?;
    let engine = opening::engine(&std::path::absolute(data).map_err(refused)?, database)?;
    let holder = &found.settings.instance;
    let rebuilt = Store::rebuilding(&engine).await.map_err(refused)?;
    rebuilt.take_lease(holder, None).await.map_err(refused)?;
    let bar = crate::progress::bar(found.reader()?.size());
    let reader = found.reader()?;
    let applied = catch_up(&reader, &opened.keys, &rebuilt, holder, |done, _| bar.set_position(done)).await;
    bar.finish_and_clear();
    let applied = applied.map_err(refused)?;
    let mut differs = false;
    let words = match Store::open(engine.clone()).await {
        Ok(before) => {
            opening::lease(&before, holder, terminal).await?;
            let watermark =
                before.read().await.map_err(refused)?.reading().watermark().await.map_err(refused)?;
            let words = match watermark {
                None => terminal.say("there was no index before", "之前沒有索引").to_owned(),
                Some(mark) if mark + 1 < reader.size() => {
                    terminal.say("the index before was behind the ledger", "之前的索引落後於帳本").to_owned()
                }
                Some(_) => match before.first_difference(&rebuilt).await.map_err(refused)? {
                    None => {
                        terminal.say("equal to the one before, row for row", "與之前的逐行相同").to_owned()
                    }
                    Some(difference) => {
                        differs = true;
                        format!(
                            "{}: {difference}",
                            terminal.say(
                                "it differs from the one before, which is kept as `dualtrack_differing`",
                                "與之前的不同；之前的已保留為 `dualtrack_differing`"
                            )
                        )
                    }
                },
            };
            before.close().await;
            words
        }
        Err(error) => {
            format!("{}: {error}", terminal.say("the one before could not be read", "無法讀取之前的索引"))
        }
    };
    rebuilt.close().await;
    Store::take_place(&engine, differs).await.map_err(refused)?;
    opened.close()?;
    print(&format!(
        "{} {applied}\n{words}\n",
        terminal.say("index made anew; entries applied:", "已重建索引；套用的記錄：")
    ))?;
    Ok(differs)
}
