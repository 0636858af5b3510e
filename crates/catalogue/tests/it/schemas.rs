//! The schemas kept under `docs/schemas/` are those of the types.
//!
//! After a change of the types, run the tests with `UPDATE_SCHEMAS=1` and commit the files.

use std::path::PathBuf;

#[test]
fn the_schemas_in_the_documentation_are_current() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    for (name, schema) in dualtrack_catalogue::schemas() {
        let current = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = folder.join(name);
        if option_env!("UPDATE_SCHEMAS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &current).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == current, "{name} is out of date: run the tests with UPDATE_SCHEMAS=1");
    }
}
