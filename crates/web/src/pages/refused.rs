//! What a refusal rests on, opened below it: what the action takes, which offices the reader holds, her part in the use,
//! and what bars her.

use axum::response::Response;
use dualtrack_governance::{Command, Grounds};
use dualtrack_inventory::Bar;
use dualtrack_report::Words;
use dualtrack_report::screen::{Block, Cell, Screen};

use super::reader::Reader;
use crate::problem::Problem;

/// The page in the place of one that begins what its reader may not do.
pub(crate) async fn page(reader: &Reader, problem: &Problem, command: &Command) -> Result<Response, Problem> {
    let details = problem.details(reader.language());
    let title = reader.words.say(&format!("action-{}", command.name()));
    let mut screen = Screen::new(title, details.title.clone());
    let text = super::errors::sentence(&details);
    screen.put(Block::Notice { class: "stop", text, link: None });
    screen.blocks.extend(because(reader, command).await);
    if let Some(key) = command.target() {
        let to = super::place(key.kind, &key.id);
        screen.put(Block::Buttons(vec![(to, reader.words.say("back"), "plain")]));
    }
    reader.page_with(problem.status(), screen).await
}

/// Why, opened below a refusal.
pub(crate) async fn because(reader: &Reader, command: &Command) -> Option<Block> {
    let words = reader.words;
    let grounds = reader.web.desk.grounds(&reader.who.officer, command, reader.now()).await.ok()?;
    let Grounds { takes, offices, uses } = grounds;
    let mut facts = Vec::new();
    if let Some(takes) = &takes {
        facts.push((words.say("grounds-takes"), Cell::text(words.sentence(takes))));
    }
    let offices: Vec<String> =
        offices.iter().map(|role| words.sentence_of(role.label(words.language))).collect();
    facts.push((words.say("grounds-offices"), lines(offices, words)));
    for of in &uses {
        let name = words.pick(&of.name);
        let parts =
            of.parts.iter().map(|part| words.sentence_of(&words.say(&format!("part-{part}")))).collect();
        facts.push((words.say_with("grounds-part", &[("use", name)]), lines(parts, words)));
        for (bars, head) in [
            (&of.barred.from_validating, "grounds-barred-validating"),
            (&of.barred.from_approving, "grounds-barred-approving"),
        ] {
            if !bars.is_empty() {
                facts.push((words.say(head), told(bars, words)));
            }
        }
    }
    let me = &reader.who.officer.person;
    let powers = match uses.first() {
        Some(of) => format!("/people/{me}?use={}#powers", of.use_id),
        None => format!("/people/{me}#powers"),
    };
    Some(Block::Fold {
        summary: words.say("open-because"),
        blocks: vec![
            Block::Facts(facts),
            Block::Buttons(vec![
                (powers, words.say("your-powers"), "plain"),
                ("/offices".into(), words.say("offices-title"), "plain"),
            ]),
        ],
        open: true,
    })
}

fn lines(texts: Vec<String>, words: Words) -> Cell {
    if texts.is_empty() {
        return Cell::Muted(words.say("grounds-none"));
    }
    Cell::Lines(texts.into_iter().map(Cell::text).collect())
}

fn told(bars: &std::collections::BTreeSet<Bar>, words: Words) -> Cell {
    lines(
        bars.iter()
            .map(|bar| words.say_with("grounds-bar", &[("because", &bar.text(words.language))]))
            .collect(),
        words,
    )
}
