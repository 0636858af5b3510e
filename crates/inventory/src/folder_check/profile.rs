//! Checks of the stated facts: tier, high risk, architecture, data, vendors.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Fact, HighRiskSense, Language};

use super::{Answer, Ground};
use crate::{Relation, facts, tier};

/// The tier follows from stated facts, none of the deciding ones being unknown.
pub(super) fn tier_recorded(ground: Ground<'_>) -> Answer {
    let Ground { inventory, of, day } = ground;
    if of.dpo.unacceptable_practice == Some(true) {
        return Answer::fail(
            "the practice is of the DPO's unacceptable tier",
            "有關做法屬數字政策辦公室指引的不可接受級別",
        );
    }
    let outcome = tier(inventory, of, day, inventory.tiers());
    let deciding = outcome.reasons.iter().filter(|reason| reason.tier == outcome.tier);
    let unknown: BTreeSet<_> = deciding.clone().flat_map(|reason| &reason.unknown).copied().collect();
    if deciding.clone().any(|reason| reason.unknown.is_empty()) {
        let (en, zh) = (outcome.tier.label(Language::En), outcome.tier.label(Language::ZhHant));
        Answer::pass(
            format!("the tier is {en}, by stated facts"),
            format!("風險級別為「{zh}」，由已申報的事實得出"),
        )
    } else {
        let [en, zh] = questions(&unknown);
        Answer::unknown(
            format!("the tier rests on unknown facts; tell us {en}"),
            format!("風險級別取決於未知事實，請說明：{zh}"),
        )
    }
}

/// High risk in each guideline's own sense follows, and nothing typed in says otherwise.
pub(super) fn high_risk_derived(ground: Ground<'_>) -> Answer {
    let of = ground.of;
    let derived = facts::high_risk(of);
    if of.significant_impact == Some(false) && derived.get(&HighRiskSense::SignificantImpact) == Some(&true) {
        return Answer::fail(
            "it is stated to have no significant impact, but it decides on credit without a person",
            "申報為沒有重大影響，但用例在沒有人員參與下作出信貸決定",
        );
    }
    let senses = [
        HighRiskSense::AdviceRecommendationResearch,
        HighRiskSense::SignificantImpact,
        HighRiskSense::DpoHighTier,
    ];
    let unknown: Vec<_> = senses.iter().filter(|sense| !derived.contains_key(sense)).collect();
    if unknown.is_empty() {
        return Answer::pass(
            "high risk follows from the stated facts in each guideline's own sense",
            "各指引本身定義下的高風險均由已申報的事實得出",
        );
    }
    let labels = |language| {
        let labels: Vec<_> = unknown.iter().map(|sense| sense.label(language)).collect();
        labels.join(language.pick((", ", "、")))
    };
    Answer::unknown(
        format!("what is stated does not decide: {}", labels(Language::En)),
        format!("申報的資料不足以決定：{}", labels(Language::ZhHant)),
    )
}

/// Fine-tuning, retrieval, content filter and tools are each stated, and the datasets do not say otherwise.
pub(super) fn architecture_recorded(ground: Ground<'_>) -> Answer {
    let architecture = ground.of.architecture;
    let stated = [
        ("fine_tuned", architecture.fine_tuned),
        ("retrieval", architecture.retrieval),
        ("content_filter", architecture.content_filter),
        ("tools", architecture.tools),
    ];
    let open: Vec<_> = stated.iter().filter(|(_, answer)| answer.is_none()).map(|(name, _)| *name).collect();
    if !open.is_empty() {
        return Answer::unknown(
            format!("`architecture` does not state: {}", open.join(", ")),
            format!("`architecture` 未有說明：{}", open.join("、")),
        );
    }
    if architecture.retrieval == Some(false) && !ground.of.datasets.retrieval.is_empty() {
        return Answer::fail(
            "it is stated that nothing is retrieved, but `datasets` names what is",
            "申報為沒有檢索，但 `datasets` 列有檢索資料",
        );
    }
    if stated.iter().any(|(_, answer)| *answer == Some(true)) {
        Answer::pass(
            "the institution shapes the model, so it counts as developer",
            "機構有塑造模型，屬開發者",
        )
    } else {
        Answer::pass("the model is used as bought", "模型按購入時的原樣使用")
    }
}

/// Every dataset, what is retrieved among them, has a record that says what it is and whether it holds personal data.
pub(super) fn data_inventory(ground: Ground<'_>) -> Answer {
    let Ground { inventory, of, .. } = ground;
    if of.architecture.retrieval == Some(true) && of.datasets.retrieval.is_empty() {
        return Answer::unknown(
            "`datasets` does not name what is retrieved, so a change of it would go unseen",
            "`datasets` 沒有列出檢索資料，其變更將不被察覺",
        );
    }
    let datasets: Vec<_> = inventory.datasets_of(of).collect();
    if datasets.is_empty() {
        return Answer::nothing("the use names no dataset", "用例沒有列出任何數據集");
    }
    let holds_personal_data = datasets.iter().find(|dataset| dataset.personal_data == Some(true));
    if let (Some(dataset), Some(false)) = (holds_personal_data, of.profile.get(&Fact::PersonalData)) {
        let id = &dataset.id;
        return Answer::fail(
            format!("dataset `{id}` holds personal data, but the use is stated to process none"),
            format!("數據集「{id}」載有個人資料，但用例申報為不處理個人資料"),
        );
    }
    let open: BTreeSet<_> = datasets
        .iter()
        .filter(|dataset| dataset.personal_data.is_none() || dataset.licence.trim().is_empty())
        .map(|dataset| dataset.id.as_str())
        .collect();
    if open.is_empty() {
        let ids: BTreeSet<_> = datasets.iter().map(|dataset| &dataset.id).collect();
        let count = ids.len();
        Answer::pass(
            format!("{count} datasets on record with source, ground and digests"),
            format!("{count} 個數據集已記錄來源、使用依據及摘要值"),
        )
    } else {
        let open: Vec<_> = open.into_iter().collect();
        Answer::unknown(
            format!("ground of use or personal data is not stated for: {}", open.join(", ")),
            format!("以下數據集未說明使用依據或是否載有個人資料：{}", open.join("、")),
        )
    }
}

/// Every provider the use stands on has a record, and third parties are not denied.
pub(super) fn vendor_recorded(ground: Ground<'_>) -> Answer {
    let Ground { inventory, of, .. } = ground;
    let ids: BTreeSet<_> = inventory.providers_of(of).map(|provider| provider.id.as_str()).collect();
    let any_external = inventory.providers_of(of).any(|provider| provider.relation == Relation::External);
    match of.profile.get(&Fact::ThirdParty) {
        Some(false) if any_external => Answer::fail(
            "it is stated to stand on no third party, but a provider outside the group is on record",
            "申報為不涉第三方，但紀錄載有集團以外的供應商",
        ),
        Some(true) if ids.is_empty() => Answer::fail(
            "it is stated to stand on a third party, but no provider is on record",
            "申報為涉及第三方，但沒有任何供應商紀錄",
        ),
        _ if ids.is_empty() => Answer::pass("the use stands on no provider", "用例不依賴任何供應商"),
        _ => {
            let ids: Vec<_> = ids.into_iter().collect();
            Answer::pass(format!("on record: {}", ids.join(", ")), format!("已有紀錄：{}", ids.join("、")))
        }
    }
}

fn questions(facts: &BTreeSet<Fact>) -> [String; 2] {
    [Language::En, Language::ZhHant].map(|language| {
        let questions: Vec<_> = facts.iter().map(|fact| fact.question(language)).collect();
        questions.join(language.pick(("; ", "；")))
    })
}
