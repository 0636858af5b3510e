//! What ships inside the binary: guidelines, their translations, and checks.

use std::path::Path;

use dualtrack_catalogue::Catalogue;
use include_dir::{Dir, include_dir};

use crate::failure::Failure;

static GUIDELINES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/guidelines");

/// The catalogue: the built-in one, or the one in `folder`.
pub(crate) fn catalogue(folder: Option<&Path>) -> Result<Catalogue, Failure> {
    let files = match folder {
        Some(folder) => read_folder(folder)?,
        None => embedded(&GUIDELINES, "guidelines"),
    };
    Catalogue::load(files.iter().map(|(file, text)| (file.as_str(), text.as_str())))
        .map_err(|errors| Failure::Input(errors.0.iter().map(ToString::to_string).collect()))
}

/// The files of the built-in guidelines.
pub(crate) fn files() -> Vec<(String, String)> {
    embedded(&GUIDELINES, "guidelines")
}

fn embedded(folder: &Dir<'_>, name: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in folder.entries() {
        match entry {
            include_dir::DirEntry::Dir(inner) => files.extend(embedded(inner, name)),
            include_dir::DirEntry::File(file) => {
                if let Some(text) = file.contents_utf8().filter(|_| is_yaml(file.path())) {
                    files.push((format!("{name}/{}", file.path().display()), text.to_owned()));
                }
            }
        }
    }
    files
}

fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let advice = "name a folder of guideline files with --guidelines";
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|error| Failure::file("read", &folder, &error, advice))?;
        for entry in entries {
            let path = entry.map_err(|error| Failure::file("read", &folder, &error, advice))?.path();
            if path.is_dir() {
                open.push(path);
            } else if is_yaml(&path) {
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| Failure::file("read", &path, &error, "save it as UTF-8 text"))?;
                files.push((path.display().to_string(), text));
            }
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Failure::input(format!("`{}` holds no guideline; {advice}", folder.display())));
    }
    Ok(files)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
