//! Clocks: what falls due, about which document, and whose it is. What is asked of people and what they are reminded of
//! come from here.

use std::collections::BTreeSet;
use std::sync::Arc;

use dualtrack_catalogue::{Bilingual, Language};
use dualtrack_inventory::{Basis, Document, Incident, Key, Kind, PersonId, Role, Task, UseId, hong_kong_day};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::board::{Board, Line};
use crate::desk::{Common, Desk};
use crate::refusal::Refusal;

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock {
    /// The last day on which it can be done in time, in Hong Kong.
    pub day: Date,
    /// The instant, where a clock runs by hours.
    pub at: Option<Timestamp>,
    /// What falls due.
    pub what: Due,
    /// About which document.
    pub about: Key,
    /// Whose it is.
    pub people: BTreeSet<PersonId>,
}

/// What falls due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// The periodic review of a use.
    Review,
    /// Something that is caught up on an inherited use.
    CatchUp {
        /// What, in English.
        en: String,
        /// What, in Chinese.
        zh_hant: String,
    },
    /// A competence of a person lapses.
    Competence {
        /// In what, in English.
        en: String,
        /// In what, in Chinese.
        zh_hant: String,
    },
    /// A contract with a provider ends.
    ContractEnds,
    /// The trial of an exit plan.
    ExitTrial,
    /// The decision whether an authority is told of an incident.
    Authority {
        /// Which.
        name: String,
        /// Whether no period is known, so that it is decided at once.
        without_delay: bool,
    },
    /// A task.
    Task,
    /// A finding is put right and closed.
    Finding,
    /// A waiver lapses.
    Waiver,
    /// The approval of a use as it is now lapses.
    Approval,
    /// Somebody no longer stands in for another.
    Delegation,
}

impl Due {
    /// Its name, as notices have it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Review => "review-due",
            Self::CatchUp { .. } => "catch-up-due",
            Self::Competence { .. } => "competence-lapses",
            Self::ContractEnds => "contract-ends",
            Self::ExitTrial => "exit-trial-due",
            Self::Authority { without_delay: true, .. } => "authority-without-delay",
            Self::Authority { without_delay: false, .. } => "authority-due",
            Self::Task => "task-due",
            Self::Finding => "finding-due",
            Self::Waiver => "waiver-lapses",
            Self::Approval => "approval-lapses",
            Self::Delegation => "delegation-ends",
        }
    }

    /// Whether it is to be done still once its day has passed; what lapses is over then.
    fn stays(&self) -> bool {
        match self {
            Self::Review
            | Self::CatchUp { .. }
            | Self::ExitTrial
            | Self::Authority { .. }
            | Self::Task
            | Self::Finding => true,
            Self::Competence { .. }
            | Self::ContractEnds
            | Self::Waiver
            | Self::Approval
            | Self::Delegation => false,
        }
    }

    /// What falls due, in words.
    pub fn words(&self) -> Bilingual {
        let say = |en: &str, zh: &str| Bilingual { en: en.to_owned(), zh_hant: zh.to_owned() };
        match self {
            Self::Review => say("periodic review", "定期檢討"),
            Self::CatchUp { en, zh_hant } => {
                Bilingual { en: format!("catch up: {en}"), zh_hant: format!("補辦：{zh_hant}") }
            }
            Self::Competence { en, zh_hant } => Bilingual {
                en: format!("competence lapses: {en}"),
                zh_hant: format!("勝任資格失效：{zh_hant}"),
            },
            Self::ContractEnds => say("contract ends", "合約期滿"),
            Self::ExitTrial => say("exit plan is tried", "測試退出計劃"),
            Self::Authority { name, without_delay: false } => Bilingual {
                en: format!("decide whether `{name}` is told"),
                zh_hant: format!("決定是否通知「{name}」"),
            },
            Self::Authority { name, without_delay: true } => Bilingual {
                en: format!("decide without delay whether `{name}` is told"),
                zh_hant: format!("立即決定是否通知「{name}」"),
            },
            Self::Task => say("task", "待辦事項"),
            Self::Finding => say("finding is put right", "糾正發現事項"),
            Self::Waiver => say("waiver lapses", "豁免失效"),
            Self::Approval => say("approval lapses", "批准失效"),
            Self::Delegation => say("delegation ends", "委託期滿"),
        }
    }
}

impl Clock {
    /// What falls due, in a language.
    pub fn text(&self, language: Language) -> String {
        let words = self.what.words();
        language.pick((words.en, words.zh_hant))
    }
}

impl Desk {
    /// Every clock of the record that runs out by a day, the most urgent first.
    pub async fn clocks(&self, until: Date, now: Timestamp) -> Result<Vec<Clock>, Refusal> {
        let (board, common) = (self.board(now).await?, self.common(now).await?);
        let mut found = of_board(&board);
        found.extend(
            common.documents.values().flat_map(|(_, document)| of_document(document, &board, &common)),
        );
        for kind in WITH_CLOCKS {
            let mut after = String::new();
            loop {
                let page = self.documents(kind, &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after.clone_from(&last.key.id);
                let documents = page.iter().filter_map(|stored| stored.document.as_ref());
                found.extend(documents.flat_map(|document| of_document(document, &board, &common)));
            }
        }
        Ok(sorted(found, until, board.day))
    }

    /// The clocks of one person that run out by a day, the most urgent first.
    pub async fn clocks_of(
        &self,
        person: &PersonId,
        until: Date,
        now: Timestamp,
    ) -> Result<Vec<Clock>, Refusal> {
        let (board, common) = (self.board(now).await?, self.common(now).await?);
        let mine = |line: &&Arc<Line>| {
            line.owners.contains(person)
                || line.catch_up.iter().any(|item| item.by == *person)
                || line.findings.iter().any(|finding| finding.by == *person)
        };
        let mut found: Vec<Clock> =
            board.lines.values().filter(mine).flat_map(|line| of_line(line)).collect();
        found.extend(
            common.documents.values().flat_map(|(_, document)| of_document(document, &board, &common)),
        );
        let mut documents = self.tasks_of(person).await?;
        documents.extend(self.contracts_of(person).await?);
        documents.extend(self.documents(Kind::Incident, "", usize::MAX).await?);
        let documents = documents.iter().filter_map(|stored| stored.document.as_ref());
        found.extend(documents.flat_map(|document| of_document(document, &board, &common)));
        found.retain(|clock| clock.people.contains(person));
        Ok(sorted(found, until, board.day))
    }
}

/// What runs out by a day, the most urgent first; what lapsed a month before today is no news any more.
fn sorted(mut clocks: Vec<Clock>, until: Date, today: Date) -> Vec<Clock> {
    let month_ago = today.saturating_sub(jiff::Span::new().days(30));
    clocks.retain(|clock| clock.day <= until && (clock.what.stays() || clock.day >= month_ago));
    clocks.sort();
    clocks.dedup();
    clocks
}

/// The clocks of uses.
fn of_board(board: &Board) -> Vec<Clock> {
    board.lines.values().flat_map(|line| of_line(line)).collect()
}

fn of_line(line: &Line) -> Vec<Clock> {
    let of = || Key::new(Kind::Use, &line.id);
    let clock =
        |day: Date, what: Due, about: Key| Clock { day, at: None, what, about, people: line.owners.clone() };
    let mut clocks: Vec<Clock> =
        line.next_review.map(|day| clock(day, Due::Review, of())).into_iter().collect();
    for item in &line.catch_up {
        let Bilingual { en, zh_hant } = item.what.clone();
        let mut one = clock(item.due, Due::CatchUp { en, zh_hant }, of());
        one.people.insert(item.by.clone());
        clocks.push(one);
    }
    for (day, key) in &line.lapses {
        let what = if key.kind == Kind::Waiver { Due::Waiver } else { Due::Approval };
        clocks.push(clock(*day, what, key.clone()));
    }
    // An owner puts a finding right; once that is answered, whoever raised it is asked as well.
    for finding in &line.findings {
        let Some(day) = finding.due else { continue };
        let mut one = clock(day, Due::Finding, Key::new(Kind::Finding, &finding.id));
        one.people.extend(finding.answered.then(|| finding.by.clone()));
        clocks.push(one);
    }
    clocks
}

/// The clocks that a document starts.
fn of_document(document: &Document, board: &Board, common: &Common) -> Vec<Clock> {
    let about = document.key();
    let owners = |of: &UseId| board.lines.get(of).map(|line| line.owners.clone()).unwrap_or_default();
    let clock = |day: Date, what: Due, people: BTreeSet<PersonId>| {
        vec![Clock { day, at: None, what, about: about.clone(), people }]
    };
    match document {
        Document::Person(person) => person
            .competences
            .iter()
            .flat_map(|competence| {
                let Bilingual { en, zh_hant } = competence.what.clone();
                let own = BTreeSet::from([person.id.clone()]);
                clock(competence.expires, Due::Competence { en, zh_hant }, own)
            })
            .collect(),
        Document::Contract(contract) => {
            let owner = BTreeSet::from([contract.owner.clone()]);
            let trial = contract.exit_plan.as_ref().and_then(|plan| plan.next_trial);
            let ends = contract.ends.map(|day| clock(day, Due::ContractEnds, owner.clone()));
            let trial = trial.map(|day| clock(day, Due::ExitTrial, owner));
            ends.into_iter().chain(trial).flatten().collect()
        }
        Document::Incident(incident) if incident.closed.is_none() => {
            let mut people = compliance(common);
            people.extend(incident.uses.iter().flat_map(owners));
            authorities(incident, &about, &people)
        }
        Document::Task(task) => match &**task {
            Task { done: None, due: Some(due), assignee, .. } => {
                clock(*due, Due::Task, BTreeSet::from([assignee.clone()]))
            }
            _ => Vec::new(),
        },
        Document::Delegation(delegation) if delegation.revoked.is_none() => {
            let both = BTreeSet::from([delegation.from.clone(), delegation.to.clone()]);
            clock(delegation.expires, Due::Delegation, both)
        }
        _ => Vec::new(),
    }
}

/// The decisions about authorities that nobody took yet.
fn authorities(incident: &Incident, about: &Key, people: &BTreeSet<PersonId>) -> Vec<Clock> {
    let open = incident.notifications.iter().filter(|open| open.decision.is_none());
    open.map(|open| Clock {
        day: hong_kong_day(open.due),
        at: Some(open.due),
        what: Due::Authority {
            name: open.authority.clone(),
            without_delay: open.basis == Basis::WithoutDelay,
        },
        about: about.clone(),
        people: people.clone(),
    })
    .collect()
}

/// Everybody who holds the office of compliance.
fn compliance(common: &Common) -> BTreeSet<PersonId> {
    let people = common.documents.values().filter_map(|(_, document)| match document {
        Document::Person(person) if person.roles.contains(&Role::ComplianceOfficer) => {
            Some(person.id.clone())
        }
        _ => None,
    });
    people.collect()
}

/// The kinds that start clocks, besides what bears on every use.
const WITH_CLOCKS: [Kind; 3] = [Kind::Contract, Kind::Incident, Kind::Task];
const PAGE: usize = 500;
