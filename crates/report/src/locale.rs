//! Words, numbers and dates in the language of the reader.
//!
//! Words live in Fluent files under `locales/`, built into the crate; both languages hold the same messages with the
//! same variables (a test says so). A message that does not exist shows as its id, never as a panic.

use std::sync::LazyLock;

use dualtrack_catalogue::{Bilingual, Language};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use unic_langid::{LanguageIdentifier, langid};

/// The words of one language. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Words {
    /// Which language.
    pub language: Language,
    /// The words of whoever shows more than documents; those of documents stand behind them.
    own: Option<&'static Bundle>,
    bundle: &'static Bundle,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Words").field(&self.language).finish()
    }
}

impl Words {
    /// The words of `language`.
    pub fn of(language: Language) -> Self {
        let bundle = match language {
            Language::En => &*ENGLISH,
            Language::ZhHant => &*CHINESE,
        };
        Self { language, own: None, bundle }
    }

    /// The same with words of one's own, which are looked for first.
    #[must_use]
    pub fn with(self, own: &'static Bundle) -> Self {
        Self { own: Some(own), ..self }
    }

    /// The message `id`, which takes no variables.
    pub fn say(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// The message `id` with its variables.
    pub fn say_with(&self, id: &str, variables: &[(&'static str, &str)]) -> String {
        let mut arguments = FluentArgs::new();
        for &(name, value) in variables {
            arguments.set(name, value.to_owned());
        }
        self.format(id, Some(&arguments))
    }

    /// The message `id` with a `count` that decides between singular and plural.
    pub fn count(&self, id: &str, count: u64) -> String {
        let mut arguments = FluentArgs::new();
        // The number chooses the plural form; `shown` carries the thousands separators.
        arguments.set("count", count);
        arguments.set("shown", self.whole(count));
        self.format(id, Some(&arguments))
    }

    /// A text that exists in both languages.
    pub fn pick<'a>(&self, text: &'a Bilingual) -> &'a str {
        text.in_language(self.language)
    }

    /// A text that may stand within a sentence, as one of its own: its first letter as a capital.
    pub fn sentence(&self, text: &Bilingual) -> String {
        self.sentence_of(self.pick(text))
    }

    /// The same of a text in the language of the reader.
    pub fn sentence_of(&self, text: &str) -> String {
        let mut letters = text.chars();
        match letters.next() {
            Some(first) if first.is_ascii_lowercase() => {
                format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
            }
            _ => text.to_owned(),
        }
    }

    /// Texts as a list.
    pub fn list(&self, texts: &[Bilingual]) -> String {
        let texts: Vec<_> = texts.iter().map(|text| self.pick(text)).collect();
        texts.join(&self.say("list-comma"))
    }

    /// `22 November 2026` or `2026年11月22日`.
    pub fn date(&self, date: Date) -> String {
        let month = self.say(
            MONTHS.get(usize::from(date.month().unsigned_abs()).saturating_sub(1)).unwrap_or(&"month-1"),
        );
        let (year, day) = (date.year().to_string(), date.day().to_string());
        self.say_with("date", &[("year", &year), ("month", &month), ("day", &day)])
    }

    /// The same with hours and minutes of Hong Kong, which has had no summer time since 1979.
    pub fn instant(&self, instant: Timestamp) -> String {
        let local: DateTime = TimeZone::fixed(Offset::constant(8)).to_datetime(instant);
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        self.say_with("instant", &[("date", &self.date(local.date())), ("time", &time)])
    }

    /// A whole number with separators: `30,000`.
    pub fn whole(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A share as `83.1%`.
    pub fn percent(&self, share: f64) -> String {
        format!("{}%", self.decimal(share * 100.0, 1))
    }

    /// A level of confidence, as short as it goes: `95%`, `99.4%`.
    pub(crate) fn level(&self, level: f64) -> String {
        self.percent(level).replace(".0%", "%")
    }

    /// A number with this many decimals and a true minus sign; never `-0`.
    pub fn decimal(&self, number: f64, decimals: usize) -> String {
        if number.is_infinite() {
            return if number > 0.0 { "∞".to_owned() } else { "−∞".to_owned() };
        }
        let text = format!("{number:.decimals$}");
        match text.strip_prefix('-') {
            Some(rest) if rest.chars().all(|digit| matches!(digit, '0' | '.')) => rest.to_owned(),
            Some(rest) => format!("−{rest}"),
            None => text,
        }
    }

    fn format(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        for bundle in self.own.into_iter().chain([self.bundle]) {
            if let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) {
                // A variable that is missing shows as `{$name}`; the errors hold nothing more.
                return bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned();
            }
        }
        format!("[{id}]")
    }
}

/// Messages of one language.
pub type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::En, include_str!("../locales/en/report.ftl")));
static CHINESE: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::ZhHant, include_str!("../locales/zh-Hant-HK/report.ftl")));

/// What parses of a Fluent file of a language; tests hold that all of it does.
pub fn bundle(language: Language, text: &str) -> Bundle {
    let language: LanguageIdentifier = match language {
        Language::En => langid!("en-HK"),
        Language::ZhHant => langid!("zh-Hant-HK"),
    };
    let resource = match FluentResource::try_new(text.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks protect right-to-left names; here they would only litter copied text.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9",
    "month-10", "month-11", "month-12",
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use jiff::civil::date;

    use super::*;

    const EN: &str = include_str!("../locales/en/report.ftl");
    const ZH: &str = include_str!("../locales/zh-Hant-HK/report.ftl");

    /// Message id → the variables it uses. Every message here is one line or an indented block.
    fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if !line.starts_with([' ', '}']) {
                line.split(" =").next().unwrap().clone_into(&mut current);
            }
            let variables = messages.entry(current.clone()).or_default();
            for part in line.split('$').skip(1) {
                let name = part.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap();
                // `count` only chooses a plural; Chinese has none.
                if name != "count" {
                    variables.insert(name.to_owned());
                }
            }
        }
        messages
    }

    #[test]
    fn both_languages_hold_the_same_messages_with_the_same_variables() {
        assert!(FluentResource::try_new(EN.to_owned()).is_ok(), "the English file parses");
        assert!(FluentResource::try_new(ZH.to_owned()).is_ok(), "the Chinese file parses");
        let (english, chinese) = (messages(EN), messages(ZH));
        let missing: Vec<_> = english.iter().filter(|(id, vars)| chinese.get(*id) != Some(vars)).collect();
        let extra: Vec<_> = chinese.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(missing.is_empty(), "missing in Chinese or other variables: {missing:?}");
        assert!(extra.is_empty(), "only in Chinese: {extra:?}");
    }

    #[test]
    fn no_message_is_defined_twice() {
        for text in [EN, ZH] {
            let starts: Vec<_> = text
                .lines()
                .filter_map(|l| l.split_once(" =").filter(|(id, _)| !id.starts_with([' ', '#'])))
                .collect();
            let distinct: BTreeSet<_> = starts.iter().map(|(id, _)| id).collect();
            assert_eq!(starts.len(), distinct.len());
        }
    }

    #[test]
    fn every_message_the_code_and_templates_ask_for_exists_and_none_is_idle() {
        let known = messages(EN);
        let mut sources = String::new();
        for folder in
            ["src", "src/chart", "src/html", "src/pdf", "src/screen", "templates", "templates/screen"]
        {
            let mut files: Vec<_> =
                std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap().collect();
            files.sort_by_key(|file| file.as_ref().unwrap().path());
            for file in files {
                let path = file.unwrap().path();
                if path.is_file() && !path.ends_with("locale.rs") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for opening in ["say(\"", "say_with(\"", "count(\"", "say_with(\n"] {
            for part in sources.split(opening).skip(1) {
                let part = part.trim_start().trim_start_matches('"');
                let id = part.split('"').next().unwrap();
                assert!(known.contains_key(id), "`{id}` is asked for and not defined");
            }
        }
        let idle: Vec<_> = known
            .keys()
            .filter(|id| {
                let named = sources.contains(&format!("\"{id}\""));
                let family = FAMILIES.iter().any(|family| id.starts_with(family));
                !named && !family
            })
            .collect();
        assert!(idle.is_empty(), "defined and never asked for: {idle:?}");
    }

    /// Messages whose id is put together, or asked for in this file.
    const FAMILIES: [&str; 3] = ["month-", "date", "instant"];

    #[test]
    fn dates_and_numbers_follow_the_language() {
        let (english, chinese) = (Words::of(Language::En), Words::of(Language::ZhHant));
        let day = date(2026, 11, 22);
        assert_eq!(english.date(day), "22 November 2026");
        assert_eq!(chinese.date(day), "2026年11月22日");
        let instant: Timestamp = "2026-11-22T02:05:00Z".parse().unwrap();
        assert_eq!(english.instant(instant), "22 November 2026, 10:05 HKT");
        assert_eq!(chinese.instant(instant), "2026年11月22日 10:05（香港時間）");
        assert_eq!(english.whole(30_000), "30,000");
        assert_eq!(english.percent(0.8309), "83.1%");
        assert_eq!(english.level(0.95), "95%");
        assert_eq!(english.level(0.99375), "99.4%");
        assert_eq!(english.decimal(-0.0001, 2), "0.00");
        assert_eq!(english.decimal(-0.02, 2), "−0.02");
    }
}
