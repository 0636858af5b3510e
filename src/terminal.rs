//! Laying out text on the terminal: width, colour, wrapping that knows how wide Chinese is.

use std::io::{IsTerminal as _, Write as _};

use dualtrack_catalogue::Language;

use crate::cli::Colour;
use crate::failure::Failure;

/// How the terminal wants its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Columns.
    pub(crate) width: usize,
    /// Whether to use colour.
    pub(crate) colour: bool,
    /// The language.
    pub(crate) language: Language,
}

impl Terminal {
    /// The terminal as it is: `no_color` is whether the environment forbids colour.
    pub(crate) fn detect(colour: Colour, no_color: bool, language: Language) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let width = if terminal { textwrap::termwidth().clamp(60, 120) } else { 80 };
        let colour = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !no_color,
        };
        Self { width, colour, language }
    }

    /// `english` or `chinese`, by the language.
    pub(crate) fn say<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        match self.language {
            Language::En => english,
            Language::ZhHant => chinese,
        }
    }

    /// `text` wrapped to the width, every line indented by `indent` blanks.
    pub(crate) fn wrap(&self, text: &str, indent: usize) -> String {
        let blanks = " ".repeat(indent);
        // The default algorithm lets a line run over the edge where that saves a short one.
        let options = textwrap::Options::new(self.width)
            .initial_indent(&blanks)
            .subsequent_indent(&blanks)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        textwrap::fill(&printable(text), options)
    }

    /// `text` in bold where colour is used.
    pub(crate) fn bold(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The text without control characters, which a hostile file could use to rewrite the screen.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter })
        .collect()
}

/// Prints to standard output. A reader that went away, such as `head`, is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::input(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal() -> Terminal {
        Terminal { width: 20, colour: false, language: Language::ZhHant }
    }

    #[test]
    fn a_chinese_letter_is_two_columns_wide() {
        let wrapped = terminal().wrap("生成式人工智能語言模型的使用", 2);
        assert!(
            wrapped.lines().all(|line| line.starts_with("  ") && textwrap::core::display_width(line) <= 20)
        );
        assert_eq!(wrapped.lines().count(), 2);
    }

    #[test]
    fn control_characters_of_a_hostile_file_do_not_reach_the_screen() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
    }
}
