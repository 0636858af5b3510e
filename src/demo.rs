//! `dualtrack demo`: the whole system with the example bank, in a data folder of its own.
//!
//! A fresh folder is filled by the same actions that people would take: the bank is founded, its accounts opened, its
//! uses assessed, the results entered as evidence. Passwords are random and kept in the folder, for its owner alone.

mod accounts;
mod around;
mod bank;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use dualtrack_catalogue::Language;
use dualtrack_governance::{Command, Desk, Done, Officer};
use dualtrack_inventory::PersonId;
use jiff::Timestamp;

use crate::cli::DemoArguments;
use crate::failure::Failure;
use crate::ledger::refused;
use crate::server::{self, opening};
use crate::terminal::{Terminal, print};
use accounts::Accounts;

/// Fills a data folder if it is new, prints how to sign in, and serves.
pub(crate) fn run(arguments: &DemoArguments, terminal: Terminal, now: Timestamp) -> Result<(), Failure> {
    let data = arguments.data.as_path();
    allowed(arguments.listen, arguments.expose_demo)?;
    let accounts = if let Some(accounts) = Accounts::read(data)? {
        accounts
    } else {
        if data.join(BEGUN).exists() {
            return Err(Failure::said(
                (
                    format!(
                        "the demo in `{0}` was stopped while it was filled; remove the folder (`rm -r {0}`), or name a new one with --data",
                        data.display()
                    ),
                    format!(
                        "「{0}」內的示範在填入資料時中斷；請刪除該資料夾（`rm -r {0}`），或以 --data 指定新資料夾",
                        data.display()
                    ),
                ),
                terminal.language,
            ));
        }
        if std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::input(format!(
                "`{}` is there and holds no demo; name a new folder with --data",
                data.display()
            )));
        }
        prepare(data, terminal, now)?
    };
    print(&accounts.in_words(terminal))?;
    // Another start has another name, and numbers its entries anew.
    server::serve(data, arguments.listen, None, (Some(NAME), None), terminal, crate::now())
}

/// Everybody who reaches the address can read the passwords of a demo on a screen, so it stays on this machine.
fn allowed(listen: SocketAddr, exposed: bool) -> Result<(), Failure> {
    if listen.ip().is_loopback() || exposed {
        return Ok(());
    }
    Err(Failure::input(format!(
        "`{listen}` can be reached from other machines; a demo stays on this one unless --expose-demo is given"
    )))
}

fn prepare(data: &Path, terminal: Terminal, now: Timestamp) -> Result<Accounts, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::input(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let opened = opening::open(data, Some(NAME), None, terminal, now).await?;
        let bar = crate::progress::bar(STEPS);
        let desk = &opened.desk;
        let begun = data.join(BEGUN);
        std::fs::write(&begun, "This demo is being filled.\n")
            .map_err(|error| Failure::file("write", &begun, &error, "make room, or name another folder"))?;
        let stage = |english: &'static str, chinese: &'static str| {
            bar.inc(1);
            bar.set_message(terminal.say(english, chinese).to_owned());
        };
        stage("unpacking the example bank", "展開示範銀行");
        let folder = bank::unpack(data)?;
        stage("founding its record", "建立其紀錄");
        bank::found(desk, &folder, now).await?;
        stage("opening accounts", "開立帳戶");
        let accounts = accounts::open(desk, now).await?;
        stage("assessing its uses", "評估其用例");
        bank::assess(desk, (data, &folder), &bar, terminal.language, now).await?;
        stage("entering a day of work", "記入一天的工作");
        bank::work(desk, now).await?;
        around::work(desk, now).await?;
        bar.finish_and_clear();
        server::close(opened.desk).await?;
        // Last, so that a folder that was not filled whole is no demo.
        accounts.write(data)?;
        let _ = std::fs::remove_file(&begun);
        Ok(accounts)
    })
}

/// Somebody of the bank does something.
pub(crate) async fn act(
    desk: &Arc<Desk>,
    person: &str,
    command: Command,
    now: Timestamp,
) -> Result<Done, Failure> {
    let person = PersonId::parse(person).map_err(refused)?;
    let runs_checks = matches!(command, Command::RecordResults { .. });
    let officer = Officer { person, stepped_up: true, scopes: None, runs_checks, language: Language::En };
    let name = command.name();
    desk.act(officer, command, None, now)
        .await
        .map_err(|refusal| Failure::input(format!("the demo cannot `{name}`: {refusal}")))
}

const NAME: &str = "demo.dualtrack.example/ledger";
/// Lies in the data folder of a demo until it is filled.
const BEGUN: &str = "demo-is-being-filled";
const STEPS: u64 = 5;
