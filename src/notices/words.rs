//! Text that others wrote, made fit for one line: of a header, of a reason, of a screen.

use dualtrack_report::screen::breaks_or_turns;

/// `text` on one line, no longer than `most` letters: what could break a line or turn its direction becomes a blank.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let safe: String =
        text.chars().map(|letter| if breaks_or_turns(letter) { ' ' } else { letter }).take(most).collect();
    let words: Vec<_> = safe.split_whitespace().collect();
    words.join(" ")
}

/// What a mail server said, for the reason of a failure: on one short line, and without anybody's address.
pub(super) fn said(text: &str) -> String {
    let words = one_line(text, 200);
    let words: Vec<_> = words.split(' ').map(|word| if word.contains('@') { "…" } else { word }).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_mail_server_said_is_repeated_without_the_address() {
        let text = "5.1.1 <owner@bank.example>: Recipient address\r\nrejected";
        assert_eq!(said(text), "5.1.1 … Recipient address rejected");
    }

    proptest! {
        #[test]
        fn one_line_is_one_short_line(text: String, most in 0_usize..100) {
            let line = one_line(&text, most);
            prop_assert!(line.chars().count() <= most);
            prop_assert!(!line.chars().any(breaks_or_turns));
        }
    }
}
