//! `dualtrack guidelines`: reading what the guidelines ask, of whom, and when.

mod checks;
mod controls;
mod difference;
mod show;

use std::fmt::Write as _;

use dualtrack_catalogue::{Edition, Language, Precision, Standing, Version};
use jiff::civil::Date;

use crate::cli::{GuidelinesCommand, GuidelinesSource};
use crate::failure::Failure;
use crate::product;
use crate::terminal::{Terminal, print};

/// Runs the command; `today` is the day it is run on.
pub(crate) fn run(command: &GuidelinesCommand, terminal: Terminal, today: Date) -> Result<(), Failure> {
    let source = match command {
        GuidelinesCommand::List(source)
        | GuidelinesCommand::Checks(source)
        | GuidelinesCommand::Show { source, .. }
        | GuidelinesCommand::Controls { source, .. }
        | GuidelinesCommand::Difference { source, .. } => source,
    };
    let catalogue = product::catalogue(source.guidelines.as_deref())?;
    let standing = catalogue.on(day(source, today));
    let text = match command {
        GuidelinesCommand::List(_) => list(&standing, terminal),
        GuidelinesCommand::Show { id, version, .. } => {
            show::show(&catalogue, &standing, id, *version, terminal)?
        }
        GuidelinesCommand::Controls { file, .. } => {
            controls::controls_for(&catalogue, &standing, file, terminal)?
        }
        GuidelinesCommand::Checks(_) => checks::checks(&catalogue, terminal),
        GuidelinesCommand::Difference { id, from, to, .. } => {
            difference::difference(&catalogue, id, Version(*from), Version(*to), terminal)?
        }
    };
    print(&text)
}

fn day(source: &GuidelinesSource, today: Date) -> Date {
    source.as_of.unwrap_or(today)
}

fn list(standing: &Standing<'_>, terminal: Terminal) -> String {
    let mut text = String::new();
    let heading = terminal.say("Guidelines as they stand on", "指引，截至");
    let _ = writeln!(text, "{}\n", terminal.bold(&format!("{heading} {}", standing.date())));
    let mut controls = 0;
    let coming = standing.coming().iter().copied();
    for edition in standing.editions().chain(coming) {
        let guideline = edition.guideline();
        let not_yet = standing.date() < guideline.in_force_from().date;
        if !not_yet {
            controls += guideline.controls.len();
        }
        let _ = writeln!(text, "{}", terminal.bold(guideline.id.as_str()));
        let _ = writeln!(text, "{}", terminal.wrap(guideline.title.in_language(terminal.language), 2));
        let count = match terminal.language {
            Language::En => format!("{} controls", guideline.controls.len()),
            Language::ZhHant => format!("{} 項管控", guideline.controls.len()),
        };
        let coming =
            if not_yet { terminal.say(" · not yet issued that day", " · 當日尚未發出") } else { "" };
        let line = format!(
            "{} · {} · {} · {count} · {} {}{coming}",
            dated(edition, terminal),
            guideline.status.label(terminal.language),
            guideline.force.label(terminal.language),
            terminal.say("version", "版本"),
            guideline.version,
        );
        let _ = writeln!(text, "{}", terminal.wrap(&line, 2));
        let _ = writeln!(text, "{}\n", terminal.wrap(&addressed(edition, terminal), 2));
    }
    let _ = match terminal.language {
        Language::En => writeln!(text, "{} guidelines, {controls} controls.", standing.editions().count()),
        Language::ZhHant => {
            writeln!(text, "共 {} 份指引，{controls} 項管控。", standing.editions().count())
        }
    };
    text
}

fn dated(edition: &Edition, terminal: Terminal) -> String {
    let from = edition.guideline().in_force_from();
    match from.precision {
        Precision::Day => from.date.to_string(),
        Precision::Month => format!("{:04}-{:02}", from.date.year(), from.date.month()),
        Precision::Unconfirmed => {
            format!("{} ({})", from.date, terminal.say("date not confirmed", "日期未經核實"))
        }
    }
}

fn addressed(edition: &Edition, terminal: Terminal) -> String {
    let kinds: Vec<_> =
        edition.guideline().applies_to.iter().map(|kind| kind.label(terminal.language)).collect();
    format!("{}{}", terminal.say("for: ", "適用於："), kinds.join(terminal.say(", ", "、")))
}
