//! One's tokens on one's page: made with what they are good for, shown once, revoked.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use dualtrack_governance::Action;
use dualtrack_report::screen::{Block, Cell, Choice, Column, Field, FieldKind, Form, Grid, Row, Screen};

use super::super::PageRoute;
use super::super::forms::Posted;
use super::super::reader::Reader;
use super::screen::{draw, problem, when};
use super::{Wrong, done, refused};
use crate::api::Needs;
use crate::api::account::{NewToken, TOKEN, Token, allowed, make_token, revoke_token, tokens};
use crate::api::actions::actions;
use crate::problem::Problem;
use crate::sign_in::csrf;
use crate::state::Web;
use crate::wanted::Wanted;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::post("/account/tokens", Needs::Action("manage-tokens"), made),
        PageRoute::get("/account/tokens/{id}", Needs::SignIn, one),
        PageRoute::post("/account/tokens/{id}/revoke", Needs::Action("manage-tokens"), revoked),
    ]
}

/// Puts the tokens on the page, and the way to make one.
pub(super) async fn put(reader: &Reader, screen: &mut Screen, wrong: &Wrong) -> Result<(), Problem> {
    let words = reader.words;
    let person = reader.who.officer.person.as_str();
    let may = allowed(&reader.web, &reader.who, "manage-tokens", person).await.is_ok();
    let Json(tokens) = tokens(State(reader.web.clone()), reader.who.clone()).await?;
    if !may && tokens.is_empty() {
        return Ok(());
    }
    screen.section(words.say("account-tokens"), "tokens");
    screen.put(Block::Text(words.say("account-tokens-lead")));
    let rows = tokens.into_iter().map(|token| {
        let used = token.last_used.map(|at| when(reader, at));
        Row::new(vec![
            Cell::link(token.name.clone(), format!("/account/tokens/{}", token.id)),
            Cell::text(standing(reader, &token)),
            Cell::text(good_for(reader, &token.scopes)),
            Cell::text(used.unwrap_or_else(|| words.say("account-never"))),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("account-tokens"),
        quiet: true,
        columns: vec![
            Column::new(words.say("account-called")),
            Column::new(words.say("account-standing")),
            Column::new(words.say("account-good-for")),
            Column::new(words.say("account-last-used")),
        ],
        rows: rows.collect(),
        empty: words.say("account-no-token"),
        ..Grid::default()
    }));
    if may && reader.who.officer.stepped_up && reader.who.session.is_some() {
        screen.put(Block::Fold {
            summary: words.say("account-token-make"),
            open: wrong.part == "tokens",
            blocks: vec![Block::Form(Box::new(form(reader, wrong)))],
        });
    } else if may && reader.who.session.is_some() {
        let link = Some(("#again".into(), words.say("account-again")));
        screen.put(Block::Notice { class: "calm", text: words.say("account-token-first"), link });
    }
    Ok(())
}

fn form(reader: &Reader, wrong: &Wrong) -> Form {
    let words = reader.words;
    let mut name = Field::line("name", words.say("account-token-name"), "text");
    name.hint = words.say("account-token-name-hint");
    let mut days = Field::line("days", words.say("account-token-days"), "number");
    days.value = "90".into();
    days.hint = words.say("account-token-days-hint");
    let choices = std::iter::once((READING.to_owned(), words.say("account-token-reading")))
        .chain(acts().map(|name| (name.clone(), words.say(&format!("action-{name}")))))
        .map(|(value, label)| Choice { value, label, chosen: false });
    let scopes = Field {
        kind: FieldKind::Many(choices.collect()),
        hint: words.say("account-token-scopes-hint"),
        required: false,
        ..Field::line("scopes", words.say("account-good-for"), "text")
    };
    let token = reader.who.row.as_ref().and_then(|row| csrf::token(row).ok());
    Form {
        key: "token-",
        action: "/account/tokens".into(),
        title: words.say("account-token-make"),
        submit: words.say("account-token-make"),
        class: "main",
        problem: problem(wrong, "tokens"),
        fields: vec![name, days, scopes],
        hidden: token.map(|token| ("form".to_owned(), token)).into_iter().collect(),
        ..Form::default()
    }
}

/// The actions that a token can be good for and that are no reading; a record is founded once, and by no program.
fn acts() -> impl Iterator<Item = &'static String> {
    let takes_none = |name: &&String| name.parse().is_ok_and(|action: Action| !action.takes_fresh_sign_in());
    actions().iter().map(|(name, _, _)| name).filter(takes_none).filter(|name| *name != "found-record")
}

fn reads() -> impl Iterator<Item = String> {
    let reading =
        |name: &String| name.starts_with("view-") || name == "export-record" || name == "verify-ledger";
    Action::ALL.into_iter().map(|action| action.as_str().to_owned()).filter(reading)
}

async fn made(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let reader = &posted.reader;
    let token = posted.field("form").unwrap_or_default().to_owned();
    if let Some(row) = &reader.who.row
        && !csrf::is_token_of(row, &token)
    {
        let wrong = Wrong { part: "tokens", line: reader.words.say("form-old") };
        return draw(reader, &wrong, StatusCode::CONFLICT).await;
    }
    // A second click makes no second token.
    let place = reader.web.sent.place(&token);
    let mut led = place.lock().await;
    if let Some(to) = led.as_ref().filter(|_| !token.is_empty()) {
        return Ok(Redirect::to(to).into_response());
    }
    let chosen = posted.pairs.iter().filter(|(name, _)| name == "scopes").map(|(_, value)| value.clone());
    let mut scopes: BTreeSet<String> = chosen.collect();
    if scopes.remove(READING) {
        scopes.extend(reads());
    }
    let new = NewToken {
        name: posted.field("name").unwrap_or_default().to_owned(),
        scopes,
        days: posted.field("days").and_then(|days| days.trim().parse().ok()).unwrap_or(0),
    };
    let name = new.name.clone();
    match make_token(State(web), reader.who.clone(), Wanted(new)).await {
        Ok((_, Json(made))) => {
            *led = Some(format!("/account/tokens/{}", made.id));
            let words = reader.words;
            let mut screen = Screen::new(name, words.say("account-token-once"));
            screen.put(Block::Code(made.token));
            screen.put(Block::Muted(words.say("account-token-use")));
            screen.put(Block::Buttons(vec![("/account#tokens".into(), words.say("nav-account"), "plain")]));
            reader.page(screen).await
        }
        Err(problem) => refused(reader, "tokens", &problem).await,
    }
}

/// The page of one token: what it is good for, and away with it.
async fn one(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let Json(tokens) = tokens(State(reader.web.clone()), reader.who.clone()).await?;
    let token = tokens.into_iter().find(|token| token.id == id);
    let token = token.ok_or_else(|| Problem::missing(TOKEN))?;
    let mut screen = Screen::new(token.name.clone(), words.say("account-token-one"));
    let used = token.last_used.map(|at| when(&reader, at));
    screen.put(Block::Facts(vec![
        (words.say("account-standing"), Cell::text(standing(&reader, &token))),
        (words.say("account-made"), Cell::text(when(&reader, token.made))),
        (words.say("account-last-used"), Cell::text(used.unwrap_or_else(|| words.say("account-never")))),
        (words.say("account-good-for"), named(&reader, &token.scopes)),
    ]));
    if token.revoked.is_none() {
        screen.put(Block::Form(Box::new(Form {
            action: format!("/account/tokens/{id}/revoke"),
            submit: words.say("account-token-revoke"),
            class: "stop",
            cancel: Some(("/account".into(), words.say("nav-account"))),
            ..Form::default()
        })));
    }
    reader.page(screen).await
}

async fn revoked(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    revoke_token(State(web), posted.reader.who.clone(), Path(id)).await?;
    Ok(done("token-revoked"))
}

fn standing(reader: &Reader, token: &Token) -> String {
    let words = reader.words;
    let now = reader.now().as_millisecond();
    match token.revoked {
        Some(at) => words.say_with("account-token-revoked-at", &[("at", &when(reader, at))]),
        None if token.expires <= now => {
            words.say_with("account-token-expired-at", &[("at", &when(reader, token.expires))])
        }
        None => words.say_with("account-token-until", &[("at", &when(reader, token.expires))]),
    }
}

fn good_for(reader: &Reader, scopes: &BTreeSet<String>) -> String {
    match scopes.len() {
        0 => reader.words.say("account-token-all"),
        many => reader.words.count("account-token-scopes", many as u64),
    }
}

fn named(reader: &Reader, scopes: &BTreeSet<String>) -> Cell {
    if scopes.is_empty() {
        return Cell::text(reader.words.say("account-token-all"));
    }
    let known = |name: &String| actions().iter().any(|(known, _, _)| known == name);
    let shown = scopes.iter().map(|name| {
        if known(name) {
            Cell::text(reader.words.say(&format!("action-{name}")))
        } else {
            Cell::Code(name.clone())
        }
    });
    Cell::Lines(shown.collect())
}

/// What stands for every action that reads.
const READING: &str = "reading";
