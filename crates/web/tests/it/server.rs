//! A server in this process, asked without a network.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use dualtrack_catalogue::Bilingual;
use dualtrack_governance::{AsOf, Command};
use dualtrack_inventory::{Document, Key, Kind, Person, PersonId, Role};
use dualtrack_store::operations::{Account, TokenRow};
use dualtrack_web::sign_in::oidc::Provider;
use dualtrack_web::sign_in::secret::Secret;
use dualtrack_web::sign_in::{session, token};
use dualtrack_web::{Files, Web, WebSettings, router};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::bank::{Bank, documents, given};
use crate::tried::one_of_everything;

/// A server of the example bank, with one more person for each office: `only-OFFICE`.
pub(crate) struct Server {
    pub(crate) bank: Bank,
    pub(crate) router: Router,
    pub(crate) web: Web,
    clock: Arc<Mutex<Timestamp>>,
}

/// What a server is set to.
pub(crate) struct Set {
    /// Where people may sign in as well.
    pub(crate) provider: Option<Provider>,
    /// How many bytes all files may take.
    pub(crate) most_bytes: u64,
    /// The proxies that are believed.
    pub(crate) proxies: Vec<&'static str>,
    /// What its bank has beside the example, or in its place.
    pub(crate) also: Vec<Document>,
}

impl Default for Set {
    fn default() -> Self {
        Self { provider: None, most_bytes: 1 << 30, proxies: Vec::new(), also: Vec::new() }
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) bytes: Bytes,
}

impl Server {
    pub(crate) async fn new() -> Self {
        Self::with(Set::default()).await
    }

    /// The same, set to something.
    pub(crate) async fn with(set: Set) -> Self {
        let bank = Bank::empty().await;
        let first = person("first-administrator", &[Role::Administrator]);
        bank.desk.begin(first, bank.now()).await.unwrap();
        let mut all = documents();
        for role in Role::ALL {
            all.push(Document::Person(Box::new(person(&format!("only-{}", role.as_str()), &[role]))));
        }
        all.retain(|one| !set.also.iter().any(|other| other.key() == one.key()));
        all.extend(set.also);
        let documents = given(&all);
        bank.act("first-administrator", Command::FoundRecord { documents }).await.unwrap();
        let clock = Arc::new(Mutex::new(bank.now()));
        let read = Arc::clone(&clock);
        let files = bank.folder.path().join("files");
        let (files, _) = Files::open(files, set.most_bytes, bank.desk.book()).unwrap();
        let web = Web::new(
            Arc::clone(&bank.desk),
            Arc::new(move || *read.lock().unwrap()),
            WebSettings {
                program: "test".into(),
                address: "http://localhost".into(),
                proxies: set.proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
                files,
            },
            Arc::new(tokio::sync::Notify::new()),
        );
        let web = match set.provider {
            Some(provider) => web.signing_in_at(provider),
            None => web,
        };
        Self { router: router(web.clone()), bank, web, clock }
    }

    /// So many minutes go by.
    pub(crate) fn wait(&self, minutes: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    /// Where uploaded files lie.
    pub(crate) fn files(&self) -> PathBuf {
        self.bank.folder.path().join("files")
    }

    /// What its clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    /// Sets its clock forward or back.
    pub(crate) fn move_clock(&self, by: SignedDuration) {
        *self.clock.lock().unwrap() += by;
    }

    /// A token of a person, for everything or for some actions.
    pub(crate) async fn token(&self, person: &str, scopes: &[&str]) -> String {
        let secret = token::make().unwrap();
        let now = self.clock.lock().unwrap().as_millisecond();
        let row = TokenRow {
            hash: secret.digest(),
            id: secret.digest().chars().take(12).collect(),
            name: "test".into(),
            person: person.into(),
            scopes: scopes.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
            made: now,
            expires: now + 1_000_000,
            last_used: None,
            revoked: None,
        };
        self.bank.desk.store().operations().add_token(&row).await.unwrap();
        secret.reveal().to_owned()
    }

    /// A server at whose bank one of everything was done: there is a document of every kind.
    pub(crate) async fn with_everything() -> Self {
        Self::with_everything_and(Set::default()).await
    }

    /// The same, set to something.
    pub(crate) async fn with_everything_and(set: Set) -> Self {
        let server = Self::with(set).await;
        one_of_everything(&server.bank).await;
        *server.clock.lock().unwrap() = server.bank.now();
        server
    }

    /// The cookie of a person who showed just now who she is, without an account.
    pub(crate) async fn begun(&self, person: &str) -> String {
        let key = Key::new(Kind::Person, person);
        let Document::Person(known) =
            self.bank.desk.document(&key, AsOf::Now).await.unwrap().document.unwrap()
        else {
            unreachable!()
        };
        let offices: Vec<_> = known.roles.iter().map(|role| role.as_str()).collect();
        let now = self.now().as_millisecond();
        let (secret, row) = session::begin(person, session::Kind::Local, &offices.join(" "), now).unwrap();
        self.bank.desk.store().operations().add_session(&row).await.unwrap();
        format!("{}={}", session::COOKIE, secret.reveal())
    }

    /// The cookie of a person who signed in just now.
    pub(crate) async fn session(&self, person: &str) -> String {
        self.account(person, "a fair wind from Lantau").await;
        let body = serde_json::json!({ "name": person, "password": "a fair wind from Lantau" }).to_string();
        let signed_in = self.ask("POST", "/api/v1/sign-in", &[], &body).await;
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// An action of somebody who signed in.
    pub(crate) async fn in_session(&self, cookie: &str, path: &str, body: &Value) -> Answer {
        let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
        self.ask("POST", path, &headers, &body.to_string()).await
    }

    /// An account with a password.
    pub(crate) async fn account(&self, person: &str, password: &str) {
        let hash = dualtrack_web::sign_in::password::hash(&Secret::new(password), "").unwrap();
        let account = Account {
            person: person.into(),
            name: person.into(),
            email: None,
            password: Some(hash),
            language: "en".into(),
            identity: None,
            made: 0,
            closed: None,
        };
        self.bank.desk.store().operations().add_account(&account).await.unwrap();
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// A request of JSON from an address, with what proxies say of it.
    pub(crate) async fn from(&self, peer: &str, forwarded: &str, path: &str, body: &Value) -> Answer {
        let peer = std::net::SocketAddr::new(peer.parse().unwrap(), 40_000);
        let mut request =
            Request::post(path).header("content-type", "application/json").extension(ConnectInfo(peer));
        if !forwarded.is_empty() {
            request = request.header("x-forwarded-for", forwarded);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Uploads a file.
    pub(crate) async fn upload(&self, token: &str, bytes: &[u8], language: &str) -> Answer {
        let request = Request::post("/api/v1/files")
            .header("authorization", format!("Bearer {token}"))
            .header("accept-language", language)
            .body(Body::from(bytes.to_owned()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        // A stream of events does not end by itself.
        let goes_on = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if goes_on { Body::empty() } else { response.into_body() };
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, body, bytes }
    }

    pub(crate) async fn as_person(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.ask(method, path, &[("authorization", &bearer)], body).await
    }
}

pub(crate) fn person(id: &str, roles: &[Role]) -> Person {
    Person {
        id: PersonId::parse(id).unwrap(),
        name: Bilingual { en: id.into(), zh_hant: id.into() },
        roles: roles.iter().copied().collect(),
        competences: Vec::new(),
    }
}
