//! From what a person declares, on the command line or in a use, to the roles the measuring engine works with.

use dualtrack_assurance::FeatureKind;
use dualtrack_assurance::roles::{
    CutOff, Decision, Feature, Group, HigherMeans, Label, Missing, Period, Roles, Score, Time,
};
use dualtrack_inventory as inventory;

use crate::cli::{Direction, RoleArguments};
use crate::failure::Failure;

/// The roles given as arguments. `columns` lists the data's columns, for `--features all`.
pub(crate) fn from_arguments(arguments: &RoleArguments, columns: &[String]) -> Result<Roles, Failure> {
    let mut roles = Roles {
        label: arguments.label.as_deref().map(|text| {
            let (column, positive) = split(text);
            Label { column, positive, favourable: arguments.favourable.clone() }
        }),
        target: arguments.target.clone(),
        score: score(arguments)?,
        decision: decision(arguments)?,
        weight: arguments.weight.clone(),
        time: arguments.time.as_deref().map(time).transpose()?,
        groups: arguments
            .groups
            .iter()
            .map(|text| {
                let (attribute, reference) = split(text);
                Group { attribute, reference, ..Group::default() }
            })
            .collect(),
        intersections: arguments
            .intersections
            .iter()
            .map(|text| text.split('+').map(|name| name.trim().to_owned()).collect())
            .collect(),
        features: Vec::new(),
    };
    if arguments.features.iter().any(|name| name == "all") {
        let taken: Vec<String> = roles.columns().into_iter().map(str::to_owned).collect();
        roles.features =
            columns.iter().filter(|column| !taken.contains(column)).map(|column| feature(column)).collect();
    } else {
        roles.features = arguments.features.iter().map(|column| feature(column)).collect();
    }
    if !roles.groups.is_empty() && roles.label.as_ref().is_some_and(|label| label.favourable.is_none()) {
        return Err(Failure::input(
            "groups are compared by what is good for the person: say with --favourable which value of the label is",
        ));
    }
    if roles.columns().is_empty() {
        return Err(Failure::input(
            "no column is named; say what they are, such as --label default=1 or --features all",
        ));
    }
    match roles.contradiction() {
        Some(line) => Err(Failure::input(line)),
        None => Ok(roles),
    }
}

/// The roles a use declares for its data.
pub(crate) fn from_columns(columns: &inventory::Columns) -> Roles {
    Roles {
        label: columns.label.as_ref().map(|label| Label {
            column: label.column.clone(),
            positive: label.positive.clone(),
            favourable: Some(label.favourable.clone()),
        }),
        target: columns.target.clone(),
        score: columns.score.as_ref().map(|score| Score {
            column: score.column.clone(),
            higher_means: match score.higher_means {
                inventory::ScoreDirection::Positive => HigherMeans::Positive,
                inventory::ScoreDirection::Negative => HigherMeans::Negative,
            },
            probability: score.probability,
        }),
        decision: columns.decision.as_ref().and_then(|rule| {
            if let Some(below) = rule.favourable_below {
                return Some(Decision::CutOff(CutOff::Below(below)));
            }
            if let Some(least) = rule.favourable_at_least {
                return Some(Decision::CutOff(CutOff::AtLeast(least)));
            }
            let column = rule.column.clone()?;
            Some(Decision::Column { column, favourable: rule.favourable.clone()? })
        }),
        weight: columns.weight.clone(),
        time: columns
            .time
            .as_ref()
            .map(|time| Time { column: time.column.clone(), period: period(time.period) }),
        groups: columns
            .groups
            .iter()
            .map(|group| Group {
                attribute: group.column.clone(),
                reference: group.reference.clone(),
                missing: match group.missing {
                    inventory::MissingGroup::OwnGroup => Missing::OwnGroup,
                    inventory::MissingGroup::LeftOut => Missing::LeftOut,
                },
                bins: (!group.bins.is_empty()).then(|| group.bins.clone()),
            })
            .collect(),
        intersections: columns.intersections.clone(),
        features: columns
            .features
            .iter()
            .map(|feature| Feature {
                column: feature.column.clone(),
                kind: feature.kind.map(|kind| match kind {
                    inventory::FeatureKind::Numeric => FeatureKind::Numeric,
                    inventory::FeatureKind::Categorical => FeatureKind::Categorical,
                }),
                range: feature.range,
                categories: feature.categories.clone(),
            })
            .collect(),
    }
}

fn score(arguments: &RoleArguments) -> Result<Option<Score>, Failure> {
    let Some(column) = arguments.score.clone() else { return Ok(None) };
    let higher_means = match arguments.higher_means {
        Some(Direction::Event) => HigherMeans::Positive,
        Some(Direction::NoEvent) => HigherMeans::Negative,
        None if arguments.label.is_none() => HigherMeans::Positive,
        None => {
            return Err(Failure::input(
                "say which way the score points: --higher-means event, or --higher-means no-event",
            ));
        }
    };
    let probability = arguments.label.is_some() && !arguments.not_probability;
    Ok(Some(Score { column, higher_means, probability }))
}

fn decision(arguments: &RoleArguments) -> Result<Option<Decision>, Failure> {
    let cut_off = arguments.favourable_below.or(arguments.favourable_at_least);
    if let Some(cut_off) = cut_off.filter(|cut_off| !cut_off.is_finite()) {
        return Err(Failure::input(format!(
            "`{cut_off}` is not a cut-off of the score; use a number such as 0.3"
        )));
    }
    if let Some(below) = arguments.favourable_below {
        return Ok(Some(Decision::CutOff(CutOff::Below(below))));
    }
    if let Some(least) = arguments.favourable_at_least {
        return Ok(Some(Decision::CutOff(CutOff::AtLeast(least))));
    }
    let Some(text) = arguments.decision.as_deref() else { return Ok(None) };
    let (column, favourable) = split(text);
    match favourable {
        Some(favourable) => Ok(Some(Decision::Column { column, favourable })),
        None => Err(Failure::input(format!(
            "say which decision is good for the person: --decision {column}=VALUE, such as {column}=approve"
        ))),
    }
}

fn time(text: &str) -> Result<Time, Failure> {
    let (column, period) = split(text);
    let period = match period.as_deref() {
        Some("day") => Period::Day,
        Some("month") | None => Period::Month,
        Some("quarter") => Period::Quarter,
        Some("year") => Period::Year,
        Some("as-is") => Period::AsIs,
        Some(other) => {
            return Err(Failure::input(format!(
                "`{other}` is not a period; use day, month, quarter, year or as-is"
            )));
        }
    };
    Ok(Time { column, period })
}

fn period(period: inventory::Period) -> Period {
    match period {
        inventory::Period::Day => Period::Day,
        inventory::Period::Month => Period::Month,
        inventory::Period::Quarter => Period::Quarter,
        inventory::Period::Year => Period::Year,
        inventory::Period::AsIs => Period::AsIs,
    }
}

fn feature(column: &str) -> Feature {
    Feature { column: column.to_owned(), ..Feature::default() }
}

/// `column=value` as both parts; a text without `=` as the column alone.
fn split(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((column, value)) => (column.trim().to_owned(), Some(value.trim().to_owned())),
        None => (text.trim().to_owned(), None),
    }
}
