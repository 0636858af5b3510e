//! One version of a guideline as the catalogue holds it: the typed file, its digest, and its translation.
//!
//! Reading an edition also checks what types cannot: that ids belong to the guideline and are not used twice, and
//! that no control is empty of evidence. The digest covers the file's bytes; translations live in other files.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::translation::{Translation, Words};
use crate::{
    Bilingual, Control, ControlId, Digest, Fact, Guideline, GuidelineId, Language, Located, SourceError,
    TranslationStatus, parse,
};

/// One version of a guideline, with its digest and translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    guideline: Guideline,
    digest: Digest,
    file: String,
    pub(crate) translation: Option<Translation>,
}

/// A text as it can be shown now, and whose words it is.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The text.
    pub text: &'a str,
    /// The language the text is really in: English while a translation is pending.
    pub language: Language,
    /// Whose words it is.
    pub status: TranslationStatus,
}

impl Edition {
    /// Reads one guideline file.
    pub(crate) fn read(file: &str, text: &str) -> Result<Self, Vec<SourceError>> {
        let guideline: Guideline = parse(file, text).map_err(|problem| vec![problem])?;
        let problems = problems(&guideline, file, text);
        if problems.is_empty() {
            Ok(Self {
                guideline,
                digest: Digest::of(text.as_bytes()),
                file: file.to_owned(),
                translation: None,
            })
        } else {
            Err(problems)
        }
    }

    /// What the file states.
    pub fn guideline(&self) -> &Guideline {
        &self.guideline
    }

    /// The digest of the file, without translations.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The name of the file it was read from.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The control of this very id in this version. [`crate::Standing::control`] follows aliases too.
    pub fn control(&self, id: &ControlId) -> Option<&Control> {
        self.guideline.controls.iter().find(|control| control.id == *id)
    }

    /// Who issued the guideline; in English where no translation says it.
    pub fn issuer(&self) -> Bilingual {
        let en = self.guideline.issuer.clone();
        let translated = self.translation.as_ref().and_then(|translation| translation.issuer.clone());
        Bilingual { zh_hant: translated.unwrap_or_else(|| en.clone()), en }
    }

    /// The statement of a control of this edition.
    pub fn statement<'a>(&'a self, control: &'a Control, language: Language) -> Shown<'a> {
        self.shown(control, &control.statement, language, |words| Some(&words.statement))
    }

    /// How a machine could check a control of this edition, where the researchers say so.
    pub fn check<'a>(&'a self, control: &'a Control, language: Language) -> Option<Shown<'a>> {
        let english = control.check.as_deref()?;
        Some(self.shown(control, english, language, |words| words.check.as_deref()))
    }

    /// The remark on a control of this edition, where there is one.
    pub fn note<'a>(&'a self, control: &'a Control, language: Language) -> Option<Shown<'a>> {
        let english = control.note.as_deref()?;
        Some(self.shown(control, english, language, |words| words.note.as_deref()))
    }

    fn shown<'a>(
        &'a self,
        control: &Control,
        english: &'a str,
        language: Language,
        pick: impl Fn(&'a Words) -> Option<&'a str>,
    ) -> Shown<'a> {
        let original = Shown { text: english, language: Language::En, status: TranslationStatus::Original };
        if language == Language::En {
            return original;
        }
        let translated = self.translation.as_ref().and_then(|translation| {
            let text = pick(translation.controls.get(&control.id)?)?;
            Some(Shown { text, language, status: translation.status.into() })
        });
        translated.unwrap_or(Shown { status: TranslationStatus::Pending, ..original })
    }
}

/// What is wrong with a control, by its position; places are looked up only when something is.
struct Fault {
    control: usize,
    /// Which alias is meant; the control's own id if none.
    alias: Option<usize>,
    message: String,
}

fn problems(guideline: &Guideline, file: &str, text: &str) -> Vec<SourceError> {
    let faults = faults(guideline);
    if faults.is_empty() {
        return Vec::new();
    }
    let places = parse::<Places>(file, text).ok();
    let located = |fault: Fault| {
        let control = places.as_ref().and_then(|places| places.controls.get(fault.control));
        let place = control.and_then(|control| match fault.alias {
            Some(alias) => control.aliases.get(alias),
            None => Some(&control.id),
        });
        match place {
            Some(place) => place.error(file, fault.message),
            None => SourceError::of_file(file, fault.message),
        }
    };
    faults.into_iter().map(located).collect()
}

fn faults(guideline: &Guideline) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut used: BTreeSet<&ControlId> = BTreeSet::new();
    for (position, control) in guideline.controls.iter().enumerate() {
        let aliases = control.aliases.iter().enumerate().map(|(alias, id)| (Some(alias), id));
        for (alias, id) in std::iter::once((None, &control.id)).chain(aliases) {
            let mut fault = |message| faults.push(Fault { control: position, alias, message });
            if id.guideline() != guideline.id {
                fault(format!("`{id}` does not begin with `{}.`", guideline.id));
            }
            if !used.insert(id) {
                fault(format!("`{id}` names two controls of this file"));
            }
        }
        let id = &control.id;
        let mut fault = |message| faults.push(Fault { control: position, alias: None, message });
        if control.evidence.is_empty() {
            fault(format!("`{id}` asks for no evidence"));
        }
        if control.timing.is_empty() {
            fault(format!("`{id}` does not say when it is due"));
        }
        if guideline.high_risk.is_none() && control.applies_when.contains_key(&Fact::HighRisk) {
            fault(format!("`{id}` asks for high_risk, but the file does not say in which sense"));
        }
    }
    faults
}

/// Where the ids of a guideline file stand, read a second time for errors that point at them.
#[derive(Deserialize)]
pub(crate) struct Places {
    pub(crate) id: Located<GuidelineId>,
    relations: std::collections::BTreeMap<String, Vec<Located<GuidelineId>>>,
    revision: RevisionPlace,
    pub(crate) controls: Vec<ControlPlace>,
}

#[derive(Deserialize)]
struct RevisionPlace {
    superseded_by: Option<Located<GuidelineId>>,
}

#[derive(Deserialize)]
pub(crate) struct ControlPlace {
    id: Located<ControlId>,
    #[serde(default)]
    pub(crate) aliases: Vec<Located<ControlId>>,
}

impl Places {
    /// Every other guideline the file names, with its place.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Located<GuidelineId>> {
        self.relations.values().flatten().chain(&self.revision.superseded_by)
    }
}
