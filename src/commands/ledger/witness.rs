//! `dualtrack ledger witness`: cosigning the logs of others, and having this one cosigned (C2SP tlog-witness).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use dualtrack_catalogue::Digest;
use dualtrack_ledger::{
    Checkpoint, KeyKind, Note, SigningKey, VerifierKey, WitnessDecision, WitnessRequest, decide,
};

use crate::cli::LedgerPlace;
use crate::commands::ledger::status::WITNESS_KEYS;
use crate::failure::Failure;
use crate::ledger::keys::{KeySource, verifier};
use crate::ledger::{Found, WITNESSED, refused};
use crate::output::{Output, write_all};
use crate::terminal::{Terminal, print};

/// A witness in service.
struct Witness {
    key: SigningKey,
    logs: Vec<VerifierKey>,
    /// Where the last checkpoint of each log is kept; held while one is looked at and replaced.
    state: Mutex<PathBuf>,
}

/// Runs a witness until Ctrl-C.
pub(crate) fn serve(
    key: &Path,
    state: &Path,
    logs: &[String],
    listen: SocketAddr,
    terminal: Terminal,
) -> Result<(), Failure> {
    let key = KeySource::File(key.to_owned()).read()?;
    if key.verifier().kind() != KeyKind::Cosigner {
        return Err(Failure::input(
            "the key is one of a log, not of a witness; make one with `dualtrack keys make --witness`",
        ));
    }
    let logs = logs.iter().map(|text| verifier(text)).collect::<Result<_, _>>()?;
    std::fs::create_dir_all(state)
        .map_err(|error| Failure::file("make", state, &error, "name another folder with --state"))?;
    let verifier = key.verifier().clone();
    let witness = Arc::new(Witness { key, logs, state: Mutex::new(state.to_owned()) });
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(LONGEST_REQUEST))
        .with_state(witness);
    crate::http::serve(&router, listen, |address| {
        print(&format!(
            "{} http://{address}/add-checkpoint\n{verifier}\n",
            terminal.say("witnessing at", "正於以下位址見證：")
        ))
    })
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let decided = tokio::task::spawn_blocking(move || witness.decide(&body)).await;
    decided.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

impl Witness {
    fn decide(&self, body: &str) -> Response {
        let Ok(state) = self.state.lock() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        let file = |origin: &str| state.join(Digest::of(origin.as_bytes()).to_string().replace(':', "-"));
        let mut unreadable = false;
        let last = |origin: &str| match std::fs::read_to_string(file(origin)) {
            Ok(text) => {
                let last = Checkpoint::parse(&text).ok();
                unreadable = last.is_none();
                last
            }
            Err(error) => {
                unreadable = error.kind() != std::io::ErrorKind::NotFound;
                None
            }
        };
        let decision = decide(body, &self.logs, last);
        if unreadable {
            // Nothing is cosigned by a witness that does not know what it cosigned before.
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        match decision {
            WitnessDecision::Cosign { checkpoint, text } => {
                let path = file(&checkpoint.origin);
                let kept = write_all(&[Output { path, bytes: text.clone().into_bytes(), advice: "" }]);
                match (kept, now()) {
                    (Ok(()), Some(seconds)) => self.key.cosign(&text, seconds).into_response(),
                    _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                }
            }
            WitnessDecision::Malformed => StatusCode::BAD_REQUEST.into_response(),
            WitnessDecision::UnknownLog => StatusCode::NOT_FOUND.into_response(),
            WitnessDecision::Unsigned => StatusCode::FORBIDDEN.into_response(),
            WitnessDecision::Inconsistent => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
            WitnessDecision::Conflict(size) => {
                let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
                (StatusCode::CONFLICT, kind, format!("{size}\n")).into_response()
            }
        }
    }
}

/// Has the last checkpoint cosigned.
pub(crate) fn ask(url: &str, witness: &str, place: &LedgerPlace, terminal: Terminal) -> Result<(), Failure> {
    let key = verifier(witness)?;
    let found = Found::at(place)?;
    let reader = found.reader()?;
    let (note, size) = found.checkpoint()?;
    // The witness says which size it saw last, if it is another than this.
    let mut old = 0;
    for _ in 0..3 {
        let proof =
            if old == 0 { Vec::new() } else { reader.prove_consistency(old, size).map_err(refused)? };
        let request = WitnessRequest { old, proof, note: note.clone() };
        match send(url, &request.to_string())? {
            Sent::Cosigned(lines) => {
                let cosigned = keep(&found, &note, &lines, &key)?;
                let said = terminal.say("cosigned by", "已獲見證：");
                return print(&format!("{said} {} ({cosigned})\n", key.name()));
            }
            Sent::Conflict(seen) if seen != old && seen <= size => old = seen,
            Sent::Conflict(seen) => {
                return Err(Failure::input(format!(
                    "the witness has cosigned {seen} entries of this log, which has {size}: entries were lost, or the witness saw another log; nothing was kept"
                )));
            }
        }
    }
    Err(Failure::input("the witness changes its mind; ask it again later"))
}

enum Sent {
    Cosigned(String),
    Conflict(u64),
}

fn send(url: &str, body: &str) -> Result<Sent, Failure> {
    let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let failed = |what: String| Failure::input(format!("the witness at {address} cosigned nothing: {what}"));
    let mut response =
        crate::fetch::agent().post(&address).send(body).map_err(|error| failed(error.to_string()))?;
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(100_000).read_to_string();
    let text = text.map_err(|error| failed(error.to_string()))?;
    match status {
        200 => Ok(Sent::Cosigned(text)),
        409 => text
            .trim_end()
            .parse()
            .map(Sent::Conflict)
            .map_err(|_| failed("it answers 409 without a size".into())),
        403 => Err(failed("it knows other keys of this log; give it the verifier key".into())),
        404 => Err(failed("it does not know this log; give it the log's verifier key".into())),
        422 => Err(failed("what it saw before is not the beginning of this log".into())),
        status => Err(failed(format!("it answers {status}"))),
    }
}

/// Keeps the checkpoint with the cosignature, after it was checked, beside those of other witnesses.
fn keep(found: &Found, note: &str, lines: &str, key: &VerifierKey) -> Result<String, Failure> {
    let wrong = |error: dualtrack_ledger::NoteError| {
        refused(format!("what the witness answered cannot be used: {error}"))
    };
    let mut whole = Note::parse(note).map_err(wrong)?;
    // Of what it answered, only the lines of the key that was named are kept.
    for line in lines.lines().filter(|line| line.starts_with(&format!("— {} ", key.name()))) {
        whole = whole.with(&format!("{line}\n")).map_err(wrong)?;
    }
    let known = [key.clone()];
    let (_, signatures) = whole.verify(&known).map_err(wrong)?;
    let time = signatures.first().and_then(|signature| signature.time).unwrap_or_default();
    write_all(&[Output {
        path: found.root.join(WITNESSED),
        bytes: whole.to_string().into_bytes(),
        advice: "make the ledger's folder writable",
    }])?;
    let path = found.root.join(WITNESS_KEYS);
    let mut keys = std::fs::read_to_string(&path).unwrap_or_default();
    if !keys.lines().any(|line| line == key.to_string()) {
        keys = keys + &key.to_string() + "\n";
        write_all(&[Output { path, bytes: keys.into_bytes(), advice: "make the ledger's folder writable" }])?;
    }
    let time = i64::try_from(time).ok().and_then(|time| jiff::Timestamp::from_second(time).ok());
    Ok(time.map(|time| time.to_string()).unwrap_or_default())
}

#[expect(clippy::disallowed_methods, reason = "a witness states when it saw a log")]
fn now() -> Option<u64> {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok().as_ref().map(Duration::as_secs)
}

const LONGEST_REQUEST: usize = 100_000;
