//! Who may do what, decided by the policies under `policies/access` and by nothing else.
//!
//! An error while deciding is a denial. A denial always says why: the reason of the policy that forbids it, or who it
//! would have taken.

mod action;
mod request;

use std::collections::BTreeMap;

use cedar_policy::{
    ActionConstraint, Authorizer, Decision, Entities, EntityUid, Policy, PolicySet, Schema, ValidationMode,
    Validator,
};
use dualtrack_catalogue::Bilingual;

pub use action::Action;
pub(crate) use request::{Circumstances, Request, Resource};

/// The policies, ready to decide.
#[derive(Debug)]
pub struct Authority {
    authorizer: Authorizer,
    /// The actions with the groups that they are in.
    actions: Entities,
    /// For each action only the policies that speak of it.
    slices: BTreeMap<Action, Slice>,
}

#[derive(Debug)]
struct Slice {
    action: EntityUid,
    policies: PolicySet,
}

/// What policies decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It may be done.
    Allowed,
    /// It may not.
    Denied(Denial),
}

/// Why something may not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial(Vec<Bilingual>);

impl Denial {
    /// The reasons, never none.
    pub fn words(&self) -> Vec<Bilingual> {
        self.0.clone()
    }
}

/// Policies that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the access policies cannot be used: {0}")]
pub struct AuthorityError(String);

impl Authority {
    /// Reads the policies of the product, and holds them strictly against their schema.
    pub fn load() -> Result<Self, AuthorityError> {
        Self::of(SCHEMA, &POLICIES.concat())
    }

    fn of(schema: &str, policies: &str) -> Result<Self, AuthorityError> {
        let refuse = |error: String| AuthorityError(error);
        let (schema, warnings) =
            Schema::from_cedarschema_str(schema).map_err(|error| refuse(error.to_string()))?;
        if let Some(warning) = warnings.into_iter().next() {
            return Err(refuse(warning.to_string()));
        }
        let policies: PolicySet = policies.parse().map_err(|error| refuse(format!("{error}")))?;
        let validated = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if let Some(error) = validated.validation_errors().next() {
            return Err(refuse(error.to_string()));
        }
        if let Some(warning) = validated.validation_warnings().next() {
            return Err(refuse(warning.to_string()));
        }
        let actions = schema.action_entities().map_err(|error| refuse(error.to_string()))?;
        let mut slices = BTreeMap::new();
        for action in Action::ALL {
            let uid = action.uid().map_err(refuse)?;
            let mut slice = PolicySet::new();
            for policy in policies.policies() {
                let speaks = match policy.action_constraint() {
                    ActionConstraint::Any => true,
                    ActionConstraint::Eq(other) => other == uid,
                    ActionConstraint::In(others) => {
                        others.iter().any(|other| *other == uid || actions.is_ancestor_of(other, &uid))
                    }
                };
                if speaks {
                    slice.add(policy.clone()).map_err(|error| refuse(error.to_string()))?;
                }
            }
            slices.insert(action, Slice { action: uid, policies: slice });
        }
        Ok(Self { authorizer: Authorizer::new(), actions, slices })
    }

    /// Who may do something, as the policies that permit it say; nothing of what forbids it to some of them.
    pub fn who(&self, action: Action) -> Bilingual {
        self.slices.get(&action).map_or_else(Slice::nobody, Slice::who)
    }

    /// Decides.
    pub(crate) fn decide(&self, request: &Request<'_>) -> Access {
        let Some(slice) = self.slices.get(&request.action) else {
            return undecided("no policy speaks of it");
        };
        let (asked, entities) = match request.asked(&slice.action, &self.actions) {
            Ok(asked) => asked,
            Err(error) => return undecided(&error),
        };
        let response = self.authorizer.is_authorized(&asked, &slice.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return undecided(&error.to_string());
        }
        if response.decision() == Decision::Allow {
            return Access::Allowed;
        }
        let mut forbids: Vec<_> = response.diagnostics().reason().collect();
        forbids.sort();
        // A reason may name what was asked for.
        let named = |text: &str| text.replace("{action}", request.action.as_str());
        let forbids: Vec<_> = forbids
            .into_iter()
            .filter_map(|id| words(slice.policies.policy(id)?))
            .map(|words| Bilingual { en: named(&words.en), zh_hant: named(&words.zh_hant) })
            .collect();
        Access::Denied(Denial(if forbids.is_empty() { slice.would_take() } else { forbids }))
    }
}

impl Slice {
    /// Who is permitted it, from every policy that permits it to somebody.
    fn who(&self) -> Bilingual {
        let permits =
            self.policies.policies().filter(|policy| policy.effect() == cedar_policy::Effect::Permit);
        let who: Vec<Bilingual> = permits.filter_map(words).collect();
        let join = |texts: Vec<&str>, joint: &str| texts.join(joint);
        let en = join(who.iter().map(|words| words.en.as_str()).collect(), "; or ");
        let zh_hant = join(who.iter().map(|words| words.zh_hant.as_str()).collect(), "；或");
        Bilingual { en, zh_hant }
    }

    fn nobody() -> Bilingual {
        Bilingual { en: "nobody".to_owned(), zh_hant: "無人".to_owned() }
    }

    /// Who an action would have taken.
    fn would_take(&self) -> Vec<Bilingual> {
        let Bilingual { en, zh_hant } = self.who();
        vec![Bilingual {
            en: format!("this takes {en}"),
            zh_hant: format!("此操作須由以下人士作出：{zh_hant}"),
        }]
    }
}

fn words(policy: &Policy) -> Option<Bilingual> {
    Some(Bilingual { en: policy.annotation("en")?.to_owned(), zh_hant: policy.annotation("zh")?.to_owned() })
}

/// What cannot be decided is denied.
fn undecided(why: &str) -> Access {
    Access::Denied(Denial(vec![Bilingual {
        en: format!("it could not be decided whether you may: {why}"),
        zh_hant: format!("無法判斷你是否獲准：{why}"),
    }]))
}

const SCHEMA: &str = include_str!("../../../../policies/access/schema.cedarschema");
const POLICIES: [&str; 5] = [
    include_str!("../../../../policies/access/reading.cedar"),
    include_str!("../../../../policies/access/uses.cedar"),
    include_str!("../../../../policies/access/duties.cedar"),
    include_str!("../../../../policies/access/people.cedar"),
    include_str!("../../../../policies/access/segregation.cedar"),
];

#[cfg(test)]
mod tests;
