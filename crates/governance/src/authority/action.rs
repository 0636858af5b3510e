//! The actions that policies speak of.

use std::str::FromStr;

use cedar_policy::EntityUid;

/// Something that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described by the policies that speak of it")]
pub enum Action {
    ViewUse,
    ViewPerson,
    ViewModel,
    ViewDataset,
    ViewProvider,
    ViewEvidence,
    ViewRecord,
    ViewGuideline,
    ViewCoverage,
    ViewAuditTrail,
    ViewLedger,
    ViewInbox,
    ViewSettings,
    ExportRecord,
    VerifyLedger,
    RegisterUse,
    ChangeUse,
    ChangeFoundation,
    AddEvidence,
    RecordResults,
    RequestGate,
    Advance,
    Retire,
    Suspend,
    Deploy,
    ReportRunning,
    AnswerFinding,
    OpenIncident,
    Contain,
    DecideNotification,
    CloseIncident,
    InvitePerson,
    CloseAccount,
    ResetCredentials,
    GrantRole,
    ChangeSettings,
    ManageTokens,
    RevokeSessions,
    ImportPortfolio,
    ImportRecords,
    DisposeCandidate,
    FoundRecord,
    ManageTasks,
    Comment,
    WriteWebhook,
    Delegate,
    Validate,
    Find,
    CloseFinding,
    ConfirmChange,
    Approve,
    Waive,
    ConfirmProposal,
    Adopt,
    Resume,
    ErasePerson,
    ChangeRules,
    ConfirmGrant,
    ConfirmRules,
}

/// A name that no action has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no action")]
pub struct UnknownAction(String);

impl Action {
    /// Every action.
    pub const ALL: [Self; 59] = [
        Self::ViewUse,
        Self::ViewPerson,
        Self::ViewModel,
        Self::ViewDataset,
        Self::ViewProvider,
        Self::ViewEvidence,
        Self::ViewRecord,
        Self::ViewGuideline,
        Self::ViewCoverage,
        Self::ViewAuditTrail,
        Self::ViewLedger,
        Self::ViewInbox,
        Self::ViewSettings,
        Self::ExportRecord,
        Self::VerifyLedger,
        Self::RegisterUse,
        Self::ChangeUse,
        Self::ChangeFoundation,
        Self::AddEvidence,
        Self::RecordResults,
        Self::RequestGate,
        Self::Advance,
        Self::Retire,
        Self::Suspend,
        Self::Deploy,
        Self::ReportRunning,
        Self::AnswerFinding,
        Self::OpenIncident,
        Self::Contain,
        Self::DecideNotification,
        Self::CloseIncident,
        Self::InvitePerson,
        Self::CloseAccount,
        Self::ResetCredentials,
        Self::GrantRole,
        Self::ChangeSettings,
        Self::ManageTokens,
        Self::RevokeSessions,
        Self::ImportPortfolio,
        Self::ImportRecords,
        Self::DisposeCandidate,
        Self::FoundRecord,
        Self::ManageTasks,
        Self::Comment,
        Self::WriteWebhook,
        Self::Delegate,
        Self::Validate,
        Self::Find,
        Self::CloseFinding,
        Self::ConfirmChange,
        Self::Approve,
        Self::Waive,
        Self::ConfirmProposal,
        Self::Adopt,
        Self::Resume,
        Self::ErasePerson,
        Self::ChangeRules,
        Self::ConfirmGrant,
        Self::ConfirmRules,
    ];

    /// Whether it takes a fresh sign-in of a person each time: `deciding` in `policies/access/schema.cedarschema`.
    pub fn takes_fresh_sign_in(self) -> bool {
        matches!(
            self,
            Self::Approve
                | Self::Waive
                | Self::ConfirmProposal
                | Self::Resume
                | Self::ErasePerson
                | Self::ChangeRules
                | Self::ConfirmGrant
                | Self::ConfirmRules
                | Self::ResetCredentials
        )
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ViewUse => "view-use",
            Self::ViewPerson => "view-person",
            Self::ViewModel => "view-model",
            Self::ViewDataset => "view-dataset",
            Self::ViewProvider => "view-provider",
            Self::ViewEvidence => "view-evidence",
            Self::ViewRecord => "view-record",
            Self::ViewGuideline => "view-guideline",
            Self::ViewCoverage => "view-coverage",
            Self::ViewAuditTrail => "view-audit-trail",
            Self::ViewLedger => "view-ledger",
            Self::ViewInbox => "view-inbox",
            Self::ViewSettings => "view-settings",
            Self::ExportRecord => "export-record",
            Self::VerifyLedger => "verify-ledger",
            Self::RegisterUse => "register-use",
            Self::ChangeUse => "change-use",
            Self::ChangeFoundation => "change-foundation",
            Self::AddEvidence => "add-evidence",
            Self::RecordResults => "record-results",
            Self::RequestGate => "request-gate",
            Self::Advance => "advance",
            Self::Retire => "retire",
            Self::Suspend => "suspend",
            Self::Deploy => "deploy",
            Self::ReportRunning => "report-running",
            Self::AnswerFinding => "answer-finding",
            Self::OpenIncident => "open-incident",
            Self::Contain => "contain",
            Self::DecideNotification => "decide-notification",
            Self::CloseIncident => "close-incident",
            Self::InvitePerson => "invite-person",
            Self::CloseAccount => "close-account",
            Self::ResetCredentials => "reset-credentials",
            Self::GrantRole => "grant-role",
            Self::ChangeSettings => "change-settings",
            Self::ManageTokens => "manage-tokens",
            Self::RevokeSessions => "revoke-sessions",
            Self::ImportPortfolio => "import-portfolio",
            Self::ImportRecords => "import-records",
            Self::DisposeCandidate => "dispose-candidate",
            Self::FoundRecord => "found-record",
            Self::ManageTasks => "manage-tasks",
            Self::Comment => "comment",
            Self::WriteWebhook => "write-webhook",
            Self::Delegate => "delegate",
            Self::Validate => "validate",
            Self::Find => "find",
            Self::CloseFinding => "close-finding",
            Self::ConfirmChange => "confirm-change",
            Self::Approve => "approve",
            Self::Waive => "waive",
            Self::ConfirmProposal => "confirm-proposal",
            Self::Adopt => "adopt",
            Self::Resume => "resume",
            Self::ErasePerson => "erase-person",
            Self::ChangeRules => "change-rules",
            Self::ConfirmGrant => "confirm-grant",
            Self::ConfirmRules => "confirm-rules",
        }
    }

    pub(super) fn uid(self) -> Result<EntityUid, String> {
        format!("Action::\"{}\"", self.as_str()).parse().map_err(|error| format!("{error}"))
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == text)
            .ok_or_else(|| UnknownAction(text.to_owned()))
    }
}
