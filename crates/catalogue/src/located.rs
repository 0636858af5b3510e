//! A value that remembers where it stands in its file, for checks that only a later step can make.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_saphyr::Spanned;

use crate::SourceError;

/// A value together with where it stands in its file, so that a later check can point at it.
///
/// Inside `#[serde(flatten)]` and untagged or internally tagged enums the place is lost (line and column 0): locate the
/// whole enum instead.
///
/// Two located values are equal when their values are, wherever they stand; it serialises as the bare value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its line, counted from 1; 0 when it was not read from a file.
    pub line: u64,
    /// Its column, counted from 1; 0 when it was not read from a file.
    pub column: u64,
}

impl<T> Located<T> {
    /// An error about this value.
    pub fn error(&self, file: &str, message: impl Into<String>) -> SourceError {
        SourceError::at(file, self.line, self.column, message)
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let place = spanned.referenced;
        Ok(Self { value: spanned.value, line: place.line(), column: place.column() })
    }
}

impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
