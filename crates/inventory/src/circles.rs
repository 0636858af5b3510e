//! Things made from each other must not go round in a circle.

use std::collections::BTreeMap;

use dualtrack_catalogue::SourceError;

use crate::Id;
use crate::folder::{Folder, Sourced};

/// Every circle among models, datasets and providers.
pub(crate) fn problems(folder: &Folder) -> Vec<SourceError> {
    let mut problems = circles_of(
        &folder.models,
        |model| (model.id.as_str(), model.based_on.as_ref().map(Id::as_str)),
        ("model", "based_on"),
    );
    problems.extend(circles_of(
        &folder.datasets,
        |dataset| (dataset.id.as_str(), dataset.derived_from.as_ref().map(Id::as_str)),
        ("dataset", "derived_from"),
    ));
    problems.extend(circles_of(
        &folder.providers,
        |provider| (provider.id.as_str(), provider.parent.as_ref().map(Id::as_str)),
        ("provider", "parent"),
    ));
    problems
}

/// The circles in which things are made from each other, each reported once, at its first member.
fn circles_of<'a, T>(
    sources: &'a [Sourced<T>],
    link: impl Fn(&'a T) -> (&'a str, Option<&'a str>),
    (noun, field): (&str, &str),
) -> Vec<SourceError> {
    let next: BTreeMap<&str, Option<&str>> = sources.iter().map(|source| link(&source.value)).collect();
    let mut problems = Vec::new();
    for source in sources {
        let (start, _) = link(&source.value);
        let mut circle = vec![start];
        let mut current = next.get(start).copied().flatten();
        while let Some(id) = current.filter(|id| !circle.contains(id)) {
            circle.push(id);
            current = next.get(id).copied().flatten();
        }
        let is_first = circle.iter().all(|id| start <= *id);
        if current == Some(start) && is_first {
            circle.push(start);
            let round = circle.join(" → ");
            let message = (
                format!("field `{field}` goes round in a circle: {noun} {round}"),
                format!("欄位 `{field}`：首尾相接，成為循環（{round}）"),
            );
            problems.push(source.places.error(&[field], circle.get(1).copied().unwrap_or(start), message));
        }
    }
    problems
}
