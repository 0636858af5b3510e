//! What holds after any history: random people ask for random things, and most of it is refused.
//!
//! The invariants are those of the design (journeys, "Invariants to test as properties").

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{GuidelineId, Stage, Version};
use dualtrack_governance::{AsOf, Command, Line, Refusal, Whole, line};
use dualtrack_inventory::{
    ActivationId, Bar, Document, FindingId, Inventory, Kind, Part, PersonId, Role, Severity, UseId, barred,
    snapshot,
};
use dualtrack_ledger::{Checkpoint, Note, Receipt, inclusion, leaf_hash};
use dualtrack_store::Moment;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::bank::{Bank, guideline_files};
use crate::held::{left_nothing_behind, what_is_held};
use crate::invariants::{
    approvals_stop_counting, has_a_part, nothing_typed_overrides, proofs_hold, switches_only_append,
    the_erased_are_gone, validates, validators_stood_apart,
};
use crate::steps::{PEOPLE, Step, USES, asker, both, command, steps};
use crate::temptations::{begins, everything_is_tried};

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 10, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_after_any_history(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(history(steps));
    }
}

/// How many histories: few where nobody asks for more by `PROPTEST_CASES`, for each ends with everything that must be
/// refused being tried.
fn cases() -> u32 {
    let asked = ProptestConfig::default().cases;
    if asked == 256 { 4 } else { asked }
}

async fn history(steps: Vec<Step>) {
    let bank = Bank::founded().await;
    let switches: Vec<String> = bank
        .desk
        .documents(Kind::Activation, "", 1_000)
        .await
        .unwrap()
        .into_iter()
        .map(|it| it.key.id)
        .collect();
    let mut receipts = begins(&bank).await;
    let mut seen = Seen::new();
    let mut done = 0;
    // Something that is allowed, so that there is a history whatever follows.
    let first: Step = (0, 0, 0, 1);
    for step in std::iter::once(first).chain(steps) {
        let Some(command) = command(&bank, step).await else { continue };
        match bank.act(asker(step), command.clone()).await {
            Ok(outcome) => {
                done += 1;
                if let Command::Leave { person, .. } = &command {
                    left_nothing_behind(&bank, person).await;
                }
                let Some(place) = outcome.entries.last() else { continue };
                receipts.insert(*place, outcome.receipt.clone().unwrap());
                approvals_stop_counting(&bank, USES[step.2]).await;
                let at = bank.now();
                let whole = bank.desk.whole(USES[step.2], AsOf::Now, at).await.unwrap();
                let computed =
                    line(&whole.common.catalogue, &whole.inventory, &whole.of, whole.version, whole.day);
                // The board, which is brought up to date by pieces, says the same.
                let board = bank.desk.board(at).await.unwrap();
                assert_eq!(*board.lines[&whole.of.id], computed);
                seen.insert((*place, step.2), (at, whole, computed));
            }
            Err(Refusal::Stopped(reason)) => panic!("the desk stopped: {reason}"),
            Err(refusal) => assert!(!refusal.to_string().is_empty()),
        }
    }
    assert!(done > 0, "nothing at all was done");
    everything_is_tried(&bank).await;
    for of in USES {
        approvals_stop_counting(&bank, of).await;
    }
    let erased = the_erased_are_gone(&bank).await;
    assert!(!erased.is_empty(), "nobody was erased");
    duties_stayed_apart(&bank).await;
    nothing_typed_overrides(&bank, FOUNDING).await;
    validators_stood_apart(&bank, FOUNDING).await;
    switches_only_append(&bank, &switches).await;
    what_is_held(&bank).await;
    the_past_is_recomputed(&bank, &seen, &erased).await;
    proofs_hold(&bank, &receipts);
    assert_eq!(bank.rebuilt_difference().await, None);
    let bank = bank.restarted().await;
    the_past_is_recomputed(&bank, &seen, &erased).await;
    proofs_hold(&bank, &receipts);
    assert_eq!(bank.rebuilt_difference().await, None);
}

/// Invariants 4, 5 and 7.
async fn duties_stayed_apart(bank: &Bank) {
    for stored in bank.desk.documents(Kind::Approval, "", 1_000).await.unwrap() {
        let Some(Document::Approval(approval)) = stored.document else { continue };
        if stored.from_entry < FOUNDING {
            continue;
        }
        // By what was on record just before it was given.
        let moment = Moment::After(stored.from_entry - 1);
        let common = {
            let mut connection = bank.desk.store().read().await.unwrap();
            bank.desk.common_at(&mut connection.reading(), moment, approval.on).await.unwrap()
        };
        let mut connection = bank.desk.store().read().await.unwrap();
        let scope = connection.reading().scope(approval.use_id.as_str(), moment).await.unwrap();
        let inventory =
            common.inventory.unwrap().with(scope.into_iter().filter_map(|stored| stored.document));
        let of = &inventory.uses()[&approval.use_id];
        let signers = [Some(&approval.by), approval.on_behalf_of.as_ref()];
        let (entry, use_id) = (stored.from_entry, &approval.use_id);
        for person in signers.into_iter().flatten() {
            let part = has_a_part(bank, entry, use_id, person, &[of.stage, approval.stage]).await;
            assert_eq!(part, None, "entry {entry}: `{person}` approved `{use_id}`");
            let part = validates(bank, entry, use_id, person).await;
            assert_eq!(part, None, "entry {entry}: `{person}` approved `{use_id}` and validates it");
            // Of whoever was erased since, nobody can tell any more which offices they held.
            let Some(known) = inventory.people().get(person) else { continue };
            let bars: BTreeSet<Bar> =
                barred(&inventory, of, approval.stage, person, approval.on).from_approving;
            assert!(bars.is_empty(), "{person} approved `{}` although {bars:?}", approval.use_id);
            let roles = &known.roles;
            assert!(!roles.contains(&Role::Administrator), "an administrator approved");
        }
        let (by, behalf) = (&approval.by, approval.on_behalf_of.as_ref());
        let are_known = inventory.people().contains_key(by)
            && behalf.is_none_or(|behalf| inventory.people().contains_key(behalf));
        assert!(!are_known || inventory.holds_office(by, behalf, approval.role, approval.on));
        assert_eq!(approval.snapshot, snapshot(&inventory, of).digest);
    }
    for stored in bank.desk.documents(Kind::Proposal, "", 1_000).await.unwrap() {
        let Some(Document::Proposal(proposal)) = stored.document else { continue };
        if let Some(settled) = proposal.settled.filter(|settled| settled.confirmed) {
            assert_ne!(settled.by, proposal.by, "somebody confirmed their own proposal");
        }
    }
}

/// What a use came to after each entry, and from what: to be recomputed at the end.
type Seen = BTreeMap<(u64, usize), (Timestamp, Whole, Line)>;

/// Invariants 2 and 3: what was seen then is what is computed now for then.
///
/// Which offices somebody held goes with them when they are erased, and with it whatever they signed for: then it is what
/// would have been seen without them.
async fn the_past_is_recomputed(bank: &Bank, seen: &Seen, erased: &BTreeSet<PersonId>) {
    for ((place, of), (at, then, line_then)) in seen {
        let whole = bank.desk.whole(USES[*of], AsOf::At(*at), bank.now()).await.unwrap();
        let again = line(&whole.common.catalogue, &whole.inventory, &whole.of, whole.version, whole.day);
        // Of whoever was erased the record knows no name any more.
        let people = |of: &Whole| of.inventory.people().keys().cloned().collect::<BTreeSet<_>>();
        let gone = &people(then) - &people(&whole);
        if gone.is_empty() {
            assert_eq!(again, *line_then, "after entry {place}");
        } else {
            assert!(gone.len() <= erased.len(), "{gone:?} went, and {erased:?} were erased");
            let left = without(&then.inventory, &gone);
            let without = line(&then.common.catalogue, &left, &then.of, then.version, then.day);
            assert_eq!(again, without, "after entry {place}, without {gone:?}");
        }
    }
}

/// An inventory in which some people never were.
fn without(whole: &Inventory, erased: &BTreeSet<PersonId>) -> Inventory {
    fn all<Id, It: Clone>(
        documents: &BTreeMap<Id, It>,
        of: fn(Box<It>) -> Document,
    ) -> impl Iterator<Item = Document> {
        documents.values().cloned().map(Box::new).map(of)
    }
    let mut people = whole.people().clone();
    people.retain(|id, _| !erased.contains(id));
    let once = [
        Document::Institution(Box::new(whole.institution().clone())),
        Document::Tiers(Box::new(whole.tiers().clone())),
        Document::Gates(Box::new(whole.gates().clone())),
    ];
    let documents = all(&people, Document::Person)
        .chain(all(whole.providers(), Document::Provider))
        .chain(all(whole.models(), Document::Model))
        .chain(all(whole.datasets(), Document::Dataset))
        .chain(all(whole.uses(), Document::Use))
        .chain(all(whole.evidence(), Document::Evidence))
        .chain(all(whole.waivers(), Document::Waiver))
        .chain(all(whole.adoptions(), Document::Adoption))
        .chain(all(whole.approvals(), Document::Approval))
        .chain(all(whole.delegations(), Document::Delegation))
        .chain(all(whole.findings(), Document::Finding))
        .chain(all(whole.opinions(), Document::Opinion));
    Inventory::of(once.into_iter().chain(documents)).unwrap()
}

/// Invariant 1.
#[tokio::test(flavor = "multi_thread")]
async fn a_published_version_never_changes() {
    let bank = Bank::founded().await;
    let guideline = "sfc-genai-2024".parse::<GuidelineId>().unwrap();
    let stored = bank.desk.documents(Kind::Activation, "", 100).await.unwrap();
    let activation = stored
        .into_iter()
        .find_map(|stored| match stored.document {
            Some(Document::Activation(activation)) if activation.guideline == guideline => Some(activation),
            _ => None,
        })
        .unwrap();
    let (path, text) = activation.text.iter().next().unwrap();
    let other: BTreeMap<String, String> =
        BTreeMap::from([(path.clone(), format!("{text}\n# Another text under the same version.\n"))]);
    let digest = {
        // Guidelines point at each other: it is read beside them.
        let mut files = guideline_files();
        files.iter_mut().filter(|(file, _)| file == path).for_each(|(_, text)| text.clone_from(&other[path]));
        let product = dualtrack_governance::Product::load("dualtrack 0", files).unwrap();
        product.catalogue().edition(&guideline, activation.version).unwrap().digest()
    };
    assert_ne!(digest, activation.digest);
    let refused = bank
        .act(
            "leung-suk-fan",
            Command::ActivateGuideline {
                id: ActivationId::parse("sfc-genai-2024-again").unwrap(),
                guideline: guideline.clone(),
                version: activation.version,
                digest,
                effective: "2027-01-01".parse().unwrap(),
                text: other,
            },
        )
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("a published version never changes"), "{refused}");
    let unknown = bank
        .act(
            "leung-suk-fan",
            Command::ActivateGuideline {
                id: ActivationId::parse("sfc-genai-2024-none").unwrap(),
                guideline,
                version: Version(99),
                digest,
                effective: "2027-01-01".parse().unwrap(),
                text: BTreeMap::new(),
            },
        )
        .await
        .unwrap_err();
    assert!(unknown.to_string().contains("brings no version"), "{unknown}");
}

/// Invariant 4, where nothing is left to chance.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_stops_counting_after_a_material_change() {
    let bank = Bank::founded().await;
    let of = "client-assistant";
    let whole = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap();
    let approve = Command::Approve {
        use_id: whole.of.id.clone(),
        stage: Stage::Sandbox,
        role: Role::ComplianceOfficer,
        on_behalf_of: None,
        snapshot: snapshot(&whole.inventory, &whole.of).digest,
        conditions: Vec::new(),
        expires: None,
    };
    let stopped = approvals_stop_counting(&bank, of).await;
    bank.act("leung-suk-fan", approve).await.unwrap();
    assert_eq!(approvals_stop_counting(&bank, of).await, stopped, "it is as it was approved");
    let mut document = Document::Use(Box::new(whole.of.clone())).value();
    document["decides"]["en"] = "Something else.".into();
    let change = Command::ChangeUse { document, digests: whole.of.digests.clone() };
    bank.act("mok-lai-sheung", change).await.unwrap();
    assert!(approvals_stop_counting(&bank, of).await > stopped, "it changed, and none stopped counting");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_its_parts_and_its_reason() {
    let bank = Bank::founded().await;
    let use_id = UseId::parse("client-assistant").unwrap();
    let change = |parts: &[Part], because: &str| Command::RecordChange {
        use_id: use_id.clone(),
        parts: parts.iter().copied().collect(),
        because: both(because),
        plan: None,
        tests: BTreeSet::new(),
    };
    for (wrong, word) in [(change(&[], "More of it."), "parts"), (change(&[Part::Prompts], " "), "because")] {
        let refused = bank.act("mok-lai-sheung", wrong).await.unwrap_err();
        assert!(refused.to_string().contains(&format!("field `{word}` is empty")), "{refused}");
    }
    let refused = bank.act("mok-lai-sheung", change(&[Part::Prompts], "More of it.")).await.unwrap_err();
    assert!(refused.to_string().contains("what differs from before is []"), "{refused}");
}

/// Invariant 9.
#[tokio::test(flavor = "multi_thread")]
async fn erasure_leaves_every_proof_valid() {
    let bank = Bank::founded().await;
    let done = bank.act(
        "siu-ka-lok",
        Command::Suspend { use_id: UseId::parse("transaction-monitoring").unwrap(), because: both("Stop.") },
    );
    let receipt = done.await.unwrap().receipt.unwrap();
    let person = PersonId::parse("siu-ka-lok").unwrap();
    let successor = Some(PersonId::parse("tsang-kin-fai").unwrap());
    bank.act("first-administrator", Command::Leave { person: person.clone(), successor }).await.unwrap();
    bank.act("yip-hoi-ying", Command::ErasePerson { person, rule: "PDPO section 26".into() }).await.unwrap();
    let reader = bank.reader();
    let place = reader.size() - 3;
    let entry = reader.entry(place).unwrap();
    let receipt = Receipt::parse(&receipt).unwrap();
    let note = Note::parse(&receipt.checkpoint).unwrap();
    let checkpoint = Checkpoint::parse(note.verify(&[Bank::verifier()]).unwrap().0).unwrap();
    assert_eq!(receipt.index, place);
    let proven = inclusion(place, checkpoint.size, leaf_hash(&entry), &receipt.proof, checkpoint.root);
    assert_eq!(proven, Ok(()));
    assert!(!String::from_utf8(entry).unwrap().contains("siu-ka-lok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_stands_in_clear() {
    let bank = Bank::founded().await;
    bank.act(
        "leung-suk-fan",
        Command::Find {
            id: FindingId::parse("f-1").unwrap(),
            use_id: UseId::parse("client-assistant").unwrap(),
            control: None,
            severity: Severity::Low,
            statement: "Private words of Leung Suk-fan.".into(),
            due: None,
        },
    )
    .await
    .unwrap_err();
    bank.act(
        "ho-kwok-wai",
        Command::Find {
            id: FindingId::parse("f-1").unwrap(),
            use_id: UseId::parse("client-assistant").unwrap(),
            control: None,
            severity: Severity::Low,
            statement: "Private words of Ho Kwok-wai.".into(),
            due: None,
        },
    )
    .await
    .unwrap();
    let reader = bank.reader();
    for place in 0..reader.size() {
        let text = String::from_utf8(reader.entry(place).unwrap()).unwrap();
        for person in PEOPLE {
            assert!(!text.contains(person), "entry {place} names `{person}`: {text}");
        }
        assert!(!text.contains("Private words"));
    }
}

/// The first entry after those with which the bank was founded.
const FOUNDING: u64 = 3;
