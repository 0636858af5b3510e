//! What a decision sees: the documents it concerns, the guidelines, the day, and who asks. Nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use dualtrack_catalogue::{Bilingual, Catalogue, SourceError};
use dualtrack_inventory::{
    Barred, Contract, Delegation, Deployment, Document, Finding, Incident, Inventory, Key, Kind, Person,
    PersonId, Proposal, Tier, Use, UseId, barred_now, hong_kong_day, tier,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::desk::Common;
use crate::guidelines::Product;
use crate::refusal::Refusal;

/// What a decision sees.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// The guidelines as they are active.
    pub(crate) catalogue: &'a Catalogue,
    /// What this program brings, whether it is active or not.
    pub(crate) product: &'a Product,
    /// Now.
    pub(crate) now: Timestamp,
    /// Who asks.
    pub(crate) who: &'a PersonId,
    common: &'a Common,
    own: BTreeMap<Key, (u64, Document)>,
    inventory: OnceLock<Inventory>,
    standings: Mutex<BTreeMap<(UseId, PersonId), (Barred, Tier)>>,
}

/// What an action comes to.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    /// The documents as they will be.
    pub(crate) puts: Vec<Document>,
    /// Whether it counts only once a second person confirms it.
    pub(crate) needs_second: bool,
    /// The subject whose key is destroyed.
    pub(crate) erases: Option<String>,
    /// Further clear fields of the entry, never personal.
    pub(crate) clear: Vec<(&'static str, Value)>,
    /// Further fields that are sealed.
    pub(crate) sealed: Vec<(&'static str, Value)>,
}

impl Decision {
    /// Documents as they will be.
    pub(crate) fn put(documents: impl IntoIterator<Item = Document>) -> Self {
        Self { puts: documents.into_iter().collect(), ..Self::default() }
    }

    /// The same, to be confirmed by a second person if so.
    pub(crate) fn by_two(self, needs_second: bool) -> Self {
        Self { needs_second, ..self }
    }
}

impl<'a> View<'a> {
    /// A view of what bears on every use, and of documents with their versions.
    pub(crate) fn new(
        (common, product): (&'a Common, &'a Product),
        who: &'a PersonId,
        now: Timestamp,
        documents: impl IntoIterator<Item = (u64, Document)>,
    ) -> Self {
        let own =
            documents.into_iter().map(|(version, document)| (document.key(), (version, document))).collect();
        Self {
            catalogue: &common.catalogue,
            product,
            now,
            who,
            common,
            own,
            inventory: OnceLock::new(),
            standings: Mutex::default(),
        }
    }

    /// The same, as another person sees it.
    pub(crate) fn as_seen_by<'b>(&'b self, who: &'b PersonId) -> View<'b> {
        View {
            catalogue: self.catalogue,
            product: self.product,
            now: self.now,
            who,
            common: self.common,
            own: self.own.clone(),
            inventory: OnceLock::new(),
            standings: Mutex::default(),
        }
    }

    /// Brings another document into view.
    pub(crate) fn add(&mut self, version: u64, document: Document) {
        self.own.insert(document.key(), (version, document));
        self.inventory = OnceLock::new();
        self.standings = Mutex::default();
    }

    /// Today in Hong Kong.
    pub(crate) fn day(&self) -> Date {
        hong_kong_day(self.now)
    }

    /// Everything in view as one value.
    pub(crate) fn inventory(&self) -> Result<&Inventory, Refusal> {
        if let Some(inventory) = self.inventory.get() {
            return Ok(inventory);
        }
        let common = self.common.inventory.as_ref().ok_or_else(|| {
            Refusal::not(
                "the record is empty; bring in an institution first, with `dualtrack apply --found DIR`",
                "紀錄尚空；請先以 `dualtrack apply --found DIR` 帶入機構資料",
            )
        })?;
        let inventory = common.with(self.own.values().map(|(_, document)| document.clone()));
        Ok(self.inventory.get_or_init(|| inventory))
    }

    /// The documents of a kind.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Document> {
        self.documents().filter(move |document| document.key().kind == kind)
    }

    /// Every document in view.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        let common = self.common.documents.iter().filter(|(key, _)| !self.own.contains_key(key));
        common.chain(&self.own).map(|(_, (_, document))| document)
    }

    /// The version of a document; 0 if there is none.
    pub(crate) fn version(&self, key: &Key) -> u64 {
        self.found(key).map_or(0, |(version, _)| *version)
    }

    /// A document.
    pub(crate) fn document(&self, key: &Key) -> Option<&Document> {
        self.found(key).map(|(_, document)| document)
    }

    fn found(&self, key: &Key) -> Option<&(u64, Document)> {
        self.own.get(key).or_else(|| self.common.documents.get(key))
    }

    /// Refuses what is there already.
    pub(crate) fn must_be_new(&self, key: &Key) -> Result<(), Refusal> {
        if self.found(key).is_some() { Err(Refusal::Exists(key.clone())) } else { Ok(()) }
    }

    /// A use.
    pub(crate) fn of_use(&self, id: &UseId) -> Result<&Use, Refusal> {
        let key = Key::new(Kind::Use, id);
        match self.document(&key) {
            Some(Document::Use(of)) => Ok(of),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// A person.
    pub(crate) fn person(&self, id: &PersonId) -> Result<&Person, Refusal> {
        let key = Key::new(Kind::Person, id);
        match self.document(&key) {
            Some(Document::Person(person)) => Ok(person),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// A finding.
    pub(crate) fn finding(&self, id: impl std::fmt::Display) -> Result<&Finding, Refusal> {
        let key = Key::new(Kind::Finding, id);
        match self.document(&key) {
            Some(Document::Finding(finding)) => Ok(finding),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// An incident.
    pub(crate) fn incident(&self, id: impl std::fmt::Display) -> Result<&Incident, Refusal> {
        let key = Key::new(Kind::Incident, id);
        match self.document(&key) {
            Some(Document::Incident(incident)) => Ok(incident),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// A deployment.
    pub(crate) fn deployment(&self, id: impl std::fmt::Display) -> Result<&Deployment, Refusal> {
        let key = Key::new(Kind::Deployment, id);
        match self.document(&key) {
            Some(Document::Deployment(deployment)) => Ok(deployment),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// A delegation.
    pub(crate) fn delegation(&self, id: impl std::fmt::Display) -> Result<&Delegation, Refusal> {
        let key = Key::new(Kind::Delegation, id);
        match self.document(&key) {
            Some(Document::Delegation(delegation)) => Ok(delegation),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// A contract.
    pub(crate) fn contract(&self, id: impl std::fmt::Display) -> Result<&Contract, Refusal> {
        let key = Key::new(Kind::Contract, id);
        match self.document(&key) {
            Some(Document::Contract(contract)) => Ok(contract),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// A proposal.
    pub(crate) fn proposal(&self, id: impl std::fmt::Display) -> Result<&Proposal, Refusal> {
        let key = Key::new(Kind::Proposal, id);
        match self.document(&key) {
            Some(Document::Proposal(proposal)) => Ok(proposal),
            _ => Err(Refusal::Unknown(key)),
        }
    }

    /// The tier of a use.
    pub(crate) fn tier_of(&self, of: &Use) -> Result<Tier, Refusal> {
        let inventory = self.inventory()?;
        Ok(tier(inventory, of, self.day(), inventory.tiers()).tier)
    }

    /// What bars a person in a use now, and the tier of the use. A page asks for a dozen actions on one use: it is worked
    /// out once.
    pub(crate) fn standing(&self, of: &Use, who: &PersonId) -> Result<(Barred, Tier), Refusal> {
        let key = (of.id.clone(), who.clone());
        let known = |standings: &BTreeMap<_, (Barred, Tier)>| standings.get(&key).cloned();
        if let Some(found) = known(&self.standings.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        let found = (barred_now(self.inventory()?, of, who, self.day()), self.tier_of(of)?);
        self.standings.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        Ok(found)
    }

    /// Refuses documents that do not fit to each other or to the guidelines, as they would be after a change.
    pub(crate) fn must_fit(&self, puts: &[Document]) -> Result<(), Refusal> {
        // Two of one version could be entered, and never applied.
        let mut keys = BTreeSet::new();
        if let Some(twice) = puts.iter().map(Document::key).find(|key| !keys.insert(key.clone())) {
            return Err(Refusal::wrong(
                format!("{twice} is handed in twice"),
                format!("「{twice}」重複提交"),
            ));
        }
        if let Some(problem) = puts.iter().find_map(too_long) {
            return Err(problem);
        }
        // The texts of guidelines are many and are in the catalogue already.
        let before = || self.documents().filter(|document| document.key().kind != Kind::Activation);
        let mut after: BTreeMap<Key, &Document> =
            before().map(|document| (document.key(), document)).collect();
        after.extend(puts.iter().map(|document| (document.key(), document)));
        let names: Vec<String> = puts
            .iter()
            .map(|document| match document.key().kind {
                Kind::Person => "people".to_owned(),
                _ => document.key().to_string(),
            })
            .collect();
        let Err(problems) = Inventory::checked(after.into_values().cloned(), self.catalogue) else {
            return Ok(());
        };
        // What was entered before is not held against a change: a person it names may have been erased since.
        let known = Inventory::checked(before().cloned(), self.catalogue).err().unwrap_or_default();
        let own: Vec<Bilingual> = problems
            .iter()
            .filter(|problem| names.iter().any(|name| problem.file() == name) && !known.contains(problem))
            .map(SourceError::words)
            .collect();
        if own.is_empty() { Ok(()) } else { Err(Refusal::Wrong(own)) }
    }
}

/// What is longer in a document than anybody reads: a name is shown in every list, and a text is read on a page.
fn too_long(document: &Document) -> Option<Refusal> {
    // The texts of guidelines and judgements are made by programs.
    if matches!(document, Document::Activation(_) | Document::Judgement(_) | Document::Proposal(_)) {
        return None;
    }
    let (path, most) = longer(&document.value(), "", LONGEST_TEXT)?;
    let key = document.key();
    Some(Refusal::wrong(
        format!("{key}: `{path}` is longer than {most} characters; shorten it"),
        format!("「{key}」：`{path}` 超過{most}個字元；請縮短"),
    ))
}

/// Where a value holds a text that is longer than it may be, and how long it may be.
fn longer(value: &Value, path: &str, most: usize) -> Option<(String, usize)> {
    match value {
        Value::String(text) if text.len() > most && text.chars().count() > most => {
            Some((path.to_owned(), most))
        }
        Value::Array(items) => items.iter().find_map(|item| longer(item, path, most)),
        Value::Object(fields) => fields.iter().find_map(|(name, inner)| {
            let most = if matches!(name.as_str(), "name" | "title" | "id") { LONGEST_NAME } else { most };
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            longer(inner, &path, most)
        }),
        _ => None,
    }
}

/// How many characters a name or a title has at most.
const LONGEST_NAME: usize = 300;
/// How many any other text has.
const LONGEST_TEXT: usize = 20_000;
