//! A person: her offices, what she is trained in, the uses in which she has a part, and what she may do to a use, with
//! the reasons where she may not. And how far each office reaches.

use std::sync::{Arc, OnceLock};

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use dualtrack_governance::{Action, AsOf, Desk, Line, Powers, Reach};
use dualtrack_inventory::{Bar, Document, Key, Kind, Person, Role, Use};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Column, Field, Form, Grid, Row, Screen};

use super::forms::Posted;
use super::home::tier;
use super::reader::{Reader, address};
use super::record::{document_screen, history};
use super::uses::{files, pager, seen_lines};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::account::{Email, change_email};
use crate::api::record::may_see;
use crate::api::uses::whole;
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::unavailable;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/people/{id}", Needs::Action("view-person"), one),
        PageRoute::post("/people/{id}/email", Needs::SignIn, set_email),
        PageRoute::get("/offices", Needs::SignIn, offices),
    ]
}

async fn one(reader: Reader, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = reader.words;
    let key = Key::new(Kind::Person, &id);
    let refused = |refusal| reader.refused(&refusal);
    let today = reader.web.desk.document(&key, AsOf::Now).await.map_err(refused)?;
    may_see(&reader.web, &reader.who, &today).await?;
    let stored = match reader.as_of()? {
        AsOf::Now => today,
        then => reader.web.desk.document(&key, then).await.map_err(refused)?,
    };
    let Some(Document::Person(person)) = &stored.document else {
        // She was erased: the page says so and no more.
        let mut screen = document_screen(&reader, &key).await?;
        history(&reader, &mut screen, &key).await?;
        return reader.page(screen).await;
    };
    let mut screen = Screen::new(words.pick(&person.name), words.say("kind-person"));
    who(&reader, &mut screen, person);
    ways(&reader, &mut screen, person).await;
    competences(&reader, &mut screen, person);
    account(&reader, &mut screen, person).await?;
    let first = uses(&reader, &mut screen, person).await?;
    powers(&reader, &mut screen, person, first.as_deref()).await?;
    history(&reader, &mut screen, &key).await?;
    reader.page(screen).await
}

/// Her offices, and who stands in for whom.
fn who(reader: &Reader, screen: &mut Screen, person: &Person) {
    let words = reader.words;
    let offices = person.roles.iter().map(|role| {
        Cell::link(words.sentence_of(role.label(words.language)), format!("/offices#{}", role.as_str()))
    });
    let mut facts = vec![
        (words.say("field-id"), Cell::Code(person.id.to_string())),
        (
            words.say("field-roles"),
            if person.roles.is_empty() {
                Cell::Muted(words.say("no-office"))
            } else {
                Cell::Lines(offices.collect())
            },
        ),
    ];
    let day = reader.common.day;
    for (_, document) in reader.common.documents.values() {
        let Document::Delegation(one) = document else { continue };
        if !one.counts_on(day) || (one.from != person.id && one.to != person.id) {
            continue;
        }
        let (label, other) =
            if one.from == person.id { ("stood-in-for-by", &one.to) } else { ("stands-in-for", &one.from) };
        let until = words.say_with("until", &[("date", &words.date(one.expires))]);
        let name = Cell::link(reader.name_of(other.as_str()), place(Kind::Person, other.as_str()));
        facts.push((words.say(label), Cell::Lines(vec![name, Cell::Muted(until)])));
    }
    screen.put(Block::Facts(facts));
}

/// What can be done about her, for whoever may.
async fn ways(reader: &Reader, screen: &mut Screen, person: &Person) {
    let words = reader.words;
    let id = person.id.as_str();
    let mut buttons = Vec::new();
    let of = |action: &str| address(&format!("/do/{action}"), [("person", id)].into_iter());
    if reader.may("invite-person").await {
        buttons.push((format!("/edit/person/{id}"), words.say("action-change-person"), "plain"));
    }
    for (needs, action, class) in [
        ("grant-role", "grant-role", "plain"),
        ("grant-role", "revoke-role", "plain"),
        ("reset-credentials", "reset-credentials", "plain"),
        ("close-account", "leave", "stop"),
        ("erase-person", "erase-person", "stop"),
    ] {
        // What takes a fresh sign-in is asked for on the form.
        let may = reader.may(needs).await || (needs == "erase-person" && is_data_protection(reader));
        if may {
            buttons.push((of(action), words.say(&format!("action-{action}")), class));
        }
    }
    if !buttons.is_empty() {
        screen.put(Block::Buttons(buttons));
    }
}

fn is_data_protection(reader: &Reader) -> bool {
    match reader.common.documents.get(&Key::new(Kind::Person, &reader.who.officer.person)) {
        Some((_, Document::Person(person))) => person.roles.contains(&Role::DataProtectionOfficer),
        _ => false,
    }
}

fn competences(reader: &Reader, screen: &mut Screen, person: &Person) {
    let words = reader.words;
    screen.section(words.say("field-competences"), "competences");
    let mut found: Vec<_> = person.competences.iter().collect();
    found.sort_by_key(|one| one.expires);
    let rows = found.iter().map(|one| {
        Row::new(vec![
            Cell::text(words.pick(&one.what)),
            Cell::text(words.date(one.on)),
            Cell::text(words.date(one.expires)),
            Cell::Badge(validity(reader, one.expires)),
        ])
    });
    screen.put(Block::Grid(Grid {
        caption: words.say("field-competences"),
        quiet: true,
        columns: vec![
            Column::new(words.say("field-what")),
            Column::new(words.say("field-since")),
            Column::new(words.say("field-expires")),
            Column::new(words.say("head-state")),
        ],
        rows: rows.collect(),
        empty: words.say("no-competences"),
        ..Grid::default()
    }));
}

/// Whether something that expires still counts.
pub(super) fn validity(reader: &Reader, expires: jiff::civil::Date) -> Badge {
    let words = reader.words;
    let left = (expires - reader.common.day).get_days();
    let days = words.count("days-left", u64::from(left.unsigned_abs()));
    match left {
        ..0 => Badge { class: "blocks", sign: "✗", word: words.say("expired") },
        0..=60 => Badge { class: "amber", sign: "!", word: days },
        _ => Badge { class: "met", sign: "✓", word: days },
    }
}

/// Her account, for whoever opens and closes accounts, as the API shows it.
async fn account(reader: &Reader, screen: &mut Screen, person: &Person) -> Result<(), Problem> {
    if !reader.may("invite-person").await {
        return Ok(());
    }
    let words = reader.words;
    screen.section(words.say("account-title"), "account");
    let operations = reader.web.desk.store().operations();
    if let Some(account) = operations.account_of(person.id.as_str()).await.map_err(unavailable)? {
        let closed = account.closed.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        let state = match closed {
            Some(at) => words.say_with("account-closed", &[("instant", &words.instant(at))]),
            None if account.password.is_some() => words.say("account-password"),
            None => words.say("account-no-password"),
        };
        screen.put(Block::Facts(vec![
            (words.say("sign-in-name"), Cell::Code(account.name)),
            (
                words.say("field-email"),
                Cell::text(account.email.clone().unwrap_or_else(|| words.say("not-set"))),
            ),
            (words.say("head-state"), Cell::text(state)),
        ]));
        if closed.is_none() && person.id != reader.who.officer.person {
            screen.put(email(reader, person, account.email.unwrap_or_default()));
        }
    } else {
        let to = address("/do/open-account", [("person", person.id.as_str())].into_iter());
        let link = Some((to, words.say("action-open-account")));
        screen.put(Block::Empty { text: words.say("account-none"), link });
    }
    Ok(())
}

/// The form of where notices to her go.
fn email(reader: &Reader, person: &Person, value: String) -> Block {
    let words = reader.words;
    let mut field = Field::line("email", words.say("field-email"), "email");
    field.hint = words.say("change-email-hint");
    field.value = value;
    let form = Form {
        action: format!("/people/{}/email", person.id),
        submit: words.say("change-email"),
        class: "plain",
        fields: vec![field],
        hidden: reader.token(),
        ..Form::default()
    };
    Block::Fold { summary: words.say("change-email"), blocks: vec![Block::Form(Box::new(form))], open: false }
}

async fn set_email(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.is_ours()?;
    let email = posted.field("email").map(ToOwned::to_owned);
    change_email(State(web), posted.reader.who.clone(), Path(id.clone()), Wanted(Email { email })).await?;
    Ok(Redirect::to(&format!("/people/{id}#account")).into_response())
}

/// The uses in which she has a part, a page of them; the first is named.
async fn uses(reader: &Reader, screen: &mut Screen, person: &Person) -> Result<Option<String>, Problem> {
    let words = reader.words;
    let lines = seen_lines(reader).await?;
    let own: Vec<&Arc<Line>> = lines.iter().filter(|line| line.related.contains(&person.id)).collect();
    let (page, from, most) = reader.paging(own.len());
    let as_of = reader.as_of()?;
    let mut rows = Vec::new();
    for line in own.iter().skip(from).take(most) {
        let key = Key::new(Kind::Use, &line.id);
        let stored = reader.web.desk.document(&key, as_of).await;
        let stored = stored.map_err(|refusal| reader.refused(&refusal))?;
        let parts = match &stored.document {
            Some(Document::Use(of)) => parts(reader, of, person),
            _ => Vec::new(),
        };
        rows.push(Row::new(vec![
            Cell::Lines(vec![
                Cell::link(words.pick(&line.name), place(Kind::Use, line.id.as_str())),
                Cell::Muted(line.id.to_string()),
            ]),
            Cell::Lines(parts),
            Cell::text(words.sentence_of(line.stage.label(words.language))),
            Cell::Badge(tier(line, reader)),
            Cell::link(
                words.say("what-may-she"),
                format!("{}#powers", reader.asked.with("use", Some(line.id.as_str()))),
            ),
        ]));
    }
    screen.section(words.say("parts-title"), "uses");
    screen.put(Block::Grid(Grid {
        caption: words.say("parts-title"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-use")),
            Column::new(words.say("head-part")),
            Column::new(words.say("head-stage")),
            Column::new(words.say("head-tier")),
            Column::new(words.say("powers-head")),
        ],
        rows,
        empty: words.say("parts-nothing"),
        pager: Some(pager(reader, (page, from, most), own.len())),
        files: files(reader),
        ..Grid::default()
    }));
    Ok(own.first().map(|line| line.id.to_string()))
}

fn parts(reader: &Reader, of: &Use, person: &Person) -> Vec<Cell> {
    let people = &of.people;
    [
        (&people.owners, "part-owner"),
        (&people.builders, "part-builder"),
        (&people.requesters, "part-requester"),
        (&people.validators, "part-validator"),
        (&people.approvers, "part-approver"),
    ]
    .into_iter()
    .filter(|(group, _)| group.contains(&person.id))
    .map(|(_, id)| Cell::text(reader.words.say(id)))
    .collect()
}

/// What she may do to a use, and why not.
async fn powers(
    reader: &Reader,
    screen: &mut Screen,
    person: &Person,
    first: Option<&str>,
) -> Result<(), Problem> {
    let words = reader.words;
    screen.section(words.say("powers-title"), "powers");
    screen.put(Block::Text(words.say("powers-lead")));
    let mut field = Field::line("use", words.say("powers-use"), "text");
    let chosen = reader.query("use").or(first);
    field.value = chosen.unwrap_or_default().to_owned();
    screen.put(Block::Form(Box::new(Form {
        action: format!("{}#powers", place(Kind::Person, person.id.as_str())),
        submit: words.say("powers-show"),
        class: "plain",
        fields: vec![field],
        asks: true,
        inline: true,
        ..Form::default()
    })));
    let offices = Block::Buttons(vec![("/offices".into(), words.say("offices-title"), "plain")]);
    let Some(id) = chosen else {
        screen.put(offices);
        return Ok(());
    };
    let as_of = match reader.as_of()? {
        AsOf::At(at) => Some(at),
        AsOf::Now | AsOf::After(_) => None,
    };
    let whole = match whole(&reader.web, &reader.who, id, as_of).await {
        Ok(whole) => whole,
        Err(problem) => {
            let text = super::errors::sentence(&problem.details(reader.language()));
            screen.put(Block::Notice { class: "warn", text, link: None });
            return Ok(());
        }
    };
    let found = reader.web.desk.powers(person, &whole);
    let name = words.pick(&person.name);
    for (bars, may, barred) in [
        (&found.barred.from_validating, Action::Validate, "barred-from-validating"),
        (&found.barred.from_approving, Action::Approve, "barred-from-approving"),
    ] {
        let given = found.powers.iter().any(|power| power.action == may && power.is_given());
        let (class, text) = if bars.is_empty() {
            let id = match (may, given) {
                (Action::Validate, true) => "may-validate",
                (Action::Validate, false) => "no-office-to-validate",
                (_, true) => "may-approve",
                (_, false) => "no-office-to-approve",
            };
            (if given { "good" } else { "calm" }, words.say_with(id, &[("person", name)]))
        } else {
            let why = bars.iter().map(|bar| told(bar, reader)).collect::<Vec<_>>();
            let why = why.join(&words.say("list-comma"));
            ("warn", words.say_with(barred, &[("person", name), ("because", &why)]))
        };
        screen.put(Block::Notice { class, text, link: None });
    }
    screen.put(power_grid(reader, &whole.of, &found));
    screen.put(offices);
    Ok(())
}

fn told(bar: &Bar, reader: &Reader) -> String {
    bar.text(reader.language())
}

fn power_grid(reader: &Reader, of: &Use, found: &Powers) -> Block {
    let words = reader.words;
    let rows = found.powers.iter().map(|power| {
        let bars = match power.action {
            Action::Approve | Action::Waive | Action::ConfirmProposal => &found.barred.from_approving,
            _ => &found.barred.from_validating,
        };
        let mut why: Vec<Cell> =
            power.denied.iter().map(|reason| Cell::text(words.sentence(reason))).collect();
        if power.barred {
            let told: Vec<_> = bars.iter().map(|bar| told(bar, reader)).collect();
            why.push(Cell::text(
                words.say_with("barred-because", &[("because", &told.join(&words.say("list-comma")))]),
            ));
        }
        Row::new(vec![
            Cell::text(words.say(&format!("power-{}", power.action.as_str()))),
            Cell::Badge(if power.is_given() {
                Badge { class: "met", sign: "✓", word: words.say("may") }
            } else {
                Badge { class: "blocks", sign: "✗", word: words.say("may-not") }
            }),
            Cell::Lines(why),
        ])
    });
    Block::Grid(Grid {
        caption: words.say_with("powers-caption", &[("use", words.pick(&of.name))]),
        columns: vec![
            Column::new(words.say("head-action")),
            Column::new(words.say("head-may")),
            Column::new(words.say("head-because")),
        ],
        rows: rows.collect(),
        ..Grid::default()
    })
}

/// How far each office reaches, action by action.
async fn offices(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("offices-title"), words.say("offices-lead"));
    let desk = Arc::clone(&reader.web.desk);
    let table = tokio::task::spawn_blocking(move || reaches(&desk)).await;
    let table = table.map_err(Problem::accident)?;
    for (group, actions) in GROUPS {
        let rows = actions.iter().filter_map(|action| {
            let place = Action::ALL.iter().position(|one| one == action)?;
            let reaches = table.get(place)?;
            let mut cells = vec![Cell::text(words.say(&format!("power-{}", action.as_str())))];
            cells.extend(reaches.iter().map(|reach| {
                Cell::text(match reach {
                    Reach::Everywhere => words.say("reach-everywhere"),
                    Reach::OwnPart => words.say("reach-own"),
                    Reach::Nowhere => "–".to_owned(),
                })
            }));
            Some(Row { id: action.as_str().to_owned(), class: "", cells })
        });
        let mut columns = vec![Column::new(words.say("head-action"))];
        columns.extend(Role::ALL.map(|role| Column::new(words.sentence_of(role.label(words.language)))));
        screen.section(words.say(group), group);
        screen.put(Block::Grid(Grid {
            caption: words.say(group),
            quiet: true,
            columns,
            rows: rows.collect(),
            class: "matrix",
            files: files(&reader),
            ..Grid::default()
        }));
    }
    screen.section(words.say("never-title"), "never");
    for id in
        ["never-own", "never-confirm", "never-oneself", "never-administrator", "never-stale", "never-token"]
    {
        screen.put(Block::Text(words.say(id)));
    }
    reader.page(screen).await
}

/// How far each office reaches with each action. The policies come with the program, so the answers stay as they are
/// while it runs; they are some thousand questions, and asked once.
fn reaches(desk: &Desk) -> &'static [[Reach; 15]] {
    static TABLE: OnceLock<Vec<[Reach; 15]>> = OnceLock::new();
    TABLE.get_or_init(|| Action::ALL.map(|action| Role::ALL.map(|role| desk.reach(role, action))).to_vec())
}

/// The actions in groups, in the order in which people meet them.
const GROUPS: [(&str, &[Action]); 5] = [
    (
        "powers-of-uses",
        &[
            Action::RegisterUse,
            Action::ChangeUse,
            Action::ChangeFoundation,
            Action::AddEvidence,
            Action::RecordResults,
            Action::RequestGate,
            Action::Advance,
            Action::Retire,
            Action::Suspend,
            Action::Resume,
            Action::Deploy,
            Action::ReportRunning,
            Action::AnswerFinding,
            Action::ManageTasks,
        ],
    ),
    (
        "powers-of-judging",
        &[
            Action::Validate,
            Action::Find,
            Action::CloseFinding,
            Action::ConfirmChange,
            Action::Approve,
            Action::Waive,
            Action::ConfirmProposal,
            Action::Adopt,
            Action::ChangeRules,
            Action::ConfirmRules,
        ],
    ),
    (
        "powers-of-incidents",
        &[Action::OpenIncident, Action::Contain, Action::DecideNotification, Action::CloseIncident],
    ),
    (
        "powers-of-people",
        &[
            Action::InvitePerson,
            Action::GrantRole,
            Action::ConfirmGrant,
            Action::CloseAccount,
            Action::ResetCredentials,
            Action::RevokeSessions,
            Action::ManageTokens,
            Action::Delegate,
            Action::ErasePerson,
            Action::ChangeSettings,
            Action::WriteWebhook,
            Action::FoundRecord,
            Action::ImportPortfolio,
            Action::ImportRecords,
            Action::DisposeCandidate,
        ],
    ),
    (
        "powers-of-looking",
        &[
            Action::ViewUse,
            Action::ViewModel,
            Action::ViewDataset,
            Action::ViewProvider,
            Action::ViewEvidence,
            Action::ViewRecord,
            Action::ViewGuideline,
            Action::ViewCoverage,
            Action::ViewPerson,
            Action::ViewInbox,
            Action::ViewLedger,
            Action::VerifyLedger,
            Action::ViewAuditTrail,
            Action::ViewSettings,
            Action::ExportRecord,
        ],
    ),
];
