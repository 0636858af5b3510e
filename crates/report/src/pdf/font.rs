//! The fonts of documents: which glyph stands for a letter, and how wide it is.
//!
//! The files and how they were made are described in `fonts/make.py`. Text is set glyph by glyph: neither English nor
//! Chinese needs shaping to be read. Bold is the same glyph with a stroke around it, which saves a second font.

use std::sync::LazyLock;

use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

/// The fonts, in the order in which a letter is looked for.
pub(super) struct Fonts {
    faces: [Face; 2],
}

/// One font.
struct Face {
    font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

/// A letter as it is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    /// The letter.
    pub(super) letter: char,
    /// Which font.
    pub(super) face: usize,
    /// Which glyph of it.
    pub(super) glyph: u32,
    /// How far the next letter stands, in ems.
    pub(super) advance: f32,
}

impl Fonts {
    /// The fonts; none if the files were damaged when the program was built, which a test rules out.
    pub(super) fn ours() -> Option<&'static Self> {
        FONTS.as_ref()
    }

    /// The font with this number.
    pub(super) fn font(&self, face: usize) -> Option<Font> {
        self.faces.get(face).map(|face| face.font.clone())
    }

    /// How a letter is drawn; one that no font holds, as an empty box.
    pub(super) fn drawn(&self, letter: char) -> Drawn {
        self.found(letter).or_else(|| self.found(UNKNOWN)).map_or(
            Drawn { letter, face: 0, glyph: 0, advance: 1.0 },
            |(face, glyph, advance)| Drawn { letter, face, glyph, advance },
        )
    }

    /// Whether a font holds a letter.
    #[cfg(test)]
    pub(super) fn holds(&self, letter: char) -> bool {
        self.found(letter).is_some()
    }

    fn found(&self, letter: char) -> Option<(usize, u32, f32)> {
        self.faces.iter().enumerate().find_map(|(number, face)| {
            let glyph = face.charmap.map(letter).filter(|glyph| glyph.to_u32() != 0)?;
            let advance = face.metrics.advance_width(glyph)? / face.units;
            Some((number, glyph.to_u32(), advance))
        })
    }
}

impl Face {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let read = FontRef::from_index(bytes, 0).ok()?;
        let font = Font::new(bytes.into(), 0)?;
        Some(Self {
            charmap: read.charmap(),
            metrics: read.glyph_metrics(Size::unscaled(), LocationRef::default()),
            units: font.units_per_em(),
            font,
        })
    }
}

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    let main = Face::of(include_bytes!("../../fonts/hong-kong.otf"))?;
    let more = Face::of(include_bytes!("../../fonts/more.ttf"))?;
    Some(Fonts { faces: [main, more] })
});

/// What stands for a letter that no font holds.
const UNKNOWN: char = '□';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_big5_and_of_hong_kongs_supplement_has_a_glyph() {
        let fonts = Fonts::ours().unwrap();
        let listed = include_str!("../../fonts/hong-kong.txt");
        let listed: Vec<char> = listed.chars().filter(|letter| *letter != '\n').collect();
        assert!(listed.len() > 18_000, "{}", listed.len());
        let missing: Vec<_> = listed.iter().filter(|letter| !fonts.holds(**letter)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        // Cantonese and names of Hong Kong, from Big5, HKSCS-1999 and HKSCS-2016.
        assert!("香港嘅嗰啲冇咗畀𨋢邨埗深圳滘塱鰂兑吿".chars().all(|letter| listed.contains(&letter)));
    }

    #[test]
    fn what_documents_say_has_glyphs() {
        let fonts = Fonts::ours().unwrap();
        let words = [
            include_str!("../../locales/en/report.ftl"),
            include_str!("../../locales/zh-Hant-HK/report.ftl"),
            " ~éüñœßŁ–—‘’“”…•·×−±≤≥≠→←↑↓▲▼●○◆□✓✗ᵢȳ€£¥¹²³½",
        ];
        for letter in words.iter().flat_map(|text| text.chars()).filter(|letter| !letter.is_control()) {
            assert!(fonts.holds(letter), "{letter} U+{:04X}", u32::from(letter));
        }
    }

    #[test]
    fn a_letter_that_no_font_holds_is_a_box() {
        let fonts = Fonts::ours().unwrap();
        let drawn = fonts.drawn('\u{1F600}');
        assert_eq!((drawn.letter, drawn.glyph), ('\u{1F600}', fonts.drawn(UNKNOWN).glyph));
    }
}
