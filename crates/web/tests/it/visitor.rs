//! Somebody who reads pages and sends their forms, as a browser does.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::html::{Form, Page};
use crate::server::{Answer, Server};

/// Somebody at a browser.
pub(crate) struct Visitor<'s> {
    server: &'s Server,
    /// The cookie of the session; empty for somebody who is not signed in.
    pub(crate) cookie: String,
    language: &'static str,
}

impl<'s> Visitor<'s> {
    /// In a session that was begun just now.
    pub(crate) async fn of(server: &'s Server, person: &str) -> Self {
        Self { server, cookie: server.begun(person).await, language: "en" }
    }

    /// Somebody whom nobody knows.
    pub(crate) fn stranger(server: &'s Server) -> Self {
        Self { server, cookie: String::new(), language: "en" }
    }

    /// The same person, reading Chinese.
    pub(crate) fn in_chinese(self) -> Self {
        Self { language: "zh-HK", ..self }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", self.language)];
        let headers = if self.cookie.is_empty() { &headers[1..] } else { &headers[..] };
        self.server.ask("GET", path, headers, "").await
    }

    /// A page that has to be there.
    pub(crate) async fn page(&self, path: &str) -> Page {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.page()
    }

    /// Sends a form from our own pages.
    pub(crate) async fn send(&self, form: &Form) -> Answer {
        self.post(&form.action, &form.body(), &[("sec-fetch-site", "same-origin")]).await
    }

    /// Sends something by a form, with what a browser says of where it comes from.
    pub(crate) async fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            Request::post(path).header("host", "localhost").header("accept-language", self.language);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

impl Answer {
    /// The answer as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// The answer as a page.
    pub(crate) fn page(&self) -> Page {
        assert_eq!(self.headers["content-type"], "text/html; charset=utf-8", "{}", self.text());
        Page::read(self.text())
    }

    /// Where it leads.
    pub(crate) fn leads(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.headers["location"].to_str().unwrap()
    }

    /// The cookie of a session that it sets.
    pub(crate) fn session(&self) -> String {
        let cookie = self.headers["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}
