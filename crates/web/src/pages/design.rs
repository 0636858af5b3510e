//! Every component of the console in both languages: what it looks like, at its fullest and where there is nothing.
//!
//! The samples are as awkward as what people type: names that are too long in both scripts, empty places, a wrong field.

use axum::response::Response;
use dualtrack_catalogue::{Bilingual, Language, Stage};
use dualtrack_inventory::{Reason, Tier, VerdictState};
use dualtrack_report::screen::{
    Block, Card, Cell, Choice, Column, Field, FieldKind, Form, Grid, Pager, Row, Screen, Step,
};
use dualtrack_report::{
    Badge, Band, Bar, Bars, Because, End, FlowMap, Holds, LedgerBatch, Table, Words, badge, bars_chart,
    flows_chart, growth_chart,
};
use jiff::Timestamp;

use super::PageRoute;
use super::home::tier_badge;
use super::reader::Reader;
use super::words::words;
use crate::api::Needs;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/design", Needs::SignIn, show)]
}

async fn show(reader: Reader) -> Result<Response, Problem> {
    let own = reader.words;
    let mut screen = Screen::new(own.say("design-title"), own.say("design-lead"));
    for (id, samples) in PARTS {
        screen.section(own.say(id), id);
        let columns = Language::ALL.map(|language| (language.tag(), samples(words(language))));
        screen.put(Block::Columns(columns.to_vec()));
    }
    reader.page(screen).await
}

/// Makes the samples of a component in a language.
type Samples = fn(Words) -> Vec<Block>;

const PARTS: [(&str, Samples); 9] = [
    ("design-text", text),
    ("design-signs", signs),
    ("design-notices", notices),
    ("design-tables", tables),
    ("design-uses", uses),
    ("design-forms", forms),
    ("design-cards", cards),
    ("design-charts", charts),
    ("design-reasons", reasons),
];

fn said(words: Words, both: (&'static str, &'static str)) -> String {
    words.language.pick(both).to_owned()
}

/// An id that is good once on the page: each sample stands there in two languages.
fn own(words: Words, name: &str) -> String {
    format!("{name}-{}", words.language.pick(("en", "zh")))
}

fn text(words: Words) -> Vec<Block> {
    vec![
        Block::Heading { level: 2, text: said(words, ("A section", "章節")), id: own(words, "section") },
        Block::Heading {
            level: 3, text: said(words, ("A part of it", "其中一節")), id: own(words, "part")
        },
        Block::Text(said(
            words,
            (
                "A paragraph reads in one breath. What a machine reads, such as `branch-helper`, is set apart.",
                "段落宜一口氣讀完。供機器讀取者，例如 `branch-helper`，另以字體區分。",
            ),
        )),
        Block::Muted(said(words, ("What matters less is quieter.", "次要的內容以較淡的字體顯示。"))),
        Block::Code("schema: dualtrack.provider/1\nid: straits-compute\nplaces: [HK, SG]".to_owned()),
        Block::Facts(vec![
            (words.say("field-id"), Cell::Code(DIGEST.to_owned())),
            (words.say("field-name"), Cell::text(long(words))),
            (words.say("head-use"), Cell::link(long(words), "#design-text")),
            (
                words.say("field-owners"),
                Cell::Lines(vec![
                    Cell::text(said(words, ("Wong Ka-wing", "黃嘉穎"))),
                    Cell::Muted(said(words, ("until 9 November 2027", "至2027年11月9日"))),
                ]),
            ),
        ]),
    ]
}

fn signs(words: Words) -> Vec<Block> {
    let verdicts = VerdictState::ALL.into_iter().map(|state| Cell::Badge(badge(Some(state), false, words)));
    let tiers = Tier::ALL.into_iter().map(|tier| Cell::Badge(tier_badge(tier, words)));
    let others = [
        ("met", "✓", "gate-open"),
        ("amber", "!", "gate-shut"),
        ("blocks", "‖", "suspended"),
        ("none", "-", "no-gate"),
        ("pending", "…", "program-comparing"),
    ];
    let others = others.map(|(class, sign, id)| Cell::Badge(Badge { class, sign, word: words.say(id) }));
    let linked = Cell::BadgeLink {
        badge: badge(Some(VerdictState::Missing), true, words),
        to: "#design-signs".to_owned(),
        about: said(words, ("Audit logs", "審計日誌")),
    };
    vec![
        Block::Facts(vec![
            (words.say("head-verdict"), Cell::Beside(verdicts.collect())),
            (words.say("head-tier"), Cell::Beside(tiers.collect())),
            (words.say("head-gate"), Cell::Beside(others.to_vec())),
            (words.say("head-control"), linked),
        ]),
        Block::Tally(
            VerdictState::ALL
                .into_iter()
                .zip([12_u64, 1, 3, 0, 2, 1, 7])
                .map(|(state, count)| (badge(Some(state), false, words), words.whole(count), None))
                .collect(),
        ),
        Block::Figures(vec![
            (words.whole(2_000), words.say("glance-uses"), Some("#design-signs".to_owned())),
            (words.whole(100_000), words.say("glance-entries"), None),
            (words.whole(0), words.say("glance-suspended"), None),
        ]),
    ]
}

fn notices(words: Words) -> Vec<Block> {
    let notice = |class: &'static str, both: (&'static str, &'static str)| Block::Notice {
        class,
        text: said(words, both),
        link: Some(("#design-notices".to_owned(), words.say("look"))),
    };
    vec![
        notice("calm", ("Something to know.", "須知事項。")),
        notice("good", ("It was done. Entry 412 of the ledger.", "已完成。總帳第412項。")),
        notice("warn", ("Somebody changed it two minutes ago.", "兩分鐘前有人作出更改。")),
        notice("stop", ("Suspended since 3 October 2026 by Ng Siu-ming.", "自2026年10月3日起由吳兆銘暫停。")),
        Block::Empty {
            text: words.say("no-uses-yet"),
            link: Some(("#design-notices".to_owned(), words.say("action-register-use"))),
        },
        Block::Progress {
            done: 12_000,
            total: 40_000,
            words: words
                .say_with("verify-at", &[("done", &words.whole(12_000)), ("total", &words.whole(40_000))]),
        },
        Block::Progress { done: 0, total: 0, words: words.say("verify-begins") },
    ]
}

fn tables(words: Words) -> Vec<Block> {
    let row = |name: String, class: &'static str, count: u64| Row {
        id: String::new(),
        class,
        cells: vec![
            Cell::Lines(vec![Cell::link(name, "#design-tables"), Cell::Muted("branch-helper".to_owned())]),
            Cell::Badge(tier_badge(Tier::High, words)),
            Cell::Number { text: words.whole(count), value: 0.0 },
        ],
    };
    let heads = || {
        vec![
            Column { sort: Some(("#design-tables".to_owned(), "▲")), ..Column::new(words.say("head-use")) },
            Column::new(words.say("head-tier")),
            Column { about: words.say("head-share"), ..Column::number(words.say("head-controls")) },
        ]
    };
    vec![
        Block::Chips {
            label: words.say("head-tier"),
            chips: vec![
                ("#design-tables".to_owned(), words.say("any"), true),
                ("#design-tables".to_owned(), words.sentence_of(Tier::High.label(words.language)), false),
            ],
        },
        Block::Grid(Grid {
            caption: words.say("nav-uses"),
            columns: heads(),
            rows: vec![
                row(said(words, ("Branch helper", "分行助手")), "", 1_204),
                row(long(words), "red", 7),
            ],
            pager: Some(Pager {
                shown: words.say_with("shown-of", &[("from", "51"), ("to", "100"), ("total", "2,000")]),
                before: Some(("#design-tables".to_owned(), words.say("page-before"))),
                after: Some(("#design-tables".to_owned(), words.say("page-after"))),
            }),
            files: vec![("#design-tables".to_owned(), "CSV".to_owned())],
            ..Grid::default()
        }),
        Block::Grid(Grid {
            caption: words.say("nav-uses"),
            columns: heads(),
            empty: words.say("no-uses-found"),
            empty_link: Some(("#design-tables".to_owned(), words.say("show-all"))),
            ..Grid::default()
        }),
    ]
}

fn uses(words: Words) -> Vec<Block> {
    let stages = [
        (Stage::Idea, "past"),
        (Stage::Sandbox, "past"),
        (Stage::Pilot, "now"),
        (Stage::Production, "ahead"),
    ];
    let stages = stages.map(|(stage, class)| (words.sentence_of(stage.label(words.language)), class));
    vec![
        Block::Rail(stages.to_vec()),
        Block::Steps(vec![
            Step {
                action: said(
                    words,
                    ("Attest that somebody can stop it at any time", "就有人可隨時停止它作出確認"),
                ),
                who: words.say_with("by-whom", &[("who", &said(words, ("Mok Lai-sheung", "莫麗嫦")))]),
                settles: vec![(
                    badge(Some(VerdictState::Missing), true, words),
                    long(words),
                    "#design-uses".to_owned(),
                    "s 4.3".to_owned(),
                )],
                button: Some(("#design-uses".to_owned(), words.say("action-add-evidence"))),
            },
            Step {
                action: said(words, ("Have a committee member approve", "由委員會成員批准")),
                who: String::new(),
                settles: Vec::new(),
                button: None,
            },
        ]),
        Block::Moments(vec![
            (
                words.instant(moment(3)),
                words.say("action-suspend"),
                vec![Cell::Muted(said(words, ("Ng Siu-ming", "吳兆銘")))],
            ),
            (words.instant(moment(1)), words.say("action-register-use"), Vec::new()),
        ]),
    ]
}

fn forms(words: Words) -> Vec<Block> {
    let choices = || {
        [Tier::Low, Tier::Medium, Tier::High]
            .map(|tier| Choice {
                value: tier.as_str().to_owned(),
                label: words.sentence_of(tier.label(words.language)),
                chosen: tier == Tier::Medium,
            })
            .to_vec()
    };
    let field = |name: &str, label: &str, kind: FieldKind| Field {
        required: false,
        kind,
        ..Field::line(own(words, name), words.say(label), "text")
    };
    let mut wrong = Field::line(own(words, "name"), words.say("field-name"), "text");
    wrong.value = long(words);
    wrong.hint = words.say("hint-one-is-enough");
    wrong.problem = said(words, ("at most 200 letters; this has 214", "最多200字；現有214字"));
    let form = Form {
        action: "/design".to_owned(),
        title: said(words, ("A form with every kind of field", "各類欄位的表格")),
        submit: words.say("look"),
        class: "main",
        problem: words.count("fields-wrong", 1),
        fields: vec![
            wrong,
            field(
                "when",
                "field-on",
                FieldKind::Line { of: "date", autocomplete: "off", suggestions: Vec::new() },
            ),
            field("why", "field-because", FieldKind::Lines { rows: 3, code: false }),
            field("data", "field-settings", FieldKind::Lines { rows: 3, code: true }),
            field("tier", "field-tier", FieldKind::One(choices())),
            field("state", "field-state", FieldKind::Radio(choices())),
            field("kinds", "field-kinds", FieldKind::Many(choices())),
            field("file", "field-files", FieldKind::File { accept: ".csv,.xlsx", several: false }),
        ],
        asks: true,
        optional: words.say("optional"),
        cancel: Some(("#design-forms".to_owned(), words.say("to-home"))),
        ..Form::default()
    };
    let line = Form {
        action: "/design".to_owned(),
        title: words.say("search-label"),
        submit: words.say("search-go"),
        class: "plain",
        fields: vec![Field {
            required: false,
            ..Field::line(own(words, "find"), words.say("search-uses"), "search")
        }],
        asks: true,
        inline: true,
        ..Form::default()
    };
    let button = |id: &str, class: &'static str| ("#design-forms".to_owned(), words.say(id), class);
    vec![
        Block::Buttons(vec![
            button("action-approve", "main"),
            button("action-add-evidence", "plain"),
            button("action-suspend", "stop"),
        ]),
        Block::Form(Box::new(line)),
        Block::Form(Box::new(form)),
    ]
}

fn cards(words: Words) -> Vec<Block> {
    vec![
        Block::Cards(vec![
            Card {
                title: long(words),
                to: "#design-cards".to_owned(),
                badges: vec![tier_badge(Tier::High, words), badge(Some(VerdictState::NotMet), true, words)],
                facts: vec![
                    (words.say("head-stage"), Cell::text(said(words, ("Pilot", "試行")))),
                    (words.say("head-review"), Cell::text(words.say("not-set"))),
                ],
                text: said(words, ("One line below.", "下方一行。")),
            },
            Card {
                title: said(words, ("A bare card", "最簡卡片")),
                to: String::new(),
                badges: Vec::new(),
                facts: Vec::new(),
                text: String::new(),
            },
        ]),
        Block::Fold {
            summary: said(words, ("Something to open", "可展開的內容")),
            blocks: vec![Block::Text(said(words, ("What is in it.", "其中的內容。")))],
            open: true,
        },
    ]
}

fn charts(words: Words) -> Vec<Block> {
    let bar = |name: String, counts: [u64; 3]| Bar {
        name,
        about: said(words, ("Singapore", "新加坡")),
        to: String::new(),
        counts: counts.to_vec(),
    };
    let title = words.say("concentration-chart");
    let bars = Bars {
        id: own(words, "sample-bars"),
        title: title.clone(),
        summary: said(words, ("Most rest on one provider.", "大多依賴同一供應商。")),
        of: words.say("kind-provider"),
        total: words.say("nav-uses"),
        parts: Tier::ALL.iter().rev().map(|tier| words.sentence_of(tier.label(words.language))).collect(),
        rows: vec![
            bar(long(words), [14, 9, 3]),
            bar(said(words, ("Straits Compute", "海峽運算")), [0, 2, 1]),
        ],
    };
    let end = |name: String, place: (&'static str, &'static str), beyond: bool| End {
        name,
        place: said(words, place),
        link: String::new(),
        beyond,
    };
    let flows = FlowMap {
        id: own(words, "sample-flows"),
        title: words.say("flows-chart"),
        summary: words.say("flows-lead"),
        sides: (words.say("flows-from"), words.say("flows-to")),
        from: vec![end(said(words, ("Harbour Bank", "海港銀行")), ("Hong Kong", "香港"), false)],
        to: vec![
            end(long(words), ("↗ Singapore", "↗ 新加坡"), true),
            end(said(words, ("Straits Compute", "海峽運算")), ("Hong Kong", "香港"), false),
        ],
        bands: vec![
            Band { from: 0, to: 0, holds: Holds::Personal, uses: 9 },
            Band { from: 0, to: 0, holds: Holds::Unknown, uses: 2 },
            Band { from: 0, to: 1, holds: Holds::Nothing, uses: 4 },
        ],
        legend: vec![words.say("flows-legend")],
        table: Table {
            caption: words.say("flows-chart"),
            heads: vec![words.say("kind-provider"), words.say("nav-uses")],
            rows: vec![vec![long(words), words.whole(11)]],
        },
    };
    let batches: Vec<LedgerBatch> = (0..12_u32)
        .map(|number| LedgerBatch {
            number: number.into(),
            instant: moment(i64::from(number)),
            entries: u64::from(number % 5) + 1,
            size: u64::from(number) * 4 + 4,
        })
        .collect();
    let mut growth = growth_chart(&batches, words);
    // It is drawn twice here, and an id is good once.
    growth.svg = growth.svg.replace("ledger-growth-", &format!("{}-", own(words, "sample-growth")));
    [bars_chart(&bars, words), flows_chart(&flows, words), growth]
        .map(|chart| Block::Figure { chart: Box::new(chart), words })
        .to_vec()
}

fn reasons(words: Words) -> Vec<Block> {
    let because = |en: &str, zh: &str, because: Vec<Because>| Because {
        text: Bilingual { en: en.to_owned(), zh_hant: zh.to_owned() },
        reason: Reason::SomethingMissing,
        because,
    };
    vec![Block::Why {
        summary: words.say("open-because"),
        reasons: vec![because(
            "evidence is missing",
            "欠缺證據",
            vec![
                because("no test of drift is on record", "沒有漂移測試的紀錄", Vec::new()),
                because("the attestation expired on 1 August 2026", "確認已於2026年8月1日過期", Vec::new()),
            ],
        )],
        words,
    }]
}

/// A name longer than anybody should give.
fn long(words: Words) -> String {
    said(
        words,
        (
            "Harbour Bank group-wide assistant for relationship managers, branch staff and back-office operations in all legal entities (second edition)",
            "海港銀行集團客戶關係經理、分行職員及後勤營運部門適用之全集團智能助理（第二版，涵蓋所有法律實體）",
        ),
    )
}

/// A moment of the samples.
fn moment(hours: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + hours * 3_600).unwrap_or(Timestamp::UNIX_EPOCH)
}

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
