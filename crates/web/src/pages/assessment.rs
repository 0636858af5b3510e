//! The assessment of a use: its checks with their answers and charts, and a run of them that is watched live.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use dualtrack_catalogue::{Bilingual, Digest};
use dualtrack_governance::{Command, Officer, Refusal, Whole};
use dualtrack_inventory::{Document, Evidence, UseId};
use dualtrack_report::UseMeasured;
use dualtrack_report::screen::{Block, Cell, Form, Screen, checks_block, measured_blocks};
use futures_util::stream;

use super::PageRoute;
use super::forms::Posted;
use super::offered::may_run_checks;
use super::reader::Reader;
use crate::api::Needs;
use crate::api::files::{keep_bytes, read_bytes};
use crate::api::uses::whole;
use crate::assessing::{Assessed, Job, Run};
use crate::problem::Problem;
use crate::state::Web;
use crate::who::Who;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/uses/{id}/assessment", Needs::Action("view-use"), show),
        PageRoute::post("/uses/{id}/assessment", Needs::SignIn, begin),
        PageRoute::post("/uses/{id}/assessment/stop", Needs::SignIn, stop),
        PageRoute::get("/uses/{id}/assessment/part", Needs::Action("view-use"), part),
        PageRoute::get("/uses/{id}/assessment/events", Needs::Action("view-use"), events),
    ]
}

async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let whole = whole(&reader.web, &reader.who, &id, None).await?;
    let mut screen = Screen::new(words.say("nav-assessment"), words.pick(&whole.of.name));
    let run = reader.web.assessments.run_of(&whole.of.id);
    if let Some(run) = &run {
        standing(&reader, &mut screen, &id, run);
    }
    let is_running = run.as_ref().is_some_and(|run| run.is_running());
    let can_run = reader.web.assessments.assessor().is_some() && may_run_checks(&reader, &whole.of.id).await;
    if !is_running && can_run {
        screen.put(Block::Form(Box::new(Form {
            action: format!("/uses/{id}/assessment"),
            submit: words.say("run-checks"),
            class: "main",
            hidden: reader.token(),
            ..Form::default()
        })));
    }
    match latest(&reader, &whole).await? {
        Latest::Lost(piece) => {
            let (by, on) = (reader.name_of(piece.by.as_str()), words.date(piece.on));
            let text = words.say_with("measured-lost", &[("person", &by), ("date", &on)]);
            let link = Some((format!("/record/evidence/{}", piece.id), words.say("look")));
            screen.put(Block::Notice { class: "stop", text, link });
        }
        Latest::Read(piece, measured) => {
            screen.put(Block::Facts(vec![
                (words.say("ran-on"), Cell::text(words.instant(measured.instant))),
                (words.say("ran-by"), Cell::text(reader.name_of(piece.by.as_str()))),
                (words.say("ran-with"), Cell::text(&measured.program)),
                (words.say("field-snapshot"), Cell::Code(measured.snapshot.clone())),
            ]));
            let now = dualtrack_inventory::snapshot(&whole.inventory, &whole.of).digest.to_string();
            if now != measured.snapshot {
                let text = words.say("measured-other-state");
                screen.put(Block::Notice { class: "warn", text, link: None });
            }
            screen.section(words.say("checks-title"), "checks");
            screen.put(checks_block(&measured, words));
            // A document is read; thousands of numbers are for programs and spreadsheets.
            let all = reader.query("format").is_some_and(|format| format != "pdf");
            screen.blocks.extend(measured_blocks(&measured, all, words));
            let files = super::uses::files(&reader);
            let files = files
                .into_iter()
                .map(|(to, format)| (to, words.say_with("all-numbers-as", &[("format", &format)]), "plain"));
            screen.put(Block::Buttons(files.collect()));
        }
        Latest::Never => screen.put(Block::Empty { text: words.say("never-assessed"), link: None }),
    }
    screen.put(Block::Buttons(vec![(format!("/uses/{id}"), words.say("back-to-use"), "plain")]));
    reader.page(screen).await
}

/// How a run stands: live while it runs, else what came of it.
fn standing(reader: &Reader, screen: &mut Screen, id: &str, run: &Run) {
    let words = reader.words;
    match run.came() {
        None => {
            screen.put(Block::Live {
                events: format!("/uses/{id}/assessment/events"),
                address: format!("/uses/{id}/assessment/part"),
                blocks: live(reader, run),
            });
            screen.put(Block::Form(Box::new(Form {
                action: format!("/uses/{id}/assessment/stop"),
                submit: words.say("stop-run"),
                class: "stop",
                hidden: reader.token(),
                ..Form::default()
            })));
        }
        Some(Ok(entry)) => screen.put(Block::Notice {
            class: "good",
            text: words.say_with("run-done", &[("entry", &words.whole(entry))]),
            link: Some((format!("/ledger/entries/{entry}"), words.say("look"))),
        }),
        Some(Err(problem)) => screen.put(Block::Notice {
            class: "stop",
            text: words.say_with("run-failed", &[("problem", words.pick(&problem))]),
            link: None,
        }),
    }
}

/// How far a run is.
fn live(reader: &Reader, run: &Run) -> Vec<Block> {
    let words = reader.words;
    let (done, total, message) = run.progress.read();
    let by = reader.name_of(run.by.as_str());
    let begun = words.instant(run.begun);
    vec![
        Block::Text(words.say_with("run-begun", &[("person", &by), ("instant", &begun)])),
        Block::Progress {
            done,
            total,
            words: if message.is_empty() { words.say("run-waits") } else { message },
        },
    ]
}

async fn part(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let whole = whole(&reader.web, &reader.who, &id, None).await?;
    let run = reader.web.assessments.run_of(&whole.of.id);
    let run = run.ok_or_else(|| Problem::missing((format!("run of `{id}`"), format!("執行紀錄「{id}」"))))?;
    let html: Vec<_> = live(&reader, &run).iter().map(ToString::to_string).collect();
    Ok(Html(html.join("\n")).into_response())
}

/// Says twice a second that there is something new, and in the end that it is over.
async fn events(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let whole = whole(&reader.web, &reader.who, &id, None).await?;
    let run = reader.web.assessments.run_of(&whole.of.id);
    let run = run.ok_or_else(|| Problem::missing((format!("run of `{id}`"), format!("執行紀錄「{id}」"))))?;
    let told = stream::unfold((run, false), |(run, is_over)| async move {
        if is_over {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let over = !run.is_running();
        let event = Event::default().data(if over { "done" } else { "more" });
        Some((Ok::<_, Infallible>(event), (run, over)))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()).into_response())
}

async fn begin(State(web): State<Web>, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let reader = &posted.reader;
    posted.is_ours()?;
    let back = Redirect::to(&format!("/uses/{id}/assessment")).into_response();
    let whole = whole(&web, &reader.who, &id, None).await?;
    let assessor = web
        .assessments
        .assessor()
        .ok_or_else(|| Problem::missing(("way to run checks here", "在此執行檢查的方法")))?;
    may_record(reader, &whole).await?;
    // A form counts once: sent again, it leads to the run that it began.
    let token = posted.field("form").unwrap_or_default().to_owned();
    let place = web.sent.place(&token);
    let mut led = place.lock().await;
    if led.is_some() && !token.is_empty() {
        return Ok(back);
    }
    let only = posted.field("check").filter(|key| !key.is_empty()).map(ToOwned::to_owned);
    let is_declared = |key: &String| whole.of.checks.iter().any(|declared| declared.key() == *key);
    if let Some(key) = only.as_ref().filter(|key| !is_declared(key)) {
        return Err(Problem::missing((
            format!("check `{key}` of `{id}`"),
            format!("「{id}」的檢查「{key}」"),
        )));
    }
    let by = reader.who.officer.person.clone();
    let Some(run) = web.assessments.begin(&whole.of.id, by.clone(), reader.now()) else {
        return Ok(back);
    };
    *led = Some(format!("/uses/{id}/assessment"));
    let job = Job {
        use_id: whole.of.id.clone(),
        catalogue: Arc::clone(&whole.common.catalogue),
        inventory: whole.inventory,
        by,
        now: reader.now(),
        only,
    };
    let who = reader.who.clone();
    // It goes on when the browser is closed.
    tokio::spawn(async move {
        let _turn = web.assessments.turn().await;
        let watched = Arc::clone(&run);
        let kept_under = if job.only.is_none() { WHOLE } else { ONE };
        let measured = tokio::task::spawn_blocking(move || assessor(&job, &watched.progress)).await;
        let came = match measured {
            Ok(Ok(assessed)) => entered(&web, &who, assessed, kept_under).await,
            Ok(Err(problem)) => Err(problem),
            Err(error) => Err(Problem::accident(error).both()),
        };
        run.end(came);
    });
    Ok(back)
}

/// Refuses somebody whose results would be refused in the end.
async fn may_record(reader: &Reader, whole: &Whole) -> Result<(), Problem> {
    let about = serde_json::json!({ "about": { "use": whole.of.id } });
    let record =
        Command::RecordResults { documents: vec![about], digests: std::collections::BTreeMap::new() };
    match reader.web.desk.may_act(&as_run(&reader.who), &record, reader.now()).await {
        Err(refusal @ Refusal::Denied { .. }) => Err(reader.refused(&refusal)),
        _ => Ok(()),
    }
}

/// Whoever began a run, with what it measured.
fn as_run(who: &Who) -> Officer {
    Officer { runs_checks: true, ..who.officer.clone() }
}

/// Keeps what was measured as a file, and enters the results as evidence that names it.
async fn entered(web: &Web, who: &Who, assessed: Assessed, kept_under: &str) -> Result<u64, Bilingual> {
    let said = |problem: Problem| problem.both();
    let bytes = serde_json::to_vec(&assessed.measured).map_err(|error| said(Problem::accident(error)))?;
    let digest = keep_bytes(web, who, bytes).await.map_err(said)?;
    let (documents, digests) = naming(assessed, &digest, kept_under);
    if documents.is_empty() {
        return Err(("no check speaks for a control", "沒有檢查可證明任何管控").into());
    }
    let record = Command::RecordResults { documents, digests };
    let done = web.desk.act(as_run(who), record, None, web.now()).await;
    let done = done.map_err(|refusal| said(Problem::of(&refusal)))?;
    Ok(done.entries.last().copied().unwrap_or_default())
}

/// The results, each naming the file of what was measured.
fn naming(
    assessed: Assessed,
    digest: &Digest,
    kept_under: &str,
) -> (Vec<serde_json::Value>, std::collections::BTreeMap<String, Digest>) {
    let seconds = assessed.measured.instant.as_second();
    let name = format!("{kept_under}{}-{seconds}.json", assessed.measured.use_id);
    let documents = assessed.evidence.into_iter().map(|mut piece| {
        if let Some(fields) = piece.as_object_mut() {
            fields.insert("files".into(), serde_json::json!([name]));
            if let Some(id) = fields.get("id").and_then(|id| id.as_str()).map(ToOwned::to_owned) {
                // Another run of the same day is another piece.
                fields.insert("id".into(), serde_json::json!(format!("{id}-{seconds}")));
            }
        }
        piece
    });
    (documents.collect(), std::collections::BTreeMap::from([(name.clone(), *digest)]))
}

async fn stop(State(web): State<Web>, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    posted.is_ours()?;
    let whole = whole(&web, &posted.reader.who, &id, None).await?;
    may_record(&posted.reader, &whole).await?;
    if let Some(run) = web.assessments.run_of(&whole.of.id) {
        run.progress.stop.store(true, Ordering::Relaxed);
    }
    Ok((StatusCode::SEE_OTHER, Redirect::to(&format!("/uses/{id}/assessment"))).into_response())
}

/// What the newest run of the checks of a use measured, with a piece of its evidence.
enum Latest {
    /// None is on record.
    Never,
    /// One is, and the file of what it measured is gone or cannot be read.
    Lost(Box<Evidence>),
    Read(Box<Evidence>, Box<UseMeasured>),
}

async fn latest(reader: &Reader, whole: &Whole) -> Result<Latest, Problem> {
    let of: &UseId = &whole.of.id;
    // The one that was entered last, whatever the name of its file says.
    let mut found: Option<(u64, &Evidence, &Digest)> = None;
    for stored in &whole.documents {
        let Some(Document::Evidence(piece)) = &stored.document else { continue };
        let file = piece.digests.iter().find(|(name, _)| name.starts_with(WHOLE));
        if let (Some(_), Some((_, digest))) = (&piece.check, file)
            && found.is_none_or(|(entry, ..)| entry < stored.from_entry)
        {
            found = Some((stored.from_entry, piece, digest));
        }
    }
    let Some((_, piece, digest)) = found else { return Ok(Latest::Never) };
    let piece = Box::new(piece.clone());
    let bytes = read_bytes(&reader.web, digest).await.ok().flatten();
    let measured = bytes.and_then(|bytes| serde_json::from_slice::<UseMeasured>(&bytes).ok());
    Ok(match measured.filter(|measured| measured.use_id == of.as_str()) {
        Some(measured) => Latest::Read(piece, Box::new(measured)),
        None => Latest::Lost(piece),
    })
}

/// Under which name the record keeps what a run of everything measured, and what a run of one check did.
const WHOLE: &str = "measured/";
const ONE: &str = "measured-again/";
