//! The tables of a screen as CSV (RFC 4180), safe to open in a spreadsheet.

use super::{Grid, Screen};

/// The tables of a screen as one file: each with its caption and heads, an empty line between them, and below them
/// what the screen was: lines such as its address and the time.
pub fn csv(screen: &Screen, footer: &[String]) -> String {
    // Spreadsheets tell UTF-8 by this mark.
    let mut text = String::from("\u{feff}");
    let grids = screen.grids();
    for grid in &grids {
        if grids.len() > 1 {
            line(&mut text, std::iter::once(grid.caption.clone()));
        }
        table(&mut text, grid);
        // Where a list has pages, how much of it this is.
        if let Some(pager) = &grid.pager {
            line(&mut text, std::iter::once(pager.shown.clone()));
        }
        text.push_str("\r\n");
    }
    for words in footer {
        line(&mut text, std::iter::once(words.clone()));
    }
    text
}

fn table(text: &mut String, grid: &Grid) {
    line(text, grid.columns.iter().map(|column| column.head.clone()));
    for row in &grid.rows {
        line(text, row.cells.iter().map(super::Cell::plain));
    }
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        let cell = safe_cell(&fitting(&cell));
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// Whether a letter breaks a line, turns the direction of what follows, or is none that anybody sees.
pub fn breaks_or_turns(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn fitting(text: &str) -> String {
    let is_odd = |letter: char| breaks_or_turns(letter) && !matches!(letter, '\n' | '\t');
    text.chars().map(|letter| if is_odd(letter) { ' ' } else { letter }).collect()
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it (OWASP, CSV
/// injection).
pub fn safe_cell(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    // Full-width signs are taken for the others by some, and blanks before them are passed over.
    let begins = text.trim_start_matches(' ');
    if (begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r']))
        && !is_number
    {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Cell, Column, Row};
    use super::*;

    #[test]
    fn a_formula_in_a_cell_is_text_in_the_file() {
        let mut screen = Screen::new("Uses", "");
        screen.put(Block::Grid(Grid {
            columns: vec![Column::new("Name"), Column::number("Count")],
            rows: ["=cmd|' /C calc'!A0", "+1+2", "@SUM(1)", "a, \"b\"", "客戶\n助理"]
                .map(|text| Row::new(vec![Cell::text(text), Cell::Number { text: "-3".into(), value: -3.0 }]))
                .to_vec(),
            ..Grid::default()
        }));
        let text = csv(&screen, &["made".into()]);
        assert_eq!(
            text,
            "\u{feff}Name,Count\r\n'=cmd|' /C calc'!A0,-3\r\n'+1+2,-3\r\n'@SUM(1),-3\r\n\"a, \"\"b\"\"\",-3\r\n\"客戶\n助理\",-3\r\n\r\nmade\r\n"
        );
    }
}
