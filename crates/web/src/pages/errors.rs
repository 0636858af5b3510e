//! What goes wrong, as a page: the same line that the API gives, and a way on.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use dualtrack_report::screen::{Block, Screen};

use super::reader::{Asked, Reader};
use super::shell::bare_page;
use super::words::words;
use crate::problem::{Details, Problem};
use crate::state::Web;
use crate::who::find;

/// Draws as a page what a page could not do.
pub(super) async fn as_pages(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut kept = axum::http::Request::new(()).into_parts().0;
    kept.method = axum::http::Method::GET;
    kept.uri = parts.uri.clone();
    kept.headers = parts.headers.clone();
    kept.extensions = parts.extensions.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    // A program is answered as by the API.
    let is_page = !kept.uri.path().starts_with("/api/") && !kept.headers.contains_key(header::AUTHORIZATION);
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| is_page).cloned() else {
        return response;
    };
    let asked = Asked::of(&kept);
    let words = words(asked.language);
    let details = &problem.details(asked.language);
    let status = StatusCode::from_u16(details.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut screen = Screen::new(details.title.clone(), "");
    screen.put(Block::Notice { class: "stop", text: sentence(details), link: None });
    for line in &details.lines {
        screen.put(Block::Text(line.clone()));
    }
    screen.put(Block::Buttons(vec![("/".into(), words.say("to-home"), "plain")]));
    let reader = match find(&kept, &web).await {
        Ok(who) => Reader::of(&web, who, asked.clone()).await.ok(),
        Err(_) => None,
    };
    let drawn = match &reader {
        Some(reader) => reader.page_with(status, screen).await,
        None => bare_page(&web, &asked, words, status, &screen),
    };
    let Ok(mut drawn) = drawn else { return response };
    for name in [header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::SET_COOKIE] {
        if let Some(value) = response.headers().get(&name) {
            drawn.headers_mut().insert(name, value.clone());
        }
    }
    drawn
}

/// What a problem says, as a sentence of its own.
pub(crate) fn sentence(details: &Details) -> String {
    let mut letters = details.detail.chars();
    match letters.next() {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
