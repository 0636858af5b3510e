//! What the record of the server holds already: people, entities, uses, models, providers. A name in a list means one
//! of them or is an error.

use std::collections::BTreeMap;

use dualtrack_catalogue::{Bilingual, Language};
use serde_json::Value;

use crate::failure::Failure;
use crate::remote::Remote;
use crate::sheet::alike;

/// What the record holds already.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The people.
    pub(crate) people: Vec<Named>,
    /// The legal entities.
    pub(crate) entities: Vec<Named>,
    /// The models.
    pub(crate) models: Vec<Named>,
    /// The providers.
    pub(crate) providers: Vec<Named>,
    /// The uses, each with its stage.
    pub(crate) uses: BTreeMap<String, String>,
}

/// Something with an id and names.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Its id.
    pub(crate) id: String,
    /// What else it goes by: names in both languages, e-mail addresses.
    pub(crate) names: Vec<String>,
}

impl Known {
    /// Asks a server. E-mail addresses are shown only to administrators; for others people go by id and name.
    pub(crate) fn of(remote: &Remote, language: Language) -> Result<Self, Failure> {
        let institution = remote.get("/api/v1/institution")?;
        let entities = institution.get("document").and_then(|document| document.get("entities"));
        let mut known = Self {
            people: documents(remote, "people")?,
            models: documents(remote, "models")?,
            providers: documents(remote, "providers")?,
            entities: entities.and_then(Value::as_array).into_iter().flatten().filter_map(named).collect(),
            uses: BTreeMap::new(),
        };
        // Lists leave out what a token does not show; an owner that is only out of sight must not read as unknown.
        if known.people.len() < 2 {
            let words = (
                format!("the server shows this token no people; {SCOPES}"),
                format!("伺服器沒有向此權杖顯示任何人員；{SCOPES_ZH}"),
            );
            return Err(Failure::said(words, language));
        }
        for of in pages(remote, "/api/v1/uses")? {
            let text = |field: &str| of.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            known.uses.insert(text("id"), text("stage"));
        }
        if let Ok(accounts) = pages(remote, "/api/v1/accounts") {
            for account in accounts {
                let text = |field: &str| account.get(field).and_then(Value::as_str);
                let (Some(person), Some(email)) = (text("person"), text("email")) else { continue };
                if let Some(person) = known.people.iter_mut().find(|known| known.id == person) {
                    person.names.push(email.to_owned());
                }
            }
        }
        Ok(known)
    }
}

/// The one that a text means, by id or by name. The error says what to do.
pub(super) fn meant<'known>(
    (what, chinese): (&str, &str),
    among: &'known [Named],
    text: &str,
) -> Result<&'known str, Bilingual> {
    if let Some(found) = among.iter().find(|one| one.id == text) {
        return Ok(&found.id);
    }
    let text = super::cells::short(text);
    let key = alike(&text);
    let found: Vec<&Named> = among
        .iter()
        .filter(|one| !key.is_empty() && one.names.iter().any(|name| alike(name) == key))
        .collect();
    match found.as_slice() {
        [only] => Ok(&only.id),
        [] if among.is_empty() => Err(Bilingual::new(
            format!(
                "the server shows no {what}, so none is called `{text}`; add it first, or leave the cell empty ({SCOPES})"
            ),
            format!("伺服器沒有顯示任何{chinese}，故找不到「{text}」；請先加入，或將此格留空（{SCOPES_ZH}）"),
        )),
        [] => {
            let ids: Vec<String> = among.iter().map(|one| one.id.clone()).collect();
            let (hint, hint_zh) = dualtrack_catalogue::nearest(&text, &ids).map_or_else(
                || {
                    (
                        format!("write the id or the name of a {what} that is on record, or add it first"),
                        format!("請填寫紀錄中{chinese}的代號或名稱，或先行加入"),
                    )
                },
                |nearest| (format!("did you mean `{nearest}`?"), format!("是否指「{nearest}」？")),
            );
            Err(Bilingual::new(
                format!("no {what} on record is called `{text}`; {hint}"),
                format!("紀錄中沒有名為「{text}」的{chinese}；{hint_zh}"),
            ))
        }
        several => {
            let ids: Vec<String> = several.iter().map(|one| format!("`{}`", one.id)).collect();
            Err(Bilingual::new(
                format!("`{text}` may be {}; write the id", ids.join(" or ")),
                format!("「{text}」可指 {}；請填寫代號", ids.join("、")),
            ))
        }
    }
}

/// Every item of a list of the server.
pub(crate) fn pages(remote: &Remote, path: &str) -> Result<Vec<Value>, Failure> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = remote.get(&format!("{path}?limit=500{after}"))?;
        all.extend(page.get("items").and_then(Value::as_array).cloned().unwrap_or_default());
        match page.get("next").and_then(Value::as_str) {
            Some(next) if after != format!("&after={next}") => after = format!("&after={next}"),
            _ => return Ok(all),
        }
    }
}

fn documents(remote: &Remote, plural: &str) -> Result<Vec<Named>, Failure> {
    let items = pages(remote, &format!("/api/v1/{plural}"))?;
    Ok(items.iter().filter_map(|item| item.get("document")).filter_map(named).collect())
}

fn named(document: &Value) -> Option<Named> {
    let id = document.get("id")?.as_str()?.to_owned();
    let names = match document.get("name") {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Object(names)) => {
            names.values().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    };
    Some(Named { id, names })
}

/// What a token must be good for.
const SCOPES: &str =
    "a token with scopes needs view-use, view-record, view-person, view-model and view-provider";
const SCOPES_ZH: &str =
    "設有範圍的權杖須包括 view-use、view-record、view-person、view-model 及 view-provider";

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, names: &[&str]) -> Named {
        Named { id: id.to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn a_person_goes_by_id_name_or_address_and_two_of_a_name_are_told_apart() {
        let people = [
            person("chan-tai-man", &["Chan Tai-man", "陳大文", "tm.chan@bank.example"]),
            person("chan-tai-man-2", &["Chan Tai-man", "陳大敏"]),
        ];
        let meant = |text| meant(("person", "人員"), &people, text);
        assert_eq!(meant("chan-tai-man-2"), Ok("chan-tai-man-2"));
        assert_eq!(meant("陳大文"), Ok("chan-tai-man"));
        assert_eq!(meant("TM.Chan@bank.example"), Ok("chan-tai-man"));
        assert_eq!(
            meant("chan tai man").unwrap_err(),
            Bilingual::new(
                "`chan tai man` may be `chan-tai-man` or `chan-tai-man-2`; write the id",
                "「chan tai man」可指 `chan-tai-man`、`chan-tai-man-2`；請填寫代號",
            )
        );
        assert!(meant("chan-tai-mann").unwrap_err().en.contains("did you mean"));
        assert!(meant("…").is_err());
    }
}
