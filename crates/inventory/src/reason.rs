//! Reasons as data: why a verdict is what it is, as a tree down to evidence and source paragraph.
//!
//! The words for each reason, in both languages, live in `words`, so that text, JSON and HTML share them.

use std::collections::BTreeSet;

use dualtrack_catalogue::{
    Bilingual, CheckId, Confidence, ControlId, DutyHolder, EvidenceKind, Extent, Fact, GuidelineId,
    HighRiskSense, InstitutionKind, Stage, Status, Strength, Timing, Version,
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    AdoptionId, Bar, CheckOutcome, Digest, EntityId, EventKind, EvidenceId, MonitorId, PersonId, WaiverId,
};

/// A reason and what it rests on.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
pub struct Because {
    /// The reason.
    #[serde(flatten)]
    pub reason: Reason,
    /// What it rests on; empty at a leaf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
}

impl Because {
    /// A reason that rests on nothing further.
    pub fn leaf(reason: Reason) -> Self {
        Self { reason, because: Vec::new() }
    }

    /// A reason and what it rests on.
    pub fn of(reason: Reason, because: Vec<Self>) -> Self {
        Self { reason, because }
    }

    /// Every reason in the tree, parents before children.
    pub fn reasons(&self) -> Vec<&Reason> {
        let mut reasons = vec![&self.reason];
        reasons.extend(self.because.iter().flat_map(Self::reasons));
        reasons
    }
}

/// Why.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    // What a control comes to.
    /// Every kind of evidence it needs is there and counts.
    EveryKindShown,
    /// A kind of evidence it needs is not there.
    SomethingMissing,
    /// Evidence shows that it does not hold.
    Contradicted,
    /// It does not apply, or is not due.
    NotAsked,
    /// Gone without for a time.
    GoneWithout,
    /// The evidence was there and has expired.
    OutOfDate,
    /// What is there does not decide it.
    Undecided,

    // Whether it applies.
    /// The duty is somebody else's; shown, never judged.
    DutyOfAnother {
        /// Whose.
        holder: DutyHolder,
    },
    /// The guideline addresses other kinds of institution.
    OtherKindOfInstitution {
        /// The entity of the use.
        entity: EntityId,
        /// The kinds it addresses.
        addressed: BTreeSet<InstitutionKind>,
    },
    /// A voluntary mechanism the use does not declare.
    NotDeclared {
        /// Which.
        guideline: GuidelineId,
    },
    /// The rules of a sandbox of the authorities the use takes no part in.
    NotInSupervisorySandbox,
    /// A fact speaks against it.
    FactDiffers {
        /// Which.
        fact: Fact,
        /// In whose sense of high risk.
        sense: Option<HighRiskSense>,
        /// The stage it asks for, if it asks for one.
        stage: Option<Stage>,
    },
    /// A fact that decides is unknown.
    FactUnknown {
        /// Which.
        fact: Fact,
        /// In whose sense of high risk.
        sense: Option<HighRiskSense>,
    },
    /// Every fact it asks for holds.
    FactsHold {
        /// Which.
        facts: BTreeSet<Fact>,
    },

    // Whether it is due.
    /// Nothing of the kind has happened.
    NothingHappened {
        /// What would make it due.
        kind: EventKind,
    },
    /// Nothing material changed since the approval.
    NothingMaterialChanged,
    /// Something material changed since this approval.
    MaterialChange {
        /// When the state that has changed was approved.
        approved: Date,
    },
    /// Something happened that made it due.
    Happened {
        /// What kind.
        kind: EventKind,
        /// When.
        on: Date,
        /// What.
        what: Bilingual,
    },
    /// It was due before a gate.
    DueBeforeGate {
        /// When it is due.
        timing: BTreeSet<Timing>,
    },
    /// Running evidence is not due yet.
    NotDueYet {
        /// From this day.
        until: Date,
    },
    /// Running evidence falls due once the use runs.
    NotDueBeforeItRuns {
        /// The stage now.
        stage: Stage,
        /// The first stage in which it runs.
        from: Stage,
    },
    /// Running evidence has been due since a day.
    RunningEvidenceDue {
        /// That day.
        since: Date,
    },
    /// The means of a continuous duty are set up.
    MeansSetUp {
        /// For which kind of evidence.
        kind: EvidenceKind,
        /// By which monitor.
        monitor: MonitorId,
        /// How often it runs, in days.
        every_days: u16,
        /// Since when.
        since: Date,
    },
    /// The means of a continuous duty are not set up.
    MeansNotSetUp {
        /// For which kind of evidence.
        kind: EvidenceKind,
    },

    // What the evidence says.
    /// A kind of evidence is there and counts.
    KindShown {
        /// Which.
        kind: EvidenceKind,
    },
    /// Nothing that counts is there of this kind.
    KindNotShown {
        /// Which.
        kind: EvidenceKind,
    },
    /// Evidence of this kind counts and speaks against the control.
    KindFails {
        /// Which.
        kind: EvidenceKind,
    },
    /// What is there of this kind does not decide.
    KindUndecided {
        /// Which.
        kind: EvidenceKind,
    },
    /// A piece of evidence counts.
    EvidenceCounts {
        /// Which.
        evidence: EvidenceId,
        /// When it was made.
        on: Date,
        /// The last day on which it counts.
        expires: Date,
        /// Who gave it.
        by: PersonId,
        /// What it says.
        statement: Bilingual,
    },
    /// A piece of evidence counts and says that the control does not hold, or leaves it open.
    EvidenceAgainst {
        /// Which.
        evidence: EvidenceId,
        /// What it says: it does not hold, or it is open.
        outcome: CheckOutcome,
        /// When it was made.
        on: Date,
        /// Who gave it.
        by: PersonId,
        /// What it says.
        statement: Bilingual,
    },
    /// A recorded check counts with this outcome.
    RecordedCheck {
        /// The evidence.
        evidence: EvidenceId,
        /// Which check.
        check: CheckId,
        /// Which declaration of it.
        key: String,
        /// How far passing it shows the control.
        extent: Extent,
        /// Its outcome.
        outcome: CheckOutcome,
        /// When it ran.
        on: Date,
        /// What was found.
        statement: Bilingual,
        /// The deciding number.
        measured: Option<String>,
    },
    /// A check of this run counts with this outcome.
    CheckRan {
        /// Which check.
        check: CheckId,
        /// Which declaration of it.
        key: String,
        /// How far passing it shows the control.
        extent: Extent,
        /// Its outcome.
        outcome: CheckOutcome,
        /// What was found.
        statement: Bilingual,
        /// The deciding number.
        measured: Option<String>,
    },
    /// A piece of evidence has expired.
    EvidenceExpired {
        /// Which.
        evidence: EvidenceId,
        /// The last day on which it counted.
        on: Date,
    },
    /// A piece of evidence comes from a person whose word does not count here.
    EvidenceByBarred {
        /// Which.
        evidence: EvidenceId,
        /// Whose.
        person: PersonId,
        /// What the person is called.
        name: Bilingual,
        /// Why not.
        bars: BTreeSet<Bar>,
    },
    /// A record of a check that the use does not declare: no run of it can have made it.
    RecordOfUndeclaredCheck {
        /// Which.
        evidence: EvidenceId,
        /// Which check.
        key: String,
    },
    /// A piece of evidence is bound to another state of the use.
    EvidenceForOtherSnapshot {
        /// Which.
        evidence: EvidenceId,
        /// The state it is bound to.
        snapshot: Digest,
    },
    /// A piece of evidence was supplied for another stage than the one the use is in and the one ahead.
    EvidenceForOtherStage {
        /// Which.
        evidence: EvidenceId,
        /// The stage it was supplied for.
        stage: Stage,
    },
    /// A piece of evidence is older than what made the control due.
    EvidenceTooOld {
        /// Which.
        evidence: EvidenceId,
        /// When it was made.
        on: Date,
        /// What it must not be older than.
        since: Date,
    },
    /// A piece of evidence is of the right kind but does not speak for this control.
    EvidenceSilent {
        /// Which.
        evidence: EvidenceId,
    },

    // Waivers.
    /// A waiver counts.
    WaiverCounts {
        /// Which.
        waiver: WaiverId,
        /// Who decided.
        by: PersonId,
        /// Who agreed.
        second: PersonId,
        /// The last day on which it counts.
        expires: Date,
        /// Why.
        statement: Bilingual,
    },
    /// A waiver has expired.
    WaiverExpired {
        /// Which.
        waiver: WaiverId,
        /// The last day on which it counted.
        on: Date,
    },
    /// A waiver names the same person twice.
    WaiverNeedsSecondPerson {
        /// Which.
        waiver: WaiverId,
        /// Who.
        person: PersonId,
    },
    /// A waiver comes from a person who may not give it.
    WaiverByBarred {
        /// Which.
        waiver: WaiverId,
        /// Who.
        person: PersonId,
        /// What the person is called.
        name: Bilingual,
        /// Why not.
        bars: BTreeSet<Bar>,
    },
    /// A waiver comes from a person whose offices approve nothing.
    WaiverWithoutOffice {
        /// Which.
        waiver: WaiverId,
        /// Who.
        person: PersonId,
        /// What the person is called.
        name: Bilingual,
    },

    // How it binds.
    /// A reading that is only reported, and nobody adopted it: it shuts no gate.
    OnlyReported,
    /// A compliance officer adopted it.
    Adopted {
        /// The record.
        adoption: AdoptionId,
        /// Who.
        by: PersonId,
        /// When.
        on: Date,
        /// Why.
        statement: Bilingual,
    },
    /// How the institution reads the control.
    Reading {
        /// The record.
        adoption: AdoptionId,
        /// The reading.
        reading: Bilingual,
    },
    /// An adoption does not count: the person is no compliance officer.
    AdoptionNotCounted {
        /// The record.
        adoption: AdoptionId,
        /// Who.
        person: PersonId,
    },
    /// The guideline is not in force: it guides and shuts no gate.
    NotInForce {
        /// What it is instead.
        status: Status,
    },
    /// Where the control comes from.
    Source {
        /// The guideline.
        guideline: GuidelineId,
        /// Its version.
        version: Version,
        /// The control.
        control: ControlId,
        /// The paragraph.
        paragraph: Option<String>,
        /// How strongly it is put.
        strength: Strength,
        /// Whether the reading is confirmed.
        confidence: Confidence,
    },
}
