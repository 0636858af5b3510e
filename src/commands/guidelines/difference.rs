//! `guidelines difference`: what changed between two versions of a guideline.

use std::fmt::Write as _;

use dualtrack_catalogue::{Catalogue, GuidelineId, Passage, Version};

use crate::failure::Failure;
use crate::terminal::Terminal;

/// What changed.
pub(super) fn difference(
    catalogue: &Catalogue,
    id: &str,
    from: Version,
    to: Version,
    terminal: Terminal,
) -> Result<String, Failure> {
    let guideline =
        GuidelineId::try_from(id.to_owned()).map_err(|error| Failure::input(error.to_string()))?;
    let edition = |version: Version| {
        let known = catalogue.versions(&guideline).map(|edition| edition.guideline().version.to_string());
        let known: Vec<String> = known.collect();
        catalogue.edition(&guideline, version).ok_or_else(|| {
            Failure::input(format!(
                "there is no version {version} of `{guideline}`; there is {}",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            ))
        })
    };
    let found = dualtrack_catalogue::difference(edition(from)?.guideline(), edition(to)?.guideline());
    let mut text = String::new();
    let say = |english, chinese| terminal.say(english, chinese);
    let _ = writeln!(
        text,
        "{}",
        terminal.bold(&format!("{guideline} {from} → {to}: {}", found.class().label(terminal.language)))
    );
    for field in &found.document {
        let _ = writeln!(text, "~ {field}");
    }
    for control in &found.added {
        let _ = writeln!(text, "+ {control} {}", say("added", "新增"));
    }
    for control in &found.removed {
        let _ = writeln!(text, "- {control} {}", say("removed", "刪除"));
    }
    for change in &found.changed {
        let _ = writeln!(
            text,
            "~ {} ({}): {}",
            change.to,
            change.class.label(terminal.language),
            change.fields.join(", ")
        );
        let words: String = change
            .statement
            .iter()
            .map(|passage| match passage {
                Passage::Kept(words) => format!("{words} "),
                Passage::Removed(words) => format!("[-{words}-] "),
                Passage::Added(words) => format!("[+{words}+] "),
            })
            .collect();
        if change.from != change.to {
            let _ = writeln!(text, "    {} {}", say("was", "前稱"), change.from);
        }
        if !words.is_empty() {
            let _ = writeln!(text, "{}", terminal.wrap(words.trim(), 4));
        }
    }
    if found.is_empty() {
        let _ = writeln!(text, "{}", say("nothing changed", "沒有變更"));
    }
    Ok(text)
}
