//! Judgements: recorded as verdicts change, and held against by a program that computes them otherwise.

use std::sync::Arc;

use dualtrack_catalogue::Stage;
use dualtrack_governance::{AsOf, Command, Difference, Officer, Product, Refusal, line};
use dualtrack_inventory::{
    Document, GateOutcome, Judgement, Key, Kind, UseId, gate, snapshot, states_of, verdicts_of,
};
use serde_json::json;

use crate::bank::{Bank, guideline_files, officer, product};

const OF: &str = "credit-card-default";
const CHECK: &str = "performance.auc";
const VALIDATOR: &str = "cheung-mei-ling";

async fn judgement(bank: &Bank, of: &str) -> (u64, Judgement) {
    let stored = bank.desk.document(&Key::new(Kind::Judgement, of), AsOf::Now).await.unwrap();
    match stored.document {
        Some(Document::Judgement(judgement)) => (stored.version, *judgement),
        other => panic!("{other:?}"),
    }
}

/// A program that knows one check less.
fn another() -> Arc<Product> {
    let mut files = guideline_files();
    let checks = files.iter_mut().find(|(path, _)| path == "guidelines/checks.yaml").unwrap();
    let text = checks.1.replace(&format!("      - {CHECK}\n"), "");
    assert_ne!(text, checks.1);
    checks.1 = text;
    Arc::new(Product::load("dualtrack 0", files).unwrap())
}

/// What a validator recorded of a check that failed.
async fn failed_check(bank: &Bank) -> Command {
    let whole = bank.desk.whole(OF, AsOf::Now, bank.now()).await.unwrap();
    let declared = whole.of.checks.iter().find(|declared| declared.check.as_str() == CHECK).unwrap();
    let document = json!({
        "id": "auc-too-low", "kind": "validation-report", "about": { "use": OF }, "check": CHECK,
        "key": declared.key(), "outcome": "fail", "by": VALIDATOR, "on": "2026-11-27", "expires": "2027-11-27",
        "snapshot": snapshot(&whole.inventory, &whole.of).digest,
        "statement": { "en": "The area is 0.71.", "zh-Hant": "曲線下面積為0.71。" },
    });
    Command::RecordResults { documents: vec![document], digests: std::collections::BTreeMap::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judgement_is_recorded_when_a_verdict_changes_and_only_then() {
    let bank = Bank::founded().await;
    assert_eq!(bank.desk.record_judgements(bank.now()).await.unwrap(), 4);
    assert_eq!(bank.desk.record_judgements(bank.now()).await.unwrap(), 0);
    let (version, before) = judgement(&bank, OF).await;
    let board = bank.desk.board(bank.now()).await.unwrap();
    let line = board.lines.get(&UseId::parse(OF).unwrap()).unwrap();
    for (column, state) in board.columns.iter().zip(&line.states) {
        assert_eq!(before.of(&column.control), *state, "{}", column.control);
    }
    assert_eq!((version, before.tier), (1, line.tier));
    // Without evidence that it rests on, a verdict changes; the day that passes is enough.
    let later = bank.now().checked_add(jiff::SignedDuration::from_hours(24 * 800)).unwrap();
    assert!(bank.desk.record_judgements(later).await.unwrap() > 0);
    let (version, after) = judgement(&bank, OF).await;
    assert!(version == 2 && !after.says_the_same(&before) && after.on > before.on);
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_program_computes_otherwise_is_listed_beside_what_was_recorded() {
    let bank = Bank::founded().await;
    let failed = failed_check(&bank).await;
    let typed = bank.act(VALIDATOR, failed.clone()).await.unwrap_err();
    assert!(matches!(typed, Refusal::Denied { .. }), "a result that is typed is none: {typed}");
    let run = Officer { runs_checks: true, ..officer(VALIDATOR) };
    bank.desk.act(run, failed, None, bank.now()).await.unwrap();
    bank.desk.record_judgements(bank.now()).await.unwrap();
    assert_eq!(bank.desk.compare_programs().await.unwrap().compared, 0, "it is the same program");
    let bank = bank.upgraded(another()).await;
    let found = bank.desk.compare_programs().await.unwrap();
    assert_eq!(found.compared, 4);
    let first: Difference = found.items.first().expect("it knows a check less").clone();
    let (_, recorded) = judgement(&bank, first.use_id.as_str()).await;
    let control = first.control().unwrap();
    let dualtrack_governance::Differing::Verdict { recorded: then, computed, .. } = &first.what else {
        panic!("{first:?}")
    };
    assert!(recorded.of(control) == *then && then != computed && !first.erased_since);
    assert_eq!(first.program, product().program());
    // What the newer one records does not take it from the list, nor does what happens meanwhile.
    assert!(bank.desk.record_judgements(bank.now()).await.unwrap() > 0);
    let use_id = first.use_id.clone();
    let because = dualtrack_catalogue::Bilingual { en: "Stop.".into(), zh_hant: "停止。".into() };
    bank.act("siu-ka-lok", Command::Suspend { use_id, because }).await.unwrap();
    assert_eq!(bank.desk.compare_programs().await.unwrap().items, found.items);
    assert_eq!(bank.desk.differences(), Some(found));
    // The one before finds what the newer recorded otherwise.
    let bank = bank.upgraded(product()).await;
    let back = bank.desk.compare_programs().await.unwrap();
    assert!(!back.items.is_empty() && back.items.iter().all(|item| item.program == another().program()));
    assert_eq!(bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hands_in_a_judgement() {
    let bank = Bank::founded().await;
    bank.desk.record_judgements(bank.now()).await.unwrap();
    let (_, judgement) = judgement(&bank, OF).await;
    let documents = crate::bank::given(&[Document::Judgement(Box::new(judgement))]);
    let applied = bank.act(
        "first-administrator",
        Command::Apply { documents, versions: std::collections::BTreeMap::new() },
    );
    let refused = applied.await.unwrap_err().to_string();
    assert!(refused.contains("a program makes it"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_board_is_that_of_the_use_read_alone() {
    let bank = Bank::founded().await;
    let now = bank.now();
    let past = bank.desk.board_as_of(now).await.unwrap();
    for (board, as_of) in [(bank.desk.board(now).await.unwrap(), AsOf::Now), (past, AsOf::At(now))] {
        assert_eq!(board.lines.len(), 4);
        for (id, of_board) in &board.lines {
            let whole = bank.desk.whole(id.as_str(), as_of, now).await.unwrap();
            let alone = line(&whole.common.catalogue, &whole.inventory, &whole.of, whole.version, whole.day);
            assert_eq!(**of_board, alone);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_says_what_the_pages_say() {
    let bank = Bank::founded().await;
    for of in ["client-assistant", OF, "research-assistant", "transaction-monitoring"] {
        let whole = bank.desk.whole(of, AsOf::Now, bank.now()).await.unwrap();
        let standing = whole.common.catalogue.on(whole.day);
        let all = verdicts_of(&standing, &whole.inventory, &whole.of, &[]);
        let (states, open) = states_of(&standing, &whole.inventory, &whole.of);
        assert_eq!(states, all.iter().map(|verdict| verdict.state).collect::<Vec<_>>(), "{of}");
        assert!(!open.is_empty() && open.len() < all.len(), "{of}: some may shut a gate, some may not");
        assert!(open.iter().all(|one| all.contains(one)), "{of}");
        for to in [Stage::Idea, Stage::Sandbox, Stage::Pilot, Stage::Production, Stage::Retired] {
            let gate = |verdicts| GateOutcome {
                asked: 0,
                content: 0,
                ..gate(&standing, &whole.inventory, &whole.of, to, verdicts)
            };
            assert_eq!(gate(&open), gate(&all), "{of} to {}", to.as_str());
        }
    }
}
