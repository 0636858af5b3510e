//! The assessment as JSON, `dualtrack.assessment/1`, and its JSON Schema.

use dualtrack_assurance::Measurement;

use crate::assessment::Assessment;

/// A document that cannot be written as JSON.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be written as json: {0}")]
pub struct JsonError(#[from] serde_json::Error);

/// The assessment as indented JSON, without a line break at its end.
pub fn json(assessment: &Assessment) -> Result<String, JsonError> {
    Ok(serde_json::to_string_pretty(assessment)?)
}

/// Measurements alone as indented JSON, without a line break at its end.
pub fn measurements_json(measurements: &[Measurement]) -> Result<String, JsonError> {
    Ok(serde_json::to_string_pretty(measurements)?)
}

/// The JSON Schema of [`json`]'s output, as `docs/schemas/assessment.schema.json` holds it.
pub fn schema() -> Result<String, JsonError> {
    Ok(serde_json::to_string_pretty(&schemars::schema_for!(Assessment))? + "\n")
}
