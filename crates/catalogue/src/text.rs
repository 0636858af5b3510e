//! Text in both official written languages of the product: English and Traditional Chinese (Hong Kong).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text in both languages. Either may be shown; neither may be missing.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq, Hash)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Traditional Chinese, Hong Kong usage.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: String,
}

impl Bilingual {
    /// A text in English and in Traditional Chinese.
    pub fn new(en: impl Into<String>, zh_hant: impl Into<String>) -> Self {
        Self { en: en.into(), zh_hant: zh_hant.into() }
    }

    /// What is said in each language.
    pub fn each(say: impl Fn(Language) -> String) -> Self {
        Self { en: say(Language::En), zh_hant: say(Language::ZhHant) }
    }

    /// The text in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhHant => &self.zh_hant,
        }
    }
}

impl<English: Into<String>, Chinese: Into<String>> From<(English, Chinese)> for Bilingual {
    /// A pair, English first.
    fn from((en, zh_hant): (English, Chinese)) -> Self {
        Self::new(en, zh_hant)
    }
}

/// A language the product speaks.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Traditional Chinese as written in Hong Kong.
    #[serde(rename = "zh-Hant")]
    ZhHant,
}

impl Language {
    /// Every language, in the order pages offer them.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhHant];

    /// The tag for `lang` attributes and file names: `en`, `zh-Hant-HK`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHant => "zh-Hant-HK",
        }
    }

    /// Picks one of a pair: English first, Traditional Chinese second.
    pub fn pick<T>(self, (english, chinese): (T, T)) -> T {
        match self {
            Self::En => english,
            Self::ZhHant => chinese,
        }
    }
}
