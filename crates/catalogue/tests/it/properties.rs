//! Properties that hold for every profile and every damaged file.

use std::collections::BTreeMap;

use dualtrack_catalogue::{
    Applicability, Checks, Fact, FactValue, Guideline, HighRiskSense, Profile, Stage, Translation, parse,
};
use proptest::prelude::*;

const SENSE: HighRiskSense = HighRiskSense::SignificantImpact;

fn any_facts() -> impl Strategy<Value = BTreeMap<Fact, bool>> {
    prop::collection::btree_map(prop::sample::select(Fact::ALL.to_vec()), any::<bool>(), 0..Fact::ALL.len())
}

fn any_stage() -> impl Strategy<Value = Stage> {
    prop::sample::select(Stage::ALL.to_vec())
}

/// Conditions over any facts, the stage among them.
fn any_conditions() -> impl Strategy<Value = BTreeMap<Fact, FactValue>> {
    (any_facts(), prop::option::of(any_stage())).prop_map(|(facts, stage)| {
        let mut conditions: BTreeMap<_, _> =
            facts.into_iter().map(|(fact, wanted)| (fact, FactValue::Bool(wanted))).collect();
        conditions.remove(&Fact::Stage);
        conditions.extend(stage.map(|stage| (Fact::Stage, FactValue::Stage(stage))));
        conditions
    })
}

fn any_profile() -> impl Strategy<Value = Profile> {
    (any_facts(), prop::option::of(any_stage()), prop::option::of(any::<bool>())).prop_map(
        |(facts, stage, high_risk)| Profile {
            facts,
            stage,
            high_risk: high_risk.map(|high| (SENSE, high)).into_iter().collect(),
        },
    )
}

/// Adds one fact, unless it was known.
fn learn(mut profile: Profile, fact: Fact, value: bool, stage: Stage) -> Profile {
    match fact {
        Fact::Stage => drop(profile.stage.get_or_insert(stage)),
        Fact::HighRisk => drop(profile.high_risk.entry(SENSE).or_insert(value)),
        _ => drop(profile.facts.entry(fact).or_insert(value)),
    }
    profile
}

fn knows(profile: &Profile, fact: Fact) -> bool {
    match fact {
        Fact::Stage => profile.stage.is_some(),
        Fact::HighRisk => profile.high_risk.contains_key(&SENSE),
        _ => profile.facts.contains_key(&fact),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Learning one more fact never makes a decided control undecided, nor turns a refusal round.
    #[test]
    fn knowing_more_never_undoes_a_decision(
        conditions in any_conditions(), before in any_profile(),
        learned in prop::sample::select(Fact::ALL.to_vec()), value in any::<bool>(), stage in any_stage(),
    ) {
        let after = learn(before.clone(), learned, value, stage);
        match (before.evaluate(&conditions, Some(SENSE)), after.evaluate(&conditions, Some(SENSE))) {
            (Applicability::Applies, later) => prop_assert_eq!(later, Applicability::Applies),
            (Applicability::DoesNotApply { .. }, later) => {
                let stays = matches!(later, Applicability::DoesNotApply { .. });
                prop_assert!(stays);
            }
            (Applicability::Unknown { facts: earlier }, Applicability::Unknown { facts: later }) => {
                prop_assert!(later.iter().all(|fact| earlier.contains(fact)));
            }
            (Applicability::Unknown { facts }, _) => prop_assert!(facts.contains(&learned)),
            (other, _) => prop_assert!(false, "{other:?}"),
        }
    }

    /// An unknown answer names exactly the facts that are missing.
    #[test]
    fn unknown_names_what_is_missing(conditions in any_conditions(), profile in any_profile()) {
        if let Applicability::Unknown { facts } = profile.evaluate(&conditions, Some(SENSE)) {
            let missing: Vec<_> = conditions.keys().filter(|&&fact| !knows(&profile, fact)).copied().collect();
            prop_assert_eq!(facts, missing);
        }
    }

    /// A damaged file is refused or read, but never brings the program down, and its error is one line.
    #[test]
    fn a_damaged_file_never_panics(
        file in 0..3_usize, cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..8),
    ) {
        let texts = [
            include_str!("../../../../guidelines/hkma-or2-2022.yaml"),
            include_str!("../../../../guidelines/zh-Hant/hkma-or2-2022.yaml"),
            include_str!("../../../../guidelines/checks.yaml"),
        ];
        let mut bytes = texts[file].as_bytes().to_vec();
        for (place, byte, action) in cuts {
            let place = place.index(bytes.len());
            match action {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                2 => { bytes.remove(place); }
                _ => bytes.truncate(place.max(1)),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let problems = [
            parse::<Guideline>("a.yaml", &text).err(),
            parse::<Translation>("a.yaml", &text).err(),
            parse::<Checks>("a.yaml", &text).err(),
        ];
        for problem in problems.into_iter().flatten() {
            prop_assert_eq!(problem.to_string().lines().count(), 1);
        }
        let _ = dualtrack_catalogue::Catalogue::load([("a.yaml", text.as_ref())]);
    }
}
