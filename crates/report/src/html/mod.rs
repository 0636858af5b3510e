//! Self-contained HTML: one page per institution and per use, in each language, and one for measurements alone.
//!
//! Each page carries its stylesheet and its charts, needs no script and no network, and prints on A4. Templates only
//! lay out; whatever a field holds is shown as text. Nothing is written here: the caller gets paths and pages.

pub(crate) mod checks;
mod controls;
mod institution;
pub(crate) mod parts;
mod passage;
pub(crate) mod print;
pub(crate) mod use_page;

use askama::Template as _;
use dualtrack_assurance::Measurement;
use dualtrack_catalogue::Language;

use crate::assessment::{Assessment, UseAssessment};
use crate::locale::Words;

/// A finished page and where it belongs below the folder of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Such as `index.en.html` or `uses/credit-card-default.zh-Hant.html`.
    pub path: String,
    /// The page.
    pub html: String,
}

/// A page that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("page `{path}` cannot be written: {source}")]
pub struct HtmlError {
    path: String,
    source: askama::Error,
}

impl HtmlError {
    pub(crate) fn new(path: &str, source: askama::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

/// Every page of an assessment, in both languages; the first is the institution's page in English.
pub fn html(assessment: &Assessment) -> Result<Vec<Page>, HtmlError> {
    let mut pages = Vec::new();
    for language in Language::ALL {
        pages.push(institution_page(assessment, language)?);
        for one in &assessment.uses {
            pages.push(use_page(assessment, one, language)?);
        }
    }
    Ok(pages)
}

/// The page of one use in one language.
pub fn use_page(assessment: &Assessment, one: &UseAssessment, language: Language) -> Result<Page, HtmlError> {
    let words = Words::of(language);
    let path = format!("uses/{}", use_file(&one.id, language));
    let html = use_page::view(assessment, one, words).render();
    finish(path, html)
}

/// The page of the institution in one language.
pub fn institution_page(assessment: &Assessment, language: Language) -> Result<Page, HtmlError> {
    let path = index_file(language);
    let html = institution::view(assessment, Words::of(language)).render();
    finish(path, html)
}

/// A page of measurements alone, with their charts, as `dualtrack measure --html` writes it.
///
/// `title` names what was measured, such as the file; `program` names the program with its version.
pub fn measurements_html(
    measurements: &[Measurement],
    title: &str,
    program: &str,
    language: Language,
) -> Result<String, HtmlError> {
    let html = use_page::measurements_view(measurements, title, program, Words::of(language)).render();
    finish(String::new(), html).map(|page| page.html)
}

fn finish(path: String, html: Result<String, askama::Error>) -> Result<Page, HtmlError> {
    match html {
        Ok(html) => Ok(Page { path, html }),
        Err(source) => Err(HtmlError { path, source }),
    }
}

/// The file of a use's page within `uses/`.
fn use_file(id: &str, language: Language) -> String {
    format!("{}.{}.html", file_name(id), suffix(language))
}

fn index_file(language: Language) -> String {
    format!("index.{}.html", suffix(language))
}

fn suffix(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::ZhHant => "zh-Hant",
    }
}

/// The id as a file name: an id is lower-case letters, digits and hyphens, and whatever else slips in becomes one.
fn file_name(id: &str) -> String {
    id.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}
