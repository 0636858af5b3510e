//! The steps of a random history: what somebody asks for, with what that person would look up first.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, ControlId, Digest, Stage};
use dualtrack_governance::{AsOf, Command, Given, Imported};
use dualtrack_inventory::{
    ActivationId, CandidateId, CatchUp, ContractId, DelegationId, DeploymentId, Document, FindingId, Fitness,
    IncidentId, Kind, Measure, Mode, OpinionId, Part, PersonId, Role, Severity, TaskId, UseId, WaiverId,
    snapshot,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bank::Bank;

pub(crate) const USES: [&str; 4] =
    ["client-assistant", "credit-card-default", "research-assistant", "transaction-monitoring"];
pub(crate) const PEOPLE: [&str; 18] = [
    "wong-ka-wing",
    "mok-lai-sheung",
    "tsang-kin-fai",
    "lau-chi-ho",
    "lee-hiu-tung",
    "siu-ka-lok",
    "cheung-mei-ling",
    "ho-kwok-wai",
    "leung-suk-fan",
    "tam-yat-long",
    "yip-hoi-ying",
    "kwan-chun-kit",
    "fung-wai-man",
    "first-administrator",
    "chan-tsz-ching",
    "so-pak-hei",
    "ng-siu-ming",
    "nobody-at-all",
];

/// A step: which kind, by whom, on which use, and a number to choose details by.
pub(crate) type Step = (u8, usize, usize, u32);

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_u8..KINDS, 0..PEOPLE.len(), 0..USES.len(), any::<u32>()), 30..55)
}

pub(crate) fn both(text: &str) -> Bilingual {
    Bilingual { en: text.to_owned(), zh_hant: text.to_owned() }
}

/// Who asks. Of three who are chosen by chance, two are exchanged for somebody whose work it is, so that things happen.
pub(crate) fn asker((kind, person, of, number): Step) -> &'static str {
    let owner = ["mok-lai-sheung", "wong-ka-wing", "so-pak-hei", "tsang-kin-fai"][of];
    let worker = match kind {
        0 | 21 | 24 | 31 | 32 | 33 => "siu-ka-lok",
        // Some hold the office; on a use of their own they are barred.
        2 | 3 | 9 | 10 | 18 if number % 3 == 0 => owner,
        2 | 3 => ["leung-suk-fan", "tam-yat-long", "ng-siu-ming", "fung-wai-man"][number as usize / 4 % 4],
        4 | 5 | 15 | 16 | 17 => owner,
        6 | 7 | 8 | 22 | 25 | 26 | 27 | 30 => "leung-suk-fan",
        9 | 10 | 18 => "ho-kwok-wai",
        12 | 13 | 19 | 36 => "first-administrator",
        20 | 23 => "fung-wai-man",
        28 | 29 | 34 => "tam-yat-long",
        35 => "yip-hoi-ying",
        _ => PEOPLE[person],
    };
    let is_drawn = number % 3 == 0 && !matches!(kind, 2 | 3 | 9 | 10 | 18 if number % 2 == 0);
    if is_drawn { PEOPLE[person] } else { worker }
}

/// The action of a step; none where there is nothing to do it with.
pub(crate) async fn command(bank: &Bank, (kind, person, of, number): Step) -> Option<Command> {
    let use_id = UseId::parse(USES[of]).unwrap();
    let whole = bank.desk.whole(USES[of], AsOf::Now, bank.now()).await.ok()?;
    let state = snapshot(&whole.inventory, &whole.of).digest;
    let id = |prefix: &str| format!("{prefix}-{number}");
    let stage = [Stage::Sandbox, Stage::Pilot, Stage::Production][number as usize % 3];
    let role = Role::ALL[number as usize % Role::ALL.len()];
    let other = PersonId::parse(PEOPLE[number as usize % PEOPLE.len()]).unwrap();
    let because = "Because it is tried.".to_owned();
    Some(match kind {
        0 => Command::Suspend { use_id, because: both("Stop.") },
        1 => Command::Resume { use_id, because },
        2 | 3 => Command::Approve {
            use_id,
            stage,
            role: offices(bank, asker((kind, person, of, number))).await.unwrap_or(role),
            on_behalf_of: (number % 5 == 0).then_some(other),
            snapshot: if number % 7 == 0 { Digest::of(b"another") } else { state },
            conditions: Vec::new(),
            expires: None,
        },
        4 => Command::Advance { use_id, to: stage },
        5 => Command::StepBack { use_id, to: Stage::Sandbox, because },
        6 => Command::Waive {
            id: WaiverId::parse(&id("waiver")).unwrap(),
            use_id,
            control: "hkma-ai-2019.audit-logs".parse::<ControlId>().unwrap(),
            because: both("For a while."),
            expires: "2027-06-30".parse().unwrap(),
        },
        7 | 8 => {
            let open = |document: &Document| match document {
                Document::Proposal(proposal) if proposal.settled.is_none() => Some(proposal.id.clone()),
                _ => None,
            };
            let proposal = one_of(bank, Kind::Proposal, number, open).await?;
            if kind == 7 {
                Command::ConfirmProposal { proposal }
            } else {
                Command::RejectProposal { proposal, because }
            }
        }
        9 => Command::Find {
            id: FindingId::parse(&id("finding")).unwrap(),
            use_id,
            control: None,
            severity: Severity::High,
            statement: "It is wrong.".into(),
            due: None,
        },
        10 => Command::GiveOpinion {
            id: OpinionId::parse(&id("opinion")).unwrap(),
            use_id,
            snapshot: state,
            fitness: Fitness::Fit,
            conditions: Vec::new(),
            limitations: "Few rows.".into(),
            not_tested: "Nothing.".into(),
        },
        11 => Command::Deploy {
            id: DeploymentId::parse(&id("deployment")).unwrap(),
            use_id,
            mode: Mode::Enforce,
        },
        12 => Command::GrantRole { person: other, role },
        13 => Command::RevokeRole { person: other, role },
        14 => Command::Delegate {
            id: DelegationId::parse(&id("delegation")).unwrap(),
            to: other,
            // What the asker holds, most of the time.
            roles: BTreeSet::from([offices(bank, asker((kind, person, of, number))).await.unwrap_or(role)]),
            on: whole.day,
            expires: "2027-01-31".parse().unwrap(),
            because,
        },
        15 | 16 => {
            let mut document = Document::Use(Box::new(whole.of.clone())).value();
            // One is material, the other minor.
            if kind == 15 {
                document["decides"]["en"] = format!("Something else: {number}.").into();
            } else {
                let other =
                    if whole.of.datasets.validation.is_empty() { json!(["bank-faq"]) } else { json!([]) };
                document["datasets"]["validation"] = other;
            }
            Command::ChangeUse { document, digests: whole.of.digests.clone() }
        }
        17 => Command::RecordChange {
            use_id,
            parts: if number % 2 == 0 {
                BTreeSet::from([Part::ValidationData])
            } else {
                BTreeSet::from([Part::ALL[number as usize % Part::ALL.len()]])
            },
            because: both("It changed."),
            plan: None,
            tests: BTreeSet::new(),
        },
        18 => Command::ConfirmChange { use_id },
        19 => Command::Leave { person: other, successor: Some(PersonId::parse(PEOPLE[person]).unwrap()) },
        34 => activation(bank, number).await?,
        35 => Command::ErasePerson { person: left(bank, number).await.unwrap_or(other), rule: because },
        36 => Command::CloseAccount { person: left(bank, number).await.unwrap_or(other) },
        20..=24 => incident(bank, (kind, number), use_id, because).await?,
        _ => rest(bank, (kind, number), (of, other), because).await?,
    })
}

/// A switch to a version that is on record, at times with another text.
async fn activation(bank: &Bank, number: u32) -> Option<Command> {
    let known = |document: &Document| match document {
        Document::Activation(activation) => Some((**activation).clone()),
        _ => None,
    };
    let known = one_of(bank, Kind::Activation, number, known).await?;
    let today = dualtrack_inventory::hong_kong_day(bank.now());
    let later = i64::from(number % 60) - 5;
    Some(Command::ActivateGuideline {
        id: ActivationId::parse(&format!("switch-{number}")).unwrap(),
        guideline: known.guideline,
        version: known.version,
        digest: if number.is_multiple_of(5) { Digest::of(b"another") } else { known.digest },
        effective: today.checked_add(jiff::Span::new().days(later)).unwrap(),
        text: BTreeMap::new(),
    })
}

/// Somebody who holds no office any more.
async fn left(bank: &Bank, number: u32) -> Option<PersonId> {
    let left = |document: &Document| match document {
        Document::Person(person) if person.roles.is_empty() => Some(person.id.clone()),
        _ => None,
    };
    one_of(bank, Kind::Person, number, left).await
}

/// What is done about incidents.
async fn incident(bank: &Bank, (kind, number): (u8, u32), use_id: UseId, because: String) -> Option<Command> {
    let measure = [Measure::Pause, Measure::ForceReview, Measure::RollBack][number as usize % 3];
    let any = |document: &Document| match document {
        Document::Incident(incident) => Some(incident.id.clone()),
        _ => None,
    };
    let incident = one_of(bank, Kind::Incident, number, any).await;
    if kind == 24 || incident.is_none() {
        let at = bank.now();
        return Some(Command::OpenIncident {
            id: IncidentId::parse(&format!("incident-{number}")).unwrap(),
            uses: BTreeSet::from([use_id]),
            title: "It answers wrongly.".into(),
            severity: Severity::Medium,
            discovered: at,
            authorities: (number % 2 == 0).then(|| ("hkma".to_owned(), at)).into_iter().collect(),
        });
    }
    let incident = incident?;
    Some(match kind {
        20 if number % 2 == 0 => {
            let authority = ["hkma", "pcpd", "sfc"][number as usize / 2 % 3].to_owned();
            Command::DecideNotification { incident, authority, notify: false, because }
        }
        20 | 21 => Command::Contain { incident, measure, deployment: None, because },
        22 => Command::LiftContainment { incident, measure, because },
        _ if number % 2 == 0 => {
            Command::NoteIncident { incident, what: "More of it.".into(), affected: Some(number.into()) }
        }
        _ => Command::CloseIncident { incident, because },
    })
}

/// What is done about candidates, contracts, lists, tasks and deployments.
async fn rest(
    bank: &Bank,
    (kind, number): (u8, u32),
    (of, other): (usize, PersonId),
    because: String,
) -> Option<Command> {
    let few = number % 4;
    Some(match kind {
        25 => Command::AddCandidates {
            documents: vec![json!({
                "schema": "dualtrack.candidate/1", "id": format!("candidate-{few}"), "service": "ChatGPT",
                "source": "proxy", "first_seen": "2026-11-01", "last_seen": "2026-11-02", "times": number,
            })],
        },
        26 => Command::DisposeCandidate {
            candidate: CandidateId::parse(&format!("candidate-{few}")).unwrap(),
            use_id: (number % 2 == 0).then(|| UseId::parse(USES[of]).unwrap()),
            because,
        },
        27 => Command::ChangeFoundation { given: contract(few, number) },
        28 => Command::TryExit {
            contract: ContractId::parse(&format!("contract-{few}")).unwrap(),
            next_trial: (number % 2 == 0).then(|| "2027-06-30".parse().unwrap()),
        },
        29 => Command::ImportPortfolio { from: format!("list-{few}"), uses: imported(number) },
        30 => Command::UndoImport { from: format!("list-{few}") },
        31 => Command::GiveTask {
            id: TaskId::parse(&format!("task-{number}")).unwrap(),
            use_id: None,
            assignee: other,
            what: "Look at it.".into(),
            due: None,
        },
        32 => {
            let given = |document: &Document| match document {
                Document::Delegation(delegation) if delegation.revoked.is_none() => {
                    Some(delegation.id.clone())
                }
                _ => None,
            };
            let delegation = one_of(bank, Kind::Delegation, number, given).await?;
            Command::RevokeDelegation { delegation }
        }
        _ => {
            let running = |document: &Document| match document {
                Document::Deployment(deployment) => Some(deployment.id.clone()),
                _ => None,
            };
            Command::EndDeployment { deployment: one_of(bank, Kind::Deployment, number, running).await? }
        }
    })
}

fn contract(few: u32, number: u32) -> Given {
    let mut document = json!({
        "schema": "dualtrack.contract/1", "id": format!("contract-{few}"), "provider": "lantau-models",
        "entity": "harbour-bank", "reference": format!("Contract {number}"), "starts": "2026-01-01",
        "owner": "mok-lai-sheung",
    });
    if !number.is_multiple_of(3) {
        document["exit_plan"] = json!({ "plan": "Move to the other one." });
    }
    Given { kind: "contract".into(), document, digests: BTreeMap::new() }
}

fn imported(number: u32) -> Vec<Imported> {
    let document = |id: String, stage: &str| -> Value {
        json!({
            "schema": "dualtrack.use/1", "id": id, "name": both("Letters"), "entity": "harbour-bank",
            "purpose": both("Sorts letters."), "purposes": ["customer-support"], "decides": both("Nothing."),
            "affects": both("Customers."), "stage": stage, "stage_since": "2024-03-01", "coverage": "enforced",
            "people": { "owners": ["wong-ka-wing"], "formerly": ["mok-lai-sheung"] },
        })
    };
    let catch_up = CatchUp {
        what: both("Validate it."),
        due: "2027-03-31".parse().unwrap(),
        by: PersonId::parse("wong-ka-wing").unwrap(),
    };
    vec![
        Imported {
            document: document(format!("letters-{number}"), "production"),
            live: true,
            // Some lists lack a plan, and are refused.
            catch_up: if number.is_multiple_of(5) { Vec::new() } else { vec![catch_up] },
        },
        Imported {
            document: document(format!("plans-{number}"), "pilot"),
            live: false,
            catch_up: Vec::new(),
        },
    ]
}

/// One of the documents of a kind that are of interest.
async fn one_of<T>(bank: &Bank, kind: Kind, number: u32, of: impl Fn(&Document) -> Option<T>) -> Option<T> {
    let stored = bank.desk.documents(kind, "", 1_000).await.unwrap();
    let mut found: Vec<T> = stored.iter().filter_map(|stored| of(stored.document.as_ref()?)).collect();
    if found.is_empty() { None } else { Some(found.swap_remove(number as usize / 8 % found.len())) }
}

/// An office of a person.
async fn offices(bank: &Bank, person: &str) -> Option<Role> {
    let common = bank.desk.common(bank.now()).await.unwrap();
    let people = common.inventory.as_ref()?.people();
    people.get(&PersonId::parse(person).unwrap())?.roles.first().copied()
}

/// How many kinds of steps there are.
const KINDS: u8 = 37;
