//! The files of a folder, each read into its type and kept with its places.
//!
//! Which kind a file is follows from where it lies. A file of ours in the wrong place is an error, since a use in
//! `use/` instead of `uses/` would otherwise silently not exist.

use dualtrack_catalogue::{SourceError, parse};
use serde::de::DeserializeOwned;

use crate::places::Places;
use crate::{
    Activation, AdoptionFile, ApprovalFile, Candidate, Contract, Dataset, Delegation, Deployment, Document,
    EvidenceFile, Finding, Gates, Incident, Institution, Model, Opinion, People, Proposal, Provider, Task,
    Tiers, Use, WaiverFile,
};

/// A value and the file it was read from.
#[derive(Debug)]
pub(crate) struct Sourced<T> {
    /// The value.
    pub(crate) value: T,
    /// Where its parts stand.
    pub(crate) places: Places,
}

/// Every file of a folder that could be read.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) institution: Option<Sourced<Institution>>,
    pub(crate) people: Option<Sourced<People>>,
    pub(crate) uses: Vec<Sourced<Use>>,
    pub(crate) models: Vec<Sourced<Model>>,
    pub(crate) datasets: Vec<Sourced<Dataset>>,
    pub(crate) providers: Vec<Sourced<Provider>>,
    pub(crate) evidence: Vec<Sourced<EvidenceFile>>,
    pub(crate) waivers: Vec<Sourced<WaiverFile>>,
    pub(crate) adoptions: Vec<Sourced<AdoptionFile>>,
    pub(crate) approvals: Vec<Sourced<ApprovalFile>>,
    pub(crate) tiers: Option<Sourced<Tiers>>,
    pub(crate) gates: Option<Sourced<Gates>>,
    /// What verdicts do not look at, or only in a record.
    pub(crate) others: Vec<Sourced<Document>>,
    pub(crate) problems: Vec<SourceError>,
}

impl Folder {
    /// Reads the files, in the order of their paths whatever order they come in.
    pub(crate) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sorted: Vec<_> = files.into_iter().collect();
        sorted.sort_unstable();
        let mut folder = Self::default();
        for (path, text) in sorted {
            if let Err(problem) = folder.add(path, text) {
                folder.problems.push(problem);
            }
        }
        folder
    }

    fn add(&mut self, path: &str, text: &str) -> Result<(), SourceError> {
        match path.split_once('/').map_or(path, |(directory, _)| directory) {
            "institution.yaml" => self.institution = Some(read(path, text)?),
            "people.yaml" => self.people = Some(read(path, text)?),
            "tiers.yaml" => self.tiers = Some(read(path, text)?),
            "gates.yaml" => self.gates = Some(read(path, text)?),
            "uses" => self.uses.push(read(path, text)?),
            "models" => self.models.push(read(path, text)?),
            "datasets" => self.datasets.push(read(path, text)?),
            "providers" => self.providers.push(read(path, text)?),
            "evidence" => self.evidence.push(read(path, text)?),
            "waivers" => self.waivers.push(read(path, text)?),
            "adoptions" => self.adoptions.push(read(path, text)?),
            "approvals" => self.approvals.push(read(path, text)?),
            "activations" => self.other::<Activation>(path, text, Document::Activation)?,
            "candidates" => self.other::<Candidate>(path, text, Document::Candidate)?,
            "contracts" => self.other::<Contract>(path, text, Document::Contract)?,
            "delegations" => self.other::<Delegation>(path, text, Document::Delegation)?,
            "deployments" => self.other::<Deployment>(path, text, Document::Deployment)?,
            "findings" => self.other::<Finding>(path, text, Document::Finding)?,
            "incidents" => self.other::<Incident>(path, text, Document::Incident)?,
            "opinions" => self.other::<Opinion>(path, text, Document::Opinion)?,
            "proposals" => self.other::<Proposal>(path, text, Document::Proposal)?,
            "tasks" => self.other::<Task>(path, text, Document::Task)?,
            directory => return out_of_place(path, directory, text),
        }
        Ok(())
    }
}

impl Folder {
    fn other<T: DeserializeOwned>(
        &mut self,
        path: &str,
        text: &str,
        document: fn(Box<T>) -> Document,
    ) -> Result<(), SourceError> {
        let Sourced { value, places } = read(path, text)?;
        self.others.push(Sourced { value: document(Box::new(value)), places });
        Ok(())
    }
}

impl<T> Sourced<T> {
    /// Keeps a value with the places of its file.
    pub(crate) fn new(value: T, path: &str, text: &str) -> Self {
        Self { value, places: Places::of(path, text) }
    }

    /// Keeps a value that was read from no file, but is known by a name.
    pub(crate) fn placeless(value: T, name: &str) -> Self {
        Self { value, places: Places::none(name) }
    }
}

fn read<T: DeserializeOwned>(path: &str, text: &str) -> Result<Sourced<T>, SourceError> {
    Ok(Sourced::new(parse(path, text)?, path, text))
}

/// A file elsewhere is no business of ours, unless it says that it is.
fn out_of_place(path: &str, directory: &str, text: &str) -> Result<(), SourceError> {
    let places = Places::of(path, text);
    match places.text_of("schema") {
        Some(schema) if schema.starts_with("dualtrack.") => {
            let message = (
                format!("a `{schema}` file in `{directory}` is not looked at; it belongs elsewhere"),
                format!("「{directory}」內的 `{schema}` 檔案不獲讀取；請放在適當的資料夾"),
            );
            Err(places.error(&["schema"], schema, message).expecting(directory, PLACES))
        }
        Some(_) | None => Ok(()),
    }
}

const PLACES: [&str; 22] = [
    "institution.yaml",
    "people.yaml",
    "tiers.yaml",
    "gates.yaml",
    "uses",
    "models",
    "datasets",
    "providers",
    "evidence",
    "waivers",
    "adoptions",
    "approvals",
    "activations",
    "candidates",
    "contracts",
    "delegations",
    "deployments",
    "findings",
    "incidents",
    "opinions",
    "proposals",
    "tasks",
];
