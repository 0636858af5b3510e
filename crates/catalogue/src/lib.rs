//! Guidelines as data: load them, decide which controls apply to a profile, tell two versions apart.
//!
//! A guideline is one YAML file per version. This crate turns its text into typed values, refuses anything it
//! does not understand, and answers two questions: which controls apply to a profile, and what changed between
//! two versions. It reads no files, no clock, and knows nothing of uses, people or evidence.

mod catalogue;
mod guideline;
mod id;
mod profile;
mod source;
mod text;

pub use catalogue::{Catalogue, CatalogueError};
pub use guideline::*;
pub use id::{ControlId, ControlIdError, GuidelineId, Version};
pub use profile::{Applicability, Fact, FactValue, HighRiskSense, Profile, Stage};
pub use source::{Located, SourceError, nearest, parse};
pub use text::{Bilingual, Language};
