//! The JSON Schemas under `docs/schemas` are those of the types. `UPDATE_SCHEMAS=1 cargo test` writes them anew.

use std::fs;
use std::path::Path;

use dualtrack_inventory::{
    Activation, AdoptionFile, ApprovalFile, Candidate, Comment, Contract, Dataset, Delegation, Deployment,
    EvidenceFile, Finding, Gates, Incident, Institution, Judgement, Model, Opinion, People, Proposal,
    Provider, Task, Tiers, Use, WaiverFile,
};
use schemars::{Schema, schema_for};

fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("institution", schema_for!(Institution)),
        ("people", schema_for!(People)),
        ("use", schema_for!(Use)),
        ("model", schema_for!(Model)),
        ("dataset", schema_for!(Dataset)),
        ("provider", schema_for!(Provider)),
        ("evidence", schema_for!(EvidenceFile)),
        ("waiver", schema_for!(WaiverFile)),
        ("adoption", schema_for!(AdoptionFile)),
        ("approval", schema_for!(ApprovalFile)),
        ("tiers", schema_for!(Tiers)),
        ("gates", schema_for!(Gates)),
        ("activation", schema_for!(Activation)),
        ("candidate", schema_for!(Candidate)),
        ("comment", schema_for!(Comment)),
        ("contract", schema_for!(Contract)),
        ("delegation", schema_for!(Delegation)),
        ("deployment", schema_for!(Deployment)),
        ("finding", schema_for!(Finding)),
        ("incident", schema_for!(Incident)),
        ("judgement", schema_for!(Judgement)),
        ("opinion", schema_for!(Opinion)),
        ("proposal", schema_for!(Proposal)),
        ("task", schema_for!(Task)),
    ]
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    for (name, schema) in schemas() {
        let path = folder.join(format!("{name}.schema.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if option_env!("UPDATE_SCHEMAS").is_some() || !path.exists() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        // Compared without being shown: the texts are thousands of lines.
        assert!(fs::read_to_string(&path).unwrap() == text, "{name}: run with UPDATE_SCHEMAS=1");
    }
}
