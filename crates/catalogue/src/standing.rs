//! The guidelines as they stand on a day: of each, the highest version that counts by then.
//!
//! Everything the product judges, it judges against a standing; for a past day it is another one. The day comes in
//! as a value.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    Applicability, Binding, Catalogue, CheckId, CheckLink, Control, ControlId, Edition, Guideline,
    GuidelineId, InstitutionKind, Language, Profile, Shown, applies,
};

/// The guidelines as they stand on a day.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    catalogue: &'a Catalogue,
    date: Date,
    picked: BTreeMap<&'a GuidelineId, &'a Edition>,
    coming: Vec<&'a Edition>,
    superseded: Vec<&'a Edition>,
}

/// A control as it stands in one version of its guideline.
#[derive(Clone, Copy, Debug)]
pub struct StandingControl<'a> {
    catalogue: &'a Catalogue,
    /// The version of the guideline.
    pub edition: &'a Edition,
    /// The control.
    pub control: &'a Control,
}

impl Catalogue {
    /// The guidelines as they stand on `date`.
    ///
    /// Of each guideline the highest version that counts from that day or earlier is picked. A guideline whose
    /// successor (`superseded_by`) counts by then is set aside.
    pub fn on(&self, date: Date) -> Standing<'_> {
        let mut picked = BTreeMap::new();
        let mut coming = Vec::new();
        for (id, versions) in self.by_guideline() {
            let counts = |edition: &&Edition| edition.guideline().in_force_from().date <= date;
            if let Some(edition) = versions.values().rev().find(counts) {
                picked.insert(id, edition);
            }
            coming.extend(versions.values().filter(|edition| !counts(edition)));
        }
        let is_superseded = |edition: &Edition| {
            edition.guideline().revision.superseded_by.as_ref().is_some_and(|next| picked.contains_key(next))
        };
        let superseded: Vec<_> = picked.values().copied().filter(|edition| is_superseded(edition)).collect();
        for edition in &superseded {
            picked.remove(&edition.guideline().id);
        }
        Standing { catalogue: self, date, picked, coming, superseded }
    }
}

impl<'a> Standing<'a> {
    /// The day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The version of each guideline that counts, by id.
    pub fn editions(&self) -> impl Iterator<Item = &'a Edition> {
        self.picked.values().copied()
    }

    /// Versions that do not count yet, by id.
    pub fn coming(&self) -> &[&'a Edition] {
        &self.coming
    }

    /// Guidelines that another one has replaced by then.
    pub fn superseded(&self) -> &[&'a Edition] {
        &self.superseded
    }

    /// The version of a guideline that counts.
    pub fn edition(&self, guideline: &GuidelineId) -> Option<&'a Edition> {
        self.picked.get(guideline).copied()
    }

    /// A control by any id it ever went by.
    pub fn control(&self, id: &ControlId) -> Option<StandingControl<'a>> {
        let edition = self.edition(&id.guideline())?;
        let control = edition.control(id).or_else(|| {
            let current = self.catalogue.current_id(id);
            edition
                .guideline()
                .controls
                .iter()
                .find(|control| self.catalogue.current_id(&control.id) == current)
        })?;
        Some(StandingControl { catalogue: self.catalogue, edition, control })
    }

    /// Every control that counts, in the order of the files.
    pub fn controls(&self) -> impl Iterator<Item = StandingControl<'a>> {
        let catalogue = self.catalogue;
        self.editions().flat_map(move |edition| {
            let controls = edition.guideline().controls.iter();
            controls.map(move |control| StandingControl { catalogue, edition, control })
        })
    }

    /// What a check can show among the controls that count.
    pub fn shown_by(&self, check: &CheckId) -> Vec<(StandingControl<'a>, CheckLink<'a>)> {
        let links = self.catalogue.checks().into_iter().flat_map(|checks| checks.shown_by(check));
        links.filter_map(|link| Some((self.control(link.control)?, link))).collect()
    }
}

impl<'a> StandingControl<'a> {
    /// Its id in this version.
    pub fn id(&self) -> &'a ControlId {
        &self.control.id
    }

    /// The guideline it belongs to.
    pub fn guideline(&self) -> &'a Guideline {
        self.edition.guideline()
    }

    /// What must hold.
    pub fn statement(&self, language: Language) -> Shown<'a> {
        self.edition.statement(self.control, language)
    }

    /// How a machine could check it, where the researchers say so.
    pub fn check(&self, language: Language) -> Option<Shown<'a>> {
        self.edition.check(self.control, language)
    }

    /// The researcher's remark, where there is one.
    pub fn note(&self, language: Language) -> Option<Shown<'a>> {
        self.edition.note(self.control, language)
    }

    /// Whether it can shut a gate, before any adoption.
    pub fn binding(&self) -> Binding {
        self.guideline().binding(self.control)
    }

    /// Whether it applies to a use: see [`applies`].
    pub fn applies(
        &self,
        kinds: &BTreeSet<InstitutionKind>,
        declared: &BTreeSet<GuidelineId>,
        profile: &Profile,
    ) -> Applicability {
        applies(self.guideline(), self.control, kinds, declared, profile)
    }

    /// The checks that can show it, each with the kind of evidence, how far, and why.
    pub fn checks(&self) -> Vec<CheckLink<'a>> {
        self.catalogue
            .links_to(self.id())
            .filter(|link| self.control.evidence.contains(&link.evidence))
            .collect()
    }
}
