//! What stands around a provider, a model or a dataset: contracts, and what is made of it or supplied by it.

use dualtrack_inventory::{Key, Kind, Tie};
use dualtrack_store::Stored;

use crate::desk::Desk;
use crate::refusal::Refusal;

impl Desk {
    /// The contracts with a provider.
    pub async fn contracts_with(&self, provider: &Key) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().documents_tied_to(provider, Tie::About, Kind::Contract).await?)
    }

    /// What of a kind stands directly on something: the models and datasets of a provider, the companies that belong to
    /// it, the models that were made from another.
    pub async fn standing_on(&self, key: &Key, kind: Kind) -> Result<Vec<Stored>, Refusal> {
        let mut connection = self.store.read().await?;
        Ok(connection.reading().documents_tied_to(key, Tie::StandsOn, kind).await?)
    }
}
