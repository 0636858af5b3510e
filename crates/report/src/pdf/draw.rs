//! Draws a document: pages, tags, links and headings become PDF/UA.

use jiff::Timestamp;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::{Page, PageSettings};
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ContentTag, Identifier, Node, SpanTag, TagGroup, TagTree};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::PdfError;
use super::draft::{Child, Draft, Heading, Leaf, Of, SIDE, Shape};
use super::line::{Colour, Piece};

/// What is said of a document as a whole.
pub(super) struct About {
    /// Its title.
    pub(super) title: String,
    /// Its language, as a tag.
    pub(super) language: &'static str,
    /// When it was made.
    pub(super) made: Timestamp,
}

/// Draws a document.
pub(super) fn draw(draft: &Draft, about: &About) -> Result<Vec<u8>, PdfError> {
    let broken = |what: &str| PdfError::Broken(what.to_owned());
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| broken("PDF/UA-1 is not known"))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut drawn = Vec::new();
    for leaf in &draft.pages {
        let settings = PageSettings::from_wh(draft.size.0, draft.size.1);
        let mut page = document.start_page_with(settings.ok_or_else(|| broken("a page has no size"))?);
        let marks = marks(&mut page, leaf, draft);
        let links = links(&mut page, leaf)?;
        page.finish();
        drawn.push((marks, links));
    }
    let mut tree = TagTree::new().with_lang(Some(about.language.to_owned()));
    for node in children(draft, 0, &drawn) {
        tree.push(node);
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(&draft.headings));
    document.set_metadata(
        Metadata::new()
            .title(about.title.clone())
            .language(about.language.to_owned())
            .creator("Dualtrack".to_owned())
            .creation_date(date(about.made)),
    );
    document.finish().map_err(|error| PdfError::Broken(format!("{error}")))
}

/// What each mark and each link of a page became.
type Drawn = (Vec<Option<Identifier>>, Vec<Identifier>);

fn marks(page: &mut Page<'_>, leaf: &Leaf, draft: &Draft) -> Vec<Option<Identifier>> {
    let mut surface = page.surface();
    let mut marks = Vec::new();
    for mark in &leaf.marks {
        let tag = match mark.of {
            Of::Node(_) => ContentTag::Span(SpanTag::empty()),
            Of::Besides(kind) => ContentTag::Artifact(Artifact::with_kind(kind)),
        };
        let identifier = surface.start_tagged(tag);
        for shape in &mark.shapes {
            draw_shape(&mut surface, shape, draft);
        }
        surface.end_tagged();
        marks.push(matches!(mark.of, Of::Node(_)).then_some(identifier));
    }
    surface.finish();
    marks
}

fn draw_shape(surface: &mut Surface<'_>, shape: &Shape, draft: &Draft) {
    match shape {
        Shape::Text { x, y, piece } => draw_text(surface, (*x, *y), piece, draft),
        Shape::Box((x, y), (width, height), colour) => {
            let mut path = PathBuilder::new();
            if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rectangle);
            }
            if let Some(path) = path.finish() {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path);
            }
        }
        Shape::Path { points, closed, fill: filled, stroke: lined, dashed } => {
            let mut path = PathBuilder::new();
            for (number, (x, y)) in points.iter().enumerate() {
                if number == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
            if *closed {
                path.close();
            }
            if let Some(path) = path.finish() {
                let dash = dashed.then(|| StrokeDash { array: vec![3.0, 2.5], offset: 0.0 });
                surface.set_fill(filled.map(fill));
                surface.set_stroke(lined.map(|(colour, width)| Stroke { dash, ..stroke(colour, width) }));
                surface.draw_path(&path);
            }
        }
    }
}

fn draw_text(surface: &mut Surface<'_>, (x, y): (f32, f32), piece: &Piece, draft: &Draft) {
    let Some(first) = piece.letters.first() else { return };
    let Some(font) = draft.fonts.font(first.face) else { return };
    let mut text = String::new();
    let mut glyphs = Vec::with_capacity(piece.letters.len());
    for drawn in &piece.letters {
        let start = text.len();
        text.push(drawn.letter);
        let (glyph, range) = (GlyphId::new(drawn.glyph), start..text.len());
        glyphs.push(KrillaGlyph::new(glyph, drawn.advance, 0.0, 0.0, 0.0, range, None));
    }
    let colour = piece.look.colour;
    surface.set_fill(Some(fill(colour)));
    surface.set_stroke(piece.look.bold.then(|| stroke(colour, piece.look.size * 0.032)));
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &text, piece.look.size, false);
}

fn links(page: &mut Page<'_>, leaf: &Leaf) -> Result<Vec<Identifier>, PdfError> {
    let links = leaf.links.iter().map(|link| {
        let (x, y, width, height) = link.at;
        let rectangle = Rect::from_xywh(x, y, width.max(1.0), height.max(1.0));
        let rectangle = rectangle.ok_or_else(|| PdfError::Broken("a link has no place".to_owned()))?;
        let target = Target::Action(Action::Link(LinkAction::new(link.to.clone())));
        let says = if link.says.trim().is_empty() { link.to.clone() } else { link.says.clone() };
        let annotation = Annotation::new_link(LinkAnnotation::new(rectangle, target), Some(says));
        Ok(page.add_tagged_annotation(annotation))
    });
    links.collect()
}

fn children(draft: &Draft, node: usize, drawn: &[Drawn]) -> Vec<Node> {
    let Some(node) = draft.nodes.get(node) else { return Vec::new() };
    let child = |child: &Child| match *child {
        Child::Node(number) => {
            let tag = draft.nodes.get(number)?.tag.clone()?;
            let children = children(draft, number, drawn);
            (!children.is_empty()).then(|| TagGroup::with_children(tag, children).into())
        }
        Child::Mark(page, number) => drawn.get(page)?.0.get(number)?.map(Node::from),
        Child::Link(page, number) => Some(Node::from(*drawn.get(page)?.1.get(number)?)),
    };
    node.children.iter().filter_map(child).collect()
}

fn outline(headings: &[Heading]) -> Outline {
    let mut outline = Outline::new();
    let mut rest = headings;
    while let Some((first, after)) = rest.split_first() {
        let below = after.iter().take_while(|heading| heading.level > first.level).count();
        let (inside, behind) = after.split_at(below);
        outline.push_child(entry(first, inside));
        rest = behind;
    }
    outline
}

fn entry(heading: &Heading, mut inside: &[Heading]) -> OutlineNode {
    let at = Point::from_xy(SIDE, heading.y);
    let mut node =
        OutlineNode::new(heading.text.clone(), XyzDestination::new(heading.page, at)).with_open(true);
    while let Some((first, after)) = inside.split_first() {
        let below = after.iter().take_while(|heading| heading.level > first.level).count();
        let (deeper, behind) = after.split_at(below);
        node.push_child(entry(first, deeper));
        inside = behind;
    }
    node
}

fn fill((red, green, blue): Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

fn stroke((red, green, blue): Colour, width: f32) -> Stroke {
    Stroke { paint: rgb::Color::new(red, green, blue).into(), width, ..Stroke::default() }
}

fn date(made: Timestamp) -> DateTime {
    let made = jiff::tz::TimeZone::UTC.to_datetime(made);
    let part = |part: i8| part.unsigned_abs();
    DateTime::new(made.year().unsigned_abs())
        .month(part(made.month()))
        .day(part(made.day()))
        .hour(part(made.hour()))
        .minute(part(made.minute()))
        .second(part(made.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
