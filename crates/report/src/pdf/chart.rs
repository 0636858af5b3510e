//! A chart on paper: the shapes that the pen of `chart/svg.rs` drew, in the colours that the stylesheet gives them.
//!
//! It reads what that pen writes (an element a line) and nothing else; the table below the chart says the same.

use krilla::tagging::Tag;

use super::draft::{Draft, Of, SIDE, Shape};
use super::line::{Colour, Line, Look, Run, set};
use super::look;
use crate::chart::Chart;

/// Sets the picture of a chart from here on.
pub(super) fn picture(draft: &mut Draft, parent: usize, chart: &Chart) {
    let Some((width, height)) = size(&chart.svg) else { return };
    let scale = (draft.width() / width).min(draft.whole() * 0.6 / height).min(0.9);
    draft.need(height * scale + 6.0);
    let at = Place { x: SIDE, y: draft.y, scale };
    let shapes: Vec<Shape> = chart.svg.lines().flat_map(|line| shapes(line, &at, draft)).collect();
    if shapes.is_empty() {
        return;
    }
    let says = format!("{} {}", chart.title, chart.summary);
    let node = draft.part(parent, Tag::Figure(Some(says)));
    draft.mark(Of::Node(node), shapes);
    draft.y += height * scale + 6.0;
}

struct Place {
    x: f32,
    y: f32,
    scale: f32,
}

impl Place {
    fn of(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y + y * self.scale)
    }
}

/// The size that a picture says it has.
fn size(svg: &str) -> Option<(f32, f32)> {
    let mut numbers = value(svg, "viewBox")?.split(' ').skip(2).map(str::parse::<f32>);
    let (width, height) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (width > 0.0 && height > 0.0).then_some((width, height))
}

/// What an element draws.
fn shapes(element: &str, at: &Place, draft: &Draft) -> Vec<Shape> {
    let style = Style::of(value(element, "class").unwrap_or_default());
    let number =
        |name: &str| value(element, name).and_then(|text| text.parse::<f32>().ok()).unwrap_or_default();
    let named = element.trim_start();
    if named.starts_with("<text") {
        return label(element, (number("x"), number("y")), &style, at, draft);
    }
    let (points, closed) = if named.starts_with("<line") {
        (vec![(number("x1"), number("y1")), (number("x2"), number("y2"))], false)
    } else if named.starts_with("<rect") {
        let (x, y, width, height) = (number("x"), number("y"), number("width"), number("height"));
        (vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)], true)
    } else if named.starts_with("<circle") {
        (circle(number("cx"), number("cy"), number("r")), true)
    } else if named.starts_with("<polygon") {
        (points(element), true)
    } else if named.starts_with("<polyline") {
        (points(element), false)
    } else {
        return Vec::new();
    };
    let points: Vec<_> = points.into_iter().map(|(x, y)| at.of(x, y)).collect();
    let fill = style.fill.filter(|_| closed);
    let stroke = style.stroke.map(|(colour, width)| (colour, width * at.scale));
    if fill.is_none() && stroke.is_none() {
        return Vec::new();
    }
    vec![Shape::Path { points, closed, fill, stroke, dashed: style.dashed }]
}

fn label(element: &str, (x, y): (f32, f32), style: &Style, at: &Place, draft: &Draft) -> Vec<Shape> {
    let says = element.split_once('>').and_then(|(_, rest)| rest.split_once("</text>"));
    let Some((says, _)) = says else { return Vec::new() };
    let look = Look { size: style.size * at.scale, bold: style.bold, colour: style.ink, boxed: None };
    let line: Line =
        set(&[Run::new(unescaped(says), look)], f32::MAX, draft.fonts).into_iter().next().unwrap_or_default();
    let (x, y) = at.of(x, y);
    let from = match value(element, "text-anchor") {
        Some("middle") => x - line.width / 2.0,
        Some("end") => x - line.width,
        _ => x,
    };
    line.pieces.into_iter().map(|piece| Shape::Text { x: from + piece.x, y, piece }).collect()
}

fn circle(x: f32, y: f32, radius: f32) -> Vec<(f32, f32)> {
    let turn = |step: u8| f32::from(step) * std::f32::consts::TAU / f32::from(CORNERS);
    (0..CORNERS).map(|step| (x + radius * turn(step).cos(), y + radius * turn(step).sin())).collect()
}

fn points(element: &str) -> Vec<(f32, f32)> {
    let pairs = value(element, "points").unwrap_or_default().split(' ');
    pairs
        .filter_map(|pair| pair.split_once(','))
        .filter_map(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)))
        .collect()
}

/// The value of an attribute.
fn value<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    let (_, rest) = element.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// How classes look.
struct Style {
    fill: Option<Colour>,
    stroke: Option<(Colour, f32)>,
    dashed: bool,
    ink: Colour,
    size: f32,
    bold: bool,
}

impl Style {
    fn of(classes: &str) -> Self {
        let mut style =
            Self { fill: None, stroke: None, dashed: false, ink: look::INK, size: 12.5, bold: false };
        for class in classes.split(' ') {
            style.add(class);
        }
        style
    }

    fn add(&mut self, class: &str) {
        match class {
            "small" => self.size = 11.5,
            "muted" | "on-none" => self.ink = look::QUIET,
            "strong" | "number" => self.bold = true,
            "axis" => self.stroke = Some((look::QUIET, 1.0)),
            "grid" => self.stroke = Some((look::SOFT, 1.0)),
            "band" | "s1" => self.fill = Some(look::ACCENT_SOFT),
            "limit" => (self.stroke, self.dashed) = (Some((look::INK, 1.5)), true),
            "diagonal" => (self.stroke, self.dashed) = (Some((look::QUIET, 1.25)), true),
            "whisker" => self.stroke = Some((look::ACCENT, 1.75)),
            "curve" => self.stroke = Some((look::ACCENT, 1.5)),
            "dot" => (self.fill, self.stroke) = (Some(look::ACCENT), Some((look::WHITE, 1.25))),
            "open" => (self.fill, self.stroke) = (Some(look::WHITE), Some((look::ACCENT, 2.25))),
            "alert" => self.fill = Some(look::ALERT),
            "bar" => self.fill = Some(look::ACCENT),
            "hollow" => (self.fill, self.stroke) = (Some(look::WHITE), Some((look::ACCENT, 1.0))),
            "cell" | "tile" => (self.fill, self.stroke) = (Some(look::WHITE), Some((look::LINE, 1.0))),
            "s0" | "empty" => self.fill = Some(look::WHITE),
            "s2" => self.fill = Some(look::ACCENT_1),
            "s3" => self.fill = Some(look::ACCENT_2),
            "beyond" => self.stroke = Some((look::ALERT, 2.5)),
            "met" => (self.fill, self.stroke) = (Some(look::ACCENT), Some((look::ACCENT, 1.0))),
            "blocks" => (self.fill, self.stroke) = (Some(look::ALERT_SOFT), Some((look::ALERT, 2.0))),
            "pending" => self.fill = Some(look::SOFT),
            "none" => (self.fill, self.dashed) = (None, true),
            "on-met" => (self.ink, self.bold) = (look::WHITE, true),
            "on-blocks" => (self.ink, self.bold) = (look::ALERT, true),
            _ => {}
        }
    }
}

/// With how many corners a circle is drawn.
const CORNERS: u8 = 28;
