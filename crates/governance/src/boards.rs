//! The boards of the desk: that of today, brought up to date with each change, and those of the past that were asked for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, PoisonError};

use dualtrack_inventory::{Document, Inventory, Key, Kind, UseId, hong_kong_day};
use dualtrack_store::{Moment, Stored};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::board::{Board, Line, line};
use crate::desk::{Common, Desk};
use crate::reading::{AsOf, moment_of};
use crate::refusal::Refusal;

/// The boards of the past that were asked for last. Pages of one list read the same one.
#[derive(Debug, Default)]
pub(crate) struct Past(VecDeque<(Moment, Arc<Board>)>);

impl Past {
    fn find(&self, moment: Moment, day: Date) -> Option<Arc<Board>> {
        let found = self.0.iter().find(|(kept, board)| *kept == moment && board.day == day);
        found.map(|(_, board)| Arc::clone(board))
    }

    fn keep(&mut self, moment: Moment, board: Arc<Board>) {
        self.0.truncate(MOST_PAST - 1);
        self.0.push_front((moment, board));
    }
}

impl Desk {
    /// What every use comes to today.
    pub async fn board(&self, now: Timestamp) -> Result<Arc<Board>, Refusal> {
        let common = self.common(now).await?;
        if let Some(board) = self.kept_board(common.day) {
            return Ok(board);
        }
        let _one = self.boarding.lock().await;
        if let Some(board) = self.kept_board(common.day) {
            return Ok(board);
        }
        // It may have changed while another computed.
        let common = self.common(now).await?;
        let board = Arc::new(self.compute_board(&common, Moment::Now).await?);
        *self.board.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&board));
        Ok(board)
    }

    fn kept_board(&self, day: Date) -> Option<Arc<Board>> {
        let kept = self.board.read().unwrap_or_else(PoisonError::into_inner).clone();
        kept.filter(|board| board.day == day)
    }

    /// What every use came to at an instant, as it was recorded by then. The last few that were asked for are kept.
    pub async fn board_as_of(&self, at: Timestamp) -> Result<Arc<Board>, Refusal> {
        let as_of = AsOf::At(at);
        let day = as_of.day(at);
        let mut connection = self.store.read().await?;
        let moment = moment_of(&mut connection.reading(), as_of).await?.unwrap_or(Moment::After(0));
        drop(connection);
        let kept = || self.past.lock().unwrap_or_else(PoisonError::into_inner).find(moment, day);
        if let Some(board) = kept() {
            return Ok(board);
        }
        // One after the other: each takes seconds in a large record.
        let _one = self.looking_back.lock().await;
        if let Some(board) = kept() {
            return Ok(board);
        }
        let mut connection = self.store.read().await?;
        let common = Arc::new(self.common_at(&mut connection.reading(), moment, day).await?);
        drop(connection);
        let board = Arc::new(self.compute_board(&common, moment).await?);
        self.past.lock().unwrap_or_else(PoisonError::into_inner).keep(moment, Arc::clone(&board));
        Ok(board)
    }

    /// Computes the whole board anew, a slice of uses at a time, on two threads.
    pub async fn compute_board(&self, common: &Arc<Common>, moment: Moment) -> Result<Board, Refusal> {
        let mut board = Board::empty(&common.catalogue, common.day);
        let Some(base) = &common.inventory else { return Ok(board) };
        let mut connection = self.store.read().await?;
        let mut after = String::new();
        let mut computing: Option<tokio::task::JoinHandle<Vec<Line>>> = None;
        loop {
            let uses = connection.reading().of_kind(Kind::Use, moment, &after, SLICE).await?;
            let Some(last) = uses.last() else { break };
            let first = after.clone();
            after.clone_from(&last.key.id);
            let documents = connection.reading().scopes(&first, &after, moment).await?;
            // The next slice is read while this one is computed.
            let (base, shared) = (base.clone(), Arc::clone(common));
            let next = tokio::task::spawn_blocking(move || {
                let inventory = base.with(documents.into_iter().filter_map(|stored| stored.document));
                lines(&shared, &inventory, &uses)
            });
            if let Some(before) = computing.replace(next) {
                add(&mut board, before.await)?;
            }
        }
        if let Some(last) = computing {
            add(&mut board, last.await)?;
        }
        Ok(board)
    }

    /// Brings the board up to date with documents that changed. What is computed meanwhile is waited for, since it
    /// may not know of them.
    pub(crate) async fn refresh(&self, keys: &[Key], erases: bool, now: Timestamp) {
        let _one = self.boarding.lock().await;
        if erases {
            // What was read before is not shown after.
            *self.past.lock().unwrap_or_else(PoisonError::into_inner) = Past::default();
        }
        if erases || self.refresh_lines(keys, now).await.is_err() {
            // The next reader computes it whole.
            *self.board.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    async fn refresh_lines(&self, keys: &[Key], now: Timestamp) -> Result<(), Refusal> {
        let kept = self.board.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(kept) = kept else { return Ok(()) };
        if kept.day != hong_kong_day(now) {
            // It is of another day: the next reader computes that of today.
            *self.board.write().unwrap_or_else(PoisonError::into_inner) = None;
            return Ok(());
        }
        let mut uses: BTreeSet<String> = BTreeSet::new();
        let mut connection = self.store.read().await?;
        for key in keys {
            if key.kind.is_common() {
                // What bears on every use changed: the next reader computes all of them.
                *self.board.write().unwrap_or_else(PoisonError::into_inner) = None;
                return Ok(());
            }
            match key.kind {
                Kind::Use => _ = uses.insert(key.id.clone()),
                Kind::Model | Kind::Dataset | Kind::Provider => {
                    uses.extend(connection.reading().uses_on(key).await?);
                }
                _ => {
                    let stored = connection.reading().document(key, Moment::Now).await?;
                    let links = stored.and_then(|stored| stored.document).map(|document| document.links());
                    for (_, about) in links.unwrap_or_default() {
                        match about.kind {
                            Kind::Use => _ = uses.insert(about.id),
                            Kind::Model | Kind::Dataset | Kind::Provider => {
                                uses.extend(connection.reading().uses_on(&about).await?);
                            }
                            Kind::Institution => {
                                let own = kept.lines.values().filter(|line| line.entity.as_str() == about.id);
                                uses.extend(own.map(|line| line.id.to_string()));
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        drop(connection);
        let mut changed: BTreeMap<UseId, Arc<Line>> = BTreeMap::new();
        for id in uses {
            match self.whole(&id, AsOf::Now, now).await {
                Ok(whole) => {
                    let line =
                        line(&whole.common.catalogue, &whole.inventory, &whole.of, whole.version, whole.day);
                    changed.insert(line.id.clone(), Arc::new(line));
                }
                Err(Refusal::Unknown(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let mut board = self.board.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(board) = board.as_mut() {
            Arc::make_mut(board).lines.extend(changed);
        }
        Ok(())
    }
}

fn lines(common: &Common, inventory: &Inventory, uses: &[Stored]) -> Vec<Line> {
    let (one, two) = uses.split_at(uses.len() / 2);
    let compute = |part: &[Stored]| {
        let mut lines = Vec::with_capacity(part.len());
        for stored in part {
            if let Some(Document::Use(of)) = &stored.document {
                lines.push(line(&common.catalogue, inventory, of, stored.version, common.day));
            }
        }
        lines
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| compute(one));
        let mut all = compute(two);
        all.extend(other.join().unwrap_or_default());
        all
    })
}

fn add(board: &mut Board, lines: Result<Vec<Line>, tokio::task::JoinError>) -> Result<(), Refusal> {
    let lines = lines.map_err(|error| Refusal::Stopped(error.to_string()))?;
    board.lines.extend(lines.into_iter().map(|line| (line.id.clone(), Arc::new(line))));
    Ok(())
}

/// How many uses are computed at a time: enough to be fast, few enough to stay small.
const SLICE: usize = 50;
/// How many boards of the past are kept.
const MOST_PAST: usize = 3;
