//! Translations of a guideline: the statements, checks and notes of its controls in Traditional Chinese.
//!
//! A translation belongs to one version of one guideline and lives in a file of its own, so that completing it
//! does not change the guideline's digest. A control without words in it shows English, marked as pending.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ControlId, Edition, GuidelineId, Language, Located, SourceError, Version, parse};

/// A file of translated controls.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// Always `dualtrack.guideline-translation/1`.
    pub schema: TranslationSchema,
    /// The guideline it translates.
    pub guideline: GuidelineId,
    /// The version it translates; the first unless stated.
    #[serde(default = "first_version")]
    pub version: Version,
    /// The language it is in.
    pub language: TranslationLanguage,
    /// Who has passed it.
    pub status: TranslationWork,
    /// The name of the guideline's issuer.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The words of each control. One that is missing is pending.
    pub controls: BTreeMap<ControlId, Words>,
}

/// The words of one control in another language.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The statement.
    pub statement: String,
    /// How a machine could check it.
    #[serde(default)]
    pub check: Option<String>,
    /// The researcher's remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// The schema tag of a translation file.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum TranslationSchema {
    /// The first and current schema.
    #[serde(rename = "dualtrack.guideline-translation/1")]
    V1,
}

/// A language that guidelines are translated into.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
pub enum TranslationLanguage {
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    ZhHant,
}

/// How far a translation has come.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TranslationWork {
    /// Ours; no native reader of legal Chinese has passed it yet.
    OurTranslation,
    /// A native reader has passed it.
    NativePassed,
}

/// Whose words a shown text is.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum TranslationStatus {
    /// The English of the guideline file.
    Original,
    /// A translation that a native reader has passed.
    NativePassed,
    /// Our translation.
    OurTranslation,
    /// Not translated yet: the English is shown.
    Pending,
}

impl TranslationStatus {
    /// The mark to put beside the text; nothing beside an original.
    pub fn mark(self, language: Language) -> Option<&'static str> {
        match self {
            Self::Original | Self::NativePassed => None,
            Self::OurTranslation => Some(language.pick(("our translation", "本產品譯文"))),
            Self::Pending => Some(language.pick(("translation pending", "翻譯尚待完成"))),
        }
    }
}

impl From<TranslationWork> for TranslationStatus {
    fn from(work: TranslationWork) -> Self {
        match work {
            TranslationWork::OurTranslation => Self::OurTranslation,
            TranslationWork::NativePassed => Self::NativePassed,
        }
    }
}

impl Edition {
    /// Takes up a translation of this edition, or says which of its controls this edition does not have.
    pub(crate) fn translate(&mut self, translation: Translation, file: &str, text: &str) -> Vec<SourceError> {
        let known: Vec<_> = self.guideline().controls.iter().map(|control| control.id.to_string()).collect();
        let at = |id: &ControlId, message: String| {
            let (line, column) = place_of_key(text, id.as_str(), 0);
            SourceError::at(file, line, column, message)
        };
        let mut problems = Vec::new();
        for (id, words) in &translation.controls {
            let Some(control) = self.control(id) else {
                let Translation { guideline, version, .. } = &translation;
                let message = format!("`{guideline}` version {version} has no control `{id}`");
                problems.push(at(id, message).suggesting(id.as_str(), &known));
                continue;
            };
            if words.statement.trim().is_empty() {
                problems.push(at(id, format!("the statement of `{id}` is empty")));
            }
            let stray = [
                ("check", words.check.is_some() && control.check.is_none()),
                ("note", words.note.is_some() && control.note.is_none()),
            ];
            for (field, _) in stray.into_iter().filter(|(_, is_stray)| *is_stray) {
                problems.push(at(id, format!("`{id}` has no {field} to translate")));
            }
        }
        if self.translation.is_some() {
            let (line, column) = place_of_guideline(file, text);
            let message =
                format!("`{}` version {} is translated twice", translation.guideline, translation.version);
            problems.push(SourceError::at(file, line, column, message));
        }
        if problems.is_empty() {
            self.translation = Some(translation);
        }
        problems
    }
}

/// Where a translation file names its guideline.
pub(crate) fn place_of_guideline(file: &str, text: &str) -> (u64, u64) {
    #[derive(Deserialize)]
    struct Place {
        guideline: Located<String>,
    }
    parse::<Place>(file, text).map_or((1, 1), |place| (place.guideline.line, place.guideline.column))
}

/// Where a mapping key stands in a text, after as many `earlier` ones. Keys carry no place once they are read.
pub(crate) fn place_of_key(text: &str, key: &str, earlier: usize) -> (u64, u64) {
    let mut places = text.lines().zip(1_u64..).filter_map(|(line, number)| {
        let rest = line.trim_start();
        let column = u64::try_from(line.chars().count() - rest.chars().count()).ok()? + 1;
        let after = rest.trim_start_matches(['"', '\'']).strip_prefix(key)?;
        after.trim_start_matches(['"', '\'', ' ']).starts_with(':').then_some((number, column))
    });
    places.nth(earlier).unwrap_or((1, 1))
}

fn first_version() -> Version {
    Version(1)
}
