//! A guideline and its controls, as one YAML file states them.
//!
//! Field by field this is the schema `dualtrack.guideline/1`. Unknown fields are refused. Statements are
//! paraphrases of the source, in English; translations live beside and are joined by the catalogue.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fact::conditions;
use crate::{
    Automatable, Basis, Bilingual, Confidence, ControlId, DutyHolder, EvidenceKind, Fact, FactValue, Force,
    GuidelineId, HighRiskSense, InstitutionKind, Precision, Principle, Status, Strength, Timing, TitleStatus,
    Version,
};

/// One version of a document an authority published.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// Always `dualtrack.guideline/1`.
    pub schema: GuidelineSchema,
    /// Names the guideline across its versions.
    pub id: GuidelineId,
    /// Which version of it this file is.
    pub version: Version,
    /// Its title.
    pub title: Bilingual,
    /// Whether the Chinese title is the issuer's own.
    pub title_zh_status: TitleStatus,
    /// Who published it.
    pub issuer: String,
    /// When it was published.
    pub issued: Date,
    /// How precisely `issued` is known.
    pub issued_precision: Precision,
    /// When it took effect; `null` means from `issued`.
    pub effective: Option<Date>,
    /// Whether it binds.
    pub status: Status,
    /// What kind of instrument it is.
    pub force: Force,
    /// The kinds of institution it addresses; a use of an entity of another kind is not touched by it.
    pub applies_to: Vec<InstitutionKind>,
    /// How this guideline itself understands "high risk", where its controls speak of it.
    #[serde(default)]
    pub high_risk: Option<HighRiskSense>,
    /// Where it was read.
    pub source: Source,
    /// How it stands to other guidelines: relation → guideline ids.
    pub relations: BTreeMap<String, Vec<GuidelineId>>,
    /// What it says of its own revision.
    pub revision: Revision,
    /// What must hold.
    pub controls: Vec<Control>,
}

/// The day from which a guideline counts, and how sure that day is.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct InForceFrom {
    /// The first day: of a month known only to the month, its first.
    pub date: Date,
    /// How precisely the day is known.
    pub precision: Precision,
}

/// Whether a control can shut a gate.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Binding {
    /// It can: the guideline is in force and the reading confirmed.
    Binds,
    /// It is only reported, and binds once a compliance officer adopts it with a reason.
    BindsOnceAdopted,
    /// The guideline is not in force: guidance, or still to come.
    Guidance {
        /// What the guideline is instead.
        status: Status,
    },
    /// It is not the institution's duty.
    OthersDuty,
}

impl Guideline {
    /// From when it counts: `effective`, else `issued` at its stated precision.
    ///
    /// A guideline that is not in force counts from its issue, since nothing takes effect.
    pub fn in_force_from(&self) -> InForceFrom {
        if let (Status::InForce, Some(effective)) = (self.status, self.effective) {
            return InForceFrom { date: effective, precision: Precision::Day };
        }
        let date = match self.issued_precision {
            Precision::Month => self.issued.first_of_month(),
            Precision::Day | Precision::Unconfirmed => self.issued,
        };
        InForceFrom { date, precision: self.issued_precision }
    }

    /// Every other guideline it names, by relation or as its successor.
    pub fn named(&self) -> impl Iterator<Item = &GuidelineId> {
        self.relations.values().flatten().chain(&self.revision.superseded_by)
    }

    /// Whether one of its controls can shut a gate, before any adoption.
    pub fn binding(&self, control: &Control) -> Binding {
        match (control.duty_holder, self.status, control.confidence) {
            (DutyHolder::InvestorEducationBody, _, _) => Binding::OthersDuty,
            (DutyHolder::Institution, Status::InForce, Confidence::Confirmed) => Binding::Binds,
            (DutyHolder::Institution, Status::InForce, Confidence::Reported) => Binding::BindsOnceAdopted,
            (DutyHolder::Institution, status, _) => Binding::Guidance { status },
        }
    }
}

impl Binding {
    /// Whether the control shuts gates as it stands, without adoption.
    pub fn shuts_gates(self) -> bool {
        matches!(self, Self::Binds)
    }
}

/// One thing that must hold.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Names the control; the part after the dot is stable across versions.
    pub id: ControlId,
    /// Earlier ids of the same control, corrected by a later reading.
    #[serde(default)]
    pub aliases: Vec<ControlId>,
    /// A short title.
    pub title: Bilingual,
    /// The paraphrased statement, in English.
    pub statement: String,
    /// The paragraph of the source.
    pub source_ref: Option<String>,
    /// The principle it serves.
    pub principle: Principle,
    /// Every fact must have this value for the control to apply. Empty: always applies.
    #[serde(deserialize_with = "conditions")]
    pub applies_when: BTreeMap<Fact, FactValue>,
    /// When it is due.
    pub timing: Vec<Timing>,
    /// How strongly it is put.
    pub strength: Strength,
    /// The kinds of evidence that show it; every one is needed.
    pub evidence: Vec<EvidenceKind>,
    /// Whether a machine can check it.
    pub automatable: Automatable,
    /// How a machine could check it, in words.
    #[serde(default)]
    pub check: Option<String>,
    /// Whether the reading is confirmed by a primary text or only reported.
    pub confidence: Confidence,
    /// What it was read from.
    pub basis: Basis,
    /// A remark of the researcher.
    #[serde(default)]
    pub note: Option<String>,
    /// Whose duty it is. Only the institution's duties are judged; others are shown.
    #[serde(default)]
    pub duty_holder: DutyHolder,
}

/// Where a guideline was read.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How to cite it.
    pub citation: String,
    /// The issuer's reference number.
    pub reference: Option<String>,
    /// Where the issuer publishes it.
    pub url: String,
    /// Which copy or summary was read.
    pub read_from: String,
}

/// What a guideline says of its own revision.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// In words.
    pub clause: Option<String>,
    /// The guideline that replaces it.
    pub superseded_by: Option<GuidelineId>,
}

/// The schema tag of a guideline file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum GuidelineSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.guideline/1")]
    V1,
}
