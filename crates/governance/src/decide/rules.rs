//! The rules themselves: adoptions, tier and gate rules, and which version of a guideline is active.

use std::collections::BTreeMap;

use dualtrack_inventory::{Activation, ActivationSchema, Document, Key, Kind};
use serde_json::{Value, json};

use super::{read, read_given};
use crate::command::{Command, Given};
use crate::refusal::Refusal;
use crate::view::{Decision, View};

/// Adopts a control, or a reading of one.
pub(super) fn adopt(view: &View<'_>, document: &Value) -> Result<Decision, Refusal> {
    let mut document = document.clone();
    if let Value::Object(fields) = &mut document {
        fields.insert("by".into(), json!(view.who));
        fields.insert("on".into(), json!(view.day()));
    }
    let adoption = read(Kind::Adoption, &document, &BTreeMap::new())?;
    view.must_be_new(&adoption.key())?;
    Ok(Decision::put([adoption]))
}

/// Changes the tier or gate rules.
pub(super) fn change(_: &View<'_>, given: &Given) -> Result<Decision, Refusal> {
    let document = read_given(given)?;
    if let Document::Gates(gates) = &document {
        let named = gates.offices().into_iter().find(|role| !role.may_approve());
        if let Some(role) = named {
            return Err(Refusal::wrong(
                format!(
                    "a gate asks for the approval of `{}`, an office that approves nothing",
                    role.as_str()
                ),
                format!("關卡要求 `{}` 批准，而該職能不得作出批准", role.as_str()),
            ));
        }
    }
    match document.key().kind {
        Kind::Tiers | Kind::Gates => Ok(Decision::put([document]).by_two(true)),
        kind => Err(Refusal::wrong(
            format!("`{kind}` is no rule; hand in `tiers` or `gates`"),
            format!("`{kind}` 並非規則；請提交 `tiers` 或 `gates`"),
        )),
    }
}

/// Switches to a version of a guideline.
pub(super) fn activate(view: &View<'_>, command: &Command) -> Result<Decision, Refusal> {
    let Command::ActivateGuideline { id, guideline, version, digest, effective, text } = command else {
        return Err(Refusal::wrong("this is no activation", "這不是一項啟用"));
    };
    view.must_be_new(&Key::new(Kind::Activation, id))?;
    if *effective < view.day() {
        return Err(Refusal::wrong(
            format!("field `effective`: {effective} is past; what was judged before stays as it was judged"),
            format!("欄位 `effective`：{effective}已過；先前的裁斷維持不變，請填寫今日或以後的日期"),
        ));
    }
    let text = if text.is_empty() { view.product.text_of(guideline, *version)? } else { text.clone() };
    let found = crate::guidelines::digest_of(view.product, &text, guideline, *version)?;
    if found != *digest {
        return Err(Refusal::wrong(
            format!("field `digest`: the text has the digest {found}"),
            format!("欄位 `digest`：該文本的摘要值為 {found}"),
        ));
    }
    let same = view.of_kind(Kind::Activation).find_map(|document| match document {
        Document::Activation(before) if before.guideline == *guideline && before.version == *version => {
            Some(before.digest)
        }
        _ => None,
    });
    if let Some(before) = same.filter(|before| before != digest) {
        return Err(Refusal::not(
            format!(
                "`{guideline}` version {version} is on record with the digest {before}; a published version never changes"
            ),
            format!("「{guideline}」第{version}版已以另一摘要記錄在案；已公布的版本不會更改"),
        ));
    }
    let activation = Activation {
        schema: ActivationSchema::V1,
        id: id.clone(),
        guideline: guideline.clone(),
        version: *version,
        digest: *digest,
        effective: *effective,
        by: view.who.clone(),
        on: view.day(),
        text,
    };
    // What points at what must still be there on the day it comes into force.
    let before = view.of_kind(Kind::Activation).filter_map(|document| match document {
        Document::Activation(before) => Some(&**before),
        _ => None,
    });
    crate::guidelines::active(view.product, before.chain([&activation]), *effective)?;
    Ok(Decision::put([Document::Activation(Box::new(activation))]).by_two(true))
}
