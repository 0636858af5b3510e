//! Guidelines: what is active here, each control in both languages side by side, with source and confidence.

use axum::extract::Path;
use axum::response::Response;
use dualtrack_catalogue::{Edition, GuidelineId, Language, Status};
use dualtrack_inventory::{Document, Kind};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};

use super::reader::{Reader, address};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::record::allowed;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/guidelines", Needs::Action("view-guideline"), list),
        PageRoute::get("/guidelines/{id}", Needs::Action("view-guideline"), one),
    ]
}

async fn list(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let language = words.language;
    allowed(&reader.web, &reader.who, "view-guideline").await?;
    let mut screen = Screen::new(words.say("nav-guidelines"), words.say("guidelines-lead"));
    let standing = reader.common.catalogue.on(reader.common.day);
    let search = reader.query("q").map(str::to_lowercase);
    let editions = standing.editions().filter(|edition| {
        let guideline = edition.guideline();
        search.as_deref().is_none_or(|wanted| {
            guideline.id.as_str().contains(wanted)
                || guideline.title.en.to_lowercase().contains(wanted)
                || guideline.title.zh_hant.contains(wanted)
        })
    });
    let rows = editions.map(|edition| {
        let guideline = edition.guideline();
        Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&guideline.title), format!("/guidelines/{}", guideline.id)),
                Cell::Muted(format!("{} {}", guideline.id, guideline.version)),
            ]),
            Cell::text(words.pick(&edition.issuer())),
            Cell::text(words.date(guideline.issued)),
            Cell::Badge(status(guideline.status, language)),
            Cell::text(guideline.force.label(language)),
            Cell::Number {
                text: words.whole(guideline.controls.len() as u64),
                value: f64::from(u32::try_from(guideline.controls.len()).unwrap_or(u32::MAX)),
            },
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-guidelines"),
        quiet: true,
        columns: vec![
            Column::new(words.say("kind-guideline")),
            Column::new(words.say("head-issuer")),
            Column::new(words.say("head-issued")),
            Column::new(words.say("head-status")),
            Column::new(words.say("head-force")),
            Column::number(words.say("head-controls")),
        ],
        rows: rows.collect(),
        empty: words.say("guidelines-nothing"),
        files: super::uses::files(&reader),
        ..Grid::default()
    }));
    screen.put(Block::Muted(words.say("disclaimer")));
    reader.page(screen).await
}

/// Whether a guideline binds: what is only published or proposed stays visible as such.
fn status(status: Status, language: Language) -> Badge {
    let (class, sign) = match status {
        Status::InForce => ("met", "✓"),
        Status::Published | Status::Programme => ("pending", "i"),
        Status::Proposed => ("amber", "?"),
    };
    Badge { class, sign, word: status.label(language).to_owned() }
}

async fn one(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let language = words.language;
    allowed(&reader.web, &reader.who, "view-guideline").await?;
    let missing = || Problem::missing((format!("guideline `{id}`"), format!("指引「{id}」")));
    let wanted: GuidelineId = id.parse().map_err(|_| missing())?;
    let catalogue = &reader.common.catalogue;
    let standing = catalogue.on(reader.common.day);
    let active = standing.edition(&wanted);
    let edition = match reader.query("version") {
        Some(version) => catalogue
            .versions(&wanted)
            .find(|edition| edition.guideline().version.to_string() == version)
            .ok_or_else(|| {
                Problem::missing((
                    format!("version `{version}` of guideline `{id}`"),
                    format!("指引「{id}」的版本「{version}」"),
                ))
            })?,
        None => active.or_else(|| catalogue.versions(&wanted).last()).ok_or_else(missing)?,
    };
    let guideline = edition.guideline();
    let mut screen = Screen::new(words.pick(&guideline.title), words.pick(&edition.issuer()));
    if active.is_none_or(|active| active.digest() != edition.digest()) {
        let shown = guideline.version.to_string();
        let text = match active {
            Some(active) => words.say_with(
                "version-is-not-active",
                &[("version", &shown), ("active", &active.guideline().version.to_string())],
            ),
            None => words.say_with("version-is-not-active-yet", &[("version", &shown)]),
        };
        screen.put(Block::Notice { class: "warn", text, link: None });
    }
    let from = guideline.in_force_from();
    let mut facts = vec![
        (words.say("field-id"), Cell::Code(format!("{} {}", guideline.id, guideline.version))),
        (words.say("head-status"), Cell::Badge(status(guideline.status, language))),
        (words.say("head-force"), Cell::text(guideline.force.label(language))),
        (words.say("head-issued"), Cell::text(words.date(guideline.issued))),
        (words.say("head-in-force-from"), Cell::text(words.date(from.date))),
        (words.say("head-citation"), Cell::text(&guideline.source.citation)),
        // The issuer's own page is named, not linked: no page of ours sends people elsewhere unasked.
        (words.say("head-source"), Cell::Code(guideline.source.url.clone())),
        (words.say("head-read-from"), Cell::text(&guideline.source.read_from)),
        (words.say("field-digest"), Cell::Code(edition.digest().to_string())),
    ];
    if let Some(clause) = &guideline.revision.clause {
        facts.push((words.say("head-revision"), Cell::text(clause)));
    }
    screen.put(Block::Facts(facts));
    versions(&reader, &mut screen, &wanted);
    screen.put(Block::Buttons(vec![(format!("/coverage/{wanted}"), words.say("see-coverage"), "main")]));
    screen.section(words.say("head-controls"), "controls");
    for control in &guideline.controls {
        screen.put(Block::Heading {
            level: 3,
            text: words.pick(&control.title).to_owned(),
            id: control.id.to_string(),
        });
        screen.put(Block::Columns(vec![
            ("en", side(edition, control, Language::En)),
            ("zh-Hant-HK", side(edition, control, Language::ZhHant)),
        ]));
        let timing: Vec<_> = control.timing.iter().map(|timing| timing.label(language)).collect();
        let evidence: Vec<_> = control.evidence.iter().map(|kind| kind.label(language)).collect();
        let comma = words.say("list-comma");
        screen.put(Block::Facts(vec![
            (words.say("field-id"), Cell::Code(control.id.to_string())),
            (words.say("head-paragraph"), Cell::text(control.source_ref.clone().unwrap_or_default())),
            (
                words.say("head-confidence"),
                Cell::text(format!(
                    "{}; {}",
                    control.confidence.label(language),
                    control.basis.label(language)
                )),
            ),
            (words.say("head-strength"), Cell::text(control.strength.label(language))),
            (words.say("head-timing"), Cell::text(timing.join(&comma))),
            (words.say("head-asks"), Cell::text(evidence.join(&comma))),
        ]));
    }
    screen.put(Block::Muted(words.say("disclaimer")));
    reader.page(screen).await
}

fn side(edition: &Edition, control: &dualtrack_catalogue::Control, language: Language) -> Vec<Block> {
    let shown = edition.statement(control, language);
    let mut blocks = vec![Block::Text(shown.text.to_owned())];
    if language == Language::ZhHant
        && let Some(mark) = shown.status.mark(language)
    {
        blocks.push(Block::Muted(mark.to_owned()));
    }
    blocks
}

/// The switches to versions of a guideline, oldest first.
fn versions(reader: &Reader, screen: &mut Screen, guideline: &GuidelineId) {
    let words = reader.words;
    let mut moments: Vec<_> = reader
        .common
        .documents
        .iter()
        .filter(|(key, _)| key.kind == Kind::Activation)
        .filter_map(|(key, (_, document))| match document {
            Document::Activation(one) if one.guideline == *guideline => Some((key, one)),
            _ => None,
        })
        .collect();
    moments.sort_by_key(|(_, one)| one.effective);
    let moments = moments.iter().map(|(key, one)| {
        let text = words.say_with("version-active", &[("version", &one.version.to_string())]);
        let read = Cell::link(
            words.say_with("version-read", &[("version", &one.version.to_string())]),
            address(
                &format!("/guidelines/{guideline}"),
                [("version", one.version.to_string().as_str())].into_iter(),
            ),
        );
        let link = Cell::link(one.id.as_str(), place(Kind::Activation, &key.id));
        (words.date(one.effective), text, vec![read, link])
    });
    let moments: Vec<_> = moments.collect();
    if !moments.is_empty() {
        screen.section(words.say("versions-title"), "versions");
        screen.put(Block::Moments(moments));
    }
}
