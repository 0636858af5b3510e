//! What people read for each word of a guideline file, in English and in Hong Kong usage of Traditional Chinese.
//!
//! Labels are short and carry no punctuation at the end, so that they fit a table cell or the middle of a sentence.

use crate::{
    Automatable, Basis, Binding, Confidence, DutyHolder, EvidenceKind, Extent, Force, HighRiskSense,
    InstitutionKind, Language, Precision, Principle, Stage, Status, Strength, Timing, TitleStatus,
};

impl Strength {
    /// How strongly it is put, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Advise => ("advised", "建議"),
            Self::Expect => ("expected", "期望"),
            Self::Must => ("required", "必須"),
        })
    }
}

impl Status {
    /// Whether it binds, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::InForce => ("in force", "現行有效"),
            Self::Published => ("published as good practice", "已發布（良好作業參考）"),
            Self::Programme => ("rules of a programme", "計劃規則"),
            Self::Proposed => ("proposed", "建議中"),
        })
    }
}

impl Force {
    /// The kind of instrument, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Statute => ("law", "法例"),
            Self::Circular => ("circular", "通函"),
            Self::Guidance => ("guidance", "指引"),
            Self::PolicyStatement => ("policy statement", "政策宣言"),
            Self::VoluntaryMechanism => ("voluntary mechanism", "自願機制"),
            Self::Programme => ("programme", "計劃"),
            Self::Report => ("report", "報告"),
        })
    }
}

impl InstitutionKind {
    /// The kind of institution, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::AllFinancialInstitution => ("any financial institution", "所有金融機構"),
            Self::AuthorizedInstitution => ("authorized institution", "認可機構"),
            Self::DataUser => ("data user", "資料使用者"),
            Self::GenaiDeveloper => ("developer of generative AI", "生成式人工智能技術開發者"),
            Self::GenaiServiceProvider => ("provider of generative AI services", "生成式人工智能服務提供者"),
            Self::GenaiServiceUser => ("user of generative AI services", "生成式人工智能服務使用者"),
            Self::Insurer => ("authorized insurer", "獲授權保險人"),
            Self::InsuranceIntermediary => ("licensed insurance intermediary", "持牌保險中介人"),
            Self::LicensedCorporation => ("licensed corporation", "持牌法團"),
            Self::MainlandExporter => {
                ("exporter of personal information from the Mainland", "內地個人信息出境處理者")
            }
            Self::MpfTrustee => ("MPF trustee", "強積金受託人"),
            Self::SvfLicensee => ("stored value facility licensee", "儲值支付工具持牌人"),
            Self::VatpOperator => ("virtual asset trading platform operator", "虛擬資產交易平台營運者"),
        })
    }
}

impl Timing {
    /// When it is due, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Design => ("at design", "設計階段"),
            Self::BeforeLaunch => ("before launch", "推出前"),
            Self::Once => ("once", "一次"),
            Self::OnContract => ("when contracting", "訂立合約時"),
            Self::OnTransfer => ("when transferring data", "轉移資料時"),
            Self::OnMaterialChange => ("on material change", "重大變更時"),
            Self::Continuous => ("continuously", "持續"),
            Self::Periodic => ("periodically", "定期"),
            Self::EachDecision => ("with each decision", "每次作出決定時"),
            Self::EachInteraction => ("with each interaction", "每次互動時"),
            Self::OnIncident => ("on an incident", "發生事故時"),
            Self::OnRequest => ("on request", "應要求時"),
        })
    }
}

impl EvidenceKind {
    /// The kind of evidence, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::AccessReview => ("access review", "存取權限覆核"),
            Self::BoardApproval => ("board approval", "董事會批准"),
            Self::ContingencyPlan => ("contingency plan", "應變計劃"),
            Self::DataInventory => ("data inventory", "數據清單"),
            Self::DecisionLog => ("decision log", "決定日誌"),
            Self::DisclosureShown => ("disclosure shown", "已展示的披露"),
            Self::DriftMonitor => ("drift monitor", "漂移監察"),
            Self::ExplainabilityTest => ("explainability test", "可解釋性測試"),
            Self::FairnessTest => ("fairness test", "公平性測試"),
            Self::FallbackDrill => ("fall-back drill", "後備演練"),
            Self::HumanReviewRecord => ("human review record", "人手覆核紀錄"),
            Self::IncidentRecord => ("incident record", "事故紀錄"),
            Self::NotificationFiled => ("notification filed", "已提交的通知"),
            Self::OptOutHonoured => ("opt-out honoured", "已落實的退出選擇"),
            Self::OwnerAssigned => ("owner assigned", "已指定的負責人"),
            Self::PeriodicReview => ("periodic review", "定期檢討"),
            Self::PromptVariationTest => ("prompt variation test", "提示變化測試"),
            Self::RiskAssessment => ("risk assessment", "風險評估"),
            Self::RobustnessTest => ("robustness test", "穩健性測試"),
            Self::SecurityTest => ("security test", "保安測試"),
            Self::TrainingRecord => ("training record", "培訓紀錄"),
            Self::TransferAssessment => ("transfer assessment", "資料轉移評估"),
            Self::ValidationReport => ("validation report", "驗證報告"),
            Self::VendorAssessment => ("vendor assessment", "供應商評估"),
        })
    }
}

impl Automatable {
    /// Whether a machine can check it, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Machine => ("a machine can check it", "可由機器檢查"),
            Self::Mixed => ("a machine can check part of it", "部分可由機器檢查"),
            Self::Attested => ("a person must attest it", "須由人員證明"),
        })
    }
}

impl Confidence {
    /// Whether the reading is confirmed, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Confirmed => ("confirmed", "已確認"),
            Self::Reported => ("reported", "據報"),
        })
    }
}

impl Basis {
    /// What it was read from, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::PrimaryText => ("the document itself", "文件原文"),
            Self::IssuerSummary => ("a summary by the issuer", "發布機構摘要"),
            Self::Transcription => ("a public transcription", "公開轉錄本"),
            Self::Secondary => ("secondary sources", "第二手資料"),
        })
    }
}

impl Precision {
    /// How precisely a date is known, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Day => ("to the day", "準確至日"),
            Self::Month => ("to the month", "準確至月"),
            Self::Unconfirmed => ("not confirmed", "未經確認"),
        })
    }
}

impl TitleStatus {
    /// Whose title it is, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Official => ("official title", "官方名稱"),
            Self::Translated => ("our translation", "本產品譯名"),
        })
    }
}

impl DutyHolder {
    /// Whose duty it is, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Institution => ("the institution", "機構"),
            Self::InvestorEducationBody => {
                ("the body for investor and financial education", "投資者及理財教育機構")
            }
        })
    }
}

impl Principle {
    /// The principle it serves, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Accountability => ("accountability", "問責"),
            Self::ConsumerProtection => ("consumer protection", "消費者保障"),
            Self::CrossBorder => ("cross-border data", "跨境資料"),
            Self::CyberSecurity => ("cyber security", "網絡保安"),
            Self::DataProtection => ("data protection", "資料保障"),
            Self::Education => ("education", "教育"),
            Self::Explainability => ("explainability", "可解釋性"),
            Self::Fairness => ("fairness", "公平"),
            Self::Governance => ("governance", "管治"),
            Self::HumanOversight => ("human oversight", "人為監督"),
            Self::ModelRisk => ("model risk", "模型風險"),
            Self::Monitoring => ("monitoring", "監察"),
            Self::Robustness => ("robustness", "穩健性"),
            Self::ThirdParty => ("third parties", "第三方"),
            Self::Transparency => ("transparency", "透明度"),
        })
    }
}

impl Stage {
    /// The stage, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Idea => ("idea", "構思"),
            Self::Sandbox => ("sandbox", "沙盒"),
            Self::Pilot => ("pilot", "試行"),
            Self::Production => ("production", "正式運作"),
            Self::Retired => ("retired", "已停用"),
        })
    }
}

impl HighRiskSense {
    /// What the guideline calls high risk, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::AdviceRecommendationResearch => (
                "investment advice, recommendations or research for clients (SFC)",
                "向客戶提供投資建議、推薦或研究（證監會）",
            ),
            Self::SignificantImpact => {
                ("significant impact on individuals (PCPD)", "對個人有重大影響（私隱專員公署）")
            }
            Self::DpoHighTier => ("high tier of four (DPO)", "四級風險中的高風險級別（數字政策辦公室）"),
        })
    }
}

impl Extent {
    /// How much of the evidence a passed check is, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Whole => ("shows it", "足以證明"),
            Self::Part => ("shows part of it", "證明其中一部分"),
        })
    }
}

impl Binding {
    /// Whether it can shut a gate, in words.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Self::Binds => language.pick(("binds", "具約束力")),
            Self::BindsOnceAdopted => {
                language.pick(("reported; binds once adopted", "據報，採納後方具約束力"))
            }
            Self::OthersDuty => language.pick(("another body's duty", "屬其他機構的責任")),
            Self::Guidance { status } => status.label(language),
        }
    }
}
