//! The guideline files of this repository, and short ways to name things in them.

use std::path::PathBuf;
use std::sync::LazyLock;

use dualtrack_catalogue::{Catalogue, ControlId, GuidelineId};

/// Every file under `guidelines/`, as name and text.
pub(crate) fn guideline_files() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["guidelines", "guidelines/zh-Hant"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
                files.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

pub(crate) fn load(files: &[(String, String)]) -> Result<Catalogue, dualtrack_catalogue::CatalogueError> {
    Catalogue::load(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The catalogue of the repository, read once for all tests.
pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> =
        LazyLock::new(|| load(&guideline_files()).unwrap_or_else(|problems| panic!("{problems}")));
    &CATALOGUE
}

pub(crate) fn control(id: &str) -> ControlId {
    ControlId::try_from(id.to_owned()).unwrap()
}

pub(crate) fn guideline(id: &str) -> GuidelineId {
    GuidelineId::try_from(id.to_owned()).unwrap()
}
