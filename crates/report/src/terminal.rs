//! Lines for a terminal: width-aware wrapping, columns and restrained colour.
//!
//! Chinese letters are two columns wide and break anywhere but before closing punctuation. Control characters in a
//! text (and with them terminal escapes) are replaced, so that a field of a use cannot write to somebody's screen.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Lines in the making.
pub(crate) struct Lines {
    text: String,
    width: usize,
    colour: bool,
}

/// How a text stands out. Never the only sign of what it means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it is.
    Plain,
    /// A heading.
    Bold,
    /// Of less weight.
    Dim,
    /// Good.
    Good,
    /// Asks for work.
    Alert,
}

impl Lines {
    /// No lines yet, at most `width` columns wide where words allow.
    pub(crate) fn new(width: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.max(LEAST_WIDTH), colour }
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A rule across the page.
    pub(crate) fn rule(&mut self) {
        let rule = "-".repeat(self.width);
        self.put(0, &rule, Style::Dim);
    }

    /// A paragraph, wrapped and indented.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &str, style: Style) {
        for line in wrap(&clean(text), self.width.saturating_sub(indent)) {
            self.put(indent, &line, style);
        }
    }

    /// As much of a text as fits on one line.
    pub(crate) fn one_line(&mut self, indent: usize, text: &str, style: Style) {
        let text = clean(text);
        let room = self.width.saturating_sub(indent);
        if text.width() <= room {
            self.put(indent, &text, style);
        } else if let Some(line) = wrap(&text, room.saturating_sub(1)).first() {
            self.put(indent, &format!("{line}…"), style);
        }
    }

    /// A marked paragraph: the mark stands at `indent`, the text beside it at `hang`.
    pub(crate) fn item(
        &mut self,
        indent: usize,
        mark: &str,
        mark_style: Style,
        hang: usize,
        text: &str,
        style: Style,
    ) {
        let mark = clean(mark);
        let room = hang.saturating_sub(indent + mark.width());
        let lines = wrap(&clean(text), self.width.saturating_sub(hang));
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                let painted = paint(&mark, mark_style, self.colour);
                self.raw(
                    indent,
                    &format!("{painted}{}{}", " ".repeat(room), paint(line, style, self.colour)),
                );
            } else {
                self.put(hang, line, style);
            }
        }
    }

    /// A marked text cut to one line.
    pub(crate) fn item_on_one_line(
        &mut self,
        indent: usize,
        mark: &str,
        mark_style: Style,
        hang: usize,
        text: &str,
        style: Style,
    ) {
        let text = clean(text);
        let room = self.width.saturating_sub(hang);
        let cut = if text.width() <= room {
            text
        } else {
            wrap(&text, room.saturating_sub(1)).first().map_or_else(String::new, |line| format!("{line}…"))
        };
        self.item(indent, mark, mark_style, hang, &cut, style);
    }

    /// Two texts at the ends of one line, or on two lines if they do not fit.
    pub(crate) fn ends(&mut self, left: &str, right: &str, style: Style) {
        let (left, right) = (clean(left), clean(right));
        let used = left.width() + right.width();
        if used + 2 <= self.width {
            let gap = " ".repeat(self.width - used);
            let line =
                format!("{}{gap}{}", paint(&left, style, self.colour), paint(&right, style, self.colour));
            self.raw(0, &line);
        } else {
            self.paragraph(0, &left, style);
            self.paragraph(2, &right, style);
        }
    }

    /// A table whose last columns are set to the right and whose first takes the room that is left.
    pub(crate) fn table(&mut self, indent: usize, rows: &[Vec<String>]) {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (1..columns).map(widest).collect();
        let others: usize = widths.iter().map(|width| width + 2).sum();
        let first = widest(0).min(self.width.saturating_sub(indent + others).max(12));
        for row in &rows {
            let (name, rest) =
                row.split_first().map_or(("", [].as_slice()), |(name, rest)| (name.as_str(), rest));
            let mut lines = wrap(name, first).into_iter();
            let mut line = pad_right(&lines.next().unwrap_or_default(), first);
            for (cell, width) in rest.iter().zip(&widths) {
                line.push_str("  ");
                line.push_str(&pad_left(cell, *width));
            }
            self.put(indent, line.trim_end(), Style::Plain);
            for more in lines {
                self.put(indent + 2, &more, Style::Plain);
            }
        }
    }

    /// The lines.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn put(&mut self, indent: usize, line: &str, style: Style) {
        let painted = paint(line, style, self.colour);
        self.raw(indent, &painted);
    }

    fn raw(&mut self, indent: usize, line: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The text without control characters, line breaks as spaces.
fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\r' | '\t' => ' ',
            control if control.is_control() => '\u{FFFD}',
            other => other,
        })
        .collect()
}

fn paint(text: &str, style: Style, colour: bool) -> String {
    let code = match style {
        Style::Plain => return text.to_owned(),
        Style::Bold => "1",
        Style::Dim => "2",
        Style::Good => "32",
        Style::Alert => "1;31",
    };
    if colour && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Breaks a text into lines of at most `width` columns: at spaces, or between wide letters; a word that is longer
/// than a line is cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let piece_width = piece.trim_end().width();
        if used + piece_width > width && used > 0 {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        for letter in piece.chars() {
            let letter_width = letter.width().unwrap_or(0);
            if used + letter_width > width && letter != ' ' {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(letter);
            used += letter_width;
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The parts a line may be broken between: words with their spaces, single wide letters with the punctuation that
/// must not start a line.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (index, letter) in text.char_indices() {
        let wide = letter.width() == Some(2);
        let breaks = match before {
            None => false,
            Some(' ') => letter != ' ',
            Some(previous) => {
                letter != ' '
                    && (wide || previous.width() == Some(2))
                    && !CLOSING.contains(letter)
                    && !OPENING.contains(previous)
            }
        };
        if breaks {
            pieces.extend(text.get(start..index));
            start = index;
        }
        before = Some(letter);
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

const LEAST_WIDTH: usize = 40;
const CLOSING: &str = "，。、；：！？）」』】》〉…,.;:!?)]}%";
const OPENING: &str = "（「『【《〈([{";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_in_either_language() {
        let texts = [
            "A sentence of ordinary words that has to be wrapped at a narrow width, again and again.",
            "董事會及高級管理層須對使用人工智能的結果負責，並須確保（於整個生命周期內）有足夠的監督。",
            "Mixed 中英 text with fairness.demographic_parity_ratio.of.a.very.long.identifier inside 文字",
        ];
        for text in texts {
            for width in [12, 20, 33] {
                for line in wrap(text, width) {
                    // A closing mark may hang by its own width, never more.
                    assert!(line.width() <= width + 2, "{line}");
                }
            }
        }
    }

    #[test]
    fn chinese_lines_do_not_start_with_closing_punctuation() {
        for width in 6..30 {
            for line in
                wrap("措施須按語言模型，具體用途。的影響、重要性；及風險程度而定。", width).iter().skip(1)
            {
                assert!(!line.starts_with(|letter| "，。、；".contains(letter)), "{line}");
            }
        }
    }

    #[test]
    fn escapes_in_a_field_do_not_reach_the_terminal() {
        let mut lines = Lines::new(80, true);
        lines.paragraph(0, "name\u{1b}[2J\u{7}", Style::Plain);
        assert!(!lines.finish().contains('\u{1b}'));
    }

    #[test]
    fn without_colour_there_is_no_escape() {
        let mut lines = Lines::new(80, false);
        lines.item(0, "x", Style::Alert, 4, "text", Style::Bold);
        assert_eq!(lines.finish(), "x   text\n");
    }
}
