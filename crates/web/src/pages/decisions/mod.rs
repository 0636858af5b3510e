//! Where people decide: approvals, validation, incidents, and what lapses unless somebody does something.

mod approvals;
mod bench;
mod comments;
mod incident;
mod incidents;
mod lapses;
mod many;
mod offices;
mod pack;
mod validation;

pub(super) use comments::comments;

use dualtrack_catalogue::Language;
use dualtrack_governance::AsOf;
use dualtrack_inventory::{Bar, Document, Key, Severity};
use dualtrack_report::Badge;
use jiff::civil::Date;

use super::PageRoute;
use super::forms::choices::title;
use super::reader::Reader;
use super::use_page::Seen;
use crate::api::record::Seeing;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    let mut routes = approvals::routes();
    routes.extend(pack::routes());
    routes.extend(validation::routes());
    routes.extend(bench::routes());
    routes.extend(incidents::routes());
    routes.extend(incident::routes());
    routes.extend(lapses::routes());
    routes.extend(many::routes());
    routes
}

/// What is about a use and this reader may see on its own page. Whoever reads the past has the part of today.
async fn visible<'s>(reader: &Reader, seen: &'s Seen) -> Result<Vec<&'s Document>, Problem> {
    let mut seeing = Seeing::default();
    let mut documents = Vec::new();
    let is_now = matches!(reader.as_of()?, AsOf::Now);
    for stored in &seen.whole.documents {
        let Some(document) = &stored.document else { continue };
        let may = if is_now {
            seeing.may(&reader.web, &reader.who, stored).await
        } else {
            seeing.may_today(&reader.web, &reader.who, &stored.key).await?
        };
        if may {
            documents.push(document);
        }
    }
    Ok(documents)
}

/// What bars somebody, as one phrase: what the person is for the use before what the person supplied.
fn bars<'b>(bars: impl IntoIterator<Item = &'b Bar>, language: Language) -> String {
    let (supplied, is): (Vec<&Bar>, Vec<&Bar>) =
        bars.into_iter().partition(|bar| matches!(bar, Bar::FirstLineEvidence { .. }));
    let told = if is.is_empty() { supplied.into_iter().take(1).collect() } else { is };
    let texts: Vec<_> = told.into_iter().map(|bar| bar.text(language)).collect();
    texts.join(language.pick((" and ", "，並")))
}

/// The badge of a severity.
fn severity(of: Severity, reader: &Reader) -> Badge {
    let (class, sign, id) = match of {
        Severity::High => ("blocks", "H", "severity-high"),
        Severity::Medium => ("amber", "M", "severity-medium"),
        Severity::Low => ("none", "L", "severity-low"),
    };
    Badge { class, sign, word: reader.words.say(id) }
}

/// How long something lasts from today on, or since when it is over.
fn left(reader: &Reader, day: Date) -> String {
    let days = (day - reader.common.day).get_days();
    let count = u64::from(days.unsigned_abs());
    match days {
        0 => reader.words.say("left-today"),
        1.. => reader.words.count("left-days", count),
        _ => reader.words.count("over-days", count),
    }
}

/// What a document is called where it bears on every use or is at hand; its id otherwise.
pub(super) fn called(reader: &Reader, key: &Key) -> String {
    let known = reader.common.documents.get(key);
    known.and_then(|(_, document)| title(document, reader.words)).unwrap_or_else(|| key.id.clone())
}
