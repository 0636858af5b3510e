//! The catalogue: every version of every guideline, with its translations and its checks.
//!
//! It is built from the texts of files; what each file is, its `schema` says. Either all files are sound and agree
//! with each other, or the answer is the list of everything that is wrong, one line each.

use std::collections::BTreeMap;
use std::fmt;

use crate::checks::{CheckLink, Checks, Position};
use crate::edition::{Edition, Places};
use crate::translation::{Translation, place_of_guideline, place_of_key};
use crate::{ControlId, GuidelineId, SourceError, Version, parse};

/// Every version of every guideline, with translations and checks. Immutable once built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    editions: BTreeMap<GuidelineId, BTreeMap<Version, Edition>>,
    renamed: BTreeMap<ControlId, ControlId>,
    checks: Option<Checks>,
    /// The links to each control, by the id that it goes by now.
    shown: BTreeMap<ControlId, Vec<Position>>,
}

/// Why a catalogue could not be built: every problem found, file by file. Displays as one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError(pub Vec<SourceError>);

impl Catalogue {
    /// Builds a catalogue from files, each given as its name and its text, in any order.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogueError> {
        let mut pile = Pile::default();
        for (file, text) in files {
            pile.sort_in(file, text);
        }
        let Pile { guidelines, translations, checks, mut problems } = pile;
        let mut catalogue = Self::default();
        for &source in &guidelines {
            problems.extend(catalogue.add_guideline(source));
        }
        problems.extend(catalogue.follow_aliases());
        // What refers to a guideline that could not be read would only repeat that problem.
        if problems.is_empty() {
            for &source in &guidelines {
                problems.extend(catalogue.strangers_named_in(source));
            }
            for &source in &translations {
                problems.extend(catalogue.add_translation(source));
            }
            for &source in &checks {
                problems.extend(catalogue.add_checks(source));
            }
        }
        problems.sort();
        if problems.is_empty() { Ok(catalogue) } else { Err(CatalogueError(problems)) }
    }

    /// Every version of every guideline, by id and version.
    pub fn editions(&self) -> impl Iterator<Item = &Edition> {
        self.editions.values().flat_map(BTreeMap::values)
    }

    /// The newest version of every guideline, in force or not.
    pub fn latest(&self) -> impl Iterator<Item = &Edition> {
        self.editions.values().filter_map(|versions| versions.values().next_back())
    }

    /// One version of one guideline.
    pub fn edition(&self, guideline: &GuidelineId, version: Version) -> Option<&Edition> {
        self.editions.get(guideline)?.get(&version)
    }

    /// The versions of one guideline, oldest first; none if it is unknown.
    pub fn versions<'a>(
        &'a self,
        guideline: &GuidelineId,
    ) -> impl DoubleEndedIterator<Item = &'a Edition> + use<'a> {
        self.editions.get(guideline).into_iter().flat_map(BTreeMap::values)
    }

    /// The id a control goes by in its newest version; any other id is returned as it is.
    pub fn current_id<'a>(&'a self, id: &'a ControlId) -> &'a ControlId {
        // Cycles are refused when the catalogue is built, so this ends.
        let mut current = id;
        while let Some(next) = self.renamed.get(current) {
            current = next;
        }
        current
    }

    /// Which checks can show which controls; `None` when no file of checks was given.
    pub fn checks(&self) -> Option<&Checks> {
        self.checks.as_ref()
    }

    /// The links to a control, whatever id a check knows it by, in the order of the file.
    pub(crate) fn links_to(&self, control: &ControlId) -> impl Iterator<Item = CheckLink<'_>> {
        let positions = self.shown.get(self.current_id(control)).into_iter().flatten();
        positions.filter_map(|position| self.checks.as_ref()?.at(*position))
    }

    pub(crate) fn by_guideline(&self) -> &BTreeMap<GuidelineId, BTreeMap<Version, Edition>> {
        &self.editions
    }

    fn add_guideline(&mut self, (file, text): FileText<'_>) -> Vec<SourceError> {
        let edition = match Edition::read(file, text) {
            Ok(edition) => edition,
            Err(problems) => return problems,
        };
        let (id, version) = (edition.guideline().id.clone(), edition.guideline().version);
        if let Some(other) = self.edition(&id, version) {
            let message = format!("`{id}` version {version} is already in {}", other.file());
            return vec![places(file, text).map_or_else(
                || SourceError::of_file(file, message.clone()),
                |places| places.id.error(file, message.clone()),
            )];
        }
        self.editions.entry(id).or_default().insert(version, edition);
        Vec::new()
    }

    /// Notes under which id each former id goes on; of two versions that differ, the later one prevails.
    fn follow_aliases(&mut self) -> Vec<SourceError> {
        let mut problems = Vec::new();
        let mut renamed: BTreeMap<ControlId, ControlId> = BTreeMap::new();
        for edition in self.editions() {
            for control in &edition.guideline().controls {
                for alias in &control.aliases {
                    let mut end = &control.id;
                    while let Some(next) = renamed.get(end) {
                        end = next;
                    }
                    if end == alias {
                        let message = format!(
                            "`{alias}` and `{}` are each said to be the other's former id",
                            control.id
                        );
                        problems.push(SourceError::of_file(edition.file(), message));
                    } else {
                        renamed.insert(alias.clone(), control.id.clone());
                    }
                }
            }
        }
        self.renamed = renamed;
        problems
    }

    fn strangers_named_in(&self, (file, text): FileText<'_>) -> Vec<SourceError> {
        // The places are worth a second reading only when there is something to point at.
        let read = self.editions().find(|edition| edition.file() == file);
        let is_known = |id| self.editions.contains_key(id);
        if read.is_some_and(|edition| edition.guideline().named().all(is_known)) {
            return Vec::new();
        }
        let known: Vec<_> = self.editions.keys().map(ToString::to_string).collect();
        let Some(places) = places(file, text) else { return Vec::new() };
        let strangers = places.named().filter(|named| !self.editions.contains_key(&named.value));
        strangers
            .map(|named| {
                let message = format!("no guideline has the id `{}`", named.value);
                named.error(file, message).suggesting(named.value.as_str(), &known)
            })
            .collect()
    }

    fn add_translation(&mut self, (file, text): FileText<'_>) -> Vec<SourceError> {
        let translation: Translation = match parse(file, text) {
            Ok(translation) => translation,
            Err(problem) => return vec![problem],
        };
        let edition = self
            .editions
            .get_mut(&translation.guideline)
            .and_then(|versions| versions.get_mut(&translation.version));
        if let Some(edition) = edition {
            return edition.translate(translation, file, text);
        }
        let known: Vec<_> = self.editions.keys().map(ToString::to_string).collect();
        let (line, column) = place_of_guideline(file, text);
        let message = format!("there is no `{}` version {}", translation.guideline, translation.version);
        vec![SourceError::at(file, line, column, message).suggesting(translation.guideline.as_str(), &known)]
    }

    fn add_checks(&mut self, (file, text): FileText<'_>) -> Vec<SourceError> {
        let checks: Checks = match parse(file, text) {
            Ok(checks) => checks,
            Err(problem) => return vec![problem],
        };
        if self.checks.is_some() {
            return vec![SourceError::of_file(file, "a second file of checks; there can be one")];
        }
        let problems = self.problems_of_checks(&checks, file, text);
        let mut shown: BTreeMap<ControlId, Vec<Position>> = BTreeMap::new();
        for (position, control) in checks.positions() {
            shown.entry(self.current_id(control).clone()).or_default().push(position);
        }
        self.shown = shown;
        self.checks = Some(checks);
        problems
    }

    fn problems_of_checks(&self, checks: &Checks, file: &str, text: &str) -> Vec<SourceError> {
        let known: Vec<_> = self
            .editions()
            .flat_map(|edition| edition.guideline().controls.iter().map(|control| control.id.to_string()))
            .collect();
        let mut problems = Vec::new();
        let mut seen: BTreeMap<&ControlId, usize> = BTreeMap::new();
        for set in &checks.checks {
            for id in set.controls.keys() {
                let earlier = seen.entry(id).or_default();
                let (line, column) = place_of_key(text, id.as_str(), *earlier);
                *earlier += 1;
                let mut asking =
                    self.versions(&id.guideline()).filter_map(|edition| edition.control(id)).peekable();
                if asking.peek().is_none() {
                    let message = format!("no guideline has a control `{id}`");
                    let problem = SourceError::at(file, line, column, message);
                    problems.push(problem.suggesting(id.as_str(), &known));
                } else if !asking.any(|control| control.evidence.contains(&set.evidence)) {
                    let kind = set.evidence.label(crate::Language::En);
                    let message = format!("control `{id}` does not ask for evidence of the kind {kind}");
                    problems.push(SourceError::at(file, line, column, message));
                }
            }
        }
        problems.extend(twice_linked(checks, file));
        problems
    }
}

impl std::error::Error for CatalogueError {}

impl fmt::Display for CatalogueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// The name of a file and its text.
type FileText<'a> = (&'a str, &'a str);

/// Files sorted by what they are.
#[derive(Default)]
struct Pile<'a> {
    guidelines: Vec<FileText<'a>>,
    translations: Vec<FileText<'a>>,
    checks: Vec<FileText<'a>>,
    problems: Vec<SourceError>,
}

impl<'a> Pile<'a> {
    fn sort_in(&mut self, file: &'a str, text: &'a str) {
        let tagged = text.lines().zip(1_u64..).find_map(|(line, number)| {
            let value = line.trim_start_matches('\u{feff}').strip_prefix("schema:")?;
            let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
            Some((value, number))
        });
        match tagged {
            Some((GUIDELINE, _)) => self.guidelines.push((file, text)),
            Some((TRANSLATION, _)) => self.translations.push((file, text)),
            Some((CHECKS, _)) => self.checks.push((file, text)),
            Some((other, line)) => {
                let problem = SourceError::at(file, line, 1, format!("unknown schema `{other}`"));
                self.problems.push(problem.expecting(other, [GUIDELINE, TRANSLATION, CHECKS]));
            }
            None => {
                let problem = SourceError::at(file, 1, 1, "field `schema` is missing");
                self.problems.push(problem.expecting("", [GUIDELINE, TRANSLATION, CHECKS]));
            }
        }
    }
}

fn places(file: &str, text: &str) -> Option<Places> {
    parse(file, text).ok()
}

/// A check may show a control by one kind of evidence once: two extents would contradict each other.
fn twice_linked(checks: &Checks, file: &str) -> Vec<SourceError> {
    let links: Vec<_> = checks.links().collect();
    let mut problems = Vec::new();
    for (index, link) in links.iter().enumerate() {
        let again = links.iter().skip(index + 1).find(|other| {
            (other.control, other.evidence) == (link.control, link.evidence)
                && (link.check.covers(other.check) || other.check.covers(link.check))
        });
        if let Some(other) = again {
            let message =
                format!("`{}` and `{}` are both linked to `{}`", link.check, other.check, link.control);
            problems.push(SourceError::of_file(file, message));
        }
    }
    problems
}

const GUIDELINE: &str = "dualtrack.guideline/1";
const TRANSLATION: &str = "dualtrack.guideline-translation/1";
const CHECKS: &str = "dualtrack.checks/1";
