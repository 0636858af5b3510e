//! What a page offers, held against what its reader may do: a way that would be refused is not offered, and the page
//! says at its end what is not hers to do, and why.

use std::collections::BTreeMap;

use dualtrack_governance::{Command, Officer};
use dualtrack_inventory::UseId;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use serde_json::json;

use super::forms::{Wish, asked, wish};
use super::reader::{Reader, form_pairs};
use crate::problem::Problem;

/// Takes from a screen every way that its reader may not go.
pub(super) async fn offered(reader: &Reader, screen: &mut Screen) -> Result<(), Problem> {
    let mut ways: BTreeMap<String, (String, Command)> = BTreeMap::new();
    each_way(&mut screen.blocks, &mut |to, label| {
        if let Some(command) = begun_at(to) {
            ways.insert(to.to_owned(), (label.to_owned(), command));
        }
        true
    });
    let commands: Vec<Command> = ways.values().map(|(_, command)| command.clone()).collect();
    let refusals = reader.web.desk.may_begin(&fresh(reader), &commands, reader.now()).await;
    let refusals = refusals.map_err(|refusal| reader.refused(&refusal))?;
    let mut withheld: BTreeMap<String, String> = BTreeMap::new();
    let mut gone = Vec::new();
    for ((to, (label, _)), refusal) in ways.into_iter().zip(refusals) {
        if let Some(refusal) = refusal {
            withheld.insert(label, reader.why(&refusal));
            gone.push(to);
        }
    }
    if withheld.is_empty() {
        return Ok(());
    }
    each_way(&mut screen.blocks, &mut |to, _| !gone.iter().any(|one| one == to));
    screen.blocks.retain(|block| !matches!(block, Block::Buttons(buttons) if buttons.is_empty()));
    let words = reader.words;
    let rows = withheld.iter().map(|(label, why)| Row::new(vec![Cell::text(label), Cell::text(why)]));
    let grid = Grid {
        caption: words.say("not-yours-title"),
        quiet: true,
        columns: vec![Column::new(words.say("head-action")), Column::new(words.say("head-because"))],
        rows: rows.collect(),
        ..Grid::default()
    };
    let me = format!("/people/{}#powers", reader.who.officer.person);
    screen.put(Block::Fold {
        summary: words.count("not-yours", withheld.len() as u64),
        blocks: vec![
            Block::Grid(grid),
            Block::Buttons(vec![
                (me, words.say("your-powers"), "plain"),
                ("/offices".into(), words.say("offices-title"), "plain"),
            ]),
        ],
        open: false,
    });
    Ok(())
}

/// Why the reader may not do what is begun at an address, before anything is filled in; with what that would be.
pub(crate) async fn refused_at(reader: &Reader, to: &str) -> Result<Option<(Problem, Command)>, Problem> {
    let Some(command) = begun_at(to) else { return Ok(None) };
    let asked = std::slice::from_ref(&command);
    let refusals = reader.web.desk.may_begin(&fresh(reader), asked, reader.now()).await;
    let refusals = refusals.map_err(|refusal| reader.refused(&refusal))?;
    let refusal = refusals.into_iter().flatten().next();
    Ok(refusal.map(|refusal| (reader.refused(&refusal), command)))
}

/// Whether the reader may have the checks of a use run, and their results recorded in her name.
pub(crate) async fn may_run_checks(reader: &Reader, of: &UseId) -> bool {
    let record = Command::RecordResults {
        documents: vec![json!({ "about": { "use": of } })],
        digests: BTreeMap::new(),
    };
    let refusals = reader.web.desk.may_begin(&fresh(reader), &[record], reader.now()).await;
    refusals.is_ok_and(|refusals| refusals.iter().all(Option::is_none))
}

/// The reader as she will be once she showed again who she is: what takes that is offered all the same.
fn fresh(reader: &Reader) -> Officer {
    Officer { stepped_up: true, runs_checks: true, ..reader.who.officer.clone() }
}

/// What is begun at an address, with something in the place of all that is not known yet; nothing where an address only
/// shows something.
pub(super) fn begun_at(to: &str) -> Option<Command> {
    let (path, query) =
        to.split_once('#').map_or(to, |(before, _)| before).split_once('?').unwrap_or((to, ""));
    let query: BTreeMap<String, String> = form_pairs(query.as_bytes()).into_iter().collect();
    let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let of = |id: &str| json!({ "id": id });
    match steps.as_slice() {
        ["do", action] => {
            let wish = wish(action)?;
            trial(&wish, &query)
        }
        ["report-incident"] => trial(&wish("open-incident")?, &query),
        ["uses", id, "attest"] => Some(Command::AddEvidence {
            documents: vec![json!({ "about": { "use": id } })],
            digests: BTreeMap::new(),
        }),
        ["new", "use"] => Some(Command::RegisterUse { document: json!({}), digests: BTreeMap::new() }),
        ["new", "adoption"] => Some(Command::Adopt { document: json!({}) }),
        ["edit", "adoption", id] => Some(Command::Adopt { document: of(id) }),
        ["new", "person"] => Some(Command::InvitePerson { document: json!({}) }),
        ["new", kind] => Some(foundation(kind, json!({}))),
        ["edit", "use", id] | ["uses", id, "profile"] => {
            Some(Command::ChangeUse { document: of(id), digests: BTreeMap::new() })
        }
        ["edit", "person", id] => Some(Command::ChangePerson { document: of(id) }),
        ["edit", kind, id] => Some(foundation(kind, of(id))),
        _ => None,
    }
}

fn foundation(kind: &str, document: serde_json::Value) -> Command {
    let given = dualtrack_governance::Given { kind: kind.to_owned(), document, digests: BTreeMap::new() };
    Command::ChangeFoundation { given }
}

fn trial(wish: &Wish, query: &BTreeMap<String, String>) -> Option<Command> {
    wish.trial(&asked(&wish.entries, query))
}

/// Asks of each way that a screen offers whether it stays; a way is its address and its words.
fn each_way(blocks: &mut [Block], stays: &mut dyn FnMut(&str, &str) -> bool) {
    for block in blocks {
        match block {
            Block::Buttons(buttons) => buttons.retain(|(to, label, _)| stays(to, label)),
            Block::Steps(steps) => {
                for step in steps {
                    keep(&mut step.button, stays);
                }
            }
            Block::Empty { link, .. } | Block::Notice { link, .. } => keep(link, stays),
            Block::Grid(grid) => {
                keep(&mut grid.empty_link, stays);
                grid.rows.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| each_cell(cell, stays));
            }
            Block::Facts(facts) => facts.iter_mut().for_each(|(_, cell)| each_cell(cell, stays)),
            Block::Fold { blocks, .. } | Block::Live { blocks, .. } => each_way(blocks, stays),
            Block::Columns(columns) => columns.iter_mut().for_each(|(_, blocks)| each_way(blocks, stays)),
            _ => {}
        }
    }
}

fn each_cell(cell: &mut Cell, stays: &mut dyn FnMut(&str, &str) -> bool) {
    match cell {
        Cell::Link { text, to } if !stays(to, text) => *cell = Cell::none(),
        Cell::Lines(cells) | Cell::Beside(cells) => {
            for cell in cells {
                each_cell(cell, stays);
            }
        }
        _ => {}
    }
}

fn keep(way: &mut Option<(String, String)>, stays: &mut dyn FnMut(&str, &str) -> bool) {
    if way.as_ref().is_some_and(|(to, label)| !stays(to, label)) {
        *way = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::actions::actions;

    #[test]
    fn what_a_form_begins_is_known_before_it_is_filled_in() {
        for (name, _, _) in actions() {
            let Some(wish) = wish(name) else { continue };
            let command = trial(&wish, &BTreeMap::new());
            let command = command.unwrap_or_else(|| panic!("{name}: no trial of it can be made"));
            assert_eq!(command.name(), *name);
        }
        let suspend = begun_at("/do/suspend?use=client-assistant#top").unwrap();
        assert_eq!(suspend.target().unwrap().to_string(), "use/client-assistant");
        assert!(begun_at("/uses/client-assistant").is_none());
    }
}
