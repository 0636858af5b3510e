//! What stands around the uses of the demo: contracts with an exit plan, somebody who stands in, services that were seen
//! and nobody registered.

use std::sync::Arc;

use dualtrack_governance::{Command, Desk};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::act;
use crate::failure::Failure;
use crate::ledger::refused;

/// Enters it, each by somebody who may.
pub(super) async fn work(desk: &Arc<Desk>, now: Timestamp) -> Result<(), Failure> {
    let day = dualtrack_inventory::hong_kong_day(now);
    let away = |days: i64| {
        day.checked_add(jiff::Span::new().days(days)).map(|day| day.to_string()).unwrap_or_default()
    };
    let contract = |fields: Value| json!({ "given": { "kind": "contract", "document": fields } });
    for (person, action, mut fields) in [
        (
            "leung-suk-fan",
            "change-foundation",
            contract(json!({
                "schema": "dualtrack.contract/1", "id": "meridian-2025", "provider": "meridian-inference",
                "entity": "harbour-bank", "reference": "HB/OUT/2025/031", "starts": away(-420),
                "ends": away(310), "notice_days": 90, "owner": "mok-lai-sheung",
                "exit_plan": {
                    "plan": "Route questions to the model that the group runs itself; staff answer what it cannot.",
                    "alternatives": ["harbour-technology-services"],
                },
            })),
        ),
        (
            "leung-suk-fan",
            "change-foundation",
            contract(json!({
                "schema": "dualtrack.contract/1", "id": "lantau-2026", "provider": "lantau-models",
                "entity": "harbour-securities", "reference": "HS/OUT/2026/004", "starts": away(-200),
                "ends": away(52), "notice_days": 30, "owner": "so-pak-hei",
                "exit_plan": { "plan": "Analysts write without it; drafts are kept in the firm's own archive." },
            })),
        ),
        (
            "leung-suk-fan",
            "change-foundation",
            contract(json!({
                "schema": "dualtrack.contract/1", "id": "kestrel-2022", "provider": "kestrel-transaction-systems",
                "entity": "harbour-bank", "reference": "HB/LIC/2022/118", "starts": away(-1_500),
                "owner": "tsang-kin-fai",
            })),
        ),
        ("siu-ka-lok", "try-exit", json!({ "contract": "meridian-2025", "next_trial": away(180) })),
        (
            "fung-wai-man",
            "delegate",
            json!({
                "id": "committee-in-winter", "to": "yuen-tak-ming", "roles": ["committee-member"],
                "on": day, "expires": away(18), "because": "Away over the winter holidays.",
            }),
        ),
        (
            "leung-suk-fan",
            "add-candidates",
            json!({ "documents": [
                {
                    "schema": "dualtrack.candidate/1", "id": "seen-chatgpt", "service": "ChatGPT", "source": "proxy",
                    "first_seen": away(-62), "last_seen": away(-1), "times": 1_418, "people": 37,
                },
                {
                    "schema": "dualtrack.candidate/1", "id": "seen-deepl", "service": "DeepL", "source": "expenses",
                    "first_seen": away(-95), "last_seen": away(-4), "times": 3, "spend": "268.50 USD",
                },
            ] }),
        ),
    ] {
        if let Value::Object(fields) = &mut fields {
            fields.insert("action".into(), json!(action));
        }
        let command: Command = serde_json::from_value(fields).map_err(refused)?;
        act(desk, person, command, now).await?;
    }
    Ok(())
}
