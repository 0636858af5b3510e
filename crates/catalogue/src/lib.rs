//! Guidelines as data: load them, decide which controls apply to a profile, tell two versions apart.
//!
//! A guideline is one YAML file per version. This crate turns its text into typed values, refuses anything it
//! does not understand, and answers two questions: which controls apply to a profile, and what changed between
//! two versions. It reads no files, no clock, and knows nothing of uses, people or evidence.

mod applicability;
mod catalogue;
mod fact;
mod fact_labels;
mod guideline;
mod id;
mod labels;
mod profile;
mod source;
mod text;
mod vocabulary;

pub use applicability::{Applicability, applies};
pub use catalogue::{Catalogue, CatalogueError};
pub use fact::{Fact, FactValue, HighRiskSense, Stage};
pub use guideline::{Control, Guideline, GuidelineSchema, Revision, Source};
pub use id::{ControlId, ControlIdError, GuidelineId, Version};
pub use profile::Profile;
pub use source::{Located, SourceError, nearest, parse};
pub use text::{Bilingual, Language};
pub use vocabulary::{
    Automatable, Basis, Confidence, DutyHolder, EvidenceKind, Force, InstitutionKind, Precision, Principle,
    Status, Strength, Timing, TitleStatus,
};
