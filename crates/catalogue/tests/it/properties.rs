//! Properties that hold for every profile and every damaged file.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Applicability, Checks, Fact, FactValue, Guideline, Profile, Translation, parse};
use proptest::prelude::*;

fn any_facts() -> impl Strategy<Value = BTreeMap<Fact, bool>> {
    prop::collection::btree_map(prop::sample::select(Fact::ALL.to_vec()), any::<bool>(), 0..Fact::ALL.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Learning one more fact never makes a decided control undecided, nor turns a refusal round.
    #[test]
    fn knowing_more_never_undoes_a_decision(
        wanted in any_facts(), known in any_facts(), learned in prop::sample::select(Fact::ALL.to_vec()), value in any::<bool>(),
    ) {
        let conditions: BTreeMap<_, _> =
            wanted.into_iter().filter(|(fact, _)| !matches!(fact, Fact::Stage | Fact::HighRisk))
                .map(|(fact, wanted)| (fact, FactValue::Bool(wanted))).collect();
        let before = Profile { facts: known.clone(), ..Profile::default() };
        let mut after = before.clone();
        after.facts.entry(learned).or_insert(value);
        match (before.evaluate(&conditions, None), after.evaluate(&conditions, None)) {
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
    fn unknown_names_what_is_missing(wanted in any_facts(), known in any_facts()) {
        let conditions: BTreeMap<_, _> =
            wanted.into_iter().filter(|(fact, _)| !matches!(fact, Fact::Stage | Fact::HighRisk))
                .map(|(fact, wanted)| (fact, FactValue::Bool(wanted))).collect();
        let profile = Profile { facts: known.clone(), ..Profile::default() };
        if let Applicability::Unknown { facts } = profile.evaluate(&conditions, None) {
            let missing: Vec<_> = conditions.keys().filter(|fact| !known.contains_key(fact)).copied().collect();
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
