//! The example institution, read from disk and judged against the real guidelines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dualtrack_catalogue::{Catalogue, EvidenceKind, Language, Stage};
use dualtrack_inventory::{
    Action, CheckResult, Digest, Gate, Inventory, Tier, UseId, files_to_digest, gate, inventory_checks,
    snapshot, tier, verdicts,
};
use jiff::civil::{Date, date};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn yaml_files(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

fn borrowed(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        let files = yaml_files(&repository().join("guidelines"));
        Catalogue::load(borrowed(&files)).unwrap_or_else(|error| panic!("{error}"))
    });
    &CATALOGUE
}

fn harbour_bank(catalogue: &Catalogue) -> Inventory {
    let root = repository().join("examples/harbour-bank");
    let files = yaml_files(&root);
    let digests: BTreeMap<_, _> = files_to_digest(borrowed(&files))
        .into_iter()
        .filter_map(|path| Some((path.clone(), Digest::of(&fs::read(root.join(&path)).ok()?))))
        .collect();
    Inventory::load(borrowed(&files), &digests, catalogue).unwrap_or_else(|errors| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

#[test]
fn every_use_of_the_example_is_judged_by_every_control() {
    let catalogue = catalogue();
    let bank = harbour_bank(catalogue);
    let standing = catalogue.on(DAY);
    let judged = verdicts(&standing, &bank, &results(&bank));
    assert_eq!(judged.len(), bank.uses().len() * standing.controls().count());
    for verdict in &judged {
        for reason in verdict.because.reasons() {
            for language in Language::ALL {
                assert!(!reason.text(language).is_empty(), "{reason:?}");
            }
        }
    }
}

#[test]
fn the_research_assistant_is_high_risk_and_blocked_on_named_controls() {
    let catalogue = catalogue();
    let bank = harbour_bank(catalogue);
    let standing = catalogue.on(DAY);
    let judged = verdicts(&standing, &bank, &results(&bank));
    let research = &bank.uses()[&UseId::parse("research-assistant").unwrap()];
    assert_eq!(tier(&bank, research, DAY, bank.tiers()).tier, Tier::High);
    let next = Gate::after(research.stage).unwrap();
    let outcome = gate(&standing, &bank, research, next.to, &judged);
    assert!(!outcome.open);
    let named = outcome.blockers.iter().flat_map(|blocker| &blocker.controls);
    let guidelines: BTreeSet<_> = named.map(|blocked| blocked.control.guideline().to_string()).collect();
    assert!(guidelines.contains("sfc-genai-2024"), "{guidelines:?}");
}

#[test]
fn a_use_in_production_with_an_overdue_review_may_not_stay_until_it_is_renewed() {
    let catalogue = catalogue();
    let bank = harbour_bank(catalogue);
    let standing = catalogue.on(DAY);
    let judged = verdicts(&standing, &bank, &results(&bank));
    let monitoring = &bank.uses()[&UseId::parse("transaction-monitoring").unwrap()];
    let outcome = gate(&standing, &bank, monitoring, Stage::Production, &judged);
    assert!(!outcome.open);
    let renewed = outcome
        .blockers
        .iter()
        .filter(|blocker| matches!(blocker.action, Action::Renew { kind: EvidenceKind::VendorAssessment }))
        .flat_map(|blocker| &blocker.controls);
    assert_eq!(
        renewed.map(|blocked| blocked.control.as_str()).collect::<Vec<_>>(),
        ["hkma-ai-2019.vendor-review"]
    );
}

#[test]
fn every_approval_of_the_example_is_of_the_present_state() {
    let bank = harbour_bank(catalogue());
    for approval in bank.approvals().values() {
        let state = snapshot(&bank, &bank.uses()[&approval.use_id]);
        assert_eq!(approval.snapshot, state.digest, "{}: run `dualtrack approval`", approval.id);
        assert_eq!(approval.parts, state.parts, "{}", approval.id);
    }
}

fn results(bank: &Inventory) -> Vec<CheckResult> {
    let noon = DAY.at(4, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    bank.uses().values().flat_map(|of| inventory_checks(bank, of, noon)).collect()
}

const DAY: Date = date(2026, 11, 22);
