//! What to do about a control that a gate is not content with, and who may do it.

use std::collections::BTreeSet;

use dualtrack_catalogue::{CheckId, ControlId, EvidenceKind, Extent, Standing};

use crate::{Action, Actor, Because, CheckOutcome, Due, Inventory, Reason, Role, Use, Verdict};

/// What to do about one control: everything its because-tree leaves open.
pub(crate) fn actions(standing: &Standing<'_>, verdict: &Verdict) -> BTreeSet<Action> {
    // Of a duty that runs on, the means come first, and only then what they show.
    let lacks_means = matches!(verdict.due, Due::Means { set_up: false, .. });
    let branches = verdict.because.because.iter();
    let actions: BTreeSet<_> = branches
        .filter(|branch| !lacks_means || !matches!(branch.reason, Reason::KindNotShown { .. }))
        .flat_map(|branch| of_branch(standing, &verdict.control, branch))
        .collect();
    if actions.is_empty() {
        // Whatever leaves a control open, a person may put what it needs on file.
        return verdict.needs.iter().map(|kind| Action::Attest { kind: *kind }).collect();
    }
    actions
}

fn of_branch(standing: &Standing<'_>, control: &ControlId, branch: &Because) -> Vec<Action> {
    match &branch.reason {
        Reason::FactUnknown { fact, sense } => vec![Action::StateFact { fact: *fact, sense: *sense }],
        Reason::MeansNotSetUp { kind } => vec![Action::SetUpMeans { kind: *kind }],
        Reason::KindFails { .. } | Reason::KindUndecided { .. } => {
            branch.because.iter().filter_map(|leaf| of_leaf(&leaf.reason)).collect()
        }
        Reason::KindNotShown { kind } => of_gap(standing, control, *kind, branch),
        _ => Vec::new(),
    }
}

/// What a reading that speaks against a control, or leaves it open, asks one to do.
fn of_leaf(leaf: &Reason) -> Option<Action> {
    let (outcome, found_by) = match leaf {
        Reason::CheckRan { outcome, key, .. } | Reason::RecordedCheck { outcome, key, .. } => {
            (outcome, key.clone())
        }
        Reason::EvidenceAgainst { outcome, evidence, .. } => (outcome, evidence.to_string()),
        _ => return None,
    };
    let found_by = BTreeSet::from([found_by]);
    match outcome {
        CheckOutcome::Pass => None,
        CheckOutcome::Fail => Some(Action::Mend { found_by }),
        CheckOutcome::TooLittleData => Some(Action::BringMoreData { checks: found_by }),
        CheckOutcome::NotMeasured => Some(Action::MakeMeasurable { checks: found_by }),
    }
}

/// What to do where a kind of evidence is not there.
fn of_gap(standing: &Standing<'_>, control: &ControlId, kind: EvidenceKind, branch: &Because) -> Vec<Action> {
    let leaves = || branch.because.iter().map(|leaf| &leaf.reason);
    if leaves().any(|leaf| matches!(leaf, Reason::EvidenceExpired { .. })) {
        return vec![Action::Renew { kind }];
    }
    let barred = leaves().find_map(|leaf| match leaf {
        Reason::EvidenceByBarred { person, .. } => Some(person.clone()),
        _ => None,
    });
    if let Some(person) = barred {
        return vec![Action::HaveAnotherPerson { kind, person }];
    }
    let unmeasured: Vec<_> = leaves()
        .filter(|leaf| match leaf {
            // What the folder does not show, a person puts on file.
            Reason::CheckRan { check, extent, .. } => *extent == Extent::Whole && check.family() != FOLDER,
            _ => false,
        })
        .filter_map(of_leaf)
        .collect();
    if !unmeasured.is_empty() {
        return unmeasured;
    }
    let whole: BTreeSet<_> = standing
        .control(control)
        .map(|found| found.checks())
        .into_iter()
        .flatten()
        .filter(|link| link.evidence == kind && link.showing.extent == Extent::Whole)
        .filter(|link| link.check.family() != FOLDER)
        .map(|link| link.check.clone())
        .collect();
    if whole.is_empty() {
        vec![Action::Attest { kind }]
    } else {
        vec![Action::RunCheck { kind, examples: examples(whole) }]
    }
}

/// A few of many checks, the best known first.
fn examples(checks: BTreeSet<CheckId>) -> Vec<CheckId> {
    let rank = |check: &CheckId| BEST_KNOWN.iter().position(|known| *known == check.as_str());
    let mut checks: Vec<_> = checks.into_iter().collect();
    // Stable: those that are not listed stay in the order of their ids, after the listed ones.
    checks.sort_by_key(|check| rank(check).unwrap_or(BEST_KNOWN.len()));
    checks.truncate(MOST_EXAMPLES);
    checks
}

/// The owners of a use.
pub(crate) fn owners(of: &Use) -> Vec<Actor> {
    of.people.owners.iter().cloned().map(Actor::Person).collect()
}

/// Who may do something for a use.
pub(crate) fn who(inventory: &Inventory, of: &Use, action: &Action) -> Vec<Actor> {
    match action {
        Action::LiftSuspension { .. } => {
            [Role::RiskOfficer, Role::ComplianceOfficer, Role::AccountableManager].map(Actor::Holder).to_vec()
        }
        // An owner answers; whoever raised it closes it.
        Action::SettleFinding { finding } => {
            let raised_by =
                inventory.findings().get(finding).map(|finding| Actor::Person(finding.by.clone()));
            owners(of).into_iter().chain(raised_by).collect()
        }
        Action::PassEarlierGate { .. }
        | Action::Retired
        | Action::StopUnacceptablePractice
        | Action::StateFact { .. } => owners(of),
        Action::Attest { kind } | Action::Renew { kind } => givers(inventory, of, *kind),
        // What the folder's own records show is for those who answer for the use.
        Action::Mend { found_by } if found_by.iter().all(|by| by.starts_with(FOLDER)) => owners(of),
        Action::SetUpMeans { .. }
        | Action::RunCheck { .. }
        | Action::BringMoreData { .. }
        | Action::MakeMeasurable { .. }
        | Action::Mend { .. } => builders(of),
        Action::HaveAnotherPerson { .. } => vec![Actor::IndependentPerson],
        Action::SettleChange { .. } => vec![Actor::Holder(Role::RiskOfficer), Actor::IndependentPerson],
        Action::Approve { roles, .. } => roles.iter().copied().map(Actor::Holder).collect(),
    }
}

/// Who builds the use, or who answers for it where nobody does.
fn builders(of: &Use) -> Vec<Actor> {
    if of.people.builders.is_empty() {
        owners(of)
    } else {
        of.people.builders.iter().cloned().map(Actor::Person).collect()
    }
}

/// Who may give a kind of evidence.
fn givers(inventory: &Inventory, of: &Use, kind: EvidenceKind) -> Vec<Actor> {
    match kind {
        EvidenceKind::ValidationReport => {
            let validators = of.people.validators.iter().filter(|id| inventory.people().contains_key(id));
            let named: Vec<_> = validators.cloned().map(Actor::Person).collect();
            if named.is_empty() { vec![Actor::IndependentPerson] } else { named }
        }
        EvidenceKind::BoardApproval => vec![Actor::Holder(Role::CommitteeMember)],
        EvidenceKind::AccessReview | EvidenceKind::SecurityTest => vec![Actor::Holder(Role::SecurityOfficer)],
        EvidenceKind::DataInventory | EvidenceKind::TransferAssessment => {
            let mut actors = owners(of);
            actors.push(Actor::Holder(Role::DataProtectionOfficer));
            actors
        }
        EvidenceKind::NotificationFiled => vec![Actor::Holder(Role::ComplianceOfficer)],
        EvidenceKind::DriftMonitor
        | EvidenceKind::ExplainabilityTest
        | EvidenceKind::FairnessTest
        | EvidenceKind::PromptVariationTest
        | EvidenceKind::RobustnessTest => builders(of),
        EvidenceKind::ContingencyPlan
        | EvidenceKind::DecisionLog
        | EvidenceKind::DisclosureShown
        | EvidenceKind::FallbackDrill
        | EvidenceKind::HumanReviewRecord
        | EvidenceKind::IncidentRecord
        | EvidenceKind::OptOutHonoured
        | EvidenceKind::OwnerAssigned
        | EvidenceKind::PeriodicReview
        | EvidenceKind::RiskAssessment
        | EvidenceKind::TrainingRecord
        | EvidenceKind::VendorAssessment => owners(of),
    }
}

/// The family of the checks that need nothing but the folder.
const FOLDER: &str = "inventory";

/// How many checks are named as examples.
const MOST_EXAMPLES: usize = 3;

/// The checks that people who ask for one most often have in mind.
const BEST_KNOWN: [&str; 9] = [
    "fairness.demographic_parity_ratio",
    "fairness.equal_opportunity_difference",
    "fairness.equalised_odds",
    "performance.auc",
    "performance.balanced_accuracy",
    "calibration.ece",
    "drift.psi",
    "drift.jensen_shannon",
    "quality.missing_rate",
];
