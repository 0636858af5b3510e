//! `dualtrack discovery`: candidates from proxy logs and expenses, and the list of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{DiscoveryCommand, ExportKind, Server};
use crate::discovery::{Columns, Found, Services, gather};
use crate::failure::Failure;
use crate::portfolio::pages;
use crate::remote::Remote;
use crate::sheet;
use crate::terminal::{Terminal, print, printable};

/// Runs the command.
pub(crate) fn run(command: &DiscoveryCommand, terminal: Terminal) -> Result<(), Failure> {
    match command {
        DiscoveryCommand::Import { file, kind, sheet, map, server } => {
            import((file, sheet.as_deref()), *kind, map.as_deref(), server, terminal)
        }
        DiscoveryCommand::List { server } => list(&Remote::of(server)?, terminal),
    }
}

fn import(
    (file, sheet): (&Path, Option<&str>),
    kind: ExportKind,
    map: Option<&Path>,
    server: &Server,
    terminal: Terminal,
) -> Result<(), Failure> {
    let remote = Remote::of(server)?;
    let services = Services::built_in()?;
    let language = terminal.language;
    let sheet = sheet::read(file, sheet, sheet::LOG, language)?;
    let columns = Columns::of(&sheet, kind, map, language)?;
    let (found, wrong) = gather((file, &sheet), &columns, kind, &services);
    if !wrong.is_empty() {
        let rest = wrong.len().saturating_sub(MOST_ERRORS);
        let told = wrong.iter().take(MOST_ERRORS);
        let mut lines: Vec<String> = told.map(|line| line.in_language(language).to_owned()).collect();
        if rest > 0 {
            lines.push(super::portfolio::more(file, rest, language));
        }
        return Err(Failure::Input(lines));
    }
    let mut text = format!(
        "{} {} · {} {} ({} {})\n",
        terminal.say("rows", "行"),
        sheet.rows.len(),
        terminal.say("AI services found", "發現人工智能服務"),
        found.len(),
        terminal.say("known services as of", "服務清單截至"),
        services.as_of,
    );
    for one in &found {
        let _ = writeln!(text, "  {}", line(one, terminal));
    }
    if !found.is_empty() {
        let before = candidates(&remote)?;
        let documents: Vec<Value> = found.iter().map(|one| one.document(before.get(&one.id))).collect();
        remote.post("/api/v1/actions/add-candidates", &json!({ "documents": documents }), &[])?;
    }
    print(&text)
}

fn line(one: &Found, terminal: Terminal) -> String {
    let mut line = format!(
        "{} · {} · {} {} · {} – {}",
        one.id,
        one.service,
        one.times,
        terminal.say("times", "次"),
        one.first,
        one.last
    );
    if let Some(people) = one.people() {
        let _ = write!(line, " · {people} {}", terminal.say("people", "人"));
    }
    if let Some(departments) = one.departments() {
        let _ = write!(line, " · {departments} {}", terminal.say("departments", "個部門"));
    }
    if let Some(spend) = one.spend() {
        let _ = write!(line, " · {}", printable(&spend));
    }
    line
}

fn candidates(remote: &Remote) -> Result<BTreeMap<String, Value>, Failure> {
    let items = pages(remote, "/api/v1/candidates")?;
    let documents = items.into_iter().filter_map(|item| item.get("document").cloned());
    Ok(documents.filter_map(|one| Some((one.get("id")?.as_str()?.to_owned(), one))).collect())
}

fn list(remote: &Remote, terminal: Terminal) -> Result<(), Failure> {
    let mut text = String::new();
    for (id, one) in candidates(remote)? {
        let word = |field: &str| match one.get(field) {
            Some(Value::String(text)) => printable(text),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let disposed = one.get("disposed").filter(|disposed| !disposed.is_null());
        let state = match disposed.map(|disposed| disposed.get("use").and_then(Value::as_str)) {
            None => terminal.say("open", "待處理").to_owned(),
            Some(Some(of)) => format!("{} {}", terminal.say("belongs to use", "屬於用例"), printable(of)),
            Some(None) => terminal.say("no use, or stopped", "非用例或已停止").to_owned(),
        };
        let _ = writeln!(
            text,
            "{} · {} · {} {} · {} – {} · {state}",
            printable(&id),
            word("service"),
            word("times"),
            terminal.say("times", "次"),
            word("first_seen"),
            word("last_seen"),
        );
    }
    if text.is_empty() {
        return print(terminal.say("there are no candidates\n", "沒有候選用例\n"));
    }
    print(&text)
}

/// The most row errors that are told at once.
const MOST_ERRORS: usize = 200;
