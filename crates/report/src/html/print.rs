//! The stylesheet of every page, and the running footer of printed ones.

use std::fmt::Write as _;

use crate::locale::Words;

/// The stylesheet with a footer that repeats on every printed page: when it was made, by what, and the page number.
pub(crate) fn style(made: &str, words: Words) -> String {
    // The printer knows the numbers; the sentence around them is cut where they belong.
    let page = words.say_with("page-of", &[("page", "\u{1}"), ("pages", "\u{2}")]);
    let (before, rest) = page.split_once('\u{1}').unwrap_or((&page, ""));
    let (between, after) = rest.split_once('\u{2}').unwrap_or((rest, ""));
    let mut style = STYLE.to_owned();
    // Writing to a string cannot fail.
    let _ = writeln!(
        style,
        "@page {{ @bottom-left {{ content: \"{}\"; }} @bottom-right {{ content: \"{}\" counter(page) \"{}\" \
         counter(pages) \"{}\"; }} }}",
        quoted(made),
        quoted(before),
        quoted(between),
        quoted(after)
    );
    style
}

/// A text as the inside of a CSS string: everything but letters and digits as a code point, so that nothing ends the
/// string, the style or the page.
fn quoted(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        if letter.is_alphanumeric() || letter == ' ' {
            safe.push(letter);
        } else {
            let _ = write!(safe, "\\{:06x}", u32::from(letter));
        }
    }
    safe
}

const STYLE: &str = include_str!("../../templates/report.css");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_string_or_the_style() {
        let safe = quoted("\"; } </style><script>\n\\");
        assert!(!safe.contains(['"', '<', '>', '\n', ';', '}']));
    }
}
