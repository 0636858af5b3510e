//! The catalogue: every version of every guideline, with its translations and checks.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Guideline, GuidelineId, SourceError, Version, parse};

/// Every version of every guideline.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    guidelines: BTreeMap<(GuidelineId, Version), Guideline>,
}

/// Why a catalogue could not be built: every problem found, file by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError(pub Vec<SourceError>);

impl Catalogue {
    /// Builds a catalogue from files, each given as its name and its text. What a file is, its `schema` says.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::default();
        let mut problems = Vec::new();
        for (file, text) in files {
            match parse::<Guideline>(file, text) {
                Ok(guideline) => {
                    catalogue.guidelines.insert((guideline.id.clone(), guideline.version), guideline);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(catalogue) } else { Err(CatalogueError(problems)) }
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
