//! Which versions of guidelines are active: what the record says, not what the program brings.
//!
//! A switch is entered with the text, so that a newer program changes nothing that was switched on before.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Catalogue, Digest, GuidelineId, SourceError, Version};
use dualtrack_inventory::{Activation, ActivationId, ActivationSchema, Document, PersonId};
use jiff::civil::Date;

use crate::refusal::Refusal;

/// What a program brings: the files of guidelines, translations and checks, and what they say.
#[derive(Debug)]
pub struct Product {
    program: String,
    files: Vec<(String, String)>,
    catalogue: Catalogue,
}

impl Product {
    /// Reads the files that a program brings; `name` is that of the program, with its version.
    pub fn load(name: &str, files: Vec<(String, String)>) -> Result<Self, Refusal> {
        let catalogue = catalogue(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))?;
        let whole: BTreeMap<&str, &str> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let digest = Digest::of(serde_json::json!(whole).to_string().as_bytes());
        Ok(Self { program: format!("{name} ({})", digest.short()), files, catalogue })
    }

    /// The program, with the digest of what it brings: what it computes is computed by both.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// What the files say.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The text of a version of a guideline, by file.
    pub(crate) fn text_of(
        &self,
        guideline: &GuidelineId,
        version: Version,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        let edition = self.catalogue.edition(guideline, version);
        let file = edition.and_then(|edition| self.files.iter().find(|(path, _)| path == edition.file()));
        file.map(|(path, text)| BTreeMap::from([(path.clone(), text.clone())])).ok_or_else(|| {
            Refusal::wrong(
                format!(
                    "this program brings no version {version} of `{guideline}`; hand in its text with `text`"
                ),
                format!("本程式並無「{guideline}」第{version}版；請以 `text` 提交其文本"),
            )
        })
    }

    /// Switches, from a day on, to the newest version of every guideline that the program brings.
    pub(crate) fn activations(&self, by: &PersonId, day: Date) -> Result<Vec<Document>, Refusal> {
        self.catalogue
            .editions()
            .map(|edition| {
                let guideline = edition.guideline();
                let id = format!("{}-{}", guideline.id, guideline.version);
                Ok(Document::Activation(Box::new(Activation {
                    schema: ActivationSchema::V1,
                    id: ActivationId::parse(&id).map_err(Refusal::broken)?,
                    guideline: guideline.id.clone(),
                    version: guideline.version,
                    digest: edition.digest(),
                    effective: day,
                    by: by.clone(),
                    on: day,
                    text: self.text_of(&guideline.id, guideline.version)?,
                })))
            })
            .collect()
    }
}

/// The digest of a text that is a version of a guideline, read beside the others that the program brings: guidelines
/// point at each other.
pub(crate) fn digest_of(
    product: &Product,
    text: &BTreeMap<String, String>,
    guideline: &GuidelineId,
    version: Version,
) -> Result<Digest, Refusal> {
    // More than one file could bring another guideline in with it.
    if text.len() != 1 {
        let files = text.len();
        return Err(Refusal::wrong(
            format!("field `text`: one file, the text of `{guideline}`, not {files}"),
            format!("欄位 `text`：須為「{guideline}」文本的一個檔案，而非{files}個"),
        ));
    }
    let editions = || product.catalogue.editions().filter(|edition| edition.guideline().id == *guideline);
    let own: BTreeSet<&str> = editions().map(dualtrack_catalogue::Edition::file).collect();
    let others = product.files.iter().filter(|(path, _)| !own.contains(path.as_str()));
    let mut files: BTreeMap<&str, &str> = others.map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.extend(text.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let read = catalogue(files)?;
    read.edition(guideline, version).map(dualtrack_catalogue::Edition::digest).ok_or_else(|| {
        Refusal::wrong(
            format!("field `text`: it is not version {version} of `{guideline}`"),
            format!("欄位 `text`：並非「{guideline}」第{version}版"),
        )
    })
}

/// Refuses an activation whose text is anything but that version of that guideline, with that digest.
pub(crate) fn must_be_what_it_says(product: &Product, activation: &Activation) -> Result<(), Refusal> {
    let Activation { guideline, version, digest, text, .. } = activation;
    let found = digest_of(product, text, guideline, *version)?;
    if found == *digest {
        Ok(())
    } else {
        let id = &activation.id;
        Err(Refusal::wrong(
            format!("activation `{id}`: the text has the digest {found}"),
            format!("啟用「{id}」：該文本的摘要值為 {found}"),
        ))
    }
}

fn catalogue<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Catalogue, Refusal> {
    Catalogue::load(files).map_err(|errors| Refusal::Wrong(errors.0.iter().map(SourceError::words).collect()))
}

/// The guidelines as a record has them active on a day, with the checks and translations of the program.
///
/// A record that has switched on nothing yet goes by what the program brings.
pub fn active<'a>(
    product: &Product,
    activations: impl IntoIterator<Item = &'a Activation>,
    day: Date,
) -> Result<Catalogue, Refusal> {
    let mut chosen: BTreeMap<&GuidelineId, &Activation> = BTreeMap::new();
    for activation in activations {
        let newer = |before: &&Activation| {
            (before.effective, before.on, before.version)
                <= (activation.effective, activation.on, activation.version)
        };
        if activation.effective <= day && chosen.get(&activation.guideline).is_none_or(newer) {
            chosen.insert(&activation.guideline, activation);
        }
    }
    let mut files: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, text) in &product.files {
        if chosen.is_empty() || !is_guideline(text) {
            files.insert(path, text);
        }
    }
    // Each under its own name: no text takes the place of another, whatever its file was called.
    let named: Vec<(String, &str)> = chosen
        .values()
        .flat_map(|activation| {
            activation
                .text
                .values()
                .map(|text| (format!("{}@{}", activation.guideline, activation.version), text.as_str()))
        })
        .collect();
    files.extend(named.iter().map(|(path, text)| (path.as_str(), *text)));
    catalogue(files)
}

fn is_guideline(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("schema: dualtrack.guideline/"))
}
