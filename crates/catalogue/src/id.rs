//! Names that point at guidelines, their versions and their controls. Made only by parsing.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The id of a guideline, such as `sfc-genai-2024`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[a-z0-9-]+$"))]
pub struct GuidelineId(String);

/// The id of a control, such as `sfc-genai-2024.risk-based-scaling`.
///
/// Every `ControlId` in memory names a guideline and one key in it; the key is the same in all versions.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = r"^[a-z0-9-]+\.[a-z0-9-]+$"))]
pub struct ControlId {
    text: String,
    dot: usize,
}

/// The version of a guideline as this catalogue holds it: 1, 2, 3 in the order of issue.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(transparent)]
pub struct Version(pub u32);

/// A text that is not an id of the expected form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlIdError {
    /// Not `guideline.control`.
    #[error("control id `{0}` is not of the form `guideline.control`")]
    Control(String),
    /// Not lower-case words joined by hyphens.
    #[error("guideline id `{0}` is not lower-case letters, digits and hyphens")]
    Guideline(String),
}

impl GuidelineId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GuidelineId {
    type Error = ControlIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_slug(&text) { Ok(Self(text)) } else { Err(ControlIdError::Guideline(text)) }
    }
}

impl ControlId {
    /// The whole id, `guideline.control`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The guideline part.
    pub fn guideline(&self) -> GuidelineId {
        GuidelineId(self.text.get(..self.dot).unwrap_or_default().to_owned())
    }

    /// The part after the dot, stable across versions.
    pub fn key(&self) -> &str {
        self.text.get(self.dot + 1..).unwrap_or_default()
    }
}

impl TryFrom<String> for ControlId {
    type Error = ControlIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('.') {
            Some((guideline, key)) if is_slug(guideline) && is_slug(key) => {
                let dot = guideline.len();
                Ok(Self { text, dot })
            }
            _ => Err(ControlIdError::Control(text)),
        }
    }
}

impl FromStr for GuidelineId {
    type Err = ControlIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl FromStr for ControlId {
    type Err = ControlIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<GuidelineId> for String {
    fn from(id: GuidelineId) -> Self {
        id.0
    }
}

impl From<ControlId> for String {
    fn from(id: ControlId) -> Self {
        id.text
    }
}

impl fmt::Display for GuidelineId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for ControlId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
