//! Periods: dates and timestamps cut into days, months, quarters or years.
//!
//! A timestamp with a fixed offset (or Hong Kong's, which has been fixed since 1979) is cut at that
//! offset's midnight; any other in UTC.

use super::coder::Coder;
use crate::roles::Period;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use std::collections::HashMap;

/// Gives out codes of periods.
#[derive(Debug)]
pub(crate) struct Periods {
    period: Period,
    pub(crate) coder: Coder,
    /// The code of each day that occurred.
    days: HashMap<i64, u32>,
}

/// Why a batch cannot be cut.
pub(crate) enum Untimely {
    /// The column's type holds no dates.
    Type(DataType),
    /// The text of this row is not a date.
    Row(usize),
}

impl Periods {
    /// Cuts into periods of this length.
    pub(crate) fn new(period: Period) -> Self {
        Self { period, coder: Coder::new(false), days: HashMap::new() }
    }

    /// Replaces `codes` by those of the array.
    pub(crate) fn encode(&mut self, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<(), Untimely> {
        if self.period == Period::AsIs {
            return self.coder.encode(array, codes).map_err(Untimely::Type);
        }
        codes.clear();
        let kind = array.data_type().clone();
        let (unit, offset) = match &kind {
            DataType::Date32 => (1, 0),
            DataType::Date64 => (86_400_000, 0),
            DataType::Timestamp(unit, zone) => {
                let second = match unit {
                    TimeUnit::Second => 1,
                    TimeUnit::Millisecond => 1_000,
                    TimeUnit::Microsecond => 1_000_000,
                    TimeUnit::Nanosecond => 1_000_000_000,
                };
                (86_400 * second, zone.as_deref().map_or(0, offset_minutes) * 60 * second)
            }
            DataType::Utf8 => return self.texts(array, codes),
            DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
                let texts = arrow::compute::cast(array, &DataType::Utf8).map_err(|_| Untimely::Type(kind))?;
                return self.texts(&texts, codes);
            }
            _ => return Err(Untimely::Type(kind)),
        };
        let ticks = arrow::compute::cast(array, &DataType::Int64).map_err(|_| Untimely::Type(kind))?;
        let mut last = (i64::MIN, 0);
        codes.extend(ticks.as_primitive::<Int64Type>().iter().map(|ticks| {
            let Some(ticks) = ticks else { return 0 };
            let day = ticks.saturating_add(offset).div_euclid(unit);
            if day != last.0 {
                last = (day, self.day(day));
            }
            last.1
        }));
        Ok(())
    }

    fn texts(&mut self, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<(), Untimely> {
        for (row, text) in array.as_string::<i32>().iter().enumerate() {
            let code = match text.map(str::trim).filter(|text| !text.is_empty()) {
                None => 0,
                Some(text) => {
                    let (year, month, day) = date(text).ok_or(Untimely::Row(row))?;
                    self.date(year, month, day)
                }
            };
            codes.push(code);
        }
        Ok(())
    }

    fn day(&mut self, day: i64) -> u32 {
        if let Some(&code) = self.days.get(&day) {
            return code;
        }
        let (year, month, date) = civil(day);
        let code = self.date(year, month, date);
        self.days.insert(day, code);
        code
    }

    fn date(&mut self, year: i64, month: i64, day: i64) -> u32 {
        let name = match self.period {
            Period::Month => format!("{year:04}-{month:02}"),
            Period::Quarter => format!("{year:04}-Q{}", (month + 2) / 3),
            Period::Year => format!("{year:04}"),
            Period::Day | Period::AsIs => format!("{year:04}-{month:02}-{day:02}"),
        };
        self.coder.code(&name)
    }
}

/// Year, month and day of a text that begins `YYYY-MM-DD` (or with slashes).
fn date(text: &str) -> Option<(i64, i64, i64)> {
    let (year, month, day) = (text.get(0..4)?, text.get(5..7)?, text.get(8..10)?);
    let separator = |place| text.get(place..place + 1).is_some_and(|mark| mark == "-" || mark == "/");
    let number =
        |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let ends = text.get(10..11).is_none_or(|next| !next.bytes().all(|byte| byte.is_ascii_digit()));
    let real = (1..=12).contains(&month) && (1..=31).contains(&day);
    (separator(4) && separator(7) && ends && real).then_some((year, month, day))
}

/// The date of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day.clamp(-1_000_000_000, 1_000_000_000) + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, date)
}

/// Minutes east of Greenwich of `+08:00`, or of Hong Kong; 0 for zones whose offset changes.
fn offset_minutes(zone: &str) -> i64 {
    if zone == "Asia/Hong_Kong" || zone == "Hongkong" {
        return 480;
    }
    let (sign, rest) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return 0,
    };
    let digits = rest.replace(':', "");
    let number = |range| digits.get(range).and_then(|part: &str| part.parse::<i64>().ok());
    sign * (number(0..2).unwrap_or(0) * 60 + number(2..4).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Date32Array, StringArray, TimestampSecondArray};
    use std::sync::Arc;

    fn periods(period: Period, array: impl Array + 'static) -> Option<Vec<String>> {
        let mut periods = Periods::new(period);
        let mut codes = Vec::new();
        periods.encode(&(Arc::new(array) as ArrayRef), &mut codes).ok()?;
        Some(codes.iter().map(|&code| periods.coder.values()[code as usize].to_string()).collect())
    }

    #[test]
    fn dates_fall_into_the_periods_of_the_calendar() {
        let days = Date32Array::from(vec![Some(0), Some(-1), None, Some(20_542)]);
        assert_eq!(
            periods(Period::Day, days.clone()).unwrap(),
            ["1970-01-01", "1969-12-31", "(missing)", "2026-03-30"]
        );
        assert_eq!(periods(Period::Quarter, days).unwrap(), ["1970-Q1", "1969-Q4", "(missing)", "2026-Q1"]);
    }

    #[test]
    fn an_evening_in_greenwich_is_the_next_morning_in_hong_kong() {
        let evening = TimestampSecondArray::from(vec![86_400 * 31 - 3600]);
        assert_eq!(periods(Period::Month, evening.clone()).unwrap(), ["1970-01"]);
        assert_eq!(periods(Period::Month, evening.clone().with_timezone("+08:00")).unwrap(), ["1970-02"]);
        assert_eq!(periods(Period::Month, evening.with_timezone("Asia/Hong_Kong")).unwrap(), ["1970-02"]);
    }

    #[test]
    fn text_must_be_a_date() {
        let texts = |text: &str| periods(Period::Month, StringArray::from(vec![text]));
        assert_eq!(texts("2026-03-31T10:00:00Z").unwrap(), ["2026-03"]);
        assert_eq!(texts("2026/03/31").unwrap(), ["2026-03"]);
        for bad in ["31-03-2026", "2026-13-01", "2026-03-311", "soon", "二零二六年"] {
            assert!(texts(bad).is_none(), "{bad}");
        }
    }
}
