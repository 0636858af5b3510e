//! From lines to candidates: for each service how often, from when to when, by how many, for how much.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use dualtrack_catalogue::Bilingual;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::columns::Columns;
use super::services::{Service, Services};
use crate::cli::ExportKind;
use crate::sheet::{Row, Sheet};

/// What was seen of a service.
#[derive(Debug)]
pub(crate) struct Found {
    /// Names the candidate.
    pub(crate) id: String,
    /// The service and who provides it.
    pub(crate) service: String,
    /// How often.
    pub(crate) times: u64,
    /// The first day.
    pub(crate) first: Date,
    /// The last day.
    pub(crate) last: Date,
    source: &'static str,
    people: HashSet<String>,
    departments: BTreeSet<String>,
    /// Hundredths, by currency.
    spend: BTreeMap<String, i128>,
}

impl Found {
    fn new(service: &Service, kind: ExportKind, day: Date) -> Self {
        let source = match kind {
            ExportKind::Proxy => "proxy",
            ExportKind::Expense => "expenses",
        };
        Self {
            id: format!("{}-{source}", service.id),
            service: format!("{} · {}", service.name, service.provider),
            times: 0,
            first: day,
            last: day,
            source,
            people: HashSet::new(),
            departments: BTreeSet::new(),
            spend: BTreeMap::new(),
        }
    }

    /// By how many people, where the export says.
    pub(crate) fn people(&self) -> Option<usize> {
        (!self.people.is_empty()).then_some(self.people.len())
    }

    /// In how many departments, where the export says.
    pub(crate) fn departments(&self) -> Option<usize> {
        (!self.departments.is_empty()).then_some(self.departments.len())
    }

    /// What was spent, by currency.
    pub(crate) fn spend(&self) -> Option<String> {
        let sums: Vec<String> = self
            .spend
            .iter()
            .map(|(currency, sum)| {
                let sign = if *sum < 0 { "-" } else { "" };
                let sum = sum.unsigned_abs();
                format!("{sign}{}.{:02} {currency}", sum / 100, sum % 100).trim_end().to_owned()
            })
            .collect();
        (!sums.is_empty()).then(|| sums.join(", "))
    }

    /// The candidate, over the days on which the record has seen it already.
    pub(crate) fn document(&self, before: Option<&Value>) -> Value {
        let day = |field: &str| -> Option<Date> { before?.get(field)?.as_str()?.parse().ok() };
        let first = day("first_seen").map_or(self.first, |before| before.min(self.first));
        let last = day("last_seen").map_or(self.last, |before| before.max(self.last));
        json!({
            "schema": "dualtrack.candidate/1", "id": self.id, "service": self.service, "source": self.source,
            "first_seen": first, "last_seen": last, "times": self.times, "people": self.people(),
            "spend": self.spend(),
        })
    }
}

/// What an export shows, and a line for each row that could not be read.
pub(crate) fn gather(
    (file, sheet): (&Path, &Sheet),
    columns: &Columns,
    kind: ExportKind,
    services: &Services,
) -> (Vec<Found>, Vec<Bilingual>) {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in &sheet.rows {
        let Some(text) = row.cell(columns.service) else { continue };
        let service = match kind {
            ExportKind::Proxy => services.of_host(text),
            ExportKind::Expense => services.of_merchant(text),
        };
        let Some(service) = service else { continue };
        let place = |column: usize, (en, zh): (&str, &str)| {
            let heading = sheet.headings.get(column).map_or("", String::as_str);
            let (file, row) = (file.display(), row.number);
            Bilingual::new(
                format!("{file}:{row}: column {heading}: {en}"),
                format!("{file}:{row}：「{heading}」欄：{zh}"),
            )
        };
        let Some(day) = row.cell(columns.time).and_then(day) else {
            wrong.push(place(columns.time, NO_DAY));
            continue;
        };
        let one = found.entry(service.id.clone()).or_insert_with(|| Found::new(service, kind, day));
        if let Err(what) = add(one, row, columns, day) {
            wrong.push(place(columns.amount.unwrap_or_default(), what));
        }
    }
    (found.into_values().collect(), wrong)
}

fn add(one: &mut Found, row: &Row, columns: &Columns, day: Date) -> Result<(), (&'static str, &'static str)> {
    let cell = |column: Option<usize>| column.and_then(|column| row.cell(column));
    one.times += 1;
    one.first = one.first.min(day);
    one.last = one.last.max(day);
    one.people.extend(cell(columns.person).map(str::to_lowercase));
    one.departments.extend(cell(columns.department).map(str::to_lowercase));
    if let Some(text) = cell(columns.amount) {
        let amount = hundredths(text).ok_or(NO_AMOUNT)?;
        let sum = one.spend.entry(cell(columns.currency).unwrap_or_default().to_uppercase()).or_default();
        *sum = sum.saturating_add(amount);
    }
    Ok(())
}

/// The day of a time: as a date, as a time with an offset (then in Hong Kong), or in seconds since 1970.
fn day(text: &str) -> Option<Date> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.to_zoned(crate::hong_kong()).date());
    }
    if let Ok(day) = crate::portfolio::day(text) {
        return Some(day);
    }
    let seconds: f64 = text.parse().ok().filter(|seconds| (1e9..1e11).contains(seconds))?;
    #[expect(clippy::cast_possible_truncation, reason = "it is between 1e9 and 1e11")]
    let at = jiff::Timestamp::from_second(seconds as i64).ok()?;
    Some(at.to_zoned(crate::hong_kong()).date())
}

/// An amount in hundredths, exactly; thousands may be parted by commas.
fn hundredths(text: &str) -> Option<i128> {
    let text = text.trim().trim_start_matches("HK$").trim_start_matches('$').replace(',', "");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !only_digits(whole) || !only_digits(part) {
        return None;
    }
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    let amount: i128 = format!("{whole}{part}").parse().ok()?;
    Some(if negative { -amount } else { amount })
}

const NO_DAY: (&str, &str) = (
    "it holds no day; write year-month-day, such as 2026-11-27",
    "沒有日期；請按年-月-日填寫，例如 2026-11-27",
);
const NO_AMOUNT: (&str, &str) = (
    "it holds no amount; write digits with a point, such as 1234.50",
    "沒有金額；請以數字及小數點填寫，例如 1234.50",
);

#[cfg(test)]
mod tests {
    use dualtrack_catalogue::Language;
    use proptest::prelude::*;

    use super::*;

    fn sheet(text: &str) -> Sheet {
        let mut lines = text.lines().map(|line| line.split(',').map(ToOwned::to_owned).collect::<Vec<_>>());
        let headings = lines.next().unwrap();
        let rows = (2..).zip(lines).map(|(number, cells)| Row { number, cells }).collect();
        Sheet { headings, rows }
    }

    fn of(text: &str, kind: ExportKind) -> (Vec<Found>, Vec<Bilingual>) {
        let sheet = sheet(text);
        let columns = Columns::of(&sheet, kind, None, Language::En).unwrap();
        gather((Path::new("log.csv"), &sheet), &columns, kind, &Services::built_in().unwrap())
    }

    #[test]
    fn a_log_becomes_counts_and_days_without_names() {
        let (found, wrong) = of(
            "user,host,time,bytes\n\
             mary,api.openai.com,2026-10-31T17:00:00Z,10\n\
             john,chatgpt.com:443,2026-10-02,20\n\
             Mary,chatgpt.com,1790000000.123,20\n\
             mary,news.example,nonsense,1\n\
             mary,claude.ai,nonsense,1\n",
            ExportKind::Proxy,
        );
        assert_eq!(
            wrong,
            [Bilingual::new(
                "log.csv:6: column time: it holds no day; write year-month-day, such as 2026-11-27",
                "log.csv:6：「time」欄：沒有日期；請按年-月-日填寫，例如 2026-11-27",
            )]
        );
        let one = found.first().unwrap();
        assert_eq!((found.len(), one.times, one.people()), (1, 3, Some(2)));
        assert_eq!(one.last, Date::constant(2026, 11, 1), "the day is Hong Kong's");
        let document = one.document(Some(&json!({ "first_seen": "2026-01-01", "last_seen": "2026-02-01" })));
        assert_eq!(document["first_seen"], "2026-01-01");
        assert_eq!(document["last_seen"], "2026-11-01");
        let text = document.to_string().to_lowercase();
        assert!(!text.contains("mary") && !text.contains("john"), "{text}");
    }

    #[test]
    fn expenses_add_up_exactly_by_currency() {
        let (found, wrong) = of(
            "date,merchant,amount,currency,department\n\
             2026-10-01,OPENAI *CHATGPT,20.10,USD,Research\n\
             2026-10-02,OpenAI,0.20,usd,research\n\
             2026-10-03,OpenAI,1000,HKD,Retail\n\
             2026-10-04,OpenAI,a lot,HKD,Retail\n",
            ExportKind::Expense,
        );
        let one = found.first().unwrap();
        assert_eq!(one.spend().as_deref(), Some("1000.00 HKD, 20.30 USD"));
        assert_eq!((one.departments(), one.people()), (Some(2), None));
        assert_eq!(wrong.len(), 1);
    }

    #[test]
    fn what_is_missing_is_named() {
        let Err(crate::failure::Failure::Input(lines)) =
            Columns::of(&sheet("user,bytes\n"), ExportKind::Proxy, None, Language::ZhHant)
        else {
            panic!("two columns are missing")
        };
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("沒有欄載有")), "{lines:?}");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_line_panic(text in any::<String>()) {
            let services = Services::built_in().unwrap();
            let _ = (day(&text), hundredths(&text), services.of_merchant(&text).is_some());
            let _ = services.of_host(&text);
        }
    }
}
