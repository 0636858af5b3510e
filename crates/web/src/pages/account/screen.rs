//! The page of one's own account, from top to bottom.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_report::screen::{Block, Cell, Choice, Column, Field, FieldKind, Form, Grid, Row, Screen};
use jiff::Timestamp;

use super::super::forms::choices::choice;
use super::super::forms::show_again;
use super::super::place;
use super::super::reader::Reader;
use super::{Wrong, passkeys, tokens};
use crate::api::account::sessions;
use crate::problem::Problem;
use crate::who::unavailable;

/// Draws the page, with what is wrong at one of its forms.
pub(super) async fn draw(reader: &Reader, wrong: &Wrong, status: StatusCode) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("nav-account"), words.say("account-lead"));
    if let Some(text) = said(reader) {
        screen.put(Block::Notice { class: "good", text, link: None });
    }
    screen.put(Block::Facts(facts(reader).await?));
    let is_fresh = reader.who.officer.stepped_up;
    if reader.who.session.is_none() {
        screen.put(Block::Notice { class: "warn", text: words.say("account-by-token"), link: None });
    } else if !is_fresh {
        again(reader, &mut screen, wrong).await;
    }
    passkeys::put(reader, &mut screen, wrong).await?;
    if reader.has_password().await && is_fresh {
        password(reader, &mut screen, wrong);
    }
    put_sessions(reader, &mut screen).await?;
    tokens::put(reader, &mut screen, wrong).await?;
    screen.section(words.say("account-reading"), "reading");
    screen.put(Block::Form(Box::new(reading(reader))));
    reader.page_with(status, screen).await
}

/// What was just done.
fn said(reader: &Reader) -> Option<String> {
    let words = reader.words;
    match reader.query("said")? {
        "passkey-added" => Some(words.say("account-passkey-added")),
        "passkey-named" => Some(words.say("account-passkey-named")),
        "passkey-removed" => Some(words.say("account-passkey-removed")),
        "password-changed" => Some(words.say("account-password-changed")),
        "sessions-ended" => Some(words.say("account-sessions-ended")),
        "token-revoked" => Some(words.say("account-token-revoked")),
        _ => None,
    }
}

async fn facts(reader: &Reader) -> Result<Vec<(String, Cell)>, Problem> {
    let words = reader.words;
    let id = reader.who.officer.person.as_str();
    let account = reader.web.desk.store().operations().account_of(id).await.map_err(unavailable)?;
    let mut facts =
        vec![(words.say("account-person"), Cell::link(reader.name_of(id), place(Kind::Person, id)))];
    if let Some(account) = account {
        facts.push((words.say("account-name"), Cell::text(account.name)));
        facts.extend(account.email.map(|email| (words.say("account-email"), Cell::text(email))));
    }
    if let Some((_, Document::Person(person))) = reader.common.documents.get(&Key::new(Kind::Person, id)) {
        let offices: Vec<_> =
            person.roles.iter().map(|role| Cell::text(choice(role.as_str(), words))).collect();
        let offices = if offices.is_empty() {
            Cell::text(words.say("account-no-office"))
        } else {
            Cell::Lines(offices)
        };
        facts.push((words.say("account-offices"), offices));
    }
    if let Some(row) = &reader.who.row {
        let at = when(reader, row.authenticated);
        let by = words.say_with("account-signed-in-by", &[("at", &at), ("by", &by(reader, &row.kind))]);
        facts.push((words.say("account-signed-in"), Cell::text(by)));
    }
    Ok(facts)
}

/// How somebody signed in.
fn by(reader: &Reader, kind: &str) -> String {
    match kind {
        "oidc" => reader.words.say("account-by-provider"),
        "passkey" => reader.words.say("account-by-passkey"),
        _ => reader.words.say("account-by-password"),
    }
}

/// Asks her to show again who she is.
async fn again(reader: &Reader, screen: &mut Screen, wrong: &Wrong) {
    let words = reader.words;
    screen.section(words.say("account-again"), "again");
    screen.put(Block::Text(words.say("account-again-lead")));
    let mut fields = Vec::new();
    let passkey = show_again(reader, screen, &mut fields).await;
    let submit = if fields.is_empty() { String::new() } else { words.say("account-again-send") };
    for field in &mut fields {
        field.hint = String::new();
    }
    if !fields.is_empty() || passkey.is_some() {
        screen.put(Block::Form(Box::new(Form {
            action: "/account/again".into(),
            title: words.say("account-again"),
            submit,
            class: "main",
            problem: problem(wrong, "again"),
            fields,
            passkey,
            ..Form::default()
        })));
    }
}

fn password(reader: &Reader, screen: &mut Screen, wrong: &Wrong) {
    let words = reader.words;
    screen.section(words.say("sign-in-password"), "password");
    let mut field = Field::line("new-password", words.say("new-password"), "password");
    field.hint = words.say("new-password-hint");
    field.kind = FieldKind::Line { of: "password", autocomplete: "new-password", suggestions: Vec::new() };
    let form = Form {
        action: "/account/password".into(),
        title: words.say("account-password-change"),
        submit: words.say("account-password-change"),
        class: "plain",
        problem: problem(wrong, "password"),
        fields: vec![field],
        ..Form::default()
    };
    screen.put(Block::Fold {
        summary: words.say("account-password-change"),
        open: wrong.part == "password",
        blocks: vec![Block::Form(Box::new(form))],
    });
}

async fn put_sessions(reader: &Reader, screen: &mut Screen) -> Result<(), Problem> {
    let words = reader.words;
    let Json(sessions) = sessions(State(reader.web.clone()), reader.who.clone()).await?;
    screen.section(words.say("account-sessions"), "sessions");
    let many = sessions.len() > 1;
    let rows = sessions.into_iter().map(|session| {
        let this =
            if session.this { words.say("account-this-session") } else { words.say("account-other-session") };
        Row::new(vec![
            Cell::text(when(reader, session.begun)),
            Cell::text(when(reader, session.seen)),
            Cell::text(by(reader, &session.kind)),
            Cell::text(this),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("account-sessions"),
        quiet: true,
        columns: vec![
            Column::new(words.say("account-begun")),
            Column::new(words.say("account-last-used")),
            Column::new(words.say("account-how")),
            Column::new(words.say("account-where")),
        ],
        rows: rows.collect(),
        empty: words.say("account-no-session"),
        ..Grid::default()
    }));
    if many {
        screen.put(Block::Form(Box::new(Form {
            action: "/account/sessions".into(),
            submit: words.say("account-end-sessions"),
            class: "plain",
            ..Form::default()
        })));
    }
    Ok(())
}

/// In which language, and in which light, she reads.
fn reading(reader: &Reader) -> Form {
    let words = reader.words;
    let tag = reader.language().tag();
    let choice = |value: &str, label: String, chosen: bool| Choice { value: value.into(), label, chosen };
    let one = |name: &str, label: String, choices| Field {
        kind: FieldKind::Radio(choices),
        ..Field::line(name, label, "text")
    };
    let theme = reader.asked.theme;
    Form {
        action: "/preferences".into(),
        title: words.say("account-reading"),
        submit: words.say("account-reading-keep"),
        class: "plain",
        fields: vec![
            one(
                "language",
                words.say("account-language"),
                vec![
                    choice("en", "English".into(), tag == "en"),
                    choice("zh-Hant-HK", "繁體中文（香港）".into(), tag != "en"),
                ],
            ),
            one(
                "theme",
                words.say("account-light"),
                vec![
                    choice("light", words.say("theme-light"), theme == "light"),
                    choice("dark", words.say("theme-dark"), theme == "dark"),
                ],
            ),
        ],
        hidden: vec![("back".into(), "/account".into())],
        ..Form::default()
    }
}

/// What is wrong with a form, if it is that one.
pub(super) fn problem(wrong: &Wrong, part: &str) -> String {
    if wrong.part == part { wrong.line.clone() } else { String::new() }
}

pub(super) fn when(reader: &Reader, at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| reader.words.instant(at)).unwrap_or_default()
}
