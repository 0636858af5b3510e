//! Which program answers, and what it computes otherwise than the programs that recorded judgements before.

use axum::response::Response;
use dualtrack_governance::Differing;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use dualtrack_report::{Badge, badge};

use super::super::PageRoute;
use super::super::home::tier_badge;
use super::super::reader::Reader;
use super::super::uses::{files, pager};
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/settings/program", Needs::Action("view-coverage"), show)]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    allowed(&reader.web, &reader.who, "view-coverage").await?;
    let mut screen = Screen::new(words.say("settings-program"), words.say("program-lead"));
    let found = reader.web.desk.differences();
    let compared = found.as_ref().map_or_else(
        || Cell::Badge(Badge { class: "pending", sign: "…", word: words.say("program-comparing") }),
        |found| Cell::text(words.whole(found.compared as u64)),
    );
    screen.put(Block::Facts(vec![
        (words.say("field-program"), Cell::Code(reader.web.desk.product().program().to_owned())),
        (words.say("program-compared"), compared),
    ]));
    let all = found.as_deref().map_or(&[][..], |found| &found.items);
    if !all.is_empty() {
        let text = words.count("program-differs", all.len() as u64);
        screen.put(Block::Notice { class: "warn", text, link: None });
    }
    let (page, from, most) = reader.paging(all.len());
    let rows = all.iter().skip(from).take(most).map(|one| {
        let of = format!("/uses/{}", one.use_id);
        let (what, recorded, computed) = match &one.what {
            Differing::Tier { recorded, computed } => (
                Cell::text(words.say("head-tier")),
                tier_badge(*recorded, words),
                tier_badge(*computed, words),
            ),
            Differing::Verdict { control, recorded, computed } => (
                Cell::link(control.to_string(), format!("{of}/controls/{control}")),
                badge(Some(*recorded), false, words),
                badge(Some(*computed), false, words),
            ),
        };
        let mut by = vec![Cell::Code(one.program.clone())];
        if one.erased_since {
            by.push(Cell::Muted(words.say("program-erased-since")));
        }
        Row::new(vec![
            Cell::link(one.use_id.as_str(), of),
            what,
            Cell::Badge(recorded),
            Cell::Badge(computed),
            Cell::text(words.date(one.on)),
            Cell::link(words.whole(one.entry), format!("/ledger/entries/{}", one.entry)),
            Cell::Lines(by),
        ])
    });
    let empty = if found.is_some() { "program-agrees" } else { "program-comparing" };
    screen.section(words.say("program-differences"), "differences");
    screen.put(Block::Grid(Grid {
        caption: words.say("program-differences"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-use")),
            Column::new(words.say("head-about")),
            Column::new(words.say("program-recorded")),
            Column::new(words.say("program-computed")),
            Column::new(words.say("field-on")),
            Column::number(words.say("head-entry")),
            Column::new(words.say("program-by")),
        ],
        rows: rows.collect(),
        empty: words.say(empty),
        pager: Some(pager(&reader, (page, from, most), all.len())),
        files: files(&reader),
        ..Grid::default()
    }));
    reader.page(screen).await
}
