//! A small institution and a small catalogue, as texts, for tests to change one line at a time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use dualtrack_catalogue::{Bilingual, Catalogue, CheckId, SourceError, Stage};
use dualtrack_inventory::{
    CheckOutcome, CheckResult, Digest, GateOutcome, Inventory, Objection, Reason, Use, UseId, Verdict,
    VerdictState, files_to_digest, gate, verdicts,
};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// The day on which cases are judged unless they say otherwise.
pub(crate) const TODAY: Date = date(2026, 11, 22);

/// The files of an institution, and the results of a run.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) contents: BTreeMap<String, String>,
    pub(crate) results: Vec<CheckResult>,
}

impl World {
    /// Harbour Bank with one use, `scoring`, in pilot, and no evidence.
    pub(crate) fn new() -> Self {
        let files = [
            ("institution.yaml", INSTITUTION),
            ("people.yaml", PEOPLE),
            ("uses/scoring.yaml", USE),
            ("models/scorecard.yaml", MODEL),
            ("datasets/training.yaml", TRAINING),
            ("datasets/feed.yaml", FEED),
            ("providers/cloud.yaml", PROVIDER),
        ];
        let contents = [
            ("data/model.txt", "tree"),
            ("data/training.csv", "a,b"),
            ("data/feed.csv", "a,b,c"),
            ("data/prompt.txt", "be kind"),
        ];
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
        };
        Self { files: owned(&files), contents: owned(&contents), results: Vec::new() }
    }

    pub(crate) fn with(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    pub(crate) fn without(mut self, path: &str) -> Self {
        self.files.remove(path);
        self
    }

    /// Replaces a piece of a file that must be there.
    pub(crate) fn edit(mut self, path: &str, from: &str, to: &str) -> Self {
        let text = self.files.get_mut(path).unwrap_or_else(|| panic!("no file {path}"));
        assert!(text.contains(from), "`{from}` is not in {path}");
        *text = text.replacen(from, to, 1);
        self
    }

    pub(crate) fn edit_use(self, from: &str, to: &str) -> Self {
        self.edit("uses/scoring.yaml", from, to)
    }

    /// Adds one piece of evidence; `rest` overrides or adds fields, one a line.
    pub(crate) fn evidence(self, id: &str, kind: &str, control: &str, rest: &str) -> Self {
        let defaults = [
            ("about", "{use: scoring}"),
            ("controls", &format!("[hk-2024.{control}]")),
            ("by", "owner-ann"),
            ("on", "2026-10-01"),
            ("expires", "2027-10-01"),
            ("statement", "{en: It holds, zh-Hant: 符合}"),
        ];
        let mut text = format!("schema: dualtrack.evidence/1\nevidence:\n  - id: {id}\n    kind: {kind}\n");
        for (field, value) in defaults {
            if !rest.lines().any(|line| line.starts_with(&format!("{field}:"))) {
                let _ = writeln!(text, "    {field}: {value}");
            }
        }
        for line in rest.lines() {
            let _ = writeln!(text, "    {line}");
        }
        self.with(&format!("evidence/{id}.yaml"), &text)
    }

    /// Adds a waiver of a control.
    pub(crate) fn waiver(self, control: &str, by: &str, second: &str, expires: &str) -> Self {
        let text = format!(
            "schema: dualtrack.waiver/1\nwaivers:\n  - id: w-{control}\n    use: scoring\n    control: hk-2024.{control}\n    \
             because: {{en: For a time, zh-Hant: 暫時}}\n    by: {by}\n    second: {second}\n    on: 2026-09-01\n    expires: {expires}\n"
        );
        self.with(&format!("waivers/{control}.yaml"), &text)
    }

    /// Adds an adoption of a control.
    pub(crate) fn adoption(self, control: &str, by: &str) -> Self {
        let text = format!(
            "schema: dualtrack.adoption/1\nadoptions:\n  - id: a-{control}\n    control: hk-2024.{control}\n    \
             because: {{en: We hold to it, zh-Hant: 我們採納}}\n    by: {by}\n    on: 2026-09-01\n"
        );
        self.with(&format!("adoptions/{control}.yaml"), &text)
    }

    /// Adds an approval of the state the use is in now.
    pub(crate) fn approval(self, id: &str, by: &str, role: &str, stage: &str, on: &str) -> Self {
        let inventory = self.load();
        let state = dualtrack_inventory::snapshot(&inventory, scoring(&inventory));
        let parts = state.parts.iter().fold(String::new(), |mut text, (part, digest)| {
            let _ = writeln!(text, "      {}: {digest}", part.as_str());
            text
        });
        let text = format!(
            "schema: dualtrack.approval/1\napprovals:\n  - id: {id}\n    use: scoring\n    stage: {stage}\n    \
             snapshot: {}\n    by: {by}\n    role: {role}\n    on: {on}\n    parts:\n{parts}",
            state.digest
        );
        self.with(&format!("approvals/{id}.yaml"), &text)
    }

    /// Adds a record of a check, run on the state the use is in now; `rest` adds fields, one a line.
    pub(crate) fn record(self, id: &str, kind: &str, check: &str, rest: &str) -> Self {
        let inventory = self.load();
        let state = dualtrack_inventory::snapshot(&inventory, scoring(&inventory)).digest;
        self.evidence(id, kind, "", &format!("controls: []\ncheck: {check}\nsnapshot: {state}\n{rest}"))
    }

    /// Records a change that led to the state the use is in now; `rest` adds fields.
    pub(crate) fn change(self, rest: &str) -> Self {
        let inventory = self.load();
        let state = dualtrack_inventory::snapshot(&inventory, scoring(&inventory)).digest;
        self.edit_use(
            "thresholds:",
            &format!("changes:\n  - on: 2026-11-21\n    to: {state}\n    because: {{en: Better, zh-Hant: 改善}}\n    by: builder-bob\n    {rest}\nthresholds:"),
        )
    }

    /// Adds the result of a check of this run.
    pub(crate) fn ran(mut self, check: &str, key: &str, outcome: CheckOutcome) -> Self {
        self.results.push(CheckResult {
            use_id: UseId::parse("scoring").unwrap(),
            check: CheckId::try_from(check.to_owned()).unwrap(),
            key: key.to_owned(),
            outcome,
            statement: Bilingual { en: "Measured".to_owned(), zh_hant: "已量度".to_owned() },
            measured: Some("0.83 [0.79, 0.87]".to_owned()),
            inputs: [].into(),
            at: TODAY.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp(),
            by: None,
        });
        self
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(crate) fn try_load(&self) -> Result<Inventory, Vec<SourceError>> {
        let digests = files_to_digest(self.files())
            .into_iter()
            .filter_map(|path| {
                let digest = Digest::of(self.contents.get(&path)?.as_bytes());
                Some((path, digest))
            })
            .collect();
        Inventory::load(self.files(), &digests, catalogue())
    }

    pub(crate) fn load(&self) -> Inventory {
        self.try_load().unwrap_or_else(|errors| {
            let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"))
        })
    }

    /// The errors of loading, one a line.
    pub(crate) fn errors(&self) -> String {
        let errors = self.try_load().err().unwrap_or_default();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn judge_on(&self, day: Date) -> Vec<Verdict> {
        verdicts(&catalogue().on(day), &self.load(), &self.results)
    }

    /// The verdict on a control today.
    pub(crate) fn verdict(&self, control: &str) -> Verdict {
        self.verdict_on(control, TODAY)
    }

    pub(crate) fn verdict_on(&self, control: &str, day: Date) -> Verdict {
        let id = if control.contains('.') { control.to_owned() } else { format!("hk-2024.{control}") };
        let found = self.judge_on(day).into_iter().find(|verdict| verdict.control.as_str() == id);
        found.unwrap_or_else(|| panic!("no verdict on {id}"))
    }

    pub(crate) fn state(&self, control: &str) -> VerdictState {
        self.verdict(control).state
    }

    /// What a gate comes to today.
    pub(crate) fn gate(&self, to: Stage) -> GateOutcome {
        let inventory = self.load();
        let standing = catalogue().on(TODAY);
        let judged = verdicts(&standing, &inventory, &self.results);
        gate(&standing, &inventory, scoring(&inventory), to, &judged)
    }
}

pub(crate) fn scoring(inventory: &Inventory) -> &Use {
    &inventory.uses()[&UseId::parse("scoring").unwrap()]
}

pub(crate) fn objections(outcome: &GateOutcome) -> Vec<&Objection> {
    outcome.approvals.iter().flat_map(|reading| &reading.objections).collect()
}

/// Everything production asks for, but approvals.
pub(crate) fn ready() -> World {
    World::new()
        .edit_use(
            "thresholds:",
            "monitors:\n  - id: drift\n    what: {en: Watches, zh-Hant: 監察}\n    kinds: [drift-monitor]\n    \
             controls: [hk-2024.watch]\n    every_days: 7\n    since: 2026-10-01\n    set_up_by: builder-bob\nthresholds:",
        )
        .evidence("e1", "risk-assessment", "before", "controls: [hk-2024.before, hk-2024.two-kinds, hk-2024.expected, late-2026.own]")
        .evidence("e2", "security-test", "two-kinds", "")
        .evidence("e3", "drift-monitor", "both", "by: builder-bob")
        .evidence("e4", "validation-report", "validated", "by: validator-val")
        .evidence("e5", "board-approval", "board", "by: manager-may\nline: second")
        .ran("fairness.demographic_parity_ratio", "sex", CheckOutcome::Pass)
}

pub(crate) fn approved() -> World {
    ready().approval("a1", "officer-cora", "compliance-officer", "production", "2026-11-20").approval(
        "a2",
        "manager-may",
        "accountable-manager",
        "production",
        "2026-11-20",
    )
}

/// Whether a reason of this kind stands anywhere in the tree.
pub(crate) fn says(verdict: &Verdict, wanted: impl Fn(&Reason) -> bool) -> bool {
    verdict.because.reasons().into_iter().any(wanted)
}

pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(read_catalogue);
    &CATALOGUE
}

fn read_catalogue() -> Catalogue {
    let files = [
        ("hk-2024.yaml", hong_kong()),
        (
            "sfc-2024.yaml",
            guideline(
                "sfc-2024",
                "licensed-corporation",
                "in-force",
                "circular",
                "2024-01-01",
                &control("sfc-2024.own", ""),
            ),
        ),
        (
            "vol-2024.yaml",
            guideline(
                "vol-2024",
                "data-user",
                "in-force",
                "voluntary-mechanism",
                "2024-01-01",
                &control("vol-2024.own", ""),
            ),
        ),
        (
            "coming-2025.yaml",
            guideline(
                "coming-2025",
                "authorized-institution",
                "proposed",
                "guidance",
                "2025-01-01",
                &control("coming-2025.own", ""),
            ),
        ),
        (
            "late-2026.yaml",
            guideline(
                "late-2026",
                "authorized-institution",
                "in-force",
                "circular",
                "2026-09-01",
                &control("late-2026.own", ""),
            ),
        ),
        (
            "programme-2026.yaml",
            guideline(
                "programme-2026",
                "authorized-institution",
                "programme",
                "programme",
                "2026-01-01",
                &control("programme-2026.own", "applies_when: {supervisory_sandbox: true}"),
            ),
        ),
        ("checks.yaml", CHECKS.to_owned()),
    ];
    Catalogue::load(files.iter().map(|(path, text)| (*path, text.as_str())))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn hong_kong() -> String {
    let controls: String = [
        ("before", "aliases: [hk-2024.formerly]"),
        ("two-kinds", "evidence: [risk-assessment, security-test]\nprinciple: cyber-security"),
        ("fair", "evidence: [fairness-test]\nprinciple: fairness\napplies_when: {credit: true}"),
        ("watch", "evidence: [drift-monitor]\ntiming: [continuous]\nprinciple: monitoring"),
        ("both", "evidence: [drift-monitor]\ntiming: [before-launch, continuous]"),
        ("validated", "evidence: [validation-report]\nprinciple: model-risk"),
        ("board", "evidence: [board-approval]"),
        ("incident", "evidence: [incident-record]\ntiming: [on-incident]"),
        ("changed", "timing: [on-material-change]"),
        ("privacy", "evidence: [data-inventory]\ntiming: [design]\nprinciple: data-protection\napplies_when: {personal_data: true, cross_border: true}"),
        ("reported", "confidence: reported\nbasis: secondary"),
        ("advised", "strength: advise"),
        ("expected", "strength: expect"),
        ("in-sandbox", "applies_when: {stage: sandbox}"),
        ("grave", "applies_when: {high_risk: true}"),
        ("teaching", "duty_holder: investor-education-body"),
    ]
    .iter()
    .map(|(key, rest)| control(&format!("hk-2024.{key}"), rest))
    .collect();
    guideline("hk-2024", "authorized-institution", "in-force", "circular", "2024-01-01", &controls)
        .replace("applies_to:", "high_risk: significant-impact\napplies_to:")
}

fn guideline(id: &str, kind: &str, status: &str, force: &str, effective: &str, controls: &str) -> String {
    format!(
        "schema: dualtrack.guideline/1\nid: {id}\nversion: 1\ntitle: {{en: {id}, zh-Hant: 指引}}\n\
         title_zh_status: translated\nissuer: Test\nissued: \"{effective}\"\nissued_precision: day\n\
         effective: \"{effective}\"\nstatus: {status}\nforce: {force}\napplies_to: [{kind}]\n\
         source: {{citation: c, reference: null, url: \"https://example.org/\", read_from: all}}\n\
         relations: {{}}\nrevision: {{clause: null, superseded_by: null}}\ncontrols:\n{controls}"
    )
}

fn control(id: &str, rest: &str) -> String {
    let defaults = [
        ("title", "{en: Title, zh-Hant: 標題}"),
        ("statement", "It holds."),
        ("source_ref", "para 1"),
        ("principle", "governance"),
        ("applies_when", "{}"),
        ("timing", "[before-launch]"),
        ("strength", "must"),
        ("evidence", "[risk-assessment]"),
        ("automatable", "mixed"),
        ("confidence", "confirmed"),
        ("basis", "primary-text"),
    ];
    let mut text = format!("  - id: {id}\n");
    for (field, value) in defaults {
        if !rest.lines().any(|line| line.starts_with(&format!("{field}:"))) {
            let _ = writeln!(text, "    {field}: {value}");
        }
    }
    for line in rest.lines() {
        let _ = writeln!(text, "    {line}");
    }
    text
}

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
      hk-2024.validated: {extent: part, because: {en: A person judges, zh-Hant: 由人判斷}}
";

const INSTITUTION: &str = "\
schema: dualtrack.institution/1
name: {en: Harbour Bank, zh-Hant: 海港銀行}
entities:
  - id: bank
    name: {en: Harbour Bank, zh-Hant: 海港銀行}
    kinds: [authorized-institution]
";

const PEOPLE: &str = "\
schema: dualtrack.people/1
people:
  - {id: owner-ann, name: {en: Ann, zh-Hant: 安}, roles: [business-owner]}
  - {id: builder-bob, name: {en: Bob, zh-Hant: 寶}, roles: [developer]}
  - {id: asker-amy, name: {en: Amy, zh-Hant: 美}, roles: [business-owner]}
  - {id: validator-val, name: {en: Val, zh-Hant: 華}, roles: [validator]}
  - {id: officer-cora, name: {en: Cora, zh-Hant: 歌}, roles: [compliance-officer]}
  - {id: officer-rick, name: {en: Rick, zh-Hant: 力}, roles: [risk-officer]}
  - {id: manager-may, name: {en: May, zh-Hant: 梅}, roles: [accountable-manager]}
";

const USE: &str = "\
schema: dualtrack.use/1
id: scoring
name: {en: Scoring, zh-Hant: 評分}
entity: bank
purpose: {en: Scores cards, zh-Hant: 信用卡評分}
purposes: [credit-decision]
decides: {en: Limits, zh-Hant: 信貸額}
affects: {en: Card holders, zh-Hant: 持卡人}
stage: pilot
stage_since: 2026-11-01
coverage: attested
history:
  - {stage: idea, since: 2026-01-01}
  - {stage: sandbox, since: 2026-06-01}
people:
  owners: [owner-ann]
  builders: [builder-bob]
  requesters: [asker-amy]
  validators: [validator-val]
profile:
  credit: true
  personal_data: true
  cross_border: false
  automated_decision: false
  affects_customers: true
  customer_facing: false
  generative: false
  agentic: false
  aml: false
significant_impact: false
models: [scorecard]
datasets: {training: [training], monitoring: [feed]}
prompts: [data/prompt.txt]
providers: [cloud]
tools:
  - {name: lookup, version: '1', does: {en: Looks up, zh-Hant: 查閱}}
thresholds: {cut_off: 0.25}
columns:
  label: {column: defaulted, positive: '1', favourable: '0'}
  score: {column: score, higher_means: positive, probability: true}
  decision: {favourable_below: 0.25}
  groups:
    - {column: sex, reference: male}
checks:
  - check: fairness.demographic_parity_ratio
    group: sex
    at_least: 0.8
    whole_interval: true
    set_by: officer-rick
    because: {en: Four fifths, zh-Hant: 五分之四}
    on: 2026-05-01
";

const MODEL: &str = "\
schema: dualtrack.model/1
id: scorecard
name: {en: Scorecard, zh-Hant: 評分卡}
version: '1'
kind: lightgbm
open_source: false
files: [data/model.txt]
remark: {en: A remark, zh-Hant: 備註}
";

const TRAINING: &str = "\
schema: dualtrack.dataset/1
id: training
name: {en: Training, zh-Hant: 訓練}
source: {en: Cards, zh-Hant: 信用卡}
licence: own
personal_data: true
files: [data/training.csv]
";

const FEED: &str = "\
schema: dualtrack.dataset/1
id: feed
name: {en: Feed, zh-Hant: 數據流}
source: {en: Cards, zh-Hant: 信用卡}
licence: own
personal_data: true
files: [data/feed.csv]
";

const PROVIDER: &str = "\
schema: dualtrack.provider/1
id: cloud
name: {en: Cloud, zh-Hant: 雲端}
relation: external
places: [HK]
service: {en: Hosting, zh-Hant: 寄存}
contact: desk@example.org
";
