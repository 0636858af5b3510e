//! What stands in a cell of a table or beside a name: text, a link, a badge, a number, or several of them.

#![expect(unused_qualifications, reason = "what askama derives for an enum names its parts in full")]

use crate::html::parts::{Badge, with_code};

/// What stands in a cell.
#[derive(Clone, Debug, askama::Template)]
#[template(path = "screen/cell.html")]
pub enum Cell {
    /// Text; what stands between backticks is set as code.
    Text(String),
    /// Text that is less important.
    Muted(String),
    /// A link.
    Link {
        /// What it says.
        text: String,
        /// Where it leads.
        to: String,
    },
    /// A badge.
    Badge(Badge),
    /// A badge that leads somewhere.
    BadgeLink {
        /// The badge.
        badge: Badge,
        /// Where it leads.
        to: String,
        /// What it is about, for those who do not see the row.
        about: String,
    },
    /// A number as it is shown, and its value.
    Number {
        /// As it is shown.
        text: String,
        /// Its value.
        value: f64,
    },
    /// An id, a digest.
    Code(String),
    /// Several, one below the other.
    Lines(Vec<Cell>),
    /// Several beside each other.
    Beside(Vec<Cell>),
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A link.
    pub fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self::Link { text: text.into(), to: to.into() }
    }

    /// Nothing.
    pub fn none() -> Self {
        Self::Text(String::new())
    }

    /// The cell as text alone.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Muted(text) => text.replace('`', ""),
            Self::Code(text) | Self::Link { text, .. } | Self::Number { text, .. } => text.clone(),
            Self::Badge(badge) | Self::BadgeLink { badge, .. } => badge.word.clone(),
            Self::Lines(cells) | Self::Beside(cells) => {
                cells.iter().map(Self::plain).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
            }
        }
    }
}
