//! Showing a form: empty, filled in, or come back with what is wrong.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use dualtrack_inventory::{Key, Kind};
use dualtrack_report::screen::{Block, Cell, Field, FieldKind, Form, Passkey, Screen};
use dualtrack_store::operations::SessionRow;

use super::choices::{choice, fields, label, title};
use super::filled::Wrong;
use super::shape::Typed;
use super::{Wish, asked, kept_files, wish};
use crate::pages::offered::refused_at;
use crate::pages::reader::{Reader, address};
use crate::pages::refused;
use crate::problem::Problem;
use crate::sign_in::csrf;

/// A form as it stands before its reader.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong with fields.
    pub(crate) wrong: Vec<Wrong>,
    /// What is wrong with the whole.
    pub(crate) problem: String,
    /// What else is to be seen above it.
    pub(crate) above: Vec<Block>,
    /// The version that the person saw.
    pub(crate) version: Option<u64>,
    /// Whether the person has to show again who she is.
    pub(crate) again: bool,
}

pub(super) async fn action(reader: Reader, Path(action): Path<String>) -> Result<Response, Problem> {
    let wish = wish(&action)
        .ok_or_else(|| Problem::missing((format!("action `{action}`"), format!("操作「{action}」"))))?;
    let mut typed = asked(&wish.entries, &reader.asked.query);
    propose_id(&wish, &mut typed);
    let again = FRESH.contains(&action.as_str()) && !reader.who.officer.stepped_up;
    let version = reader.query("version_seen").and_then(|version| version.parse().ok());
    let standing = Standing { typed, version, again, ..Standing::default() };
    draw(&reader, &wish, standing, StatusCode::OK, reader.who.row.as_ref()).await
}

/// Proposes a name for what is new, so that nobody has to invent one.
fn propose_id(wish: &Wish, typed: &mut Typed) {
    if typed.contains_key("id") || !wish.entries.iter().any(|entry| entry.path == "id") {
        return;
    }
    let about = typed.get("use").and_then(|values| values.first()).cloned();
    let about = about.unwrap_or_else(|| wish.action.clone());
    let mut bytes = [0_u8; 4];
    if getrandom::fill(&mut bytes).is_ok() {
        let number = u32::from_le_bytes(bytes);
        typed.insert("id".into(), vec![format!("{about}-{number:08x}")]);
    }
}

/// Draws a form. `session` is the one of which its token is made.
pub(crate) async fn draw(
    reader: &Reader,
    wish: &Wish,
    standing: Standing,
    status: StatusCode,
    session: Option<&SessionRow>,
) -> Result<Response, Problem> {
    let words = reader.words;
    if status.is_success()
        && let Some((problem, command)) = refused_at(reader, &reader.asked.address()).await?
    {
        return refused::page(reader, &problem, &command).await;
    }
    let mut screen = Screen::new(words.say(&format!("action-{}", wish.action)), "");
    screen.blocks.extend(standing.above.clone());
    let mut hidden = Vec::new();
    let mut facts = Vec::new();
    let (fixed, open): (Vec<_>, Vec<_>) = wish
        .entries
        .iter()
        .cloned()
        .partition(|entry| FIXED.contains(&entry.path.as_str()) && reader.query(&entry.path).is_some());
    // Of offices that are chosen by the way here none is asked for again.
    let is_own = reader.query("role").is_some() && reader.query("on_behalf_of").is_none();
    let open: Vec<_> = open.into_iter().filter(|entry| !(is_own && entry.path == "on_behalf_of")).collect();
    for entry in &fixed {
        let value = reader.query(&entry.path).unwrap_or_default();
        facts.push((label(entry.name(), words), named(reader, &entry.path, value)));
    }
    if !facts.is_empty() {
        screen.put(Block::Facts(facts));
    }
    // Nobody confirms what they did not see.
    if matches!(wish.action.as_str(), "confirm-proposal" | "reject-proposal")
        && let Some(id) = standing.typed.get("proposal").and_then(|ids| ids.first())
        && let Some(what) = crate::pages::record::proposed(reader, id).await?
    {
        screen.put(what);
    }
    if let Some(version) = standing.version {
        hidden.push(("version".to_owned(), version.to_string()));
    }
    // A session that was just renewed has other tokens than the one that sent the form.
    hidden.extend(session.and_then(|row| csrf::token(row).ok()).map(|token| ("form".to_owned(), token)));
    let mut fields = fields(reader, &open, &standing.typed).await?;
    for field in &mut fields {
        let own = |path: &str| {
            path == field.name || field.name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
        };
        if let Some(wrong) = standing.wrong.iter().find(|wrong| own(&wrong.path)) {
            field.problem.clone_from(&wrong.line);
        }
    }
    let files = wish.files();
    fields.extend(files.into_iter().flat_map(|kept| kept_files::fields(kept, words)));
    // What is wrong with a field that is not seen is said above.
    let mut problem = standing.problem.clone();
    for wrong in &standing.wrong {
        if !fields.iter().any(|field| !field.problem.is_empty() && field.problem == wrong.line) {
            problem = format!("{problem} {}: {}", label(&wrong.path, words), wrong.line);
        }
    }
    if problem.is_empty() && !standing.wrong.is_empty() {
        problem = words.count("fields-wrong", standing.wrong.len() as u64);
    }
    let mut passkey = None;
    if standing.again {
        passkey = show_again(reader, &mut screen, &mut fields).await;
    }
    let class = if STOPS.contains(&wish.action.as_str()) { "stop" } else { "main" };
    screen.put(Block::Form(Box::new(Form {
        action: reader.asked.address_of(&wish.address),
        submit: words.say(&format!("action-{}", wish.action)),
        class,
        problem,
        fields,
        hidden,
        files: files.is_some(),
        optional: words.say("optional"),
        passkey,
        ..Form::default()
    })));
    reader.page_with(status, screen).await
}

/// Asks who she is once more: by her password here, or at the provider; and by a passkey of hers in the place of either.
pub(crate) async fn show_again(
    reader: &Reader,
    screen: &mut Screen,
    fields: &mut Vec<Field>,
) -> Option<Passkey> {
    let words = reader.words;
    if reader.has_password().await {
        let mut password = Field::line("password", words.say("password-again"), "password");
        password.hint = words.say("password-again-hint");
        password.kind =
            FieldKind::Line { of: "password", autocomplete: "current-password", suggestions: Vec::new() };
        fields.push(password);
    } else if reader.web.provider.is_some() {
        screen.put(Block::Notice {
            class: "warn",
            text: words.say("provider-again"),
            link: Some((elsewhere(&reader.asked.address()), words.say("sign-in-institution"))),
        });
    }
    reader.own_passkey("password").await
}

/// The way to the provider, and back to a page.
fn elsewhere(next: &str) -> String {
    address("/sign-in/oidc", [("step_up", "1"), ("next", next)].into_iter())
}

/// What a value that is fixed names, with the way to it.
fn named(reader: &Reader, field: &str, value: &str) -> Cell {
    let kind = match field {
        "use" => Some(Kind::Use),
        "person" | "on_behalf_of" => Some(Kind::Person),
        "incident" => Some(Kind::Incident),
        "finding" => Some(Kind::Finding),
        "deployment" => Some(Kind::Deployment),
        "task" => Some(Kind::Task),
        "contract" => Some(Kind::Contract),
        "proposal" => Some(Kind::Proposal),
        _ => None,
    };
    match kind {
        Some(kind) => {
            let known = reader.common.documents.get(&Key::new(kind, value));
            let text = known.and_then(|(_, document)| title(document, reader.words));
            Cell::link(text.unwrap_or_else(|| value.to_owned()), crate::pages::place(kind, value))
        }
        None if matches!(field, "stage" | "to" | "role" | "measure") => {
            Cell::text(choice(value, reader.words))
        }
        None => Cell::Code(value.to_owned()),
    }
}

/// What a link to a form decides already.
const FIXED: [&str; 20] = [
    "use",
    "finding",
    "incident",
    "deployment",
    "proposal",
    "person",
    "task",
    "contract",
    "candidate",
    "delegation",
    "authority",
    "to",
    "stage",
    "snapshot",
    "role",
    "on_behalf_of",
    "control",
    "guideline",
    "version",
    "digest",
];
/// Actions that take a fresh sign-in; whoever is refused for want of one is asked all the same.
const FRESH: [&str; 10] = [
    "approve",
    "delegate",
    "waive",
    "confirm-proposal",
    "resume",
    "erase-person",
    "change-rules",
    "reset-credentials",
    "activate-guideline",
    "lift-containment",
];
/// Actions that stop something.
const STOPS: [&str; 6] = ["suspend", "retire", "contain", "erase-person", "close-account", "leave"];
