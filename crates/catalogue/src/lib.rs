//! Guidelines as data: load them, decide which controls apply to a profile, tell two versions apart.
//!
//! A guideline is one YAML file per version. This crate turns its text into typed values, refuses anything it
//! does not understand, and answers two questions: which controls apply to a profile, and what changed between
//! two versions. It reads no files, no clock, and knows nothing of uses, people or evidence.

mod applicability;
mod catalogue;
mod checks;
mod coverage;
mod difference;
mod edition;
mod fact;
mod fact_labels;
mod guideline;
mod id;
mod labels;
mod located;
mod profile;
mod schema;
mod source;
mod standing;
mod text;
mod translation;
mod vocabulary;

pub use applicability::{Applicability, applies};
pub use catalogue::{Catalogue, CatalogueError};
pub use checks::{CheckId, CheckIdError, CheckLink, CheckSet, Checks, ChecksSchema, Extent, Showing};
pub use coverage::{CheckCoverage, CoveredControls};
pub use difference::{Change, ChangeClass, Difference, Passage, difference};
pub use edition::{Digest, Edition, Shown};
pub use fact::{Fact, FactValue, HighRiskSense, Stage};
pub use guideline::{Binding, Control, Guideline, GuidelineSchema, InForceFrom, Revision, Source};
pub use id::{ControlId, ControlIdError, GuidelineId, Version};
pub use located::Located;
pub use profile::Profile;
pub use schema::schemas;
pub use source::{SourceError, nearest, parse};
pub use standing::{Standing, StandingControl};
pub use text::{Bilingual, Language};
pub use translation::{
    Translation, TranslationLanguage, TranslationSchema, TranslationStatus, TranslationWork, Words,
};
pub use vocabulary::{
    Automatable, Basis, Confidence, DutyHolder, EvidenceKind, Force, InstitutionKind, Precision, Principle,
    Status, Strength, Timing, TitleStatus,
};
