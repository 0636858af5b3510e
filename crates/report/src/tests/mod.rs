//! What readers get: text, JSON, `JUnit` and pages of a made-up bank, kept as snapshots and held to promises.

mod sample;

use dualtrack_catalogue::Language;

use crate::{
    Assessment, TextOptions, coverage, html, json, junit, measurements_html, measurements_text, schema, text,
};

const PLAIN: TextOptions = TextOptions { language: Language::En, width: 80, colour: false, all: false };
const CHINESE: TextOptions = TextOptions { language: Language::ZhHant, width: 80, colour: false, all: false };

#[test]
fn a_person_reads_verdicts_reasons_measurements_and_then_what_to_do() {
    insta::assert_snapshot!(text(&sample::assessment(), &PLAIN));
}

#[test]
fn a_person_reads_the_same_in_chinese() {
    insta::assert_snapshot!(text(&sample::assessment(), &CHINESE));
}

#[test]
fn everything_is_listed_on_demand() {
    let all = text(&sample::assessment(), &TextOptions { all: true, ..PLAIN });
    assert!(all.contains("not applicable"));
    assert!(all.len() > text(&sample::assessment(), &PLAIN).len());
}

#[test]
fn no_line_of_text_is_wider_than_asked() {
    use unicode_width::UnicodeWidthStr;
    for language in Language::ALL {
        for width in [60, 80, 120] {
            let options = TextOptions { language, width, colour: false, all: true };
            for line in text(&sample::assessment(), &options).lines() {
                assert!(line.width() <= width + 1, "{} columns at {width}: {line}", line.width());
            }
        }
    }
}

#[test]
fn ci_reads_failures_where_a_gate_is_shut() {
    let xml = junit(&sample::assessment(), Language::En);
    insta::assert_snapshot!(xml);
}

#[test]
fn machines_read_everything_with_its_reasons() {
    let value: serde_json::Value = serde_json::from_str(&json(&sample::assessment()).unwrap()).unwrap();
    assert_eq!(value["schema"], "dualtrack.assessment/1");
    insta::assert_json_snapshot!(value["uses"][1]);
}

#[test]
fn the_json_is_described_by_the_schema_in_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schemas/assessment.schema.json");
    let wanted = schema().unwrap();
    let found = std::fs::read_to_string(path).unwrap_or_default();
    if found != wanted {
        // Written anew, so that running the tests once more passes and the change shows in the commit.
        std::fs::write(path, &wanted).unwrap();
    }
    assert!(found == wanted, "docs/schemas/assessment.schema.json was out of date; it has been written anew");
}

#[test]
fn pages_read_in_english() {
    let pages = html(&sample::assessment()).unwrap();
    let page = pages.iter().find(|page| page.path == "uses/credit-card-default.en.html").unwrap();
    insta::assert_snapshot!(words_of(&page.html));
}

#[test]
fn pages_read_in_chinese() {
    let pages = html(&sample::assessment()).unwrap();
    let page = pages.iter().find(|page| page.path == "uses/research-assistant.zh-Hant.html").unwrap();
    insta::assert_snapshot!(words_of(&page.html));
}

#[test]
fn every_page_exists_in_both_languages_and_links_to_its_twin() {
    let pages = html(&sample::assessment()).unwrap();
    assert_eq!(pages.len(), 6);
    for page in &pages {
        let twin = if page.path.contains(".en.") {
            page.path.replace(".en.", ".zh-Hant.")
        } else {
            page.path.replace(".zh-Hant.", ".en.")
        };
        assert!(pages.iter().any(|other| other.path == twin), "{} has no twin", page.path);
        let name = twin.rsplit('/').next().unwrap();
        assert!(page.html.contains(&format!("href=\"{name}\"")), "{} does not link to {name}", page.path);
    }
}

#[test]
fn every_link_within_a_page_leads_somewhere_and_every_id_is_unique() {
    for page in html(&sample::assessment()).unwrap() {
        let ids: Vec<_> = attribute(&page.html, " id=\"");
        let mut distinct = ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(ids.len(), distinct.len(), "{}: an id stands twice", page.path);
        for target in attribute(&page.html, "href=\"#") {
            assert!(ids.contains(&target), "{}: #{target} leads nowhere", page.path);
        }
    }
}

#[test]
fn pages_hold_no_script_and_ask_nobody() {
    for page in html(&sample::assessment()).unwrap() {
        for banned in ["<script", "javascript:", " src=", "@import", "url(", " onload", " onclick"] {
            assert!(!page.html.contains(banned), "{} holds {banned}", page.path);
        }
    }
}

#[test]
fn the_same_value_gives_the_same_bytes() {
    let (one, other) = (sample::assessment(), sample::assessment());
    assert_eq!(html(&one).unwrap(), html(&other).unwrap());
    assert_eq!(json(&one).unwrap(), json(&other).unwrap());
    assert_eq!(text(&one, &PLAIN), text(&other, &PLAIN));
}

#[test]
fn hostile_text_in_any_field_stays_text() {
    let hostile = "\"><script>alert('x')</script><img src=x onerror=y>&\u{1b}[2J`</style>\u{0}";
    let assessment = sample::with_every_text(hostile);
    for page in html(&assessment).unwrap() {
        assert!(!page.html.contains("<script"), "{}", page.path);
        assert!(!page.html.contains("<img"), "{}", page.path);
        assert_eq!(page.html.matches("</style>").count(), 1, "{}", page.path);
    }
    assert!(!junit(&assessment, Language::En).contains("<script"));
    assert!(!text(&assessment, &PLAIN).contains('\u{1b}'));
}

#[test]
fn no_message_is_missing_on_any_page() {
    for page in html(&sample::assessment()).unwrap() {
        for part in page.html.split('[').skip(1) {
            let inside = part.split(']').next().unwrap_or_default();
            let looks_like_a_message = inside.contains('-')
                && inside.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
            assert!(!looks_like_a_message, "{}: [{inside}]", page.path);
        }
        assert!(!page.html.contains("{$"), "{}: a variable is missing", page.path);
    }
}

#[test]
fn chinese_pages_hold_no_english_words_of_ours() {
    let pages = html(&sample::assessment()).unwrap();
    for page in pages.iter().filter(|page| page.path.contains(".zh-Hant.")) {
        let read = words_of(&page.html);
        for english in ["Controls", "Because", "Threshold", "blocks the next gate", "not applicable"] {
            assert!(!read.contains(english), "{} says {english}", page.path);
        }
    }
}

#[test]
fn an_empty_institution_says_what_to_do_next() {
    let assessment = Assessment { uses: Vec::new(), coverage: Vec::new(), ..sample::assessment() };
    assert!(html(&assessment).unwrap().iter().any(|page| page.html.contains("Add one as uses/NAME.yaml")));
    assert!(text(&assessment, &PLAIN).contains("Harbour Bank"));
}

#[test]
fn coverage_counts_every_control_once() {
    let assessment = sample::assessment();
    for (row, guideline) in
        coverage(&assessment.guidelines, &assessment.uses).iter().zip(&assessment.guidelines)
    {
        for (cell, one) in row.cells.iter().zip(&assessment.uses) {
            let controls =
                one.controls.iter().filter(|control| control.id.guideline() == guideline.id).count();
            let counted = cell.due() + cell.not_applicable + cell.not_judged;
            assert_eq!(counted, controls as u64);
        }
    }
}

#[test]
fn measurements_alone_are_a_table_and_a_page() {
    let measurements = sample::measurements();
    insta::assert_snapshot!(measurements_text(&measurements, &PLAIN));
    for language in Language::ALL {
        let page = measurements_html(&measurements, "held-out.csv", "dualtrack 0.1.0", language).unwrap();
        assert!(page.contains("<svg"));
    }
}

/// The text of a page without its tags and stylesheet, one piece a line.
fn words_of(page: &str) -> String {
    let body = page.split("</head>").nth(1).unwrap();
    let mut words = String::new();
    for part in body.split('<').skip(1) {
        let text = part.split_once('>').map_or("", |(_, text)| text).trim();
        if !text.is_empty() {
            words.push_str(text);
            words.push('\n');
        }
    }
    words
}

fn attribute<'a>(page: &'a str, opening: &str) -> Vec<&'a str> {
    page.split(opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
