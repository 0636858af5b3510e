//! `guidelines show`: one guideline with its controls, or one control.

use std::fmt::Write as _;

use dualtrack_catalogue::{
    Binding, Catalogue, ControlId, Edition, GuidelineId, Standing, StandingControl, TranslationStatus,
    Version,
};

use super::{addressed, dated};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// The text of a guideline or control.
pub(super) fn show(
    catalogue: &Catalogue,
    standing: &Standing<'_>,
    id: &str,
    version: Option<u32>,
    terminal: Terminal,
) -> Result<String, Failure> {
    if id.contains('.') {
        let control =
            ControlId::try_from(id.to_owned()).map_err(|error| Failure::input(error.to_string()))?;
        let known = || standing.controls().map(|control| control.id().to_string()).collect::<Vec<_>>();
        let found =
            standing.control(&control).ok_or_else(|| Failure::unknown("control", id, &known(), LIST))?;
        let mut text = String::new();
        write_control(&mut text, &found, terminal);
        return Ok(text);
    }
    let guideline =
        GuidelineId::try_from(id.to_owned()).map_err(|error| Failure::input(error.to_string()))?;
    let known = || catalogue.latest().map(|edition| edition.guideline().id.to_string()).collect::<Vec<_>>();
    let edition = match version {
        Some(version) => catalogue.edition(&guideline, Version(version)),
        None => standing.edition(&guideline).or_else(|| {
            standing.coming().iter().copied().find(|edition| edition.guideline().id == guideline)
        }),
    };
    let edition = edition.ok_or_else(|| Failure::unknown("guideline", id, &known(), LIST))?;
    let mut text = String::new();
    write_guideline(&mut text, edition, terminal);
    for control in &edition.guideline().controls {
        if let Some(found) = standing.control(&control.id).filter(|found| found.edition == edition) {
            write_control(&mut text, &found, terminal);
        } else {
            let _ =
                writeln!(text, "{}\n", terminal.wrap(&format!("{}: {}", control.id, control.statement), 0));
        }
    }
    Ok(text)
}

fn write_guideline(text: &mut String, edition: &Edition, terminal: Terminal) {
    let guideline = edition.guideline();
    let _ = writeln!(
        text,
        "{}",
        terminal.bold(&terminal.wrap(guideline.title.in_language(terminal.language), 0))
    );
    let lines = [
        (
            terminal.say("id", "編號"),
            format!("{} · {} {}", guideline.id, terminal.say("version", "版本"), guideline.version),
        ),
        (terminal.say("issuer", "發出機構"), edition.issuer().in_language(terminal.language).to_owned()),
        (terminal.say("date", "日期"), dated(edition, terminal)),
        (
            terminal.say("status", "狀況"),
            format!(
                "{} · {}",
                guideline.status.label(terminal.language),
                guideline.force.label(terminal.language)
            ),
        ),
        (
            terminal.say("for", "適用於"),
            addressed(edition, terminal)
                .trim_start_matches("for: ")
                .trim_start_matches("適用於：")
                .to_owned(),
        ),
        (terminal.say("source", "來源"), guideline.source.citation.clone()),
        (terminal.say("address", "網址"), guideline.source.url.clone()),
        (terminal.say("read from", "閱自"), guideline.source.read_from.clone()),
        (terminal.say("digest", "摘要值"), edition.digest().to_string()),
    ];
    for (name, value) in lines {
        let _ = writeln!(text, "{}", terminal.wrap(&format!("{name}{}{value}", terminal.say(": ", "：")), 2));
    }
    text.push('\n');
}

/// Writes a control with everything a reader needs to judge it.
pub(super) fn write_control(text: &mut String, control: &StandingControl<'_>, terminal: Terminal) {
    let language = terminal.language;
    let statement = control.statement(language);
    let _ = writeln!(text, "{}", terminal.bold(control.id().as_str()));
    let _ = writeln!(text, "{}", terminal.wrap(control.control.title.in_language(language), 2));
    let _ = writeln!(text, "{}", terminal.wrap(statement.text, 2));
    match statement.status {
        TranslationStatus::Pending => {
            let _ = writeln!(text, "{}", terminal.wrap("翻譯待完成", 2));
        }
        TranslationStatus::OurTranslation => {
            let _ = writeln!(text, "{}", terminal.wrap("（本產品的譯文，尚未經母語專業人士審閱）", 2));
        }
        TranslationStatus::Original | TranslationStatus::NativePassed => {}
    }
    let timing: Vec<_> = control.control.timing.iter().map(|timing| timing.label(language)).collect();
    let evidence: Vec<_> = control.control.evidence.iter().map(|kind| kind.label(language)).collect();
    let and = terminal.say(", ", "、");
    let mut lines = vec![
        format!(
            "{} · {} · {} · {}",
            control.control.strength.label(language),
            control.control.principle.label(language),
            control.control.confidence.label(language),
            control.control.basis.label(language),
        ),
        format!(
            "{}{}",
            terminal.say("source: ", "出處："),
            control.control.source_ref.as_deref().unwrap_or(terminal.say("paragraph not known", "段落不詳"))
        ),
        format!("{}{}", terminal.say("due: ", "到期："), timing.join(and)),
        format!("{}{}", terminal.say("evidence: ", "證據："), evidence.join(and)),
        format!("{}{}", terminal.say("gate: ", "關卡："), binding(control.binding(), terminal)),
    ];
    if let Some(note) = control.note(language) {
        lines.push(format!("{}{}", terminal.say("note: ", "備註："), note.text));
    }
    for line in lines {
        let _ = writeln!(text, "{}", terminal.wrap(&line, 4));
    }
    text.push('\n');
}

fn binding(binding: Binding, terminal: Terminal) -> String {
    match binding {
        Binding::Binds => terminal.say("can shut a gate", "可令關卡關閉").to_owned(),
        Binding::BindsOnceAdopted => terminal
            .say(
                "only reported: shuts no gate until a compliance officer adopts it",
                "僅屬據報：經合規主任採納前不會令關卡關閉",
            )
            .to_owned(),
        Binding::Guidance { status } => format!(
            "{}{}",
            terminal.say("shuts no gate: ", "不會令關卡關閉："),
            status.label(terminal.language)
        ),
        Binding::OthersDuty => terminal
            .say("another body's duty: shown, never judged", "屬其他機構的責任：只作展示，不作判斷")
            .to_owned(),
    }
}

const LIST: &str = "`dualtrack guidelines list` names them all";
