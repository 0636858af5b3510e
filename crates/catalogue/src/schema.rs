//! JSON Schemas of the YAML files, generated from the types that read them, for editors and other tools.
//!
//! They are kept in `docs/schemas/`. What a schema cannot say (ids that must exist, evidence that must be asked
//! for) is checked when a catalogue is built.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use crate::{Checks, Guideline, Translation};

/// The schema of every kind of file, with the name to keep it under.
pub fn schemas() -> [(&'static str, Schema); 3] {
    [
        ("guideline.schema.json", schema_of::<Guideline>()),
        ("guideline-translation.schema.json", schema_of::<Translation>()),
        ("checks.schema.json", schema_of::<Checks>()),
    ]
}

fn schema_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>()
}
