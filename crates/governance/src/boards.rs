//! The boards of the desk: that of today, brought up to date with each change, and those of the past that were asked for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, PoisonError};

use dualtrack_inventory::{Inventory, Key, Kind, UseId, hong_kong_day};
use dualtrack_store::{Moment, StoreError, Unread};
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

    /// Computes the whole board anew, a few uses at a time: some are read from the index while others are judged.
    pub async fn compute_board(&self, common: &Arc<Common>, moment: Moment) -> Result<Board, Refusal> {
        let mut board = Board::empty(&common.catalogue, common.day);
        let Some(base) = &common.inventory else { return Ok(board) };
        let mut connection = self.store.read().await?;
        let mut after = String::new();
        let mut judging: VecDeque<tokio::task::JoinHandle<_>> = VecDeque::new();
        loop {
            let uses = connection.reading().uses_after(&after, moment, SLICE).await?;
            let Some((last, _)) = uses.last() else { break };
            let first = std::mem::replace(&mut after, last.clone());
            let scopes = connection.reading().scopes(&first, &after, moment).await?;
            if judging.len() == AT_ONCE
                && let Some(earliest) = judging.pop_front()
            {
                add(&mut board, earliest.await)?;
            }
            let (base, common) = (base.clone(), Arc::clone(common));
            judging.push_back(tokio::task::spawn_blocking(move || lines(&common, &base, &scopes, &uses)));
        }
        for rest in judging {
            add(&mut board, rest.await)?;
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

fn lines(
    common: &Common,
    base: &Inventory,
    scopes: &Unread,
    uses: &[(String, u64)],
) -> Result<Vec<Line>, StoreError> {
    let inventory = base.with(scopes.documents()?);
    let known = |(id, version): &(String, u64)| {
        let of = inventory.uses().get(&UseId::parse(id).ok()?)?;
        Some(line(&common.catalogue, &inventory, of, *version, common.day))
    };
    Ok(uses.iter().filter_map(known).collect())
}

fn add(
    board: &mut Board,
    lines: Result<Result<Vec<Line>, StoreError>, tokio::task::JoinError>,
) -> Result<(), Refusal> {
    let lines = lines.map_err(|error| Refusal::Stopped(error.to_string()))??;
    board.lines.extend(lines.into_iter().map(|line| (line.id.clone(), Arc::new(line))));
    Ok(())
}

/// How many uses are judged in one go: few enough to stay small, enough for what they share to be read seldom.
const SLICE: usize = 20;
/// How many such goes there are at once.
const AT_ONCE: usize = 2;
/// How many boards of the past are kept.
const MOST_PAST: usize = 3;
