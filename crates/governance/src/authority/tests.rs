use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use dualtrack_inventory::Role;
use proptest::prelude::*;

use super::*;

static SHARED: LazyLock<Authority> = LazyLock::new(|| Authority::load().unwrap());

fn ask(authority: &Authority, roles: &[&str], action: Action, circumstances: Circumstances) -> Access {
    let roles: BTreeSet<&str> = roles.iter().copied().collect();
    authority.decide(&Request {
        person: "somebody",
        roles: &roles,
        scopes: None,
        action,
        resource: Resource { kind: "use", id: "some-use" },
        circumstances,
    })
}

fn fresh() -> Circumstances {
    Circumstances { stepped_up: true, is_run: true, ..Circumstances::default() }
}

#[test]
fn who_may_do_what_is_as_written_down() {
    let authority = Authority::load().unwrap();
    let mut table = String::new();
    for action in Action::ALL {
        let mut allowed = Vec::new();
        for role in Role::ALL {
            let holds =
                |circumstances| ask(&authority, &[role.as_str()], action, circumstances) == Access::Allowed;
            let owner = Circumstances { is_owner: true, is_related: true, ..fresh() };
            if holds(fresh()) {
                allowed.push(role.as_str().to_owned());
            } else if holds(owner) {
                allowed.push(format!("{} (owning)", role.as_str()));
            } else if holds(Circumstances { is_self: true, ..fresh() }) {
                allowed.push(format!("{} (self)", role.as_str()));
            }
        }
        assert!(!allowed.is_empty(), "nobody may {}", action.as_str());
        let _ = writeln!(table, "{}: {}", action.as_str(), allowed.join(", "));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_denial_by_default_names_who_it_takes_and_a_stale_sign_in_is_named() {
    let authority = Authority::load().unwrap();
    let Access::Denied(denial) = ask(&authority, &["developer"], Action::Approve, fresh()) else { panic!() };
    insta::assert_debug_snapshot!(denial.words());
    let Access::Denied(denial) =
        ask(&authority, &["risk-officer"], Action::Approve, Circumstances::default())
    else {
        panic!()
    };
    insta::assert_debug_snapshot!(denial.words());
}

#[test]
fn an_error_while_deciding_is_a_denial() {
    let schema = "entity Person = {\"age\": Long}; entity Thing; entity Office; action \"approve\" appliesTo { principal: Person, resource: Thing };";
    // Strict validation knows the attribute; the entity that is asked about does not have it.
    let policies = "permit (principal, action, resource) when { principal.age > 1 };";
    let mut authority = Authority::of(SCHEMA, &POLICIES.concat()).unwrap();
    let (schema, _) = Schema::from_cedarschema_str(schema).unwrap();
    assert!(schema.action_entities().is_ok());
    let slice = authority.slices.get_mut(&Action::ViewUse).unwrap();
    slice.policies = policies.parse().unwrap();
    let access = ask(&authority, &["developer"], Action::ViewUse, fresh());
    let Access::Denied(denial) = access else { panic!("allowed in spite of an error") };
    assert!(denial.words()[0].en.starts_with("it could not be decided"), "{denial:?}");
}

#[test]
fn policies_that_do_not_fit_the_schema_are_refused() {
    assert!(
        Authority::of(SCHEMA, "permit (principal, action, resource) when { context.nonsense };").is_err()
    );
    assert!(Authority::of(SCHEMA, "permit (principal, action == Action::\"fly\", resource);").is_err());
}

fn circumstances() -> impl Strategy<Value = Circumstances> {
    (any::<[bool; 16]>()).prop_map(|bits| Circumstances {
        is_owner: bits[0],
        is_builder: bits[1],
        is_requester: bits[2],
        is_validator_of_use: bits[3],
        is_approver_of_use: bits[4],
        is_related: bits[5],
        is_self: bits[6],
        is_author: bits[7],
        barred_from_validating: bits[8],
        barred_from_approving: bits[9],
        stepped_up: bits[10],
        high_tier: bits[11],
        protected_role: bits[12],
        is_run: bits[13],
        is_pipeline: bits[14],
        is_judged: bits[15],
    })
}

fn roles() -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(prop::sample::select(Role::ALL.map(Role::as_str).to_vec()), 0..4)
}

fn request<'a>(
    roles: &'a BTreeSet<&'a str>,
    scopes: Option<&'a BTreeSet<Action>>,
    action: Action,
    circumstances: Circumstances,
) -> Request<'a> {
    Request {
        person: "somebody",
        roles,
        scopes,
        action,
        resource: Resource { kind: "use", id: "some-use" },
        circumstances,
    }
}

#[test]
fn a_partner_is_of_no_staff_whatever_else_the_partner_holds() {
    let related = Circumstances { is_related: true, ..fresh() };
    for office in Role::ALL.map(Role::as_str).into_iter().filter(|office| *office != "partner") {
        let may = |action, found| ask(&SHARED, &["partner", office], action, found) == Access::Allowed;
        for action in Action::ALL {
            let open = [Action::ViewGuideline, Action::ViewInbox, Action::VerifyLedger].contains(&action);
            assert!(open || !may(action, fresh()), "{office}: {}", action.as_str());
        }
        assert!(may(Action::ViewUse, related), "{office}");
        // A supervisor sees coverage without being of the staff.
        assert!(office == "supervisor" || !may(Action::ViewCoverage, related), "{office}");
        assert_eq!(may(Action::Validate, related), office == "validator");
    }
}

proptest! {
    #[test]
    fn duties_stay_apart(roles in roles(), action in prop::sample::select(Action::ALL.to_vec()), found in circumstances()) {
        let authority = &*SHARED;
        let access = authority.decide(&request(&roles, None, action, found));
        let approving = matches!(action, Action::Approve | Action::Waive | Action::ConfirmProposal | Action::ConfirmRules | Action::Adopt);
        let validating = matches!(action, Action::Validate | Action::Find | Action::CloseFinding | Action::ConfirmChange);
        let confirming = matches!(action, Action::ConfirmChange | Action::ConfirmProposal | Action::ConfirmGrant | Action::ConfirmRules);
        if access == Access::Allowed {
            prop_assert!(!roles.is_empty() || found.is_self || action == Action::VerifyLedger);
            prop_assert!(!(approving && roles.contains("administrator")));
            prop_assert!(!(validating && roles.contains("administrator")));
            prop_assert!(!(approving && found.barred_from_approving));
            prop_assert!(!(validating && found.barred_from_validating));
            prop_assert!(!(confirming && found.is_author));
            let own = matches!(action, Action::GrantRole | Action::ConfirmGrant | Action::CloseAccount);
            prop_assert!(!(own && found.is_self));
            // What a check came to is typed by nobody, and by no pipeline of those whom it judges.
            let piped = found.is_pipeline && roles.contains("operations") && !found.is_judged;
            prop_assert!(action != Action::RecordResults || found.is_run || piped);
        }
        if let Access::Denied(denial) = &access {
            prop_assert!(denial.0.iter().all(|words| !words.en.is_empty() && !words.zh_hant.is_empty()));
            prop_assert!(!denial.0.is_empty());
        }
        // A token never allows more than the person, and only what it names.
        let named = BTreeSet::from([action]);
        let scoped = authority.decide(&request(&roles, Some(&named), action, found));
        prop_assert_eq!(&scoped, &access);
        let nothing = BTreeSet::new();
        let scoped = authority.decide(&request(&roles, Some(&nothing), action, found));
        prop_assert_ne!(scoped, Access::Allowed);
    }
}
