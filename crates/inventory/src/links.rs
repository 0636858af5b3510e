//! What the files of a folder say of each other: every id is used once, every reference points at something.

use dualtrack_catalogue::{Catalogue, CheckId, ControlId, GuidelineId, SourceError};

use crate::folder::{Folder, Sourced};
use crate::names::{Names, in_chinese};
use crate::places::Places;
use crate::{Monitor, Subject, Use, circles};

/// Every id that stands for two things, every reference to nothing, and every circle.
pub(crate) fn problems(folder: &Folder, catalogue: &Catalogue) -> Vec<SourceError> {
    let mut problems = Vec::new();
    let names = Names::of(folder, catalogue, &mut problems);
    let mut links = Links { names: &names, catalogue, problems };
    for source in &folder.uses {
        links.check_use(source);
    }
    links.check_foundations(folder);
    links.check_records(folder);
    let mut problems = links.problems;
    problems.extend(circles::problems(folder));
    problems
}

struct Links<'a> {
    names: &'a Names,
    catalogue: &'a Catalogue,
    problems: Vec<SourceError>,
}

impl Links<'_> {
    fn check_use(&mut self, source: &Sourced<Use>) {
        let Sourced { value: of, places } = source;
        let names = self.names;
        self.must_exist(places, &["entity"], of.entity.as_str(), "entity", &names.entities);
        let people = &of.people;
        for (field, group) in [
            ("owners", &people.owners),
            ("builders", &people.builders),
            ("requesters", &people.requesters),
            ("validators", &people.validators),
            ("approvers", &people.approvers),
            ("formerly", &people.formerly),
        ] {
            for person in group {
                self.must_exist(places, &["people", field], person.as_str(), "person", &names.people);
            }
        }
        for model in &of.models {
            self.must_exist(places, &["models"], model.as_str(), "model", &names.models);
        }
        let datasets = &of.datasets;
        for (field, group) in [
            ("training", &datasets.training),
            ("validation", &datasets.validation),
            ("retrieval", &datasets.retrieval),
            ("assessment", &datasets.assessment),
            ("monitoring", &datasets.monitoring),
        ] {
            for dataset in group {
                self.must_exist(places, &["datasets", field], dataset.as_str(), "dataset", &names.datasets);
            }
        }
        for provider in &of.providers {
            self.must_exist(places, &["providers"], provider.as_str(), "provider", &names.providers);
        }
        for guideline in &of.voluntary {
            self.guideline_must_exist(places, guideline);
        }
        if let Some(suspension) = &of.suspended {
            self.person_must_exist(places, &["suspended", "by"], suspension.by.as_str());
        }
        for (position, monitor) in of.monitors.iter().enumerate() {
            self.check_monitor(places, position, monitor);
        }
        self.check_declared(places, of);
        self.check_changes(places, of);
    }

    fn check_monitor(&mut self, places: &Places, position: usize, monitor: &Monitor) {
        let at = position.to_string();
        self.person_must_exist(places, &["monitors", &at, "set_up_by"], monitor.set_up_by.as_str());
        for control in &monitor.controls {
            self.control_must_exist(places, &["monitors", &at, "controls"], control);
        }
    }

    fn check_declared(&mut self, places: &Places, of: &Use) {
        let names = self.names;
        for (position, check) in of.checks.iter().enumerate() {
            let at = position.to_string();
            self.check_must_exist(places, &["checks", &at, "check"], &check.check);
            self.person_must_exist(places, &["checks", &at, "set_by"], check.set_by.as_str());
            for (field, dataset) in
                [("dataset", &check.dataset), ("reference_dataset", &check.reference_dataset)]
            {
                if let Some(dataset) = dataset {
                    let path = ["checks", at.as_str(), field];
                    self.must_exist(places, &path, dataset.as_str(), "dataset", &names.datasets);
                }
            }
        }
    }

    fn check_changes(&mut self, places: &Places, of: &Use) {
        let names = self.names;
        let plans: Vec<_> = of.change_plans.iter().map(|plan| plan.id.to_string()).collect();
        for (position, change) in of.changes.iter().enumerate() {
            let at = position.to_string();
            self.person_must_exist(places, &["changes", &at, "by"], change.by.as_str());
            if let Some(second) = &change.confirmed_by {
                self.person_must_exist(places, &["changes", &at, "confirmed_by"], second.as_str());
            }
            if let Some(plan) = &change.plan {
                self.must_exist(places, &["changes", &at, "plan"], plan.as_str(), "change plan", &plans);
            }
            for test in &change.tests {
                let path = ["changes", at.as_str(), "tests"];
                self.must_exist(places, &path, test.as_str(), "evidence", &names.evidence);
            }
        }
        for (position, plan) in of.change_plans.iter().enumerate() {
            let at = position.to_string();
            self.person_must_exist(places, &["change_plans", &at, "approved_by"], plan.approved_by.as_str());
            for test in &plan.tests {
                self.check_must_exist(places, &["change_plans", &at, "tests"], test);
            }
        }
    }

    fn check_foundations(&mut self, folder: &Folder) {
        let names = self.names;
        for Sourced { value: model, places } in &folder.models {
            if let Some(provider) = &model.provider {
                self.must_exist(places, &["provider"], provider.as_str(), "provider", &names.providers);
            }
            for person in &model.builders {
                self.person_must_exist(places, &["builders"], person.as_str());
            }
            if let Some(base) = &model.based_on {
                self.must_exist(places, &["based_on"], base.as_str(), "model", &names.models);
            }
        }
        for Sourced { value: dataset, places } in &folder.datasets {
            if let Some(provider) = &dataset.provider {
                self.must_exist(places, &["provider"], provider.as_str(), "provider", &names.providers);
            }
            if let Some(origin) = &dataset.derived_from {
                self.must_exist(places, &["derived_from"], origin.as_str(), "dataset", &names.datasets);
            }
        }
        for Sourced { value: provider, places } in &folder.providers {
            if let Some(parent) = &provider.parent {
                self.must_exist(places, &["parent"], parent.as_str(), "provider", &names.providers);
            }
        }
    }

    fn check_records(&mut self, folder: &Folder) {
        let names = self.names;
        for Sourced { value: file, places } in &folder.evidence {
            for (position, evidence) in file.evidence.iter().enumerate() {
                let at = position.to_string();
                let path = ["evidence", at.as_str(), "about"];
                match &evidence.about {
                    Subject::Use(id) => self.must_exist(places, &path, id.as_str(), "use", &names.uses),
                    Subject::Model(id) => self.must_exist(places, &path, id.as_str(), "model", &names.models),
                    Subject::Dataset(id) => {
                        self.must_exist(places, &path, id.as_str(), "dataset", &names.datasets);
                    }
                    Subject::Provider(id) => {
                        self.must_exist(places, &path, id.as_str(), "provider", &names.providers);
                    }
                    Subject::Entity(id) => {
                        self.must_exist(places, &path, id.as_str(), "entity", &names.entities);
                    }
                }
                self.person_must_exist(places, &["evidence", &at, "by"], evidence.by.as_str());
                for control in &evidence.controls {
                    self.control_must_exist(places, &["evidence", &at, "controls"], control);
                }
                if let Some(check) = &evidence.check {
                    self.check_must_exist(places, &["evidence", &at, "check"], check);
                }
            }
        }
        for Sourced { value: file, places } in &folder.waivers {
            for (position, waiver) in file.waivers.iter().enumerate() {
                let at = position.to_string();
                let use_id = waiver.use_id.as_str();
                self.must_exist(places, &["waivers", &at, "use"], use_id, "use", &names.uses);
                self.control_must_exist(places, &["waivers", &at, "control"], &waiver.control);
                self.person_must_exist(places, &["waivers", &at, "by"], waiver.by.as_str());
                self.person_must_exist(places, &["waivers", &at, "second"], waiver.second.as_str());
            }
        }
        for Sourced { value: file, places } in &folder.adoptions {
            for (position, adoption) in file.adoptions.iter().enumerate() {
                let at = position.to_string();
                self.control_must_exist(places, &["adoptions", &at, "control"], &adoption.control);
                self.person_must_exist(places, &["adoptions", &at, "by"], adoption.by.as_str());
                if let Some(entity) = &adoption.entity {
                    let path = ["adoptions", at.as_str(), "entity"];
                    self.must_exist(places, &path, entity.as_str(), "entity", &names.entities);
                }
            }
        }
        for Sourced { value: file, places } in &folder.approvals {
            for (position, approval) in file.approvals.iter().enumerate() {
                let at = position.to_string();
                let use_id = approval.use_id.as_str();
                self.must_exist(places, &["approvals", &at, "use"], use_id, "use", &names.uses);
                self.person_must_exist(places, &["approvals", &at, "by"], approval.by.as_str());
            }
        }
    }

    fn person_must_exist(&mut self, places: &Places, path: &[&str], id: &str) {
        let names = self.names;
        self.must_exist(places, path, id, "person", &names.people);
    }

    fn control_must_exist(&mut self, places: &Places, path: &[&str], id: &ControlId) {
        let names = self.names;
        self.must_exist(places, path, id.as_str(), "control", &names.controls);
    }

    fn guideline_must_exist(&mut self, places: &Places, id: &GuidelineId) {
        let names = self.names;
        self.must_exist(places, &["voluntary"], id.as_str(), "guideline", &names.guidelines);
    }

    /// A check exists if one of the catalogue covers it. A catalogue without checks knows of none and asks nothing.
    fn check_must_exist(&mut self, places: &Places, path: &[&str], id: &CheckId) {
        let names = self.names;
        let is_known =
            self.catalogue.checks().is_none_or(|checks| checks.links().any(|link| link.check.covers(id)));
        if !is_known {
            self.must_exist(places, path, id.as_str(), "check", &names.checks);
        }
    }

    fn must_exist(&mut self, places: &Places, path: &[&str], id: &str, noun: &str, known: &[String]) {
        if !known.iter().any(|name| name == id) {
            let field =
                path.iter().rev().find(|step| step.parse::<usize>().is_err()).copied().unwrap_or(noun);
            let message = (
                format!("field `{field}`: no {noun} has the id `{id}`"),
                format!("欄位 `{field}`：沒有代號為「{id}」的{}", in_chinese(noun)),
            );
            self.problems.push(places.error(path, id, message).suggesting(id, known));
        }
    }
}
