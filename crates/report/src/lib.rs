//! Documents people keep: text, JSON, `JUnit` and self-contained HTML with SVG charts, in two languages.
//!
//! Everything starts from one plain value, the [`Assessment`], which is already decided: nothing here judges,
//! measures, reads or writes a file. The same value gives the same bytes.

mod assessment;
mod chart;
mod coverage;
mod figures;
mod headline;
mod html;
mod json;
mod junit;
mod labels;
mod ledger;
mod locale;
mod names;
pub mod pdf;
mod reading;
mod reasons;
pub mod screen;
mod terminal;
mod text;

pub use assessment::*;
pub use chart::{Band, Bar, Bars, Chart, End, FlowMap, Holds, Table, bars_chart, flows_chart, growth_chart};
pub use coverage::coverage;
pub use html::parts::{Badge, badge, because_tree, with_code};
pub use html::{HtmlError, Page, html, institution_page, measurements_html, use_page};
pub use json::{JsonError, json, measurements_json, schema};
pub use junit::junit;
pub use ledger::{LedgerBatch, LedgerStanding, ledger_html};
pub use locale::{Bundle, Words, bundle};
pub use reading::reading;
pub use reasons::short_reason;
pub use text::{TextOptions, measurements_text, text};

#[cfg(test)]
mod tests;
