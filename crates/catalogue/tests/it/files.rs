//! The 24 researched files load, count what they should, and carry their translations.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Automatable, Binding, Confidence, Language, Status, TranslationStatus};

use crate::repository::{catalogue, control, guideline_files, load};

#[test]
fn all_files_load_and_count_as_researched() {
    let catalogue = catalogue();
    assert_eq!(catalogue.editions().count(), 24);
    let mut degrees = BTreeMap::new();
    for edition in catalogue.editions() {
        for control in &edition.guideline().controls {
            *degrees.entry(control.automatable).or_insert(0) += 1;
        }
    }
    let expected = [(Automatable::Machine, 183), (Automatable::Mixed, 128), (Automatable::Attested, 57)];
    assert_eq!(degrees, BTreeMap::from(expected));
}

#[test]
fn a_statement_is_shown_in_chinese_and_marked_as_ours() {
    let catalogue = catalogue();
    let standing = catalogue.on(jiff::civil::date(2026, 11, 22));
    let control = standing.control(&control("sfc-genai-2024.disclose-ai")).unwrap();
    let chinese = control.statement(Language::ZhHant);
    assert_eq!(chinese.status, TranslationStatus::OurTranslation);
    assert_eq!(chinese.language, Language::ZhHant);
    assert_ne!(chinese.text, control.statement(Language::En).text);
    assert_eq!(control.statement(Language::En).status, TranslationStatus::Original);
}

#[test]
fn every_statement_check_and_note_is_translated() {
    let catalogue = catalogue();
    let mut pending = Vec::new();
    for edition in catalogue.editions() {
        for control in &edition.guideline().controls {
            let shown = [
                Some(edition.statement(control, Language::ZhHant)),
                edition.check(control, Language::ZhHant),
                edition.note(control, Language::ZhHant),
            ];
            if shown.iter().flatten().any(|shown| shown.status == TranslationStatus::Pending) {
                pending.push(control.id.to_string());
            }
        }
    }
    assert!(pending.is_empty(), "{} pending: {pending:?}", pending.len());
}

#[test]
fn every_issuer_is_named_in_chinese() {
    for edition in catalogue().editions() {
        let issuer = edition.issuer();
        assert!(issuer.en.is_ascii() && !issuer.zh_hant.is_ascii(), "{issuer:?}");
    }
}

#[test]
fn a_control_shuts_a_gate_only_when_in_force_and_confirmed() {
    let catalogue = catalogue();
    for edition in catalogue.editions() {
        let guideline = edition.guideline();
        for control in &guideline.controls {
            let expected = guideline.status == Status::InForce && control.confidence == Confidence::Confirmed;
            let binding = guideline.binding(control);
            if binding != Binding::OthersDuty {
                assert_eq!(binding.shuts_gates(), expected, "{}", control.id);
            }
        }
    }
}

#[test]
fn completing_a_translation_leaves_the_digest_alone() {
    let mut files = guideline_files();
    let before: Vec<_> = load(&files).unwrap().editions().map(dualtrack_catalogue::Edition::digest).collect();
    files.retain(|(name, _)| !name.contains("zh-Hant"));
    let after: Vec<_> = load(&files).unwrap().editions().map(dualtrack_catalogue::Edition::digest).collect();
    assert_eq!(before, after);
    assert!(before.first().unwrap().to_string().starts_with("sha256:"));
}

#[test]
fn the_number_of_executable_checks_is_reported() {
    let catalogue = catalogue();
    insta::assert_debug_snapshot!(catalogue.coverage_of_checks().by_degree);
}
