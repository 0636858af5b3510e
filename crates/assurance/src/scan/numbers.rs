//! Numbers: a column of any numeric type, or of text that holds numbers, as floats.

use super::coder::simpler;
use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::datatypes::{DataType, Float64Type};

/// The numbers of a batch.
pub(crate) struct Numbers {
    /// The values; null where there is none or where it is not a number.
    pub(crate) values: Float64Array,
    /// The rows whose text is not a number.
    pub(crate) odd: Vec<usize>,
}

impl Numbers {
    /// Reads an array. `Err` is the type of an array that holds no numbers.
    pub(crate) fn of(array: &ArrayRef) -> Result<Self, DataType> {
        let kind = array.data_type();
        match kind {
            DataType::Float64 => {
                Ok(Self { values: array.as_primitive::<Float64Type>().clone(), odd: Vec::new() })
            }
            DataType::Utf8 => Ok(Self::parsed(array.as_string::<i32>().iter())),
            DataType::LargeUtf8 | DataType::Utf8View => Self::cast(array, &DataType::Utf8),
            DataType::Boolean => {
                let values =
                    array.as_boolean().iter().map(|value| value.map(|value| f64::from(u8::from(value))));
                Ok(Self { values: values.collect(), odd: Vec::new() })
            }
            DataType::Dictionary(..) => match simpler(kind) {
                Some(DataType::Dictionary(_, value)) => Self::cast(array, &value),
                Some(value) => Self::cast(array, &value),
                None => Err(kind.clone()),
            },
            DataType::Null => Ok(Self { values: Float64Array::new_null(array.len()), odd: Vec::new() }),
            kind if kind.is_numeric() => Self::cast(array, &DataType::Float64),
            kind => Err(kind.clone()),
        }
    }

    fn cast(array: &ArrayRef, kind: &DataType) -> Result<Self, DataType> {
        let array = arrow::compute::cast(array, kind).map_err(|_| array.data_type().clone())?;
        Self::of(&array)
    }

    fn parsed<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut odd = Vec::new();
        let values = texts
            .enumerate()
            .map(|(row, text)| {
                let text = text.map(str::trim).filter(|text| !text.is_empty())?;
                let number = text.parse().ok();
                if number.is_none() {
                    odd.push(row);
                }
                number
            })
            .collect();
        Self { values, odd }
    }
}

/// What a reader calls the type of a column.
pub(crate) fn family(kind: &DataType) -> &'static str {
    match kind {
        DataType::Boolean => "true or false",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => "a date",
        DataType::Dictionary(_, value) => family(value),
        DataType::Null => "empty",
        kind if kind.is_numeric() => "a number",
        _ => "of another type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int32Array, StringArray};
    use std::sync::Arc;

    #[test]
    fn text_is_read_as_numbers_and_the_odd_rows_are_told() {
        let array: ArrayRef = Arc::new(StringArray::from(vec![Some("1.5"), None, Some("x"), Some(" 2 ")]));
        let numbers = Numbers::of(&array).unwrap();
        assert_eq!(numbers.values.iter().collect::<Vec<_>>(), [Some(1.5), None, None, Some(2.0)]);
        assert_eq!(numbers.odd, [2]);
        let array: ArrayRef = Arc::new(Int32Array::from(vec![7]));
        assert_eq!(Numbers::of(&array).unwrap().values.iter().next(), Some(Some(7.0)));
    }
}
