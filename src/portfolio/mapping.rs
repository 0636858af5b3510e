//! Which column holds which field: as a mapping file says, otherwise as usual headings do.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use dualtrack_catalogue::{Bilingual, Language};
use serde::Deserialize;

use super::fields::Field;
use crate::failure::Failure;
use crate::sheet::{Sheet, alike};

/// Which column holds which field.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    columns: BTreeMap<Field, (usize, String)>,
    /// The headings that no field was found for.
    pub(crate) left_aside: Vec<String>,
}

/// A mapping file: for each field the heading that holds it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MappingFile {
    /// Always `dualtrack.columns/1`.
    schema: Schema,
    /// Field → heading. A field that is not named is found by usual headings.
    columns: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
enum Schema {
    #[default]
    #[serde(rename = "dualtrack.columns/1")]
    V1,
}

impl Mapping {
    /// The mapping of a table, with a mapping file if one is given. Says everything that is wrong, not the first.
    pub(crate) fn of(sheet: &Sheet, file: Option<&Path>, language: Language) -> Result<Self, Failure> {
        let given = file.map(|file| columns_of_file(file, language)).transpose()?.unwrap_or_default();
        let place = file.map_or_else(String::new, |file| file.display().to_string());
        Self::with(sheet, &given).map_err(|lines| {
            Failure::Input(
                lines.iter().map(|line| place_before(&place, line.in_language(language))).collect(),
            )
        })
    }

    fn with(sheet: &Sheet, given: &BTreeMap<String, String>) -> Result<Self, Vec<Bilingual>> {
        let mut mapping = Self::default();
        let mut wrong = Vec::new();
        let mut taken = Vec::new();
        for (word, heading) in given {
            let Some(field) = Field::of_word(word) else {
                let known: Vec<String> = Field::all().into_iter().map(Field::word).collect();
                let (hint, hint_zh) = dualtrack_catalogue::nearest(word, &known).map_or_else(
                    || {
                        let file =
                            ("docs/portfolio.md lists the fields", "欄位載於 docs/portfolio.zh-Hant.md");
                        (file.0.to_owned(), file.1.to_owned())
                    },
                    |nearest| (format!("did you mean `{nearest}`?"), format!("是否指 `{nearest}`？")),
                );
                wrong.push(Bilingual::new(
                    format!("there is no field `{word}`; {hint}"),
                    format!("沒有欄位 `{word}`；{hint_zh}"),
                ));
                continue;
            };
            match sheet.headings.iter().position(|other| alike(other) == alike(heading)) {
                Some(column) if taken.contains(&column) => {
                    wrong.push(Bilingual::new(
                        format!("`{word}`: column `{heading}` holds another field too; name one of them"),
                        format!("`{word}`：「{heading}」欄同時用於另一欄位；請只用於其中一個"),
                    ));
                }
                Some(column) => {
                    taken.push(column);
                    mapping.columns.insert(field, (column, heading.clone()));
                }
                None => wrong.push(Bilingual::new(
                    format!(
                        "`{word}`: there is no column `{heading}`; the columns are {}",
                        sheet.headings.join(", ")
                    ),
                    format!("`{word}`：沒有「{heading}」欄；現有各欄為{}", sheet.headings.join("、")),
                )),
            }
        }
        for (column, heading) in sheet.headings.iter().enumerate() {
            if heading.is_empty() || taken.contains(&column) {
                continue;
            }
            let Some(field) = Field::of_heading(heading) else {
                mapping.left_aside.push(heading.clone());
                continue;
            };
            if given.contains_key(&field.word()) {
                mapping.left_aside.push(heading.clone());
            } else if let Some((_, other)) = mapping.columns.get(&field) {
                let word = field.word();
                wrong.push(Bilingual::new(
                    format!(
                        "columns `{other}` and `{heading}` both read as `{word}`; say which with --map, or rename one"
                    ),
                    format!("「{other}」與「{heading}」兩欄均讀作 `{word}`；請以 --map 指明，或更改其一的標題"),
                ));
            } else {
                mapping.columns.insert(field, (column, heading.clone()));
            }
        }
        if wrong.is_empty() { Ok(mapping) } else { Err(wrong) }
    }

    /// The column of a field.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.columns.get(&field).map(|(column, _)| *column)
    }

    /// What the column of a field is called, for whoever has to mend it.
    pub(super) fn heading(&self, field: Field) -> String {
        self.columns.get(&field).map_or_else(|| field.word(), |(_, heading)| heading.clone())
    }
}

/// Field → heading, from a mapping file.
pub(crate) fn columns_of_file(path: &Path, language: Language) -> Result<BTreeMap<String, String>, Failure> {
    let unreadable = |error| Failure::file("read", path, &error, "name a mapping file");
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    let MappingFile { schema: Schema::V1, columns } =
        dualtrack_catalogue::parse(&path.display().to_string(), &text)
            .map_err(|error| Failure::said(error.words(), language))?;
    Ok(columns)
}

fn place_before(place: &str, line: &str) -> String {
    if place.is_empty() { line.to_owned() } else { format!("{place}: {line}") }
}

const MOST_BYTES: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(headings: &[&str]) -> Sheet {
        Sheet { headings: headings.iter().map(|heading| (*heading).to_owned()).collect(), rows: Vec::new() }
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(field, heading)| ((*field).to_owned(), (*heading).to_owned())).collect()
    }

    #[test]
    fn a_mapping_wins_over_usual_headings_and_the_rest_is_left_aside() {
        let mapping = Mapping::with(
            &sheet(&["Name", "Owner", "Answerable", "Remarks"]),
            &given(&[("owner", "Answerable")]),
        )
        .unwrap();
        assert_eq!(mapping.column(Field::Owner), Some(2));
        assert_eq!(mapping.column(Field::Id), None);
        assert_eq!(mapping.left_aside, ["Owner", "Remarks"]);
    }

    #[test]
    fn everything_that_is_wrong_with_a_mapping_is_said() {
        let wrong =
            Mapping::with(&sheet(&["Name", "System name"]), &given(&[("ownr", "Name"), ("stage", "Phase")]))
                .unwrap_err();
        let english: Vec<&str> = wrong.iter().map(|line| line.en.as_str()).collect();
        assert_eq!(
            english,
            [
                "there is no field `ownr`; did you mean `owner`?",
                "`stage`: there is no column `Phase`; the columns are Name, System name",
                "columns `Name` and `System name` both read as `name`; say which with --map, or rename one",
            ]
        );
    }
}
