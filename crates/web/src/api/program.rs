//! The program: which it is, and what it computes otherwise than the one that recorded it.

use axum::Json;
use axum::extract::State;
use dualtrack_governance::{Difference, Differing};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::who::Who;

/// The program that answers.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the field is the answer's name for it")]
struct Program {
    /// Its name and version, with the digest of the checks and translations that it brings.
    program: String,
    /// How many judgements of other programs it computed anew since it was started; nothing while it does.
    compared: Option<usize>,
    /// What it computes otherwise, from what was recorded then and for the day of then.
    differences: Vec<Shown>,
}

/// A verdict, or a tier, that this program computes otherwise than the one that recorded it.
#[derive(Debug, Serialize, JsonSchema)]
struct Shown {
    /// The use.
    #[serde(rename = "use")]
    use_id: String,
    /// The control; nothing where the tier differs.
    control: Option<String>,
    /// As it is on record.
    recorded: Value,
    /// As this program computes it.
    computed: Value,
    /// The day for which both were computed.
    on: String,
    /// The entry that recorded it.
    entry: u64,
    /// The program that recorded it.
    program: String,
    /// Whether something was erased since: what is gone may be why.
    erased_since: bool,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get(
        "/api/v1/program",
        "program",
        "Which program answers, and the verdicts that it computes otherwise than another recorded them.",
        Needs::Action("view-coverage"),
        Answer::Json(schema_for!(Program)),
        program,
    )]
}

async fn program(State(web): State<Web>, who: Who) -> Result<Json<Program>, Problem> {
    super::record::allowed(&web, &who, "view-coverage").await?;
    let found = web.desk.differences();
    Ok(Json(Program {
        program: web.desk.product().program().to_owned(),
        compared: found.as_ref().map(|found| found.compared),
        differences: found.iter().flat_map(|found| &found.items).map(shown).collect(),
    }))
}

fn shown(difference: &Difference) -> Shown {
    let (recorded, computed) = match &difference.what {
        Differing::Tier { recorded, computed } => (json!(recorded), json!(computed)),
        Differing::Verdict { recorded, computed, .. } => (json!(recorded), json!(computed)),
    };
    Shown {
        use_id: difference.use_id.to_string(),
        control: difference.control().map(ToString::to_string),
        recorded,
        computed,
        on: difference.on.to_string(),
        entry: difference.entry,
        program: difference.program.clone(),
        erased_since: difference.erased_since,
    }
}
