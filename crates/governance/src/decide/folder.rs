//! A whole institution at once, or what differs between its files and the record.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::Stage;
use dualtrack_inventory::{Document, Institution, Key, Kind};

use super::{evidence, read_given, uses};
use crate::command::Given;
use crate::guidelines::must_be_what_it_says;
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Brings an institution into an empty record. Whoever founds it answers for what others signed before.
pub(super) fn found(view: &View<'_>, documents: &[Given]) -> Result<Decision, Refusal> {
    let mut puts = distinct(documents)?;
    for document in &mut puts {
        // What the first administrator is called may be in the files too; the office stays.
        if let Document::Person(person) = document
            && let Ok(before) = view.person(&person.id)
        {
            person.roles.extend(before.roles.iter().copied());
        }
    }
    if !puts.iter().any(|document| document.key().kind == Kind::Institution) {
        return Err(Refusal::wrong(
            "no institution is handed in; `institution.yaml` names it",
            "未有提交機構資料；請以 `institution.yaml` 列明",
        ));
    }
    puts.extend(activations(view, &puts)?);
    puts.sort_by_key(Document::key);
    // All of a founding counts, or nothing of it: what holds anything else but people was founded.
    if let Some(there) = view.documents().find(|there| there.key().kind != Kind::Person) {
        let key = there.key();
        return Err(Refusal::not(
            format!("the record is begun: it holds `{key}`; bring in the rest with `apply`"),
            format!("紀錄已經開始：已有「{key}」；其餘請以 apply 帶入"),
        ));
    }
    puts.retain(|put| view.document(&put.key()) != Some(put));
    Ok(Decision::put(puts))
}

/// Switches to the guidelines that the program brings, but for those of which the files name a version: a record that
/// was exported is founded again with what was active in it.
fn activations(view: &View<'_>, given: &[Document]) -> Result<Vec<Document>, Refusal> {
    let mut named = BTreeSet::new();
    for document in given {
        let Document::Activation(activation) = document else { continue };
        must_be_what_it_says(view.product, activation)?;
        named.insert(&activation.guideline);
    }
    let mut own = view.product.activations(view.who, view.day())?;
    own.retain(|document| match document {
        Document::Activation(activation) => !named.contains(&activation.guideline),
        _ => true,
    });
    Ok(own)
}

/// Whether other guidelines would bind an institution, or other clocks run: what its entities are licensed as, and which
/// there are. That is a rule, whoever's file it stands in.
pub(crate) fn binds_otherwise(before: &Institution, after: &Institution) -> bool {
    let licensed = |of: &Institution| {
        of.entities.iter().map(|entity| (entity.id.clone(), entity.kinds.clone())).collect::<Vec<_>>()
    };
    licensed(before) != licensed(after) || before.authority_hours != after.authority_hours
}

/// Brings what is new or differs. What people sign by hand is not brought by others.
pub(super) fn apply(
    view: &View<'_>,
    documents: &[Given],
    versions: &BTreeMap<String, u64>,
) -> Result<Decision, Refusal> {
    let mut puts = Vec::new();
    let mut takes_two = false;
    for document in distinct(documents)? {
        let key = document.key();
        let version = view.version(&key);
        if versions.get(&key.to_string()).is_some_and(|seen| *seen != version) {
            return Err(Refusal::Changed { key, version, entry: 0 });
        }
        let before = view.document(&key);
        if before.is_some_and(|before| before.is_as_given(&document)) {
            continue;
        }
        let refused =
            |en: &str, zh: &str| Err(Refusal::wrong(format!("{key}: {en}"), format!("{key}：{zh}")));
        if before.is_some() && !versions.contains_key(&key.to_string()) {
            return refused(
                "name in `versions` the version that you compared, so that nobody's change is lost",
                "請於 `versions` 列明所比對的版本，以免覆蓋他人的更改",
            );
        }
        match (document, before) {
            (Document::Institution(after), Some(Document::Institution(before))) => {
                takes_two |= binds_otherwise(before, &after);
                puts.push(Document::Institution(after));
            }
            (Document::Use(of), Some(Document::Use(before))) => {
                if before.stage == Stage::Retired {
                    return Err(uses::retired(before));
                }
                uses::names_are_own(view, &of, Some(before))?;
                let after = Document::Use(Box::new(uses::kept(*of.clone(), before)));
                if !after.is_as_given(&Document::Use(of)) {
                    return refused(
                        "stage, suspension, history, changes and coverage are changed by their own actions; `dualtrack export` shows what is on record",
                        "階段、暫停、歷程、更改及涵蓋方式須以各自的操作更改；`dualtrack export` 會顯示紀錄的現況",
                    );
                }
                puts.push(after);
            }
            (Document::Use(mut of), _) => {
                if of.stage != Stage::Idea || !of.history.is_empty() {
                    return refused(
                        "a new use begins as an idea; bring live ones in with `dualtrack portfolio import`",
                        "新用例由構思階段開始；已在運作的用例請以 `dualtrack portfolio import` 帶入",
                    );
                }
                uses::names_are_own(view, &of, None)?;
                *of = uses::begun(view, *of);
                puts.push(Document::Use(of));
            }
            (Document::Person(person), Some(Document::Person(before))) => {
                if person.roles != before.roles {
                    return refused(
                        "offices are granted and revoked by their own actions",
                        "授予或撤銷職能須以各自的操作進行",
                    );
                }
                puts.push(Document::Person(person));
            }
            (Document::Person(person), _) => {
                if person.roles.iter().any(|role| role.is_protected()) {
                    return refused(
                        "an office that takes a second person is granted by its own action",
                        "須由第二人確認的職能，須以其專設操作授予",
                    );
                }
                puts.push(Document::Person(person));
            }
            (Document::Evidence(mut piece), None) if piece.by == *view.who => {
                evidence::is_no_result(&piece)?;
                if piece.on > view.day() {
                    return refused(
                        &format!("it is dated {}, a day to come", piece.on),
                        &format!("所載日期{}尚未到來", piece.on),
                    );
                }
                evidence::fix_line(view, &puts, &mut piece)?;
                puts.push(Document::Evidence(piece));
            }
            (Document::Evidence(_), None) => {
                return refused("evidence is handed in by whoever gives it", "證據須由提供者本人提交");
            }
            (
                document @ (Document::Institution(_)
                | Document::Provider(_)
                | Document::Contract(_)
                | Document::Model(_)
                | Document::Dataset(_)),
                _,
            ) => {
                uses::keeps_builders(view, &document)?;
                puts.push(document);
            }
            (Document::Evidence(_), Some(_)) => {
                return refused("evidence never changes; add another piece", "證據不得更改；請另加一項");
            }
            _ => {
                return refused(
                    "it takes a person's own action, and cannot be applied from a file",
                    "須由有關人士親自操作，不得由檔案帶入",
                );
            }
        }
    }
    Ok(Decision::put(puts).by_two(takes_two))
}

fn distinct(documents: &[Given]) -> Result<Vec<Document>, Refusal> {
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    let mut all = Vec::with_capacity(documents.len());
    for given in documents {
        let document = read_given(given)?;
        if !seen.insert(document.key()) {
            let key = document.key();
            return Err(Refusal::wrong(format!("{key} is handed in twice"), format!("「{key}」重複提交")));
        }
        all.push(document);
    }
    all.sort_by_key(Document::key);
    Ok(all)
}
