//! The record as a folder of YAML files, and a folder as documents: what one writes, the other reads back the same.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Digest, SourceError, parse};
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::{Document, Kind};

/// The documents of a folder, given as the paths and texts of its YAML files.
///
/// `digests` holds the digests of files that exist. Of those that do not, the digests are taken from `digests.yaml`,
/// which an exported folder has in the place of the files.
pub fn documents_of<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    digests: &BTreeMap<String, Digest>,
) -> Result<Vec<Document>, Vec<SourceError>> {
    let mut recorded: BTreeMap<String, BTreeMap<String, Digest>> = BTreeMap::new();
    let mut rest = Vec::new();
    let mut problems = Vec::new();
    for (path, text) in files {
        if path == DIGESTS {
            match parse(path, text) {
                Ok(read) => recorded = read,
                Err(problem) => problems.push(problem),
            }
        } else {
            rest.push((path, text));
        }
    }
    let mut folder = Folder::read(rest);
    problems.append(&mut folder.problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let digest = |kind: Kind, id: &str, path: &String| {
        let kept = || recorded.get(&format!("{kind}/{id}")).and_then(|own| own.get(path)).copied();
        Some((path.clone(), digests.get(path).copied().or_else(kept)?))
    };
    let mut documents = Vec::new();
    documents.extend(folder.institution.map(|it| Document::Institution(Box::new(it.value))));
    documents.extend(folder.tiers.map(|it| Document::Tiers(Box::new(it.value))));
    documents.extend(folder.gates.map(|it| Document::Gates(Box::new(it.value))));
    let people = folder.people.into_iter().flat_map(|it| it.value.people);
    documents.extend(people.map(|person| Document::Person(Box::new(person))));
    documents.extend(folder.providers.into_iter().map(|it| Document::Provider(Box::new(it.value))));
    for mut model in folder.models.into_iter().map(|it| it.value) {
        let id = model.id.to_string();
        model.digests = model.files.iter().filter_map(|path| digest(Kind::Model, &id, path)).collect();
        documents.push(Document::Model(Box::new(model)));
    }
    for mut dataset in folder.datasets.into_iter().map(|it| it.value) {
        let id = dataset.id.to_string();
        dataset.digests = dataset.files.iter().filter_map(|path| digest(Kind::Dataset, &id, path)).collect();
        documents.push(Document::Dataset(Box::new(dataset)));
    }
    for mut of in folder.uses.into_iter().map(|it| it.value) {
        let id = of.id.to_string();
        of.digests = of.prompts.iter().filter_map(|path| digest(Kind::Use, &id, path)).collect();
        documents.push(Document::Use(Box::new(of)));
    }
    for mut evidence in folder.evidence.into_iter().flat_map(|it| it.value.evidence) {
        let id = evidence.id.to_string();
        evidence.digests =
            evidence.files.iter().filter_map(|path| digest(Kind::Evidence, &id, path)).collect();
        documents.push(Document::Evidence(Box::new(evidence)));
    }
    let waivers = folder.waivers.into_iter().flat_map(|it| it.value.waivers);
    documents.extend(waivers.map(|it| Document::Waiver(Box::new(it))));
    let adoptions = folder.adoptions.into_iter().flat_map(|it| it.value.adoptions);
    documents.extend(adoptions.map(|it| Document::Adoption(Box::new(it))));
    let approvals = folder.approvals.into_iter().flat_map(|it| it.value.approvals);
    documents.extend(approvals.map(|it| Document::Approval(Box::new(it))));
    documents.extend(folder.others.into_iter().map(|it| it.value));
    documents.sort_by_key(Document::key);
    Ok(documents)
}

/// The files of a folder that says the same as the documents: each path with its value, to be written as YAML.
pub fn files_of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> BTreeMap<String, Value> {
    let mut files: BTreeMap<String, Value> = BTreeMap::new();
    let mut people = Vec::new();
    let mut digests = BTreeMap::new();
    for document in documents {
        let key = document.key();
        if let Some(own) = document.digests().filter(|own| !own.is_empty()) {
            digests.insert(key.to_string(), json!(own));
        }
        let value = document.value();
        let several = |schema: &str, field: &str| json!({ "schema": schema, field: [value.clone()] });
        let value = match key.kind {
            Kind::Person => {
                people.push(value);
                continue;
            }
            Kind::Evidence => several("dualtrack.evidence/1", "evidence"),
            Kind::Waiver => several("dualtrack.waiver/1", "waivers"),
            Kind::Adoption => several("dualtrack.adoption/1", "adoptions"),
            Kind::Approval => several("dualtrack.approval/1", "approvals"),
            _ => value,
        };
        let kind = key.kind;
        let path = if kind.is_single() {
            format!("{kind}.yaml")
        } else {
            format!("{}/{}.yaml", kind.plural(), key.id)
        };
        files.insert(path, value);
    }
    if !people.is_empty() {
        files.insert("people.yaml".into(), json!({ "schema": "dualtrack.people/1", "people": people }));
    }
    if !digests.is_empty() {
        files.insert(DIGESTS.into(), json!(digests));
    }
    files
}

/// Digests of files that an exported folder does not hold, by document and path.
const DIGESTS: &str = "digests.yaml";
