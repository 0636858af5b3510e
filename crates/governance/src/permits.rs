//! The permits of deployments, from the state that was deployed and the evidence of today.

use std::collections::BTreeSet;

use dualtrack_catalogue::{Bilingual, Catalogue, Language};
use dualtrack_inventory::{Deployment, Inventory, Measure, Permit, Shut, Use, permit, verdicts_of};
use jiff::civil::Date;

/// Whether a use could run as it is now.
pub(crate) fn of_deployment(
    catalogue: &Catalogue,
    inventory: &Inventory,
    of: &Use,
    deployment: &Deployment,
    day: Date,
) -> Permit {
    let standing = catalogue.on(day);
    let verdicts = verdicts_of(&standing, inventory, of, &[]);
    permit(&standing, inventory, of, deployment, &BTreeSet::<Measure>::new(), &verdicts)
}

/// Why a deployment may not run, in words.
pub fn words(shut: &Shut) -> Bilingual {
    let say = |en: &str, zh: &str| Bilingual { en: en.to_owned(), zh_hant: zh.to_owned() };
    match shut {
        Shut::Ended => say("it was ended", "部署已終止"),
        Shut::Suspended => say("the use is suspended", "用例已暫停"),
        Shut::Retired => say("the use is retired", "用例已退役"),
        Shut::Paused => say("an incident paused it", "因事件而暫停"),
        Shut::OtherStage { stage } => Bilingual {
            en: format!("the use is in {} now", stage.as_str()),
            zh_hant: format!("用例現處於「{}」階段", stage.as_str()),
        },
        Shut::UnknownState => say("what was deployed cannot be read any more", "已無法讀取所部署的狀態"),
        Shut::RunsOther { parts } => {
            let list = |language: Language| {
                let names: Vec<_> = parts.iter().map(|part| part.label(language)).collect();
                names.join(language.pick((", ", "、")))
            };
            Bilingual {
                en: format!("what runs differs from what was approved: {}", list(Language::En)),
                zh_hant: format!("運行中的內容與獲批准的不同：{}", list(Language::ZhHant)),
            }
        }
        Shut::Gate { blocker } => Bilingual {
            en: blocker.action.text(Language::En),
            zh_hant: blocker.action.text(Language::ZhHant),
        },
    }
}
