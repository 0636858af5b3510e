//! What people say of a use. A comment decides nothing; one that dissents is shown to those who decide.

use dualtrack_inventory::{Comment, Document, Kind};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Screen};

use super::visible;
use crate::pages::place;
use crate::pages::reader::{Reader, address};
use crate::pages::use_page::Seen;
use crate::problem::Problem;

/// The comments on a use that the reader may see, newest first, and the way to add one.
pub(crate) async fn comments(reader: &Reader, screen: &mut Screen, seen: &Seen) -> Result<(), Problem> {
    let words = reader.words;
    screen.section(words.say("comments-title"), "comments");
    let documents = visible(reader, seen).await?;
    let mut said = all(&documents);
    said.reverse();
    if said.is_empty() {
        screen.put(Block::Muted(words.say("comments-nothing")));
    }
    let (shown, earlier) = said.split_at(said.len().min(MOST_COMMENTS));
    let moments =
        |comments: &[&Comment]| Block::Moments(comments.iter().map(|one| moment(reader, one)).collect());
    screen.put(moments(shown));
    if !earlier.is_empty() {
        let summary = words.count("comments-earlier", earlier.len() as u64);
        screen.put(Block::Fold { summary, blocks: vec![moments(earlier)], open: false });
    }
    if reader.query("as_of").is_none() {
        let to = address("/do/comment", [("use", seen.whole.of.id.as_str())].into_iter());
        screen.put(Block::Buttons(vec![(to, words.say("action-comment"), "plain")]));
    }
    Ok(())
}

/// The comments among documents, oldest first.
pub(super) fn all<'d>(documents: &[&'d Document]) -> Vec<&'d Comment> {
    let mut comments: Vec<&Comment> = documents
        .iter()
        .filter_map(|document| match document {
            Document::Comment(one) => Some(&**one),
            _ => None,
        })
        .collect();
    comments.sort_by_key(|one| (one.at, &one.id));
    comments
}

fn moment(reader: &Reader, one: &Comment) -> (String, String, Vec<Cell>) {
    let words = reader.words;
    let mut cells = vec![Cell::link(reader.name_of(one.by.as_str()), place(Kind::Comment, one.id.as_str()))];
    if one.dissents {
        cells.push(Cell::Badge(Badge { class: "amber", sign: "≠", word: words.say("dissents") }));
    }
    (words.instant(one.at), one.what.clone(), cells)
}

const MOST_COMMENTS: usize = 10;
