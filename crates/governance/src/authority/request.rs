//! What is asked of the policies: who, what, on which thing, under which circumstances.

use std::collections::{BTreeSet, HashSet};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request as Asked, RestrictedExpression,
};

use dualtrack_inventory::Role;

use super::Action;

/// What is asked.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Who asks.
    pub(crate) person: &'a str,
    /// The offices that the person holds.
    pub(crate) roles: &'a BTreeSet<&'a str>,
    /// The actions that a token is good for; none where the person asks.
    pub(crate) scopes: Option<&'a BTreeSet<Action>>,
    /// What is asked for.
    pub(crate) action: Action,
    /// On which thing.
    pub(crate) resource: Resource<'a>,
    /// Under which circumstances.
    pub(crate) circumstances: Circumstances,
}

/// A thing that is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource<'a> {
    /// Of which kind.
    pub(crate) kind: &'a str,
    /// Which.
    pub(crate) id: &'a str,
}

/// The circumstances, computed from the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one circumstance that policies read by name")]
pub(crate) struct Circumstances {
    /// The person answers for the use.
    pub(crate) is_owner: bool,
    /// The person builds it.
    pub(crate) is_builder: bool,
    /// The person asks for its approval.
    pub(crate) is_requester: bool,
    /// The person validates it.
    pub(crate) is_validator_of_use: bool,
    /// The person approves it.
    pub(crate) is_approver_of_use: bool,
    /// Any of these, or named by the thing itself.
    pub(crate) is_related: bool,
    /// The person acts on herself.
    pub(crate) is_self: bool,
    /// The person made what is confirmed.
    pub(crate) is_author: bool,
    /// `barred` says so.
    pub(crate) barred_from_validating: bool,
    /// `barred` says so.
    pub(crate) barred_from_approving: bool,
    /// The person signed in again within the last minutes.
    pub(crate) stepped_up: bool,
    /// A run of checks of this server hands in what it measured.
    pub(crate) is_run: bool,
    /// A token asks that was made for the results of runs elsewhere.
    pub(crate) is_pipeline: bool,
    /// What she is or was to one of the uses, or built of them, is judged by what is handed in.
    pub(crate) is_judged: bool,
    /// The use is of high tier.
    pub(crate) high_tier: bool,
    /// The office concerned takes a second person.
    pub(crate) protected_role: bool,
}

impl Request<'_> {
    /// The question in the terms of policies, with the entities that it speaks of.
    pub(super) fn asked(&self, action: &EntityUid, actions: &Entities) -> Result<(Asked, Entities), String> {
        let person = uid("Person", self.person)?;
        let thing = uid("Thing", &format!("{}/{}", self.resource.kind, self.resource.id))?;
        let office = |name: &str| uid("Office", name);
        let mut entities = Vec::new();
        let mut held = HashSet::new();
        // Whatever else a partner holds, nobody makes her one of the staff by it.
        let is_outside = self.roles.contains(PARTNER);
        for role in self.roles {
            let uid = office(role)?;
            let mut groups = HashSet::new();
            if Role::ALL.iter().any(|known| known.as_str() == *role && known.may_approve()) {
                groups.insert(office("approver")?);
            }
            if !OUTSIDERS.contains(role) && !is_outside {
                groups.insert(office("staff")?);
            }
            entities.push(Entity::new_no_attrs(uid.clone(), groups));
            held.insert(uid);
        }
        entities.push(Entity::new_no_attrs(person.clone(), held));
        let kind = RestrictedExpression::new_string(self.resource.kind.to_owned());
        let attributes = [("kind".to_owned(), kind)].into_iter().collect();
        entities
            .push(Entity::new(thing.clone(), attributes, HashSet::new()).map_err(|error| error.to_string())?);
        let entities = actions.clone().add_entities(entities, None).map_err(|error| error.to_string())?;
        let context = self.context()?;
        let asked =
            Asked::new(person, action.clone(), thing, context, None).map_err(|error| error.to_string())?;
        Ok((asked, entities))
    }

    fn context(&self) -> Result<Context, String> {
        let Circumstances {
            is_owner,
            is_builder,
            is_requester,
            is_validator_of_use,
            is_approver_of_use,
            is_related,
            is_self,
            is_author,
            barred_from_validating,
            barred_from_approving,
            stepped_up,
            is_run,
            is_pipeline,
            is_judged,
            high_tier,
            protected_role,
        } = self.circumstances;
        let outside_scopes = self.scopes.is_some_and(|scopes| !scopes.contains(&self.action));
        let pairs = [
            ("is_owner", is_owner),
            ("is_builder", is_builder),
            ("is_requester", is_requester),
            ("is_validator_of_use", is_validator_of_use),
            ("is_approver_of_use", is_approver_of_use),
            ("is_related", is_related),
            ("is_self", is_self),
            ("is_author", is_author),
            ("barred_from_validating", barred_from_validating),
            ("barred_from_approving", barred_from_approving),
            ("stepped_up", stepped_up),
            ("is_run", is_run),
            ("is_pipeline", is_pipeline),
            ("is_judged", is_judged),
            ("high_tier", high_tier),
            ("protected_role", protected_role),
            ("outside_scopes", outside_scopes),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), RestrictedExpression::new_bool(value)));
        Context::from_pairs(pairs).map_err(|error| error.to_string())
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    let name: EntityTypeName = kind.parse().map_err(|error| format!("{error}"))?;
    Ok(EntityUid::from_type_name_and_id(name, EntityId::new(id)))
}

/// The offices of people who are not of the institution.
const OUTSIDERS: [&str; 3] = ["supervisor", "partner", "educator"];
/// The office that keeps somebody outside, with whatever others.
const PARTNER: &str = "partner";
