//! The coverage matrix: uses against guidelines, as of any day; each cell opens to the controls of one guideline.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::GuidelineId;
use dualtrack_governance::{AsOf, Board, Line};
use dualtrack_inventory::VerdictState;
use dualtrack_report::screen::{Block, Cell, Column, Field, Form, Grid, Row, Screen};
use dualtrack_report::{Badge, badge};

use super::PageRoute;
use super::reader::{Reader, address};
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/coverage", Needs::Action("view-coverage"), matrix),
        PageRoute::get("/coverage/{guideline}", Needs::Action("view-coverage"), of_guideline),
    ]
}

async fn board(reader: &Reader) -> Result<Arc<Board>, Problem> {
    allowed(&reader.web, &reader.who, "view-coverage").await?;
    let board = match reader.as_of()? {
        AsOf::At(at) => reader.web.desk.board_as_of(at).await,
        AsOf::Now | AsOf::After(_) => reader.web.desk.board(reader.now()).await,
    };
    board.map_err(|refusal| reader.refused(&refusal))
}

async fn matrix(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let board = board(&reader).await?;
    let mut screen = Screen::new(words.say("nav-coverage"), words.say("coverage-lead"));
    narrowing(&reader, &mut screen, &board);
    let mut guidelines: Vec<GuidelineId> = Vec::new();
    for column in board.columns.iter() {
        if guidelines.last() != Some(&column.guideline) {
            guidelines.push(column.guideline.clone());
        }
    }
    let lines = found(&reader, &board);
    let (page, from, most) = reader.paging(lines.len());
    let columns = guidelines.iter().map(|guideline| Column {
        sort: Some((reader.asked.moved(&format!("/coverage/{guideline}")), "")),
        about: title(&reader, guideline),
        ..Column::new(guideline.as_str())
    });
    let rows = lines.iter().skip(from).take(most).map(|line| {
        let mut cells = vec![Cell::link(words.pick(&line.name), format!("/uses/{}", line.id))];
        for guideline in &guidelines {
            cells.push(summed(&reader, &board, line, guideline));
        }
        Row::new(cells)
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("coverage-caption"),
        columns: std::iter::once(Column::new(words.say("head-use"))).chain(columns).collect(),
        rows: rows.collect(),
        empty: words.say("no-uses-found"),
        pager: Some(super::uses::pager(&reader, (page, from, most), lines.len())),
        files: super::uses::files(&reader),
        class: "matrix",
        ..Grid::default()
    }));
    screen.put(Block::Muted(words.say("coverage-legend")));
    reader.page(screen).await
}

fn found<'b>(reader: &Reader, board: &'b Board) -> Vec<&'b Arc<Line>> {
    let search = reader.query("q").map(str::to_lowercase);
    let stage = reader.query("stage");
    let lines = board.lines.values().filter(|line| {
        stage.is_none_or(|stage| line.stage.as_str() == stage)
            && search.as_deref().is_none_or(|wanted| {
                line.id.as_str().contains(wanted)
                    || line.name.en.to_lowercase().contains(wanted)
                    || line.name.zh_hant.contains(wanted)
            })
    });
    lines.collect()
}

fn narrowing(reader: &Reader, screen: &mut Screen, board: &Board) {
    let words = reader.words;
    let mut search = Field::line("q", words.say("search-uses"), "search");
    search.required = false;
    reader.query("q").unwrap_or_default().clone_into(&mut search.value);
    let mut as_of = Field::line("as_of", words.say("as-of-day"), "date");
    as_of.required = false;
    reader.query("as_of").unwrap_or_default().clone_into(&mut as_of.value);
    screen.put(Block::Form(Box::new(Form {
        action: reader.asked.path.clone(),
        submit: words.say("search-go"),
        class: "plain",
        fields: vec![search, as_of],
        asks: true,
        inline: true,
        ..Form::default()
    })));
    let text = words.say_with("coverage-on", &[("date", &words.date(board.day))]);
    screen.put(Block::Muted(text));
}

/// How a guideline stands for a use: how many of its controls that apply are settled.
fn summed(reader: &Reader, board: &Board, line: &Line, guideline: &GuidelineId) -> Cell {
    let words = reader.words;
    let own = board.columns.iter().zip(&line.states).filter(|(column, _)| column.guideline == *guideline);
    let mut counts: BTreeMap<VerdictState, u64> = BTreeMap::new();
    for (_, state) in own {
        *counts.entry(*state).or_default() += 1;
    }
    let of = |state: VerdictState| counts.get(&state).copied().unwrap_or(0);
    let due: u64 = counts
        .iter()
        .filter(|(state, _)| **state != VerdictState::NotApplicable)
        .map(|(_, count)| count)
        .sum();
    if due == 0 {
        return Cell::Badge(Badge { class: "none", sign: "-", word: words.say("nothing-applies") });
    }
    let settled = of(VerdictState::Met) + of(VerdictState::Waived);
    let (class, sign) = if of(VerdictState::NotMet) > 0 {
        ("blocks", "✗")
    } else if settled == due {
        ("met", "✓")
    } else {
        ("amber", "!")
    };
    let word = format!("{}/{}", words.whole(settled), words.whole(due));
    Cell::BadgeLink {
        badge: Badge { class, sign, word },
        to: address(
            &format!("/coverage/{guideline}"),
            [("q", line.id.as_str())].into_iter().chain(reader.query("as_of").map(|day| ("as_of", day))),
        ),
        about: format!("{} / {guideline}", words.pick(&line.name)),
    }
}

fn title(reader: &Reader, guideline: &GuidelineId) -> String {
    let standing = reader.common.catalogue.on(reader.common.day);
    let edition = standing.edition(guideline);
    edition.map_or_else(
        || guideline.to_string(),
        |edition| reader.words.pick(&edition.guideline().title).to_owned(),
    )
}

async fn of_guideline(reader: Reader, Path(guideline): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let board = board(&reader).await?;
    let missing = || Problem::missing((format!("guideline `{guideline}`"), format!("指引「{guideline}」")));
    let guideline: GuidelineId = guideline.parse().map_err(|_| missing())?;
    let places: Vec<usize> = board
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.guideline == guideline)
        .map(|(place, _)| place)
        .collect();
    if places.is_empty() {
        return Err(missing());
    }
    let mut screen = Screen::new(title(&reader, &guideline), words.say("coverage-of-guideline"));
    narrowing(&reader, &mut screen, &board);
    let lines = found(&reader, &board);
    let (page, from, most) = reader.paging(lines.len());
    let standing = reader.common.catalogue.on(reader.common.day);
    let columns = places.iter().filter_map(|place| board.columns.get(*place)).map(|column| {
        let about = standing.control(&column.control);
        Column {
            about: about.map(|found| words.pick(&found.control.title).to_owned()).unwrap_or_default(),
            ..Column::new(column.control.key())
        }
    });
    let rows = lines.iter().skip(from).take(most).map(|line| {
        let mut cells = vec![Cell::link(words.pick(&line.name), format!("/uses/{}", line.id))];
        for place in &places {
            let (Some(state), Some(column)) = (line.states.get(*place), board.columns.get(*place)) else {
                continue;
            };
            cells.push(Cell::BadgeLink {
                badge: badge(Some(*state), *state == VerdictState::NotMet, words),
                to: format!("/uses/{}/controls/{}", line.id, column.control),
                about: format!("{} / {}", words.pick(&line.name), column.control.key()),
            });
        }
        Row::new(cells)
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("coverage-caption-controls"),
        columns: std::iter::once(Column::new(words.say("head-use"))).chain(columns).collect(),
        rows: rows.collect(),
        empty: words.say("no-uses-found"),
        pager: Some(super::uses::pager(&reader, (page, from, most), lines.len())),
        files: super::uses::files(&reader),
        class: "matrix",
        ..Grid::default()
    }));
    screen.put(Block::Buttons(vec![
        (reader.asked.moved("/coverage"), words.say("nav-coverage"), "plain"),
        (format!("/guidelines/{guideline}"), words.say("read-guideline"), "plain"),
    ]));
    reader.page(screen).await
}
