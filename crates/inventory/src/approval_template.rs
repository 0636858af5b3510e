//! What an approver pastes under `approvals/`: the present snapshot of a use, with blanks for who, in which office and when.
//!
//! It approves nothing: left as it is, the folder refuses it, since the blanks are not filled in.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::{ApprovalId, Gate, Inventory, Role, Use, snapshot};

/// The YAML of an approval of a use as it is now, for the gate ahead of it; for one in production, to stay there.
pub fn approval_template(inventory: &Inventory, of: &Use) -> String {
    let stage = Gate::after(of.stage).map_or(of.stage, |gate| gate.to);
    let state = snapshot(inventory, of);
    let rule = inventory.gates().gates.get(&stage);
    let offices: BTreeSet<Role> = rule
        .into_iter()
        .flat_map(|rule| rule.approvals.values())
        .flat_map(|approvals| approvals.roles.iter().chain(&approvals.including))
        .copied()
        .collect();
    let offices: Vec<_> = offices.into_iter().map(Role::as_str).collect();
    let parts = state.parts.iter().fold(String::new(), |mut text, (part, digest)| {
        let _ = writeln!(text, "      {}: {digest}", part.as_str());
        text
    });
    let (id, use_id, stage, digest) =
        (free_id(inventory, of, stage.as_str()), &of.id, stage.as_str(), state.digest);
    format!(
        "# Approves `{use_id}` as it is now. Fill in `by`, `role` and `on`; it counts while the use stays in this state.
schema: dualtrack.approval/1
approvals:
  - id: {id}
    use: {use_id}
    stage: {stage}
    snapshot: {digest}
    parts:
{parts}    by: # your id in people.yaml; not an owner, builder, requester or validator of the use
    role: # an office you hold: {}
    on: # today, such as 2026-11-22
    # expires: # the last day on which it counts
    # conditions:
    #   - {{en: …, zh-Hant: …}}
",
        offices.join(", "),
    )
}

/// An id that no approval has yet.
fn free_id(inventory: &Inventory, of: &Use, stage: &str) -> String {
    let is_free =
        |id: &String| ApprovalId::parse(id).is_ok_and(|id| !inventory.approvals().contains_key(&id));
    let first = format!("{}-{stage}", of.id);
    let mut next = (2..).map(|number: u64| format!("{first}-{number}"));
    if is_free(&first) { first } else { next.find(is_free).unwrap_or(first) }
}
