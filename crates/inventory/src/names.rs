//! The names that files of a folder may refer to: each stands for one thing.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Catalogue, SourceError};

use crate::folder::Folder;
use crate::places::Places;

/// The names one may refer to.
pub(crate) struct Names {
    pub(crate) people: Vec<String>,
    pub(crate) entities: Vec<String>,
    pub(crate) uses: Vec<String>,
    pub(crate) models: Vec<String>,
    pub(crate) datasets: Vec<String>,
    pub(crate) providers: Vec<String>,
    pub(crate) evidence: Vec<String>,
    pub(crate) controls: Vec<String>,
    pub(crate) guidelines: Vec<String>,
    pub(crate) checks: Vec<String>,
}

impl Names {
    /// Gathers the ids of a folder and of the catalogue, and notes ids that stand for two things.
    pub(crate) fn of(folder: &Folder, catalogue: &Catalogue, problems: &mut Vec<SourceError>) -> Self {
        let mut gather = Gather { problems };
        let editions = || catalogue.editions().map(dualtrack_catalogue::Edition::guideline);
        let controls = editions().flat_map(|guideline| &guideline.controls);
        let ids = controls.flat_map(|control| std::iter::once(&control.id).chain(&control.aliases));
        gather.once(
            "waiver",
            folder
                .waivers
                .iter()
                .flat_map(|source| source.value.waivers.iter().map(|it| (it.id.as_str(), &source.places))),
        );
        gather.once(
            "adoption",
            folder
                .adoptions
                .iter()
                .flat_map(|source| source.value.adoptions.iter().map(|it| (it.id.as_str(), &source.places))),
        );
        gather.once(
            "approval",
            folder
                .approvals
                .iter()
                .flat_map(|source| source.value.approvals.iter().map(|it| (it.id.as_str(), &source.places))),
        );
        Self {
            people: gather.once(
                "person",
                folder
                    .people
                    .iter()
                    .flat_map(|source| source.value.people.iter().map(|it| (it.id.as_str(), &source.places))),
            ),
            entities: gather.once(
                "entity",
                folder.institution.iter().flat_map(|source| {
                    source.value.entities.iter().map(|it| (it.id.as_str(), &source.places))
                }),
            ),
            uses: gather.once("use", folder.uses.iter().map(|it| (it.value.id.as_str(), &it.places))),
            models: gather.once("model", folder.models.iter().map(|it| (it.value.id.as_str(), &it.places))),
            datasets: gather
                .once("dataset", folder.datasets.iter().map(|it| (it.value.id.as_str(), &it.places))),
            providers: gather
                .once("provider", folder.providers.iter().map(|it| (it.value.id.as_str(), &it.places))),
            evidence: gather.once(
                "evidence",
                folder.evidence.iter().flat_map(|source| {
                    source.value.evidence.iter().map(|it| (it.id.as_str(), &source.places))
                }),
            ),
            controls: ids.map(ToString::to_string).collect(),
            guidelines: editions().map(|guideline| guideline.id.to_string()).collect(),
            checks: catalogue
                .checks()
                .into_iter()
                .flat_map(dualtrack_catalogue::Checks::links)
                .map(|link| link.check.to_string())
                .collect(),
        }
    }
}

/// What a thing with an id is called in Chinese.
pub(crate) fn in_chinese(noun: &str) -> &str {
    match noun {
        "use" => "用例",
        "model" => "模型",
        "dataset" => "數據集",
        "provider" => "供應商",
        "contract" => "合約",
        "person" => "人員",
        "entity" => "法律實體",
        "evidence" | "piece of evidence" => "證據",
        "waiver" => "豁免",
        "adoption" => "採納",
        "approval" => "批准",
        "delegation" => "轉授",
        "finding" => "發現",
        "opinion" => "意見",
        "change plan" => "更改計劃",
        "control" => "管控",
        "guideline" => "指引",
        "check" => "檢查",
        other => other,
    }
}

/// Gathers ids and notes those that name two things.
struct Gather<'a> {
    problems: &'a mut Vec<SourceError>,
}

impl Gather<'_> {
    fn once<'a>(&mut self, noun: &str, ids: impl Iterator<Item = (&'a str, &'a Places)>) -> Vec<String> {
        let mut seen: BTreeMap<&str, &Places> = BTreeMap::new();
        for (id, places) in ids {
            if let Some(first) = seen.insert(id, places) {
                let file = first.file();
                let message = (
                    format!("`{id}` is already the id of another {noun} in {file}"),
                    format!("「{id}」已是 {file} 內另一{}的代號", in_chinese(noun)),
                );
                self.problems.push(places.error(&[], id, message));
            }
        }
        seen.into_keys().map(ToOwned::to_owned).collect()
    }
}
