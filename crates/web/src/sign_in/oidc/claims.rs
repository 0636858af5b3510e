//! What a verified ID token says, and what that comes to: who it names, how fresh it is, which offices it carries.
//!
//! Values in, values out. Claims narrow and never widen: an office that the record does not give is not given here.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_inventory::Role;
use serde_json::{Map, Value};

use super::refusal::OidcRefusal;
use super::settings::{FirstSignIn, StepUp};

/// What a verified ID token says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// What names the person at the provider for good.
    pub subject: String,
    /// Her e-mail address, if the provider verified it.
    pub verified_email: Option<String>,
    /// Her name at the provider.
    pub preferred_username: Option<String>,
    /// When she showed the provider who she is, in milliseconds since 1970.
    pub authenticated: Option<i64>,
    /// In which way (`acr`).
    pub acr: Option<String>,
    /// The groups that she is in.
    pub groups: BTreeSet<String>,
}

/// By what somebody is found who never signed in here before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FoundBy {
    /// The address of the account.
    Email(String),
    /// Its name.
    Name(String),
}

/// When somebody showed who she is, late enough for approvals, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh(pub i64);

impl Claims {
    /// By what to look for somebody who never signed in here before.
    pub(crate) fn found_by(&self, first: FirstSignIn) -> Result<FoundBy, OidcRefusal> {
        let lower = |text: &String| text.trim().to_lowercase();
        match first {
            FirstSignIn::Never => Err(OidcRefusal::Unknown),
            FirstSignIn::Email => {
                let email = self.verified_email.as_ref().map(lower).filter(|email| email.contains('@'));
                email.map(FoundBy::Email).ok_or(OidcRefusal::UnverifiedEmail)
            }
            FirstSignIn::PreferredUsername => {
                let name = self.preferred_username.as_ref().map(lower).filter(|name| !name.is_empty());
                name.map(FoundBy::Name).ok_or(OidcRefusal::Unknown)
            }
        }
    }

    /// Whether the groups carry one of the offices that somebody holds. Where none is held, or groups are not used,
    /// there is nothing to carry.
    pub fn carries_one_of(&self, held: &BTreeSet<Role>, offices: &BTreeMap<Role, BTreeSet<String>>) -> bool {
        let carried = |role: &Role| {
            offices.get(role).is_some_and(|groups| groups.intersection(&self.groups).next().is_some())
        };
        offices.is_empty() || held.is_empty() || held.iter().any(carried)
    }

    /// When the person showed who she is, if she did so after a step-up was begun.
    pub fn fresh(&self, step_up: &StepUp, begun: i64, now: i64) -> Result<Fresh, OidcRefusal> {
        let at = self.authenticated.ok_or(OidcRefusal::NoTime)?;
        let oldest = begun.saturating_sub(i64::from(step_up.max_age) * 1_000).saturating_sub(LAG);
        if at < oldest || at > now.saturating_add(LAG) {
            return Err(OidcRefusal::NotFresh);
        }
        if !self.is_of_class(step_up) {
            return Err(OidcRefusal::WrongClass);
        }
        Ok(Fresh(at.min(now)))
    }

    /// The same for a sign-in that asked for nothing fresh: it counts for approvals from when the person showed who she
    /// is, which may be too long ago to count at all.
    pub fn shown_at(&self, step_up: &StepUp, now: i64) -> Option<Fresh> {
        let at = self.authenticated.filter(|at| *at <= now.saturating_add(LAG))?;
        self.is_of_class(step_up).then_some(Fresh(at.min(now)))
    }

    fn is_of_class(&self, step_up: &StepUp) -> bool {
        step_up.acr.is_none() || step_up.acr == self.acr
    }
}

/// The texts of a claim: of a list, or a single one. A name that begins with `/` is a JSON pointer.
pub(super) fn texts(claims: &Map<String, Value>, name: &str) -> BTreeSet<String> {
    let mut parts = name.strip_prefix('/').into_iter().flat_map(|path| path.split('/'));
    let found = match parts.next() {
        None => claims.get(name),
        Some(first) => parts.try_fold(claims.get(first), |value, part| Some(value?.get(part))).flatten(),
    };
    match found {
        Some(Value::String(text)) => BTreeSet::from([text.clone()]),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}

/// How far the provider's clock may be from ours, in milliseconds.
const LAG: i64 = 30 * 1_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn at(authenticated: Option<i64>) -> Claims {
        Claims { authenticated, ..Claims::default() }
    }

    #[test]
    fn a_step_up_takes_a_sign_in_after_it_was_begun() {
        let none = StepUp::default();
        assert_eq!(at(Some(NOW - 1_000)).fresh(&none, NOW - 5_000, NOW), Ok(Fresh(NOW - 1_000)));
        assert_eq!(at(None).fresh(&none, NOW, NOW), Err(OidcRefusal::NoTime));
        assert_eq!(at(Some(NOW - 3_600_000)).fresh(&none, NOW, NOW), Err(OidcRefusal::NotFresh));
        assert_eq!(at(Some(NOW + 3_600_000)).fresh(&none, NOW, NOW), Err(OidcRefusal::NotFresh));
        let five = StepUp { max_age: 300, acr: None };
        assert_eq!(at(Some(NOW - 300_000)).fresh(&five, NOW, NOW), Ok(Fresh(NOW - 300_000)));
        assert_eq!(at(Some(NOW - 331_000)).fresh(&five, NOW, NOW), Err(OidcRefusal::NotFresh));
    }

    #[test]
    fn a_class_that_is_asked_for_has_to_be_named() {
        let strong = StepUp { acr: Some("strong".into()), max_age: 0 };
        let mut claims = at(Some(NOW));
        assert_eq!(claims.fresh(&strong, NOW, NOW), Err(OidcRefusal::WrongClass));
        assert_eq!(claims.shown_at(&strong, NOW), None);
        claims.acr = Some("strong".into());
        assert_eq!(claims.fresh(&strong, NOW, NOW), Ok(Fresh(NOW)));
        assert_eq!(claims.shown_at(&strong, NOW), Some(Fresh(NOW)));
    }

    #[test]
    fn an_address_that_is_not_verified_finds_nobody() {
        let mut claims = Claims { preferred_username: Some(" Mok ".into()), ..Claims::default() };
        assert_eq!(claims.found_by(FirstSignIn::Email), Err(OidcRefusal::UnverifiedEmail));
        assert_eq!(claims.found_by(FirstSignIn::Never), Err(OidcRefusal::Unknown));
        assert_eq!(claims.found_by(FirstSignIn::PreferredUsername), Ok(FoundBy::Name("mok".into())));
        claims.verified_email = Some("Mok@Bank.example".into());
        assert_eq!(claims.found_by(FirstSignIn::Email), Ok(FoundBy::Email("mok@bank.example".into())));
    }

    #[test]
    fn groups_narrow_and_give_nothing() {
        let claims = Claims { groups: BTreeSet::from(["ai-dev".to_owned()]), ..Claims::default() };
        let offices = BTreeMap::from([
            (Role::Developer, BTreeSet::from(["ai-dev".to_owned()])),
            (Role::Validator, BTreeSet::from(["ai-val".to_owned()])),
        ]);
        let held = |roles: &[Role]| roles.iter().copied().collect::<BTreeSet<_>>();
        assert!(claims.carries_one_of(&held(&[Role::Developer, Role::Validator]), &offices));
        assert!(!claims.carries_one_of(&held(&[Role::Validator]), &offices));
        assert!(!claims.carries_one_of(&held(&[Role::Administrator]), &offices));
        assert!(claims.carries_one_of(&held(&[]), &offices));
        assert!(claims.carries_one_of(&held(&[Role::Validator]), &BTreeMap::new()));
    }

    #[test]
    fn groups_are_a_list_or_a_text_and_may_lie_deeper() {
        let Value::Object(claims) = json!({
            "groups": ["a", 1, "b"], "role": "c", "realm_access": {"roles": ["d"]}, "https://bank.example/g": ["e"],
        }) else {
            panic!("an object")
        };
        let found = |name: &str| texts(&claims, name).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(found("groups"), "a b");
        assert_eq!(found("role"), "c");
        assert_eq!(found("/realm_access/roles"), "d");
        assert_eq!(found("https://bank.example/g"), "e");
        assert_eq!(found("/realm_access/none") + &found("none") + &found("/"), "");
    }

    proptest! {
        #[test]
        fn no_instant_is_too_odd(authenticated: Option<i64>, begun: i64, now: i64, max_age: u32) {
            let step_up = StepUp { max_age, acr: None };
            let claims = at(authenticated);
            let _ = claims.shown_at(&step_up, now);
            if let Ok(Fresh(fresh)) = claims.fresh(&step_up, begun, now) {
                prop_assert!(fresh <= now);
            }
        }
    }
}
