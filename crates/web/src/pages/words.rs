//! The words of pages, in the language of the reader. Those of documents and numbers are the report's.

use std::sync::LazyLock;

use dualtrack_catalogue::Language;
use dualtrack_report::{Bundle, Words, bundle};

/// The words of pages in a language.
pub(crate) fn words(language: Language) -> Words {
    let own: &'static Bundle = match language {
        Language::En => &ENGLISH,
        Language::ZhHant => &CHINESE,
    };
    Words::of(language).with(own)
}

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::En, EN));
static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::ZhHant, ZH));

const EN: &str = concat!(
    include_str!("../../locales/en/console.ftl"),
    include_str!("../../locales/en/decisions.ftl"),
    include_str!("../../locales/en/resources.ftl"),
    include_str!("../../locales/en/files.ftl"),
    include_str!("../../locales/en/account.ftl"),
    include_str!("../../locales/en/assessment.ftl"),
);
const ZH: &str = concat!(
    include_str!("../../locales/zh-Hant-HK/console.ftl"),
    include_str!("../../locales/zh-Hant-HK/decisions.ftl"),
    include_str!("../../locales/zh-Hant-HK/resources.ftl"),
    include_str!("../../locales/zh-Hant-HK/files.ftl"),
    include_str!("../../locales/zh-Hant-HK/account.ftl"),
    include_str!("../../locales/zh-Hant-HK/assessment.ftl"),
);

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::{EN, ZH};

    /// Messages whose ids are put together from what they name.
    const FAMILIES: [&str; 13] = [
        "action-",
        "channel-",
        "field-",
        "choice-",
        "kind-",
        "power-",
        "settings-",
        "hint-",
        "nav-",
        "new-",
        "models-lead",
        "datasets-lead",
        "people-lead",
    ];

    fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if !line.starts_with([' ', '}']) {
                line.split(" =").next().unwrap().clone_into(&mut current);
                assert!(!messages.contains_key(&current), "`{current}` is defined twice");
            }
            let variables = messages.entry(current.clone()).or_default();
            for part in line.split('$').skip(1) {
                let name = part.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap();
                if name != "count" {
                    variables.insert(name.to_owned());
                }
            }
        }
        messages
    }

    #[test]
    fn both_languages_hold_the_same_messages_with_the_same_variables() {
        let (english, chinese) = (messages(EN), messages(ZH));
        let missing: Vec<_> = english.iter().filter(|(id, vars)| chinese.get(*id) != Some(vars)).collect();
        let extra: Vec<_> = chinese.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(missing.is_empty(), "missing in Chinese or other variables: {missing:?}");
        assert!(extra.is_empty(), "only in Chinese: {extra:?}");
        for text in [EN, ZH] {
            assert!(fluent_bundle::FluentResource::try_new(text.to_owned()).is_ok());
            // What stands in quotes is shown as it is, variables included.
            let quoted =
                text.lines().filter(|line| line.split('"').skip(1).step_by(2).any(|it| it.contains('$')));
            assert_eq!(quoted.collect::<Vec<_>>(), Vec::<&str>::new());
        }
    }

    #[test]
    fn every_message_that_pages_ask_for_exists_and_none_is_idle() {
        let known = messages(EN);
        let mut sources = String::new();
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages"), &mut sources);
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut sources);
        let documents = include_str!("../../../report/locales/en/report.ftl");
        let documents = messages(documents);
        for opening in ["say(\"", "say_with(\"", "count(\"", "say_with(\n"] {
            for part in sources.split(opening).skip(1) {
                let part = part.trim_start().trim_start_matches('"');
                let id = part.split('"').next().unwrap();
                if id.contains('{') {
                    continue;
                }
                assert!(
                    known.contains_key(id) || documents.contains_key(id),
                    "`{id}` is asked for and not defined"
                );
            }
        }
        let idle: Vec<_> = known
            .keys()
            .filter(|id| {
                !sources.contains(&format!("\"{id}\""))
                    && !FAMILIES.iter().any(|family| id.starts_with(family))
            })
            .collect();
        assert!(idle.is_empty(), "defined and never asked for: {idle:?}");
    }

    fn gather(folder: &Path, sources: &mut String) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                gather(&path, sources);
            } else if !path.ends_with("words.rs") {
                sources.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
}
