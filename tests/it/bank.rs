//! A small bank with one use and one guideline of its own, written to disk, and changed one line at a time.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::dualtrack::{Ran, folder, run_in};
use crate::rows::Rows;

/// The bank's folder and the folder of its guidelines, side by side.
pub(crate) struct Bank {
    place: TempDir,
}

impl Bank {
    /// A sound bank. Its use waits in the sandbox; a fairness check, a data inventory, a validation report and one
    /// approval lie between it and its pilot, and none of them is there.
    pub(crate) fn new() -> Self {
        let bank = Self { place: folder() };
        for (path, text) in [
            ("bank/institution.yaml", INSTITUTION),
            ("bank/people.yaml", PEOPLE),
            ("bank/uses/scoring.yaml", USE),
            ("bank/models/scorecard.yaml", MODEL),
            ("bank/datasets/held-out.yaml", DATASET),
            ("bank/data/model.txt", "tree"),
            ("rules/hk-2024.yaml", GUIDELINE),
            ("rules/checks.yaml", CHECKS),
        ] {
            bank.write(path, text);
        }
        bank.write("bank/data/held-out.csv", Rows::sound().csv());
        bank
    }

    /// The folder in which the bank, its guidelines and whatever is written lie.
    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    /// A path below that folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.place().join(path)
    }

    /// Writes a file below that folder.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces a piece of a file that must be there.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, text.replacen(from, to, 1));
    }

    /// Assesses the bank by its own guidelines, with more arguments split at blanks.
    pub(crate) fn assess(&self, more: &str) -> Ran {
        let line = format!("assess bank --guidelines rules --out report {more}");
        run_in(self.place(), line.split_whitespace())
    }

    /// Writes the evidence and the approval that are still missing, all but what the check itself shows.
    pub(crate) fn complete(&self) {
        self.write("bank/evidence/inventory.yaml", INVENTORY);
        self.write("bank/evidence/validation.yaml", VALIDATION);
        let assessed = self.assess("--format json").json();
        let snapshot = assessed["uses"][0]["snapshot"].as_str().expect("the state that is to be approved");
        self.write("bank/approvals/pilot.yaml", APPROVAL.replace("SNAPSHOT", snapshot));
    }

    /// The verdict on a control of the use, and the reason given for it.
    #[track_caller]
    pub(crate) fn verdict(&self, control: &str, more: &str) -> (String, String) {
        let assessed = self.assess(&format!("--format json {more}")).well().json();
        let controls = assessed["uses"][0]["controls"].as_array().expect("the controls");
        let id = format!("hk-2024.{control}");
        let found = controls.iter().find(|one| one["id"] == id.as_str()).expect("the control is shown");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("none").to_owned();
        (text(&found["verdict"]), found["because"].to_string())
    }
}

const INSTITUTION: &str = "\
schema: dualtrack.institution/1
name: {en: Small Bank, zh-Hant: 小銀行}
entities:
  - id: bank
    name: {en: Small Bank, zh-Hant: 小銀行}
    kinds: [authorized-institution]
";

const PEOPLE: &str = "\
schema: dualtrack.people/1
people:
  - {id: owner-ann, name: {en: Ann, zh-Hant: 安}, roles: [business-owner]}
  - {id: builder-bob, name: {en: Bob, zh-Hant: 寶}, roles: [developer]}
  - {id: validator-val, name: {en: Val, zh-Hant: 華}, roles: [validator]}
  - {id: officer-rick, name: {en: Rick, zh-Hant: 力}, roles: [risk-officer]}
";

const USE: &str = "\
schema: dualtrack.use/1
id: scoring
name: {en: Scoring, zh-Hant: 評分}
entity: bank
purpose: {en: Ranks cards, zh-Hant: 為信用卡排序}
purposes: [credit-monitoring]
decides: {en: Nothing, zh-Hant: 不作決定}
affects: {en: Nobody, zh-Hant: 無人}
stage: sandbox
stage_since: 2026-02-01
coverage: attested
history:
  - {stage: idea, since: 2026-01-01}
people:
  owners: [owner-ann]
  builders: [builder-bob]
  requesters: [owner-ann]
  validators: [validator-val]
profile:
  affects_customers: false
  agentic: false
  aml: false
  automated_decision: false
  credit: true
  cross_border: false
  customer_facing: false
  generative: false
  group_delegated: false
  mainland_data: false
  personal_data: true
  regulatory_records: false
significant_impact: false
dpo: {unacceptable_practice: false, critical_impact: false, moderate_impact: false}
architecture: {fine_tuned: false, retrieval: false, content_filter: false, tools: false}
models: [scorecard]
datasets: {assessment: [held-out]}
columns:
  label: {column: label, positive: '1', favourable: '0'}
  score: {column: score, higher_means: positive, probability: true}
  decision: {column: decision, favourable: approve}
  groups:
    - {column: sex, reference: male}
checks:
  - check: fairness.demographic_parity_ratio
    group: sex
    at_least: 0.8
    set_by: officer-rick
    because: {en: Four fifths, zh-Hant: 五分之四}
    on: 2026-01-15
  - check: performance.auc
    at_least: 0.6
    set_by: officer-rick
    because: {en: Enough, zh-Hant: 足夠}
    on: 2026-01-15
";

const MODEL: &str = "\
schema: dualtrack.model/1
id: scorecard
name: {en: Scorecard, zh-Hant: 評分卡}
version: '1'
kind: lightgbm
open_source: false
files: [data/model.txt]
";

const DATASET: &str = "\
schema: dualtrack.dataset/1
id: held-out
name: {en: Held out, zh-Hant: 保留樣本}
source: {en: Cards, zh-Hant: 信用卡}
licence: own
personal_data: true
files: [data/held-out.csv]
";

const INVENTORY: &str = "\
schema: dualtrack.evidence/1
evidence:
  - id: inventory
    kind: data-inventory
    about: {use: scoring}
    controls: [hk-2024.privacy]
    statement: {en: Listed, zh-Hant: 已列明}
    by: owner-ann
    on: 2026-03-01
    expires: 2030-01-01
";

const VALIDATION: &str = "\
schema: dualtrack.evidence/1
evidence:
  - id: validation
    kind: validation-report
    about: {use: scoring}
    controls: [hk-2024.validated]
    statement: {en: Validated, zh-Hant: 已驗證}
    by: validator-val
    line: second
    on: 2026-03-02
    expires: 2030-01-01
";

const APPROVAL: &str = "\
schema: dualtrack.approval/1
approvals:
  - id: pilot
    use: scoring
    stage: pilot
    snapshot: SNAPSHOT
    by: officer-rick
    role: risk-officer
    on: 2026-03-03
";

const GUIDELINE: &str = "\
schema: dualtrack.guideline/1
id: hk-2024
version: 1
title: {en: A test guideline, zh-Hant: 測試指引}
title_zh_status: translated
issuer: Test
issued: '2024-01-01'
issued_precision: day
effective: '2024-01-01'
status: in-force
force: circular
applies_to: [authorized-institution]
source: {citation: c, reference: null, url: 'https://example.org/', read_from: all}
relations: {}
revision: {clause: null, superseded_by: null}
controls:
  - id: hk-2024.privacy
    title: {en: Know the data, zh-Hant: 了解數據}
    statement: List what data is used.
    source_ref: para 1
    principle: data-protection
    applies_when: {personal_data: true}
    timing: [before-launch]
    strength: must
    evidence: [data-inventory]
    automatable: attested
    confidence: confirmed
    basis: primary-text
  - id: hk-2024.fair
    title: {en: Be fair, zh-Hant: 公平}
    statement: Treat like cases alike.
    source_ref: para 2
    principle: fairness
    applies_when: {credit: true}
    timing: [before-launch]
    strength: must
    evidence: [fairness-test]
    automatable: machine
    confidence: confirmed
    basis: primary-text
  - id: hk-2024.validated
    title: {en: Validate, zh-Hant: 驗證}
    statement: Have somebody else look.
    source_ref: para 3
    principle: model-risk
    applies_when: {}
    timing: [before-launch]
    strength: must
    evidence: [validation-report]
    automatable: mixed
    confidence: confirmed
    basis: primary-text
";

const CHECKS: &str = "\
schema: dualtrack.checks/1
checks:
  - ids: [fairness.demographic_parity_ratio]
    passes_when: {en: Near enough, zh-Hant: 足夠接近}
    evidence: fairness-test
    controls:
      hk-2024.fair: {extent: whole, because: {en: It is, zh-Hant: 是}}
  - ids: [performance.auc]
    passes_when: {en: Good enough, zh-Hant: 足夠好}
    evidence: validation-report
    controls:
      hk-2024.validated: {extent: whole, because: {en: For this test, zh-Hant: 僅為測試}}
";
