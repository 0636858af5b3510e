//! Codes: the values of one column as small integers, the same throughout one thread.
//!
//! Code 0 is always the missing value. A dictionary is translated once, not once a row; numbers and
//! texts are looked up. What a value's canonical text is, is documented at [`crate::roles::same_value`].
#![expect(clippy::indexing_slicing, reason = "a kernel: table sizes are fixed where they are made")]

use crate::cube::Value;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, Float64Array, Int64Array, StringArray,
};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use std::collections::HashMap;
use std::sync::Arc;

/// Gives out codes for the values of a column.
#[derive(Debug)]
pub(crate) struct Coder {
    /// Whether text that reads as a number or a boolean is brought to its canonical form.
    canonical: bool,
    values: Vec<Value>,
    /// Codes of canonical text.
    texts: HashMap<Box<str>, u32>,
    /// Codes of text as it stands, when that is not canonical.
    aliases: HashMap<Box<str>, u32>,
    small: Vec<u32>,
    integers: HashMap<i64, u32>,
    floats: HashMap<u64, u32>,
    dictionary: Option<(ArrayRef, Vec<u32>)>,
}

impl Coder {
    /// A coder; `canonical` for labels and decisions, whose text may be `1.0` for 1.
    pub(crate) fn new(canonical: bool) -> Self {
        Self {
            canonical,
            values: vec![Value::MISSING],
            texts: HashMap::new(),
            aliases: HashMap::new(),
            small: vec![0; SMALL],
            integers: HashMap::new(),
            floats: HashMap::new(),
            dictionary: None,
        }
    }

    /// The value of each code.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    /// How many codes there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The code of a text that is already canonical.
    pub(crate) fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.texts.get(text) {
            return code;
        }
        let code = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(text.into());
        self.texts.insert(text.into(), code);
        code
    }

    /// Replaces `codes` by those of the array. `Err` is the type of an array that cannot be coded.
    pub(crate) fn encode(&mut self, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<(), DataType> {
        codes.clear();
        match array.data_type() {
            DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => {
                self.dictionary(array.as_dictionary::<Int32Type>(), codes);
            }
            DataType::Utf8 => self.strings(array.as_string::<i32>(), codes),
            DataType::Boolean => self.booleans(array.as_boolean(), codes),
            DataType::Int64 => self.integers(array.as_primitive::<Int64Type>(), codes),
            DataType::Float64 => self.floats(array.as_primitive(), codes),
            DataType::Null => codes.resize(array.len(), 0),
            other => {
                let simpler = simpler(other).ok_or_else(|| other.clone())?;
                let array = arrow::compute::cast(array, &simpler).map_err(|_| other.clone())?;
                self.encode(&array, codes)?;
            }
        }
        Ok(())
    }

    fn dictionary(&mut self, array: &DictionaryArray<Int32Type>, codes: &mut Vec<u32>) {
        let known = self.dictionary.take().filter(|(values, _)| Arc::ptr_eq(values, array.values()));
        let (values, map) = known.unwrap_or_else(|| {
            let texts = array.values().as_string::<i32>();
            let map = texts.iter().map(|text| text.map_or(0, |text| self.text(text))).collect();
            (Arc::clone(array.values()), map)
        });
        let keys = array.keys().values();
        let code = |key: i32| map.get(key.cast_unsigned() as usize).copied().unwrap_or(0);
        if let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) {
            codes.extend(keys.iter().zip(nulls).map(|(&key, valid)| if valid { code(key) } else { 0 }));
        } else {
            codes.extend(keys.iter().map(|&key| code(key)));
        }
        self.dictionary = Some((values, map));
    }

    fn strings(&mut self, array: &StringArray, codes: &mut Vec<u32>) {
        let mut last = ("", 0);
        codes.extend(array.iter().map(|text| {
            let Some(text) = text else { return 0 };
            if text != last.0 || last.1 == 0 {
                last = (text, self.text(text));
            }
            last.1
        }));
    }

    fn text(&mut self, text: &str) -> u32 {
        if !self.canonical {
            return self.code(text);
        }
        if let Some(&code) = self.aliases.get(text) {
            return code;
        }
        let code = match canonical(text) {
            Some(canonical) if canonical.is_empty() => 0,
            Some(canonical) => self.code(&canonical),
            None => self.code(text),
        };
        if self.aliases.len() < ALIASES {
            self.aliases.insert(text.into(), code);
        }
        code
    }

    fn booleans(&mut self, array: &BooleanArray, codes: &mut Vec<u32>) {
        let (no, yes) = (self.code("false"), self.code("true"));
        codes.extend(array.iter().map(|value| value.map_or(0, |value| if value { yes } else { no })));
    }

    fn integers(&mut self, array: &Int64Array, codes: &mut Vec<u32>) {
        let numbers = array.values();
        let mut code = |number: i64| {
            let place = number.wrapping_add(SMALL_FROM).cast_unsigned();
            match self.small.get(usize::try_from(place).unwrap_or(usize::MAX)) {
                Some(&code) if code != 0 => code,
                _ => self.integer(number),
            }
        };
        if let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) {
            codes.extend(numbers.iter().zip(nulls).map(|(&n, valid)| if valid { code(n) } else { 0 }));
        } else {
            codes.extend(numbers.iter().map(|&number| code(number)));
        }
    }

    #[cold]
    fn integer(&mut self, number: i64) -> u32 {
        if let Some(&code) = self.integers.get(&number) {
            return code;
        }
        let code = self.code(&number.to_string());
        let place = number.wrapping_add(SMALL_FROM).cast_unsigned();
        if place < SMALL as u64 {
            self.small[usize::try_from(place).unwrap_or_default()] = code;
        } else {
            self.integers.insert(number, code);
        }
        code
    }

    fn floats(&mut self, array: &Float64Array, codes: &mut Vec<u32>) {
        codes.extend(array.iter().map(|number| {
            let Some(number) = number.filter(|number| !number.is_nan()) else { return 0 };
            if let Some(&code) = self.floats.get(&number.to_bits()) {
                return code;
            }
            let code = self.code(&shortest(number));
            self.floats.insert(number.to_bits(), code);
            code
        }));
    }
}

/// A number as text: integers without a point, others in the shortest form.
pub(crate) fn shortest(number: f64) -> String {
    (number + 0.0).to_string()
}

/// The canonical form of a text that is a number or a boolean; empty for NaN, which is no value.
fn canonical(text: &str) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("true") || trimmed.eq_ignore_ascii_case("false") {
        return Some(trimmed.to_ascii_lowercase());
    }
    let number = trimmed.parse::<f64>().ok()?;
    if number.is_nan() {
        return Some(String::new());
    }
    // Beyond 2^53 a float would change the digits of an identifier.
    (number.abs() < 9_007_199_254_740_992.0).then(|| shortest(number))
}

/// The type that an array is read as instead.
pub(crate) fn simpler(kind: &DataType) -> Option<DataType> {
    Some(match kind {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => DataType::Int64,
        DataType::Float16 | DataType::Float32 => DataType::Float64,
        DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::UInt64
        | DataType::Date32
        | DataType::Date64
        | DataType::Timestamp(..)
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => DataType::Utf8,
        DataType::Dictionary(_, value) => match value.as_ref() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            other => other.clone(),
        },
        DataType::RunEndEncoded(_, value) => value.data_type().clone(),
        _ => return None,
    })
}

/// Integers from −128 on are looked up in a table.
const SMALL_FROM: i64 = 128;
const SMALL: usize = 1024 + 128;
/// How many spellings are remembered.
const ALIASES: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(coder: &mut Coder, array: impl Array + 'static) -> Vec<u32> {
        let mut codes = Vec::new();
        coder.encode(&(Arc::new(array) as ArrayRef), &mut codes).unwrap();
        codes
    }

    #[test]
    fn every_type_of_column_gives_the_same_codes_for_the_same_values() {
        let mut coder = Coder::new(true);
        let integers = codes(&mut coder, Int64Array::from(vec![Some(0), Some(1), None, Some(5000)]));
        assert_eq!(integers, [1, 2, 0, 3]);
        assert_eq!(codes(&mut coder, Float64Array::from(vec![1.0, 0.0, -0.0, f64::NAN])), [2, 1, 1, 0]);
        assert_eq!(codes(&mut coder, StringArray::from(vec!["1.0", "0", "5000", "nan"])), [2, 1, 3, 0]);
        let dictionary: DictionaryArray<Int32Type> =
            vec![Some("1"), None, Some("5000")].into_iter().collect();
        assert_eq!(codes(&mut coder, dictionary), [2, 0, 3]);
        assert_eq!(codes(&mut coder, arrow::array::UInt8Array::from(vec![1, 0])), [2, 1]);
        assert_eq!(coder.values()[3], Value::from("5000"));
    }

    #[test]
    fn text_of_groups_keeps_its_spelling() {
        let mut coder = Coder::new(false);
        assert_eq!(codes(&mut coder, StringArray::from(vec!["01", "1", "01"])), [1, 2, 1]);
    }

    #[test]
    fn a_type_that_has_no_categories_is_named() {
        let mut coder = Coder::new(false);
        let array: ArrayRef = Arc::new(arrow::array::BinaryArray::from(vec![b"a".as_slice()]));
        assert_eq!(coder.encode(&array, &mut Vec::new()), Err(DataType::Binary));
    }
}
