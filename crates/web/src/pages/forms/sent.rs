//! Forms that were sent: a second click, or a form sent again after going back, leads to what the first one did.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// The forms that were sent lately, by the token that each carries.
#[derive(Debug, Default)]
pub(crate) struct Sent(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    places: HashMap<String, Place>,
    order: VecDeque<String>,
}

/// Where a form led: held by whoever does what it asks for, so that another waits.
pub(crate) type Place = Arc<tokio::sync::Mutex<Option<String>>>;

impl Sent {
    /// The place of a form.
    pub(crate) fn place(&self, token: &str) -> Place {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.places.get(token) {
            return Arc::clone(place);
        }
        if kept.order.len() >= MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.places.remove(&oldest);
        }
        let place = Place::default();
        kept.places.insert(token.to_owned(), Arc::clone(&place));
        kept.order.push_back(token.to_owned());
        place
    }
}

const MOST: usize = 10_000;
