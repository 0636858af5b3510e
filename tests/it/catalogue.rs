//! The guidelines as the command shows them, and what ties them to the crates that do the work.

use std::collections::BTreeSet;
use std::path::Path;

use dualtrack_assurance::check::check_ids;
use dualtrack_catalogue::{Catalogue, Language};
use insta::assert_snapshot;
use unicode_width::UnicodeWidthStr as _;

use crate::dualtrack::{example, folder, repository, run};

fn catalogue() -> Catalogue {
    let mut files = Vec::new();
    let mut open = vec![repository().join("guidelines")];
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    Catalogue::load(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
        .expect("the guidelines load")
}

#[test]
fn every_check_that_speaks_for_a_control_can_be_run() {
    let catalogue = catalogue();
    let measured: BTreeSet<&str> = check_ids().iter().map(|kind| kind.id.as_str()).collect();
    let text =
        std::fs::read_to_string(repository().join("crates/inventory/src/folder_check/mod.rs")).unwrap();
    let mut count = 0;
    for set in &catalogue.checks().expect("checks.yaml").checks {
        for id in &set.ids {
            let id = id.as_str();
            let beneath = |known: &&str| {
                *known == id || known.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'))
            };
            let by_folder = id.starts_with("inventory.") && text.contains(&format!("\"{id}\""));
            assert!(by_folder || measured.iter().any(beneath), "nothing runs `{id}`");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn everything_people_read_about_a_control_is_there_in_both_languages() {
    let catalogue = catalogue();
    let standing = catalogue.on(jiff::civil::date(2026, 11, 22));
    let chinese = |text: &str| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    for control in standing.controls() {
        let one = control.control;
        let mut labels = vec![
            (one.strength.label(Language::En), one.strength.label(Language::ZhHant)),
            (one.principle.label(Language::En), one.principle.label(Language::ZhHant)),
            (one.confidence.label(Language::En), one.confidence.label(Language::ZhHant)),
            (one.basis.label(Language::En), one.basis.label(Language::ZhHant)),
        ];
        labels.extend(one.timing.iter().map(|one| (one.label(Language::En), one.label(Language::ZhHant))));
        labels.extend(one.evidence.iter().map(|one| (one.label(Language::En), one.label(Language::ZhHant))));
        labels.push((one.title.in_language(Language::En), one.title.in_language(Language::ZhHant)));
        for (english, hong_kong) in labels {
            assert!(!english.is_empty() && !chinese(english), "{}: {english}", control.id());
            assert!(chinese(hong_kong), "{}: {hong_kong}", control.id());
        }
    }
}

#[test]
fn the_list_ends_with_twenty_four_guidelines_and_their_controls() {
    let english = run("guidelines list").well().out;
    assert!(english.ends_with("\n24 guidelines, 368 controls.\n"), "{english}");
    let chinese = run("guidelines list --language zh-hant").well().out;
    assert!(chinese.ends_with("\n共 24 份指引，368 項管控。\n"), "{chinese}");
    assert_eq!(english.matches("\n  for: ").count(), 24);
    assert_eq!(chinese.matches("\n  適用於：").count(), 24);
}

#[test]
fn one_control_is_shown_with_its_source_and_what_it_asks_for() {
    assert_snapshot!(run("guidelines show sfc-genai-2024.disclose-ai").well().out, @r"
    sfc-genai-2024.disclose-ai
      Client told they deal with AI
      A client interface that uses a language model prominently tells the client
      that they are dealing with AI and not a person.
        required · transparency · confirmed · the document itself
        source: para 17
        due: before launch, with each interaction
        evidence: disclosure shown
        gate: can shut a gate
    ");
    assert_snapshot!(run("guidelines show sfc-genai-2024.disclose-ai --language zh-hant").well().out, @r"
    sfc-genai-2024.disclose-ai
      披露客戶正與人工智能互動
      使用語言模型的客戶介面須以顯眼方式告知客戶，與其互動的是人工智能而非真人。
      （本產品的譯文，尚未經母語專業人士審閱）
        必須 · 透明度 · 已確認 · 文件原文
        出處：para 17
        到期：推出前、每次互動時
        證據：已展示的披露
        關卡：可令關卡關閉
    ");
}

#[test]
fn a_guideline_is_shown_with_all_its_controls_in_both_languages() {
    let catalogue = catalogue();
    for language in ["en", "zh-hant"] {
        let ran = run(&format!("guidelines show sfc-genai-2024 --language {language}")).well();
        let edition = catalogue.latest().find(|one| one.guideline().id.as_str() == "sfc-genai-2024").unwrap();
        for control in &edition.guideline().controls {
            assert!(ran.out.lines().any(|line| line == control.id.as_str()), "{language}: {}", control.id);
        }
        for line in ran.out.lines() {
            assert!(line.width() <= 80 || !line.trim().contains(' '), "{} columns: {line}", line.width());
        }
    }
}

#[test]
fn in_chinese_no_sentence_stays_english() {
    let use_file = example().join("uses/client-assistant.yaml");
    for command in [
        "guidelines list".to_owned(),
        "guidelines checks".to_owned(),
        format!("guidelines controls --for {}", use_file.display()),
    ] {
        let chinese = run(&format!("{command} --language zh-hant")).well().out;
        let english = run(&command).well().out;
        // A line of five or more English words that both languages show is a sentence nobody translated.
        let words = |line: &str| {
            line.split_whitespace()
                .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()))
                .count()
        };
        let same: Vec<&str> = chinese
            .lines()
            .filter(|line| words(line) >= 5 && english.lines().any(|other| other == *line))
            .collect();
        assert_eq!(same, Vec::<&str>::new(), "{command}");
    }
}

#[test]
fn the_controls_of_a_use_are_counted_and_the_unknown_ones_say_what_is_missing() {
    let file = example().join("uses/client-assistant.yaml");
    let ran = run(&format!("guidelines controls --for {}", file.display())).well();
    let count = ran.out.lines().nth(2).expect("the count");
    assert!(count.contains("controls apply") && count.contains("cannot be told"), "{count}");
    assert!(ran.out.lines().any(|line| line.starts_with("? ")), "{}", ran.out);
    let chinese = run(&format!("guidelines controls --for {} --language zh-hant", file.display())).well();
    assert!(chinese.out.starts_with("客戶助理\n\n"), "{}", chinese.out);
}

#[test]
fn the_checks_are_shown_with_how_many_controls_have_one() {
    let english = run("guidelines checks").well().out;
    assert!(english.lines().take(9).any(|line| line.contains("183 controls")), "{english}");
    let chinese = run("guidelines checks --language zh-hant").well().out;
    assert!(chinese.contains("183 項管控"), "{chinese}");
}

#[test]
fn what_does_not_exist_is_named_with_the_nearest() {
    assert_snapshot!(run("guidelines show sfc-genai-2042").refusal(), @"there is no guideline `sfc-genai-2042`; did you mean `sfc-genai-2024`?");
    assert_snapshot!(run("guidelines show sfc-genai-2024.disclose-ia").refusal(), @"there is no control `sfc-genai-2024.disclose-ia`; did you mean `sfc-genai-2024.disclose-ai`?");
    assert_snapshot!(run("guidelines show Disclosure").refusal(), @"guideline id `Disclosure` is not lower-case letters, digits and hyphens");
    assert_snapshot!(run("guidelines show sfc-genai-2024 --version 9").refusal(), @"there is no guideline `sfc-genai-2024`; did you mean `sfc-genai-2024`?");
    assert_snapshot!(run("guidelines difference sfc-genai-2024 1 9").refusal(), @"there is no version 9 of `sfc-genai-2024`; there is 1");
    assert_snapshot!(run("guidelines controls --for nowhere.yaml").refusal(), @"cannot read `nowhere.yaml`: it does not exist; name the file of a use, such as examples/harbour-bank/uses/client-assistant.yaml");
}

#[test]
fn a_folder_without_guidelines_is_refused() {
    let place = folder();
    let told = |path: &Path| {
        let ran = run(&format!("guidelines list --guidelines {}", path.display()));
        ran.refusal().replace(&place.path().display().to_string(), "")
    };
    assert_snapshot!(told(&place.path().join("nowhere")), @"cannot read `/nowhere`: it does not exist; name a folder of guideline files with --guidelines");
    std::fs::create_dir(place.path().join("empty")).unwrap();
    assert_snapshot!(told(&place.path().join("empty")), @"`/empty` holds no guideline; name a folder of guideline files with --guidelines");
    std::fs::write(place.path().join("empty/hk.yaml"), "schema: dualtrack.guideline/1\nidd: hk\n").unwrap();
    assert_snapshot!(told(&place.path().join("empty")), @"/empty/hk.yaml:2:1: unknown field `idd`; did you mean `id`? (expected one of schema, id, version, title, title_zh_status, issuer, issued, issued_precision, effective, status, force, applies_to, high_risk, source, relations, revision, controls)");
}
