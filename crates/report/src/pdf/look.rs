//! How documents look: the colours and sizes of the console, on paper.

use super::line::{Colour, Look};

pub(super) const INK: Colour = (0x1b, 0x27, 0x33);
pub(super) const QUIET: Colour = (0x51, 0x60, 0x6e);
pub(super) const ACCENT: Colour = (0x0c, 0x5a, 0x78);
pub(super) const ALERT: Colour = (0x9a, 0x1b, 0x1b);
pub(super) const GOOD: Colour = (0x1d, 0x6b, 0x3a);
pub(super) const WARN: Colour = (0x7a, 0x56, 0x00);
pub(super) const LINE: Colour = (0xcf, 0xd8, 0xe0);
pub(super) const PANEL: Colour = (0xf4, 0xf7, 0xf9);
pub(super) const ACCENT_SOFT: Colour = (0xdc, 0xec, 0xf3);
pub(super) const ACCENT_1: Colour = (0xc3, 0xdf, 0xea);
pub(super) const ACCENT_2: Colour = (0x8f, 0xc3, 0xd8);
pub(super) const ALERT_SOFT: Colour = (0xfb, 0xe9, 0xe7);
pub(super) const SOFT: Colour = (0xe6, 0xec, 0xf1);
pub(super) const WHITE: Colour = (0xff, 0xff, 0xff);

pub(super) const TITLE: Look = bold(19.0);
pub(super) const SECTION: Look = bold(13.5);
pub(super) const PART: Look = bold(11.0);
pub(super) const TEXT: Look = plain(9.5);
pub(super) const STRONG: Look = bold(9.5);
pub(super) const MUTED: Look = Look { colour: QUIET, ..plain(8.5) };
pub(super) const SMALL: Look = plain(8.0);
pub(super) const SMALL_STRONG: Look = bold(8.0);
pub(super) const TINY: Look = Look { colour: QUIET, ..plain(7.0) };

const fn plain(size: f32) -> Look {
    Look { size, bold: false, colour: INK, boxed: None }
}

const fn bold(size: f32) -> Look {
    Look { size, bold: true, colour: INK, boxed: None }
}

impl Look {
    /// The same in another colour.
    pub(super) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}
