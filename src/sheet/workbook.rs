//! XLSX workbooks. What the archive unpacks to is counted before anything holds it, and cells are taken one by one, so
//! that neither a zip bomb nor a lone cell in the last corner of a sheet takes memory.

use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use dualtrack_catalogue::Bilingual;

use super::{COLUMNS, Limits, Sheet, add, too_wide};

/// The most bytes that a workbook may unpack to.
pub(super) const UNPACKED: u64 = 128 << 20;
/// The most files in its archive.
const FILES: usize = 2_000;

/// Reads a table from the bytes of a workbook: the sheet of that name, or the only one.
pub(super) fn read(bytes: Vec<u8>, sheet: Option<&str>, limits: Limits) -> Result<Sheet, Bilingual> {
    // The reader of workbooks is not ours; should a file find a fault in it, that is a line about the file.
    let read = catch_unwind(AssertUnwindSafe(|| {
        unpacks_within_limits(&bytes)?;
        cells(Cursor::new(bytes), sheet, limits)
    }));
    read.unwrap_or_else(|_| Err(damaged("its content is not understood")))
}

fn damaged(what: impl std::fmt::Display) -> Bilingual {
    Bilingual::new(
        format!("it is a damaged .xlsx workbook ({what}); save it again, or as CSV UTF-8"),
        format!("這是損壞的 .xlsx 活頁簿（{what}）；請重新儲存，或另存為「CSV UTF-8」"),
    )
}

/// Unpacks everything into nothing, counting. Sizes that the archive declares are not believed.
fn unpacks_within_limits(bytes: &[u8]) -> Result<(), Bilingual> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > FILES {
        return Err(Bilingual::new(
            format!("its archive holds more than {FILES} files; save only the sheet with the list"),
            format!("檔案內含超過{FILES}個檔案；請只儲存載有清單的工作表"),
        ));
    }
    let mut left = UNPACKED;
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(damaged)?;
        let counted = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
        left = left.checked_sub(counted).ok_or_else(|| {
            let most = UNPACKED >> 20;
            Bilingual::new(
                format!("it unpacks to more than {most} MB; save only the sheet with the list"),
                format!("解壓後超過{most} MB；請只儲存載有清單的工作表"),
            )
        })?;
    }
    Ok(())
}

fn cells(bytes: Cursor<Vec<u8>>, sheet: Option<&str>, limits: Limits) -> Result<Sheet, Bilingual> {
    let wrong = |error: XlsxError| damaged(error);
    let mut book: Xlsx<_> = Xlsx::new(bytes).map_err(wrong)?;
    let name = chosen(&book.sheet_names(), sheet)?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(wrong)?;
    let mut found = Sheet::default();
    let mut row: (u32, Vec<String>) = (0, Vec::new());
    let mut letters: u64 = 0;
    while let Some(cell) = reader.next_cell().map_err(wrong)? {
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (line, column) = cell.get_position();
        // One text that many cells point at is unpacked once and counts as often as it is shown.
        letters += text.len() as u64;
        if letters > limits.bytes {
            let most = limits.bytes >> 20;
            return Err(Bilingual::new(
                format!("its cells hold more than {most} MiB of text together; split it"),
                format!("各格文字合共超過{most} MiB；請分拆"),
            ));
        }
        if line < row.0 {
            return Err(damaged("its rows are out of order"));
        }
        if line > row.0 {
            let before = std::mem::replace(&mut row, (line, Vec::new()));
            add(&mut found, u64::from(before.0) + 1, before.1, limits)?;
        }
        let column = column as usize;
        if column >= COLUMNS {
            return Err(too_wide(u64::from(line) + 1));
        }
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        if let Some(place) = row.1.get_mut(column) {
            *place = text;
        }
    }
    add(&mut found, u64::from(row.0) + 1, row.1, limits)?;
    Ok(found)
}

fn chosen(names: &[String], wanted: Option<&str>) -> Result<String, Bilingual> {
    let listed = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (wanted, names) {
        (Some(wanted), names) if names.iter().any(|name| name == wanted) => Ok(wanted.to_owned()),
        (Some(wanted), _) => Err(Bilingual::new(
            format!("there is no sheet `{wanted}`; there are {}", listed()),
            format!("沒有工作表「{wanted}」；現有 {}", listed()),
        )),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(damaged("it has no sheet")),
        (None, _) => Err(Bilingual::new(
            format!("it has several sheets; name one with --sheet: {}", listed()),
            format!("內有多個工作表；請以 --sheet 指明其一：{}", listed()),
        )),
    }
}

/// A cell as text: a date by year, month and day, a whole number without a point.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
    }
}
