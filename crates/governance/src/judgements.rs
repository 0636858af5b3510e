//! Judgements on record, and what this program computes otherwise than the one that recorded them.
//!
//! A newer program never changes what was recorded: it is held against the last judgement of each use by another
//! program, computed anew from what was recorded before that judgement, for the day of it. What differs then differs by
//! the program alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use dualtrack_catalogue::ControlId;
use dualtrack_inventory::{Document, Inventory, Judgement, Key, Kind, Tier, UseId, VerdictState};
use dualtrack_store::{Moment, Stored};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::board::{Board, Columns, Line, line};
use crate::desk::{Common, Desk};
use crate::refusal::Refusal;
use crate::view::Decision;

/// What this program computes otherwise than the programs that recorded judgements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many judgements of other programs were computed anew.
    pub compared: usize,
    /// What differs, by use and control.
    pub items: Vec<Difference>,
}

/// One thing about a use that this program computes otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The use.
    pub use_id: UseId,
    /// What differs.
    pub what: Differing,
    /// The day for which both were computed.
    pub on: Date,
    /// The entry that recorded it.
    pub entry: u64,
    /// The program that recorded it.
    pub program: String,
    /// Whether somebody was erased since: what is gone may be why, rather than the program.
    pub erased_since: bool,
}

/// What differs, as it was recorded and as it is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Differing {
    /// How risky the use is.
    Tier {
        /// As recorded.
        recorded: Tier,
        /// As computed.
        computed: Tier,
    },
    /// What a control comes to.
    Verdict {
        /// The control.
        control: ControlId,
        /// As recorded.
        recorded: VerdictState,
        /// As computed.
        computed: VerdictState,
    },
}

impl Desk {
    /// Records what every control comes to for each use for which that is not on record yet, and how many uses those
    /// were. The program does it, so no person signs.
    pub async fn record_judgements(self: &Arc<Self>, now: Timestamp) -> Result<usize, Refusal> {
        let board = self.board(now).await?;
        let mut known: BTreeSet<UseId> = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = self.documents(Kind::Judgement, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.key.id);
            for recorded in page.into_iter().filter_map(judgement_in) {
                let line = board.lines.get(&recorded.id);
                if line
                    .is_some_and(|line| self.judged(&board.columns, line, board.day).says_the_same(&recorded))
                {
                    known.insert(recorded.id);
                }
            }
        }
        let rest: Vec<UseId> = board.lines.keys().filter(|id| !known.contains(*id)).cloned().collect();
        let mut recorded = 0;
        for part in rest.chunks(AT_ONCE) {
            let (desk, part) = (Arc::clone(self), part.to_vec());
            // What is begun is brought to its end, whatever becomes of whoever asked.
            let judging = tokio::spawn(async move { desk.judge(&part, now).await });
            recorded += judging.await.unwrap_or_else(|error| Err(self.broken(&error)))?;
        }
        Ok(recorded)
    }

    /// Records judgements of some uses, as they are once nobody else writes.
    async fn judge(&self, uses: &[UseId], now: Timestamp) -> Result<usize, Refusal> {
        let (_writing, mut change) = self.open().await?;
        let common = self.common_in(&mut change.reading(), now).await?;
        let Some(base) = &common.inventory else { return Ok(0) };
        let columns = Board::empty(&common.catalogue, common.day).columns;
        let mut versions: BTreeMap<Key, u64> = BTreeMap::new();
        let mut puts = Vec::new();
        for id in uses {
            let documents = change.reading().scope(id.as_str(), Moment::Now).await?;
            let own = Key::new(Kind::Judgement, id);
            let before = documents.iter().find(|stored| stored.key == own).cloned();
            versions.insert(own, before.as_ref().map_or(0, |stored| stored.version));
            let Some(judgement) = self.judge_in(&common, base, &columns, id, documents) else { continue };
            if before.and_then(judgement_in).is_none_or(|before| !before.says_the_same(&judgement)) {
                puts.push(Document::Judgement(Box::new(judgement)));
            }
        }
        let many = puts.len();
        if many > 0 {
            let version = |key: &Key| versions.get(key).copied().unwrap_or(0);
            self.enter(change, &version, ("record-judgements", None), Decision::put(puts), now).await?;
        }
        Ok(many)
    }

    /// Computes what this program makes of the last judgement of each use by another program.
    pub async fn compare_programs(&self) -> Result<Arc<Differences>, Refusal> {
        let mut by_entry: BTreeMap<u64, Vec<Judgement>> = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = self.documents(Kind::Judgement, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.key.id);
            for stored in page {
                if let Some((entry, judgement)) = self.of_another_program(stored).await? {
                    by_entry.entry(entry).or_default().push(judgement);
                }
            }
        }
        let mut found = Differences::default();
        for (entry, judgements) in by_entry {
            // An entry is made of what was there before it.
            let Some(place) = entry.checked_sub(1) else { continue };
            found.compared += judgements.len();
            self.compare_at(place, &judgements, &mut found.items).await?;
        }
        found.items.sort_by(|one, two| (&one.use_id, one.control()).cmp(&(&two.use_id, two.control())));
        let found = Arc::new(found);
        *self.differences.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        Ok(found)
    }

    /// What was found when programs were compared last; nothing before that.
    pub fn differences(&self) -> Option<Arc<Differences>> {
        self.differences.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest version of a judgement that another program made.
    async fn of_another_program(&self, newest: Stored) -> Result<Option<(u64, Judgement)>, Refusal> {
        let by_another = |stored: Stored| {
            let entry = stored.from_entry;
            let judgement = judgement_in(stored)?;
            (judgement.program != self.product().program()).then_some((entry, judgement))
        };
        if newest.version == 1 {
            return Ok(by_another(newest));
        }
        let history = self.history(&newest.key).await?;
        Ok(history.into_iter().rev().find_map(by_another))
    }

    /// Computes judgements anew from what was recorded up to a place.
    async fn compare_at(
        &self,
        place: u64,
        judgements: &[Judgement],
        found: &mut Vec<Difference>,
    ) -> Result<(), Refusal> {
        let moment = Moment::After(place);
        let Some(day) = judgements.first().map(|judgement| judgement.on) else { return Ok(()) };
        let mut connection = self.store.read().await?;
        let erased_since = connection.reading().erased_since(place).await?;
        let common = self.common_at(&mut connection.reading(), moment, day).await?;
        let Some(base) = &common.inventory else { return Ok(()) };
        let columns = Board::empty(&common.catalogue, day).columns;
        for recorded in judgements {
            let documents = connection.reading().scope(recorded.id.as_str(), moment).await?;
            let computed = self.judge_in(&common, base, &columns, &recorded.id, documents);
            let Some(computed) = computed else { continue };
            found.extend(differing(recorded, &computed).into_iter().map(|what| Difference {
                use_id: recorded.id.clone(),
                what,
                on: day,
                entry: place + 1,
                program: recorded.program.clone(),
                erased_since,
            }));
        }
        Ok(())
    }

    /// The judgement of a use, from the documents of its scope.
    fn judge_in(
        &self,
        common: &Common,
        base: &Inventory,
        columns: &Columns,
        id: &UseId,
        documents: Vec<Stored>,
    ) -> Option<Judgement> {
        let inventory = base.with(documents.into_iter().filter_map(|stored| stored.document));
        let of = inventory.uses().get(id)?;
        Some(self.judged(columns, &line(&common.catalogue, &inventory, of, 0, common.day), common.day))
    }

    /// A line of the board as a judgement.
    fn judged(&self, columns: &Columns, line: &Line, day: Date) -> Judgement {
        let controls = columns.iter().map(|column| column.control.clone());
        let states = controls.zip(line.states.iter().copied());
        Judgement::new(self.product().program(), (&line.id, day, line.tier), states)
    }
}

fn judgement_in(stored: Stored) -> Option<Judgement> {
    match stored.document {
        Some(Document::Judgement(judgement)) => Some(*judgement),
        _ => None,
    }
}

fn differing(recorded: &Judgement, computed: &Judgement) -> Vec<Differing> {
    let mut found = Vec::new();
    if recorded.tier != computed.tier {
        found.push(Differing::Tier { recorded: recorded.tier, computed: computed.tier });
    }
    for control in recorded.controls().union(&computed.controls()) {
        let (recorded, computed) = (recorded.of(control), computed.of(control));
        if recorded != computed {
            found.push(Differing::Verdict { control: (*control).clone(), recorded, computed });
        }
    }
    found
}

impl Difference {
    /// The control that comes to something else; none where the tier differs.
    pub fn control(&self) -> Option<&ControlId> {
        match &self.what {
            Differing::Tier { .. } => None,
            Differing::Verdict { control, .. } => Some(control),
        }
    }
}

/// How many judgements are read at a time.
const PAGE: usize = 500;
/// How many one entry brings, so that nobody who writes waits long.
const AT_ONCE: usize = 8;
