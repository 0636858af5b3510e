//! Somebody who reads pages: who she is, in which language, and what she asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dualtrack_catalogue::Language;
use dualtrack_governance::{AsOf, Common, Refusal};
use dualtrack_inventory::{Containment, Document, Incident, Key, Kind, Measure, UseId};
use dualtrack_report::Words;
use jiff::Timestamp;

use super::uses::ON_PAGE;
use super::words::words;
use crate::problem::Problem;
use crate::sign_in::csrf;
use crate::state::Web;
use crate::who::{Who, language, preference};

/// Somebody who is signed in and reads a page.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) web: Web,
    pub(crate) who: Who,
    pub(crate) words: Words,
    /// What bears on every use.
    pub(crate) common: Arc<Common>,
    pub(crate) asked: Asked,
    /// The uses that an incident paused, where that was asked for.
    paused: BTreeSet<UseId>,
}

/// What is asked for, whoever asks.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The path.
    pub(crate) path: String,
    /// The parameters of the address.
    pub(crate) query: BTreeMap<String, String>,
    /// `light`, `dark`, or nothing.
    pub(crate) theme: &'static str,
    pub(crate) language: Language,
}

impl Asked {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            path: parts.uri.path().to_owned(),
            query: form_pairs(parts.uri.query().unwrap_or_default().as_bytes()).into_iter().collect(),
            theme: theme(&parts.headers),
            language: language(&parts.headers),
        }
    }

    /// The address as it was asked for.
    pub(crate) fn address(&self) -> String {
        address(&self.path, self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// Another address with the parameters of this one, as far as they say what a form is about.
    pub(crate) fn address_of(&self, path: &str) -> String {
        let said = ["done", "entry", "proposal", "version_seen"];
        let others = self.query.iter().filter(|(name, _)| {
            path.starts_with("/do/confirm")
                || path.starts_with("/do/reject")
                || !said.contains(&name.as_str())
        });
        address(path, others.map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The same address with one parameter changed, or without it; from the first page on.
    pub(crate) fn with(&self, name: &str, value: Option<&str>) -> String {
        let others =
            self.query.iter().filter(|(known, _)| *known != name && *known != "after" && *known != "page");
        let pairs = others.map(|(name, value)| (name.as_str(), value.as_str()));
        address(&self.path, pairs.chain(value.map(|value| (name, value))))
    }

    /// Another address as of the same day.
    pub(crate) fn moved(&self, path: &str) -> String {
        let as_of = self.query.get("as_of").filter(|day| !day.is_empty());
        address(path, as_of.map(|day| ("as_of", day.as_str())).into_iter())
    }

    /// The same address, another page of it.
    pub(crate) fn page(&self, page: usize) -> String {
        let number = page.to_string();
        let others = self.query.iter().filter(|(known, _)| *known != "page");
        let pairs = others.map(|(name, value)| (name.as_str(), value.as_str()));
        address(&self.path, pairs.chain((page > 1).then_some(("page", number.as_str()))))
    }
}

impl FromRequestParts<Web> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let asked = Asked::of(parts);
        let who = match Who::from_request_parts(parts, web).await {
            Ok(who) => who,
            Err(problem)
                if problem.status() == StatusCode::UNAUTHORIZED
                    && parts.method.is_safe()
                    && !parts.headers.contains_key(header::AUTHORIZATION) =>
            {
                let to = address("/sign-in", [("next", asked.address().as_str())].into_iter());
                return Err(Redirect::to(&to).into_response());
            }
            Err(problem) => return Err(problem.into_response()),
        };
        Self::of(web, who, asked).await.map_err(IntoResponse::into_response)
    }
}

impl Reader {
    pub(crate) async fn of(web: &Web, who: Who, asked: Asked) -> Result<Self, Problem> {
        let common = web.desk.common(web.now()).await;
        let common = common.map_err(|refusal| Problem::of(&refusal))?;
        let words = words(asked.language);
        Ok(Self { web: web.clone(), words, who, common, asked, paused: BTreeSet::new() })
    }

    /// The same, knowing which uses an incident paused.
    pub(crate) async fn with_paused(mut self) -> Result<Self, Problem> {
        if matches!(self.as_of()?, AsOf::Now) {
            let incidents = self.web.desk.documents(Kind::Incident, "", usize::MAX).await;
            let incidents = incidents.map_err(|refusal| self.refused(&refusal))?;
            self.paused = incidents
                .into_iter()
                .filter_map(|stored| match stored.document? {
                    Document::Incident(incident) if pauses(&incident).next().is_some() => Some(incident.uses),
                    _ => None,
                })
                .flatten()
                .collect();
        }
        Ok(self)
    }

    /// Whether an incident paused a use; no for whoever did not ask.
    pub(crate) fn is_paused(&self, of: &UseId) -> bool {
        self.paused.contains(of)
    }

    pub(crate) fn language(&self) -> Language {
        self.words.language
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.web.now()
    }

    /// A parameter of the address; an empty one is none.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.asked.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Which part of a list of so many is shown: the page, from where, and how many at most. A page beyond the last is the
    /// last; a file holds all.
    pub(crate) fn paging(&self, found: usize) -> (usize, usize, usize) {
        if self.query("format").is_some() {
            return (1, 0, found);
        }
        let wanted = self.query("page").and_then(|page| page.parse::<usize>().ok());
        let page = wanted.unwrap_or(1).clamp(1, found.div_ceil(ON_PAGE).max(1));
        (page, (page - 1) * ON_PAGE, ON_PAGE)
    }

    /// As of when the page is asked for.
    pub(crate) fn as_of(&self) -> Result<AsOf, Problem> {
        let Some(text) = self.query("as_of") else { return Ok(AsOf::Now) };
        // A day means its end in Hong Kong.
        let whole = if text.len() == 10 { format!("{text}T23:59:59+08:00") } else { text.to_owned() };
        let at: Timestamp = whole.parse().map_err(|_| {
            Problem::wrong((
                "parameter `as_of` is a day such as 2026-11-30",
                "參數 `as_of` 為日期，例如 2026-11-30",
            ))
        })?;
        let day = dualtrack_inventory::hong_kong_day(at);
        if day > self.common.day {
            return Err(Problem::wrong((
                format!("parameter `as_of`: {day} is a day to come; nothing is on record of it yet"),
                format!("參數 `as_of`：{day} 尚未到來，未有紀錄"),
            )));
        }
        Ok(AsOf::At(at))
    }

    /// What each form carries: a token of the session, good once.
    pub(crate) fn token(&self) -> Vec<(String, String)> {
        let token = self.who.row.as_ref().and_then(|row| csrf::token(row).ok());
        token.map(|token| ("form".to_owned(), token)).into_iter().collect()
    }

    /// Why something is refused, as a sentence.
    pub(crate) fn why(&self, refusal: &Refusal) -> String {
        super::errors::sentence(&self.refused(refusal).details(self.language()))
    }

    /// The answer to something that is refused.
    #[expect(clippy::unused_self, reason = "pages ask it of their reader, as they ask why")]
    pub(crate) fn refused(&self, refusal: &Refusal) -> Problem {
        Problem::of(refusal)
    }

    /// What a person is called.
    pub(crate) fn name_of(&self, id: &str) -> String {
        match self.common.documents.get(&Key::new(Kind::Person, id)) {
            Some((_, Document::Person(person))) => self.words.pick(&person.name).to_owned(),
            _ => id.to_owned(),
        }
    }

    /// Whether the policies allow an action on the institution.
    pub(crate) async fn may(&self, action: &str) -> bool {
        crate::api::record::allowed(&self.web, &self.who, action).await.is_ok()
    }
}

/// The pairs of a query or a form that is written in one (`application/x-www-form-urlencoded`).
pub(crate) fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// An address with parameters.
pub(crate) fn address<'a>(path: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn theme(headers: &HeaderMap) -> &'static str {
    match preference(headers, THEME_COOKIE) {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    }
}

/// The cookie of the light in which a person reads.
pub(crate) const THEME_COOKIE: &str = "dualtrack-theme";

/// The pauses of an incident that are in force.
pub(crate) fn pauses(incident: &Incident) -> impl Iterator<Item = &Containment> {
    let is_open = incident.closed.is_none();
    let holds = move |one: &&Containment| is_open && one.measure == Measure::Pause && one.lifted.is_none();
    incident.containments.iter().filter(holds)
}
