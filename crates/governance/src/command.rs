//! What people and programs can ask for: one variant an action, with all that it needs and nothing else.
//!
//! A page, the command line and a YAML file make the same values.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, ControlId, Digest, GuidelineId, Language, Stage, Version};
use dualtrack_inventory::{
    ActivationId, CandidateId, CatchUp, CommentId, ContractId, DeploymentId, EvidenceId, FindingId, Fitness,
    IncidentId, Kind, Measure, Misread, Mode, OpinionId, Part, PersonId, ProposalId, Role, Severity, TaskId,
    UseId, WaiverId, read_value,
};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::ser::{self, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value, json};

/// A document as it is handed in: of a kind, with the digests of the files that it names.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// What it is of: `use`, `model`, `evidence`, and so on.
    pub kind: String,
    /// The document, with the fields of its YAML file.
    pub document: Value,
    /// The digests of the files that it names.
    #[serde(default)]
    pub digests: BTreeMap<String, Digest>,
}

/// What is asked for.
///
/// It is written with the name of the action among its fields. It is read by that name first, and the fields as what they
/// are: a reader that looks for the name among the fields forgets where each stood, and could not say which is wrong.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(remote = "Self", rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(tag = "action")]
pub enum Command {
    /// Brings a whole institution into an empty record, as a folder describes it, and activates the guidelines.
    FoundRecord {
        /// The documents.
        documents: Vec<Given>,
    },
    /// Brings documents from files: those that are new, and those that differ.
    Apply {
        /// The documents.
        documents: Vec<Given>,
        /// The version of each document that was compared, as `kind/id`; 0 if there was none. One that changed since
        /// refuses the whole.
        #[serde(default)]
        versions: BTreeMap<String, u64>,
    },
    /// Registers a use. It begins as an idea.
    RegisterUse {
        /// The use.
        document: Value,
        /// The digests of its prompts.
        #[serde(default)]
        digests: BTreeMap<String, Digest>,
    },
    /// Changes what is said of a use. Stage, suspension and history change by their own actions.
    ChangeUse {
        /// The use, whole.
        document: Value,
        /// The digests of its prompts.
        #[serde(default)]
        digests: BTreeMap<String, Digest>,
    },
    /// Adds or changes something that uses stand on: a model, a dataset, a provider, a contract.
    ChangeFoundation {
        /// What.
        given: Given,
    },
    /// Adds a piece of evidence. One that is there is never changed.
    AddEvidence {
        /// The pieces.
        documents: Vec<Value>,
        /// The digests of the files they name.
        #[serde(default)]
        digests: BTreeMap<String, Digest>,
    },
    /// Records what checks came to. Only the run that measured them may: what is typed is no result.
    RecordResults {
        /// The results, as evidence that names its check.
        documents: Vec<Value>,
        /// The digests of the files they name.
        #[serde(default)]
        digests: BTreeMap<String, Digest>,
    },
    /// Moves a use through the gate to a stage, if it is open.
    Advance {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// To which stage.
        to: Stage,
    },
    /// Takes a use back to an earlier stage; no gate is asked.
    StepBack {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// To which stage.
        to: Stage,
        /// Why.
        because: String,
    },
    /// Ends a use for good.
    Retire {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Why.
        because: String,
    },
    /// Stops a use at once.
    Suspend {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Why.
        because: Bilingual,
    },
    /// Lifts a suspension. For a use of high tier a second person confirms.
    Resume {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Why.
        because: String,
    },
    /// Approves that a use enters a stage, as it is now.
    Approve {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Which stage.
        stage: Stage,
        /// In which office.
        role: Role,
        /// For whom, where one stands in for another.
        #[serde(default)]
        on_behalf_of: Option<PersonId>,
        /// The snapshot that was looked at; another one is not approved.
        snapshot: Digest,
        /// On which conditions.
        #[serde(default)]
        conditions: Vec<Bilingual>,
        /// The last day on which it counts.
        #[serde(default)]
        expires: Option<Date>,
    },
    /// Goes without a control for a while. Counts once a second person confirms.
    Waive {
        /// Names the waiver.
        id: WaiverId,
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Which control.
        control: ControlId,
        /// Why.
        because: Bilingual,
        /// Until when.
        expires: Date,
    },
    /// Records that a reported control, or a reading of one, binds here.
    Adopt {
        /// The adoption; who and when are set by the record.
        document: Value,
    },
    /// Records a change of a use that was approved, so that it can be classed.
    RecordChange {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Which parts changed.
        parts: BTreeSet<Part>,
        /// Why.
        because: Bilingual,
        /// The plan it belongs to.
        #[serde(default)]
        plan: Option<dualtrack_inventory::ChangePlanId>,
        /// The tests that were passed after it.
        #[serde(default)]
        tests: BTreeSet<EvidenceId>,
    },
    /// Confirms the last recorded change of a use as a second person.
    ConfirmChange {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
    },
    /// Gives a person a part in many uses at once: in all of them, or in none.
    Assign {
        /// Which uses.
        uses: BTreeSet<UseId>,
        /// Which part.
        part: UsePart,
        /// To whom.
        person: PersonId,
        /// Whom the person replaces, where they have the part.
        #[serde(default)]
        instead_of: Option<PersonId>,
    },
    /// Says something of a use. It decides nothing, and stays.
    Comment {
        /// Names it.
        id: CommentId,
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// What is said.
        what: String,
        /// Whether it speaks against what is asked for: those who decide are shown it.
        #[serde(default)]
        dissents: bool,
    },
    /// Takes up the validation of a use. Whoever does approves it no more.
    ClaimValidation {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
    },
    /// Raises a finding.
    Find {
        /// Names it.
        id: FindingId,
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// The control it speaks of.
        #[serde(default)]
        control: Option<ControlId>,
        /// How much it matters.
        severity: Severity,
        /// What was found.
        statement: String,
        /// Until when it has to be put right.
        #[serde(default)]
        due: Option<Date>,
    },
    /// Answers a finding.
    AnswerFinding {
        /// Which.
        finding: FindingId,
        /// What the owner says.
        answer: String,
    },
    /// Closes a finding that is put right.
    CloseFinding {
        /// Which.
        finding: FindingId,
        /// Why.
        because: String,
    },
    /// Gives a validator's opinion of a use as it is now.
    GiveOpinion {
        /// Names it.
        id: OpinionId,
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// The snapshot that was looked at.
        snapshot: Digest,
        /// Whether it is fit.
        fitness: Fitness,
        /// On what conditions.
        #[serde(default)]
        conditions: Vec<String>,
        /// What limits it.
        limitations: String,
        /// What was not tested, and why.
        not_tested: String,
    },
    /// Lets a use run somewhere, as it is now.
    Deploy {
        /// Names the deployment.
        id: DeploymentId,
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// Whether refusals bite.
        #[serde(default)]
        mode: Mode,
    },
    /// Tells what was seen to run.
    ReportRunning {
        /// Where.
        deployment: DeploymentId,
        /// The digests of the parts that were seen.
        parts: BTreeMap<Part, Digest>,
    },
    /// Ends a deployment.
    EndDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Lets another person stand in for oneself.
    Delegate {
        /// Names it.
        id: dualtrack_inventory::DelegationId,
        /// Who stands in.
        to: PersonId,
        /// In which offices.
        roles: BTreeSet<Role>,
        /// From when.
        on: Date,
        /// Until when.
        expires: Date,
        /// Why.
        because: String,
    },
    /// Takes a delegation back.
    RevokeDelegation {
        /// Which.
        delegation: dualtrack_inventory::DelegationId,
    },
    /// Opens an incident. Each authority that the institution answers to gets a clock, whether it is named here or not.
    OpenIncident {
        /// Names it.
        id: IncidentId,
        /// The uses that it concerns.
        uses: BTreeSet<UseId>,
        /// What happened.
        title: String,
        /// How bad it is.
        severity: Severity,
        /// When it was found out.
        discovered: Timestamp,
        /// Authorities, each with the time by which to decide whether it is told, where one is known.
        #[serde(default)]
        authorities: BTreeMap<String, Timestamp>,
    },
    /// Adds to the time line of an incident.
    NoteIncident {
        /// Which.
        incident: IncidentId,
        /// What happened.
        what: String,
        /// How many people it touched.
        #[serde(default)]
        affected: Option<u64>,
    },
    /// Contains an incident. For a use of high tier a second person confirms, but a pause bites at once.
    Contain {
        /// Which.
        incident: IncidentId,
        /// What is done.
        measure: Measure,
        /// Where; everywhere, if left out.
        #[serde(default)]
        deployment: Option<DeploymentId>,
        /// Why.
        because: String,
    },
    /// Lifts the containments of an incident of one kind. For a use of high tier a second person confirms.
    LiftContainment {
        /// Which.
        incident: IncidentId,
        /// What was done.
        measure: Measure,
        /// Where it was done; wherever it was, if left out.
        #[serde(default)]
        deployment: Option<DeploymentId>,
        /// Why it is no longer needed.
        because: String,
    },
    /// Decides whether an authority is told.
    DecideNotification {
        /// Which incident.
        incident: IncidentId,
        /// Which authority.
        authority: String,
        /// Whether it is told.
        notify: bool,
        /// Why.
        because: String,
    },
    /// Closes an incident.
    CloseIncident {
        /// Which.
        incident: IncidentId,
        /// Why it is over.
        because: String,
    },
    /// Adds a person to the record, without offices that need a second person.
    InvitePerson {
        /// The person.
        document: Value,
    },
    /// Changes what a person is called, or what they are trained in.
    ChangePerson {
        /// The person, whole; offices are changed by their own actions.
        document: Value,
    },
    /// Gives a person an office. One that validates, approves or administers takes a second person.
    GrantRole {
        /// Whom.
        person: PersonId,
        /// Which office.
        role: Role,
    },
    /// Takes an office from a person.
    RevokeRole {
        /// From whom.
        person: PersonId,
        /// Which office.
        role: Role,
    },
    /// Hands everything that a leaver has to do to others, and takes the offices away.
    Leave {
        /// Who leaves.
        person: PersonId,
        /// Who takes over the uses and tasks; nobody only where there are none.
        #[serde(default)]
        successor: Option<PersonId>,
    },
    /// Opens an account for a person who has none, or has set no password yet. The link to set one is in the answer.
    OpenAccount {
        /// Whose.
        person: PersonId,
        /// The name to sign in with.
        name: String,
        /// Where notices go.
        #[serde(default)]
        email: Option<String>,
        /// The language of notices.
        #[serde(default)]
        language: Language,
    },
    /// Lets a person set a new password. Of whoever validates, approves or administers, it counts once a second person
    /// confirms, who is given the link.
    ResetCredentials {
        /// Whose.
        person: PersonId,
    },
    /// Closes the account of a person who holds no office any more: sessions and tokens end at once.
    CloseAccount {
        /// Whose.
        person: PersonId,
    },
    /// Changes the tier or gate rules. Counts once a second person confirms.
    ChangeRules {
        /// `tiers` or `gates`, whole.
        given: Given,
    },
    /// Switches to a version of a guideline from a day on. Counts once a second person confirms.
    ActivateGuideline {
        /// Names the switch.
        id: ActivationId,
        /// Which guideline.
        guideline: GuidelineId,
        /// Which version.
        version: Version,
        /// The digest of its text.
        digest: Digest,
        /// From which day.
        effective: Date,
        /// Its text, by file; the built-in one, if left out.
        #[serde(default)]
        text: BTreeMap<String, String>,
    },
    /// Gives somebody a task.
    GiveTask {
        /// Names it.
        id: TaskId,
        /// The use it is for.
        #[serde(rename = "use", default)]
        use_id: Option<UseId>,
        /// Whose it is.
        assignee: PersonId,
        /// What to do.
        what: String,
        /// Until when.
        #[serde(default)]
        due: Option<Date>,
    },
    /// Marks a task as done.
    FinishTask {
        /// Which.
        task: TaskId,
        /// What was done.
        because: String,
    },
    /// Brings live uses from a list: each as inherited, with a plan to catch up and no approval.
    ImportPortfolio {
        /// The list it comes from.
        from: String,
        /// The uses, each with its plan.
        uses: Vec<Imported>,
    },
    /// Takes an import back: its uses are retired, if nothing was done with them since.
    UndoImport {
        /// The list it came from.
        from: String,
    },
    /// Brings decisions that were made elsewhere.
    ImportRecords {
        /// Which use.
        #[serde(rename = "use")]
        use_id: UseId,
        /// How many.
        records: u64,
        /// The first and the last instant.
        from: Timestamp,
        /// The last.
        to: Timestamp,
        /// The digest of the file.
        digest: Digest,
        /// How many there were of each outcome.
        #[serde(default)]
        outcomes: BTreeMap<String, u64>,
    },
    /// Adds uses that somebody seems to make without having registered them.
    AddCandidates {
        /// The candidates.
        documents: Vec<Value>,
    },
    /// Says what a candidate is.
    DisposeCandidate {
        /// Which.
        candidate: CandidateId,
        /// The use it is or became.
        #[serde(rename = "use", default)]
        use_id: Option<UseId>,
        /// Why.
        because: String,
    },
    /// Destroys the key of a person who left.
    ErasePerson {
        /// Whom.
        person: PersonId,
        /// On which ground.
        rule: String,
    },
    /// Confirms, as a second person, what another proposed.
    ConfirmProposal {
        /// Which.
        proposal: ProposalId,
    },
    /// Takes a proposal back, or refuses it.
    RejectProposal {
        /// Which.
        proposal: ProposalId,
        /// Why.
        because: String,
    },
    /// Ends a contract or changes its exit plan: see `change-foundation`; this notes that an exit was tried.
    TryExit {
        /// Which contract.
        contract: ContractId,
        /// When it is tried next.
        #[serde(default)]
        next_trial: Option<Date>,
    },
}

/// A part that a person has in a use.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum UsePart {
    /// Answers for it.
    Owner,
    /// Builds it.
    Builder,
    /// Validates it; nobody whom something bars.
    Validator,
}

/// A use that ran before it was registered here.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// The use.
    pub document: Value,
    /// Whether it runs already.
    pub live: bool,
    /// What is caught up.
    #[serde(default)]
    pub catch_up: Vec<CatchUp>,
}

impl Command {
    /// The name of the action, as it stands in the ledger and in addresses.
    pub fn name(&self) -> String {
        let (name, _) = self.named().unwrap_or_default();
        if name.is_empty() { "unknown".to_owned() } else { name }
    }

    /// Reads what is asked for by an action, or says which of its fields is wrong.
    #[expect(clippy::needless_pass_by_value, reason = "they become part of what is read")]
    pub fn read(name: &str, fields: Map<String, Value>) -> Result<Self, Misread> {
        let named = json!({ name: fields });
        read_value(&named).map(|ByName(command)| command).map_err(|misread| misread.beneath(name))
    }

    /// The name of the action, and its fields.
    fn named(&self) -> Option<(String, Map<String, Value>)> {
        match Self::serialize(self, serde_json::value::Serializer).ok()? {
            Value::Object(named) => match named.into_iter().next()? {
                (name, Value::Object(fields)) => Some((name, fields)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A command by its name.
struct ByName(Command);

impl<'de> Deserialize<'de> for ByName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The reading that is derived, not the one below.
        Command::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let Some(Value::String(name)) = fields.remove("action") else {
            return Err(de::Error::missing_field("action"));
        };
        Self::read(&name, fields).map_err(|misread| de::Error::custom(misread.words().en))
    }
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, fields) = self.named().ok_or_else(|| ser::Error::custom("a command has no name"))?;
        let mut map = serializer.serialize_map(Some(fields.len() + 1))?;
        map.serialize_entry("action", &name)?;
        for (field, value) in &fields {
            map.serialize_entry(field, value)?;
        }
        map.end()
    }
}

impl Command {
    /// Whether it replaces a document whole, so that what another person changed meanwhile would be lost.
    pub fn replaces_whole(&self) -> bool {
        matches!(
            self,
            Self::ChangeUse { .. }
                | Self::ChangeFoundation { .. }
                | Self::ChangePerson { .. }
                | Self::ChangeRules { .. }
        )
    }

    /// The document whose version a person saw before asking for a change of it.
    pub fn target(&self) -> Option<dualtrack_inventory::Key> {
        let scope = crate::scope::Scope::of(self);
        let use_key = |id: &String| dualtrack_inventory::Key::new(Kind::Use, id);
        match self {
            Self::Contain { incident, .. } => Some(dualtrack_inventory::Key::new(Kind::Incident, incident)),
            Self::GrantRole { person, .. } | Self::RevokeRole { person, .. } | Self::Leave { person, .. } => {
                Some(dualtrack_inventory::Key::new(Kind::Person, person))
            }
            Self::ChangePerson { document } => {
                let id = document.get("id").and_then(Value::as_str)?;
                Some(dualtrack_inventory::Key::new(Kind::Person, id))
            }
            _ => scope.keys.first().cloned().or_else(|| scope.uses.first().map(use_key)),
        }
    }
}

/// The kinds that a foundation may be of.
pub(crate) const FOUNDATIONS: [Kind; 4] = [Kind::Model, Kind::Dataset, Kind::Provider, Kind::Contract];
