//! What a witness answers to each request of C2SP `tlog-witness`, and the race that the specification warns of.

use std::sync::Mutex;

use dualtrack_ledger::{
    Checkpoint, Hash, SigningKey, Tree, VerifierKey, WitnessDecision, WitnessRequest, decide,
};

const ORIGIN: &str = "bank.example/ledger";

fn log() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

fn known() -> [VerifierKey; 2] {
    [
        SigningKey::from_seed("other.example/log", &[8; 32]).unwrap().verifier().clone(),
        log().verifier().clone(),
    ]
}

/// A tree of ten entries, of which those from this one on say something else.
fn tree(other_from: u8) -> Tree {
    let mut tree = Tree::default();
    (0..10_u8).for_each(|entry| tree.push(&[entry, u8::from(entry >= other_from)]));
    tree
}

fn checkpoint(tree: &Tree, size: u64) -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size, root: tree.root(size).unwrap(), extensions: Vec::new() }
}

/// The request of an honest log.
fn request(tree: &Tree, old: u64, size: u64) -> WitnessRequest {
    let proof = if old == 0 { Vec::new() } else { tree.prove_consistency(old, size).unwrap() };
    WitnessRequest { old, proof, note: log().sign(&checkpoint(tree, size).to_string()) }
}

fn answer(request: &WitnessRequest, last: Option<Checkpoint>) -> WitnessDecision {
    let decision = decide(&request.to_string(), &known(), |origin| {
        assert_eq!(origin, ORIGIN);
        last
    });
    if let WitnessDecision::Cosign { checkpoint, text } = &decision {
        assert_eq!(&checkpoint.to_string(), text);
    }
    decision
}

fn cosigned(tree: &Tree, size: u64) -> WitnessDecision {
    let checkpoint = checkpoint(tree, size);
    WitnessDecision::Cosign { text: checkpoint.to_string(), checkpoint }
}

#[test]
fn every_honest_growth_is_cosigned() {
    let tree = tree(10);
    for old in 0..=10 {
        for size in old..=10 {
            let last = Some(checkpoint(&tree, old));
            assert_eq!(answer(&request(&tree, old, size), last), cosigned(&tree, size), "{old} {size}");
        }
    }
    for size in 0..=10 {
        assert_eq!(answer(&request(&tree, 0, size), None), cosigned(&tree, size), "{size}");
    }
}

#[test]
fn what_is_no_request_is_malformed() {
    let tree = tree(10);
    let good = request(&tree, 4, 7).to_string();
    let hash = tree.root(4).unwrap().to_string();
    let malformed = |body: &str| {
        let decision = decide(body, &known(), |_| panic!("nothing is looked up for `{body}`"));
        assert_eq!(decision, WitnessDecision::Malformed, "{body}");
    };
    for body in [
        String::new(),
        "\n".into(),
        good.replacen("old 4", "old 04", 1),
        good.replacen("old 4", "old +4", 1),
        good.replacen("old 4", "old -4", 1),
        good.replacen("old 4", "old  4", 1),
        good.replacen("old 4", "old 4 ", 1),
        good.replacen("old 4", "Old 4", 1),
        good.replacen("old 4", "old", 1),
        good.replacen("old 4\n", "", 1),
        good.replacen("old 4", "old 18446744073709551616", 1),
        good.replacen("old 4\n", &format!("old 4\n{}\n", &hash[1..]), 1),
        good.replacen("old 4\n", &format!("old 4\n{hash} \n"), 1),
        good.replacen("old 4\n", "old 4\r\n", 1),
        good.replacen("old 4\n", "old 4\n\n", 1),
        good.replacen(&format!("\n{ORIGIN}"), ORIGIN, 1),
        good.replacen("\n7\n", "\n07\n", 1),
        good.trim_end().to_owned(),
        good.split_once("\n— ").unwrap().0.to_owned(),
        WitnessRequest { note: log().sign("no checkpoint\n"), ..request(&tree, 4, 7) }.to_string(),
        WitnessRequest { proof: vec![Hash([0; 32]); 64], ..request(&tree, 4, 7) }.to_string(),
        // The log cannot have shrunk: that is not for the record of the witness to say.
        WitnessRequest { old: 8, ..request(&tree, 4, 7) }.to_string(),
        WitnessRequest { old: u64::MAX, ..request(&tree, 4, 7) }.to_string(),
    ] {
        malformed(&body);
    }
    for end in 0..good.len() {
        if good.is_char_boundary(end) {
            malformed(&good[..end]);
        }
    }
    let most = WitnessRequest { proof: vec![Hash([0; 32]); 63], ..request(&tree, 4, 7) };
    assert_eq!(answer(&most, Some(checkpoint(&tree, 4))), WitnessDecision::Inconsistent);
}

#[test]
fn logs_and_keys_that_are_not_known_get_no_cosignature() {
    let tree = tree(10);
    let text = checkpoint(&tree, 7).to_string();
    let asked = |note: String| {
        let request = WitnessRequest { note, ..request(&tree, 0, 7) };
        decide(&request.to_string(), &known(), |_| None)
    };
    let stranger = SigningKey::from_seed("stranger.example/log", &[9; 32]).unwrap();
    let of_stranger = text.replacen(ORIGIN, "stranger.example/log", 1);
    assert_eq!(asked(stranger.sign(&of_stranger)), WitnessDecision::UnknownLog);
    // A known key that signs for a log of another name makes that log no better known.
    assert_eq!(asked(log().sign(&of_stranger)), WitnessDecision::UnknownLog);
    // A key that is known, but of another log.
    let other = SigningKey::from_seed("other.example/log", &[8; 32]).unwrap();
    assert_eq!(asked(other.sign(&text)), WitnessDecision::Unsigned);
    assert_eq!(asked(stranger.sign(&text)), WitnessDecision::Unsigned);
    let impostor = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    assert_eq!(asked(impostor.sign(&text)), WitnessDecision::Unsigned);
    let forged = log().sign(&text).replacen("\n7\n", "\n8\n", 1);
    assert_eq!(asked(forged), WitnessDecision::Unsigned);
    // Signatures of strangers beside that of the log are passed over.
    let both = log().sign(&text) + &stranger.signature_line(&text) + &impostor.signature_line(&text);
    assert_eq!(asked(both), cosigned(&tree, 7));
}

#[test]
fn another_size_than_was_cosigned_last_is_a_conflict_that_names_it() {
    let tree = tree(10);
    for last in 0..=10 {
        for old in (0..=10).filter(|old| *old != last) {
            let decision = answer(&request(&tree, old, 10), Some(checkpoint(&tree, last)));
            assert_eq!(decision, WitnessDecision::Conflict(last), "{old} after {last}");
        }
    }
    assert_eq!(answer(&request(&tree, 3, 10), None), WitnessDecision::Conflict(0));
    // The size is said before the proof is looked at: so a log learns it with an empty proof.
    let bare = WitnessRequest { proof: Vec::new(), ..request(&tree, 3, 10) };
    assert_eq!(answer(&bare, Some(checkpoint(&tree, 5))), WitnessDecision::Conflict(5));
}

#[test]
fn another_tree_of_the_same_size_is_a_conflict_even_of_nothing() {
    let (tree, other) = (tree(10), tree(0));
    for size in 1..=10 {
        let decision = answer(&request(&other, size, size), Some(checkpoint(&tree, size)));
        assert_eq!(decision, WitnessDecision::Conflict(size), "{size}");
    }
    // A tree of nothing has one root, whether or not it was cosigned before.
    let root = other.root(1).unwrap();
    let wrong = Checkpoint { root, ..checkpoint(&tree, 0) };
    let request = WitnessRequest { note: log().sign(&wrong.to_string()), ..request(&tree, 0, 0) };
    assert_eq!(answer(&request, Some(checkpoint(&tree, 0))), WitnessDecision::Conflict(0));
    assert_eq!(answer(&request, None), WitnessDecision::Conflict(0));
}

#[test]
fn a_proof_that_does_not_hold_is_inconsistent() {
    let (tree, other) = (tree(10), tree(2));
    for old in 1..10_u64 {
        for size in old + 1..=10 {
            let last = || Some(checkpoint(&tree, old));
            let good = request(&tree, old, size);
            for at in 0..good.proof.len() {
                let mut changed = good.clone();
                changed.proof[at].0[31] ^= 1;
                assert_eq!(answer(&changed, last()), WitnessDecision::Inconsistent, "{old} {size} {at}");
                changed.proof.remove(at);
                assert_eq!(answer(&changed, last()), WitnessDecision::Inconsistent, "{old} {size} {at}");
            }
            let mut longer = good.clone();
            longer.proof.push(Hash([0; 32]));
            assert_eq!(answer(&longer, last()), WitnessDecision::Inconsistent, "{old} {size}");
            if old > 2 {
                let fork = answer(&request(&other, old, size), last());
                assert_eq!(fork, WitnessDecision::Inconsistent, "{old} {size}");
            }
        }
    }
    // Of what begins at nothing, and of what stays as it is, the only proof is the empty one.
    for (old, last) in [(0, None), (0, Some(checkpoint(&tree, 0))), (7, Some(checkpoint(&tree, 7)))] {
        let padded = WitnessRequest { proof: vec![Hash([0; 32])], ..request(&tree, old, 7) };
        assert_eq!(answer(&padded, last), WitnessDecision::Inconsistent, "{old}");
    }
}

/// The steps of the specification: A and B are both decided on before either is kept. Only the caller can prevent that
/// B's leaves are rolled back; where it decides and keeps in one, whoever comes second is told the new size.
#[test]
fn of_two_requests_at_once_the_second_meets_what_the_first_left() {
    let tree = tree(10);
    let (a, b) = (request(&tree, 4, 7), request(&tree, 4, 10));
    let last = checkpoint(&tree, 4);
    assert_eq!(answer(&a, Some(last.clone())), cosigned(&tree, 7));
    assert_eq!(answer(&b, Some(last.clone())), cosigned(&tree, 10));

    assert_eq!(answer(&a, Some(checkpoint(&tree, 10))), WitnessDecision::Conflict(10));
    assert_eq!(answer(&b, Some(checkpoint(&tree, 7))), WitnessDecision::Conflict(7));
    for _ in 0..200 {
        let kept = Mutex::new(last.clone());
        let ask = |request: &WitnessRequest| {
            let mut kept = kept.lock().unwrap();
            let decision = answer(request, Some(kept.clone()));
            if let WitnessDecision::Cosign { checkpoint, .. } = &decision {
                *kept = checkpoint.clone();
            }
            decision
        };
        let (first, second) = std::thread::scope(|scope| {
            let first = scope.spawn(|| ask(&a));
            let second = scope.spawn(|| ask(&b));
            (first.join().unwrap(), second.join().unwrap())
        });
        let size = kept.lock().unwrap().size;
        let expected = if size == 7 {
            (cosigned(&tree, 7), WitnessDecision::Conflict(7))
        } else {
            (WitnessDecision::Conflict(10), cosigned(&tree, 10))
        };
        assert_eq!((first, second), expected);
    }
}

#[test]
fn a_request_is_written_as_in_the_specification_and_read_back() {
    let tree = tree(10);
    let request = request(&tree, 4, 7);
    let body = request.to_string();
    assert!(body.starts_with(&format!("old 4\n{}\n", request.proof[0])), "{body}");
    assert!(body.contains(&format!("\n\n{ORIGIN}\n7\n")), "{body}");
    assert_eq!(WitnessRequest::parse(&body), Some(request));
}
