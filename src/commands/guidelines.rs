//! `dualtrack guidelines`: reading what the guidelines ask, of whom, and when.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use dualtrack_catalogue::{
    Applicability, Binding, Catalogue, ControlId, Edition, GuidelineId, Language, Passage, Precision,
    Standing, StandingControl, TranslationStatus, Version,
};
use dualtrack_inventory as inventory;
use jiff::civil::Date;

use crate::cli::{GuidelinesCommand, GuidelinesSource};
use crate::failure::Failure;
use crate::folder::Folder;
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
        GuidelinesCommand::Show { id, version, .. } => show(&catalogue, &standing, id, *version, terminal)?,
        GuidelinesCommand::Controls { file, .. } => controls_for(&catalogue, &standing, file, terminal)?,
        GuidelinesCommand::Checks(_) => checks(&catalogue, terminal),
        GuidelinesCommand::Difference { id, from, to, .. } => {
            difference(&catalogue, id, Version(*from), Version(*to), terminal)?
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
        controls += guideline.controls.len();
        let _ = writeln!(text, "{}", terminal.bold(guideline.id.as_str()));
        let _ = writeln!(text, "{}", terminal.wrap(guideline.title.in_language(terminal.language), 2));
        let count = match terminal.language {
            Language::En => format!("{} controls", guideline.controls.len()),
            Language::ZhHant => format!("{} 項監控措施", guideline.controls.len()),
        };
        let not_yet = standing.date() < guideline.in_force_from().date;
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
            writeln!(text, "共 {} 份指引，{controls} 項監控措施。", standing.editions().count())
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

fn show(
    catalogue: &Catalogue,
    standing: &Standing<'_>,
    id: &str,
    version: Option<u32>,
    terminal: Terminal,
) -> Result<String, Failure> {
    if id.contains('.') {
        let control =
            ControlId::try_from(id.to_owned()).map_err(|error| Failure::input(error.to_string()))?;
        let known = || standing.controls().map(|control| control.id().to_string());
        let found = standing.control(&control).ok_or_else(|| unknown("control", id, known()))?;
        let mut text = String::new();
        write_control(&mut text, &found, terminal);
        return Ok(text);
    }
    let guideline =
        GuidelineId::try_from(id.to_owned()).map_err(|error| Failure::input(error.to_string()))?;
    let known = || catalogue.latest().map(|edition| edition.guideline().id.to_string());
    let edition = match version {
        Some(version) => catalogue.edition(&guideline, Version(version)),
        None => standing.edition(&guideline).or_else(|| {
            standing.coming().iter().copied().find(|edition| edition.guideline().id == guideline)
        }),
    };
    let edition = edition.ok_or_else(|| unknown("guideline", id, known()))?;
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
        (terminal.say("issuer", "發出機構"), guideline.issuer.clone()),
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
        let _ = writeln!(text, "{}", terminal.wrap(&format!("{name}: {value}"), 2));
    }
    text.push('\n');
}

fn write_control(text: &mut String, control: &StandingControl<'_>, terminal: Terminal) {
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

fn controls_for(
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
    let mut others = 0;
    for control in standing.controls() {
        match control.applies(&kinds, &of.voluntary, &profile) {
            Applicability::Applies => applying.push(control),
            applicability @ Applicability::Unknown { .. } => unknown.push((control, applicability)),
            _ => others += 1,
        }
    }
    let mut text = format!("{}\n\n", terminal.bold(of.name.in_language(terminal.language)));
    let _ = match terminal.language {
        Language::En => writeln!(
            text,
            "{} controls apply, {} cannot be told, {others} do not apply.\n",
            applying.len(),
            unknown.len()
        ),
        Language::ZhHant => writeln!(
            text,
            "{} 項監控措施適用，{} 項未能確定，{others} 項不適用。\n",
            applying.len(),
            unknown.len()
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
    Ok(text)
}

fn checks(catalogue: &Catalogue, terminal: Terminal) -> String {
    let mut text = String::new();
    let coverage = catalogue.coverage_of_checks();
    for (degree, counts) in &coverage.by_degree {
        let line = match terminal.language {
            Language::En => format!(
                "{}: {} controls; {} have an executable check for some of the evidence they ask for, {} for every kind, \
                 and {} are shown by checks alone.",
                degree.label(terminal.language),
                counts.controls,
                counts.some_kind,
                counts.every_kind,
                counts.wholly
            ),
            Language::ZhHant => format!(
                "{}：{} 項監控措施；其中 {} 項所需的部分證據有可執行的檢查，{} 項的每類證據均有，{} 項單憑檢查即可證明。",
                degree.label(terminal.language),
                counts.controls,
                counts.some_kind,
                counts.every_kind,
                counts.wholly
            ),
        };
        let _ = writeln!(text, "{}", terminal.wrap(&line, 0));
    }
    text.push('\n');
    for set in catalogue.checks().into_iter().flat_map(|checks| &checks.checks) {
        let ids: Vec<_> = set.ids.iter().map(dualtrack_catalogue::CheckId::as_str).collect();
        let _ = writeln!(text, "{}", terminal.bold(&terminal.wrap(&ids.join(", "), 0)));
        let passes = format!(
            "{} → {}",
            set.passes_when.in_language(terminal.language),
            set.evidence.label(terminal.language)
        );
        let _ = writeln!(text, "{}", terminal.wrap(&passes, 2));
        for (control, showing) in &set.controls {
            let line = format!("{control}: {}", showing.because.in_language(terminal.language));
            let _ = writeln!(text, "{}", terminal.wrap(&line, 4));
        }
        text.push('\n');
    }
    text
}

fn difference(
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

fn unknown(what: &str, found: &str, known: impl Iterator<Item = String>) -> Failure {
    let known: Vec<String> = known.collect();
    let hint = match dualtrack_catalogue::nearest(found, &known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`dualtrack guidelines list` names them all".to_owned(),
    };
    Failure::input(format!("there is no {what} `{found}`; {hint}"))
}
