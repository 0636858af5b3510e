//! The way in and out: signing in, setting a first password, showing again who one is, the language and the light.
//!
//! A form that was sent when the session had ended waits inside the sign-in page, so that nothing typed is lost.

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dualtrack_report::Words;
use dualtrack_report::screen::{Block, Field, FieldKind, Form, Passkey, Screen};

use super::PageRoute;
use super::errors::sentence;
use super::reader::{Asked, Reader, THEME_COOKIE, address, form_pairs};
use super::shell::bare_page;
use super::words::words;
use crate::api::Needs;
use crate::api::passkeys::{Signed, entered};
use crate::api::sign_in::{FromLink, begin, checked, from_link, sign_out};
use crate::origin::Origin;
use crate::problem::Problem;
use crate::sign_in::csrf::origin_allowed;
use crate::sign_in::passkey::PasskeyRefusal;
use crate::sign_in::secret::Secret;
use crate::sign_in::session::Kind;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::{LANGUAGE_COOKIE, Who};

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/sign-in", Needs::Nothing, show),
        PageRoute::post("/sign-in", Needs::Nothing, enter),
        PageRoute::post("/sign-out", Needs::SignIn, leave),
        PageRoute::get("/link", Needs::Nothing, link),
        PageRoute::post("/link", Needs::Nothing, accept),
        PageRoute::post("/preferences", Needs::Nothing, prefer),
    ]
}

async fn show(State(web): State<Web>, parts: Parts) -> Result<Response, Problem> {
    let asked = Asked::of(&parts);
    let next = asked.query.get("next").cloned().unwrap_or_else(|| "/".to_owned());
    draw(&web, &asked, StatusCode::OK, &next, "", "", &[])
}

/// The sign-in page; `kept` is a form that waits: its address and its fields.
fn draw(
    web: &Web,
    asked: &Asked,
    status: StatusCode,
    next: &str,
    name: &str,
    problem: &str,
    kept: &[(String, String)],
) -> Result<Response, Problem> {
    let words = words(asked.language);
    let mut screen = Screen::new(words.say("sign-in"), words.say("sign-in-lead"));
    if !kept.is_empty() {
        let text = words.say("session-ended-kept");
        screen.put(Block::Notice { class: "warn", text, link: None });
    }
    if web.provider.is_some() {
        let to = address("/sign-in/oidc", [("next", next)].into_iter());
        screen.put(Block::Buttons(vec![(to, words.say("sign-in-institution"), "main")]));
        screen.put(Block::Muted(words.say("sign-in-or")));
    }
    let mut account = Field::line("name", words.say("sign-in-name"), "text");
    name.clone_into(&mut account.value);
    account.kind = FieldKind::Line { of: "text", autocomplete: "username", suggestions: Vec::new() };
    let mut password = Field::line("password", words.say("sign-in-password"), "password");
    password.kind =
        FieldKind::Line { of: "password", autocomplete: "current-password", suggestions: Vec::new() };
    let mut hidden = vec![("next".to_owned(), next.to_owned())];
    hidden.extend(kept.iter().map(|(name, value)| (format!("kept.{name}"), value.clone())));
    screen.put(Block::Form(Box::new(Form {
        action: "/sign-in".into(),
        submit: words.say("sign-in"),
        class: "main",
        problem: problem.to_owned(),
        fields: vec![account, password],
        hidden,
        passkey: to_sign_in(web, words),
        ..Form::default()
    })));
    bare_page(web, asked, words, status, &screen)
}

/// A passkey in the place of a name and a password.
fn to_sign_in(web: &Web, words: Words) -> Option<Passkey> {
    web.party().map(|party| Passkey {
        options: "/api/v1/sign-in/passkey/options".into(),
        submit: words.say("passkey-sign-in"),
        class: "plain",
        instead: "name password".into(),
        elsewhere: words.say_with("passkey-elsewhere", &[("origin", &party.origin)]),
        origin: party.origin,
        failed: words.say("passkey-failed"),
        ..Passkey::default()
    })
}

/// Keeps what was sent by somebody whose session had ended, until she has signed in.
pub(super) fn keep(web: &Web, asked: &Asked, pairs: &[(String, String)]) -> Result<Response, Problem> {
    // The address says what the form is about, so all of it waits.
    draw(web, asked, StatusCode::UNAUTHORIZED, &asked.address(), "", "", pairs)
}

async fn enter(
    State(web): State<Web>,
    origin: Origin,
    parts: Parts,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    let asked = Asked::of(&parts);
    from_here(&parts)?;
    let pairs = form_pairs(&body);
    let value = |name: &str| {
        pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let name = value("name").trim().to_lowercase();
    let next = local(value("next"));
    let kept: Vec<(String, String)> = pairs
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("kept.")?.to_owned(), value.clone())))
        .collect();
    let given = Secret::new(value("password"));
    let passkey = value("passkey");
    let kind = if passkey.is_empty() { Kind::Local } else { Kind::Passkey };
    let found = if !passkey.is_empty() {
        match signed(passkey) {
            Ok(signed) => entered(&web, &origin, &signed).await,
            Err(problem) => Err(problem),
        }
    } else if name.len() > 200 {
        Err(Problem::unknown_person(("the name or the password is wrong", "名稱或密碼不正確")))
    } else {
        checked(&web, &origin, (&name, &given)).await
    };
    let person = match found {
        Ok(person) => person,
        Err(problem) if problem.status().is_client_error() => {
            let said = sentence(&problem.details(asked.language));
            return draw(&web, &asked, problem.status(), &next, &name, &said, &kept);
        }
        Err(problem) => return Err(problem),
    };
    let begun = begin(&web, &person, kind, StatusCode::OK).await?;
    let cookie = begun.headers().get(header::SET_COOKIE).cloned();
    let mut response = if kept.is_empty() {
        Redirect::to(&next).into_response()
    } else {
        // What waits is shown again, filled in, and sent only when she sends it.
        let words = words(asked.language);
        let mut screen = Screen::new(words.say("kept-title"), words.say("kept-lead"));
        screen.put(Block::Form(Box::new(Form {
            action: next.clone(),
            submit: words.say("kept-continue"),
            class: "main",
            hidden: kept.into_iter().chain([("kept".to_owned(), "1".to_owned())]).collect(),
            ..Form::default()
        })));
        bare_page(&web, &asked, words, StatusCode::OK, &screen)?
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn leave(web: State<Web>, who: Who) -> Result<Response, Problem> {
    let left = sign_out(web, who).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(cookie) = left.headers().get(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}

async fn link(State(web): State<Web>, parts: Parts) -> Result<Response, Problem> {
    draw_link(&web, &Asked::of(&parts), StatusCode::OK, "", "")
}

fn draw_link(
    web: &Web,
    asked: &Asked,
    status: StatusCode,
    secret: &str,
    problem: &str,
) -> Result<Response, Problem> {
    let words = words(asked.language);
    let mut screen = Screen::new(words.say("set-password"), words.say("set-password-lead"));
    let mut secret_field = Field::line("secret", words.say("link-secret"), "text");
    secret_field.hint = words.say("link-secret-hint");
    secret.clone_into(&mut secret_field.value);
    secret_field.kind = FieldKind::Line { of: "text", autocomplete: "off", suggestions: Vec::new() };
    let mut password = Field::line("password", words.say("new-password"), "password");
    password.hint = words.say("new-password-hint");
    password.kind = FieldKind::Line { of: "password", autocomplete: "new-password", suggestions: Vec::new() };
    screen.put(Block::Form(Box::new(Form {
        action: "/link".into(),
        submit: words.say("set-password"),
        class: "main",
        problem: problem.to_owned(),
        fields: vec![secret_field, password],
        ..Form::default()
    })));
    bare_page(web, asked, words, status, &screen)
}

async fn accept(
    State(web): State<Web>,
    origin: Origin,
    parts: Parts,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    let asked = Asked::of(&parts);
    from_here(&parts)?;
    let mut secret = String::new();
    let mut password = String::new();
    for (name, value) in form_pairs(&body) {
        match name.as_str() {
            // The whole link may have been pasted.
            "secret" => secret = value.rsplit('#').next().unwrap_or_default().trim().to_owned(),
            "password" => password = value,
            _ => {}
        }
    }
    let given = FromLink { secret: Secret::new(secret.clone()), password: Secret::new(password) };
    let done = from_link(State(web.clone()), origin, Wanted(given)).await;
    match done {
        Ok(done) => {
            let mut response = Redirect::to("/").into_response();
            if let Some(cookie) = done.headers().get(header::SET_COOKIE) {
                response.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            Ok(response)
        }
        Err(problem) if problem.status().is_client_error() => {
            let said = sentence(&problem.details(asked.language));
            draw_link(&web, &asked, problem.status(), &secret, &said)
        }
        Err(problem) => Err(problem),
    }
}

/// Keeps a choice of language or light in a cookie, and goes back.
async fn prefer(headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let mut back = "/".to_owned();
    let mut cookies = Vec::new();
    for (name, value) in form_pairs(&body) {
        match (name.as_str(), value.as_str()) {
            ("back", value) => back = local(value),
            ("language", "en" | "zh-Hant-HK") => cookies.push((LANGUAGE_COOKIE, value)),
            ("theme", "light" | "dark") => cookies.push((THEME_COOKIE, value)),
            _ => {}
        }
    }
    let mut response = Redirect::to(&back).into_response();
    let secure = if headers.get(header::HOST).is_some() { "; SameSite=Lax" } else { "" };
    for (name, value) in cookies {
        let text = format!("{name}={value}; Path=/; Max-Age=31536000{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// An address on this server; the home page in the place of any other.
pub(crate) fn local(address: &str) -> String {
    let is_local = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(['\\', '\r', '\n'])
        && address.bytes().all(|byte| byte.is_ascii_graphic());
    if is_local { address.to_owned() } else { "/".to_owned() }
}

/// What a passkey signed, as the script of a page puts it into a form.
pub(super) fn signed(text: &str) -> Result<Signed, Problem> {
    serde_json::from_str(text).map_err(|_| Problem::wrong(PasskeyRefusal::Unreadable.words()))
}

/// Refuses what a stranger's page made a browser send.
fn from_here(parts: &Parts) -> Result<(), Problem> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if origin_allowed("POST", text("origin"), text("sec-fetch-site"), text("host").unwrap_or_default()) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "forged",
        ("This does not come from our own pages", "並非由本系統頁面送出"),
        (
            "a form has to be sent from our own pages; open the page again and repeat it",
            "表格須由本系統頁面送出；請重新開啟頁面再試",
        ),
    ))
}

impl Reader {
    /// A passkey of her own, to show again who she is; none if she has none.
    pub(super) async fn own_passkey(&self, instead: &str) -> Option<Passkey> {
        let party = self.web.party()?;
        let operations = self.web.desk.store().operations();
        let known = operations.passkeys_of(self.who.officer.person.as_str()).await.ok()?;
        (self.who.session.is_some() && !known.is_empty()).then(|| Passkey {
            options: "/api/v1/sign-in/again/passkey/options".into(),
            submit: self.words.say("passkey-again"),
            class: "plain",
            instead: instead.to_owned(),
            elsewhere: self.words.say_with("passkey-elsewhere", &[("origin", &party.origin)]),
            origin: party.origin,
            failed: self.words.say("passkey-failed"),
            ..Passkey::default()
        })
    }

    /// Whether the person could show again who she is by her password here.
    pub(super) async fn has_password(&self) -> bool {
        let account = self.web.desk.store().operations().account_of(self.who.officer.person.as_str()).await;
        matches!(account, Ok(Some(account)) if account.password.is_some())
    }
}
