//! From the texts of a folder to an inventory: read every file, check what files say of each other, join.
//!
//! Either the folder is sound, or the answer is everything that is wrong with it, one line each. Digests of the
//! files a folder names are taken by the caller, who asks [`files_to_digest`] which they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dualtrack_catalogue::{Catalogue, SourceError, parse};

use crate::folder::{Folder, Sourced};
use crate::inventory::Derived;
use crate::{Digest, Document, Inventory, consistency, links};

impl Inventory {
    /// Builds an inventory from the YAML files of a folder, each given as its path inside the folder and its text.
    ///
    /// `digests` holds the digest of every file that [`files_to_digest`] names and that exists. `catalogue` says
    /// which guidelines, controls and checks there are to refer to.
    pub fn load<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        digests: &BTreeMap<String, Digest>,
        catalogue: &Catalogue,
    ) -> Result<Self, Vec<SourceError>> {
        let mut folder = Folder::read(files);
        add_product_rules(&mut folder);
        // What refers to a file that could not be read would only repeat that problem.
        if folder.problems.is_empty() {
            let mut problems = links::problems(&folder, catalogue);
            problems.extend(consistency::problems(&folder, digests));
            folder.problems = problems;
        }
        if folder.problems.is_empty() {
            join(folder, digests).map_err(|problem| vec![problem])
        } else {
            folder.problems.sort();
            folder.problems.dedup();
            Err(folder.problems)
        }
    }
}

/// The paths, inside the folder, of the files that its YAML files name and whose digests `load` needs.
///
/// Paths that leave the folder are not among them; `load` reports those. Neither is anything named by a file that
/// cannot be read.
pub fn files_to_digest<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeSet<String> {
    let folder = Folder::read(files);
    named_files(&folder).into_iter().map(|named| named.path).filter(|path| is_inside(path)).collect()
}

/// A file that a YAML file names.
pub(crate) struct NamedFile<'a> {
    pub(crate) path: String,
    pub(crate) places: &'a crate::places::Places,
}

/// Every file that the YAML files of a folder name.
pub(crate) fn named_files(folder: &Folder) -> Vec<NamedFile<'_>> {
    let mut named = Vec::new();
    for source in &folder.uses {
        named.extend(source.value.prompts.iter().map(|path| (path, &source.places)));
    }
    for source in &folder.models {
        named.extend(source.value.files.iter().map(|path| (path, &source.places)));
    }
    for source in &folder.datasets {
        named.extend(source.value.files.iter().map(|path| (path, &source.places)));
    }
    for source in &folder.evidence {
        let files = source.value.evidence.iter().flat_map(|evidence| &evidence.files);
        named.extend(files.map(|path| (path, &source.places)));
    }
    named.into_iter().map(|(path, places)| NamedFile { path: path.clone(), places }).collect()
}

/// Whether a path stays inside the folder on every system.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|step| !matches!(step, "" | "." | ".."))
}

/// Puts the product's rules where the folder has none of its own.
pub(crate) fn add_product_rules(folder: &mut Folder) {
    if folder.tiers.is_none() {
        match parse("policies/tiers.yaml", PRODUCT_TIERS) {
            Ok(value) => folder.tiers = Some(Sourced::new(value, "policies/tiers.yaml", PRODUCT_TIERS)),
            Err(problem) => folder.problems.push(problem),
        }
    }
    if folder.gates.is_none() {
        match parse("policies/gates.yaml", PRODUCT_GATES) {
            Ok(value) => folder.gates = Some(Sourced::new(value, "policies/gates.yaml", PRODUCT_GATES)),
            Err(problem) => folder.problems.push(problem),
        }
    }
}

/// Joins the files of a sound folder into one value.
pub(crate) fn join(folder: Folder, digests: &BTreeMap<String, Digest>) -> Result<Inventory, SourceError> {
    let taken = |paths: &mut dyn Iterator<Item = &String>| -> BTreeMap<String, Digest> {
        paths.filter_map(|path| Some((path.clone(), *digests.get(path)?))).collect()
    };
    let mut uses = values(folder.uses);
    for of in &mut uses {
        of.digests = taken(&mut of.prompts.iter());
    }
    let mut models = values(folder.models);
    for model in &mut models {
        model.digests = taken(&mut model.files.iter());
    }
    let mut datasets = values(folder.datasets);
    for dataset in &mut datasets {
        dataset.digests = taken(&mut dataset.files.iter());
    }
    let mut evidence: Vec<_> = values(folder.evidence).into_iter().flat_map(|file| file.evidence).collect();
    for evidence in &mut evidence {
        evidence.digests = taken(&mut evidence.files.iter());
    }
    let waivers = values(folder.waivers).into_iter().flat_map(|file| file.waivers);
    let adoptions = values(folder.adoptions).into_iter().flat_map(|file| file.adoptions);
    let approvals = values(folder.approvals).into_iter().flat_map(|file| file.approvals);
    let people = required(folder.people, "people.yaml")?.people;
    let (mut delegations, mut findings, mut opinions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for other in values(folder.others) {
        match other {
            Document::Delegation(it) => _ = delegations.insert(it.id.clone(), *it),
            Document::Finding(it) => _ = findings.insert(it.id.clone(), *it),
            Document::Opinion(it) => _ = opinions.insert(it.id.clone(), *it),
            _ => {}
        }
    }
    Ok(Inventory {
        institution: Arc::new(required(folder.institution, "institution.yaml")?),
        people: Arc::new(people.into_iter().map(|person| (person.id.clone(), person)).collect()),
        uses: uses.into_iter().map(|of| (of.id.clone(), of)).collect(),
        models: models.into_iter().map(|model| (model.id.clone(), model)).collect(),
        datasets: datasets.into_iter().map(|dataset| (dataset.id.clone(), dataset)).collect(),
        providers: values(folder.providers).into_iter().map(|it| (it.id.clone(), it)).collect(),
        evidence: evidence.into_iter().map(|evidence| (evidence.id.clone(), evidence)).collect(),
        waivers: waivers.map(|waiver| (waiver.id.clone(), waiver)).collect(),
        adoptions: Arc::new(adoptions.map(|adoption| (adoption.id.clone(), adoption)).collect()),
        approvals: approvals.map(|approval| (approval.id.clone(), approval)).collect(),
        delegations: Arc::new(delegations),
        findings,
        opinions,
        tiers: Arc::new(required(folder.tiers, "tiers.yaml")?),
        gates: Arc::new(required(folder.gates, "gates.yaml")?),
        derived: Derived::default(),
    })
}

fn values<T>(sources: Vec<Sourced<T>>) -> Vec<T> {
    sources.into_iter().map(|source| source.value).collect()
}

fn required<T>(source: Option<Sourced<T>>, file: &str) -> Result<T, SourceError> {
    source
        .map(|source| source.value)
        .ok_or_else(|| SourceError::of_file(file, "the file is missing").in_chinese("欠缺此檔案"))
}

const PRODUCT_TIERS: &str = include_str!("../../../policies/tiers.yaml");
const PRODUCT_GATES: &str = include_str!("../../../policies/gates.yaml");
