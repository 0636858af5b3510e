//! `guidelines controls --for`: which controls apply to a use, which do not, and which facts are missing.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use dualtrack_catalogue::{Applicability, Catalogue, Language, Standing};
use dualtrack_inventory as inventory;

use super::show::write_control;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::terminal::Terminal;

/// The controls for the use in `file`.
pub(super) fn controls_for(
    catalogue: &Catalogue,
    standing: &Standing<'_>,
    file: &Path,
    terminal: Terminal,
) -> Result<String, Failure> {
    let advice = "name the file of a use, such as examples/harbour-bank/uses/client-assistant.yaml";
    let real = file.canonicalize().map_err(|error| Failure::file("read", file, &error, advice))?;
    let text = std::fs::read_to_string(&real).map_err(|error| Failure::file("read", file, &error, advice))?;
    let named: inventory::Use = dualtrack_catalogue::parse(&file.display().to_string(), &text)
        .map_err(|error| Failure::input(error.to_string()))?;
    let institution = real.parent().and_then(Path::parent).unwrap_or(&real);
    let folder = Folder::read(institution, catalogue, &AtomicBool::new(false))?;
    let inventory = &folder.inventory;
    let of = inventory.uses().get(&named.id).ok_or_else(|| {
        Failure::input(format!(
            "`{}` is not under `uses/` of an institution's folder; {advice}",
            file.display()
        ))
    })?;
    let profile = inventory::profile(inventory, of, standing.date());
    let kinds = inventory.entity(of).map(inventory::Entity::kinds).unwrap_or_default();
    let mut applying = Vec::new();
    let mut unknown = Vec::new();
    let mut others = Vec::new();
    for control in standing.controls() {
        match control.applies(&kinds, &of.voluntary, &profile) {
            Applicability::Applies => applying.push(control),
            applicability @ Applicability::Unknown { .. } => unknown.push((control, applicability)),
            other => others.push((control, other)),
        }
    }
    let mut text = format!("{}\n\n", terminal.bold(of.name.in_language(terminal.language)));
    let _ = match terminal.language {
        Language::En => writeln!(
            text,
            "{} controls apply, {} cannot be told, {} do not apply.\n",
            applying.len(),
            unknown.len(),
            others.len()
        ),
        Language::ZhHant => writeln!(
            text,
            "{} 項管控適用，{} 項未能確定，{} 項不適用。\n",
            applying.len(),
            unknown.len(),
            others.len()
        ),
    };
    for (control, applicability) in &unknown {
        let line = format!("? {}: {}", control.id(), applicability.explain(terminal.language));
        let _ = writeln!(text, "{}", terminal.wrap(&line, 0));
    }
    if !unknown.is_empty() {
        text.push('\n');
    }
    for control in &applying {
        write_control(&mut text, control, terminal);
    }
    for (control, applicability) in &others {
        let line = format!("- {}: {}", control.id(), applicability.explain(terminal.language));
        let _ = writeln!(text, "{}", terminal.wrap(&line, 0));
    }
    Ok(text)
}
