//! A form that was sent: read, held against what its reader may do, done once, or shown again.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dualtrack_catalogue::Bilingual;
use dualtrack_governance::{Command, Done, Officer};
use dualtrack_inventory::{Key, Kind};
use dualtrack_report::screen::{Block, Cell, Screen};

use super::filled::{self, Wrong};
use super::shape::Typed;
use super::show::{Standing, draw};
use super::{Wish, wish};
use crate::api::actions::carry_out;
use crate::api::credentials::Invitation;
use crate::api::passkeys::step_up_by_passkey;
use crate::api::sign_in::step_up;
use crate::origin::Origin;
use crate::pages::entrance::{keep, signed};
use crate::pages::errors::sentence;
use crate::pages::reader::{Asked, Reader, address, form_pairs};
use crate::pages::words::words;
use crate::problem::Problem;
use crate::sign_in::csrf;
use crate::sign_in::secret::Secret;
use crate::state::Web;
use crate::who::Who;

/// A form that was sent, with whoever sent it.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) reader: Reader,
    pub(crate) origin: Origin,
    /// Every field, as it was sent.
    pub(crate) pairs: Vec<(String, String)>,
    /// The files that came with it: names and bytes.
    pub(crate) files: Vec<(String, Bytes)>,
}

impl FromRequest<Web> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let asked = Asked::of(&parts);
        let who = Who::from_request_parts(&mut parts, web).await;
        let origin = Origin::from_request_parts(&mut parts, web).await;
        let origin = origin.map_err(IntoResponse::into_response)?;
        let sent = Request::from_parts(parts, body);
        let (pairs, files) = sent_parts(sent, web).await.map_err(|status| {
            let words = match status {
                StatusCode::PAYLOAD_TOO_LARGE => ("what was sent is too large", "所提交的內容過大"),
                _ => ("what was sent is torn; send it again", "所提交的內容不完整；請重新提交"),
            };
            Problem::new(status, "too-long", words, words).into_response()
        })?;
        let who = match who {
            Ok(who) => who,
            Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
                let kept: Vec<_> =
                    pairs.into_iter().filter(|(name, _)| name != "password" && name != "passkey").collect();
                let page = keep(web, &asked, &kept);
                return Err(page.unwrap_or_else(IntoResponse::into_response));
            }
            Err(problem) => return Err(problem.into_response()),
        };
        let reader = Reader::of(web, who, asked).await.map_err(IntoResponse::into_response)?;
        Ok(Self { reader, origin, pairs, files })
    }
}

type Parts = (Vec<(String, String)>, Vec<(String, Bytes)>);

/// The fields and files of what was sent. Whoever chose no file sends an empty one without a name.
async fn sent_parts(sent: Request, web: &Web) -> Result<Parts, StatusCode> {
    let kind = sent.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let body = Bytes::from_request(sent, web).await.map_err(|rejection| rejection.status())?;
        return Ok((form_pairs(&body), Vec::new()));
    }
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    let mut parts = Multipart::from_request(sent, web).await.map_err(|rejection| rejection.status())?;
    while let Some(part) = parts.next_field().await.map_err(|error| error.status())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(ToOwned::to_owned);
        let bytes = part.bytes().await.map_err(|error| error.status())?;
        match file {
            Some(file) if !file.is_empty() => files.push((file, bytes)),
            Some(_) => {}
            None => pairs.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok((pairs, files))
}

impl Posted {
    /// A field, where it was sent.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses a form that was not made for this session, where nothing typed would be lost by it.
    pub(crate) fn is_ours(&self) -> Result<(), Problem> {
        let token = self.field("form").unwrap_or_default();
        match &self.reader.who.row {
            Some(row) if !csrf::is_token_of(row, token) => Err(Problem::new(
                StatusCode::CONFLICT,
                "form-old",
                ("The form is old", "表格已過時"),
                Bilingual::each(|language| words(language).say("form-old")),
            )),
            _ => Ok(()),
        }
    }

    fn typed(&self) -> Typed {
        let mut typed = Typed::new();
        for (name, value) in &self.pairs {
            typed.entry(name.clone()).or_default().push(value.clone());
        }
        for (name, value) in &self.reader.asked.query {
            typed.entry(name.clone()).or_insert_with(|| vec![value.clone()]);
        }
        typed
    }
}

pub(super) async fn action(
    State(_): State<Web>,
    Path(action): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let wish = wish(&action)
        .ok_or_else(|| Problem::missing((format!("action `{action}`"), format!("操作「{action}」"))))?;
    answer(posted, &wish).await
}

/// Does what a form asks for, or shows it again.
pub(crate) async fn answer(posted: Posted, wish: &Wish) -> Result<Response, Problem> {
    let reader = &posted.reader;
    let typed = posted.typed();
    let version = posted.field("version").and_then(|version| version.parse().ok());
    let standing = Standing { typed, version, ..Standing::default() };
    if posted.field("kept").is_some() {
        return draw(reader, wish, standing, StatusCode::OK, reader.who.row.as_ref()).await;
    }
    let token = posted.field("form").unwrap_or_default().to_owned();
    if let Some(row) = &reader.who.row
        && !csrf::is_token_of(row, &token)
    {
        let problem = reader.words.say("form-old");
        let standing = Standing { problem, ..standing };
        return draw(reader, wish, standing, StatusCode::CONFLICT, Some(row)).await;
    }
    let place = reader.web.sent.place(&token);
    let mut led = place.lock().await;
    if let Some(to) = led.as_ref().filter(|_| !token.is_empty()) {
        return Ok(Redirect::to(to).into_response());
    }
    let mut reader = reader.clone();
    let cookie = match freshen(&posted, &mut reader).await {
        Ok(renewed) => renewed,
        Err(problem) => {
            let standing =
                Standing { again: true, problem: sentence(&problem.details(reader.language())), ..standing };
            return draw(&reader, wish, standing, problem.status(), reader.who.row.as_ref()).await;
        }
    };
    let done = act(&reader, wish, standing, version).await;
    let mut response = match done {
        Acted::Done(done, command, invitation) => {
            let to = outcome(&done, &command);
            if let Some(invitation) = invitation {
                show_invitation(&reader, &invitation).await?
            } else {
                *led = Some(to.clone());
                Redirect::to(&to).into_response()
            }
        }
        Acted::Again(standing, status) => {
            draw(&reader, wish, *standing, status, reader.who.row.as_ref()).await?
        }
    };
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The form as it was filled in, with what is wrong with it.
pub(super) async fn come_back(posted: &Posted, wish: &Wish, problem: &Problem) -> Result<Response, Problem> {
    let reader = &posted.reader;
    let version = posted.field("version").and_then(|version| version.parse().ok());
    let problem_line = sentence(&problem.details(reader.language()));
    let standing = Standing { typed: posted.typed(), version, problem: problem_line, ..Standing::default() };
    draw(reader, wish, standing, problem.status(), reader.who.row.as_ref()).await
}

/// Shows again who somebody is, where a form says so by a password or a passkey; answers with the cookie of the session
/// under its new name.
pub(crate) async fn freshen(posted: &Posted, reader: &mut Reader) -> Result<Option<String>, Problem> {
    let given = |name: &str| posted.field(name).filter(|given| !given.is_empty());
    let (web, origin) = (&reader.web, &posted.origin);
    let (renewed, row) = match (given("passkey"), given("password")) {
        (Some(passkey), _) => {
            let signed = signed(passkey)?;
            step_up_by_passkey(web, origin, &reader.who, &signed).await?
        }
        (None, Some(password)) => step_up(web, origin, &reader.who, &Secret::new(password)).await?,
        (None, None) => return Ok(None),
    };
    reader.who.session = Some(row.id_hash.clone());
    reader.who.row = Some(row);
    reader.who.officer.stepped_up = true;
    Ok(Some(renewed))
}

/// What came of a form.
enum Acted {
    Done(Done, Box<Command>, Option<Invitation>),
    Again(Box<Standing>, StatusCode),
}

async fn act(reader: &Reader, wish: &Wish, standing: Standing, version: Option<u64>) -> Acted {
    let language = reader.language();
    let value = match filled::value(&wish.entries, &standing.typed, language) {
        Ok(value) => value,
        Err(wrong) => {
            let standing = Standing { wrong, ..standing };
            return Acted::Again(Box::new(standing), StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let command = match wish.command(value) {
        Ok(command) => command,
        Err(problem) => {
            let problem = problem.in_language(language).to_owned();
            let standing = at_fields(Standing { problem: problem.clone(), ..standing }, &problem);
            return Acted::Again(Box::new(standing), StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    match carry_out(reader.web.clone(), reader.who.clone(), command.clone(), version).await {
        Ok((done, invitation)) => Acted::Done(done, Box::new(command), invitation),
        Err(problem) => {
            let standing = refused(reader, standing, &command, &problem).await;
            Acted::Again(Box::new(standing), problem.status())
        }
    }
}

/// The form as it comes back after a refusal.
async fn refused(reader: &Reader, standing: Standing, command: &Command, problem: &Problem) -> Standing {
    let details = &problem.details(reader.language());
    let words = reader.words;
    let mut standing = Standing { problem: sentence(details), ..standing };
    let lines = details.lines.iter().map(|line| Block::Text(line.clone()));
    if details.lines.len() > 1 {
        standing.above.extend(lines);
    }
    match details.kind.as_str() {
        "/problems/changed" => {
            if let Some(key) = command.target() {
                let to = crate::pages::place(key.kind, &key.id);
                let text = words.say("changed-meanwhile");
                standing.above.push(Block::Notice {
                    class: "warn",
                    text,
                    link: Some((to, words.say("changed-look"))),
                });
            }
            // Sending it once more is then a decision of hers.
            let now = details.more.as_ref().and_then(|more| more.get("version"));
            standing.version = now.and_then(serde_json::Value::as_u64).or(standing.version);
        }
        "/problems/denied" => {
            let fresh = Officer { stepped_up: true, ..reader.who.officer.clone() };
            let is_stale = !reader.who.officer.stepped_up;
            if is_stale && reader.web.desk.may_act(&fresh, command, reader.now()).await.is_ok() {
                standing.again = true;
                standing.problem = words.say("show-again");
                standing.above.clear();
            } else {
                standing.above.extend(crate::pages::refused::because(reader, command).await);
            }
        }
        _ => {}
    }
    let line = details.detail.clone();
    at_fields(standing, &line)
}

/// Puts a line that names a field at that field.
fn at_fields(mut standing: Standing, line: &str) -> Standing {
    for start in ["field `", "欄位 `", "欄位「", "欄位`"] {
        let Some((_, rest)) = line.split_once(start) else { continue };
        let end = if start.ends_with('「') { '」' } else { '`' };
        let Some((path, said)) = rest.split_once(end) else { continue };
        let said = said.trim_start_matches([':', '：', ' ']).trim();
        let said = if said.is_empty() { line } else { said };
        standing.wrong.push(Wrong { path: path.to_owned(), line: said.to_owned() });
        return standing;
    }
    standing
}

/// Where a person is led after an action: to what it was done to, which says that it was done.
pub(crate) fn outcome(done: &Done, command: &Command) -> String {
    let target = command.target();
    let of = target.as_ref().filter(|key| key.kind != Kind::Proposal).cloned();
    let first = done.documents.iter().map(|(key, _)| key).find(|key| key.kind != Kind::Proposal).cloned();
    let key = of.or(first).or(target).unwrap_or_else(|| Key::new(Kind::Institution, Kind::Institution));
    let entry = done.entries.last().map(ToString::to_string);
    let name = command.name();
    let mut pairs = vec![("done", name.as_str())];
    let proposal = done.proposal.as_ref().map(ToString::to_string);
    if let Some(entry) = &entry {
        pairs.push(("entry", entry));
    }
    if let Some(proposal) = &proposal {
        pairs.push(("proposal", proposal));
    }
    // Whoever added evidence goes on with what is left to do for the use.
    if let Command::AddEvidence { documents, .. } = command
        && let [document] = documents.as_slice()
        && let Some(of) = document.get("about").and_then(|about| about.get("use")?.as_str())
    {
        return format!("{}#blockers", address(&crate::pages::place(Kind::Use, of), pairs.into_iter()));
    }
    address(&crate::pages::place(key.kind, &key.id), pairs.into_iter())
}

async fn show_invitation(reader: &Reader, invitation: &Invitation) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("invitation-title"), words.say("invitation-lead"));
    screen.put(Block::Facts(vec![
        (words.say("field-person"), Cell::text(reader.name_of(&invitation.person))),
        (words.say("invitation-link"), Cell::Code(invitation.link.clone())),
        (
            words.say("field-expires"),
            Cell::text(
                jiff::Timestamp::from_millisecond(invitation.expires)
                    .map(|at| words.instant(at))
                    .unwrap_or_default(),
            ),
        ),
    ]));
    screen.put(Block::Buttons(vec![(
        crate::pages::place(Kind::Person, &invitation.person),
        reader.name_of(&invitation.person),
        "plain",
    )]));
    reader.page(screen).await
}
