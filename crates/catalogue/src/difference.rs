//! What changed between two versions of one guideline, control by control.
//!
//! Controls are matched by id, or by the later version's aliases. Each change gets a class by rule, as a proposal: a
//! person who reads both versions decides. Nothing here looks beyond the two values.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{Control, ControlId, DutyHolder, Guideline, Language, Version};

/// What changed from one version of a guideline to another.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Difference {
    /// The version compared from.
    pub earlier: Version,
    /// The version compared to.
    pub later: Version,
    /// Fields of the document itself that changed, by their names in the file.
    pub document: Vec<&'static str>,
    /// Controls that are new.
    pub added: Vec<ControlId>,
    /// Controls that are gone.
    pub removed: Vec<ControlId>,
    /// Controls that are there in both, with what changed in them.
    pub changed: Vec<Change>,
}

/// What changed in one control.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Change {
    /// Its id in the earlier version.
    pub from: ControlId,
    /// Its id in the later version; another one if it was renamed.
    pub to: ControlId,
    /// The fields that changed, by their names in the file.
    pub fields: Vec<&'static str>,
    /// The statement word by word, if it changed.
    pub statement: Vec<Passage>,
    /// What the change proposes to mean for a use.
    pub class: ChangeClass,
}

/// What a change proposes to mean for a use that meets the earlier version.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeClass {
    /// It asks for the same in other words, or from another source.
    Editorial,
    /// It asks for less.
    Relaxed,
    /// It may ask for more: assess again.
    Material,
}

/// A run of words that both versions share, or only one of them has.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "words")]
pub enum Passage {
    /// In both.
    Kept(String),
    /// Only in the earlier.
    Removed(String),
    /// Only in the later.
    Added(String),
}

/// Compares two versions of one guideline.
pub fn difference(earlier: &Guideline, later: &Guideline) -> Difference {
    let before: BTreeMap<_, _> = earlier.controls.iter().map(|control| (&control.id, control)).collect();
    let mut matched = BTreeSet::new();
    let mut added = Vec::new();
    let mut changed = Vec::new();
    for control in &later.controls {
        let names = std::iter::once(&control.id).chain(&control.aliases);
        let Some(&former) =
            names.filter_map(|id| before.get(id)).find(|former| !matched.contains(&former.id))
        else {
            added.push(control.id.clone());
            continue;
        };
        matched.insert(&former.id);
        changed.extend(change(former, control));
    }
    let removed = earlier
        .controls
        .iter()
        .map(|control| &control.id)
        .filter(|id| !matched.contains(id))
        .cloned()
        .collect();
    let document = changed_fields(earlier, later);
    Difference { earlier: earlier.version, later: later.version, document, added, removed, changed }
}

impl Difference {
    /// Whether nothing changed but the version's number.
    pub fn is_empty(&self) -> bool {
        self.document.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
    }

    /// The gravest class among all changes; an added control is material, a removed one relaxes.
    pub fn class(&self) -> ChangeClass {
        let mut class =
            self.changed.iter().map(|change| change.class).max().unwrap_or(ChangeClass::Editorial);
        if !self.removed.is_empty() {
            class = class.max(ChangeClass::Relaxed);
        }
        let touches_everyone = ["status", "effective", "force", "applies_to", "high_risk"];
        if !self.added.is_empty() || self.document.iter().any(|field| touches_everyone.contains(field)) {
            class = ChangeClass::Material;
        }
        class
    }
}

impl Change {
    /// Whether the control goes by another id now.
    pub fn is_renamed(&self) -> bool {
        self.from != self.to
    }
}

impl ChangeClass {
    /// The class, in words.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Editorial => ("editorial", "文字修訂"),
            Self::Relaxed => ("relaxed", "放寬"),
            Self::Material => ("material", "重大變更"),
        })
    }
}

fn change(earlier: &Control, later: &Control) -> Option<Change> {
    let weights = [
        ("title", weigh(earlier.title == later.title, ChangeClass::Editorial)),
        ("source_ref", weigh(earlier.source_ref == later.source_ref, ChangeClass::Editorial)),
        ("principle", weigh(earlier.principle == later.principle, ChangeClass::Editorial)),
        ("check", weigh(earlier.check == later.check, ChangeClass::Editorial)),
        ("basis", weigh(earlier.basis == later.basis, ChangeClass::Editorial)),
        ("note", weigh(earlier.note == later.note, ChangeClass::Editorial)),
        ("automatable", weigh(earlier.automatable == later.automatable, ChangeClass::Editorial)),
        ("statement", statement_class(&earlier.statement, &later.statement)),
        ("strength", ordered(&earlier.strength, &later.strength)),
        // A reading that is confirmed begins to bind; `Confirmed` stands before `Reported`.
        ("confidence", ordered(&later.confidence, &earlier.confidence)),
        ("evidence", grown(&earlier.evidence, &later.evidence)),
        ("timing", grown(&earlier.timing, &later.timing)),
        ("applies_when", conditions(earlier, later)),
        ("duty_holder", duty(earlier.duty_holder, later.duty_holder)),
    ];
    let changes: Vec<_> = weights.into_iter().filter_map(|(field, class)| Some((field, class?))).collect();
    let renamed = (earlier.id != later.id).then_some(ChangeClass::Editorial);
    let class = changes.iter().map(|(_, class)| *class).chain(renamed).max()?;
    let statement = if earlier.statement == later.statement {
        Vec::new()
    } else {
        passages(&earlier.statement, &later.statement)
    };
    let fields = changes.into_iter().map(|(field, _)| field).collect();
    Some(Change { from: earlier.id.clone(), to: later.id.clone(), fields, statement, class })
}

fn changed_fields(earlier: &Guideline, later: &Guideline) -> Vec<&'static str> {
    let same = [
        ("title", earlier.title == later.title),
        ("issuer", earlier.issuer == later.issuer),
        ("issued", earlier.issued == later.issued),
        ("issued_precision", earlier.issued_precision == later.issued_precision),
        ("effective", earlier.effective == later.effective),
        ("status", earlier.status == later.status),
        ("force", earlier.force == later.force),
        ("applies_to", earlier.applies_to == later.applies_to),
        ("high_risk", earlier.high_risk == later.high_risk),
        ("source", earlier.source == later.source),
        ("relations", earlier.relations == later.relations),
        ("revision", earlier.revision == later.revision),
    ];
    same.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
}

fn weigh(same: bool, class: ChangeClass) -> Option<ChangeClass> {
    (!same).then_some(class)
}

/// Other words may ask for more; other punctuation, case or spacing does not.
fn statement_class(earlier: &str, later: &str) -> Option<ChangeClass> {
    let bare = |text: &str| {
        let letters: String =
            text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
        letters.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>()
    };
    let class = if bare(earlier) == bare(later) { ChangeClass::Editorial } else { ChangeClass::Material };
    weigh(earlier == later, class)
}

fn ordered<T: Ord>(earlier: &T, later: &T) -> Option<ChangeClass> {
    match later.cmp(earlier) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(ChangeClass::Material),
        std::cmp::Ordering::Less => Some(ChangeClass::Relaxed),
    }
}

/// A longer list asks for more, a shorter one for less, another order for the same.
fn grown<T: Ord>(earlier: &[T], later: &[T]) -> Option<ChangeClass> {
    let before: BTreeSet<_> = earlier.iter().collect();
    let after: BTreeSet<_> = later.iter().collect();
    if before == after {
        return weigh(earlier == later, ChangeClass::Editorial);
    }
    Some(if after.is_subset(&before) { ChangeClass::Relaxed } else { ChangeClass::Material })
}

/// Fewer conditions reach more uses, more conditions fewer; other ones may reach other uses.
fn conditions(earlier: &Control, later: &Control) -> Option<ChangeClass> {
    if earlier.applies_when == later.applies_when {
        return None;
    }
    let keeps_all =
        earlier.applies_when.iter().all(|(fact, value)| later.applies_when.get(fact) == Some(value));
    Some(if keeps_all { ChangeClass::Relaxed } else { ChangeClass::Material })
}

fn duty(earlier: DutyHolder, later: DutyHolder) -> Option<ChangeClass> {
    let class = if later == DutyHolder::Institution { ChangeClass::Material } else { ChangeClass::Relaxed };
    weigh(earlier == later, class)
}

/// The words of both texts in one list, by their longest common subsequence.
fn passages(earlier: &str, later: &str) -> Vec<Passage> {
    let before: Vec<&str> = earlier.split_whitespace().collect();
    let after: Vec<&str> = later.split_whitespace().collect();
    if before.len().saturating_mul(after.len()) > MOST_CELLS {
        return vec![Passage::Removed(before.join(" ")), Passage::Added(after.join(" "))];
    }
    let common = common_lengths(&before, &after);
    let length =
        |row: usize, column: usize| common.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
    let (mut row, mut column) = (0, 0);
    let mut passages = Vec::new();
    loop {
        match (before.get(row), after.get(column)) {
            (Some(old), Some(new)) if old == new => {
                append(&mut passages, Passage::Kept((*old).to_owned()));
                (row, column) = (row + 1, column + 1);
            }
            (Some(old), new) if new.is_none() || length(row + 1, column) >= length(row, column + 1) => {
                append(&mut passages, Passage::Removed((*old).to_owned()));
                row += 1;
            }
            (_, Some(new)) => {
                append(&mut passages, Passage::Added((*new).to_owned()));
                column += 1;
            }
            (_, None) => return passages,
        }
    }
}

/// At `[i][j]` the number of words that the texts from word `i` and from word `j` on have in common, in order.
fn common_lengths(before: &[&str], after: &[&str]) -> Vec<Vec<usize>> {
    let mut rows = vec![vec![0; after.len() + 1]];
    for old in before.iter().rev() {
        let below = rows.last().map(Vec::as_slice).unwrap_or_default();
        let mut row = vec![0];
        let pairs = after.iter().zip(below).zip(below.iter().skip(1));
        for ((new, &under), &diagonal) in pairs.rev() {
            let right = row.last().copied().unwrap_or(0);
            row.push(if old == new { diagonal + 1 } else { right.max(under) });
        }
        row.reverse();
        rows.push(row);
    }
    rows.reverse();
    rows
}

fn append(passages: &mut Vec<Passage>, next: Passage) {
    match (passages.last_mut(), next) {
        (Some(Passage::Kept(words)), Passage::Kept(word))
        | (Some(Passage::Removed(words)), Passage::Removed(word))
        | (Some(Passage::Added(words)), Passage::Added(word)) => {
            words.push(' ');
            words.push_str(&word);
        }
        (_, next) => passages.push(next),
    }
}

const MOST_CELLS: usize = 4_000_000;
