//! The ledger: how it grew, what was signed last, whether all of it holds; and each entry with what it brought and the
//! receipt by which anybody can check it elsewhere.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use dualtrack_inventory::Key;
use dualtrack_ledger::Entry;
use dualtrack_report::screen::{Block, Cell, Column, Form, Grid, Row, Screen};
use dualtrack_report::{LedgerBatch, LedgerStanding, growth_chart};
use dualtrack_store::Trail;
use futures_util::stream;

use super::forms::Posted;
use super::reader::Reader;
use super::shell::file;
use super::trail::{action, actor, when};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::{Seeing, allowed};
use crate::log::{Entered, Run, Verification, Watched};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/ledger", Needs::Action("view-ledger"), show),
        PageRoute::get("/ledger/checkpoints/{size}", Needs::Action("view-ledger"), checkpoint),
        PageRoute::get("/ledger/verification", Needs::Action("verify-ledger"), verification),
        PageRoute::post("/ledger/verification", Needs::Action("verify-ledger"), begin),
        PageRoute::post("/ledger/verification/stop", Needs::Action("verify-ledger"), stop),
        PageRoute::get("/ledger/verification/part", Needs::Action("verify-ledger"), part),
        PageRoute::get("/ledger/verification/events", Needs::Action("verify-ledger"), events),
        PageRoute::get("/ledger/entries/{number}", Needs::Action("view-ledger"), entry),
        PageRoute::get("/ledger/entries/{number}/receipt", Needs::Action("view-ledger"), receipt),
        PageRoute::get("/ledger/entries/{number}/entry", Needs::Action("view-ledger"), bytes),
    ]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "view-ledger").await?;
    let mut screen = Screen::new(words.say("nav-ledger"), words.say("ledger-lead-here"));
    let Some(log) = reader.web.log.clone() else {
        screen.put(Block::Empty { text: words.say("ledger-elsewhere"), link: None });
        latest(&reader, &mut screen).await?;
        return reader.page(screen).await;
    };
    let standing = log.standing(reader.now()).await.map_err(Problem::accident)?;
    let last = standing.batches.last();
    screen.put(Block::Figures(vec![
        (words.whole(standing.size), words.say("glance-entries"), Some("/trail".to_owned())),
        (words.whole(last.map_or(0, |batch| batch.number + 1)), words.say("glance-batches"), None),
        (words.whole(standing.witnesses.len() as u64), words.say("glance-witnesses"), None),
    ]));
    if let Some(last) = last {
        screen.put(Block::Text(words.say_with(
            "ledger-lead",
            &[("entries", &words.whole(standing.size)), ("last", &words.instant(last.instant))],
        )));
    }
    verification_blocks(&reader, &mut screen).await?;
    if !standing.batches.is_empty() {
        screen.section(words.say("ledger-growth"), "growth");
        let batches = thinned(&standing.batches);
        if batches.len() < standing.batches.len() {
            let shown = words.whole(batches.len() as u64);
            screen.put(Block::Muted(words.say_with("growth-thinned", &[("count", &shown)])));
        }
        screen.put(Block::Figure { chart: Box::new(growth_chart(&batches, words)), words });
    }
    signed(&reader, &mut screen, &standing);
    latest(&reader, &mut screen).await?;
    screen.put(Block::Muted(words.say("ledger-limits")));
    reader.page(screen).await
}

/// The log, where the program handed one in.
fn log(reader: &Reader) -> Result<Arc<Watched>, Problem> {
    reader.web.log.clone().ok_or_else(|| Problem::missing(("log behind this record", "此紀錄背後的日誌")))
}

/// What was signed last, and by whom.
fn signed(reader: &Reader, screen: &mut Screen, standing: &LedgerStanding) {
    let words = reader.words;
    screen.section(words.say("ledger-checkpoint"), "checkpoint");
    screen.put(Block::Text(words.say("ledger-checkpoint-lead")));
    let keys =
        standing.keys.iter().map(|key| Cell::Code(key.clone())).chain(standing.retired.iter().map(|key| {
            Cell::Beside(vec![Cell::Code(key.clone()), Cell::Muted(words.say("ledger-retired"))])
        }));
    let witnesses = standing.witnesses.iter().map(|(name, size, instant)| {
        Cell::text(words.say_with(
            "ledger-witnessed",
            &[("name", name), ("size", &words.whole(*size)), ("instant", &words.instant(*instant))],
        ))
    });
    let witnesses: Vec<_> = witnesses.collect();
    screen.put(Block::Facts(vec![
        (words.say("ledger-log"), Cell::Code(standing.log.clone())),
        (words.say("ledger-size"), Cell::text(words.whole(standing.size))),
        (words.say("ledger-root"), Cell::Code(standing.root.clone())),
        (words.say("ledger-keys"), Cell::Lines(keys.collect())),
        (
            words.say("ledger-witnesses"),
            if witnesses.is_empty() {
                Cell::text(words.say("ledger-no-witness"))
            } else {
                Cell::Lines(witnesses)
            },
        ),
        (words.say("ledger-looked"), Cell::text(words.instant(standing.instant))),
    ]));
    screen.put(Block::Code(standing.checkpoint.trim_end().to_owned()));
    let to = format!("/ledger/checkpoints/{}", standing.size);
    screen.put(Block::Buttons(vec![(to, words.say("checkpoint-keep"), "plain")]));
}

/// The entries that were made last.
async fn latest(reader: &Reader, screen: &mut Screen) -> Result<(), Problem> {
    let words = reader.words;
    let found = reader.web.desk.trail(None, u64::MAX, LATEST).await;
    let found = found.map_err(|refusal| reader.refused(&refusal))?;
    screen.section(words.say("ledger-latest"), "latest");
    let rows = found.iter().map(|entry| {
        Row::new(vec![
            Cell::link(words.whole(entry.place), format!("/ledger/entries/{}", entry.place)),
            Cell::text(when(words, entry)),
            Cell::text(action(reader, entry)),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("ledger-latest"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-entry")),
            Column::new(words.say("head-when")),
            Column::new(words.say("head-action")),
        ],
        rows: rows.collect(),
        empty: words.say("trail-nothing"),
        ..Grid::default()
    }));
    Ok(())
}

/// The checkpoint of a size; only the last is kept here.
async fn checkpoint(reader: Reader, Path(size): Path<String>) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "view-ledger").await?;
    let standing = log(&reader)?.standing(reader.now()).await.map_err(Problem::accident)?;
    if standing.size.to_string() != size {
        let what = (format!("checkpoint of {size} entries any more"), format!("涵蓋 {size} 項的檢查點"));
        return Err(Problem::missing(what));
    }
    let name = format!("checkpoint-{}", standing.size);
    Ok(file("text/plain; charset=utf-8", &name, standing.checkpoint.clone().into_bytes()))
}

async fn verification(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "verify-ledger").await?;
    let mut screen = Screen::new(words.say("verify-title"), words.say("verify-lead"));
    verification_blocks(&reader, &mut screen).await?;
    reader.page(screen).await
}

/// The button, how far the verification is, and what came of it.
async fn verification_blocks(reader: &Reader, screen: &mut Screen) -> Result<(), Problem> {
    let words = reader.words;
    if !reader.may("verify-ledger").await {
        return Ok(());
    }
    let Some(log) = reader.web.log.clone() else {
        screen.put(Block::Empty { text: words.say("ledger-elsewhere"), link: None });
        return Ok(());
    };
    let run = log.run();
    screen.section(words.say("verify-heading"), "verification");
    if let Some(run) = run.as_ref().filter(|run| run.is_running()) {
        screen.put(Block::Live {
            events: "/ledger/verification/events".into(),
            address: "/ledger/verification/part".into(),
            blocks: progress(reader, run),
        });
        screen.put(Block::Form(Box::new(Form {
            action: "/ledger/verification/stop".into(),
            submit: words.say("verify-stop"),
            class: "stop",
            hidden: reader.token(),
            ..Form::default()
        })));
        return Ok(());
    }
    match run.as_ref().and_then(|run| Some((run.begun, run.came()?))) {
        Some((begun, (ended, came))) => {
            screen.blocks.extend(what_came(reader, &came));
            let seconds = words.decimal(ended.duration_since(begun).as_secs_f64(), 1);
            screen.put(Block::Muted(
                words.say_with("verify-when", &[("instant", &words.instant(ended)), ("seconds", &seconds)]),
            ));
        }
        None => screen.put(Block::Text(words.say("verify-lead"))),
    }
    screen.put(Block::Form(Box::new(Form {
        action: "/ledger/verification".into(),
        submit: words.say("verify-now"),
        class: "main",
        hidden: reader.token(),
        ..Form::default()
    })));
    Ok(())
}

fn progress(reader: &Reader, run: &Run) -> Vec<Block> {
    let words = reader.words;
    let (done, total) = run.progress();
    let text = if total == 0 {
        words.say("verify-begins")
    } else {
        words.say_with("verify-at", &[("done", &words.whole(done)), ("total", &words.whole(total))])
    };
    vec![Block::Progress { done, total, words: text }]
}

fn what_came(reader: &Reader, came: &Verification) -> Vec<Block> {
    let words = reader.words;
    let (class, id) = match came.holds {
        Some(true) => ("good", "verify-holds"),
        Some(false) => ("stop", "verify-broken"),
        None => ("warn", "verify-unknown"),
    };
    let mut blocks = vec![Block::Notice { class, text: words.say(id), link: None }];
    let mut facts = Vec::new();
    for (lines, id) in
        [(&came.checked, "verify-checked"), (&came.noticed, "verify-noticed"), (&came.left, "verify-left")]
    {
        if !lines.is_empty() {
            let lines = lines.iter().map(|line| Cell::text(words.sentence(line)));
            facts.push((words.say(id), Cell::Lines(lines.collect())));
        }
    }
    blocks.push(Block::Facts(facts));
    blocks
}

async fn begin(posted: Posted) -> Result<Response, Problem> {
    let reader = &posted.reader;
    posted.is_ours()?;
    allowed(&reader.web, &reader.who, "verify-ledger").await?;
    log(reader)?.verify(reader.now(), Arc::clone(&reader.web.clock));
    let to = if reader.may("view-ledger").await { "/ledger#verification" } else { "/ledger/verification" };
    Ok(Redirect::to(to).into_response())
}

async fn stop(posted: Posted) -> Result<Response, Problem> {
    let reader = &posted.reader;
    posted.is_ours()?;
    allowed(&reader.web, &reader.who, "verify-ledger").await?;
    if let Some(run) = log(reader)?.run() {
        run.stop();
    }
    Ok(Redirect::to("/ledger/verification").into_response())
}

async fn part(reader: Reader) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "verify-ledger").await?;
    let run = log(&reader)?.run().ok_or_else(|| Problem::missing(("verification", "核實")))?;
    let html: Vec<_> = progress(&reader, &run).iter().map(ToString::to_string).collect();
    Ok(Html(html.join("\n")).into_response())
}

/// Says twice a second that there is something new, and in the end that it is over.
async fn events(reader: Reader) -> Result<Response, Problem> {
    allowed(&reader.web, &reader.who, "verify-ledger").await?;
    let run = log(&reader)?.run().ok_or_else(|| Problem::missing(("verification", "核實")))?;
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

/// An entry that somebody may see.
async fn entered(reader: &Reader, number: &str) -> Result<(u64, Entered), Problem> {
    allowed(&reader.web, &reader.who, "view-ledger").await?;
    let missing = || Problem::missing((format!("entry `{number}`"), format!("記錄「{number}」")));
    let index: u64 = number.parse().map_err(|_| missing())?;
    let found = log(reader)?.entry(index).await.map_err(Problem::accident)?;
    Ok((index, found.ok_or_else(missing)?))
}

async fn entry(reader: Reader, Path(number): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let (index, found) = entered(&reader, &number).await?;
    let trail = reader.web.desk.trail(None, index.saturating_add(1), 1).await;
    let trail = trail.map_err(|refusal| reader.refused(&refusal))?;
    let trail = trail.into_iter().next().filter(|entry| entry.place == index);
    let title = words.say_with("entry-title", &[("entry", &words.whole(index))]);
    let lead = trail.as_ref().map(|entry| action(&reader, entry));
    let mut screen = Screen::new(title, lead.unwrap_or_else(|| words.say("entry-of-program")));
    screen.put(Block::Facts(facts(&reader, index, &found, trail.as_ref()).await));
    if let Some(trail) = &trail {
        brought(&reader, &mut screen, trail).await;
    }
    proof(&reader, &mut screen, index, &found);
    let mut ways = Vec::new();
    if let Some(before) = index.checked_sub(1) {
        ways.push((format!("/ledger/entries/{before}"), words.say("entry-before"), "plain"));
    }
    if index + 1 < found.size {
        ways.push((format!("/ledger/entries/{}", index + 1), words.say("entry-after"), "plain"));
    }
    ways.push(("/ledger".into(), words.say("nav-ledger"), "plain"));
    screen.put(Block::Buttons(ways));
    reader.page(screen).await
}

async fn facts(reader: &Reader, index: u64, found: &Entered, trail: Option<&Trail>) -> Vec<(String, Cell)> {
    let words = reader.words;
    let mut facts = vec![(words.say("head-entry"), Cell::text(words.whole(index)))];
    if let Some(trail) = trail {
        facts.push((words.say("head-when"), Cell::text(when(words, trail))));
        facts.push((words.say("head-action"), Cell::text(action(reader, trail))));
        if reader.may("view-audit-trail").await {
            facts.push((words.say("head-who"), actor(reader, trail)));
        }
    }
    if let Ok(entry) = Entry::parse(&found.bytes) {
        facts.push((words.say("field-kind"), Cell::Code(entry.kind)));
        let sealed = entry.payloads.len() as u64;
        if sealed > 0 {
            facts.push((words.say("entry-sealed"), Cell::text(words.count("sealed-count", sealed))));
        }
    }
    let digest = dualtrack_ledger::leaf_hash(&found.bytes);
    facts.push((words.say("entry-leaf"), Cell::Code(digest.to_string())));
    facts
}

/// The documents that an entry brought, as far as the reader may know of them.
async fn brought(reader: &Reader, screen: &mut Screen, trail: &Trail) {
    let words = reader.words;
    if trail.documents.is_empty() {
        return;
    }
    let sees_all = reader.may("view-audit-trail").await;
    let mut seeing = Seeing::default();
    let mut rows = Vec::new();
    let mut others = 0_u64;
    for name in &trail.documents {
        let (of, version) = name.rsplit_once('@').unwrap_or((name, ""));
        let Ok(key) = of.parse::<Key>() else { continue };
        if rows.len() >= MOST_SHOWN
            || !(sees_all || seeing.may_of(&reader.web, &reader.who, &key, false).await)
        {
            others += 1;
            continue;
        }
        rows.push(Row::new(vec![
            Cell::link(key.id.clone(), place(key.kind, &key.id)),
            Cell::text(words.say(&format!("kind-{}", key.kind))),
            Cell::text(version),
        ]));
    }
    screen.section(words.say("entry-brought"), "documents");
    if !rows.is_empty() {
        screen.put(Block::Grid(Grid {
            caption: words.say("entry-brought"),
            quiet: true,
            columns: vec![
                Column::new(words.say("field-id")),
                Column::new(words.say("head-kind")),
                Column::number(words.say("head-version")),
            ],
            rows,
            ..Grid::default()
        }));
    }
    if others > 0 {
        screen.put(Block::Muted(words.count("entry-others", others)));
    }
}

/// What shows a stranger that the entry is in the log: to copy, to download, and how to check it.
fn proof(reader: &Reader, screen: &mut Screen, index: u64, found: &Entered) {
    let words = reader.words;
    screen.section(words.say("entry-proof"), "proof");
    screen.put(Block::Text(words.say_with(
        "entry-proof-lead",
        &[("entry", &words.whole(index)), ("size", &words.whole(found.size)), ("log", &found.log)],
    )));
    screen.put(Block::Buttons(vec![
        (format!("/ledger/entries/{index}/receipt"), words.say("receipt-keep"), "main"),
        (format!("/ledger/entries/{index}/entry"), words.say("entry-keep"), "plain"),
    ]));
    screen.put(Block::Text(words.say("entry-proof-how")));
    let keys: Vec<_> = found.keys.iter().map(|key| format!(" --key '{key}'")).collect();
    let keys = keys.concat();
    screen.put(Block::Code(format!(
        "dualtrack verify entry-{index}.tlog-proof --entry entry-{index}.json{keys}"
    )));
    screen.put(Block::Muted(words.say("entry-key")));
    let fold = |summary: &str, text: String| Block::Fold {
        summary: words.say(summary),
        blocks: vec![Block::Code(text)],
        open: false,
    };
    screen.put(fold("ledger-report-receipt", found.receipt.trim_end().to_owned()));
    screen.put(fold("ledger-report-entry", String::from_utf8_lossy(&found.bytes).into_owned()));
}

async fn receipt(reader: Reader, Path(number): Path<String>) -> Result<Response, Problem> {
    let (index, found) = entered(&reader, &number).await?;
    let name = format!("entry-{index}.tlog-proof");
    Ok(file("text/plain; charset=utf-8", &name, found.receipt.into_bytes()))
}

async fn bytes(reader: Reader, Path(number): Path<String>) -> Result<Response, Problem> {
    let (index, found) = entered(&reader, &number).await?;
    Ok(file("application/json", &format!("entry-{index}.json"), found.bytes))
}

/// So many batches that a picture can show them: of those that follow one another closely only the last, with the
/// entries of all.
fn thinned(batches: &[LedgerBatch]) -> Vec<LedgerBatch> {
    if batches.len() <= MOST_BATCHES {
        return batches.to_vec();
    }
    let together = batches.len().div_ceil(MOST_BATCHES);
    batches
        .chunks(together)
        .filter_map(|chunk| {
            let last = chunk.last()?;
            Some(LedgerBatch { entries: chunk.iter().map(|batch| batch.entries).sum(), ..*last })
        })
        .collect()
}

/// More batches than these nobody tells apart in a picture.
const MOST_BATCHES: usize = 160;
const MOST_SHOWN: usize = 200;
const LATEST: usize = 10;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_long_history_is_drawn_in_few_steps_and_loses_no_entry() {
        let batch = |number: u64| LedgerBatch {
            number,
            instant: Timestamp::from_second(i64::try_from(number).unwrap()).unwrap(),
            entries: 3,
            size: (number + 1) * 3,
        };
        let all: Vec<_> = (0..10_001).map(batch).collect();
        let thin = thinned(&all);
        assert!(thin.len() <= MOST_BATCHES);
        assert_eq!(thin.iter().map(|batch| batch.entries).sum::<u64>(), 30_003);
        assert_eq!(thin.last().unwrap().size, 30_003);
        assert_eq!(thinned(&all[..7]).len(), 7);
    }
}
