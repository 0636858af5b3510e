//! Speaking to a server of ours: its address, the token, and what it answers, problems as one line each.

use std::io::{IsTerminal as _, Read as _};
use std::sync::OnceLock;

use dualtrack_catalogue::Language;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Method;
use zeroize::Zeroizing;

use crate::cli::Server;
use crate::failure::Failure;

/// A server to speak to.
pub(crate) struct Remote {
    agent: Agent,
    address: String,
    token: Option<String>,
    /// The cookie of a session that was begun for this run, and is ended with it.
    session: Option<String>,
}

impl Remote {
    /// The server of the arguments or of the environment, with the token of the environment.
    ///
    /// Where an account is named, a session is begun with its password instead.
    pub(crate) fn of(server: &Server) -> Result<Self, Failure> {
        if let Some(name) = &server.account {
            let mut remote = Self::anonymous(server);
            let body = json!({ "name": name, "password": *password("Password: ")? });
            remote.session = Some(remote.post_for_session("/api/v1/sign-in", &body)?);
            return Ok(remote);
        }
        let token = environment("DUALTRACK_TOKEN");
        if token.is_none() {
            return Err(Failure::input(
                "no token; make one with `dualtrack account token` and set the environment variable DUALTRACK_TOKEN, or sign in with `--as NAME`",
            ));
        }
        Ok(Self::at(server, token))
    }

    /// The same, as nobody.
    pub(crate) fn anonymous(server: &Server) -> Self {
        Self::at(server, None)
    }

    fn at(server: &Server, token: Option<String>) -> Self {
        let address = server.server.clone().or_else(|| environment("DUALTRACK_SERVER"));
        let address = address.unwrap_or_else(|| "http://127.0.0.1:7878".to_owned());
        Self {
            agent: crate::fetch::agent(),
            address: address.trim_end_matches('/').to_owned(),
            token,
            session: None,
        }
    }

    /// Asks for something.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(&Method::GET, path, None, &[]).map(|(value, _)| value)
    }

    /// Hands something in.
    pub(crate) fn post(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&str, String)],
    ) -> Result<Value, Failure> {
        self.ask(&Method::POST, path, Some(body.to_string().into_bytes()), headers).map(|(value, _)| value)
    }

    /// Hands a file in.
    pub(crate) fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<Value, Failure> {
        let headers = [("content-type", "application/octet-stream".to_owned())];
        self.ask(&Method::POST, path, Some(bytes), &headers).map(|(value, _)| value)
    }

    /// Hands something in, and keeps the session that comes back.
    pub(crate) fn post_for_session(&self, path: &str, body: &Value) -> Result<String, Failure> {
        let (_, cookie) = self.ask(&Method::POST, path, Some(body.to_string().into_bytes()), &[])?;
        let cookie = cookie.and_then(|cookie| cookie.split(';').next().map(ToOwned::to_owned));
        cookie.ok_or_else(|| Failure::input("the server began no session"))
    }

    /// The headers with which a session makes a change.
    pub(crate) fn with_session(cookie: &str) -> [(&'static str, String); 2] {
        [("cookie", cookie.to_owned()), ("sec-fetch-site", "none".to_owned())]
    }

    fn ask(
        &self,
        method: &Method,
        path: &str,
        body: Option<Vec<u8>>,
        headers: &[(&str, String)],
    ) -> Result<(Value, Option<String>), Failure> {
        let address = format!("{}{path}", self.address);
        let failed = |what: String| Failure::input(format!("{address}: {what}"));
        let mut request = ureq::http::Request::builder().method(method.clone()).uri(&address);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(session) = &self.session {
            for (name, value) in Self::with_session(session) {
                request = request.header(name, value);
            }
        }
        if let Some(language) = LANGUAGE.get() {
            request = request.header("accept-language", language.tag());
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let sent = match body {
            Some(body) => {
                request.body(body).map_err(|error| failed(error.to_string())).map(|it| self.agent.run(it))?
            }
            None => {
                request.body(()).map_err(|error| failed(error.to_string())).map(|it| self.agent.run(it))?
            }
        };
        let mut response = sent.map_err(|error| failed(format!("{error}; is the server running?")))?;
        let status = response.status().as_u16();
        let cookie =
            response.headers().get("set-cookie").and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let text = response.body_mut().with_config().limit(MOST_BYTES).read_to_string();
        let text = text.map_err(|error| failed(error.to_string()))?;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status < 300 {
            return Ok((value, cookie));
        }
        let lines: Vec<String> = value
            .get("lines")
            .and_then(Value::as_array)
            .map(|lines| lines.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
            .unwrap_or_default();
        if !lines.is_empty() {
            return Err(Failure::Input(lines));
        }
        let detail = value.get("detail").and_then(Value::as_str).map(ToOwned::to_owned);
        Err(Failure::input(detail.unwrap_or_else(|| format!("{address} answers {status}"))))
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        if self.session.is_some() {
            let _ = self.post("/api/v1/sign-out", &json!({}), &[]);
        }
    }
}

/// The language in which servers are asked to answer, for the whole run.
pub(crate) fn speak(language: Language) {
    let _ = LANGUAGE.set(language);
}

static LANGUAGE: OnceLock<Language> = OnceLock::new();

/// A password, asked for on the terminal without showing it, or read from standard input.
pub(crate) fn password(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let failed = |error: std::io::Error| Failure::input(format!("no password was read: {error}"));
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(failed);
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().lock().take(1_024).read_to_string(&mut text).map_err(failed)?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// An export of a large institution.
const MOST_BYTES: u64 = 1 << 30;
