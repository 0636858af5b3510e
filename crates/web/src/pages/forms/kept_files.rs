//! Files that come with a form: kept as soon as they arrive, so that a form that comes back still has them.

use std::collections::BTreeMap;

use axum::response::Response;
use dualtrack_catalogue::Digest;
use dualtrack_report::Words;
use dualtrack_report::screen::{Choice, Field, FieldKind, breaks_or_turns};

use super::send::come_back;
use super::{Posted, Wish, answer};
use crate::api::files::keep_file;
use crate::pages::reader::Reader;
use crate::problem::Problem;

/// Answers a form that takes files; `wish` is told which go with it.
pub(crate) async fn answer_with_files(
    posted: Posted,
    wish: impl FnOnce(&Reader, BTreeMap<String, Digest>) -> Wish,
) -> Result<Response, Problem> {
    let mut kept = BTreeMap::new();
    let problem = keep(&posted, &mut kept).await.err();
    let wish = wish(&posted.reader, kept);
    match problem {
        None => answer(posted, &wish).await,
        Some(problem) => come_back(&posted, &wish, &problem).await,
    }
}

/// Keeps the files that came with a form, beside those that came with it before and are still chosen.
async fn keep(posted: &Posted, kept: &mut BTreeMap<String, Digest>) -> Result<(), Problem> {
    for (_, value) in posted.pairs.iter().filter(|(name, _)| name == KEPT) {
        // Nothing but our own page says which they are.
        if let Some((digest, name)) = value.split_once(' ')
            && let Ok(digest) = Digest::parse(digest)
        {
            kept.insert(name_of(name, kept), digest);
        }
    }
    // A form of another session still says what it had.
    posted.is_ours()?;
    for (name, bytes) in &posted.files {
        let digest = keep_file(&posted.reader.web, &posted.reader.who, bytes).await?;
        if !kept.values().any(|there| *there == digest) {
            kept.insert(name_of(name, kept), digest);
        }
    }
    Ok(())
}

/// The fields for files: those that are kept, each of which may be left out again, and the one to choose more.
pub(super) fn fields(kept: &BTreeMap<String, Digest>, words: Words) -> Vec<Field> {
    let field = |name: &str, label: &str, hint: String, kind| Field {
        name: name.into(),
        label: words.say(label),
        hint,
        value: String::new(),
        problem: String::new(),
        required: false,
        kind,
    };
    let choice = |(name, digest): (&String, &Digest)| Choice {
        value: format!("{digest} {name}"),
        label: name.clone(),
        chosen: true,
    };
    let mut fields = Vec::new();
    if !kept.is_empty() {
        let choices = kept.iter().map(choice).collect();
        fields.push(field(KEPT, "files-kept", String::new(), FieldKind::Many(choices)));
    }
    let more = FieldKind::File { accept: "", several: true };
    fields.push(field("file", "files-choose", words.say("files-choose-hint"), more));
    fields
}

/// What a file is called beside others: without folders and what does not print, and unlike each of them.
fn name_of(sent: &str, others: &BTreeMap<String, Digest>) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let printed: String =
        last.chars().filter(|letter| !breaks_or_turns(*letter)).take(LONGEST_NAME).collect();
    let name = match printed.trim() {
        "" | "." | ".." => "file",
        name => name,
    };
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut free = name.to_owned();
    let mut number = 2_u32;
    while others.contains_key(&free) {
        free = format!("{stem} ({number}){ending}");
        number += 1;
    }
    free
}

/// The field of those that are kept already.
const KEPT: &str = "kept_file";
/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_of_its_own() {
        let kept = BTreeMap::from([("minutes.pdf".to_owned(), Digest::of(b"one"))]);
        for (sent, name) in [
            ("minutes.pdf", "minutes (2).pdf"),
            ("C:\\board\\minutes.txt", "minutes.txt"),
            ("../../etc/passwd", "passwd"),
            ("..", "file"),
            ("\u{0}\n", "file"),
            ("\u{202e}gnp.exe", "gnp.exe"),
            ("會議紀錄.pdf", "會議紀錄.pdf"),
        ] {
            assert_eq!(name_of(sent, &kept), name);
        }
    }
}
