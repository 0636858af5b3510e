//! The tables of a screen as a workbook (Office Open XML): a sheet for each, numbers as numbers, no formula ever.

use jiff::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::{Cell, Grid, Screen};

/// A workbook that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct WorkbookError(#[from] rust_xlsxwriter::XlsxError);

/// The tables of a screen as one workbook: a sheet for each, and below each table what the screen was: lines such as
/// its address and the time. The same screen made at the same time gives the same bytes.
pub fn xlsx(screen: &Screen, footer: &[String], made: Timestamp) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_timestamp(made.as_second())?;
    workbook.set_properties(&DocProperties::new().set_title(&screen.title).set_creation_datetime(&created));
    let looks = Looks::new();
    let grids = screen.grids();
    let mut names = Vec::new();
    for grid in &grids {
        let caption = if grid.caption.is_empty() { &screen.title } else { &grid.caption };
        let name = sheet_name(caption, &names);
        let sheet = workbook.add_worksheet();
        sheet.set_name(&name)?;
        names.push(name);
        let below = table(sheet, grid, &looks)?;
        // Where a list has pages, how much of it this is.
        let shown = grid.pager.iter().map(|pager| &pager.shown);
        provenance(sheet, below + 1, shown.chain(footer))?;
    }
    if grids.is_empty() {
        provenance(workbook.add_worksheet(), 0, footer.iter())?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// How cells look.
struct Looks {
    head: Format,
    text: Format,
    /// Text that begins like a formula; it stays text when somebody edits the cell.
    quoted: Format,
    whole: Format,
    number: Format,
    share: Format,
}

impl Looks {
    fn new() -> Self {
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            head: Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin),
            quoted: text.clone().set_quote_prefix(),
            text,
            whole: Format::new().set_num_format("#,##0").set_align(FormatAlign::Top),
            number: Format::new().set_align(FormatAlign::Top),
            share: Format::new().set_num_format("0.0%").set_align(FormatAlign::Top),
        }
    }

    fn of(&self, value: f64) -> &Format {
        if value.fract() == 0.0 { &self.whole } else { &self.number }
    }
}

/// Writes a table; the row below it.
fn table(sheet: &mut Worksheet, grid: &Grid, looks: &Looks) -> Result<u32, WorkbookError> {
    for (column, head) in (0_u16..).zip(&grid.columns) {
        sheet.write_string_with_format(0, column, fitting(&head.head), &looks.head)?;
        sheet.set_column_width(column, width(grid, usize::from(column)))?;
    }
    let mut below = 1;
    for row in &grid.rows {
        for (column, cell) in (0_u16..).zip(&row.cells) {
            match cell {
                Cell::Text(text) if grid.is_number(&usize::from(column)) => match number(text) {
                    Some((value, share)) => {
                        let format = if share { &looks.share } else { looks.of(value) };
                        sheet.write_number_with_format(below, column, value, format)?;
                    }
                    None => write(sheet, (below, column), cell, looks)?,
                },
                cell => write(sheet, (below, column), cell, looks)?,
            }
        }
        below += 1;
    }
    if let Some(last) = grid.columns.len().checked_sub(1).and_then(|last| u16::try_from(last).ok()) {
        sheet.autofilter(0, 0, below - 1, last)?;
        sheet.set_freeze_panes(1, 1)?;
    }
    Ok(below)
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    looks: &Looks,
) -> Result<(), WorkbookError> {
    match cell {
        Cell::Number { value, .. } if value.is_finite() => {
            sheet.write_number_with_format(row, column, *value, looks.of(*value))?;
        }
        cell => {
            let text = cell.plain();
            let format = if text.starts_with(['=', '+', '-', '@']) { &looks.quoted } else { &looks.text };
            sheet.write_string_with_format(row, column, fitting(&text), format)?;
        }
    }
    Ok(())
}

/// A number as it is shown, such as `1,234`, `−0.02` or `83.1%`: its value, and whether it is a share.
fn number(text: &str) -> Option<(f64, bool)> {
    let plain = text.trim().replace(',', "").replace('−', "-");
    let (digits, share) = plain.strip_suffix('%').map_or((&*plain, false), |digits| (digits, true));
    let ours = digits.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '.'));
    let value: f64 = digits.parse().ok().filter(|_| ours)?;
    Some((if share { value / 100.0 } else { value }, share))
}

fn provenance<'s>(
    sheet: &mut Worksheet,
    first: u32,
    lines: impl Iterator<Item = &'s String>,
) -> Result<(), WorkbookError> {
    for (row, line) in (first..).zip(lines) {
        sheet.write_string(row, 0, fitting(line))?;
    }
    Ok(())
}

/// A text as far as a cell holds it, without what XML cannot hold.
fn fitting(text: &str) -> String {
    let mut units = 0;
    text.chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .take_while(|letter| {
            units += letter.len_utf16();
            units <= MOST_UNITS
        })
        .collect()
}

/// About as wide as the longest line of a column, within reason.
fn width(grid: &Grid, column: usize) -> f64 {
    let head =
        grid.columns.get(column).map_or(0, |column| unicode_width::UnicodeWidthStr::width(&*column.head));
    let cells = grid.rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| {
        let text = cell.plain();
        text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap_or_default()
    });
    let longest = cells.chain([head + 2]).max().unwrap_or_default();
    f64::from(u32::try_from(longest.clamp(8, 60)).unwrap_or(60)) + 1.0
}

/// A caption as the name of a sheet: at most 31 units, without what spreadsheets refuse, and no other's name.
fn sheet_name(caption: &str, taken: &[String]) -> String {
    let cleaned: String = caption
        .chars()
        .map(|letter| {
            let refused =
                letter.is_control() || matches!(letter, '*' | '?' | ':' | '[' | ']' | '\\' | '/' | '\'');
            if refused { ' ' } else { letter }
        })
        .collect();
    for number in 1_usize.. {
        let ending = if number == 1 { String::new() } else { format!(" {number}") };
        let mut units = ending.len();
        let kept: String = cleaned
            .trim()
            .chars()
            .take_while(|letter| {
                units += letter.len_utf16();
                units <= MOST_NAME_UNITS
            })
            .collect();
        let kept = kept.trim_end();
        // A spreadsheet keeps the name `History` for itself.
        let kept = if kept.is_empty() || kept.eq_ignore_ascii_case("history") { "Table" } else { kept };
        let name = format!("{kept}{ending}");
        if !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            return name;
        }
    }
    String::new()
}

/// The most UTF-16 units that a cell holds.
const MOST_UNITS: usize = 32_767;
/// The most UTF-16 units that the name of a sheet has.
const MOST_NAME_UNITS: usize = 31;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::super::{Block, Column, Row};
    use super::*;

    fn grid(caption: &str, rows: Vec<Row>) -> Block {
        Block::Grid(Grid {
            caption: caption.into(),
            columns: vec![Column::new("Name"), Column::number("Count")],
            rows,
            ..Grid::default()
        })
    }

    fn opened(screen: &Screen) -> Xlsx<Cursor<Vec<u8>>> {
        let made = "2026-11-30T00:00:00Z".parse().unwrap();
        Xlsx::new(Cursor::new(xlsx(screen, &["Made on a day".into()], made).unwrap())).unwrap()
    }

    #[test]
    fn numbers_are_numbers_and_formulas_are_text() {
        let mut screen = Screen::new("Uses", "");
        let hostile = ["=cmd|' /C calc'!A0", "+1+2", "@SUM(1)", "-2", "客戶\n助理 嘅", "a\u{0}b\u{1b}"];
        screen.put(grid(
            "用途",
            hostile
                .map(|text| {
                    Row::new(vec![Cell::text(text), Cell::Number { text: "1,234.5".into(), value: 1234.5 }])
                })
                .to_vec(),
        ));
        let mut book = opened(&screen);
        let sheet = book.worksheet_range("用途").unwrap();
        assert_eq!(sheet.get_value((0, 1)), Some(&Data::String("Count".into())));
        for (row, text) in (1..).zip(hostile) {
            let held = text.replace(['\u{0}', '\u{1b}'], "");
            assert_eq!(sheet.get_value((row, 0)), Some(&Data::String(held)));
            assert_eq!(sheet.get_value((row, 1)), Some(&Data::Float(1234.5)));
        }
        assert_eq!(sheet.get_value((8, 0)), Some(&Data::String("Made on a day".into())));
        assert!(book.worksheet_formula("用途").unwrap().cells().all(|(_, _, formula)| formula.is_empty()));
    }

    #[test]
    fn a_shown_number_is_read_as_the_number_it_is() {
        assert_eq!(number("1,234"), Some((1234.0, false)));
        assert_eq!(number("−0.02"), Some((-0.02, false)));
        assert_eq!(number("50%"), Some((0.5, true)));
        for text in ["", "inf", "NaN", "1e5", "0.1 to 0.2", "-", "too few", "=1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn every_table_has_a_sheet_of_its_own_whatever_it_is_called() {
        let mut screen = Screen::new("Uses", "");
        let long = "很長的名稱".repeat(20);
        for caption in ["A/B: 'x'?", "a b   x", "History", "", "", &long, &long] {
            screen.put(grid(caption, vec![Row::new(vec![Cell::text("x".repeat(40_000))])]));
        }
        let book = opened(&screen);
        assert_eq!(book.sheet_names().len(), 7);
        assert!(book.sheet_names().iter().all(|name| name.encode_utf16().count() <= MOST_NAME_UNITS));
    }

    #[test]
    fn a_screen_without_tables_still_says_what_it_was() {
        let mut book = opened(&Screen::new("Nothing", ""));
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.get_value((0, 0)), Some(&Data::String("Made on a day".into())));
    }
}
