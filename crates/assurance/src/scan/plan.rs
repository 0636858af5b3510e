//! The plan of a scan: which columns are read, and which serves which role.

use super::ScanOptions;
use crate::error::ScanError;
use crate::read::{Opened, Part, Wanted, open};
use crate::roles::{Decision, FeatureKind, Period, Roles};
use crate::scan::numbers::{Numbers, family};
use arrow::array::Array;
use arrow::datatypes::DataType;

/// What every thread needs to know.
pub(crate) struct Plan<'a> {
    pub(crate) roles: &'a Roles,
    pub(crate) options: &'a ScanOptions,
    /// The columns to be read, in the order in which batches hold them.
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) label: Option<usize>,
    pub(crate) target: Option<usize>,
    pub(crate) score: Option<usize>,
    pub(crate) decision: Option<usize>,
    pub(crate) weight: Option<usize>,
    pub(crate) time: Option<usize>,
    pub(crate) groups: Vec<usize>,
    pub(crate) features: Vec<(usize, FeatureKind)>,
    /// The attributes (indices into `groups`) of each segment: none, each, and each intersection.
    pub(crate) segments: Vec<Vec<usize>>,
}

impl<'a> Plan<'a> {
    /// Opens the parts and plans their scan.
    pub(crate) fn new(
        parts: &[Part],
        roles: &'a Roles,
        options: &'a ScanOptions,
    ) -> Result<(Self, Vec<Opened>), ScanError> {
        if let Some(because) = roles.contradiction() {
            return Err(ScanError::Roles(because));
        }
        let names = roles.columns();
        if names.is_empty() {
            return Err(ScanError::Roles("they name no column".into()));
        }
        let wanted: Vec<Wanted> = names
            .iter()
            .map(|name| Wanted { name: (*name).into(), coded: !needs_numbers(roles, name) })
            .collect();
        let opened = parts.iter().map(|part| open(part, &wanted)).collect::<Result<Vec<_>, _>>()?;
        agree(&opened, &wanted)?;
        let kinds = kinds(&opened, roles, &wanted)?;
        let opened = if kinds.contains(&FeatureKind::Numeric) {
            opened.into_iter().map(Opened::in_long_batches).collect()
        } else {
            opened
        };

        let place = |name: &str| wanted.iter().position(|column| column.name == name);
        let attribute = |name: &String| roles.groups.iter().position(|group| group.attribute == *name);
        let mut segments: Vec<Vec<usize>> = vec![Vec::new()];
        segments.extend((0..roles.groups.len()).map(|group| vec![group]));
        for intersection in &roles.intersections {
            let segment: Vec<usize> = intersection.iter().filter_map(attribute).collect();
            if !segments.contains(&segment) {
                segments.push(segment);
            }
        }
        let plan = Self {
            roles,
            options,
            label: roles.label.as_ref().and_then(|label| place(&label.column)),
            target: roles.target.as_deref().and_then(place),
            score: roles.score.as_ref().and_then(|score| place(&score.column)),
            decision: match &roles.decision {
                Some(Decision::Column { column, .. }) => place(column),
                Some(Decision::CutOff(_)) | None => None,
            },
            weight: roles.weight.as_deref().and_then(place),
            time: roles.time.as_ref().and_then(|time| place(&time.column)),
            groups: roles.groups.iter().filter_map(|group| place(&group.attribute)).collect(),
            features: roles.features.iter().filter_map(|feature| place(&feature.column)).zip(kinds).collect(),
            segments,
            wanted,
        };
        Ok((plan, opened))
    }

    /// The name of a wanted column.
    pub(crate) fn name(&self, column: usize) -> &str {
        self.wanted.get(column).map_or("", |column| column.name.as_str())
    }
}

/// Whether a column has a role for which dictionary codes would have to be undone.
fn needs_numbers(roles: &Roles, name: &str) -> bool {
    roles.score.as_ref().is_some_and(|score| score.column == name)
        || roles.weight.as_deref() == Some(name)
        || roles.target.as_deref() == Some(name)
        || roles.time.as_ref().is_some_and(|time| time.column == name && time.period != Period::AsIs)
        || roles.groups.iter().any(|group| group.attribute == name && group.bins.is_some())
        || roles
            .features
            .iter()
            .any(|feature| feature.column == name && feature.kind == Some(FeatureKind::Numeric))
}

/// Refuses parts in which a column has different types. Text files have none and agree with all.
fn agree(opened: &[Opened], wanted: &[Wanted]) -> Result<(), ScanError> {
    for (place, column) in wanted.iter().enumerate() {
        let mut first: Option<(&Opened, &'static str)> = None;
        for part in opened.iter().filter(|part| !part.is_text()) {
            let here = part.types.get(place).map_or("empty", family);
            match first {
                Some((other, there)) if here != there && here != "empty" && there != "empty" => {
                    return Err(ScanError::Mismatch {
                        column: column.name.clone(),
                        part: part.name.clone(),
                        here,
                        other: other.name.clone(),
                        there,
                    });
                }
                Some((_, there)) if there != "empty" => {}
                _ => first = Some((part, here)),
            }
        }
    }
    Ok(())
}

/// The kind of each feature: as declared, else by the column's type, else by the first rows of the text.
fn kinds(opened: &[Opened], roles: &Roles, wanted: &[Wanted]) -> Result<Vec<FeatureKind>, ScanError> {
    let by_type = |column: &str| {
        let place = wanted.iter().position(|wanted| wanted.name == column)?;
        let typed = opened.iter().find(|part| !part.is_text())?;
        typed.types.get(place).map(|kind| match family(kind) {
            "a number" => FeatureKind::Numeric,
            _ => FeatureKind::Categorical,
        })
    };
    let mut looks: Option<Vec<bool>> = None;
    let mut kinds = Vec::with_capacity(roles.features.len());
    for feature in &roles.features {
        let kind = if let Some(kind) = feature.kind.or_else(|| by_type(&feature.column)) {
            kind
        } else {
            let numeric = match &looks {
                Some(looks) => looks,
                None => looks.insert(look(opened, wanted.len())?),
            };
            let place = wanted.iter().position(|wanted| wanted.name == feature.column);
            match place.and_then(|place| numeric.get(place)) {
                Some(true) => FeatureKind::Numeric,
                _ => FeatureKind::Categorical,
            }
        };
        kinds.push(kind);
    }
    Ok(kinds)
}

/// Whether all values of each column in the first rows of the first part are numbers.
fn look(opened: &[Opened], columns: usize) -> Result<Vec<bool>, ScanError> {
    let mut numeric = vec![false; columns];
    let Some(first) = opened.first() else { return Ok(numeric) };
    let read = first.read(0, &mut |batch| {
        for (column, numeric) in batch.columns.iter().zip(&mut numeric) {
            *numeric = *column.data_type() != DataType::Boolean
                && Numbers::of(column)
                    .is_ok_and(|numbers| numbers.odd.is_empty() && numbers.values.null_count() < batch.rows);
        }
        Err(ScanError::Interrupted)
    });
    match read {
        Err(ScanError::Interrupted) | Ok(()) => Ok(numeric),
        Err(error) => Err(error),
    }
}
