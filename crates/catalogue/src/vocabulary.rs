//! The fixed words of guideline files: strengths, statuses, kinds, timings, kinds of evidence, principles.
//!
//! Each word is one variant; files write it in kebab-case. What people read for it, in both languages, is in
//! `labels.rs`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

impl InstitutionKind {
    /// Whether it is a financial institution that a regulator licenses.
    pub fn is_licensed(self) -> bool {
        match self {
            Self::AuthorizedInstitution
            | Self::Insurer
            | Self::InsuranceIntermediary
            | Self::LicensedCorporation
            | Self::MpfTrustee
            | Self::SvfLicensee
            | Self::VatpOperator => true,
            Self::AllFinancialInstitution
            | Self::DataUser
            | Self::GenaiDeveloper
            | Self::GenaiServiceProvider
            | Self::GenaiServiceUser
            | Self::MainlandExporter => false,
        }
    }
}
