//! A made-up bank, small enough to read and with one of everything that documents show.

use dualtrack_assurance::Measurement;
use dualtrack_catalogue::{
    Basis, Bilingual, Confidence, ControlId, DutyHolder, Force, GuidelineId, HighRiskSense, Precision, Stage,
    Status, Strength, Timing, TitleStatus, TranslationStatus, Version,
};
use dualtrack_inventory::{self as inventory, CheckOutcome, Reason, Tier, VerdictState};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::*;

/// The bank with two uses: one measured and nearly through, one blocked.
pub(super) fn assessment() -> Assessment {
    let guidelines = vec![
        guideline(
            "sfc-genai-2024",
            "Use of generative AI language models",
            "使用生成式人工智能語言模型",
            Status::InForce,
        ),
        guideline(
            "hkma-bdai-consumer-2019",
            "Consumer protection in big data and AI",
            "使用大數據及人工智能的消費者保障",
            Status::InForce,
        ),
        guideline(
            "ia-gl8-proposed-2025",
            "Guideline on the use of AI by insurers",
            "保險人使用人工智能指引",
            Status::Proposed,
        ),
    ];
    let uses = vec![scoring(), research()];
    Assessment {
        schema: AssessmentSchema::V1,
        institution: text("Harbour Bank", "海港銀行"),
        instant: "2026-11-22T02:05:00Z".parse().unwrap(),
        as_of: None,
        program: "dualtrack 0.1.0".to_owned(),
        coverage: coverage(&guidelines, &uses),
        guidelines,
        uses,
        ledger: Some(LedgerShown {
            log: "harbour-bank.example/ledger".to_owned(),
            index: 1,
            changed: 1_689,
            checkpoint: "harbour-bank.example/ledger\n1691\nroot\n\n— harbour-bank.example/ledger line\n"
                .to_owned(),
            entry: "{\"kind\":\"assessment.run\"}".to_owned(),
            receipt: "c2sp.org/tlog-proof@v1\nindex 1\n\ncheckpoint\n".to_owned(),
            keys: vec!["harbour-bank.example/ledger+19da1ee0+key".to_owned()],
        }),
    }
}

/// The bank with every text that a person can write replaced.
pub(super) fn with_every_text(hostile: &str) -> Assessment {
    let bad = || text(hostile, hostile);
    let mut assessment = assessment();
    assessment.institution = bad();
    assessment.program = hostile.to_owned();
    if let Some(ledger) = &mut assessment.ledger {
        (ledger.log, ledger.checkpoint) = (hostile.to_owned(), hostile.to_owned());
        (ledger.entry, ledger.receipt) = (hostile.to_owned(), hostile.to_owned());
        ledger.keys = vec![hostile.to_owned()];
    }
    for guideline in &mut assessment.guidelines {
        guideline.title = bad();
        guideline.issuer = bad();
        guideline.citation = hostile.to_owned();
        guideline.url = hostile.to_owned();
        guideline.digest = hostile.to_owned();
    }
    for one in &mut assessment.uses {
        (one.name, one.entity, one.purpose, one.decides, one.affects) = (bad(), bad(), bad(), bad(), bad());
        one.id = hostile.to_owned();
        one.owners = vec![bad()];
        one.tier_reasons = vec![bad()];
        one.snapshot = hostile.to_owned();
        for foundation in &mut one.foundations {
            foundation.name = bad();
            foundation.id = hostile.to_owned();
        }
        for control in &mut one.controls {
            (control.title, control.statement, control.reason) = (bad(), bad(), bad());
            control.source_ref = Some(hostile.to_owned());
            control.because.text = bad();
        }
        for check in &mut one.checks {
            (check.name, check.reason, check.set_by) = (bad(), bad(), bad());
            check.declared.because = bad();
            check.declared.group = Some(hostile.to_owned());
        }
        for measured in &mut one.measured {
            measured.dataset = hostile.to_owned();
            measured.name = bad();
            for measurement in &mut measured.measurements {
                let slice = &mut measurement.slice;
                for field in [&mut slice.attribute, &mut slice.group, &mut slice.column, &mut slice.period] {
                    if field.is_some() {
                        *field = Some(hostile.to_owned());
                    }
                }
            }
            for scores in &mut measured.scores {
                scores.positive = hostile.to_owned();
            }
        }
        if let Some(gate) = &mut one.gate {
            for blocker in &mut gate.blockers {
                blocker.action = bad();
                blocker.who = vec![bad()];
            }
        }
    }
    assessment
}

/// Measurements of a scoring model on a held-out part, and drift over months.
pub(super) fn measurements() -> Vec<Measurement> {
    let mut all = vec![
        of("performance.auc", json!({}), value(0.7721, Some((0.7609, 0.7833, "delong"))), 9000),
        of("performance.gini", json!({}), value(0.5442, None), 9000),
        of("performance.ks", json!({}), value(0.4126, None), 9000),
        of("performance.brier", json!({}), value(0.1349, None), 9000),
        of("performance.confusion.tp", json!({}), value(934.0, None), 9000),
        of(
            "calibration.ece.equal-mass.10",
            json!({}),
            value(0.0112, Some((0.0081, 0.0201, "cell-bootstrap"))),
            9000,
        ),
        of("calibration.slope", json!({}), value(0.987, Some((0.921, 1.043, "wald"))), 9000),
    ];
    for (index, (mean, observed)) in [
        (0.041, 0.038),
        (0.078, 0.081),
        (0.104, 0.097),
        (0.128, 0.133),
        (0.153, 0.149),
        (0.184, 0.192),
        (0.228, 0.221),
        (0.301, 0.319),
        (0.455, 0.431),
        (0.712, 0.697),
    ]
    .into_iter()
    .enumerate()
    {
        let interval = Some((observed - 0.021, observed + 0.024, "wilson"));
        let mut point = of(
            "calibration.reliability.equal-mass.10",
            json!({"bin": index.to_string()}),
            value(observed, interval),
            900,
        );
        point.point = Some(dualtrack_assurance::measurement::BinPoint {
            low: mean - 0.02,
            high: mean + 0.02,
            mean_score: mean,
        });
        all.push(point);
    }
    for (attribute, reference, groups) in [
        ("sex", "male", vec![("female", 0.842, 0.010, 5420), ("male", 0.806, 0.013, 3580)]),
        (
            "age_band",
            "30-39",
            vec![
                ("21-29", 0.781, 0.015, 2830),
                ("30-39", 0.853, 0.012, 3390),
                ("40-49", 0.836, 0.015, 1960),
                ("50-59", 0.664, 0.026, 720),
            ],
        ),
    ] {
        let base = groups.iter().find(|group| group.0 == reference).unwrap().1;
        for (group, rate, half, rows) in groups {
            let slice = json!({"attribute": attribute, "group": group});
            all.push(of(
                "fairness.selection_rate",
                slice,
                value(rate, Some((rate - half, rate + half, "wilson"))),
                rows,
            ));
            if group != reference {
                let slice = json!({"attribute": attribute, "group": group, "reference": reference});
                let ratio = rate / base;
                let interval = Some((ratio - 1.4 * half, ratio + 1.5 * half, "koopman"));
                all.push(of("fairness.demographic_parity_ratio", slice, value(ratio, interval), rows));
            }
        }
    }
    all.push(of(
        "fairness.selection_rate",
        json!({"attribute": "age_band", "group": "60-79"}),
        json!({"kind": "too_few", "rows": 12, "least": 30}),
        12,
    ));
    for (column, values) in [
        ("repayment_status", [0.012, 0.018, 0.031, 0.044, 0.212]),
        ("bill_twd", [0.002, 0.004, 0.009, 0.013, 0.021]),
        ("payment_twd", [0.008, 0.011, 0.052, 0.067, 0.118]),
    ] {
        for (month, psi) in ["2005-05", "2005-06", "2005-07", "2005-08", "2005-09"].iter().zip(values) {
            let slice = json!({"column": column, "period": month, "reference": "2005-04"});
            all.push(of("drift.psi.reference-deciles", slice, value(psi, None), 30_000));
        }
    }
    all.push(of("quality.missing_rate", json!({"column": "bill_twd"}), value(0.0, None), 9000));
    all
}

fn scoring() -> UseAssessment {
    let parity = "hkma-bdai-consumer-2019.no-unjustified-bias";
    UseAssessment {
        id: "credit-card-default".to_owned(),
        name: text("Credit-card default scoring", "信用卡違約評分"),
        entity: text("Harbour Bank Limited", "海港銀行有限公司"),
        purpose: text(
            "Scores how likely a card holder is to default next month, when a higher limit is asked for.",
            "持卡人申請調高信貸額時，評估其下月違約的可能性。",
        ),
        decides: text(
            "Approves below the cut-off; a credit officer decides above it.",
            "低於分界值自動批准；其餘由信貸主任決定。",
        ),
        affects: text("Card holders who ask for a higher limit.", "申請調高信貸額的持卡人。"),
        owners: vec![text("Wong Ka-wing", "黃嘉穎")],
        stage: Stage::Pilot,
        suspended: false,
        tier: Tier::High,
        tier_reasons: vec![text("it decides on credit without a person", "無人參與而就信貸作出決定")],
        high_risk: vec![
            HighRisk { sense: HighRiskSense::SignificantImpact, holds: Some(true) },
            HighRisk { sense: HighRiskSense::DpoHighTier, holds: None },
        ],
        snapshot: "sha256:3f1c7f0a5c2f2d6f8a0be7a55c5e6c1f1d5f6fb9c5a8f6f0c6f4e2b1a0987654".to_owned(),
        foundations: vec![
            foundation(FoundationKind::Model, "ccd-lightgbm", "LightGBM model of 2026", "2026年LightGBM模型"),
            foundation(FoundationKind::Dataset, "ccd-held-out", "Held-out part", "保留部分"),
        ],
        gate: Some(GateAssessment {
            from: Stage::Pilot,
            to: Stage::Production,
            because: text(
                "production meets everyone, so everything that binds must hold",
                "正式運作影響所有人，故一切具約束力的管控均須符合",
            ),
            open: false,
            asked: 4,
            content: 2,
            blockers: vec![
                Blocker {
                    action: text(
                        "mend what `fairness.demographic_parity_ratio[group=age_band]` found, or ask for a waiver",
                        "處理「fairness.demographic_parity_ratio[group=age_band]」所發現的問題，或申請豁免",
                    ),
                    who: vec![text("Lau Chi-ho", "劉志豪")],
                    controls: vec![blocked(
                        parity,
                        "No unjustified bias",
                        "避免不合理偏見",
                        VerdictState::NotMet,
                    )],
                },
                Blocker {
                    action: text("renew the validation report", "更新驗證報告"),
                    who: vec![text("somebody who is not barred", "不受職責分隔所限的人")],
                    controls: vec![blocked(
                        "hkma-bdai-consumer-2019.validated",
                        "Validated before use",
                        "使用前經驗證",
                        VerdictState::Stale,
                    )],
                },
                Blocker {
                    action: text("approve snapshot 3f1c7f0a: 2 more", "批准快照 3f1c7f0a：尚欠 2 人"),
                    who: vec![text("committee member", "委員會成員"), text("risk officer", "風險主任")],
                    controls: Vec::new(),
                },
            ],
            preparation: Vec::new(),
            approvals: vec![ApprovalShown {
                id: "pilot-approval".to_owned(),
                by: text("Fung Wai-man", "馮慧敏"),
                office: text("committee member", "委員會成員"),
                on: date(2026, 7, 3),
                conditions: vec![text("at most 200 customers a week", "每星期不多於200名客戶")],
                objections: vec![text("the use has changed since: model", "用例其後已變更：模型")],
            }],
        }),
        controls: vec![
            control(parity, ("No unjustified bias", "避免不合理偏見"), Some(VerdictState::NotMet), true),
            control(
                "hkma-bdai-consumer-2019.validated",
                ("Validated before use", "使用前經驗證"),
                Some(VerdictState::Stale),
                true,
            ),
            control(
                "hkma-bdai-consumer-2019.owner",
                ("Somebody answers for it", "有人負責"),
                Some(VerdictState::Met),
                false,
            ),
            control(
                "hkma-bdai-consumer-2019.opt-out",
                ("Customers may opt out", "客戶可選擇退出"),
                Some(VerdictState::Waived),
                false,
            ),
            control(
                "sfc-genai-2024.risk-based-scaling",
                ("Controls scaled to risk", "按風險調整管控"),
                Some(VerdictState::NotApplicable),
                false,
            ),
            control("ia-gl8-proposed-2025.education", ("Public education", "公眾教育"), None, false),
        ],
        checks: vec![
            check(
                json!({"check": "performance.auc", "at_least": 0.75, "whole_interval": true}),
                ("Area under the ROC curve", "ROC 曲線下面積"),
                CheckOutcome::Pass,
                &[],
            ),
            check(
                json!({"check": "fairness.demographic_parity_ratio", "group": "age_band", "at_least": 0.8, "whole_interval": true}),
                ("Demographic parity ratio", "人口均等比率"),
                CheckOutcome::Fail,
                &[parity],
            ),
            check(
                json!({"check": "drift.psi", "rule": "reference-deciles", "at_most": 0.2}),
                ("Population stability index", "群體穩定性指標"),
                CheckOutcome::TooLittleData,
                &[],
            ),
        ],
        measured: vec![Measured {
            dataset: "ccd-held-out".to_owned(),
            name: text("Held-out part", "保留部分"),
            digests: vec!["sha256:00ff".to_owned()],
            groups: vec![
                GroupName {
                    attribute: "sex".to_owned(),
                    group: "female".to_owned(),
                    name: text("women", "女性"),
                },
                GroupName {
                    attribute: "sex".to_owned(),
                    group: "male".to_owned(),
                    name: text("men", "男性"),
                },
            ],
            measurements: measurements(),
            scores: vec![scores()],
        }],
    }
}

fn research() -> UseAssessment {
    UseAssessment {
        id: "research-assistant".to_owned(),
        name: text("Research assistant for clients", "客戶研究助理"),
        entity: text("Harbour Securities Limited", "海港證券有限公司"),
        purpose: text("Drafts research for clients.", "為客戶草擬研究。"),
        decides: text("Nothing; an analyst signs.", "不作決定；由分析員簽署。"),
        affects: text("Clients of the securities firm.", "證券公司的客戶。"),
        owners: vec![text("Ho Tsz-kin", "何子健"), text("Yip Man-yee", "葉敏儀")],
        stage: Stage::Idea,
        suspended: true,
        tier: Tier::High,
        tier_reasons: vec![text("it advises clients", "向客戶提供意見")],
        high_risk: vec![HighRisk { sense: HighRiskSense::AdviceRecommendationResearch, holds: Some(true) }],
        snapshot: "sha256:aa00".to_owned(),
        foundations: Vec::new(),
        gate: Some(GateAssessment {
            from: Stage::Idea,
            to: Stage::Sandbox,
            because: text(
                "the sandbox asks for the few controls that protect people there",
                "沙盒只要求保障當中人士的少數管控",
            ),
            open: false,
            asked: 1,
            content: 0,
            blockers: vec![Blocker {
                action: text("tell us whether it uses personal data", "請說明是否使用個人資料"),
                who: vec![text("Ho Tsz-kin", "何子健")],
                controls: vec![blocked(
                    "sfc-genai-2024.risk-based-scaling",
                    "Controls scaled to risk",
                    "按風險調整管控",
                    VerdictState::NotAssessable,
                )],
            }],
            preparation: vec![Preparation {
                to: Stage::Pilot,
                work: Blocker {
                    action: text("attest a vendor assessment", "證明供應商評估"),
                    who: Vec::new(),
                    controls: Vec::new(),
                },
            }],
            approvals: Vec::new(),
        }),
        controls: vec![
            control(
                "sfc-genai-2024.risk-based-scaling",
                ("Controls scaled to risk", "按風險調整管控"),
                Some(VerdictState::NotAssessable),
                true,
            ),
            control(
                "sfc-genai-2024.staff",
                ("Competent staff", "勝任的人員"),
                Some(VerdictState::Missing),
                false,
            ),
            control(
                "ia-gl8-proposed-2025.education",
                ("Public education", "公眾教育"),
                Some(VerdictState::NotApplicable),
                false,
            ),
        ],
        checks: Vec::new(),
        measured: Vec::new(),
    }
}

fn guideline(id: &str, en: &str, zh: &str, status: Status) -> GuidelineUsed {
    GuidelineUsed {
        id: serde_json::from_value::<GuidelineId>(json!(id)).unwrap(),
        version: version(),
        title: text(en, zh),
        title_zh_status: TitleStatus::Translated,
        issuer: text("Securities and Futures Commission (SFC)", "證券及期貨事務監察委員會（證監會）"),
        citation: format!("{en}, 12 November 2024"),
        url: "https://example.org/circular".to_owned(),
        digest: "sha256:9e1f".to_owned(),
        issued: date(2024, 11, 12),
        issued_precision: Precision::Day,
        in_force_from: date(2024, 11, 12),
        status,
        force: Force::Circular,
    }
}

fn control(id: &str, title: (&str, &str), verdict: Option<VerdictState>, blocks: bool) -> ControlResult {
    let id: ControlId = serde_json::from_value(json!(id)).unwrap();
    let tree = inventory::Because::of(
        match verdict {
            Some(VerdictState::Met) => Reason::EveryKindShown,
            Some(VerdictState::NotMet) => Reason::Contradicted,
            Some(VerdictState::Stale) => Reason::OutOfDate,
            _ => Reason::SomethingMissing,
        },
        vec![
            inventory::Because::of(
                Reason::KindNotShown { kind: dualtrack_catalogue::EvidenceKind::ValidationReport },
                vec![inventory::Because::leaf(Reason::EvidenceExpired {
                    evidence: inventory::EvidenceId::parse("validation-2025").unwrap(),
                    on: date(2026, 6, 30),
                })],
            ),
            inventory::Because::leaf(Reason::Source {
                guideline: id.guideline(),
                version: version(),
                control: id.clone(),
                paragraph: Some("para 7".to_owned()),
                strength: Strength::Must,
                confidence: Confidence::Reported,
            }),
        ],
    );
    let because = Because::of(&tree);
    ControlResult {
        version: version(),
        title: text(title.0, title.1),
        statement: text("Measures are scaled to how material the impact is.", "措施須按影響的重要性而定。"),
        translation: TranslationStatus::OurTranslation,
        source_ref: Some("para 7".to_owned()),
        strength: if blocks { Strength::Must } else { Strength::Expect },
        timing: vec![Timing::BeforeLaunch, Timing::OnMaterialChange],
        confidence: if blocks { Confidence::Confirmed } else { Confidence::Reported },
        basis: Basis::PrimaryText,
        duty_holder: if verdict.is_some() {
            DutyHolder::Institution
        } else {
            DutyHolder::InvestorEducationBody
        },
        verdict,
        blocks,
        reason: because.text.clone(),
        because,
        id,
    }
}

fn check(declared: Value, name: (&str, &str), outcome: CheckOutcome, controls: &[&str]) -> CheckAnswer {
    let mut declared = declared;
    for (key, value) in [
        ("set_by", json!("leung-suk-fan")),
        ("on", json!("2026-01-19")),
        (
            "because",
            json!({"en": "chosen by Compliance; no Hong Kong text found fixes a number", "zh-Hant": "由合規部選定；未見香港文件訂明數值"}),
        ),
    ] {
        declared[key] = value;
    }
    CheckAnswer {
        declared: serde_json::from_value(declared).unwrap(),
        name: text(name.0, name.1),
        set_by: text("Leung Suk-fan", "梁淑芬"),
        outcome,
        reason: text(
            "aged 50 to 59 against 30 to 39: 0.778 [0.742, 0.817]",
            "50至59歲對比30至39歲：0.778 [0.742, 0.817]",
        ),
        deciding: measurements()
            .into_iter()
            .filter(|m| m.slice.group.as_deref() == Some("50-59"))
            .take(1)
            .collect(),
        controls: controls.iter().map(|id| serde_json::from_value(json!(id)).unwrap()).collect(),
        blocks: outcome == CheckOutcome::Fail,
    }
}

fn scores() -> ScoreDistribution {
    let bins = (0..20u32).map(|index| {
        let from = f64::from(index) / 20.0;
        ScoreBin {
            from,
            to: from + 0.05,
            positive: u64::from(30 + index * 9 - index * index / 4),
            negative: u64::from(1400 / (index * index + 2) + 3),
        }
    });
    ScoreDistribution {
        slice: None,
        positive: "default_next_month = 1".to_owned(),
        negative: "default_next_month = 0".to_owned(),
        cut_off: Some(0.3323),
        bins: bins.collect(),
    }
}

fn foundation(kind: FoundationKind, id: &str, en: &str, zh: &str) -> Foundation {
    Foundation { kind, id: id.to_owned(), name: text(en, zh), digests: vec!["sha256:77aa".to_owned()] }
}

fn blocked(id: &str, en: &str, zh: &str, state: VerdictState) -> BlockedControl {
    BlockedControl {
        control: serde_json::from_value(json!(id)).unwrap(),
        title: text(en, zh),
        paragraph: Some("para 7".to_owned()),
        state,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "values made in place read better at the calls")]
fn of(definition: &str, slice: Value, estimate: Value, rows: u64) -> Measurement {
    serde_json::from_value(
        json!({"definition": definition, "slice": slice, "estimate": estimate, "rows": rows}),
    )
    .unwrap()
}

fn value(value: f64, interval: Option<(f64, f64, &str)>) -> Value {
    let mut estimate = json!({"kind": "value", "value": value});
    if let Some((low, high, method)) = interval {
        estimate["interval"] = json!({"low": low, "high": high, "level": 0.95, "method": method});
    }
    estimate
}

fn version() -> Version {
    serde_json::from_value(json!(1)).unwrap()
}

fn text(en: &str, zh: &str) -> Bilingual {
    Bilingual { en: en.to_owned(), zh_hant: zh.to_owned() }
}
