//! One's passkeys on one's page, and the page of one of them.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use dualtrack_report::screen::{Block, Cell, Column, Field, Form, Grid, Passkey, Row, Screen};

use super::super::PageRoute;
use super::super::forms::Posted;
use super::super::reader::Reader;
use super::screen::{problem, when};
use super::{Wrong, done, refused};
use crate::api::Needs;
use crate::api::passkeys::{NewPasskey, PASSKEY, Renamed, add, list, name, remove};
use crate::problem::Problem;
use crate::sign_in::passkey::PasskeyRefusal;
use crate::state::Web;
use crate::wanted::Wanted;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::post("/account/passkeys", Needs::SignIn, added),
        PageRoute::get("/account/passkeys/{id}", Needs::SignIn, one),
        PageRoute::post("/account/passkeys/{id}/name", Needs::SignIn, named),
        PageRoute::post("/account/passkeys/{id}/remove", Needs::SignIn, removed),
    ]
}

/// Puts the passkeys on the page, and the way to add one.
pub(super) async fn put(reader: &Reader, screen: &mut Screen, wrong: &Wrong) -> Result<(), Problem> {
    let words = reader.words;
    let Json(passkeys) = list(State(reader.web.clone()), reader.who.clone()).await?;
    screen.section(words.say("account-passkeys"), "passkeys");
    screen.put(Block::Text(words.say("account-passkeys-lead")));
    let rows = passkeys.into_iter().map(|passkey| {
        let used = passkey.last_used.map(|at| when(reader, at));
        Row::new(vec![
            Cell::link(passkey.name, format!("/account/passkeys/{}", passkey.id)),
            Cell::text(when(reader, passkey.made)),
            Cell::text(used.unwrap_or_else(|| words.say("account-never"))),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("account-passkeys"),
        quiet: true,
        columns: vec![
            Column::new(words.say("account-called")),
            Column::new(words.say("account-added")),
            Column::new(words.say("account-last-used")),
        ],
        rows: rows.collect(),
        empty: words.say("account-no-passkey"),
        ..Grid::default()
    }));
    let Some(party) = reader.web.party() else {
        screen.put(Block::Muted(words.say("passkey-nowhere")));
        return Ok(());
    };
    if reader.who.officer.stepped_up && reader.who.session.is_some() {
        let mut field = Field::line("name", words.say("account-passkey-name"), "text");
        field.hint = words.say("account-passkey-name-hint");
        screen.put(Block::Form(Box::new(Form {
            action: "/account/passkeys".into(),
            title: words.say("account-passkey-add"),
            problem: problem(wrong, "passkeys"),
            fields: vec![field],
            passkey: Some(Passkey {
                options: "/api/v1/me/passkeys/options".into(),
                makes: true,
                submit: words.say("account-passkey-add"),
                class: "main",
                elsewhere: words.say_with("passkey-elsewhere", &[("origin", &party.origin)]),
                origin: party.origin,
                failed: words.say("passkey-not-made"),
                known: words.say("passkey-known"),
                without: words.say("passkey-without"),
                ..Passkey::default()
            }),
            ..Form::default()
        })));
    } else if reader.who.session.is_some() {
        let link = Some(("#again".into(), words.say("account-again")));
        screen.put(Block::Notice { class: "calm", text: words.say("account-passkey-first"), link });
    }
    Ok(())
}

async fn added(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let made: Result<NewPasskey, _> = serde_json::from_str(posted.field("passkey").unwrap_or_default());
    let unread = |_| Problem::wrong(PasskeyRefusal::Unreadable.words());
    let added = match made.map_err(unread) {
        Ok(made) => {
            let name = posted.field("name").unwrap_or_default().to_owned();
            add(State(web), posted.reader.who.clone(), Wanted(NewPasskey { name, ..made })).await
        }
        Err(problem) => Err(problem),
    };
    match added {
        Ok(_) => Ok(done("passkey-added")),
        Err(problem) => refused(&posted.reader, "passkeys", &problem).await,
    }
}

/// The page of one passkey: another name, or away with it.
async fn one(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let Json(passkeys) = list(State(reader.web.clone()), reader.who.clone()).await?;
    let passkey = passkeys.into_iter().find(|passkey| passkey.id == id);
    let passkey = passkey.ok_or_else(|| Problem::missing(PASSKEY))?;
    let mut screen = Screen::new(passkey.name.clone(), words.say("account-passkey-one"));
    let used = passkey.last_used.map(|at| when(&reader, at));
    screen.put(Block::Facts(vec![
        (words.say("account-added"), Cell::text(when(&reader, passkey.made))),
        (words.say("account-last-used"), Cell::text(used.unwrap_or_else(|| words.say("account-never")))),
    ]));
    let mut field = Field::line("name", words.say("account-passkey-name"), "text");
    field.value = passkey.name;
    screen.put(Block::Form(Box::new(Form {
        action: format!("/account/passkeys/{id}/name"),
        submit: words.say("account-passkey-rename"),
        class: "main",
        fields: vec![field],
        cancel: Some(("/account".into(), words.say("nav-account"))),
        ..Form::default()
    })));
    screen.section(words.say("account-passkey-remove"), "remove");
    screen.put(Block::Text(words.say("account-passkey-remove-lead")));
    screen.put(Block::Form(Box::new(Form {
        action: format!("/account/passkeys/{id}/remove"),
        submit: words.say("account-passkey-remove"),
        class: "stop",
        ..Form::default()
    })));
    reader.page(screen).await
}

async fn named(State(web): State<Web>, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let renamed = Renamed { name: posted.field("name").unwrap_or_default().to_owned() };
    name(State(web), posted.reader.who.clone(), Path(id), Wanted(renamed)).await?;
    Ok(done("passkey-named"))
}

async fn removed(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    remove(State(web), posted.reader.who.clone(), Path(id)).await?;
    Ok(done("passkey-removed"))
}
