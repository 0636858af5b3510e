//! Drift of outcomes: the event rate and the selection rate, overall and per group.

use super::{change, settled};
use crate::Tables;
use crate::confusion::Rate;
use crate::cube::{Orientation, Value};
use crate::definition::DefinitionId;
use crate::fairness::views::{Group, Views};
use crate::measurement::{Estimate, Measurement, Slice, Value as Measured};
use crate::options::Options;

/// Changes of both rates, current minus reference, with Newcombe's interval.
pub(super) fn of_outcomes(
    (reference, reference_period): (&Tables, Option<&Value>),
    (current, current_period): (&Tables, Option<&Value>),
    options: &Options,
) -> Vec<Measurement> {
    let mut all = Vec::new();
    for (id, rate, orientation, declared) in [
        (LABEL_RATE, Rate::Base, Orientation::Event, reference.roles.binary()),
        (SELECTION_RATE, Rate::Selection, Orientation::Favourable, reference.roles.decision.is_some()),
    ] {
        if !declared {
            continue;
        }
        let before = Views::new(reference, reference_period, orientation);
        let after = Views::new(current, current_period, orientation);
        let weighted = reference.weighted || current.weighted;
        for view in &after.list {
            for group in after.groups.get(view.groups.clone()).unwrap_or_default() {
                let twin = before.list.iter().find(|other| other.name == view.name).and_then(|other| {
                    let groups = before.groups.get(other.groups.clone()).unwrap_or_default();
                    groups.iter().find(|other| other.name == group.name)
                });
                if let Some(twin) = twin {
                    let slice = view
                        .name
                        .as_ref()
                        .map_or_else(Slice::default, |name| Slice::group(name, &group.name));
                    all.push(of_group(id, rate, (twin, group), weighted, options).of(slice));
                }
            }
        }
    }
    all
}

/// The change of one rate in one group.
fn of_group(
    id: DefinitionId,
    rate: Rate,
    (before, after): (&Group, &Group),
    weighted: bool,
    options: &Options,
) -> Measurement {
    // Numerator and denominator at the effective size.
    let side = |group: &Group| {
        let (_, rows) = rate.fraction(&group.rows).unwrap_or_default();
        let (top, below) = rate.fraction(&group.weights).unwrap_or_default();
        let effective = rows / group.design_effect;
        if below > 0.0 { (top / below * effective, effective) } else { (0.0, 0.0) }
    };
    let rows = |group: &Group| whole(rate.support(&group.rows));
    let mut estimate =
        settled((rows(before), rows(after)), options, change(side(after), side(before), options.level));
    if let Estimate::Value(Measured { interval: Some(interval), .. }) = &mut estimate {
        interval.approximate |= weighted;
    }
    Measurement::new(id, estimate, rows(before) + rows(after))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count that is held as a double"
)]
fn whole(rows: f64) -> u64 {
    rows as u64
}

const LABEL_RATE: DefinitionId = DefinitionId::new("drift.label_rate_change");
const SELECTION_RATE: DefinitionId = DefinitionId::new("drift.selection_rate_change");
