//! Text as lines of a width: English breaks between words, Chinese between characters, and no line begins with what
//! closes or ends with what opens.

use unicode_width::UnicodeWidthChar;

use super::font::{Drawn, Fonts};

/// Some text that looks alike.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// What it says; a line feed begins a new line.
    pub(super) text: String,
    /// How it looks.
    pub(super) look: Look,
    /// Where it leads.
    pub(super) to: Option<String>,
    /// Whether it stays on one line, with what is kept beside it.
    pub(super) kept: bool,
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// The size in points.
    pub(super) size: f32,
    /// Whether it is bold.
    pub(super) bold: bool,
    /// Its colour.
    pub(super) colour: Colour,
    /// The colour of a box behind it.
    pub(super) boxed: Option<Colour>,
}

/// Red, green, blue.
pub(super) type Colour = (u8, u8, u8);

/// A line, set.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// What stands on it, from left to right.
    pub(super) pieces: Vec<Piece>,
    /// How wide it is.
    pub(super) width: f32,
    /// The largest size on it.
    pub(super) size: f32,
}

/// A part of a line that looks alike and has one font.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// How far from the beginning of the line.
    pub(super) x: f32,
    /// How wide it is.
    pub(super) width: f32,
    /// Its letters.
    pub(super) letters: Vec<Drawn>,
    /// How it looks.
    pub(super) look: Look,
    /// Where it leads.
    pub(super) to: Option<String>,
}

impl Run {
    pub(super) fn new(text: impl Into<String>, look: Look) -> Self {
        Self { text: text.into(), look, to: None, kept: false }
    }
}

/// Sets runs in lines that are at most this wide.
pub(super) fn set(runs: &[Run], width: f32, fonts: &Fonts) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line: Vec<Letter<'_>> = Vec::new();
    for run in runs {
        for letter in run.text.chars() {
            match letter {
                '\n' => lines.push(finished(std::mem::take(&mut line))),
                '\t' => {
                    line.extend((0..4).map(|_| Letter::of(run, ' ', fonts)));
                }
                letter if letter.is_control() || is_bare(letter) => {}
                letter => {
                    line.push(Letter::of(run, letter, fonts));
                    while let Some(rest) = over(&mut line, width) {
                        lines.push(finished(std::mem::replace(&mut line, rest)));
                    }
                }
            }
        }
    }
    lines.push(finished(line));
    lines
}

/// How much room runs ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    /// The widest word.
    pub(super) word: f32,
    /// The widest line, if nothing is broken.
    pub(super) line: f32,
    /// All lines behind each other.
    pub(super) all: f32,
}

/// How much room runs ask for.
pub(super) fn extent(runs: &[Run], fonts: &Fonts) -> Extent {
    let mut extent = Extent::default();
    let (mut word, mut line) = (0.0_f32, 0.0_f32);
    let mut before: Option<(char, bool)> = None;
    for run in runs {
        for letter in run.text.chars() {
            if letter == '\n' {
                (word, line, before) = (0.0, 0.0, None);
                continue;
            }
            let wide = fonts.drawn(letter).advance * run.look.size;
            let parts = |(before, kept)| !(kept && run.kept) && may_break(before, letter);
            if before.is_some_and(parts) {
                word = 0.0;
            }
            word += wide;
            line += wide;
            extent.all += wide;
            if letter != ' ' || run.kept {
                extent.word = extent.word.max(word);
            }
            extent.line = extent.line.max(line);
            before = Some((letter, run.kept));
        }
    }
    extent
}

struct Letter<'r> {
    run: &'r Run,
    drawn: Drawn,
    width: f32,
}

impl<'r> Letter<'r> {
    fn of(run: &'r Run, letter: char, fonts: &Fonts) -> Self {
        let drawn = fonts.drawn(letter);
        Self { run, drawn, width: drawn.advance * run.look.size }
    }
}

/// Where a line is too long, takes what stands behind the break off it.
fn over<'r>(line: &mut Vec<Letter<'r>>, width: f32) -> Option<Vec<Letter<'r>>> {
    let last = line.last()?;
    // A space hangs over the edge.
    let total: f32 = line.iter().map(|letter| letter.width).sum();
    if total <= width || last.drawn.letter == ' ' || line.len() < 2 {
        return None;
    }
    let breaks = |may: fn(char, char) -> bool| {
        line.windows(2).enumerate().rev().find_map(|(at, pair)| match pair {
            [before, after]
                if !(before.run.kept && after.run.kept) && may(before.drawn.letter, after.drawn.letter) =>
            {
                Some(at + 1)
            }
            _ => None,
        })
    };
    // A word longer than a line breaks behind a sign if there is one, or anywhere.
    let at =
        breaks(may_break).or_else(|| breaks(|before, _| SIGNS.contains(before))).unwrap_or(line.len() - 1);
    Some(line.split_off(at))
}

/// Whether a line may end behind one character and the next begin with another.
fn may_break(before: char, after: char) -> bool {
    if after == ' ' || NEVER_FIRST.contains(after) || NEVER_LAST.contains(before) {
        return false;
    }
    if before == ' ' {
        return true;
    }
    // A number stays with what it counts, and a dash of two with itself.
    if (before.is_ascii_digit() && COUNTED.contains(after)) || (before == '—' && after == '—') {
        return false;
    }
    let wide = |letter: char| letter.width() == Some(2);
    wide(before)
        || wide(after)
        || (matches!(before, '-' | '/' | '–') && after.is_alphabetic())
        || before == '—'
}

/// A character that stands for nothing by itself: marks of order and width.
fn is_bare(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

fn finished(letters: Vec<Letter<'_>>) -> Line {
    let mut line = Line::default();
    let mut last: Option<&Run> = None;
    for letter in letters {
        line.size = line.size.max(letter.run.look.size);
        let same = last.is_some_and(|run| std::ptr::eq(run, letter.run));
        match line.pieces.last_mut() {
            Some(piece) if same && piece.letters.last().is_some_and(|l| l.face == letter.drawn.face) => {
                piece.letters.push(letter.drawn);
                piece.width += letter.width;
            }
            _ => line.pieces.push(Piece {
                x: line.width,
                width: letter.width,
                letters: vec![letter.drawn],
                look: letter.run.look,
                to: letter.run.to.clone(),
            }),
        }
        line.width += letter.width;
        last = Some(letter.run);
    }
    line
}

/// What no line begins with.
const NEVER_FIRST: &str = "。，、；：？！）」』】》〉〕］｝〗〙〛”’…‧·・．,.;:!?)]}%％℃々ー»›〞";
/// What no line ends with.
const NEVER_LAST: &str = "（「『【《〈〔［｛〖〘〚“‘([{«‹〝＄$£€¥#";
/// What is counted by the number before it.
const COUNTED: &str = "年月日時分秒號項個條章節段頁點";
/// Behind what a word that is longer than a line is broken.
const SIGNS: &str = "-/._:?&=@,";

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, ems: f32) -> Vec<String> {
        let look = Look { size: 10.0, bold: false, colour: (0, 0, 0), boxed: None };
        let set = set(&[Run::new(text, look)], ems * 10.0, Fonts::ours().unwrap());
        let text = |line: &Line| line.pieces.iter().flat_map(|p| &p.letters).map(|l| l.letter).collect();
        set.iter().map(text).collect()
    }

    #[test]
    fn no_chinese_line_begins_with_what_closes_or_ends_with_what_opens() {
        let text = "客戶可要求由人手再次審核（包括「自動拒絕」的個案），並於三十日內獲書面回覆。《指引》第2.1段、第3段：須遵守！";
        for ems in 3..20_u8 {
            let lines = lines(text, f32::from(ems));
            assert_eq!(lines.concat(), text, "nothing is lost");
            for line in &lines {
                assert!(!line.starts_with(|c| NEVER_FIRST.contains(c)), "{line} of {lines:?}");
                assert!(!line.ends_with(|c| NEVER_LAST.contains(c)), "{line} of {lines:?}");
            }
        }
    }

    #[test]
    fn english_breaks_between_words_and_a_long_word_behind_a_sign() {
        assert_eq!(lines("A person may ask (again).", 6.0), ["A person ", "may ask ", "(again)."]);
        assert_eq!(lines("sha256:0123456789abcdef", 6.0), ["sha256:", "0123456789", "abcdef"]);
        assert_eq!(lines("two\nlines", 60.0), ["two", "lines"]);
        assert_eq!(lines("2026年11月30日", 3.4), ["2026年", "11月", "30日"]);
    }

    #[test]
    fn what_is_kept_goes_to_the_next_line_in_one_piece() {
        let look = Look { size: 10.0, bold: false, colour: (0, 0, 0), boxed: None };
        let kept = |text: &str| Run { kept: true, ..Run::new(text, look) };
        let runs = [Run::new("一二三 ", look), kept("甲"), kept("  "), kept("欠缺證據")];
        let set = set(&runs, 60.0, Fonts::ours().unwrap());
        let first: String = set[1].pieces.iter().flat_map(|p| &p.letters).map(|l| l.letter).collect();
        assert_eq!((set.len(), &*first), (2, "甲  欠缺證據"));
        assert!(extent(&runs, Fonts::ours().unwrap()).word > 50.0);
    }

    #[test]
    fn what_has_no_room_at_all_still_ends() {
        assert_eq!(lines("一二", 0.1).concat(), "一二");
        assert_eq!(lines("", 10.0), [""]);
        assert_eq!(lines("a\u{200b}\u{0}\u{202e}b", 10.0), ["ab"]);
    }
}
