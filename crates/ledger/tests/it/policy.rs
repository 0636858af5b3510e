//! Policies: the specification's example, each way in which one may be wrong with what the reader is told, and bytes
//! that nobody wrote as a policy.

use dualtrack_ledger::{Checkpoint, Note, Signature, SigningKey, TrustPolicy};
use proptest::prelude::*;

/// The example of C2SP `tlog-policy`, with the keys that it elides.
fn example() -> String {
    let witness = |name: &str| format!("witness {name} {}\n", witness(name).verifier());
    let (log, x, y) = (log(1).verifier().to_string(), ["X1", "X2", "X3"], ["Y1", "Y2", "Y3"]);
    let (x, y) = (x.map(witness).concat(), y.map(witness).concat());
    format!(
        "log {log}\n\n{x}group X-witnesses 2 X1 X2 X3\n\n{y}group Y-witnesses any Y1 Y2 Y3\n\n\
         group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    )
}

fn log(seed: u8) -> SigningKey {
    SigningKey::from_seed("example.com/log", &[seed; 32]).unwrap()
}

/// The witness whose seed is made of its name, and whose key's name is another than the policy's.
fn witness(name: &str) -> SigningKey {
    let mut seed = [b'w'; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    SigningKey::cosigner_from_seed(&format!("{name}.example"), &seed).unwrap()
}

/// A checkpoint of an origin as a log signs and these witnesses cosign it, the first at the first second.
fn note(origin: &str, log: &SigningKey, witnesses: &[&str]) -> Note {
    let text = format!("{origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    let lines = (1..).zip(witnesses).map(|(seconds, name)| witness(name).cosign(&text, seconds));
    Note::parse(&(log.sign(&text) + &lines.collect::<String>())).unwrap()
}

/// Whether the listed log signed, which witnesses cosigned and when, and whether the quorum is met.
fn judged(policy: &str, note: &Note) -> (bool, Vec<(String, u64)>, bool) {
    let policy = TrustPolicy::parse(policy.as_bytes()).unwrap();
    // Whoever else is known to the reader has no say in the policy.
    let known = [policy.keys(), &[log(1).verifier().clone(), log(2).verifier().clone()]].concat();
    let (text, signatures) = note.verify(&known).unwrap();
    let judgement = policy.judge(&Checkpoint::parse(text).unwrap(), &signatures);
    assert_eq!(judgement.is_accepted(), judgement.log.is_some() && judgement.quorum);
    let witnesses = judgement.witnesses.iter().map(|(witness, time)| (witness.name.clone(), *time));
    (judgement.log.is_some(), witnesses.collect(), judgement.quorum)
}

#[test]
fn the_example_of_the_specification_asks_for_two_of_one_and_one_of_the_other() {
    let example = example();
    let policy = TrustPolicy::parse(example.as_bytes()).unwrap();
    assert_eq!((policy.logs().len(), policy.witnesses().len(), policy.keys().len()), (1, 6, 7));
    assert_eq!((policy.logs()[0].url.as_ref(), &policy.logs()[0].key), (None, log(1).verifier()));
    for (met, witnesses) in [
        (true, vec!["X1", "X2", "Y1"]),
        (true, vec!["X3", "Y3", "X1"]),
        (true, vec!["X1", "X2", "X3", "Y1", "Y2", "Y3"]),
        (false, vec!["X1", "X2", "X3"]),
        (false, vec!["X1", "Y1", "Y2", "Y3"]),
        (false, vec!["X1", "X1", "Y1"]),
        (false, vec!["X1", "Z1", "Y1"]),
        (false, vec![]),
    ] {
        let (log, _, quorum) = judged(&example, &note("example.com/log", &log(1), &witnesses));
        assert_eq!((log, quorum), (true, met), "{witnesses:?}");
    }
    let (_, cosigned, _) = judged(&example, &note("example.com/log", &log(1), &["Y2", "Z1", "X1"]));
    assert_eq!(cosigned, [("X1".to_owned(), 3), ("Y2".to_owned(), 1)]);
}

#[test]
fn only_a_listed_log_of_the_checkpoint_s_origin_counts() {
    let example = example();
    let all = ["X1", "X2", "Y1"];
    assert!(!judged(&example, &note("example.com/other", &log(1), &all)).0);
    assert!(!judged(&example, &note("example.com/log", &log(2), &all)).0);
    let two = example.replacen('\n', &format!("\nlog {} https://example.com/log\n", log(2).verifier()), 1);
    assert!(judged(&two, &note("example.com/log", &log(2), &all)).0);
    // A signature of the witness that bears no time is none.
    let policy = TrustPolicy::parse(example.as_bytes()).unwrap();
    let signatures: Vec<Signature<'_>> =
        policy.keys().iter().map(|key| Signature { key, time: None }).collect();
    let checkpoint = Checkpoint::parse(note("example.com/log", &log(1), &[]).text()).unwrap();
    let judgement = policy.judge(&checkpoint, &signatures);
    assert!(judgement.log.is_some() && judgement.witnesses.is_empty() && !judgement.quorum);
}

#[test]
fn a_quorum_is_a_witness_a_group_or_none() {
    let note = note("example.com/log", &log(1), &["X1"]);
    let with = |quorum: &str| judged(&example().replace("quorum X-and-Y", quorum), &note).2;
    assert!(with("quorum none") && with("quorum X1") && !with("quorum X2") && !with("quorum X-witnesses"));
    let policy = TrustPolicy::parse(b"quorum none\n").unwrap();
    assert!(policy.logs().is_empty() && policy.witnesses().is_empty() && policy.keys().is_empty());
}

#[test]
fn spaces_comments_urls_and_names_in_any_script_are_read() {
    let (log, key) = (log(1), witness("X1"));
    let text = format!(
        " \t# 政策\n\t\n  log\t{}   https://例.hk/\t\n witness  見證人 {} a?b#c\n#\nquorum\t見證人 \n witness all {}\n",
        log.verifier(),
        key.verifier(),
        witness("X2").verifier(),
    );
    let policy = TrustPolicy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://例.hk/"));
    let [first, second] = policy.witnesses() else { panic!("{policy:?}") };
    assert_eq!((first.name.as_str(), first.url.as_deref()), ("見證人", Some("a?b#c")));
    assert_eq!((&first.key, second.name.as_str()), (key.verifier(), "all"));
    // The Kelvin sign is no K, and a no-break space no space.
    let text = format!("witness K {}\nquorum \u{212A}\n", key.verifier());
    assert!(TrustPolicy::parse(text.as_bytes()).is_err());
    assert!(TrustPolicy::parse("quorum\u{A0}none\n".as_bytes()).is_err());
}

#[test]
fn more_logs_witnesses_and_groups_than_anybody_needs_are_read() {
    let lines = (0..200_u8).map(|at| {
        let (log, witness) = (log(at), witness(&format!("w{at}")));
        let below = if at == 0 { String::new() } else { format!(" g{}", at - 1) };
        format!(
            "log {}\nwitness w{at} {}\ngroup g{at} all w{at}{below}\n",
            log.verifier(),
            witness.verifier()
        )
    });
    let text = lines.collect::<String>() + "quorum g199\n";
    let policy = TrustPolicy::parse(text.as_bytes()).unwrap();
    assert_eq!((policy.logs().len(), policy.witnesses().len()), (200, 200));
    let checkpoint = Checkpoint::parse(note("example.com/log", &log(1), &[]).text()).unwrap();
    let all: Vec<Signature<'_>> = policy.keys().iter().map(|key| Signature { key, time: Some(1) }).collect();
    assert!(policy.judge(&checkpoint, &all).is_accepted());
    assert!(!policy.judge(&checkpoint, &all[..399]).quorum);
}

#[test]
fn each_mistake_is_named_with_its_line_and_what_to_do() {
    let (log, x1, x2) = (log(1), witness("X1"), witness("X2"));
    let (log, x1, x2) = (log.verifier().to_string(), x1.verifier().to_string(), x2.verifier().to_string());
    let renamed = SigningKey::from_seed("renamed", &[1; 32]).unwrap().verifier().to_string();
    let two = format!("witness X1 {x1}\nwitness X2 {x2}\n");
    let torn = &x1[..x1.len() - 1];
    let changed = x1.replacen("X1", "X9", 1);
    let octet = |octet: &str| {
        format!(
            "the octet {octet} is not allowed; leave only text, spaces and tabs, and end lines with a line feed alone"
        )
    };
    let log_form = "a log is written `log KEY` or `log KEY URL`";
    let witness_form = "a witness is written `witness NAME KEY` or `witness NAME KEY URL`";
    let group_form = "a group is written `group NAME all MEMBER...`, with `all`, `any` or a number";
    let quorum_form = "a quorum is written `quorum NAME` or `quorum none`";
    let threshold = |written: &str| {
        format!("`{written}` of 2 members cannot be met; write `all`, `any` or a number from 1 to 2")
    };
    let unset = "no quorum is set; add a line `quorum NAME`, or `quorum none` to ask for no witness";
    let cases: Vec<(String, usize, String)> = [
        (String::new(), 1, unset.into()),
        ("\n# nothing\n".into(), 2, unset.into()),
        ("quorum none".into(), 1, "the line is cut off; end it with a line feed".into()),
        ("quorum none\r\n".into(), 1, octet("0x0D")),
        ("quorum\u{0B}none\n".into(), 1, octet("0x0B")),
        ("# \0\n".into(), 1, octet("0x00")),
        ("\n# \u{7F}\n".into(), 2, octet("0x7F")),
        (
            "quorums none\n".into(),
            1,
            "`quorums` is not known; a line begins with `log`, `witness`, `group`, `quorum` or `#`".into(),
        ),
        ("log\n".into(), 1, log_form.into()),
        (format!("log {log} url more\n"), 1, log_form.into()),
        ("log key\n".into(), 1, "the log's key cannot be used: a verifier key is written `NAME+HASH+KEY`".into()),
        (
            format!("log {x1}\n"),
            1,
            "the key of log `X1.example` is a cosigner's, of type 0x04; write the log's key for notes, of type 0x01".into(),
        ),
        (
            format!("log {log}\nlog {renamed}\n"),
            2,
            "log `renamed` has the key of log `example.com/log`; leave out one of them".into(),
        ),
        ("witness\n".into(), 1, witness_form.into()),
        ("witness X1\n".into(), 1, witness_form.into()),
        (format!("witness X1 {x1} url # comment\n"), 1, witness_form.into()),
        (
            format!("witness X1 {torn}\n"),
            1,
            "the key of witness `X1` cannot be used: a verifier key is written `NAME+HASH+KEY`".into(),
        ),
        (
            format!("witness X1 {changed}\n"),
            1,
            "the key of witness `X1` cannot be used: the hash in the key does not fit its name and key: copy it whole".into(),
        ),
        (
            format!("witness X1 {log}\n"),
            1,
            "the key of witness `X1` is for notes, of type 0x01; write its key for cosignatures, of type 0x04".into(),
        ),
        (
            format!("{two}witness X3 {x1}\n"),
            3,
            "witness `X3` has the key of witness `X1`; leave out one of them".into(),
        ),
        (
            format!("witness X1 {x1}\nwitness X1 {x2}\n"),
            2,
            "`X1` is defined already; choose another name".into(),
        ),
        (
            format!("witness none {x1}\n"),
            1,
            "`none` stands for no witness; choose another name".into(),
        ),
        ("group\n".into(), 1, group_form.into()),
        ("group g all\n".into(), 1, group_form.into()),
        (format!("{two}group g 0 X1 X2\n"), 3, threshold("0")),
        (format!("{two}group g 3 X1 X2\n"), 3, threshold("3")),
        (format!("{two}group g 01 X1 X2\n"), 3, threshold("01")),
        (format!("{two}group g +1 X1 X2\n"), 3, threshold("+1")),
        (format!("{two}group g ALL X1 X2\n"), 3, threshold("ALL")),
        (
            format!("{two}group g 18446744073709551617 X1 X2\n"),
            3,
            threshold("18446744073709551617"),
        ),
        (
            format!("{two}group none any X1\n"),
            3,
            "`none` stands for no witness; choose another name".into(),
        ),
        (
            format!("{two}group X1 any X2\n"),
            3,
            "`X1` is defined already; choose another name".into(),
        ),
        (
            format!("{two}group g any X1 none\n"),
            3,
            "`none` cannot be a member of a group; name a witness or a group".into(),
        ),
        (
            format!("{two}group g any X1 g\n"),
            3,
            "`g` is not defined on an earlier line; define the witness or group first".into(),
        ),
        (
            format!("{two}group g any X1 X1\n"),
            3,
            "`X1` is a member of a group already; name it in one group, once".into(),
        ),
        (
            format!("{two}group g any X1\ngroup h any X1 X2\n"),
            4,
            "`X1` is a member of a group already; name it in one group, once".into(),
        ),
        ("quorum\n".into(), 1, quorum_form.into()),
        ("quorum none none\n".into(), 1, quorum_form.into()),
        (
            format!("quorum X1\n{two}"),
            1,
            "`X1` is not defined on an earlier line; define the witness or group first".into(),
        ),
        (
            format!("{two}quorum X1\nquorum none\n"),
            4,
            "line 3 sets the quorum already; leave out one of them".into(),
        ),
        (
            "\n".repeat(1_001),
            1_001,
            "a policy has at most 1000 lines; leave out the rest".into(),
        ),
        (
            format!("quorum none\n#{}\n", " ".repeat(1 << 20)),
            2,
            "a policy has at most 1048576 bytes; leave out what follows".into(),
        ),
    ]
    .into();
    for (text, line, message) in cases {
        let error = TrustPolicy::parse(text.as_bytes()).unwrap_err();
        assert_eq!((error.line, &error.message), (line, &message), "{}", &text[..text.len().min(300)]);
        assert_eq!(error.to_string(), format!("line {line}: {message}"));
    }
    let error = TrustPolicy::parse(b"quorum none\n# \xFF\n").unwrap_err();
    assert_eq!(error.to_string(), "line 2: this is not UTF-8; save the policy as UTF-8");
}

#[test]
fn a_policy_as_long_as_it_may_be_is_read() {
    assert!(TrustPolicy::parse(("\n".repeat(999) + "quorum none\n").as_bytes()).is_ok());
    let text = "quorum none\n#";
    let longest = format!("{text}{}\n", " ".repeat((1 << 20) - text.len() - 1));
    assert!(TrustPolicy::parse(longest.as_bytes()).is_ok());
    assert_eq!(longest.len(), 1 << 20);
}

#[test]
fn a_private_key_in_a_policy_is_not_repeated() {
    let (log, x1) = (log(1), witness("X1"));
    for line in [
        format!("log {}\n", log.to_private_text().as_str()),
        format!("witness X1 {}\n", x1.to_private_text().as_str()),
        format!("{}\n", x1.to_private_text().as_str()),
        format!("witness {} X1\n", x1.to_private_text().as_str()),
        format!("group g any {}\n", x1.to_private_text().as_str()),
        format!("quorum {}\n", x1.to_private_text().as_str()),
    ] {
        let error = TrustPolicy::parse(line.as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("PRIVATE"), "{error}");
    }
}

/// Bytes that are nearly a policy.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let key = witness("X1").verifier().to_string();
    let log = log(1).verifier().to_string();
    let parts =
        ["log ", "witness ", "group ", "quorum ", "none", "all ", "any ", "1 ", "X1 ", "g ", "\n", "\t", "#"];
    let parts =
        parts.map(str::to_owned).into_iter().chain([format!("witness X1 {key}\n"), format!("log {log}\n")]);
    let part = prop::sample::select(parts.collect::<Vec<String>>());
    let part = prop_oneof![
        9 => part.prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..9)
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_a_policy_or_refused_on_one_of_their_lines(
        bytes in prop_oneof![nearly(), prop::collection::vec(any::<u8>(), 0..200)],
        names in prop::collection::vec(prop::sample::select(vec!["X1", "X2"]), 0..3),
    ) {
        match TrustPolicy::parse(&bytes) {
            Ok(policy) => {
                let note = note("example.com/log", &log(1), &names);
                let signatures = note.verify(policy.keys()).map_or_else(|_| Vec::new(), |(_, made)| made);
                let judgement = policy.judge(&Checkpoint::parse(note.text()).unwrap(), &signatures);
                prop_assert!(judgement.witnesses.len() <= policy.witnesses().len());
            }
            Err(error) => {
                prop_assert!((1..=bytes.split(|byte| *byte == b'\n').count()).contains(&error.line));
                prop_assert!(!error.message.contains('\n'));
            }
        }
    }
}
