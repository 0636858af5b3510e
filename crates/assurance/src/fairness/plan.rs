//! The plan of a fairness assessment: which statistic goes under which definition, of which slice, resting on how many
//! rows, and why some cannot be measured.

use super::statistic::{Odds, Statistic};
use super::views::{View, Views};
use crate::confusion::{Confusion, Rate};
use crate::definition::{DefinitionId, rate_ids};
use crate::measurement::{Because, Ends, Estimate, Measurement, Slice};

/// A measurement to be filled in: its statistic, if enough rows stand behind it.
pub(crate) struct Planned {
    pub(crate) measurement: Measurement,
    pub(crate) statistic: Option<Statistic>,
    /// Why the statistic is undefined, if it turns out to be.
    pub(crate) because: Because,
}

/// Everything to measure, and who takes part in each spread.
pub(crate) struct Plan {
    pub(crate) planned: Vec<Planned>,
    /// For each view and rate, the groups with enough rows.
    pub(crate) participants: Vec<Vec<usize>>,
    least: u64,
}

impl Plan {
    /// Plans every definition that `wanted` asks for.
    pub(crate) fn new(
        views: &Views,
        least: u64,
        period: Option<&str>,
        wanted: &dyn Fn(DefinitionId) -> bool,
    ) -> Self {
        let participants = views
            .list
            .iter()
            .flat_map(|view| {
                Rate::ALL.map(|rate| {
                    view.groups
                        .clone()
                        .filter(|group| support(views, *group, rate).is_some_and(|rows| rows >= least.max(1)))
                        .collect()
                })
            })
            .collect();
        let mut plan = Self { planned: Vec::new(), participants, least };
        for (index, view) in views.list.iter().enumerate() {
            plan.inequality(views, view);
            if let Some(name) = &view.name {
                for rate in Rate::ALL {
                    plan.rate(views, view, name, rate);
                    plan.spreads(views, (index, view), name, rate);
                }
                plan.odds(views, (index, view), name);
            }
        }
        plan.planned.retain(|planned| wanted(planned.measurement.definition));
        for planned in &mut plan.planned {
            planned.measurement.slice.period = period.map(str::to_owned);
        }
        plan
    }

    /// The rate of each group, alone and against the reference.
    fn rate(&mut self, views: &Views, view: &View, name: &str, rate: Rate) {
        let ids = rate_ids(rate);
        let because = rate.because();
        for (group, label) in labelled(views, view) {
            let slice = Slice::group(name, label);
            self.push(ids.value, slice, &[(views, group, rate)], Statistic::Rate { group, rate }, because);
        }
        let Some(declared) = &view.declared else { return };
        let Some(reference) = view.reference else {
            for id in [ids.difference, ids.ratio] {
                let slice = Slice::attribute(name).against(declared);
                self.undefined(id, slice, Because::ReferenceAbsent);
            }
            return;
        };
        for (group, label) in labelled(views, view).filter(|(group, _)| *group != reference) {
            let slice = Slice::group(name, label).against(declared);
            let sides = [(views, group, rate), (views, reference, rate)];
            let difference = Statistic::Difference { group, reference, rate };
            self.push(ids.difference, slice.clone(), &sides, difference, because);
            let ratio = Statistic::Ratio { group, reference, rate };
            self.push(ids.ratio, slice, &sides, ratio, Because::ReferenceIsZero);
        }
    }

    /// Equalised odds against the reference, and its spread.
    fn odds(&mut self, views: &Views, (index, view): (usize, &View), name: &str) {
        let rates = [Rate::TruePositive, Rate::FalsePositive];
        if let (Some(declared), Some(reference)) = (&view.declared, view.reference) {
            for (group, label) in labelled(views, view).filter(|(group, _)| *group != reference) {
                let sides: Vec<_> = [group, reference]
                    .iter()
                    .flat_map(|side| rates.map(|rate| (views, *side, rate)))
                    .collect();
                for (id, odds) in ODDS {
                    let slice = Slice::group(name, label).against(declared);
                    let statistic = Statistic::Odds { group, reference, odds };
                    self.push(id, slice, &sides, statistic, Because::OneLabel);
                }
            }
        } else if let Some(declared) = &view.declared {
            for (id, _) in ODDS {
                self.undefined(id, Slice::attribute(name).against(declared), Because::ReferenceAbsent);
            }
        }
        let [tpr, fpr] = rates.map(|rate| self.participants(index, rate).to_vec());
        let both: Vec<usize> = tpr.into_iter().filter(|group| fpr.contains(group)).collect();
        let rows = both.iter().map(|group| labelled_rows(views, *group)).sum();
        let statistic = Statistic::OddsSpread { view: index };
        self.over_groups(ODDS_SPREAD, Slice::attribute(name), views, view, &both, statistic, rows);
    }

    /// The ends of a rate over the groups of an attribute.
    fn spreads(&mut self, views: &Views, (index, view): (usize, &View), name: &str, rate: Rate) {
        let ids = rate_ids(rate);
        let taking_part = self.participants(index, rate).to_vec();
        let rows = taking_part.iter().filter_map(|group| support(views, *group, rate)).sum();
        let value =
            |group: &usize| views.groups.get(*group).map_or(f64::NAN, |group| rate.value(&group.weights));
        let lowest = taking_part.iter().copied().min_by(|a, b| value(a).total_cmp(&value(b)));
        let highest = taking_part.iter().rev().copied().max_by(|a, b| value(a).total_cmp(&value(b)));
        let label = |group: Option<usize>| {
            group.and_then(|group| views.groups.get(group)).map(|group| group.name.clone())
        };
        let ends = label(lowest).zip(label(highest)).map(|(lowest, highest)| Ends { lowest, highest });
        for (id, statistic) in [
            (ids.spread, Statistic::Spread { view: index, rate }),
            (ids.min_ratio, Statistic::MinRatio { view: index, rate }),
        ] {
            let slice = Slice::attribute(name);
            self.over_groups(id, slice, views, view, &taking_part, statistic, rows);
            if let Some(planned) = self.planned.last_mut() {
                planned.measurement.ends.clone_from(&ends);
            }
        }
        let worst = if rate.is_error() { highest } else { lowest };
        let rows = worst.and_then(|group| support(views, group, rate)).unwrap_or(0);
        let slice = Slice { group: label(worst), ..Slice::attribute(name) };
        let statistic = Statistic::Worst { view: index, rate };
        self.over_groups(ids.worst, slice, views, view, &taking_part, statistic, rows);
    }

    /// Theil and generalised entropy of all rows and of each group.
    fn inequality(&mut self, views: &Views, view: &View) {
        for (group, label) in labelled(views, view) {
            let slice = view.name.as_ref().map_or_else(Slice::default, |name| Slice::group(name, label));
            let sides = [(views, group, Rate::Accuracy)];
            for (id, statistic) in
                [(THEIL, Statistic::Theil { group }), (ENTROPY, Statistic::Entropy { group })]
            {
                self.push(id, slice.clone(), &sides, statistic, Because::AllZero);
            }
        }
    }

    /// Plans a statistic of one or two groups; the first side that is undefined or has too few rows decides.
    fn push(
        &mut self,
        definition: DefinitionId,
        slice: Slice,
        sides: &[(&Views, usize, Rate)],
        statistic: Statistic,
        because: Because,
    ) {
        let rows_of = |side: &(&Views, usize, Rate)| support(side.0, side.1, side.2).unwrap_or(0);
        let rows = sides.first().map_or(0, rows_of);
        let fewest = sides.iter().map(rows_of).min().unwrap_or(0);
        let missing = sides.iter().find(|side| rows_of(side) == 0);
        let estimate = match missing {
            Some((_, _, rate)) => Estimate::undefined(rate.because()),
            None if fewest < self.least => Estimate::TooFew { rows: fewest, least: self.least },
            None => Estimate::plain(f64::NAN),
        };
        let statistic = matches!(estimate, Estimate::Value(_)).then_some(statistic);
        let measurement = Measurement::new(definition, estimate, rows).of(slice);
        self.planned.push(Planned { measurement, statistic, because });
    }

    /// Plans a statistic over the groups that take part, naming those that do not.
    #[expect(clippy::too_many_arguments, reason = "each is a plain part of the one measurement")]
    fn over_groups(
        &mut self,
        definition: DefinitionId,
        slice: Slice,
        views: &Views,
        view: &View,
        taking_part: &[usize],
        statistic: Statistic,
        rows: u64,
    ) {
        let left_out: Vec<String> = labelled(views, view)
            .filter(|(group, _)| !taking_part.contains(group))
            .map(|(_, label)| label.to_owned())
            .collect();
        let estimate = if taking_part.len() >= 2 {
            Estimate::plain(f64::NAN)
        } else if left_out.len() + taking_part.len() >= 2 {
            Estimate::TooFew { rows, least: self.least }
        } else {
            Estimate::undefined(Because::FewerThanTwoGroups)
        };
        let statistic = matches!(estimate, Estimate::Value(_)).then_some(statistic);
        let mut measurement = Measurement::new(definition, estimate, rows).of(slice);
        measurement.left_out = left_out;
        self.planned.push(Planned { measurement, statistic, because: Because::AllZero });
    }

    fn undefined(&mut self, definition: DefinitionId, slice: Slice, because: Because) {
        let measurement = Measurement::new(definition, Estimate::undefined(because), 0).of(slice);
        self.planned.push(Planned { measurement, statistic: None, because });
    }

    fn participants(&self, view: usize, rate: Rate) -> &[usize] {
        self.participants.get(view * Rate::ALL.len() + rate as usize).map_or(&[], Vec::as_slice)
    }
}

/// The groups of a view with their names.
pub(crate) fn labelled<'a>(
    views: &'a Views,
    view: &View,
) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
    let groups = view.groups.clone();
    groups
        .clone()
        .zip(views.groups.get(groups).unwrap_or_default())
        .map(|(index, group)| (index, group.name.as_str()))
}

/// The rows a group's rate rests on.
fn support(views: &Views, group: usize, rate: Rate) -> Option<u64> {
    Some(whole(rate.support(&views.groups.get(group)?.rows)))
}

fn labelled_rows(views: &Views, group: usize) -> u64 {
    views.groups.get(group).map_or(0, |group| {
        let Confusion { tp, fp, fn_, tn, .. } = group.rows;
        whole(tp + fp + fn_ + tn)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count that is held as a double"
)]
fn whole(rows: f64) -> u64 {
    rows as u64
}

const ODDS: [(DefinitionId, Odds); 3] = [
    (DefinitionId::new("fairness.equalised_odds.max"), Odds::Max),
    (DefinitionId::new("fairness.equalised_odds.mean"), Odds::Mean),
    (DefinitionId::new("fairness.equalised_odds.signed_mean"), Odds::SignedMean),
];
const ODDS_SPREAD: DefinitionId = DefinitionId::new("fairness.equalised_odds_spread.max");
const THEIL: DefinitionId = DefinitionId::new("fairness.theil");
const ENTROPY: DefinitionId = DefinitionId::new("fairness.generalised_entropy.2");
