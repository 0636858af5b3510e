//! Short names for states, tiers, offices, parts and the like.

use dualtrack_catalogue::Language;

use crate::{
    Bar, ChangeClass, CheckOutcome, Coverage, EventKind, Line, Part, Purpose, Relation, Role, Tier,
    VerdictState,
};

impl VerdictState {
    /// What a control comes to, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Met => ("met", "符合"),
            Self::NotMet => ("not met", "不符合"),
            Self::Missing => ("missing", "欠缺證據"),
            Self::Stale => ("stale", "證據過期"),
            Self::Waived => ("waived", "已豁免"),
            Self::NotAssessable => ("not assessable", "未能評定"),
            Self::NotApplicable => ("not applicable", "不適用"),
        })
    }
}

impl Tier {
    /// The tier, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Low => ("low", "低"),
            Self::Medium => ("medium", "中"),
            Self::High => ("high", "高"),
        })
    }
}

impl Role {
    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BusinessOwner => "business-owner",
            Self::Developer => "developer",
            Self::Validator => "validator",
            Self::ComplianceOfficer => "compliance-officer",
            Self::RiskOfficer => "risk-officer",
            Self::DataProtectionOfficer => "data-protection-officer",
            Self::SecurityOfficer => "security-officer",
            Self::AccountableManager => "accountable-manager",
            Self::CommitteeMember => "committee-member",
            Self::Operations => "operations",
            Self::InternalAuditor => "internal-auditor",
            Self::Administrator => "administrator",
            Self::Supervisor => "supervisor",
            Self::Partner => "partner",
            Self::Educator => "educator",
        }
    }

    /// The office, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::BusinessOwner => ("business owner", "業務負責人"),
            Self::Developer => ("developer", "開發人員"),
            Self::Validator => ("validator", "驗證人員"),
            Self::ComplianceOfficer => ("compliance officer", "合規主任"),
            Self::RiskOfficer => ("risk officer", "風險主任"),
            Self::DataProtectionOfficer => ("data protection officer", "保障資料主任"),
            Self::SecurityOfficer => ("security officer", "保安主任"),
            Self::AccountableManager => ("accountable senior manager", "負責的高級管理人員"),
            Self::CommitteeMember => ("committee member", "委員會成員"),
            Self::Operations => ("operations", "營運人員"),
            Self::InternalAuditor => ("internal auditor", "內部審計師"),
            Self::Administrator => ("administrator", "系統管理員"),
            Self::Supervisor => ("supervisor", "監管人員"),
            Self::Partner => ("partner", "合作夥伴"),
            Self::Educator => ("educator", "公眾教育人員"),
        })
    }
}

impl Bar {
    /// What bars a person, as the end of "because the person …" or 「因該人士…」.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Owner => language.pick(("owns the use", "是用例負責人")).to_owned(),
            Self::Builder => language.pick(("builds the use", "參與建構用例")).to_owned(),
            Self::Requester => language.pick(("asks for its approval", "是批准的申請人")).to_owned(),
            Self::Validator => language.pick(("validates the use", "是用例的驗證人員")).to_owned(),
            Self::Formerly => language
                .pick(("owned, built or asked for the use before", "曾是用例的負責人、建構人員或申請人"))
                .to_owned(),
            Self::ModelBuilder { model } => language.pick((
                format!("built the model `{model}` it stands on"),
                format!("曾建構所依據的模型「{model}」"),
            )),
            Self::FirstLineEvidence { evidence } => language.pick((
                format!("supplied `{evidence}` for the first line"),
                format!("曾為第一道防線提供「{evidence}」"),
            )),
        }
    }
}

impl Part {
    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Purpose => "purpose",
            Self::Models => "models",
            Self::TrainingData => "training-data",
            Self::ValidationData => "validation-data",
            Self::RetrievalData => "retrieval-data",
            Self::Prompts => "prompts",
            Self::Tools => "tools",
            Self::Providers => "providers",
            Self::Thresholds => "thresholds",
        }
    }

    /// The part of a snapshot, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Profile => ("profile", "用例概況"),
            Self::Purpose => ("purpose", "用途"),
            Self::Models => ("models", "模型"),
            Self::TrainingData => ("training data", "訓練數據"),
            Self::ValidationData => ("validation data", "驗證數據"),
            Self::RetrievalData => ("retrieval data", "檢索資料"),
            Self::Prompts => ("prompts", "提示詞"),
            Self::Tools => ("tools", "工具"),
            Self::Providers => ("providers", "供應商"),
            Self::Thresholds => ("thresholds", "門檻"),
        })
    }
}

impl ChangeClass {
    /// How much a change matters, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Planned => ("planned", "計劃內"),
            Self::Minor => ("minor", "輕微"),
            Self::Material => ("material", "重大"),
        })
    }
}

impl CheckOutcome {
    /// What a check came to, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Pass => ("passes", "通過"),
            Self::Fail => ("fails", "不通過"),
            Self::TooLittleData => ("too little data", "數據不足"),
            Self::NotMeasured => ("not measured", "未能量度"),
        })
    }
}

impl EventKind {
    /// What happened, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Incident => ("incident", "事故"),
            Self::Request => ("request", "要求"),
        })
    }
}

impl Line {
    /// The line of defence, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::First => ("first line", "第一道防線"),
            Self::Second => ("second line", "第二道防線"),
            Self::Third => ("third line", "第三道防線"),
        })
    }
}

impl Coverage {
    /// How one knows what a use does, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Enforced => ("enforced in the gateway", "由閘道強制執行"),
            Self::Imported => ("records imported", "匯入紀錄"),
            Self::Attested => ("attested by people", "由人員證明"),
        })
    }
}

impl Relation {
    /// How a provider stands to the institution, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::External => ("outside the group", "集團以外"),
            Self::Group => ("of the group", "集團公司"),
        })
    }
}

impl Purpose {
    /// What a use is for, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::CreditDecision => ("credit decision", "信貸決定"),
            Self::CreditMonitoring => ("credit monitoring", "信貸監察"),
            Self::InvestmentAdvice => ("investment advice", "投資建議"),
            Self::Recommendation => ("recommendation", "產品推薦"),
            Self::Research => ("research for clients", "客戶研究"),
            Self::Servicing => ("servicing", "售後服務"),
            Self::CustomerSupport => ("customer support", "客戶支援"),
            Self::TransactionMonitoring => ("transaction monitoring", "交易監察"),
            Self::FraudDetection => ("fraud detection", "偵測欺詐"),
            Self::CustomerDueDiligence => ("customer due diligence", "客戶盡職審查"),
            Self::Marketing => ("marketing", "推廣"),
            Self::Pricing => ("pricing", "定價"),
            Self::Underwriting => ("underwriting", "核保"),
            Self::Claims => ("claims", "理賠"),
            Self::Collection => ("debt collection", "追收欠款"),
            Self::Trading => ("trading", "交易"),
            Self::RiskManagement => ("risk management", "風險管理"),
            Self::Monitoring => ("monitoring", "監察"),
            Self::RegulatoryReporting => ("regulatory reporting", "監管匯報"),
            Self::Employment => ("employment", "僱傭"),
            Self::Productivity => ("productivity of staff", "提升員工效率"),
            Self::SoftwareDevelopment => ("software development", "軟件開發"),
            Self::Other => ("other", "其他"),
        })
    }
}
