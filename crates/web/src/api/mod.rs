//! The JSON API. One table names every route: the router, the description and the test of who may do what come from it.

pub(crate) mod account;
pub(crate) mod actions;
pub(crate) mod coverage;
pub(crate) mod credentials;
mod description;
pub(crate) mod files;
pub(crate) mod inbox;
pub(crate) mod notices;
mod oidc;
pub(crate) mod passkeys;
mod plan;
mod program;
pub(crate) mod record;
mod scopes;
pub(crate) mod sign_in;
pub(crate) mod uses;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodRouter, delete, get, post};
use schemars::Schema;
use serde_json::{Value, json};

use crate::state::Web;

pub(crate) use description::description;

/// A route of the API.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: String,
    /// Names the operation.
    pub operation: String,
    /// What it is for.
    pub summary: String,
    /// Who may ask.
    pub needs: Needs,
    /// Parameters of the query.
    pub query: Vec<Parameter>,
    /// What is handed in; nothing if there is nothing to hand in.
    pub body: Option<Body>,
    /// The answer.
    pub answer: Answer,
    handler: MethodRouter<Web>,
}

/// Who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Nothing,
    /// Anybody who is signed in.
    SignIn,
    /// Who the policies allow this action.
    Action(&'static str),
}

/// What is handed in.
#[derive(Clone, Debug)]
pub enum Body {
    /// JSON of a schema.
    Json(Schema),
    /// A file.
    Bytes,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// JSON of a schema.
    Json(Schema),
    /// A file.
    Bytes,
    /// Nothing but the status.
    Nothing,
    /// A way on to another address.
    Redirect,
}

/// A parameter of a query.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its schema.
    pub schema: Value,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// Every route of the API.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(sign_in::routes());
    routes.extend(oidc::routes());
    routes.extend(passkeys::routes());
    routes.extend(account::routes());
    routes.extend(scopes::routes());
    routes.extend(uses::routes());
    routes.extend(coverage::routes());
    routes.extend(record::routes());
    routes.extend(inbox::routes());
    routes.extend(actions::routes());
    routes.extend(plan::routes());
    routes.extend(files::routes());
    routes.extend(program::routes());
    routes.extend(notices::routes());
    routes
}

/// The router of the API.
pub(crate) fn router() -> Router<Web> {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(&route.path, route.handler);
    }
    router.layer(DefaultBodyLimit::max(MOST_BYTES))
}

impl Route {
    fn get<T: 'static>(
        path: &str,
        operation: &str,
        summary: &str,
        needs: Needs,
        answer: Answer,
        handler: impl axum::handler::Handler<T, Web>,
    ) -> Self {
        Self::new((Method::GET, path, operation), summary, needs, answer, get(handler))
    }

    fn post<T: 'static>(
        path: &str,
        operation: &str,
        summary: &str,
        needs: Needs,
        answer: Answer,
        handler: impl axum::handler::Handler<T, Web>,
    ) -> Self {
        Self::new((Method::POST, path, operation), summary, needs, answer, post(handler))
    }

    fn delete<T: 'static>(
        path: &str,
        operation: &str,
        summary: &str,
        needs: Needs,
        handler: impl axum::handler::Handler<T, Web>,
    ) -> Self {
        Self::new((Method::DELETE, path, operation), summary, needs, Answer::Nothing, delete(handler))
    }

    fn new(
        (method, path, operation): (Method, &str, &str),
        summary: &str,
        needs: Needs,
        answer: Answer,
        handler: MethodRouter<Web>,
    ) -> Self {
        Self {
            method,
            path: path.to_owned(),
            operation: operation.to_owned(),
            summary: summary.to_owned(),
            needs,
            query: Vec::new(),
            body: None,
            answer,
            handler,
        }
    }

    fn body(mut self, schema: Schema) -> Self {
        self.body = Some(Body::Json(schema));
        self
    }

    fn bytes(mut self) -> Self {
        self.body = Some(Body::Bytes);
        self
    }

    fn query(mut self, name: &'static str, about: &'static str, schema: Value) -> Self {
        self.query.push(Parameter { name, about, schema });
        self
    }

    /// With the parameters of a list.
    fn paged(self) -> Self {
        self.query(
            "after",
            "The id after which the page begins.",
            json!({ "type": "string", "maxLength": 200 }),
        )
        .query(
            "limit",
            "How many at most.",
            json!({ "type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": ITEMS }),
        )
    }

    fn dated(self) -> Self {
        self.query(
            "as_of",
            "Read what was recorded by this instant.",
            json!({ "type": "string", "format": "date-time" }),
        )
    }
}

/// How many items a page has unless asked otherwise.
pub(crate) const ITEMS: usize = 50;
/// How many it has at most.
pub(crate) const MOST_ITEMS: usize = 500;
/// The most bytes of a request, but for a file.
const MOST_BYTES: usize = 8 << 20;
