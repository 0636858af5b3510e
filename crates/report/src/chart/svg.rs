//! A small pen for SVG: shapes and text with deterministic bytes.
//!
//! Coordinates are written with at most one decimal, text is escaped, colours are named classes that the page's
//! stylesheet resolves (dark, light and print). It knows nothing of what it draws.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// A picture in the making.
pub(crate) struct Svg {
    width: f64,
    height: f64,
    body: String,
}

/// Where a text is anchored.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    /// It starts at the point.
    Start,
    /// Its middle is at the point.
    Middle,
    /// It ends at the point.
    End,
}

impl Svg {
    /// An empty picture of this size, in units that are about one CSS pixel.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.put(format_args!(
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#,
            at(from.0),
            at(from.1),
            at(to.0),
            at(to.1)
        ));
    }

    /// A rectangle from its upper left corner.
    pub(crate) fn rectangle(&mut self, class: &str, corner: (f64, f64), size: (f64, f64)) {
        self.put(format_args!(
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            at(corner.0),
            at(corner.1),
            at(size.0.max(0.0)),
            at(size.1.max(0.0))
        ));
    }

    /// A circle.
    pub(crate) fn circle(&mut self, class: &str, centre: (f64, f64), radius: f64) {
        self.put(format_args!(
            r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#,
            at(centre.0),
            at(centre.1),
            at(radius)
        ));
    }

    /// A diamond around a point, for what must differ from a circle without colour.
    pub(crate) fn diamond(&mut self, class: &str, centre: (f64, f64), radius: f64) {
        let (x, y) = centre;
        self.polygon(class, &[(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]);
    }

    /// A closed shape.
    pub(crate) fn polygon(&mut self, class: &str, points: &[(f64, f64)]) {
        let points = joined(points);
        self.put(format_args!(r#"<polygon class="{class}" points="{points}"/>"#));
    }

    /// An open line through points.
    pub(crate) fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let points = joined(points);
        self.put(format_args!(r#"<polyline class="{class}" points="{points}"/>"#));
    }

    /// A band that swings from one upright line to another: each is a place across and its upper and lower end.
    pub(crate) fn band(&mut self, class: &str, from: (f64, f64, f64), to: (f64, f64, f64)) {
        let middle = at(f64::midpoint(from.0, to.0));
        let [left, up, down] = [from.0, from.1, from.2].map(at);
        let [right, above, below] = [to.0, to.1, to.2].map(at);
        self.put(format_args!(
            r#"<path class="{class}" d="M{left},{up}C{middle},{up} {middle},{above} {right},{above}L{right},{below}C{middle},{below} {middle},{down} {left},{down}Z"/>"#,
        ));
    }

    /// A text on its base line.
    pub(crate) fn text(&mut self, class: &str, at_point: (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        self.put(format_args!(
            r#"<text class="{class}" x="{}" y="{}"{anchor}>{}</text>"#,
            at(at_point.0),
            at(at_point.1),
            escaped(text)
        ));
    }

    /// Starts a group that is a link; end it with [`Svg::end_link`].
    pub(crate) fn begin_link(&mut self, target: &str, label: &str) {
        self.put(format_args!(r#"<a href="{}" aria-label="{}">"#, escaped(target), escaped(label)));
    }

    /// Ends a link.
    pub(crate) fn end_link(&mut self) {
        self.put(format_args!("</a>"));
    }

    /// The finished element, named and described for those who do not see it. `id` is unique on the page.
    pub(crate) fn finish(self, id: &str, role: &str, title: &str, description: &str) -> String {
        format!(
            "<svg class=\"chart\" role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {w} {h}\" \
             width=\"{w}\" height=\"{h}\" xmlns=\"http://www.w3.org/2000/svg\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{}</svg>",
            escaped(title),
            escaped(description),
            self.body,
            id = escaped(id),
            w = at(self.width),
            h = at(self.height),
        )
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }
}

/// About how wide a text is at a font size: full-width characters take one em, others a little over half.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| if letter.width() == Some(2) { size } else { size * 0.56 }).sum()
}

/// The text, or as much of it as fits with an ellipsis.
pub(crate) fn fitted(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = size;
    for letter in text.chars() {
        used += if letter.width() == Some(2) { size } else { size * 0.56 };
        if used > width {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

/// Escapes for XML text and attribute values; characters XML 1.0 cannot hold become U+FFFD.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            control if control.is_control() || matches!(control, '\u{FFFE}' | '\u{FFFF}') => {
                safe.push('\u{FFFD}');
            }
            other => safe.push(other),
        }
    }
    safe
}

/// A coordinate with at most one decimal; what is not a number stands at the origin.
fn at(coordinate: f64) -> String {
    if !coordinate.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{coordinate:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn joined(points: &[(f64, f64)]) -> String {
    points.iter().map(|&(x, y)| format!("{},{}", at(x), at(y))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short_and_never_minus_zero() {
        assert_eq!(at(12.0), "12");
        assert_eq!(at(12.34), "12.3");
        assert_eq!(at(-0.01), "0");
        assert_eq!(at(f64::NAN), "0");
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text("t", (0.0, 0.0), Anchor::Start, "</text><script>alert('1')\u{0}");
        let drawn = svg.finish("a", "img", "\"><script>", "&");
        assert!(!drawn.contains("<script"));
        assert!(!drawn.contains('\u{0}'));
    }

    #[test]
    fn a_long_label_is_cut_to_its_room() {
        assert_eq!(fitted("short", 10.0, 100.0), "short");
        assert!(text_width(&fitted("一個非常之長的標籤名稱", 10.0, 60.0), 10.0) <= 60.0);
    }
}
