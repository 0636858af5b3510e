//! Placeholder until policies decide.
#![expect(missing_docs, clippy::struct_excessive_bools, reason = "replaced by the policies")]
use dualtrack_catalogue::Bilingual;
use std::collections::BTreeSet;
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Any,
}
impl std::str::FromStr for Action {
    type Err = ();
    fn from_str(_: &str) -> Result<Self, ()> {
        Ok(Self::Any)
    }
}
#[derive(Debug)]
pub struct Resource<'a> {
    pub kind: &'a str,
    pub id: &'a str,
}
#[derive(Debug)]
pub struct Request<'a> {
    pub person: &'a str,
    pub roles: &'a BTreeSet<&'a str>,
    pub scopes: Option<&'a BTreeSet<Action>>,
    pub action: Action,
    pub resource: Resource<'a>,
    pub circumstances: Circumstances,
}
#[derive(Clone, Copy, Debug, Default)]
pub struct Circumstances {
    pub is_owner: bool,
    pub is_builder: bool,
    pub is_requester: bool,
    pub is_validator_of_use: bool,
    pub is_approver_of_use: bool,
    pub is_related: bool,
    pub is_self: bool,
    pub is_author: bool,
    pub barred_from_validating: bool,
    pub barred_from_approving: bool,
    pub stepped_up: bool,
    pub high_tier: bool,
    pub protected_role: bool,
}
#[derive(Debug)]
pub enum Access {
    Allowed,
    Denied(Denial),
}
#[derive(Debug)]
pub struct Denial;
impl Denial {
    pub fn words(&self) -> Vec<Bilingual> {
        Vec::new()
    }
}
#[derive(Debug)]
pub struct Authority;
impl Authority {
    pub fn load() -> Result<Self, std::convert::Infallible> {
        Ok(Self)
    }
    pub fn decide(&self, _: &Request<'_>) -> Access {
        Access::Allowed
    }
}
