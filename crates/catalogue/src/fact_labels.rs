//! What people read for facts: a short label, and the question that would settle one that is unknown.

use crate::{Fact, FactValue, Language};

impl Fact {
    /// A short name for it.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::AffectsCustomers => ("affects customers", "影響客戶"),
            Self::Agentic => ("acts on its own", "自主執行"),
            Self::Aml => ("anti-money-laundering", "打擊洗錢"),
            Self::AutomatedDecision => ("automated decision", "自動化決定"),
            Self::Credit => ("credit", "信貸"),
            Self::CrossBorder => ("data across the border", "資料跨境"),
            Self::CustomerFacing => ("customer facing", "面向客戶"),
            Self::DevelopsModel => ("develops the model", "開發模型"),
            Self::EarlyDeployment => ("early deployment", "初期應用"),
            Self::Generative => ("generative AI", "生成式人工智能"),
            Self::GroupDelegated => ("delegated to the group", "由集團公司執行"),
            Self::HighRisk => ("high risk", "高風險"),
            Self::MainlandData => ("Mainland data", "內地資料"),
            Self::MaterialChange => ("material change", "重大變更"),
            Self::OpenSource => ("open-source model", "開源模型"),
            Self::PersonalData => ("personal data", "個人資料"),
            Self::RegulatoryRecords => ("regulatory records outside", "監管紀錄外存"),
            Self::Stage => ("stage", "階段"),
            Self::SupervisorySandbox => ("sandbox of the authorities", "監管機構沙盒"),
            Self::ThirdParty => ("third party", "第三方"),
        })
    }

    /// What to tell us, as the end of "tell us …" or 「請說明：…」.
    pub fn question(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::AffectsCustomers => (
                "whether its outcome reaches customers, directly or through a decision about them",
                "其結果會否直接或透過有關客戶的決定影響客戶",
            ),
            Self::Agentic => (
                "whether the use acts on its own through tools",
                "用例會否透過工具自主執行操作",
            ),
            Self::Aml => (
                "whether the use serves anti-money-laundering monitoring",
                "用例是否用於打擊洗錢監察",
            ),
            Self::AutomatedDecision => (
                "whether the use decides without a person",
                "用例會否在沒有人員參與下作出決定",
            ),
            Self::Credit => (
                "whether the use bears on credit",
                "用例是否涉及信貸",
            ),
            Self::CrossBorder => (
                "whether data crosses the border of Hong Kong",
                "資料會否跨越香港邊界",
            ),
            Self::CustomerFacing => (
                "whether customers meet the use themselves",
                "客戶會否直接接觸此用例",
            ),
            Self::DevelopsModel => (
                "how the model is built: fine-tuning, retrieval, content filters, tools",
                "模型如何構建：微調、檢索、內容過濾、工具整合",
            ),
            Self::EarlyDeployment => (
                "whether the use is in its first period of service",
                "用例是否處於投入服務的初期",
            ),
            Self::Generative => (
                "whether the use generates text, images, sound or code",
                "用例會否生成文字、圖像、聲音或程式碼",
            ),
            Self::GroupDelegated => (
                "whether a company of the group performs part of the duty",
                "是否由集團內公司履行部分職責",
            ),
            Self::HighRisk => (
                "what the use decides and for whom, from which high risk is derived",
                "用例決定甚麼、影響何人，以便推斷是否屬高風險",
            ),
            Self::MainlandData => (
                "whether data of people in the Mainland is involved or data goes there",
                "是否涉及內地人士的資料，或資料會否傳往內地",
            ),
            Self::MaterialChange => (
                "what changed since the approval",
                "自批准以來有何變更",
            ),
            Self::OpenSource => (
                "whether the use stands on an open-source model",
                "用例是否建基於開源模型",
            ),
            Self::PersonalData => (
                "whether the use processes personal data",
                "用例會否處理個人資料",
            ),
            Self::RegulatoryRecords => (
                "whether records that a regulator requires are kept with an outside provider",
                "監管機構要求備存的紀錄是否存放於外部供應商",
            ),
            Self::Stage => (
                "which stage the use is in",
                "用例處於哪一階段",
            ),
            Self::SupervisorySandbox => (
                "whether the use takes part in a sandbox of the authorities, and if so its programme, cohort and regulator",
                "用例是否參與監管機構的沙盒；如是，請列明計劃、期數及監管機構",
            ),
            Self::ThirdParty => (
                "whether a third party supplies the model, the system or its hosting",
                "模型、系統或託管是否由第三方提供",
            ),
        })
    }
}

impl FactValue {
    /// Yes, no, or the stage, in words.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Self::Bool(true) => language.pick(("true", "是")),
            Self::Bool(false) => language.pick(("false", "否")),
            Self::Stage(stage) => stage.label(language),
        }
    }
}
