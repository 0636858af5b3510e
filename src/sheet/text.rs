//! CSV as spreadsheets write it: UTF-8 with or without a mark, commas, semicolons or tabs between cells.

use dualtrack_catalogue::Bilingual;

use super::{Limits, Sheet, add};

/// Reads a table from the bytes of a CSV file.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Sheet, Bilingual> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| {
        Bilingual::new(
            "it is no UTF-8 text (Big5 and Unicode text from a spreadsheet are not); save it as \"CSV UTF-8\"",
            "這不是 UTF-8 文字（試算表的 Big5 及 Unicode 文字均不是）；請另存為「CSV UTF-8」",
        )
    })?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = csv::ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    let mut number = 0_u64;
    while reader.read_record(&mut record).map_err(no_csv)? {
        // Empty lines are passed over, but a spreadsheet counts them.
        let begin = record.position().map_or(0, csv::Position::byte);
        let rest = usize::try_from(begin).ok().and_then(|begin| text.as_bytes().get(begin..));
        let empty = rest.unwrap_or_default().iter().take_while(|byte| **byte == b'\n').count();
        number += empty as u64 + 1;
        add(&mut sheet, number, record.iter().map(ToOwned::to_owned).collect(), limits)?;
    }
    Ok(sheet)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn no_csv(error: csv::Error) -> Bilingual {
    Bilingual::new(format!("it is no CSV: {error}"), format!("這不是 CSV：{error}"))
}

/// What stands between the cells of the first line; spreadsheets of some countries write semicolons.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: char| first.matches(mark).count();
    let (comma, semicolon, tab) = (count(','), count(';'), count('\t'));
    if tab > comma && tab > semicolon {
        b'\t'
    } else if semicolon > comma {
        b';'
    } else {
        b','
    }
}
