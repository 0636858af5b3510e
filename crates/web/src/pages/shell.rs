//! What surrounds every page: the way to the others, the search, the language, the light, and who reads.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use dualtrack_catalogue::Language;
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_report::Words;
use dualtrack_report::screen::{Block, Screen};

use super::reader::{Asked, Reader};
use super::{assets, place};
use crate::problem::Problem;
use crate::state::Web;

/// A page, drawn.
#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'s> {
    words: Words,
    language: &'static str,
    other_language: &'static str,
    other_language_name: &'static str,
    theme: &'static str,
    other_theme: &'static str,
    other_theme_name: String,
    institution: String,
    /// Who reads; empty where nobody is signed in.
    person: String,
    here: String,
    groups: Vec<Vec<NavItem>>,
    screen: &'s Screen,
    footer: String,
    /// Where the page is had as a document; may be empty.
    document: String,
}

struct NavItem {
    to: &'static str,
    words: String,
    here: bool,
}

impl Shell<'_> {
    #[expect(clippy::unused_self, reason = "the template asks it of what it draws")]
    fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// Whether something runs that is watched.
    fn is_live(&self) -> bool {
        self.screen.blocks.iter().any(|block| matches!(block, Block::Live { .. }))
    }
}

impl Reader {
    /// Draws a screen, or makes the file of it that was asked for.
    pub(crate) async fn page(&self, screen: Screen) -> Result<Response, Problem> {
        self.page_with(StatusCode::OK, screen).await
    }

    pub(crate) async fn page_with(&self, status: StatusCode, screen: Screen) -> Result<Response, Problem> {
        // A refusal stays a page with its status; nobody takes it for the file that was asked for.
        if status.is_success()
            && let Some(file) = self.leaves(&screen).await?
        {
            return Ok(file);
        }
        let mut screen = screen;
        if status.is_success() {
            super::offered::offered(self, &mut screen).await?;
        }
        if let Some(note) = self.done().await? {
            screen.blocks.insert(0, note);
        }
        let groups = self.navigation().await;
        let document = if status.is_success() { self.as_document(&screen) } else { String::new() };
        let mut shell = Shell::bare(&self.web, &self.asked, self.words, &screen, self.institution());
        shell.person = self.name_of(self.who.officer.person.as_str());
        shell.groups = groups;
        shell.document = document;
        shell.drawn(status)
    }

    /// What was just done, where a form led here: what the record says that the reader did, whatever the address says.
    async fn done(&self) -> Result<Option<Block>, Problem> {
        let (Some(action), Some(entry)) = (
            self.query("done").filter(|action| is_action(action)),
            self.query("entry").and_then(|entry| entry.parse::<u64>().ok()),
        ) else {
            return Ok(None);
        };
        let found = self.web.desk.trail(None, entry.saturating_add(1), 1).await;
        let found = found.map_err(|refusal| self.refused(&refusal))?;
        let me = self.who.officer.person.as_str();
        let is_it = found.first().is_some_and(|one| {
            let was_done = one.action.strip_prefix("propose-").unwrap_or(&one.action);
            one.place == entry && was_done == action && one.actor.as_deref() == Some(me)
        });
        if !is_it {
            return Ok(None);
        }
        let action = self.words.say(&format!("action-{action}"));
        let (class, text, to) = match self.query("proposal") {
            Some(proposal) => (
                "warn",
                self.words.say_with("proposed-note", &[("action", &action)]),
                place(Kind::Proposal, proposal),
            ),
            None => (
                "good",
                self.words.say_with("done-note", &[("action", &action), ("entry", &self.words.whole(entry))]),
                format!("/ledger/entries/{entry}"),
            ),
        };
        let link = self.words.say("look");
        Ok(Some(Block::Notice { class, text, link: Some((super::entrance::local(&to), link)) }))
    }

    /// Where a table comes from: its address, when, and after which entry.
    pub(crate) async fn provenance(&self) -> Result<Vec<String>, Problem> {
        let last = self.web.desk.last_entry().await.map_err(|refusal| self.refused(&refusal))?;
        let query = self.asked.with("format", None);
        let entry = last.map_or_else(|| "-".to_owned(), |entry| self.words.whole(entry));
        Ok(vec![
            self.words.say_with(
                "provenance",
                &[
                    ("instant", &self.words.instant(self.now())),
                    ("person", &self.name_of(self.who.officer.person.as_str())),
                    ("entry", &entry),
                ],
            ),
            format!("{}{query}", self.web.settings.address),
        ])
    }

    pub(super) fn file_name(&self) -> String {
        let name: String = self
            .asked
            .path
            .trim_matches('/')
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
            .collect();
        if name.is_empty() { "dualtrack".to_owned() } else { format!("dualtrack-{name}") }
    }

    pub(super) fn institution(&self) -> String {
        match self.common.documents.get(&Key::new(Kind::Institution, Kind::Institution)) {
            Some((_, Document::Institution(institution))) => self.words.pick(&institution.name).to_owned(),
            _ => String::new(),
        }
    }

    async fn navigation(&self) -> Vec<Vec<NavItem>> {
        let mut groups = Vec::new();
        for group in NAVIGATION {
            let mut items = Vec::new();
            for (to, id, action) in *group {
                if !action.is_empty() && !self.may(action).await {
                    continue;
                }
                let here =
                    self.asked.path == *to || (*to != "/" && self.asked.path.starts_with(&format!("{to}/")));
                items.push(NavItem { to, words: self.words.say(&format!("nav-{id}")), here });
            }
            if !items.is_empty() {
                groups.push(items);
            }
        }
        groups
    }
}

impl<'s> Shell<'s> {
    fn bare(web: &Web, asked: &Asked, words: Words, screen: &'s Screen, institution: String) -> Self {
        let other = match words.language {
            Language::En => Language::ZhHant,
            Language::ZhHant => Language::En,
        };
        let other_theme = if asked.theme == "dark" { "light" } else { "dark" };
        let institution = if institution.is_empty() { "Dualtrack".to_owned() } else { institution };
        Self {
            words,
            language: words.language.tag(),
            other_language: other.tag(),
            other_language_name: other.pick(("English", "繁體中文")),
            theme: asked.theme,
            other_theme,
            other_theme_name: if other_theme == "dark" {
                words.say("theme-dark")
            } else {
                words.say("theme-light")
            },
            institution,
            person: String::new(),
            here: asked.address(),
            groups: Vec::new(),
            footer: words.say_with(
                "footer",
                &[("program", &web.settings.program), ("instant", &words.instant(web.now()))],
            ),
            screen,
            document: String::new(),
        }
    }

    fn drawn(&self, status: StatusCode) -> Result<Response, Problem> {
        let html = self.render().map_err(Problem::accident)?;
        Ok((status, Html(html)).into_response())
    }
}

/// A page for whoever asks, signed in or not.
pub(crate) fn bare_page(
    web: &Web,
    asked: &Asked,
    words: Words,
    status: StatusCode,
    screen: &Screen,
) -> Result<Response, Problem> {
    Shell::bare(web, asked, words, screen, String::new()).drawn(status)
}

/// Whether a text names an action; an address can be typed by anybody.
fn is_action(text: &str) -> bool {
    crate::api::actions::actions().iter().any(|(name, _, _)| name == text)
}

/// A file to be kept.
pub(crate) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The ways to other pages, in groups: address, name, and what it takes to see them; anybody if nothing.
const NAVIGATION: &[&[(&str, &str, &str)]] = &[
    &[
        ("/", "home", "view-inbox"),
        ("/uses", "uses", ""),
        ("/approvals", "approvals", "view-record"),
        ("/validation", "validation", "view-record"),
        ("/incidents", "incidents", "view-record"),
        ("/lapses", "lapses", "view-inbox"),
        ("/notices", "notices", ""),
    ],
    &[("/guidelines", "guidelines", "view-guideline"), ("/coverage", "coverage", "view-coverage")],
    &[
        ("/models", "models", "view-model"),
        ("/datasets", "datasets", "view-dataset"),
        ("/providers", "providers", "view-provider"),
        ("/flows", "flows", "view-dataset"),
    ],
    &[
        ("/people", "people", "view-person"),
        ("/ledger", "ledger", "view-ledger"),
        ("/trail", "trail", "view-audit-trail"),
        ("/settings", "settings", "view-settings"),
    ],
];
