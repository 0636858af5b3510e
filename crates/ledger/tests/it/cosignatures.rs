//! Cosignatures of real witnesses under a real log, our own, and whatever somebody may change in them; and the
//! primitives below both.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dualtrack_ledger::{
    Checkpoint, Hash, KeyError, KeyKind, Note, NoteError, Signature, SigningKey, TrustPolicy, VerifierKey,
    inclusion,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::vectors::{array, bytes, group, hex_hash, text};

const TEXT: &str = "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

fn key_id(name: &str, kind: u8, public: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest([name.as_bytes(), b"\n", &[kind], public].concat());
    *hash.first_chunk().unwrap()
}

/// A verifier key made without the crate, as others make it.
fn vkey(name: &str, kind: u8, public: &[u8]) -> String {
    let id = u32::from_be_bytes(key_id(name, kind, public));
    format!("{name}+{id:08x}+{}", STANDARD.encode([&[kind], public].concat()))
}

fn line(name: &str, kind: u8, public: &[u8], signature: &[u8]) -> String {
    format!("— {name} {}\n", STANDARD.encode([&key_id(name, kind, public), signature].concat()))
}

/// The policy of the vectors in the form of C2SP: keys with names instead of bare ones, and names of logs as Sigsum has them.
fn c2sp(policy: &str) -> String {
    let hex = |digits: &str| bytes(&Value::from(digits));
    let lines = policy.lines().map(|line| match *line.split_whitespace().collect::<Vec<_>>() {
        ["log", key, url] => format!("log {} {url}\n", vkey(&sigsum_origin(&hex(key)), 1, &hex(key))),
        ["witness", name, key] => format!("witness {name} {}\n", vkey(name, 4, &hex(key))),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

fn sigsum_origin(public: &[u8]) -> String {
    let digits: Vec<String> = Sha256::digest(public).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sigsum.org/v1/tree/{}", digits.concat())
}

#[test]
fn a_real_log_with_real_witnesses_meets_its_real_policy() {
    let group = group("sigsum_cosigned");
    let (body, public) = (text(&group["checkpoint_body"]), bytes(&group["log_public_key_hex"]));
    let checkpoint = Checkpoint::parse(body).unwrap();
    assert_eq!(checkpoint.origin, sigsum_origin(&public));
    let signed = line(&checkpoint.origin, 1, &public, &bytes(&group["log_signature_hex"]));
    let mut note = Note::parse(&format!("{body}\n{signed}")).unwrap();
    let mut known = Vec::new();
    for case in array(&group["cosignatures"]) {
        let (name, public, time) =
            (text(&case["name"]), bytes(&case["public_key_hex"]), case["time"].as_u64().unwrap());
        let cosignature = [time.to_be_bytes().as_slice(), &bytes(&case["signature_hex"])].concat();
        let written = format!("{}\n", text(&case["note_line"]));
        assert_eq!(line(name, 4, &public, &cosignature), written);
        let key = VerifierKey::parse(&vkey(name, 4, &public)).unwrap();
        assert_eq!((key.kind(), key.to_string()), (KeyKind::Cosigner, vkey(name, 4, &public)));
        let alone = Note::parse(&format!("{body}\n{written}")).unwrap();
        let expected = vec![Signature { key: &key, time: Some(time) }];
        assert_eq!(alone.verify(std::slice::from_ref(&key)), Ok((body, expected)));
        note = note.with(&written).unwrap();
        known.push(key);
    }
    assert_eq!((note.text(), note.names().count(), known.len()), (body, 9, 8));
    assert_eq!(note.verify(&known).unwrap().1.len(), 8);

    let policy = c2sp(text(&group["policy"]));
    let policy = TrustPolicy::parse(policy.as_bytes()).unwrap();
    assert_eq!((policy.logs().len(), policy.witnesses().len(), policy.keys().len()), (2, 8, 10));
    let (_, signatures) = note.verify(policy.keys()).unwrap();
    let judgement = policy.judge(&checkpoint, &signatures);
    assert!(judgement.is_accepted());
    assert_eq!(judgement.log.unwrap().url.as_deref(), Some("https://serviceberry.tlog.stagemole.eu"));
    let names: Vec<&str> = judgement.witnesses.iter().map(|(witness, _)| witness.name.as_str()).collect();
    let cosigners: Vec<&str> = array(&group["cosignatures"]).iter().map(|case| text(&case["name"])).collect();
    let listed: Vec<&str> = policy.witnesses().iter().map(|witness| witness.name.as_str()).collect();
    let both: Vec<&str> = listed.iter().copied().filter(|name| cosigners.contains(name)).collect();
    assert_eq!(names, both);
    assert!(judgement.witnesses.iter().all(|(_, time)| *time == 1_770_193_051));
    // Four of six are asked for, of which one is a group that asks for two of its three.
    let met = |few: &[&str]| {
        let few: Vec<Signature<'_>> =
            signatures.iter().copied().filter(|signature| few.contains(&signature.key.name())).collect();
        policy.judge(&checkpoint, &few).quorum
    };
    let four = ["remora.n621.de", "witness.stagemole.eu", "poc.sigsum.org/nisse", "rgdd.se/poc-witness"];
    let fifth = "witness.navigli.sunlight.geomys.org";
    assert!(!met(&four));
    assert!(met(&[four.as_slice(), &[fifth]].concat()));
    for without in 0..4 {
        let mut few = [four.as_slice(), &[fifth]].concat();
        few.remove(without);
        assert!(!met(&few), "{few:?}");
    }

    let case = &group["inclusion"];
    let proof: Vec<Hash> = array(&case["proof_hex"]).iter().map(hex_hash).collect();
    let (index, size) = (case["index"].as_u64().unwrap(), case["size"].as_u64().unwrap());
    assert_eq!((checkpoint.size, checkpoint.root), (size, hex_hash(&case["root_hex"])));
    assert_eq!(inclusion(index, size, hex_hash(&case["leaf_hash_hex"]), &proof, checkpoint.root), Ok(()));
}

#[test]
fn a_real_cosignature_holds_for_its_time_text_and_name_only() {
    let group = group("sigsum_cosigned");
    let (body, case) = (text(&group["checkpoint_body"]), &group["cosignatures"][0]);
    let (name, public) = (text(&case["name"]), bytes(&case["public_key_hex"]));
    let cosignature = [1_770_193_051_u64.to_be_bytes().as_slice(), &bytes(&case["signature_hex"])].concat();
    let known = [
        VerifierKey::parse(&vkey(name, 4, &public)).unwrap(),
        VerifierKey::parse(&vkey("other", 4, &public)).unwrap(),
        VerifierKey::parse(&vkey(name, 1, &public)).unwrap(),
    ];
    let answer = |text: &str, line: &str| {
        Note::parse(&format!("{text}\n{line}"))
            .unwrap()
            .verify(&known)
            .map(|(_, signatures)| signatures.len())
    };
    let forged = Err(NoteError::Forged(name.to_owned()));
    assert_eq!(answer(body, &line(name, 4, &public, &cosignature)), Ok(1));
    for at in 0..cosignature.len() {
        let mut changed = cosignature.clone();
        changed[at] ^= 1;
        assert_eq!(answer(body, &line(name, 4, &public, &changed)), forged, "{at}");
    }
    for length in 1..cosignature.len() {
        assert_eq!(answer(body, &line(name, 4, &public, &cosignature[..length])), forged, "{length}");
    }
    let longer = [cosignature.as_slice(), &[0]].concat();
    assert_eq!(answer(body, &line(name, 4, &public, &longer)), forged);
    for changed in [
        body.replace("381382", "381383"),
        body.replace("sigsum.org", "sigsun.org"),
        body.replace("kB/v", "kB/w"),
        format!("{body}extension\n"),
    ] {
        assert_eq!(answer(&changed, &line(name, 4, &public, &cosignature)), forged, "{changed}");
    }
    // Under another name it is another key's, which nobody knows; under a known key's name and hash it is forged or,
    // since a cosignature does not cover its name, that key's own.
    assert_eq!(answer(body, &line("third", 4, &public, &cosignature)), Err(NoteError::Unsigned));
    assert_eq!(answer(body, &line(name, 1, &public, &cosignature)), forged);
    assert_eq!(answer(body, &line(name, 1, &public, &bytes(&case["signature_hex"]))), forged);
    assert_eq!(answer(body, &line("other", 4, &public, &cosignature)), Ok(1));
}

#[test]
fn our_own_cosignature_carries_its_time_and_joins_the_log_s_signature() {
    let log = SigningKey::from_seed("log", &[1; 32]).unwrap();
    let witness = SigningKey::cosigner_from_seed("witness", &[2; 32]).unwrap();
    let known = [log.verifier().clone(), witness.verifier().clone()];
    let note = Note::parse(&log.sign(TEXT)).unwrap();
    for seconds in [0, 1, 1_770_193_051, (1 << 63) - 1] {
        let cosignature = witness.cosign(TEXT, seconds);
        let merged = note.with(&cosignature).unwrap();
        assert_eq!(merged.to_string(), format!("{note}{cosignature}"));
        let expected =
            vec![Signature { key: &known[0], time: None }, Signature { key: &known[1], time: Some(seconds) }];
        assert_eq!(merged.verify(&known), Ok((TEXT, expected)));
    }
    assert_eq!(note.verify(&known[1..]), Err(NoteError::Unsigned));
    // Of two by one key the first counts.
    let twice = note.with(&(witness.cosign(TEXT, 8) + &witness.cosign(TEXT, 7))).unwrap();
    let times: Vec<Option<u64>> = twice.verify(&known).unwrap().1.iter().map(|made| made.time).collect();
    assert_eq!(times, [None, Some(8)]);
    let spoiled = note.with(&witness.cosign(&TEXT.replace("\n0\n", "\n1\n"), 7)).unwrap();
    assert_eq!(spoiled.verify(&known), Err(NoteError::Forged("witness".to_owned())));
}

#[test]
fn a_key_makes_no_signature_but_of_its_own_kind() {
    let log = SigningKey::from_seed("key", &[3; 32]).unwrap();
    let witness = SigningKey::cosigner_from_seed("key", &[3; 32]).unwrap();
    assert_ne!(log.verifier(), witness.verifier());
    assert_eq!((witness.signature_line(TEXT).as_str(), log.cosign(TEXT, 1).as_str()), ("", ""));
    assert_eq!(Note::parse(&witness.sign(TEXT)), Err(NoteError::Malformed));
    for (text, seconds) in [(TEXT, 1 << 63), ("no checkpoint\n", 1), (&TEXT[..TEXT.len() - 1], 1), ("", 1)] {
        assert_eq!(witness.cosign(text, seconds), "", "{text} {seconds}");
    }
    // Not even where the bytes would be those of a cosignature.
    let message = format!("cosignature/v1\ntime 7\n{TEXT}");
    let signature = STANDARD.decode(log.signature_line(&message)["— key ".len()..].trim_end()).unwrap();
    let raw = [[&7_u64.to_be_bytes(), &signature[4..]].concat(), signature[4..].to_vec()];
    let public = STANDARD.decode(witness.verifier().to_string().rsplit_once('+').unwrap().1).unwrap();
    let lines = raw.map(|signature| line("key", 4, &public[1..], &signature));
    assert_eq!(lines[0], witness.cosign(TEXT, 7));
    let note = Note::parse(&format!("{TEXT}\n{}", lines[1])).unwrap();
    assert!(note.verify(&[witness.verifier().clone()]).is_err());
    // A cosigner's line under a text that is no checkpoint, signed as if it were one, and under a time out of range.
    let dalek = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    for (text, seconds) in [("no checkpoint\n", 7_u64), (TEXT, 1 << 63)] {
        let made = format!("cosignature/v1\ntime {seconds}\n{text}");
        let made = ed25519_dalek::Signer::sign(&dalek, made.as_bytes()).to_bytes();
        let line = line("key", 4, &public[1..], &[seconds.to_be_bytes().as_slice(), &made].concat());
        let note = Note::parse(&format!("{text}\n{line}")).unwrap();
        let answer = note.verify(std::slice::from_ref(witness.verifier()));
        assert_eq!(answer, Err(NoteError::Forged("key".to_owned())), "{text} {seconds}");
    }
}

#[test]
fn lines_that_are_no_signatures_are_not_added() {
    let key = SigningKey::from_seed("log", &[1; 32]).unwrap();
    let note = Note::parse(&key.sign(TEXT)).unwrap();
    let line = key.signature_line(TEXT);
    for wrong in
        ["", "\n", "text\n", line.trim_end(), &format!("\n{line}"), &format!("{line}\n"), "— log AAAA\n"]
    {
        assert_eq!(note.with(wrong), Err(NoteError::Malformed), "{wrong:?}");
    }
    assert_eq!(note.with(&line.repeat(99)).unwrap().names().count(), 100);
    assert_eq!(note.with(&line.repeat(100)), Err(NoteError::Malformed));
}

#[test]
fn private_keys_of_both_kinds_are_stored_and_never_shown() {
    let keys = [SigningKey::from_seed("a/b", &[9; 32]), SigningKey::cosigner_from_seed("a/b", &[9; 32])];
    for key in keys.map(Option::unwrap) {
        let private = key.to_private_text();
        let byte = if key.verifier().kind() == KeyKind::Note { 1 } else { 4 };
        let seed = STANDARD.encode([&[byte], [9; 32].as_slice()].concat());
        assert!(private.starts_with("PRIVATE+KEY+a/b+") && private.ends_with(&format!("+{seed}")));
        let back = SigningKey::parse(&private).unwrap();
        assert_eq!((back.verifier(), &back.to_private_text()), (key.verifier(), &private));
        assert_eq!(format!("{key:?}"), format!("the signing key of {}", key.verifier()));
        assert_eq!(VerifierKey::parse(&key.verifier().to_string()).as_ref(), Ok(key.verifier()));
        let other = private.replace("+a/b+", "+a/c+");
        assert_eq!(SigningKey::parse(&other).unwrap_err(), KeyError::Hash);
    }
    let other = STANDARD.encode([&[6], [9; 32].as_slice()].concat());
    let answer = SigningKey::parse(&format!("PRIVATE+KEY+a+00000000+{other}"));
    assert_eq!(answer.unwrap_err(), KeyError::Algorithm);
    assert_eq!(VerifierKey::parse(&vkey("a", 6, &[9; 32])), Err(KeyError::Algorithm));
    assert!(SigningKey::cosigner_from_seed("a b", &[9; 32]).is_none());
}

#[test]
fn the_primitives_are_those_of_their_standards() {
    let group = group("primitives");
    for case in array(&group["ed25519"]["cases"]) {
        let (public, message) = (bytes(&case["public_hex"]), bytes(&case["message_hex"]));
        let (seed, signature) = (bytes(&case["seed_hex"]).try_into().unwrap(), bytes(&case["signature_hex"]));
        let key = SigningKey::from_seed("key", &seed).unwrap();
        assert_eq!(key.verifier().to_string(), vkey("key", 1, &public));
        // Notes are text, which the third message is not.
        match String::from_utf8(message) {
            Ok(message) => assert_eq!(key.signature_line(&message), line("key", 1, &public, &signature)),
            Err(message) => {
                let key = ed25519_dalek::SigningKey::from_bytes(&seed);
                let made = ed25519_dalek::Signer::sign(&key, message.as_bytes());
                assert_eq!(made.to_bytes().as_slice(), signature);
            }
        }
    }
    assert_eq!(Hash::of_nothing(), hex_hash(&group["sha256"]["empty_hex"]));
    assert_eq!(Sha256::digest("abc").as_slice(), bytes(&group["sha256"]["abc_hex"]));
}
