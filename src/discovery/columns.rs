//! Which columns of an export hold what: as a mapping file says, otherwise as usual headings do.

use std::path::Path;

use dualtrack_catalogue::{Bilingual, Language};

use crate::cli::ExportKind;
use crate::failure::Failure;
use crate::portfolio::columns_of_file;
use crate::sheet::{Sheet, alike};

/// The columns of an export.
#[derive(Debug)]
pub(crate) struct Columns {
    /// The host, or the merchant.
    pub(crate) service: usize,
    /// The time, or the day.
    pub(crate) time: usize,
    /// The person; counted and forgotten.
    pub(crate) person: Option<usize>,
    /// What was spent.
    pub(crate) amount: Option<usize>,
    /// In which currency.
    pub(crate) currency: Option<usize>,
    /// The department; counted.
    pub(crate) department: Option<usize>,
}

impl Columns {
    /// The columns of a table, with a mapping file if one is given.
    pub(crate) fn of(
        sheet: &Sheet,
        kind: ExportKind,
        file: Option<&Path>,
        language: Language,
    ) -> Result<Self, Failure> {
        let given = file.map(|file| columns_of_file(file, language)).transpose()?.unwrap_or_default();
        let service = match kind {
            ExportKind::Proxy => "host",
            ExportKind::Expense => "merchant",
        };
        let mut wrong: Vec<Bilingual> = given
            .keys()
            .filter(|word| !USUAL.iter().any(|(usual, _)| usual == word))
            .map(|word| {
                let known: Vec<&str> = USUAL.iter().map(|(usual, _)| *usual).collect();
                Bilingual::new(
                    format!("there is no field `{word}`; the fields are {}", known.join(", ")),
                    format!("沒有欄位 `{word}`；可用的欄位為{}", known.join("、")),
                )
            })
            .collect();
        let mut find = |word: &str, required: bool| {
            if let Some(heading) = given.get(word) {
                let found = sheet.headings.iter().position(|other| alike(other) == alike(heading));
                if found.is_none() {
                    wrong.push(Bilingual::new(
                        format!("`{word}`: there is no column `{heading}`"),
                        format!("`{word}`：沒有「{heading}」欄"),
                    ));
                }
                return found;
            }
            let usual =
                USUAL.iter().find(|(usual, _)| *usual == word).map_or(&[] as &[&str], |(_, names)| *names);
            let found = usual
                .iter()
                .find_map(|name| sheet.headings.iter().position(|heading| alike(heading) == alike(name)));
            if found.is_none() && required {
                wrong.push(Bilingual::new(
                    format!(
                        "no column holds the {word}; name one with --map, or head it `{word}`; the columns are {}",
                        sheet.headings.join(", ")
                    ),
                    format!(
                        "沒有欄載有 `{word}`；請以 --map 指明，或以 `{word}` 作標題；現有各欄為{}",
                        sheet.headings.join("、")
                    ),
                ));
            }
            found
        };
        let found = (find(service, true), find("time", true));
        let (person, amount) = (find("user", false), find("amount", false));
        let (currency, department) = (find("currency", false), find("department", false));
        match found {
            (Some(service), Some(time)) if wrong.is_empty() => {
                Ok(Self { service, time, person, amount, currency, department })
            }
            _ => {
                Err(Failure::Input(wrong.iter().map(|line| line.in_language(language).to_owned()).collect()))
            }
        }
    }
}

const USUAL: &[(&str, &[&str])] = &[
    (
        "host",
        &["host", "hostname", "domain", "url", "destination", "destination host", "主機", "網域", "網址"],
    ),
    (
        "merchant",
        &[
            "merchant",
            "merchant name",
            "vendor",
            "supplier",
            "payee",
            "description",
            "商戶",
            "商戶名稱",
            "收款人",
            "供應商",
        ],
    ),
    ("time", &["time", "timestamp", "date", "datetime", "transaction date", "時間", "日期", "交易日期"]),
    (
        "user",
        &[
            "user",
            "username",
            "employee",
            "employee id",
            "staff",
            "client ip",
            "source ip",
            "用戶",
            "員工",
            "職員",
        ],
    ),
    ("amount", &["amount", "total", "金額"]),
    ("currency", &["currency", "貨幣", "幣種"]),
    ("department", &["department", "cost centre", "cost center", "team", "部門", "成本中心"]),
];
