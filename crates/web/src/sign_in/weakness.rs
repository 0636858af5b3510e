//! What makes a password of a local account too easy to guess: length, the account's name, patterns, and what everybody
//! tries first.
//!
//! There are no rules on capitals, figures and signs, and no expiry: they make people choose worse (NIST SP 800-63B).

use dualtrack_catalogue::Bilingual;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::password::LONGEST;

/// What makes a password, in NFC, too easy to guess or too long; nothing if it is good enough.
pub(super) fn weakness(password: &str, account: &str) -> Option<Bilingual> {
    let lower = Zeroizing::new(password.to_lowercase());
    if password.chars().count() < SHORTEST {
        return Some(say(
            "the password has fewer than 12 characters; a sentence is easy to remember",
            "密碼少於12個字元；用一句話較易記",
        ));
    }
    if password.chars().count() > LONGEST {
        return Some(too_long());
    }
    // Of a mail address, its first part is a name too. One of two or three letters stands in many a sentence.
    let account: String = account.nfc().collect::<String>().to_lowercase();
    let names = [account.as_str(), account.split('@').next().unwrap_or_default()];
    if names.iter().any(|name| name.chars().count() >= 4 && lower.contains(name)) {
        return Some(say(
            "the password holds the name of the account; choose another",
            "密碼包含帳戶名稱；請另選",
        ));
    }
    if is_pattern(&lower) {
        return Some(say(
            "the password repeats itself or counts up; choose another",
            "密碼只是重複或順序的字元；請另選",
        ));
    }
    is_common(&lower).then(|| {
        say(
            "the password is one of those that everybody tries first; choose another",
            "密碼屬最常被猜中者；請另選",
        )
    })
}

/// Whether few letters are used, one piece is repeated, or most letters follow on a keyboard, in the alphabet or in numbers.
fn is_pattern(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    let mut different = letters.clone();
    different.sort_unstable();
    different.dedup();
    let repeats = (1..=letters.len() / 2)
        .any(|period| letters.iter().zip(letters.iter().skip(period)).all(|(one, other)| one == other));
    let pairs = letters.windows(2).filter(|pair| matches!(pair, [a, b] if follows(*a, *b))).count();
    different.len() < 5 || repeats || pairs * 2 > letters.len()
}

fn follows(one: char, other: char) -> bool {
    let beside = |row: &&str| {
        let mut keys = row.chars().zip(row.chars().skip(1));
        keys.any(|(a, b)| (a, b) == (one, other) || (b, a) == (one, other))
    };
    u32::from(one).abs_diff(u32::from(other)) <= 1 || KEYS.iter().any(beside)
}

/// Whether it is a common password, or one with figures and signs at its ends, or in place of its letters, or little
/// more than several of them.
fn is_common(lower: &str) -> bool {
    let folded: String = lower.chars().map(unfigured).collect();
    let trimmed = |text: &str| text.trim_matches(|letter: char| !letter.is_alphabetic()).to_owned();
    let forms = [lower.to_owned(), trimmed(lower), trimmed(&folded), folded];
    let forms = forms.map(Zeroizing::new);
    if COMMON.lines().any(|common| forms.iter().any(|form| form.as_str() == common)) {
        return true;
    }
    forms.iter().any(|form| {
        let all: String = form.chars().filter(|letter| letter.is_alphabetic()).collect();
        let left = COMMON_PARTS.iter().fold(all.clone(), |left, part| left.replace(part, ""));
        all.is_empty() || left.chars().count() * 3 < all.chars().count()
    })
}

/// The letter that a figure or sign stands for.
fn unfigured(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

pub(super) fn too_long() -> Bilingual {
    say("the password has more than 256 characters", "密碼超過256個字元")
}

fn say(en: &str, zh: &str) -> Bilingual {
    Bilingual { en: en.to_owned(), zh_hant: zh.to_owned() }
}

/// In characters.
const SHORTEST: usize = 12;
/// What leaked lists hold most often, in lower case and mostly without the figures that people add; one a line.
const COMMON: &str = include_str!("common_passwords.txt");
/// What common passwords are put together from.
const COMMON_PARTS: [&str; 18] = [
    "password",
    "passwort",
    "passw",
    "qwertyuiop",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "dualtrack",
    "hongkong",
    "changeme",
    "default",
    "secret",
    "master",
];
/// Keys that lie side by side, and two ways to wander over them.
const KEYS: [&str; 6] = [
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "1q2w3e4r5t6y7u8i9o0p",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_easy_to_guess_is_refused() {
        for password in [
            "short",
            "password1234",
            "aaaaaaaaaaaaaa",
            "abcdefghijklmn",
            "987654321098",
            "123456789012",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "qwertyuiop[]",
            "lovely7lovely7",
            "abcdeabcdeab",
            "mok-lai-sheung1",
            "Qwertyuiop12",
            "AdminAdmin123",
            "P@ssw0rdP@ssw0rd",
            "Sunshine2024!",
            "iloveyouforever",
            "correcthorsebatterystaple",
            "!!Manchesterunited99",
            "123!456?789.",
            "密碼密碼密碼密碼密碼密碼",
        ] {
            assert!(weakness(password, "mok-lai-sheung").is_some(), "{password}");
        }
        assert!(weakness("the rain of ada.wong today", "ada.wong@bank.example").is_some());
    }

    #[test]
    fn a_sentence_is_good_enough() {
        for password in [
            "correct horse battery",
            "a fair wind from Lantau",
            "property of the typewriter",
            "今晚我們到海傍散步然後回家",
            "mW7#qLp2vXz9",
            "lion rock at eight",
        ] {
            assert_eq!(weakness(password, "li"), None, "{password}");
        }
    }

    #[test]
    fn the_list_is_in_lower_case_without_gaps_and_long_enough() {
        assert!(COMMON.lines().count() >= 300);
        for line in COMMON.lines() {
            assert!(!line.is_empty() && line == line.trim().to_lowercase(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_weighed(password in ".{0,300}", account in ".{0,20}") {
            let _ = weakness(&password, &account);
        }
    }
}
