//! The coverage matrix: what every control comes to for every use.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::uses::page_size;
use super::{Answer, Needs, Route};
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Asked;
use crate::who::Who;

/// The coverage of uses by controls.
#[derive(Debug, Serialize, JsonSchema)]
struct Coverage {
    /// The day.
    day: String,
    /// The controls: the columns.
    controls: Vec<String>,
    /// The uses: each with a verdict a column.
    uses: Vec<CoverageRow>,
    /// How many uses there are on all pages.
    total: usize,
    /// The id after which the next page begins.
    next: Option<String>,
}

/// A use in the coverage.
#[derive(Debug, Serialize, JsonSchema)]
struct CoverageRow {
    /// The use.
    id: String,
    /// The verdict on each control.
    verdicts: Value,
}

/// Which part of the coverage.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoverageAsked {
    after: Option<String>,
    limit: Option<usize>,
    guideline: Option<String>,
    as_of: Option<Timestamp>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/api/v1/coverage",
            "coverage",
            "What every control comes to for every use.",
            Needs::Action("view-coverage"),
            Answer::Json(schema_for!(Coverage)),
            coverage,
        )
        .paged()
        .dated()
        .query("guideline", "Only this guideline.", json!({ "type": "string", "maxLength": 200 })),
    ]
}

async fn coverage(
    State(web): State<Web>,
    who: Who,
    Asked(asked): Asked<CoverageAsked>,
) -> Result<Json<Coverage>, Problem> {
    let refused = |refusal| Problem::of(&refusal);
    super::record::allowed(&web, &who, "view-coverage").await?;
    let limit = page_size(asked.limit)?;
    let board = match asked.as_of {
        None => web.desk.board(web.now()).await,
        Some(at) => web.desk.board_as_of(at).await,
    };
    let board = board.map_err(refused)?;
    let columns: Vec<usize> = board
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| asked.guideline.as_deref().is_none_or(|id| column.guideline.as_str() == id))
        .map(|(place, _)| place)
        .collect();
    let after = asked.after.as_deref().unwrap_or_default();
    let mut lines = board.lines.values().filter(|line| line.id.as_str() > after);
    let page: Vec<_> = lines.by_ref().take(limit).collect();
    let next = lines.next().and(page.last()).map(|line| line.id.to_string());
    let uses = page.iter().map(|line| CoverageRow {
        id: line.id.to_string(),
        verdicts: columns
            .iter()
            .filter_map(|place| line.states.get(*place))
            .map(|state| json!(state))
            .collect(),
    });
    Ok(Json(Coverage {
        day: board.day.to_string(),
        controls: columns
            .iter()
            .filter_map(|place| board.columns.get(*place))
            .map(|column| column.control.to_string())
            .collect(),
        uses: uses.collect(),
        total: board.lines.len(),
        next,
    }))
}
