//! The running system of an institution: its data folder, its desk, and what goes on beside the requests.

pub(crate) mod backup;
mod judging;
mod log;
mod mailing;
mod oidc;
pub(crate) mod opening;
mod post;
mod reminders;
pub(crate) mod settings;
mod taking;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dualtrack_governance::Desk;
use dualtrack_web::sign_in::oidc::Provider;
use dualtrack_web::{Files, Web, WebSettings, router};
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::failure::Failure;
use crate::http::{accept, listen_at};
use crate::terminal::{Terminal, print};
use opening::Opened;
use settings::Settings;

/// Serves a data folder until Ctrl-C or the signal to end.
pub(crate) fn serve(
    data: &Path,
    listen: SocketAddr,
    address: Option<String>,
    (name, database): (Option<&str>, Option<&str>),
    terminal: Terminal,
    now: Timestamp,
) -> Result<(), Failure> {
    let settings = Settings::read(data)?;
    let public = address.or(settings.address.clone());
    let provider = settings.oidc.as_ref().map(|oidc| oidc.provider(data, public.as_deref())).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::input(format!("cannot start serving: {error}")))?;
    runtime.block_on(async {
        // The port first: nothing else is begun where somebody else serves already.
        let listener = listen_at(listen).await?;
        let listen = listener.local_addr().unwrap_or(listen);
        let stopping = stopping()?;
        let Opened { desk, first, holder } = opening::open(data, name, database, terminal, now).await?;
        let files = files(data, &settings, &desk, terminal)?;
        let address = public.unwrap_or_else(|| format!("http://{listen}"));
        print(&format!("{} {address}\n", terminal.say("serving at", "正提供服務，地址："))).and_then(|()| match &first {
            None => Ok(()),
            Some(secret) => print(&format!(
                "\n{}\n  {address}/link#{}\n\n  dualtrack account accept '{}'\n",
                terminal.say(
                    "First start. The first administrator sets a password with this link, which is good once and for a day:",
                    "首次啟動。首名系統管理員以此連結設定密碼，連結只可用一次，有效期一日："
                ),
                secret.reveal(),
                terminal.say("THE LINK", "該連結"),
            )),
        })?;
        let posted = Arc::new(Notify::new());
        let web = Web::new(
            Arc::clone(&desk),
            Arc::new(crate::now),
            WebSettings {
                program: crate::PROGRAM.to_owned(),
                address: address.clone(),
                proxies: settings.proxies.clone(),
                files,
            },
            Arc::clone(&posted),
        );
        let web = match &settings.assessed_data {
            Some(folder) => web.assessing_with(crate::assessor::assessor(data.join(folder))),
            None => web,
        };
        let web = match opening::find(data)? {
            Some(found) => web.reading_log(log::log(found)),
            None => web,
        };
        let web = match provider {
            Some(provider) => web.signing_in_at(Provider::new(provider, crate::PROGRAM)),
            None => web,
        };
        let beating = tokio::spawn(beat(Arc::clone(&desk), holder));
        let sweeping = tokio::spawn(sweep(Arc::clone(&desk), web.clone()));
        let posting = tokio::spawn(post::run(Arc::clone(&desk), settings, address, posted));
        let judging = tokio::spawn(judging::run(Arc::clone(&desk), terminal));
        accept(&router(web.clone()), &listener, stopping).await;
        web.stop_running();
        drop(web);
        for task in [beating, sweeping, posting, judging] {
            task.abort();
            let _ = task.await;
        }
        close(desk).await
    })
}

/// Opens the uploaded files. Those that an earlier program left unsealed are sealed, and it is said how many.
fn files(data: &Path, settings: &Settings, desk: &Desk, terminal: Terminal) -> Result<Files, Failure> {
    let opened = Files::open(data.join("files"), settings.files.most_bytes, desk.book());
    let (files, plain) = opened.map_err(|error| Failure::input(error.to_string()))?;
    if plain.sealed > 0 {
        let words = terminal.say("files sealed that lay unsealed:", "已密封原先未密封的檔案：");
        print(&format!("{words} {}\n", plain.sealed))?;
    }
    for path in plain.other {
        let words = terminal.say(
            "does not hold what its name says, and was left alone; move it away, or restore it:",
            "內容與其名稱不符，未作處理；請移走或還原：",
        );
        print(&format!("{words} {}\n", path.display()))?;
    }
    Ok(files)
}

/// Closes the desk once nobody works at it any more.
pub(crate) async fn close(desk: Arc<Desk>) -> Result<(), Failure> {
    let mut desk = desk;
    for _ in 0..100 {
        match Arc::try_unwrap(desk) {
            Ok(desk) => {
                return desk.close().await.map_err(|refusal| Failure::input(refusal.to_string()));
            }
            Err(shared) => desk = shared,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    crate::complain(&["something was still at work after ten seconds: the ledger was not closed, and the next start looks it through".to_owned()]);
    Ok(())
}

/// Shows every few seconds that this server still holds the lease.
async fn beat(desk: Arc<Desk>, holder: String) {
    loop {
        tokio::time::sleep(BEAT).await;
        // One that lost it is told when it wants to write.
        let _ = desk.store().beat(&holder).await;
    }
}

/// Removes once in a while what nobody can use any more.
async fn sweep(desk: Arc<Desk>, web: Web) {
    let _ = web.note_found_files().await;
    loop {
        let now = crate::now().as_millisecond();
        let (longest, idle) =
            (dualtrack_web::sign_in::session::LONGEST, dualtrack_web::sign_in::session::IDLE);
        let _ = desk.store().operations().sweep(now - longest, now - idle, now).await;
        let _ = desk.store().operations().forget_old_secrets(now).await;
        let _ = web.sweep_files().await;
        let _ = desk.forget_erased().await;
        tokio::time::sleep(Duration::from_mins(10)).await;
    }
}

/// Ctrl-C, or the signal by which a service manager ends a program. It is listened for from now on.
#[cfg(unix)]
fn stopping() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| Failure::input(format!("cannot listen for signals: {error}"));
    let mut ending = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupting = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = ending.recv() => {}
            _ = interrupting.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn stopping() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

const BEAT: Duration = Duration::from_secs(3);
