//! What a token can be good for: every scope with who may do it and the operations that need it.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use dualtrack_governance::{Action, scope_of};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::who::Who;

/// Something that a token can be good for.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "a new token calls them `scopes`")]
struct Scope {
    /// Its name, as `scopes` of a new token has it.
    scope: String,
    /// Whom the policies permit it; a token is good for no more than its person is.
    who: String,
    /// The same in Chinese.
    who_zh: String,
    /// The operations of this API that need it.
    operations: BTreeSet<String>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get(
        "/api/v1/token-scopes",
        "tokenScopes",
        "What a token can be good for. What decides over the work of others takes a person each time, and is none of it.",
        Needs::SignIn,
        Answer::Json(schema_for!(Vec<Scope>)),
        scopes,
    )]
}

async fn scopes(State(web): State<Web>, _who: Who) -> Result<Json<Vec<Scope>>, Problem> {
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for route in super::routes() {
        let scope = match route.needs {
            Needs::Action(action) => action.to_owned(),
            Needs::SignIn if route.path.starts_with("/api/v1/actions/") => {
                scope_of(&route.operation).to_owned()
            }
            Needs::Nothing | Needs::SignIn => continue,
        };
        needed.entry(scope).or_default().insert(route.operation);
    }
    let good = Action::ALL.into_iter().filter(|action| !action.takes_fresh_sign_in());
    let scopes = good.map(|action| {
        let who = web.desk.who_may(action);
        Scope {
            scope: action.as_str().to_owned(),
            who: who.en,
            who_zh: who.zh_hant,
            operations: needed.remove(action.as_str()).unwrap_or_default(),
        }
    });
    Ok(Json(scopes.collect()))
}
