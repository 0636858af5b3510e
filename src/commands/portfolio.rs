//! `dualtrack portfolio`: an existing portfolio from a spreadsheet, tried first, brought in whole, taken back.

use std::fmt::Write as _;
use std::path::Path;

use dualtrack_catalogue::Language;
use jiff::Timestamp;
use serde_json::json;

use crate::cli::PortfolioCommand;
use crate::failure::Failure;
use crate::portfolio::{Brought, CatchUpDefault, Known, Mapping, template, uses_of};
use crate::remote::Remote;
use crate::sheet;
use crate::terminal::{Terminal, print, printable};

/// Runs the command.
pub(crate) fn run(command: &PortfolioCommand, terminal: Terminal, now: Timestamp) -> Result<(), Failure> {
    match command {
        PortfolioCommand::Import { file, sheet, map, catch_up, commit, server } => {
            let remote = Remote::of(server)?;
            let language = terminal.language;
            let sheet = sheet::read(file, sheet.as_deref(), sheet::LIST, language)?;
            let mapping = Mapping::of(&sheet, map.as_deref(), language)?;
            let now = now.to_zoned(crate::hong_kong()).datetime();
            let default = CatchUpDefault { today: now.date(), due: *catch_up };
            if default.due.is_some_and(|due| due < default.today) {
                return Err(Failure::said(
                    (
                        "the day of --catch-up has passed; give one to come",
                        "--catch-up 的日期已過；請給予將來的日期",
                    ),
                    language,
                ));
            }
            let (uses, errors) = uses_of(&sheet, &mapping, &Known::of(&remote, language)?, default);
            print(&summary(&uses, sheet.rows.len(), &mapping, terminal))?;
            if !errors.is_empty() {
                let mut lines: Vec<String> =
                    errors.iter().take(MOST_ERRORS).map(|error| error.line(file, language)).collect();
                let rest = errors.len().saturating_sub(MOST_ERRORS);
                if rest > 0 {
                    lines.push(more(file, rest, language));
                }
                return Err(Failure::Input(lines));
            }
            if !commit {
                return print(terminal.say(
                    "nothing was changed; bring it in with --commit\n",
                    "未作任何更改；加上 --commit 便會帶入\n",
                ));
            }
            let from = format!("{} {}", name_of(file), now.strftime("%Y-%m-%dT%H:%M:%S"));
            enter(&remote, &from, &uses, terminal)
        }
        PortfolioCommand::Undo { from, server } => {
            let done =
                Remote::of(server)?.post("/api/v1/actions/undo-import", &json!({ "from": from }), &[])?;
            let count = done.get("documents").and_then(|it| it.as_array()).map_or(0, Vec::len);
            print(&format!("{count} {}\n", terminal.say("uses taken back and retired", "個用例已撤回並停用")))
        }
        PortfolioCommand::Template => print(&template(terminal.language)),
    }
}

/// How many more rows are wrong than are told.
pub(super) fn more(file: &Path, rest: usize, language: Language) -> String {
    let file = file.display();
    language.pick((
        format!("{file}: {rest} more are wrong; mend these first"),
        format!("{file}：另有{rest}項有誤；請先改正以上各項"),
    ))
}

fn enter(remote: &Remote, from: &str, uses: &[Brought], terminal: Terminal) -> Result<(), Failure> {
    let imported: Vec<_> = uses.iter().map(|brought| &brought.imported).collect();
    let body = json!({ "from": from, "uses": imported });
    if body.to_string().len() > MOST_BYTES {
        return Err(Failure::said(
            (
                "the list is too long to be brought in at once; split it in two",
                "清單過長，不能一次帶入；請分成兩份",
            ),
            terminal.language,
        ));
    }
    remote.post("/api/v1/actions/import-portfolio", &body, &[])?;
    print(&format!(
        "{} {}\n{} dualtrack portfolio undo '{}'\n",
        uses.len(),
        terminal.say("uses brought in", "個用例已帶入"),
        terminal.say("to take it back:", "如要撤回："),
        printable(from)
    ))
}

/// What would come in.
fn summary(uses: &[Brought], rows: usize, mapping: &Mapping, terminal: Terminal) -> String {
    let live = uses.iter().filter(|brought| brought.live).count();
    let mut text = format!(
        "{} {rows} · {} {} · {} {live}\n",
        terminal.say("rows", "行"),
        terminal.say("sound", "可帶入"),
        uses.len(),
        terminal.say("live, as inherited", "運作中，以承接方式帶入"),
    );
    for brought in uses {
        let due = brought.due.iter().min().map_or_else(String::new, |first| {
            format!(
                " · {} {} · {} {first}",
                terminal.say("steps to catch up", "補齊步驟"),
                brought.due.len(),
                terminal.say("first due", "首個期限")
            )
        });
        let _ = writeln!(
            text,
            "  {} {} · {} · {} · {}{due}",
            brought.row,
            printable(&brought.id),
            printable(&brought.name),
            brought.stage.label(terminal.language),
            printable(&brought.owner),
        );
    }
    if !mapping.left_aside.is_empty() {
        let headings: Vec<String> =
            mapping.left_aside.iter().map(|heading| format!("`{}`", printable(heading))).collect();
        let _ =
            writeln!(text, "{} {}", terminal.say("columns left aside:", "未使用的欄："), headings.join(", "));
    }
    text
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().replace(['\'', '\n'], "")
}

/// The most row errors that are told at once.
const MOST_ERRORS: usize = 200;
/// The most that the server takes in one request, with room to spare.
const MOST_BYTES: usize = 7 << 20;
