//! A document before it is drawn: pages with what stands on them, and the tree that says what each thing is to those
//! who do not see it.
//!
//! Drawing comes second (`draw.rs`), when it is known how many pages there are.

use krilla::tagging::{ArtifactType, TagKind};

use super::font::Fonts;
use super::line::{Colour, Line, Piece};

/// A document in the making.
pub(super) struct Draft {
    /// Its pages.
    pub(super) pages: Vec<Leaf>,
    /// What its parts are; the first is the whole.
    pub(super) nodes: Vec<Node>,
    /// Its headings.
    pub(super) headings: Vec<Heading>,
    /// Where the next thing stands.
    pub(super) y: f32,
    /// The size of its pages.
    pub(super) size: (f32, f32),
    /// How far lines stand apart, in ems.
    pub(super) leading: f32,
    /// The fonts.
    pub(super) fonts: &'static Fonts,
}

/// A page.
#[derive(Default)]
pub(super) struct Leaf {
    /// What stands on it, in the order of reading.
    pub(super) marks: Vec<Mark>,
    /// What can be followed on it.
    pub(super) links: Vec<Link>,
}

/// Something drawn that is one part of the tree, or of none.
pub(super) struct Mark {
    /// The part, or what it is besides.
    pub(super) of: Of,
    /// What is drawn.
    pub(super) shapes: Vec<Shape>,
}

/// What something drawn belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    /// A part of the tree.
    Node(usize),
    /// No part: lines, grounds, repeated heads, footers.
    Besides(ArtifactType),
}

/// Something to draw.
pub(super) enum Shape {
    /// Text on its base line.
    Text {
        /// From where.
        x: f32,
        /// The base line.
        y: f32,
        /// The text.
        piece: Piece,
    },
    /// A rectangle: corner, size, and its colour.
    Box((f32, f32), (f32, f32), Colour),
    /// Points that are joined.
    Path {
        /// The points.
        points: Vec<(f32, f32)>,
        /// Whether the last is joined to the first.
        closed: bool,
        /// What it is filled with.
        fill: Option<Colour>,
        /// The colour and the width of its line.
        stroke: Option<(Colour, f32)>,
        /// Whether the line is broken.
        dashed: bool,
    },
}

/// Something that can be followed.
pub(super) struct Link {
    /// The corner and the size.
    pub(super) at: (f32, f32, f32, f32),
    /// Where it leads.
    pub(super) to: String,
    /// What it says.
    pub(super) says: String,
}

/// A part of the document.
pub(super) struct Node {
    /// What it is.
    pub(super) tag: Option<TagKind>,
    /// What it consists of, in the order of reading.
    pub(super) children: Vec<Child>,
}

/// What a part consists of.
#[derive(Clone, Copy)]
pub(super) enum Child {
    /// Another part.
    Node(usize),
    /// What is drawn: page and number on it.
    Mark(usize, usize),
    /// What can be followed: page and number on it.
    Link(usize, usize),
}

/// A heading as it is listed.
pub(super) struct Heading {
    /// 1 or more.
    pub(super) level: u8,
    /// What it says.
    pub(super) text: String,
    /// The page.
    pub(super) page: usize,
    /// Where on it.
    pub(super) y: f32,
}

impl Draft {
    /// An empty document.
    pub(super) fn new(size: (f32, f32), leading: f32, fonts: &'static Fonts) -> Self {
        Self {
            pages: vec![Leaf::default()],
            nodes: vec![Node { tag: None, children: Vec::new() }],
            headings: Vec::new(),
            y: TOP,
            size,
            leading,
            fonts,
        }
    }

    /// How wide text may be.
    pub(super) fn width(&self) -> f32 {
        self.size.0 - 2.0 * SIDE
    }

    /// How much room is left on the page.
    pub(super) fn room(&self) -> f32 {
        self.size.1 - BOTTOM - self.y
    }

    /// How much room a page has.
    pub(super) fn whole(&self) -> f32 {
        self.size.1 - BOTTOM - TOP
    }

    /// Begins a new page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Leaf::default());
        self.y = TOP;
    }

    /// Begins a new page where this much has no room on this one.
    pub(super) fn need(&mut self, height: f32) {
        if height > self.room() && self.y > TOP {
            self.turn();
        }
    }

    /// Leaves room, but not at the top of a page.
    pub(super) fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// The page that is written on.
    pub(super) fn page(&self) -> usize {
        self.pages.len() - 1
    }

    /// A new part of another part.
    pub(super) fn part(&mut self, parent: usize, tag: impl Into<TagKind>) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { tag: Some(tag.into()), children: Vec::new() });
        self.has(parent, Child::Node(node));
        node
    }

    fn has(&mut self, parent: usize, child: Child) {
        if let Some(node) = self.nodes.get_mut(parent) {
            node.children.push(child);
        }
    }

    /// Puts shapes on the page.
    pub(super) fn mark(&mut self, of: Of, shapes: Vec<Shape>) {
        let page = self.page();
        let Some(leaf) = self.pages.last_mut() else { return };
        match leaf.marks.last_mut() {
            Some(last) if last.of == of => last.shapes.extend(shapes),
            _ => {
                leaf.marks.push(Mark { of, shapes });
                let number = leaf.marks.len() - 1;
                if let Of::Node(node) = of {
                    self.has(node, Child::Mark(page, number));
                }
            }
        }
    }

    /// How high a line is.
    pub(super) fn height(&self, line: &Line) -> f32 {
        if line.size == 0.0 { 8.0 * self.leading } else { line.size * self.leading }
    }

    /// Sets a line with its upper edge here, on the page that is written on.
    pub(super) fn line(&mut self, (x, y): (f32, f32), line: Line, of: Of) {
        let base = y + self.height(&line) / 2.0 + line.size * BASE;
        for piece in line.pieces {
            let at = x + piece.x;
            let mut shapes = Vec::new();
            if let Some(colour) = piece.look.boxed {
                let size = piece.look.size;
                let corner = (at - size * 0.15, base - size * 0.92);
                shapes.push(Shape::Box(corner, (piece.width + size * 0.3, size * 1.2), colour));
            }
            let to = piece.to.clone().filter(|to| to.is_ascii());
            if let (Of::Node(node), Some(to)) = (of, to) {
                let link = self.part(node, krilla::tagging::Tag::Link);
                let page = self.page();
                let size = piece.look.size;
                let says: String = piece.letters.iter().map(|drawn| drawn.letter).collect();
                if let Some(leaf) = self.pages.last_mut() {
                    let at = (at, base - size, piece.width, size * 1.3);
                    leaf.links.push(Link { at, to, says });
                    let number = leaf.links.len() - 1;
                    self.has(link, Child::Link(page, number));
                }
                shapes.push(Shape::Text { x: at, y: base, piece });
                self.mark(Of::Node(link), shapes);
            } else {
                shapes.push(Shape::Text { x: at, y: base, piece });
                self.mark(of, shapes);
            }
        }
    }

    /// Sets lines below each other from here on, over as many pages as they take.
    pub(super) fn flow(&mut self, x: f32, lines: Vec<Line>, node: usize) {
        for line in lines {
            let height = self.height(&line);
            self.need(height);
            self.line((x, self.y), line, Of::Node(node));
            self.y += height;
        }
    }
}

/// The margins.
pub(super) const SIDE: f32 = 45.0;
pub(super) const TOP: f32 = 62.0;
pub(super) const BOTTOM: f32 = 66.0;
/// How far below the middle of a line its base is, in ems.
const BASE: f32 = 0.36;
