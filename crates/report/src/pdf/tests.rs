//! Documents of every block in both languages: krilla's validator of PDF/UA-1 refuses what does not conform, and what
//! is checked here is what it cannot know: that nothing is lost, and that tables and pages are whole.

use dualtrack_catalogue::Language;
use krilla::tagging::TagKind;

use super::draft::{Child, Draft, Of, Shape};
use super::*;
use crate::chart::{Chart, Table};
use crate::html::parts::Badge;
use crate::screen::{Block, Card, Cell, Column, Grid, Pager, Row, Step};

fn paper(language: Language) -> Paper {
    Paper {
        words: Words::of(language),
        institution: "海港銀行 Harbour Bank".into(),
        footer: vec![
            "Made on 30 November 2026 for 陳大文; entry 1,234".into(),
            "http://localhost/uses?q=%E4%BF%A1".into(),
        ],
        made: "2026-11-30T00:00:00Z".parse().unwrap(),
        address: "http://localhost".into(),
    }
}

fn badge(sign: &'static str, class: &'static str) -> Badge {
    Badge { class, sign, word: format!("word of {class}") }
}

fn grid(rows: usize, columns: usize) -> Grid {
    let row = |row: usize| {
        let mut cells =
            vec![Cell::Lines(vec![Cell::link(format!("row {row}"), "/uses/x"), Cell::Muted("id".into())])];
        cells.extend((1..columns).map(|column| match column {
            1 => Cell::Number { text: "1,234".into(), value: 1234.0 },
            2 => Cell::none(),
            3 => Cell::Badge(badge("M", "met")),
            _ => Cell::text(format!("客戶可要求由人手再次審核，第 {row} 行。")),
        }));
        Row::new(cells)
    };
    Grid {
        caption: "A table".into(),
        columns: (0..columns)
            .map(|column| Column { numeric: column == 1, ..Column::new(format!("head {column}")) })
            .collect(),
        rows: (0..rows).map(row).collect(),
        pager: Some(Pager { shown: "1 to 2 of 9".into(), before: None, after: None }),
        ..Grid::default()
    }
}

/// A screen with every block there is.
fn everything() -> Screen {
    let svg = "<svg class=\"chart\" viewBox=\"0 0 420 100\">\n<line class=\"limit\" x1=\"0\" y1=\"0\" x2=\"9\" y2=\"9\"/>\n\
               <rect class=\"tile met\" x=\"1\" y=\"1\" width=\"5\" height=\"5\"/>\n\
               <circle class=\"dot open\" cx=\"9\" cy=\"9\" r=\"5\"/>\n<polyline class=\"curve\" points=\"1,1 2,5 3,3\"/>\n\
               <text class=\"t small\" x=\"9\" y=\"9\" text-anchor=\"end\">A &amp; B</text>\n</svg>"
        .to_owned();
    let mut screen = Screen::new("信用卡違約 <script>", "What it is for: `code` and a lone ` tick");
    let facts =
        vec![("Name".to_owned(), Cell::Beside(vec![Cell::text("a"), Cell::Code("sha256:0".repeat(30))]))];
    let step = Step {
        action: "Attest `x`".into(),
        who: "by the owner".into(),
        settles: vec![(badge("N", "blocks"), "A control".into(), "#control".into(), "2.1".into())],
        button: None,
    };
    for block in [
        Block::Heading { level: 2, text: "Section".into(), id: String::new() },
        Block::Heading { level: 3, text: "Part".into(), id: String::new() },
        Block::Text("A paragraph. ".repeat(40)),
        Block::Muted("一段文字，".repeat(60)),
        Block::Code("key: value\n  deeper: true\n\tand more".into()),
        Block::Notice { class: "stop", text: "Stop.".into(), link: None },
        Block::Empty { text: "Nothing.".into(), link: None },
        Block::Facts(facts.clone()),
        Block::Grid(grid(3, 5)),
        Block::Rail(vec![("Idea".into(), "past"), ("Pilot".into(), "now"), ("Production".into(), "ahead")]),
        Block::Tally(vec![(badge("M", "met"), "3".into(), None), (badge("?", "pending"), "4".into(), None)]),
        Block::Figures(vec![("12".into(), "uses".into(), None)]),
        Block::Steps(vec![step]),
        Block::Figure {
            chart: Box::new(Chart {
                title: "A chart".into(),
                summary: "It rises.".into(),
                svg,
                legend: vec!["A dot is a group.".into()],
                table: Table {
                    caption: "As a table".into(),
                    heads: vec!["a".into()],
                    rows: vec![vec!["b".into()]],
                },
                definitions: Vec::new(),
            }),
            words: Words::of(Language::En),
        },
        Block::Form(Box::default()),
        Block::Fold { summary: "Folded".into(), blocks: vec![Block::Text("inside".into())], open: false },
        Block::Cards(vec![Card {
            title: "Card".into(),
            to: "/uses/x".into(),
            badges: vec![badge("A", "amber")],
            facts,
            text: "below".into(),
        }]),
        Block::Moments(vec![("1 May".into(), "It began".into(), vec![Cell::link("by her", "/people/x")])]),
        Block::Columns(vec![
            ("en", vec![Block::Text("left".into())]),
            ("zh-Hant-HK", vec![Block::Text("右".into())]),
        ]),
        Block::Live {
            events: String::new(),
            address: String::new(),
            blocks: vec![Block::Text("live".into())],
        },
    ] {
        screen.put(block);
    }
    screen
}

/// What a document says, page by page.
fn says(draft: &Draft) -> Vec<String> {
    let said = |shape: &Shape| match shape {
        Shape::Text { piece, .. } => piece.letters.iter().map(|drawn| drawn.letter).collect(),
        _ => String::new(),
    };
    let page = |leaf: &draft::Leaf| leaf.marks.iter().flat_map(|mark| &mark.shapes).map(said).collect();
    draft.pages.iter().map(page).collect()
}

#[test]
fn every_block_becomes_part_of_a_conforming_document_in_both_languages() {
    for language in [Language::En, Language::ZhHant] {
        let screen = everything();
        let made = pdf(&screen, &paper(language)).unwrap();
        assert!(made.starts_with(b"%PDF-1.7"));
        assert_eq!(made, pdf(&screen, &paper(language)).unwrap(), "the same bytes");
        let said = says(&drafted(&screen, &paper(language)).unwrap()).concat();
        for word in [
            "信用卡違約 <script>",
            "deeper: true",
            "Stop.",
            "Nothing.",
            "row 2",
            "word of met",
            "Pilot",
            "12 uses",
            "Attest x",
            "A control",
            "A chart",
            "A dot is a group.",
            "inside",
            "Card",
            "It began",
            "by her",
            "右",
            "live",
            "1 to 2 of 9",
        ] {
            assert!(said.contains(word), "{word} in {said}");
        }
    }
}

#[test]
fn a_long_table_repeats_its_head_and_loses_no_cell() {
    let mut screen = Screen::new("Uses", "");
    screen.put(Block::Grid(grid(300, 6)));
    let draft = drafted(&screen, &paper(Language::En)).unwrap();
    assert!(draft.pages.len() > 5);
    for (number, page) in says(&draft).iter().enumerate() {
        assert!(page.contains("head 5"), "page {number} has heads");
        assert!(page.contains(&format!("Page {} of {}", number + 1, draft.pages.len())), "{page}");
        assert!(
            page.contains("海港銀行")
                && page.contains("entry 1,234")
                && page.contains("http://localhost/uses")
        );
    }
    let all = says(&draft).concat();
    assert!((0..300).all(|row| all.contains(&format!("第 {row} 行。"))));
    // A table that is too wide for a sheet stands on it in parts, each with the first column.
    let mut screen = Screen::new("Coverage", "");
    screen.put(Block::Grid(grid(4, 24)));
    let wide = drafted(&screen, &paper(Language::En)).unwrap();
    let said = says(&wide).concat();
    assert_eq!(said.matches("row 3").count(), 3);
    assert!((0..24).all(|column| said.contains(&format!("head {column}"))) && said.contains("A table (2/3)"));
    let rows: Vec<_> = draft.nodes.iter().filter(|node| matches!(node.tag, Some(TagKind::TR(_)))).collect();
    assert_eq!(rows.len(), 301);
    assert!(rows.iter().all(|row| row.children.len() == 6), "a row has as many cells as there are columns");
    let filled =
        |child: &Child| matches!(child, Child::Node(node) if !draft.nodes[*node].children.is_empty());
    assert!(rows.iter().all(|row| row.children.iter().all(filled)), "and none of them is left out");
    assert!(pdf(&screen, &paper(Language::En)).is_ok());
}

#[test]
fn a_row_higher_than_a_page_is_broken_and_nothing_runs_off_the_paper() {
    let mut screen = Screen::new("Uses", "");
    let mut tall = grid(2, 3);
    tall.rows[0].cells[2] = Cell::text("很長的內容。".repeat(2_000));
    screen.put(Block::Grid(tall));
    screen.put(Block::Grid(grid(30, 24)));
    screen.put(Block::Text("x".repeat(5_000)));
    let draft = drafted(&screen, &paper(Language::ZhHant)).unwrap();
    let (width, height) = draft.size;
    assert!(width > height, "a wide table turns the sheet");
    for leaf in &draft.pages {
        for mark in leaf.marks.iter().filter(|mark| matches!(mark.of, Of::Node(_))) {
            for shape in &mark.shapes {
                if let Shape::Text { x, y, piece } = shape {
                    let room = width - SIDE + 12.0;
                    assert!(*x >= SIDE - 1.0 && x + piece.width < room, "{x} + {} of {room}", piece.width);
                    assert!(*y > 40.0 && *y < height - BOTTOM + 6.0, "{y}");
                }
            }
        }
    }
    assert!(pdf(&screen, &paper(Language::ZhHant)).is_ok());
}

#[test]
fn hostile_text_breaks_nothing() {
    let nasty = "\u{0}\u{202e}\u{fffe}\u{1F600}\t\r\n<b>&amp;`\\(\\)%PDF ffi ﷽ שלום e\u{301} \u{10ffff}";
    let mut screen = Screen::new(nasty, nasty);
    for block in [
        Block::Text(nasty.repeat(20)),
        Block::Heading { level: 2, text: nasty.into(), id: nasty.into() },
        Block::Facts(vec![(nasty.into(), Cell::link(nasty, format!("/uses/{nasty}")))]),
        Block::Heading { level: 2, text: "   ".into(), id: String::new() },
    ] {
        screen.put(block);
    }
    assert!(pdf(&screen, &paper(Language::En)).is_ok());
    assert!(pdf(&Screen::new("", ""), &paper(Language::En)).is_ok());
}
