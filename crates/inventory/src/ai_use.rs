//! A use of AI: a purpose, the people it affects, what it decides, and what it stands on. One YAML file each.
//!
//! A fact left out of the profile is unknown, never false. What can be derived (tier, high risk, whether the
//! institution develops the model, whether something material changed) is not asked.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, ControlId, EvidenceKind, Fact, GuidelineId, Stage};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Change, ChangePlan, Columns, DatasetId, DeclaredCheck, Digest, EntityId, ModelId, MonitorId, PersonId,
    ProviderId, Purpose, Remark, UseId,
};

/// `uses/*.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// Always `dualtrack.use/1`.
    pub schema: UseSchema,
    /// Names the use.
    pub id: UseId,
    /// What people call it.
    pub name: Bilingual,
    /// The legal entity it belongs to.
    pub entity: EntityId,
    /// What it is for, in words.
    pub purpose: Bilingual,
    /// What it is for, in tags.
    pub purposes: BTreeSet<Purpose>,
    /// What it decides, and what it does not.
    pub decides: Bilingual,
    /// Whom it affects.
    pub affects: Bilingual,
    /// Its stage now.
    pub stage: Stage,
    /// Since when it is in that stage.
    pub stage_since: Date,
    /// Stopped for now: it keeps its stage and may do nothing.
    #[serde(default)]
    pub suspended: Option<Suspension>,
    /// Pauses that were lifted, oldest first.
    #[serde(default)]
    pub past_suspensions: Vec<PastSuspension>,
    /// How Dualtrack knows of what it does.
    pub coverage: Coverage,
    /// Who is what for this use.
    pub people: UsePeople,
    /// The facts that decide which controls apply. Left out: unknown.
    #[serde(default)]
    pub profile: BTreeMap<Fact, bool>,
    /// Whether it is likely to have a significant impact on a person. Left out: unknown.
    #[serde(default)]
    pub significant_impact: Option<bool>,
    /// The answers the DPO's four tiers ask for.
    #[serde(default)]
    pub dpo: DpoFacts,
    /// How the institution shapes the model.
    #[serde(default)]
    pub architecture: Architecture,
    /// The sandbox of the authorities it takes part in, if any.
    #[serde(default)]
    pub supervisory_sandbox: Option<SupervisorySandbox>,
    /// The voluntary mechanisms it declares to follow.
    #[serde(default)]
    pub voluntary: BTreeSet<GuidelineId>,
    /// The models it stands on.
    #[serde(default)]
    pub models: BTreeSet<ModelId>,
    /// The datasets it stands on.
    #[serde(default)]
    pub datasets: UseDatasets,
    /// Prompt files, by paths inside the folder.
    #[serde(default)]
    pub prompts: BTreeSet<String>,
    /// Tools it may call.
    #[serde(default)]
    pub tools: Vec<Tool>,
    /// Providers it depends on besides those of its models and datasets.
    #[serde(default)]
    pub providers: BTreeSet<ProviderId>,
    /// Numbers that decide, such as a cut-off: name → value.
    #[serde(default)]
    pub thresholds: BTreeMap<String, f64>,
    /// The roles of columns in its data.
    #[serde(default)]
    pub columns: Columns,
    /// The checks it declares.
    #[serde(default)]
    pub checks: Vec<DeclaredCheck>,
    /// The means by which continuous duties are met.
    #[serde(default)]
    pub monitors: Vec<Monitor>,
    /// Days after entry into a stage before running evidence falls due, where fewer than the rule has it.
    #[serde(default)]
    pub running_evidence_after_days: Option<u16>,
    /// Things that happened and make duties fall due.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Changes made since the last approval.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// Changes approved in advance.
    #[serde(default)]
    pub change_plans: Vec<ChangePlan>,
    /// Stages it has been through, oldest first, without the present one.
    #[serde(default)]
    pub history: Vec<PastStage>,
    /// That it ran before it was registered here: no approval is made up for it, and what is missing is caught up.
    #[serde(default)]
    pub inherited: Option<Inherited>,
    /// When it is reviewed next.
    #[serde(default)]
    pub next_review: Option<Date>,
    /// The digests of `prompts`, taken at the edge.
    #[serde(skip_deserializing, default)]
    #[schemars(skip)]
    pub digests: BTreeMap<String, Digest>,
}

/// Who is what for a use.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct UsePeople {
    /// Who answer for it.
    pub owners: BTreeSet<PersonId>,
    /// Who build it.
    #[serde(default)]
    pub builders: BTreeSet<PersonId>,
    /// Who ask for its approval.
    #[serde(default)]
    pub requesters: BTreeSet<PersonId>,
    /// Who validate it.
    #[serde(default)]
    pub validators: BTreeSet<PersonId>,
    /// Who approve it.
    #[serde(default)]
    pub approvers: BTreeSet<PersonId>,
    /// Who owned it, built it or asked for its approval before. They stay barred from judging it; on a server the record
    /// keeps this list, and nobody types it.
    #[serde(default)]
    pub formerly: BTreeSet<PersonId>,
}

impl UsePeople {
    /// Who own it, build it or ask for its approval, now or before.
    pub fn ever_of_first_line(&self) -> impl Iterator<Item = &PersonId> {
        [&self.owners, &self.builders, &self.requesters, &self.formerly].into_iter().flatten()
    }
}

/// The datasets of a use by what they are for.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct UseDatasets {
    /// What the model learned from.
    #[serde(default)]
    pub training: BTreeSet<DatasetId>,
    /// What it was validated on.
    #[serde(default)]
    pub validation: BTreeSet<DatasetId>,
    /// What a generative use looks up and feeds to its model with a question.
    #[serde(default)]
    pub retrieval: BTreeSet<DatasetId>,
    /// What checks are run on.
    #[serde(default)]
    pub assessment: BTreeSet<DatasetId>,
    /// What it is watched on.
    #[serde(default)]
    pub monitoring: BTreeSet<DatasetId>,
}

/// A pause. The use keeps its stage and may do nothing.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Since when.
    pub on: Date,
    /// Who paused it.
    pub by: PersonId,
    /// Why.
    pub because: Bilingual,
}

/// A pause that was lifted.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PastSuspension {
    /// The pause.
    pub suspension: Suspension,
    /// Who lifted it, when, and why.
    pub lifted: Remark,
}

/// How the institution shapes a model (SFC 24EC55 paras 14–15). Left out: unknown.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// It trains the model further.
    #[serde(default)]
    pub fine_tuned: Option<bool>,
    /// It feeds the model retrieved documents.
    #[serde(default)]
    pub retrieval: Option<bool>,
    /// It filters what goes in or comes out.
    #[serde(default)]
    pub content_filter: Option<bool>,
    /// It connects tools to the model.
    #[serde(default)]
    pub tools: Option<bool>,
}

/// The answers behind the DPO's four tiers (DPO guideline s 2.1.2, Table 1). Left out: unknown.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DpoFacts {
    /// A practice of the unacceptable tier, such as manipulating people.
    #[serde(default)]
    pub unacceptable_practice: Option<bool>,
    /// It bears on life, livelihood, safety or rights: the high tier.
    #[serde(default)]
    pub critical_impact: Option<bool>,
    /// Its impact is moderate: the limited tier.
    #[serde(default)]
    pub moderate_impact: Option<bool>,
}

/// A sandbox of the authorities. Not the stage called sandbox, which is ours.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SupervisorySandbox {
    /// The programme, such as `GenA.I. Sandbox++`.
    pub programme: String,
    /// The cohort.
    pub cohort: String,
    /// The regulator that admitted the use.
    pub regulator: String,
}

/// A tool that a use may call.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it can do; not part of any snapshot.
    #[serde(default)]
    pub does: Option<Bilingual>,
}

/// A means by which a continuous duty is met: something that runs or is done at set intervals.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// Names it within the use.
    pub id: MonitorId,
    /// What it watches or does.
    pub what: Bilingual,
    /// The kinds of evidence it makes.
    pub kinds: BTreeSet<EvidenceKind>,
    /// The controls it serves. Kind alone never serves a control.
    pub controls: BTreeSet<ControlId>,
    /// How often it runs, in days.
    pub every_days: u16,
    /// Since when it is set up.
    pub since: Date,
    /// Who set it up.
    pub set_up_by: PersonId,
}

/// Something that happened and makes duties fall due.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What kind of thing.
    pub kind: EventKind,
    /// When.
    pub on: Date,
    /// What happened.
    pub what: Bilingual,
}

/// A kind of event.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Something went wrong.
    Incident,
    /// Somebody asked, such as a customer or a regulator.
    Request,
}

/// A use that ran before it was registered here.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Inherited {
    /// When it was taken over.
    pub on: Date,
    /// From which list.
    pub from: String,
    /// What is caught up, by when, and by whom.
    #[serde(default)]
    pub catch_up: Vec<CatchUp>,
}

/// Something that is caught up on an inherited use.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CatchUp {
    /// What.
    pub what: Bilingual,
    /// Until when.
    pub due: Date,
    /// By whom.
    pub by: PersonId,
}

/// A stage the use has been through.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PastStage {
    /// Which.
    pub stage: Stage,
    /// When it entered it.
    pub since: Date,
    /// Who took it back or ended it, when, and why; nothing where it went on through a gate.
    #[serde(default)]
    pub left: Option<Remark>,
}

/// How Dualtrack knows of what a use does.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// In the gateway's path.
    Enforced,
    /// Records come from elsewhere.
    Imported,
    /// People say so.
    Attested,
}

/// The schema tag of a use file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum UseSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.use/1")]
    V1,
}
