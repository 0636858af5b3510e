//! From rows to uses. Every row becomes a use or a list of what is wrong with it, all of it, so that one round mends it.
//!
//! What a list does not say is taken as what asks for most: a use that may run runs, a fact that is not known stays
//! unknown, and nothing is ever approved.

use std::collections::BTreeMap;
use std::path::Path;

use dualtrack_catalogue::{Bilingual, Fact, Language, Stage};
use dualtrack_inventory::{Document, Kind, Purpose};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::cells::{day, list, short, slug, stage, yes_or_no};
use super::fields::{Field, STEPS};
use super::known::{Known, Named, meant};
use super::mapping::Mapping;
use crate::sheet::{Row, Sheet};

/// A use that a row brings.
#[derive(Debug)]
pub(crate) struct Brought {
    /// Its row.
    pub(crate) row: u64,
    /// Its id.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// Its stage.
    pub(crate) stage: Stage,
    /// Whether it runs.
    pub(crate) live: bool,
    /// Who answers for it.
    pub(crate) owner: String,
    /// The days by which something is caught up.
    pub(crate) due: Vec<Date>,
    /// As the action takes it.
    pub(crate) imported: Value,
}

/// Something that is wrong with a cell.
#[derive(Debug, PartialEq)]
pub(crate) struct RowError {
    row: u64,
    column: String,
    what: Bilingual,
}

impl RowError {
    /// The error as one line.
    pub(crate) fn line(&self, file: &Path, language: Language) -> String {
        let Self { row, column, what } = self;
        let file = file.display();
        match language {
            Language::En => format!("{file}:{row}: column {column}: {}", what.en),
            Language::ZhHant => format!("{file}:{row}：「{column}」欄：{}", what.zh_hant),
        }
    }
}

/// When a live use catches up, where its row does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CatchUpDefault {
    /// Today.
    pub(crate) today: Date,
    /// Until when, if there is a day for all.
    pub(crate) due: Option<Date>,
}

/// The uses of a table, and everything that is wrong with it.
pub(crate) fn uses_of(
    sheet: &Sheet,
    mapping: &Mapping,
    known: &Known,
    catch_up: CatchUpDefault,
) -> (Vec<Brought>, Vec<RowError>) {
    let mut uses: Vec<Brought> = Vec::new();
    let mut errors = Vec::new();
    let mut rows_of_ids: BTreeMap<String, u64> = BTreeMap::new();
    for row in &sheet.rows {
        let mut reading = Reading { row, mapping, known, errors: Vec::new() };
        let brought = reading.of_row(catch_up);
        if let Some(id) = brought.as_ref().map(|brought| &brought.id) {
            if let Some(first) = rows_of_ids.get(id) {
                let what = (
                    format!("`{id}` is the id of row {first} too; give it another id"),
                    format!("「{id}」同時是第{first}行的代號；請改用另一代號"),
                );
                reading.wrong(Field::Id, what);
            }
            rows_of_ids.entry(id.clone()).or_insert(row.number);
        }
        if reading.errors.is_empty() {
            uses.extend(brought);
        }
        errors.append(&mut reading.errors);
    }
    (uses, errors)
}

/// A row while it is read.
struct Reading<'a> {
    row: &'a Row,
    mapping: &'a Mapping,
    known: &'a Known,
    errors: Vec<RowError>,
}

impl Reading<'_> {
    fn of_row(&mut self, catch_up: CatchUpDefault) -> Option<Brought> {
        let name = self.bilingual(Field::Name);
        if name.is_none() {
            self.wrong(
                Field::Name(Language::En),
                ("it is empty; give the use a name", "未有填寫；請填寫用例名稱"),
            );
        }
        let purpose = self.bilingual(Field::Purpose);
        if purpose.is_none() {
            self.wrong(
                Field::Purpose(Language::En),
                ("it is empty; say what the use is for", "未有填寫；請說明用例的用途"),
            );
        }
        let id = self.id();
        let owner = self.owner();
        let entity = self.entity();
        let (stage, live) = self.stage_and_live();
        let since = self.read(Field::Since, day).unwrap_or(catch_up.today);
        if since > catch_up.today {
            self.wrong(
                Field::Since,
                (
                    format!("{since} has not come yet; write since when it is in its stage"),
                    format!("{since}尚未到來；請填寫由何時起處於該階段"),
                ),
            );
        }
        let purposes = self.purposes();
        let profile = self.profile();
        let significant_impact = self.read(Field::SignificantImpact, yes_or_no).flatten();
        let models = self.all_meant(Field::Models, ("model", "模型"), &self.known.models);
        let providers = self.all_meant(Field::Providers, ("provider", "供應商"), &self.known.providers);
        let steps = self.steps(live, catch_up);
        let (name, purpose, id, owner, entity) = (name?, purpose?, id?, owner?, entity?);
        let document = json!({
            "schema": "dualtrack.use/1", "id": id, "name": name, "entity": entity, "purpose": purpose,
            "purposes": purposes,
            "decides": self.bilingual(Field::Decides).unwrap_or_else(not_said),
            "affects": self.bilingual(Field::Affects).unwrap_or_else(not_said),
            "stage": stage, "stage_since": since, "coverage": "attested",
            "people": { "owners": [owner] },
            "profile": profile, "significant_impact": significant_impact,
            "models": models, "providers": providers,
        });
        if let Err(error) = Document::read(Kind::Use, &document, BTreeMap::new()) {
            self.wrong(Field::Id, error.words());
        }
        let due = steps.iter().map(|(_, due)| *due).collect();
        let steps: Vec<Value> =
            steps.into_iter().map(|(what, due)| json!({ "what": what, "due": due, "by": owner })).collect();
        let shown = document.pointer("/name/en").and_then(Value::as_str).unwrap_or_default().to_owned();
        let imported = json!({ "document": document, "live": live, "catch_up": steps });
        Some(Brought { row: self.row.number, id, name: shown, stage, live, owner, due, imported })
    }

    fn wrong(&mut self, field: Field, what: impl Into<Bilingual>) {
        let column = self.mapping.heading(field);
        self.errors.push(RowError { row: self.row.number, column, what: what.into() });
    }

    fn cell(&self, field: Field) -> Option<&str> {
        self.mapping.column(field).and_then(|column| self.row.cell(column))
    }

    /// A cell that is read; what is wrong with it is noted.
    fn read<T>(&mut self, field: Field, reader: impl Fn(&str) -> Result<T, Bilingual>) -> Option<T> {
        match reader(self.cell(field)?) {
            Ok(value) => Some(value),
            Err(what) => {
                self.wrong(field, what);
                None
            }
        }
    }

    /// A text in both languages. One that is given in one language stands for both until somebody translates it.
    fn bilingual(&self, of: impl Fn(Language) -> Field) -> Option<Value> {
        let english = self.cell(of(Language::En));
        let chinese = self.cell(of(Language::ZhHant));
        Some(json!({ "en": english.or(chinese)?, "zh-Hant": chinese.or(english)? }))
    }

    fn id(&mut self) -> Option<String> {
        let given = self.cell(Field::Id).map(ToOwned::to_owned);
        let id = if let Some(id) = given {
            id
        } else {
            let name = self.cell(Field::Name(Language::En)).map(ToOwned::to_owned);
            let Some(id) = slug(&name.unwrap_or_default()) else {
                self.wrong(
                    Field::Id,
                    (
                        "it is empty, and no id can be made of the name; write one such as `fraud-model`",
                        "未有填寫，而名稱不能轉成代號；請填寫代號，例如 `fraud-model`",
                    ),
                );
                return None;
            };
            id
        };
        if dualtrack_inventory::UseId::parse(&id).is_err() {
            let id = short(&id);
            let what = (
                format!("`{id}` is no id; write lower-case letters, digits and hyphens"),
                format!("「{id}」並非代號；請只用小寫英文字母、數字及連字號"),
            );
            self.wrong(Field::Id, what);
            return None;
        }
        if let Some(stage) = self.known.uses.get(&id) {
            let what = (
                format!("`{id}` is on record already ({stage}); give it another id, or take the row out"),
                format!("「{id}」已在紀錄中（{stage}）；請改用另一代號，或刪去此行"),
            );
            self.wrong(Field::Id, what);
            return None;
        }
        Some(id)
    }

    fn owner(&mut self) -> Option<String> {
        if self.cell(Field::Owner).is_none() {
            self.wrong(
                Field::Owner,
                ("it is empty; name the person who answers for the use", "未有填寫；請填寫用例的負責人"),
            );
            return None;
        }
        let people = &self.known.people;
        self.read(Field::Owner, |text| meant(("person", "人員"), people, text).map(ToOwned::to_owned))
    }

    fn entity(&mut self) -> Option<String> {
        let entities = &self.known.entities;
        if self.cell(Field::Entity).is_none() {
            if let [only] = entities.as_slice() {
                return Some(only.id.clone());
            }
            let ids: Vec<&str> = entities.iter().map(|entity| entity.id.as_str()).collect();
            let what = (
                format!("it is empty; name one of {}", ids.join(", ")),
                format!("未有填寫；請填寫以下之一：{}", ids.join("、")),
            );
            self.wrong(Field::Entity, what);
            return None;
        }
        self.read(Field::Entity, |text| {
            meant(("legal entity", "法律實體"), entities, text).map(ToOwned::to_owned)
        })
    }

    /// The stage, and whether it runs. One says the other; where a list says neither, the use is at work.
    fn stage_and_live(&mut self) -> (Stage, bool) {
        let stage = self.read(Field::Stage, stage);
        let live = self.read(Field::Live, yes_or_no).flatten();
        match (stage, live) {
            (Some(Stage::Retired), _) => {
                self.wrong(Field::Stage, ("the use has ended; take the row out", "用例已經結束；請刪去此行"));
                (Stage::Retired, false)
            }
            (Some(Stage::Idea), Some(true)) => {
                let what = (
                    "an idea does not run; correct the stage or this cell",
                    "構思階段的用例並未運作；請更正階段或此格",
                );
                self.wrong(Field::Live, what);
                (Stage::Idea, false)
            }
            (Some(at @ (Stage::Pilot | Stage::Production)), Some(false)) => {
                self.wrong(
                    Field::Live,
                    (
                        format!("a use in {} runs; correct the stage or this cell", at.as_str()),
                        format!("處於{}階段的用例正在運作；請更正階段或此格", at.label(Language::ZhHant)),
                    ),
                );
                (at, false)
            }
            // What is only tried and not said to run begins anew, at the first gate.
            (Some(Stage::Idea), _)
            | (Some(Stage::Sandbox), None)
            | (Some(Stage::Sandbox) | None, Some(false)) => (Stage::Idea, false),
            (Some(at), _) => (at, true),
            (None, _) => (Stage::Production, true),
        }
    }

    fn purposes(&mut self) -> Vec<Purpose> {
        let text = self.cell(Field::Purposes).unwrap_or_default().to_owned();
        let mut purposes = Vec::new();
        for part in list(&text) {
            let word = part.to_lowercase().replace([' ', '_'], "-");
            if let Ok(purpose) = serde_json::from_value(json!(word)) {
                purposes.push(purpose);
            } else {
                let part = short(part);
                let what = (
                    format!(
                        "`{part}` is no tag; write one such as `credit-decision` (docs/portfolio.md), or `other`"
                    ),
                    format!(
                        "「{part}」並非用途類別；請填寫如 `credit-decision`（見 docs/portfolio.zh-Hant.md），或 `other`"
                    ),
                );
                self.wrong(Field::Purposes, what);
            }
        }
        if purposes.is_empty() { vec![Purpose::Other] } else { purposes }
    }

    fn profile(&mut self) -> BTreeMap<Fact, bool> {
        let facts = Fact::ALL.into_iter().filter(|fact| !fact.is_derived());
        facts.filter_map(|fact| Some((fact, self.read(Field::Fact(fact), yes_or_no).flatten()?))).collect()
    }

    fn all_meant(&mut self, field: Field, what: (&str, &str), among: &[Named]) -> Vec<String> {
        let text = self.cell(field).unwrap_or_default().to_owned();
        let mut found = Vec::new();
        for part in list(&text) {
            match meant(what, among, part) {
                Ok(id) => found.push(id.to_owned()),
                Err(what) => self.wrong(field, what),
            }
        }
        found
    }

    /// What is caught up, by when. A live use always has a plan; what does not run needs none.
    fn steps(&mut self, live: bool, default: CatchUpDefault) -> Vec<(Value, Date)> {
        let mut steps = Vec::new();
        let mut said = false;
        for number in 1..=STEPS {
            let what = self.cell(Field::CatchUp(number)).map(ToOwned::to_owned);
            let given = self.cell(Field::Due(number)).is_some();
            let read = self.read(Field::Due(number), day);
            said |= what.is_some() || given;
            let Some(due) = read.or(default.due.filter(|_| !given && what.is_some())) else {
                if what.is_some() && !given {
                    self.wrong(
                        Field::Due(number),
                        (
                            "it is empty; write by when, or give a day for all with --catch-up",
                            "未有填寫；請填寫期限，或以 --catch-up 為全部用例設定期限",
                        ),
                    );
                }
                continue;
            };
            if due < default.today {
                let what = (
                    format!("{due} has passed; write a day to come"),
                    format!("{due}已過；請填寫將來的日期"),
                );
                self.wrong(Field::Due(number), what);
            }
            let what = what.map_or_else(everything, |what| json!({ "en": what, "zh-Hant": what }));
            steps.push((what, due));
        }
        if !live {
            return Vec::new();
        }
        if !said {
            match default.due {
                Some(due) => steps.push((everything(), due)),
                None => self.wrong(
                    Field::CatchUp(1),
                    (
                        "a use that runs needs a plan to catch up; say what and by when, or give a day for all with --catch-up",
                        "正在運作的用例須有補齊計劃；請填寫事項及期限，或以 --catch-up 為全部用例設定期限",
                    ),
                ),
            }
        }
        steps
    }
}

fn not_said() -> Value {
    json!({ "en": "Not said in the list it came from.", "zh-Hant": "所帶入的清單沒有說明。" })
}

fn everything() -> Value {
    json!({
        "en": "Bring in what the guidelines ask for and is missing.",
        "zh-Hant": "補齊指引要求而尚欠的項目。",
    })
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
