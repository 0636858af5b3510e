//! What a single file says of itself: dates in order, nothing derived typed in, files inside the folder, rules whole.

use std::collections::{BTreeMap, BTreeSet};

use dualtrack_catalogue::{Bilingual, SourceError, Stage};
use jiff::civil::Date;

use crate::facts::DERIVED;
use crate::folder::{Folder, Sourced};
use crate::load::{is_inside, named_files};
use crate::places::Places;
use crate::{Digest, Gates, Snapshot, Tier, Use};

/// Everything that does not fit together within a file, and every named file that is missing.
pub(crate) fn problems(folder: &Folder, digests: &BTreeMap<String, Digest>) -> Vec<SourceError> {
    let mut problems = Vec::new();
    if folder.institution.is_none() {
        problems.push(
            SourceError::of_file("institution.yaml", "the file is missing; it names the institution")
                .in_chinese("欠缺此檔案；它列明機構資料"),
        );
    }
    if folder.people.is_none() {
        problems.push(
            SourceError::of_file("people.yaml", "the file is missing; it names the people")
                .in_chinese("欠缺此檔案；它列明人員"),
        );
    }
    for source in &folder.uses {
        use_problems(source, &mut problems);
    }
    record_problems(folder, &mut problems);
    if let Some(source) = &folder.gates {
        gates_problems(source, &mut problems);
    }
    problems.extend(file_problems(folder, digests));
    problems
}

fn use_problems(source: &Sourced<Use>, problems: &mut Vec<SourceError>) {
    let Sourced { value: of, places } = source;
    for (fact, origin) in DERIVED {
        if of.profile.contains_key(&fact) {
            let name = fact.as_str();
            let message = (
                format!("`{name}` is not stated in the profile; it follows from {origin}"),
                format!("`{name}` 不在概況中填寫，而由其他資料得出（{origin}）；請略去"),
            );
            problems.push(places.error(&["profile"], name, message));
        }
    }
    if of.people.owners.is_empty() {
        problems.push(places.error(
            &["people", "owners"],
            "owners",
            ("a use has at least one owner", "用例須有至少一名負責人"),
        ));
    }
    used_once(places, "monitors", of.monitors.iter().map(|monitor| monitor.id.as_str()), problems);
    used_once(places, "change_plans", of.change_plans.iter().map(|plan| plan.id.as_str()), problems);
    for (position, plan) in of.change_plans.iter().enumerate() {
        in_order(places, &["change_plans", &position.to_string()], (plan.on, plan.expires), problems);
    }
    column_problems(source, problems);
    check_problems(source, problems);
}

fn column_problems(source: &Sourced<Use>, problems: &mut Vec<SourceError>) {
    let Sourced { value: of, places } = source;
    let columns = &of.columns;
    if columns.label.is_some() && columns.target.is_some() {
        let message = (
            "`label` and `target` exclude each other: outcomes are classes or numbers",
            "`label` 與 `target` 只可填其一：結果為類別或數值",
        );
        problems.push(places.error(&["columns"], "target", message));
    }
    if let Some(rule) = &columns.decision {
        let ways =
            [rule.column.is_some(), rule.favourable_below.is_some(), rule.favourable_at_least.is_some()];
        if ways.into_iter().filter(|way| *way).count() != 1 {
            let message = (
                "`decision` needs exactly one of `column`, `favourable_below` and `favourable_at_least`",
                "`decision` 須填寫 `column`、`favourable_below`、`favourable_at_least` 其中一項，且只可一項",
            );
            problems.push(places.error(&["columns"], "decision", message));
        } else if rule.column.is_some() != rule.favourable.is_some() {
            let message = (
                "`decision` needs `favourable` with `column`, and only then",
                "`decision` 有 `column` 時須填寫 `favourable`，否則不可填寫",
            );
            problems.push(places.error(&["columns"], "decision", message));
        }
    }
    let attributes: Vec<_> = columns.groups.iter().map(|group| group.column.clone()).collect();
    for intersection in &columns.intersections {
        for attribute in intersection {
            if !attributes.contains(attribute) {
                let message = (
                    format!("`{attribute}` is not among the groups of this use"),
                    format!("「{attribute}」不在此用例的組別之列"),
                );
                let error = places.error(&["columns", "intersections"], attribute, message);
                problems.push(error.suggesting(attribute, &attributes));
            }
        }
    }
}

fn check_problems(source: &Sourced<Use>, problems: &mut Vec<SourceError>) {
    let Sourced { value: of, places } = source;
    let mut keys = BTreeSet::new();
    for (position, check) in of.checks.iter().enumerate() {
        let at = position.to_string();
        let id = check.check.as_str();
        let path = ["checks", at.as_str()];
        if check.at_least.is_none() && check.at_most.is_none() && check.between.is_none() {
            let message = (
                format!("check `{id}` has no threshold; it needs `at_least`, `at_most` or `between`"),
                format!("檢查「{id}」沒有門檻；請填寫 `at_least`、`at_most` 或 `between`"),
            );
            problems.push(places.error(&path, id, message));
        }
        if check.between.is_some_and(|(low, high)| low > high) {
            problems.push(places.error(
                &path,
                "between",
                ("`between` runs from the lower to the higher value", "`between` 須由較小的數值至較大的數值"),
            ));
        }
        let numbers = [
            check.at_least,
            check.at_most,
            check.between.map(|(low, _)| low),
            check.between.map(|(_, high)| high),
        ];
        if numbers.into_iter().flatten().any(|number| !number.is_finite()) {
            let message = (
                format!("the threshold of `{id}` is not a finite number"),
                format!("「{id}」的門檻並非有限數值"),
            );
            problems.push(places.error(&path, id, message));
        }
        blank(places, &path, "because", &check.because, problems);
        if !keys.insert(check.key()) {
            let key = check.key();
            let message = (format!("check `{key}` is declared twice"), format!("檢查「{key}」重複申報"));
            problems.push(places.error(&path, id, message));
        }
    }
}

fn record_problems(folder: &Folder, problems: &mut Vec<SourceError>) {
    for Sourced { value: file, places } in &folder.evidence {
        for (position, evidence) in file.evidence.iter().enumerate() {
            let at = position.to_string();
            let path = ["evidence", at.as_str()];
            in_order(places, &path, (evidence.on, evidence.expires), problems);
            if evidence.controls.is_empty() && evidence.check.is_none() {
                let id = &evidence.id;
                let message = (
                    format!(
                        "evidence `{id}` names neither `controls` nor the `check` that made it, so it speaks for nothing"
                    ),
                    format!("證據「{id}」既未列明 `controls`，亦未列明產生它的 `check`，不能證明任何事項"),
                );
                problems.push(places.error(&path, evidence.id.as_str(), message));
            }
            if evidence.check.is_some() && evidence.snapshot.is_none() {
                let id = &evidence.id;
                let message = (
                    format!(
                        "evidence `{id}` records a check without the `snapshot` it was run on; an attestation names `controls` instead"
                    ),
                    format!(
                        "證據「{id}」記錄了檢查，卻沒有所檢查的 `snapshot`；如屬聲明，請改為列明 `controls`"
                    ),
                );
                problems.push(places.error(&path, "check", message));
            }
        }
    }
    for Sourced { value: file, places } in &folder.waivers {
        for (position, waiver) in file.waivers.iter().enumerate() {
            let at = position.to_string();
            let path = ["waivers", at.as_str()];
            in_order(places, &path, (waiver.on, waiver.expires), problems);
            blank(places, &path, "because", &waiver.because, problems);
        }
    }
    for Sourced { value: file, places } in &folder.adoptions {
        for (position, adoption) in file.adoptions.iter().enumerate() {
            blank(places, &["adoptions", &position.to_string()], "because", &adoption.because, problems);
        }
    }
    for Sourced { value: file, places } in &folder.approvals {
        for (position, approval) in file.approvals.iter().enumerate() {
            let at = position.to_string();
            let path = ["approvals", at.as_str()];
            if let Some(expires) = approval.expires {
                in_order(places, &path, (approval.on, expires), problems);
            }
            if !approval.parts.is_empty() && Snapshot::digest_of(&approval.parts) != approval.snapshot {
                let id = &approval.id;
                let message = (
                    format!("the `parts` of approval `{id}` do not make up its `snapshot`"),
                    format!("批准「{id}」的 `parts` 與其 `snapshot` 不符"),
                );
                problems.push(places.error(&path, "parts", message));
            }
        }
    }
    if let Some(Sourced { value: file, places }) = &folder.people {
        let mut names = BTreeMap::new();
        for (position, person) in file.people.iter().enumerate() {
            if let Some(other) = names.insert((&person.name.en, &person.name.zh_hant), &person.id) {
                let id = &person.id;
                let message = (
                    format!(
                        "`{other}` and `{id}` have the same name; one person has one id, and two are told apart by name"
                    ),
                    format!("「{other}」與「{id}」姓名相同；一人只有一個代號，同名的兩人請以姓名區分"),
                );
                problems.push(places.error(&["people", &position.to_string()], person.id.as_str(), message));
            }
            for (place, competence) in person.competences.iter().enumerate() {
                let path = ["people", &position.to_string(), "competences", &place.to_string()];
                in_order(places, &path, (competence.on, competence.expires), problems);
            }
        }
    }
}

fn gates_problems(source: &Sourced<Gates>, problems: &mut Vec<SourceError>) {
    let Sourced { value: gates, places } = source;
    for stage in [Stage::Sandbox, Stage::Pilot, Stage::Production] {
        let name = stage.as_str();
        let Some(rule) = gates.gates.get(&stage) else {
            problems.push(places.error(
                &["gates"],
                "gates",
                (
                    format!("`gates` does not say what `{name}` asks for"),
                    format!("`gates` 沒有列明「{name}」的要求"),
                ),
            ));
            continue;
        };
        for tier in Tier::ALL {
            let tier_name = tier.as_str();
            let Some(approvals) = rule.approvals.get(&tier) else {
                let message = (
                    format!("gate `{name}` does not say who approves a use of the {tier_name} tier"),
                    format!("關卡「{name}」沒有列明由誰批准 {tier_name} 級別的用例"),
                );
                problems.push(places.error(&["gates", name, "approvals"], tier_name, message));
                continue;
            };
            if approvals.including.len() > usize::from(approvals.people) {
                let message = (
                    format!("gate `{name}` includes more offices than it asks for people"),
                    format!("關卡「{name}」所列的職能多於所要求的人數"),
                );
                problems.push(places.error(&["gates", name, "approvals", tier_name], "including", message));
            }
        }
    }
}

fn file_problems(folder: &Folder, digests: &BTreeMap<String, Digest>) -> Vec<SourceError> {
    let wrong = |named: &crate::load::NamedFile<'_>| {
        let path = named.path.as_str();
        if !is_inside(path) {
            let message = (
                format!("path `{path}` leaves the folder; paths are relative to it, without `..`"),
                format!("路徑「{path}」在資料夾以外；路徑須相對於資料夾，且不含 `..`"),
            );
            Some(named.places.error(&[], path, message))
        } else if digests.contains_key(path) {
            None
        } else {
            let message =
                (format!("file `{path}` is not in the folder"), format!("資料夾內沒有檔案「{path}」"));
            Some(named.places.error(&[], path, message))
        }
    };
    named_files(folder).iter().filter_map(wrong).collect()
}

fn in_order(places: &Places, path: &[&str], (on, expires): (Date, Date), problems: &mut Vec<SourceError>) {
    if expires < on {
        let message = (
            format!("`expires` ({expires}) lies before `on` ({on})"),
            format!("`expires`（{expires}）早於 `on`（{on}）"),
        );
        problems.push(places.error(path, "expires", message));
    }
}

fn blank(places: &Places, path: &[&str], field: &str, text: &Bilingual, problems: &mut Vec<SourceError>) {
    if text.en.trim().is_empty() || text.zh_hant.trim().is_empty() {
        let message = (
            format!("`{field}` is blank; it is given in both languages"),
            format!("`{field}` 未有填寫；須以兩種語言填寫"),
        );
        problems.push(places.error(path, field, message));
    }
}

fn used_once<'a>(
    places: &Places,
    field: &str,
    ids: impl Iterator<Item = &'a str>,
    problems: &mut Vec<SourceError>,
) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            let message = (
                format!("`{id}` is the id of two of the {field}"),
                format!("`{field}` 之中有兩項的代號同為「{id}」"),
            );
            problems.push(places.error(&[field], id, message));
        }
    }
}
