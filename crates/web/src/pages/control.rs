//! One control for one use: its clause, its verdict, the reasons down to the evidence, and the proof that each piece of
//! evidence is in the ledger.

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::{ControlId, Language};
use dualtrack_inventory::{Document, Kind};
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use dualtrack_report::{Because, badge};

use super::reader::{Reader, address};
use super::use_page::seen;
use super::{PageRoute, place};
use crate::api::Needs;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/uses/{id}/controls/{control}", Needs::Action("view-use"), show)]
}

async fn show(reader: Reader, Path((id, control)): Path<(String, String)>) -> Result<Response, Problem> {
    let words = reader.words;
    let language = words.language;
    let seen = seen(&reader, &id).await?;
    let missing = || Problem::missing((format!("control `{control}`"), format!("管控「{control}」")));
    let wanted: ControlId = control.parse().map_err(|_| missing())?;
    let standing = seen.whole.common.catalogue.on(seen.whole.day);
    let verdict = seen.verdicts.iter().find(|verdict| verdict.control == wanted).ok_or_else(missing)?;
    let found = standing.control(&wanted).ok_or_else(missing)?;
    let guideline = found.guideline();
    let mut screen = Screen::new(words.pick(&verdict.title), words.pick(&seen.whole.of.name));
    let statement = found.statement(language);
    screen.put(Block::Facts(vec![
        (words.say("head-verdict"), Cell::Badge(badge(Some(verdict.state), false, words))),
        (words.say("head-because"), Cell::text(words.sentence(&dualtrack_report::short_reason(verdict)))),
        (
            words.say("kind-guideline"),
            Cell::Lines(vec![
                Cell::link(
                    words.pick(&guideline.title),
                    format!("/guidelines/{}#{}", guideline.id, found.control.id),
                ),
                Cell::Muted(format!("{} {}", guideline.id, verdict.version)),
            ]),
        ),
        (words.say("head-paragraph"), Cell::text(verdict.paragraph.clone().unwrap_or_default())),
        (words.say("head-statement"), Cell::text(statement.text)),
        (
            words.say("head-confidence"),
            Cell::text(format!(
                "{}; {}",
                found.control.confidence.label(language),
                found.control.basis.label(language)
            )),
        ),
        (words.say("head-strength"), Cell::text(found.control.strength.label(language))),
    ]));
    screen.put(Block::Why {
        summary: words.say("open-because"),
        reasons: vec![Because::of(&verdict.because)],
        words,
    });
    evidence(&reader, &mut screen, &seen, verdict);
    let kinds: Vec<_> = verdict
        .needs
        .iter()
        .filter_map(|kind| Some((serde_json::json!(kind).as_str()?.to_owned(), kind.label(language))))
        .collect();
    let buttons = kinds.iter().map(|(kind, label)| {
        let pairs = [("kind", kind.as_str()), ("controls", control.as_str())];
        let to = address(&format!("/uses/{id}/attest"), pairs.into_iter());
        (to, words.say_with("add-evidence-of", &[("kind", label)]), "plain")
    });
    let mut buttons: Vec<_> = buttons.collect();
    let pairs = [("use", id.as_str()), ("control", control.as_str())];
    buttons.push((address("/do/find", pairs.into_iter()), words.say("action-find"), "plain"));
    buttons.push((address("/do/waive", pairs.into_iter()), words.say("action-waive"), "plain"));
    buttons.push((format!("/uses/{id}"), words.say("back-to-use"), "plain"));
    screen.put(Block::Buttons(buttons));
    reader.page(screen).await
}

fn evidence(
    reader: &Reader,
    screen: &mut Screen,
    seen: &super::use_page::Seen,
    verdict: &dualtrack_inventory::Verdict,
) {
    let words = reader.words;
    let day = seen.whole.day;
    screen.section(words.say("evidence-title"), "evidence");
    let mut rows = Vec::new();
    for stored in seen.whole.documents.iter().filter(|stored| stored.key.kind == Kind::Evidence) {
        let Some(Document::Evidence(piece)) = &stored.document else { continue };
        let counts = verdict.evidence.contains(&piece.id);
        if !counts && !piece.controls.contains(&verdict.control) {
            continue;
        }
        let left = (piece.expires - day).get_days();
        let fresh = if piece.expires < day {
            words.say_with("expired-on", &[("date", &words.date(piece.expires))])
        } else {
            words.say_with(
                "good-until",
                &[
                    ("date", &words.date(piece.expires)),
                    ("days", &words.whole(u64::from(left.unsigned_abs()))),
                ],
            )
        };
        rows.push(Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&piece.statement), place(Kind::Evidence, piece.id.as_str())),
                Cell::Muted(piece.kind.label(words.language).to_owned()),
            ]),
            Cell::text(if counts { words.say("counts") } else { words.say("counts-not") }),
            Cell::text(reader.name_of(piece.by.as_str())),
            Cell::text(fresh),
            Cell::link(
                words.say_with("entry-number", &[("entry", &words.whole(stored.from_entry))]),
                format!("/ledger/entries/{}", stored.from_entry),
            ),
        ]));
    }
    screen.put(Block::Grid(Grid {
        caption: words.say("evidence-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("kind-evidence")),
            Column::new(words.say("head-counts")),
            Column::new(words.say("head-who")),
            Column::new(words.say("head-fresh")),
            Column::new(words.say("head-proof")),
        ],
        rows,
        empty: match words.language {
            Language::En | Language::ZhHant => words.say("evidence-nothing"),
        },
        ..Grid::default()
    }));
}
