//! Guidelines as data: load them, decide which controls apply to a profile, tell two versions apart.
//!
//! A guideline is one YAML file per version. This crate turns its text into typed values, refuses anything it
//! does not understand, and answers three questions: which controls apply to a use of an entity, which checks can
//! show them, and what changed between two versions. It reads no files and no clock, and knows nothing of uses,
//! people or evidence.
//!
//! ```
//! use std::collections::BTreeSet;
//! use dualtrack_catalogue::{Applicability, Catalogue, ControlId, Fact, InstitutionKind, Language, Profile};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let text = include_str!("../../../guidelines/ia-gl8-proposed-2025.yaml");
//! let catalogue = Catalogue::load([("guidelines/ia-gl8-proposed-2025.yaml", text)])?;
//! let standing = catalogue.on(jiff::civil::date(2026, 11, 22));
//! let id = ControlId::try_from("ia-gl8-proposed-2025.decision-disclosure".to_owned())?;
//! let control = standing.control(&id).ok_or("no such control")?;
//!
//! let kinds = BTreeSet::from([InstitutionKind::Insurer]);
//! let outcome = control.applies(&kinds, &BTreeSet::new(), &Profile::default());
//! assert_eq!(outcome, Applicability::Unknown { facts: vec![Fact::CustomerFacing] });
//! assert_eq!(
//!     outcome.explain(Language::En),
//!     "not assessable: tell us whether customers meet the use themselves",
//! );
//! assert!(!control.binding().shuts_gates());
//! # Ok(())
//! # }
//! ```

mod applicability;
mod catalogue;
mod checks;
mod coverage;
mod difference;
mod digest;
mod edition;
mod fact;
mod fact_labels;
mod guideline;
mod id;
mod labels;
mod located;
mod profile;
mod reading;
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
pub use digest::{Digest, DigestError};
pub use edition::{Edition, Shown};
pub use fact::{Fact, FactValue, HighRiskSense, Stage};
pub use guideline::{Binding, Control, Guideline, GuidelineSchema, InForceFrom, Revision, Source};
pub use id::{ControlId, ControlIdError, GuidelineId, Version};
pub use located::Located;
pub use profile::Profile;
pub use reading::parse;
pub use schema::schemas;
pub use source::{SourceError, nearest};
pub use standing::{Standing, StandingControl};
pub use text::{Bilingual, Language};
pub use translation::{
    Translation, TranslationLanguage, TranslationSchema, TranslationStatus, TranslationWork, Words,
};
pub use vocabulary::{
    Automatable, Basis, Confidence, DutyHolder, EvidenceKind, Force, InstitutionKind, Precision, Principle,
    Status, Strength, Timing, TitleStatus,
};
