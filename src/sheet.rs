//! A table that somebody keeps in a spreadsheet: headings and rows of text, from CSV or from an XLSX workbook.
//!
//! It is read whole, within limits, and never panics: what is wrong with a file is one line that says where and what to
//! do. What the columns mean is not its business.

mod text;
mod workbook;

use std::io::Read as _;
use std::path::Path;

use dualtrack_catalogue::{Bilingual, Language};

use crate::failure::Failure;

/// A table as it was read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    /// The headings, as written.
    pub(crate) headings: Vec<String>,
    /// The rows that are not empty.
    pub(crate) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    /// Its number, as a spreadsheet shows it.
    pub(crate) number: u64,
    /// Its cells, without blanks around them; a row may have fewer than there are headings.
    pub(crate) cells: Vec<String>,
}

impl Row {
    /// The text of a cell; nothing if it is empty.
    pub(crate) fn cell(&self, column: usize) -> Option<&str> {
        self.cells.get(column).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// How much of a file is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The most bytes of the file.
    pub(crate) bytes: u64,
    /// The most rows, without the headings.
    pub(crate) rows: usize,
}

/// A portfolio.
pub(crate) const LIST: Limits = Limits { bytes: 32 << 20, rows: 10_000 };
/// An extract of a log.
pub(crate) const LOG: Limits = Limits { bytes: 128 << 20, rows: 500_000 };
/// The most columns of a table.
const COLUMNS: usize = 200;
/// The most characters of a cell.
const LETTERS: usize = 10_000;

/// Reads a table from a file. Whether it is a workbook shows at its beginning, not in its name.
pub(crate) fn read(
    path: &Path,
    sheet: Option<&str>,
    limits: Limits,
    language: Language,
) -> Result<Sheet, Failure> {
    let unreadable = |error| Failure::file("read", path, &error, "name a .csv or .xlsx file");
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limits.bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let place = path.display();
    of_bytes(bytes, sheet, limits).map_err(|Bilingual { en, zh_hant }| {
        Failure::said((format!("{place}: {en}"), format!("{place}：{zh_hant}")), language)
    })
}

fn of_bytes(bytes: Vec<u8>, sheet: Option<&str>, limits: Limits) -> Result<Sheet, Bilingual> {
    if bytes.len() as u64 > limits.bytes {
        let most = limits.bytes >> 20;
        return Err(Bilingual::new(
            format!("it is larger than {most} MB; split it"),
            format!("檔案大於{most} MB；請分拆"),
        ));
    }
    let found = if bytes.starts_with(b"PK") {
        workbook::read(bytes, sheet, limits)?
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Bilingual::new(
            "it is an old .xls workbook or has a password; save it as .xlsx without one",
            "這是舊式 .xls 活頁簿或設有密碼；請另存為不設密碼的 .xlsx",
        ));
    } else if sheet.is_some() {
        return Err(Bilingual::new(
            "it is no .xlsx workbook, and only those have sheets; leave out --sheet",
            "這不是 .xlsx 活頁簿，只有活頁簿才有工作表；請略去 --sheet",
        ));
    } else {
        text::read(&bytes, limits)?
    };
    sound(found)
}

/// Refuses headings that cannot be told apart and a table without rows.
fn sound(sheet: Sheet) -> Result<Sheet, Bilingual> {
    for (column, heading) in sheet.headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let key = alike(heading);
        if sheet.headings.iter().take(column).any(|other| !other.is_empty() && alike(other) == key) {
            return Err(Bilingual::new(
                format!("two columns are headed `{heading}`; rename one"),
                format!("有兩欄的標題同為「{heading}」；請更改其一"),
            ));
        }
    }
    if sheet.headings.iter().all(String::is_empty) {
        return Err(Bilingual::new(
            "there are no headings; the first row says what each column holds",
            "沒有標題；首行須說明各欄的內容",
        ));
    }
    if sheet.rows.is_empty() {
        return Err(Bilingual::new("there is no row below the headings", "標題之下沒有任何一行"));
    }
    Ok(sheet)
}

/// A heading without what people vary: case, blanks, hyphens, brackets, a star for what is required.
pub(crate) fn alike(heading: &str) -> String {
    heading.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Adds a row to a table: the first is the headings, an empty one is passed over.
fn add(sheet: &mut Sheet, number: u64, cells: Vec<String>, limits: Limits) -> Result<(), Bilingual> {
    let mut cells: Vec<String> = cells.into_iter().map(|cell| cell.trim().to_owned()).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    if cells.is_empty() {
        return Ok(());
    }
    if cells.len() > COLUMNS {
        return Err(too_wide(number));
    }
    if cells.iter().any(|cell| cell.chars().count() > LETTERS) {
        return Err(Bilingual::new(
            format!("row {number} has a cell of more than {LETTERS} characters; shorten it"),
            format!("第{number}行有一格超過{LETTERS}個字元；請縮短"),
        ));
    }
    if sheet.headings.is_empty() {
        sheet.headings = cells;
    } else if sheet.rows.len() < limits.rows {
        sheet.rows.push(Row { number, cells });
    } else {
        let most = limits.rows;
        return Err(Bilingual::new(
            format!("there are more than {most} rows; split it"),
            format!("超過{most}行；請分拆"),
        ));
    }
    Ok(())
}

fn too_wide(number: u64) -> Bilingual {
    Bilingual::new(
        format!("row {number} has more than {COLUMNS} columns; leave out what is not needed"),
        format!("第{number}行超過{COLUMNS}欄；請略去不需要的欄"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two uses in a workbook, with a date as a cell of that type and one as text.
    const WORKBOOK: &[u8] = include_bytes!("../tests/it/fixtures/portfolio.xlsx");

    fn read_bytes(bytes: &[u8]) -> Result<Sheet, String> {
        of_bytes(bytes.to_vec(), None, LIST).map_err(|words| {
            assert!(words.zh_hant.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)));
            words.en
        })
    }

    #[test]
    fn a_workbook_and_a_text_read_alike() {
        let sheet = read_bytes(WORKBOOK).unwrap();
        let text = "Name,Owner,Live since\r\n\r\n\"Letters, sorted\",\u{9ec3}\u{5609}\u{7a4e},2024-03-01\n";
        let other = read_bytes(text.as_bytes()).unwrap();
        assert_eq!(sheet.headings.first().unwrap(), "Name");
        assert!(sheet.rows.iter().any(|row| row.cells.contains(&"2024-03-01".to_owned())), "{sheet:?}");
        assert_eq!(
            other.rows,
            [Row {
                number: 3, cells: vec!["Letters, sorted".into(), "黃嘉穎".into(), "2024-03-01".into()]
            }]
        );
    }

    #[test]
    fn a_damaged_file_is_one_line_that_says_what_to_do() {
        let cut = read_bytes(&WORKBOOK[..WORKBOOK.len() / 2]).unwrap_err();
        assert!(cut.contains("save it again"), "{cut}");
        // 「名稱」 in Big5.
        let big5 = read_bytes(b"\xa6W\xba\xd9,owner\n\xa6W,x\n").unwrap_err();
        assert!(big5.contains("CSV UTF-8"), "{big5}");
        let wide = read_bytes(b"\xff\xfen\0a\0m\0e\0").unwrap_err();
        assert!(wide.contains("CSV UTF-8"), "{wide}");
        let twice = read_bytes(b"Name,Owner,name *\na,b,c\n").unwrap_err();
        assert_eq!(twice, "two columns are headed `name *`; rename one");
        assert!(read_bytes(b"").is_err());
        assert!(read_bytes(b"Name,Owner\n").is_err());
        assert!(of_bytes(WORKBOOK.to_vec(), Some("Nowhere"), LIST).unwrap_err().en.contains("`Nowhere`"));
    }

    #[test]
    fn what_is_too_much_is_refused_before_it_is_held() {
        let rows = "a\n".repeat(LIST.rows + 2);
        assert!(read_bytes(rows.as_bytes()).unwrap_err().contains("more than 10000 rows"));
        let long = format!("a\n{}\n", "x".repeat(LETTERS + 1));
        assert!(read_bytes(long.as_bytes()).unwrap_err().contains("row 2"));
    }

    #[test]
    fn a_zip_bomb_is_not_unpacked() {
        use std::io::Write as _;
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let zeros = vec![0_u8; 1 << 20];
        for _ in 0..=(workbook::UNPACKED >> 20) {
            archive.write_all(&zeros).unwrap();
        }
        let bomb = archive.finish().unwrap().into_inner();
        assert!(bomb.len() < 1 << 20);
        let refused = read_bytes(&bomb).unwrap_err();
        assert!(refused.contains("unpacks to more than"), "{refused}");
    }

    #[test]
    fn all_cells_together_hold_no_more_than_a_file_may() {
        use std::fmt::Write as _;
        use std::io::{Read as _, Write as _};
        let mut given = zip::ZipArchive::new(std::io::Cursor::new(WORKBOOK)).unwrap();
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let spaces = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        for index in 0..given.len() {
            let mut file = given.by_index(index).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            if name.starts_with("xl/worksheets/sheet") {
                let cell = format!("<c t=\"str\"><v>{}</v></c>", "x".repeat(9_000));
                let mut text = format!("<worksheet xmlns=\"{spaces}\"><sheetData>");
                for _ in 0..40 {
                    write!(text, "<row>{}</row>", cell.repeat(100)).unwrap();
                }
                text.push_str("</sheetData></worksheet>");
                bytes = text.into_bytes();
            }
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(&bytes).unwrap();
        }
        let refused = read_bytes(&archive.finish().unwrap().into_inner()).unwrap_err();
        assert!(refused.contains("MiB of text together"), "{refused}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), zip in any::<bool>()) {
            let mut all = if zip { b"PK\x03\x04".to_vec() } else { Vec::new() };
            all.extend(bytes);
            let _ = of_bytes(all, None, LIST);
        }

        #[test]
        fn a_workbook_with_bytes_changed_makes_no_panic(
            changes in prop::collection::vec((0..WORKBOOK.len(), any::<u8>()), 1..8)
        ) {
            let mut bytes = WORKBOOK.to_vec();
            for (place, byte) in changes {
                bytes[place] = byte;
            }
            let _ = of_bytes(bytes, None, LIST);
        }
    }
}
