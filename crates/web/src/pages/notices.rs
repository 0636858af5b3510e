//! What one was told, newest first, to read and to take away, and whether mails come each at once or together.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use dualtrack_governance::Board;
use dualtrack_inventory::{Key, Kind, UseId};
use dualtrack_report::Badge;
use dualtrack_report::screen::{Block, Cell, Choice, Column, Field, FieldKind, Form, Grid, Row, Screen};
use dualtrack_store::operations::OutgoingState;
use jiff::Timestamp;

use super::decisions::called;
use super::forms::Posted;
use super::reader::Reader;
use super::uses::{files, pager};
use super::{PageRoute, place};
use crate::api::Needs;
use crate::api::notices::{Mails, Noticed, may_read_notices, set_mails};
use crate::api::record::Seeing;
use crate::problem::Problem;
use crate::state::Web;
use crate::wanted::Wanted;
use crate::who::unavailable;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/notices", Needs::SignIn, show),
        PageRoute::post("/notices/mails", Needs::SignIn, mails),
    ]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    may_read_notices(&reader.who)?;
    let words = reader.words;
    let person = reader.who.officer.person.as_str();
    let operations = reader.web.desk.store().operations();
    let days = match reader.query("days") {
        Some("1") => 1,
        Some("30") => 30,
        _ => 7,
    };
    let since = reader.now().as_millisecond() - i64::try_from(days).unwrap_or_default() * DAY;
    let found = operations.told(person, since, MOST).await.map_err(unavailable)?;
    let mut screen = Screen::new(words.say("nav-notices"), words.say("notices-lead"));
    let spans = [1_u64, 7, 30].map(|span| {
        let label = words.count("last-days", span);
        (reader.asked.with("days", Some(&span.to_string())), label, days == span)
    });
    screen.put(Block::Chips { label: words.say("within"), chips: spans.to_vec() });
    let (page, from, most) = reader.paging(found.len());
    let board = reader.web.desk.board(reader.now()).await.map_err(|refusal| reader.refused(&refusal))?;
    let mut links =
        Links { board: &board, reader: &reader, seeing: Seeing::default(), known: BTreeMap::new() };
    let has_ledger = reader.may("view-ledger").await;
    let mut rows = Vec::new();
    for outgoing in found.iter().skip(from).take(most) {
        let notice = Noticed::of(outgoing);
        let at = Timestamp::from_millisecond(outgoing.made).map(|at| words.instant(at)).unwrap_or_default();
        let entry = notice.entry.map(|entry| (entry, words.whole(entry)));
        rows.push(Row::new(vec![
            Cell::text(at),
            links.to(&notice).await?,
            match entry {
                Some((entry, text)) if has_ledger => Cell::link(text, format!("/ledger/entries/{entry}")),
                Some((_, text)) => Cell::text(text),
                None => Cell::none(),
            },
            Cell::Badge(outgoing_badge(&reader, outgoing.state)),
        ]));
    }
    screen.put(Block::Grid(Grid {
        caption: words.say("nav-notices"),
        quiet: true,
        columns: vec![
            Column::new(words.say("head-when")),
            Column::new(words.say("field-what")),
            Column::number(words.say("head-entry")),
            Column::new(words.say("head-mail")),
        ],
        rows,
        empty: words.say("notices-nothing"),
        pager: Some(pager(&reader, (page, from, most), found.len())),
        files: files(&reader),
        ..Grid::default()
    }));
    let daily = operations.daily_mail().await.map_err(unavailable)?.contains(person);
    settings(&reader, &mut screen, daily);
    reader.page(screen).await
}

/// How mails come.
fn settings(reader: &Reader, screen: &mut Screen, daily: bool) {
    let words = reader.words;
    screen.section(words.say("mails-title"), "mails");
    let choice = |value: &str, id: &str, chosen: bool| Choice {
        value: value.to_owned(),
        label: words.say(id),
        chosen,
    };
    let choices = vec![choice("at-once", "mails-at-once", !daily), choice("daily", "mails-daily", daily)];
    screen.put(Block::Form(Box::new(Form {
        action: "/notices/mails".to_owned(),
        submit: words.say("mails-set"),
        class: "plain",
        hidden: reader.token(),
        fields: vec![Field {
            kind: FieldKind::Radio(choices),
            required: true,
            ..Field::line("mails", words.say("mails-how"), "text")
        }],
        ..Form::default()
    })));
}

async fn mails(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    posted.is_ours()?;
    let daily_mail = match posted.field("mails") {
        Some("daily") => true,
        Some("at-once") => false,
        _ => {
            return Err(Problem::wrong((
                "field `mails`: `at-once` or `daily`",
                "欄位 `mails`：`at-once` 或 `daily`",
            )));
        }
    };
    set_mails(State(web), posted.reader.who.clone(), Wanted(Mails { daily_mail })).await?;
    Ok(Redirect::to("/notices#mails").into_response())
}

/// What became of something that was to be sent.
pub(super) fn outgoing_badge(reader: &Reader, state: OutgoingState) -> Badge {
    let (class, sign, id) = match state {
        OutgoingState::Waiting => ("pending", "…", "outgoing-waiting"),
        OutgoingState::Sent => ("met", "✓", "outgoing-sent"),
        OutgoingState::GivenUp => ("blocks", "✗", "outgoing-given-up"),
        OutgoingState::Kept => ("none", "-", "outgoing-kept"),
    };
    Badge { class, sign, word: reader.words.say(id) }
}

/// Leads to what the reader may see.
struct Links<'r> {
    board: &'r Board,
    reader: &'r Reader,
    seeing: Seeing,
    known: BTreeMap<Key, bool>,
}

impl Links<'_> {
    /// A notice by the name of what it is about, leading there; by its id alone to whoever may not see it any more.
    async fn to(&mut self, notice: &Noticed) -> Result<Cell, Problem> {
        let words = self.reader.words;
        let by_id = || Cell::text(words.pick(&notice.called(&notice.about)));
        let Ok(key) = notice.about.parse::<Key>() else { return Ok(by_id()) };
        let may = match self.known.get(&key) {
            Some(may) => *may,
            None => self.seeing.may_today(&self.reader.web, &self.reader.who, &key).await?,
        };
        self.known.insert(key.clone(), may);
        if !may {
            return Ok(by_id());
        }
        let line = UseId::parse(&key.id).ok().filter(|_| key.kind == Kind::Use);
        let name = match line.and_then(|id| self.board.lines.get(&id)) {
            Some(line) => words.pick(&line.name).to_owned(),
            None => called(self.reader, &key),
        };
        Ok(Cell::link(words.pick(&notice.called(&name)), place(key.kind, &key.id)))
    }
}

const DAY: i64 = 24 * 60 * 60 * 1_000;
const MOST: i64 = 1_000;
