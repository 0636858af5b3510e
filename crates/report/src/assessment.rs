//! The value that every document shows: what an assessment of an institution found, with its reasons.
//!
//! It is plain data in both languages, already decided: nothing here judges, measures or reads. Its JSON form is
//! `dualtrack.assessment/1`, documented in `docs/schemas/assessment.schema.json`.

use dualtrack_assurance::Measurement;
use dualtrack_catalogue::{
    Basis, Bilingual, Confidence, ControlId, DutyHolder, Force, GuidelineId, HighRiskSense, Precision, Stage,
    Status, Strength, Timing, TitleStatus, TranslationStatus, Version,
};
use dualtrack_inventory::{CheckOutcome, DeclaredCheck, Reason, Tier, VerdictState};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an assessment of an institution found.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq)]
pub struct Assessment {
    /// Always `dualtrack.assessment/1`.
    pub schema: AssessmentSchema,
    /// The institution's name.
    pub institution: Bilingual,
    /// When it was assessed.
    pub instant: Timestamp,
    /// The past or future day it is assessed for. Then no check ran; the facts are those in the folder.
    pub as_of: Option<Date>,
    /// The program that assessed, with its version: `dualtrack 0.1.0`.
    pub program: String,
    /// The guideline versions the verdicts rest on, in the order they are shown.
    pub guidelines: Vec<GuidelineUsed>,
    /// One entry a use, in the order they are shown.
    pub uses: Vec<UseAssessment>,
    /// Uses against guidelines; [`crate::coverage`] computes it.
    pub coverage: Vec<CoverageRow>,
    /// Where the run stands in the institution's ledger, if it was entered.
    pub ledger: Option<LedgerShown>,
}

/// Where an assessment stands in a tamper-evident log, and what shows it to a stranger.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct LedgerShown {
    /// The name of the log.
    pub log: String,
    /// The index of the entry of the run, from 0.
    pub index: u64,
    /// How many pieces of evidence and verdicts changed and were entered after it.
    pub changed: u64,
    /// The signed checkpoint over the log with all of them (C2SP `tlog-checkpoint`).
    pub checkpoint: String,
    /// The exact bytes of the entry of the run.
    pub entry: String,
    /// Its receipt (C2SP `tlog-proof`).
    pub receipt: String,
    /// The verifier keys of the log; a reader should know them from elsewhere.
    pub keys: Vec<String>,
}

/// The schema tag of an assessment.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema, PartialEq, Eq)]
pub enum AssessmentSchema {
    /// The first and current schema.
    #[default]
    #[serde(rename = "dualtrack.assessment/1")]
    V1,
}

/// A guideline version that verdicts rest on.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct GuidelineUsed {
    /// Its id.
    pub id: GuidelineId,
    /// Its version.
    pub version: Version,
    /// Its title.
    pub title: Bilingual,
    /// Whether the Chinese title is the issuer's own.
    pub title_zh_status: TitleStatus,
    /// Who published it.
    pub issuer: Bilingual,
    /// How to cite it.
    pub citation: String,
    /// Where the issuer publishes it.
    pub url: String,
    /// Digest of the file, without translations.
    pub digest: String,
    /// When it was published.
    pub issued: Date,
    /// How precisely that is known.
    pub issued_precision: Precision,
    /// The first day on which it counts.
    pub in_force_from: Date,
    /// Whether it binds.
    pub status: Status,
    /// What kind of instrument it is.
    pub force: Force,
}

/// What an assessment found about one use.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq)]
pub struct UseAssessment {
    /// Names the use; also the name of its pages.
    pub id: String,
    /// What people call it.
    pub name: Bilingual,
    /// The legal entity it belongs to.
    pub entity: Bilingual,
    /// What it is for.
    pub purpose: Bilingual,
    /// What it decides, and what it does not.
    pub decides: Bilingual,
    /// Whom it affects.
    pub affects: Bilingual,
    /// The names of those who answer for it.
    pub owners: Vec<Bilingual>,
    /// The stage it is in.
    pub stage: Stage,
    /// Suspended: it keeps its stage and may do nothing.
    pub suspended: bool,
    /// How risky it is.
    pub tier: Tier,
    /// Why.
    pub tier_reasons: Vec<Bilingual>,
    /// "High risk" in each guideline's own sense.
    pub high_risk: Vec<HighRisk>,
    /// The digest of the use and everything it stands on.
    pub snapshot: String,
    /// What it stands on, with digests.
    pub foundations: Vec<Foundation>,
    /// The next gate; `None` when there is no further stage.
    pub gate: Option<GateAssessment>,
    /// Every control of every guideline version, judged or shown.
    pub controls: Vec<ControlResult>,
    /// The checks the use declares, with what came of them.
    pub checks: Vec<CheckAnswer>,
    /// Everything measured, by dataset.
    pub measured: Vec<Measured>,
}

/// What was measured on one dataset.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
pub struct Measured {
    /// The id of the dataset.
    pub dataset: String,
    /// What people call it.
    pub name: Bilingual,
    /// The digests of its files.
    pub digests: Vec<String>,
    /// Names of groups, for people.
    pub groups: Vec<GroupName>,
    /// The measurements.
    pub measurements: Vec<Measurement>,
    /// Histograms for the score chart.
    pub scores: Vec<ScoreDistribution>,
}

/// What people call a group.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub struct GroupName {
    /// The attribute, as measurements name it.
    pub attribute: String,
    /// The group, as measurements name it.
    pub group: String,
    /// What people call it.
    pub name: Bilingual,
}

/// "High risk" in one guideline's sense.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct HighRisk {
    /// In whose sense.
    pub sense: HighRiskSense,
    /// Whether it is; `None` when a fact is missing.
    pub holds: Option<bool>,
}

/// A model, dataset, prompt, tool or provider a use stands on.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Foundation {
    /// What it is.
    pub kind: FoundationKind,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Bilingual,
    /// The digests of its files.
    pub digests: Vec<String>,
}

/// What a use can stand on.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum FoundationKind {
    /// A model.
    Model,
    /// Data it was trained, validated or monitored on.
    Dataset,
    /// An instruction to a language model.
    Prompt,
    /// Something an agent may call.
    Tool,
    /// Who supplies a model or service.
    Provider,
}

/// A control and what it comes to.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct ControlResult {
    /// Names it.
    pub id: ControlId,
    /// The version of its guideline.
    pub version: Version,
    /// A short title.
    pub title: Bilingual,
    /// What must hold: a paraphrase of the source. The Chinese repeats the English while a translation is pending.
    pub statement: Bilingual,
    /// What the Chinese statement is.
    pub translation: TranslationStatus,
    /// The paragraph of the source.
    pub source_ref: Option<String>,
    /// How strongly it is put.
    pub strength: Strength,
    /// When it is due.
    pub timing: Vec<Timing>,
    /// Whether the reading is confirmed or only reported.
    pub confidence: Confidence,
    /// What it was read from.
    pub basis: Basis,
    /// Whose duty it is.
    pub duty_holder: DutyHolder,
    /// What it comes to; `None` when it is somebody else's duty, so shown and never judged.
    pub verdict: Option<VerdictState>,
    /// Whether it holds the next gate shut.
    pub blocks: bool,
    /// Why, in a line.
    pub reason: Bilingual,
    /// Why, down to evidence and source paragraph.
    pub because: Because,
}

/// A reason, and the reasons below it, down to evidence and source paragraph.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Because {
    /// The reason in words.
    pub text: Bilingual,
    /// The reason as data.
    #[serde(flatten)]
    pub reason: Reason,
    /// What it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
}

/// How the passage to the next stage stands.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct GateAssessment {
    /// From this stage.
    pub from: Stage,
    /// To this one.
    pub to: Stage,
    /// Why the gate asks what it asks.
    pub because: Bilingual,
    /// Whether it is open.
    pub open: bool,
    /// How many controls it asks for.
    pub asked: u64,
    /// How many of them it is content with.
    pub content: u64,
    /// What holds it shut, in the order in which to act.
    pub blockers: Vec<Blocker>,
    /// What later gates will ask for.
    pub preparation: Vec<Preparation>,
    /// The approvals on record.
    pub approvals: Vec<ApprovalShown>,
}

/// Something to do before a gate opens.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Blocker {
    /// What to do.
    pub action: Bilingual,
    /// Who may do it.
    pub who: Vec<Bilingual>,
    /// The controls it would settle; empty for approvals and the like.
    pub controls: Vec<BlockedControl>,
}

/// A control that shuts a gate.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct BlockedControl {
    /// Which.
    pub control: ControlId,
    /// Its title.
    pub title: Bilingual,
    /// The paragraph of the source.
    pub paragraph: Option<String>,
    /// What it comes to now.
    pub state: VerdictState,
}

/// Work that a later gate will ask for.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Preparation {
    /// The stage the first gate that asks for it leads to.
    pub to: Stage,
    /// What to do.
    pub work: Blocker,
}

/// An approval on record and whether it counts.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct ApprovalShown {
    /// Names the record.
    pub id: String,
    /// Who approved, by name.
    pub by: Bilingual,
    /// In which office.
    pub office: Bilingual,
    /// When.
    pub on: Date,
    /// On which conditions.
    pub conditions: Vec<Bilingual>,
    /// Why it does not count; empty when it does.
    pub objections: Vec<Bilingual>,
}

/// A declared check and what came of it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
pub struct CheckAnswer {
    /// The check with its threshold: who set it, why and when. No Hong Kong text we found fixes one.
    pub declared: DeclaredCheck,
    /// What people call it.
    pub name: Bilingual,
    /// The name of the person who set the threshold.
    pub set_by: Bilingual,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// Why, in a line.
    pub reason: Bilingual,
    /// The measurements that decided.
    pub deciding: Vec<Measurement>,
    /// The controls it speaks for.
    pub controls: Vec<ControlId>,
    /// Whether it holds the next gate shut.
    pub blocks: bool,
}

/// How scores are distributed, by label.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
pub struct ScoreDistribution {
    /// The attribute and group, when it is not of all rows.
    pub slice: Option<String>,
    /// The positive label as the data names it.
    pub positive: String,
    /// The negative label.
    pub negative: String,
    /// The declared cut-off of the decision.
    pub cut_off: Option<f64>,
    /// Adjoining bins by rising score.
    pub bins: Vec<ScoreBin>,
}

/// One bin of a score distribution.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
pub struct ScoreBin {
    /// Its lower edge.
    pub from: f64,
    /// Its upper edge.
    pub to: f64,
    /// Cases with the positive label.
    pub positive: u64,
    /// Cases with the negative label.
    pub negative: u64,
}

/// What a guideline comes to for each use.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct CoverageRow {
    /// The guideline.
    pub guideline: GuidelineId,
    /// One cell a use, in the order of [`Assessment::uses`].
    pub cells: Vec<CoverageCell>,
}

/// How the controls of one guideline stand for one use.
#[derive(Clone, Debug, Default, Serialize, JsonSchema, PartialEq, Eq)]
pub struct CoverageCell {
    /// The use.
    pub r#use: String,
    /// Controls met.
    pub met: u64,
    /// Controls not met.
    pub not_met: u64,
    /// Controls whose evidence is missing.
    pub missing: u64,
    /// Controls whose evidence has expired.
    pub stale: u64,
    /// Controls waived.
    pub waived: u64,
    /// Controls that cannot be told.
    pub not_assessable: u64,
    /// Controls that do not apply or are not due yet.
    pub not_applicable: u64,
    /// Controls shown and not judged.
    pub not_judged: u64,
    /// Controls that hold the next gate shut.
    pub blocking: u64,
}

/// What a run of the checks of one use measured, as it is kept beside its evidence (`dualtrack.measured/1`).
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct UseMeasured {
    /// Always `dualtrack.measured/1`.
    pub schema: MeasuredSchema,
    /// The use.
    #[serde(rename = "use")]
    pub use_id: String,
    /// When it ran.
    pub instant: Timestamp,
    /// The program that measured, with its version.
    pub program: String,
    /// The snapshot of the use that was measured.
    pub snapshot: String,
    /// The declared checks, each with its answer.
    pub checks: Vec<CheckAnswer>,
    /// What was measured, by dataset.
    pub measured: Vec<Measured>,
}

/// The schema tag of what a run measured.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum MeasuredSchema {
    /// The first and current schema.
    #[default]
    #[serde(rename = "dualtrack.measured/1")]
    V1,
}

impl UseMeasured {
    /// What an assessment found about a use, without what the record knows better.
    pub fn of(assessment: &Assessment, one: &UseAssessment) -> Self {
        Self {
            schema: MeasuredSchema::V1,
            use_id: one.id.clone(),
            instant: assessment.instant,
            program: assessment.program.clone(),
            snapshot: one.snapshot.clone(),
            checks: one.checks.clone(),
            measured: one.measured.clone(),
        }
    }
}
