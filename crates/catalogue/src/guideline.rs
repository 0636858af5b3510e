//! A guideline and its controls, as one YAML file states them.
//!
//! Field by field this is the schema `dualtrack.guideline/1`. Unknown fields are refused. Statements are
//! paraphrases of the source, in English; translations live beside and are joined by the catalogue.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bilingual, ControlId, Fact, FactValue, GuidelineId, HighRiskSense, Version};

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
    /// When it took effect; `None` means from `issued`.
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

/// How strongly a control is put.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Suggested as good practice.
    Advise,
    /// Expected by the authority.
    Expect,
    /// Required.
    Must,
}

/// Whether a guideline binds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In force: the only status that shuts a gate.
    InForce,
    /// Published as information or good practice.
    Published,
    /// The rules of a programme that one joins.
    Programme,
    /// Announced or under consultation.
    Proposed,
}

/// What kind of instrument a guideline is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// A law.
    Statute,
    /// A circular of a regulator to those it supervises.
    Circular,
    /// Guidance.
    Guidance,
    /// A policy statement of the Government.
    PolicyStatement,
    /// A mechanism one may choose; binds only a use that declares it.
    VoluntaryMechanism,
    /// A programme such as a supervisory sandbox.
    Programme,
    /// A report on practice.
    Report,
}

/// A kind of institution, in the words of the guideline files.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum InstitutionKind {
    /// Any financial institution.
    AllFinancialInstitution,
    /// An authorized institution under the Banking Ordinance.
    AuthorizedInstitution,
    /// Anyone who controls the collection, holding, processing or use of personal data. Every entity is one.
    DataUser,
    /// A developer of generative AI.
    GenaiDeveloper,
    /// A provider of generative AI services.
    GenaiServiceProvider,
    /// A user of generative AI services. Every entity is one.
    GenaiServiceUser,
    /// An authorized insurer.
    Insurer,
    /// A licensed insurance intermediary.
    InsuranceIntermediary,
    /// A corporation licensed by the SFC.
    LicensedCorporation,
    /// A Mainland handler that exports personal information.
    MainlandExporter,
    /// A trustee of mandatory provident funds.
    MpfTrustee,
    /// A licensee of a stored value facility.
    SvfLicensee,
    /// A licensed virtual asset trading platform operator.
    VatpOperator,
}

/// When a control is due.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// While the use is designed.
    Design,
    /// Before it is put to work.
    BeforeLaunch,
    /// Once.
    Once,
    /// When a contract is made.
    OnContract,
    /// When data is transferred.
    OnTransfer,
    /// When something material changes.
    OnMaterialChange,
    /// All the time.
    Continuous,
    /// At set intervals.
    Periodic,
    /// With each decision.
    EachDecision,
    /// With each interaction.
    EachInteraction,
    /// When something goes wrong.
    OnIncident,
    /// When somebody asks.
    OnRequest,
}

/// A kind of evidence.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// Who may reach what was reviewed.
    AccessReview,
    /// The board or its committee approved.
    BoardApproval,
    /// A plan for when the use fails.
    ContingencyPlan,
    /// What data is used, from where, with which quality.
    DataInventory,
    /// Decisions are logged.
    DecisionLog,
    /// A disclosure was shown to the person.
    DisclosureShown,
    /// Inputs, outputs or performance are watched for change.
    DriftMonitor,
    /// The model's reasons were tested.
    ExplainabilityTest,
    /// Outcomes were compared between groups.
    FairnessTest,
    /// The fall-back was drilled.
    FallbackDrill,
    /// A person reviewed.
    HumanReviewRecord,
    /// An incident was recorded.
    IncidentRecord,
    /// An authority was notified.
    NotificationFiled,
    /// An opt-out was honoured.
    OptOutHonoured,
    /// A named person answers for it.
    OwnerAssigned,
    /// It was reviewed at its interval.
    PeriodicReview,
    /// The same question in other words was tested.
    PromptVariationTest,
    /// Its risk was assessed.
    RiskAssessment,
    /// Its robustness was tested.
    RobustnessTest,
    /// Its security was tested.
    SecurityTest,
    /// People were trained.
    TrainingRecord,
    /// A transfer of data was assessed.
    TransferAssessment,
    /// It was validated.
    ValidationReport,
    /// The vendor was assessed.
    VendorAssessment,
}

/// Whether a machine can check a control.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Automatable {
    /// A machine can.
    Machine,
    /// A machine can check a part.
    Mixed,
    /// A person must attest it.
    Attested,
}

/// Whether a reading is confirmed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Seen in a text of the issuer or a transcription of it.
    Confirmed,
    /// Reported by others. Shuts no gate until a compliance officer adopts it.
    Reported,
}

/// What a control was read from.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The document itself.
    PrimaryText,
    /// A summary by the issuer.
    IssuerSummary,
    /// A public transcription.
    Transcription,
    /// Law firms, press, vendors.
    Secondary,
}

/// How precisely a date is known.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// Not confirmed.
    Unconfirmed,
}

/// Whether a Chinese title is the issuer's own.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum TitleStatus {
    /// The issuer's own.
    Official,
    /// Our translation.
    Translated,
}

/// Whose duty a control is.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
#[serde(rename_all = "kebab-case")]
pub enum DutyHolder {
    /// The institution that uses AI.
    #[default]
    Institution,
    /// The body charged with investor and financial education.
    InvestorEducationBody,
}

/// The principle a control serves.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Principle {
    /// Someone answers for it.
    Accountability,
    /// Consumers are protected.
    ConsumerProtection,
    /// Data stays lawful across borders.
    CrossBorder,
    /// Systems are guarded.
    CyberSecurity,
    /// Personal data is protected.
    DataProtection,
    /// People learn what AI means.
    Education,
    /// Reasons can be given.
    Explainability,
    /// People are treated alike.
    Fairness,
    /// Policies, boards, committees.
    Governance,
    /// A person can step in.
    HumanOversight,
    /// The risk of the model itself is managed.
    ModelRisk,
    /// It is watched.
    Monitoring,
    /// It withstands.
    Robustness,
    /// Vendors are governed.
    ThirdParty,
    /// People are told.
    Transparency,
}
