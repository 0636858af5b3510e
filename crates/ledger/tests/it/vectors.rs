//! Every group of the published vectors that speaks of trees, notes, checkpoints, tiles and receipts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dualtrack_ledger::{
    Audit, Checkpoint, Hash, Note, NoteError, Receipt, SigningKey, Tile, Tree, VerifierKey, bundle_entries,
    canonical, consistency, inclusion, leaf_hash, node_hash, place, seal,
};
use serde_json::Value;

pub(crate) fn group(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../vectors.json")).unwrap();
    all["groups"][name].clone()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn hash(value: &Value) -> Hash {
    Hash::parse(text(value)).unwrap()
}

pub(crate) fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

pub(crate) fn bytes(hex: &Value) -> Vec<u8> {
    let digits = text(hex);
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn hex_hash(hex: &Value) -> Hash {
    Hash(bytes(hex).try_into().unwrap())
}

pub(crate) fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[test]
fn leaves_and_nodes_hash_as_in_rfc_6962() {
    let group = group("rfc6962_hasher");
    assert_eq!(Hash::of_nothing(), hex_hash(&group["empty_root_hex"]));
    assert_eq!(leaf_hash(b""), hex_hash(&group["leaf_of_empty_hex"]));
    assert_eq!(
        leaf_hash(text(&group["leaf"]["input_ascii"]).as_bytes()),
        hex_hash(&group["leaf"]["hash_hex"])
    );
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    assert_ne!(leaf_hash(&[left.0, right.0].concat()), node_hash(left, right));
}

#[test]
fn the_reference_tree_has_its_published_roots() {
    let group = group("ct_reference_tree");
    let mut tree = Tree::default();
    let roots = array(&group["root_by_size_hex"]);
    assert_eq!(tree.root(0), Some(hex_hash(&roots[0])));
    for (leaf, root) in array(&group["leaves_hex"]).iter().zip(&roots[1..]) {
        tree.push(&bytes(leaf));
        assert_eq!(tree.root(tree.size()), Some(hex_hash(root)));
    }
    assert_eq!(tree.size(), 8);
}

#[test]
fn inclusion_is_judged_as_others_judge_it() {
    let group = group("inclusion_verify");
    let cases = array(&group["cases"]);
    for case in cases {
        let number = |field: &str| case[field].as_u64().unwrap();
        let (Some(root), Some(leaf)) =
            (Hash::parse(text(&case["root"])), Hash::parse(text(&case["leaf_hash"])))
        else {
            assert_eq!(case["valid"], false, "{}", case["id"]);
            continue;
        };
        let proof: Option<Vec<Hash>> =
            array(&case["proof"]).iter().map(|hash| Hash::parse(text(hash))).collect();
        let holds =
            proof.is_some_and(|proof| inclusion(number("index"), number("size"), leaf, &proof, root).is_ok());
        assert_eq!(Value::Bool(holds), case["valid"], "{}", case["id"]);
    }
    assert!(cases.len() > 90);
}

#[test]
fn consistency_is_judged_as_others_judge_it() {
    let group = group("consistency_verify");
    let cases = array(&group["cases"]);
    for case in cases {
        let state = |size: &str, root: &str| Some((case[size].as_u64()?, Hash::parse(text(&case[root]))?));
        let proof: Option<Vec<Hash>> =
            array(&case["proof"]).iter().map(|hash| Hash::parse(text(hash))).collect();
        if case["note"].is_string() {
            // Roots that are no hashes, which cannot be handed to a verifier with types.
            assert_eq!(state("size1", "root1"), None);
            continue;
        }
        let holds = match (state("size1", "root1"), state("size2", "root2"), proof) {
            (Some(first), Some(second), Some(proof)) => consistency(first, second, &proof).is_ok(),
            _ => false,
        };
        assert_eq!(Value::Bool(holds), case["valid"], "{}", case["id"]);
    }
    assert!(cases.len() > 90);
}

#[test]
fn a_tree_of_seventy_thousand_leaves_has_the_roots_tiles_and_proofs_of_others() {
    let group = group("leaf_n_tree");
    let mut tree = Tree::default();
    (0..70_000).for_each(|index| tree.push(format!("leaf {index}").as_bytes()));
    for (size, root) in group["root_by_size"].as_object().unwrap() {
        assert_eq!(tree.root(size.parse().unwrap()), Some(hash(root)), "{size}");
    }
    for size in [0_u64, 1, 255, 256, 257, 65_536, 65_537, 70_000] {
        let (mut audit, mut tiles) = (Audit::default(), 0);
        let mut seen = |tile: Tile, hashes: &[Hash]| {
            let dualtrack_ledger::TileKind::Hashes(level) = tile.kind else { panic!("{tile}") };
            assert!(Tile::of_level(level, size).any(|other| other == tile), "{tile} of {size}");
            let nodes = (tile.index * 256..).map_while(|at| tree.node(level * 8, at));
            assert!(nodes.zip(hashes).all(|(node, hash)| node == *hash), "{tile} of {size}");
            tiles += 1;
        };
        (0..size).for_each(|index| audit.push(format!("leaf {index}").as_bytes(), &mut seen));
        assert_eq!(Some(audit.finish(&mut seen).1), tree.root(size), "{size}");
        let expected: usize = (0..4).map(|level| Tile::of_level(level, size).count()).sum();
        assert_eq!(tiles, expected, "{size}");
    }
    for tile in array(&group["tiles"]) {
        let found = Tile::parse(text(&tile["path"])).unwrap();
        let dualtrack_ledger::TileKind::Hashes(level) = found.kind else { panic!("{found}") };
        let size = tile["tree_size"].as_u64().unwrap();
        assert!(Tile::of_level(level, size).any(|tile| tile == found), "{found} of {size}");
        let first = found.index * 256;
        let nodes = first..first + u64::from(found.width);
        let content: Vec<u8> = nodes.flat_map(|at| tree.node(level * 8, at).unwrap().0).collect();
        assert_eq!(content.len() as u64, tile["bytes"].as_u64().unwrap());
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&content);
        assert_eq!(digest.as_slice(), bytes(&tile["sha256_hex"]), "{found}");
    }
    for case in array(&group["inclusion"]) {
        let (index, size) = (case["index"].as_u64().unwrap(), case["tree_size"].as_u64().unwrap());
        assert_eq!(tree.prove_inclusion(index, size), Some(hashes(&case["proof"])));
        assert_eq!(
            inclusion(index, size, hash(&case["leaf_hash"]), &hashes(&case["proof"]), hash(&case["root"])),
            Ok(())
        );
    }
    for case in array(&group["consistency"]) {
        let (first, second) = (case["size1"].as_u64().unwrap(), case["size2"].as_u64().unwrap());
        assert_eq!(tree.prove_consistency(first, second), Some(hashes(&case["proof"])), "{first} {second}");
    }
}

#[test]
fn a_log_of_millions_is_checked_by_its_real_proofs() {
    let group = group("real_ct_log");
    let (size, root) = (group["tree_size"].as_u64().unwrap(), hash(&group["root"]));
    let case = &group["inclusion"];
    let index = case["index"].as_u64().unwrap();
    assert_eq!(inclusion(index, size, hash(&case["leaf_hash"]), &hashes(&case["proof"]), root), Ok(()));
    let case = &group["consistency"];
    let first = (case["size1"].as_u64().unwrap(), hash(&case["root1"]));
    assert_eq!(consistency(first, (size, root), &hashes(&case["proof"])), Ok(()));
}

#[test]
fn tiles_lie_where_others_look_for_them() {
    assert_eq!(place(1_234_067), text(&group("tile_layout")["index_1234067"]));
    let widths = |level: u8| Tile::of_level(level, 70_000).map(|tile| tile.width).collect::<Vec<_>>();
    assert_eq!((widths(0).len(), widths(0)[273]), (274, 112));
    assert_eq!((widths(1), widths(2), widths(3)), (vec![256, 17], vec![1], vec![]));
    assert_eq!(Tile::of_entries(256).count(), 1);
    for wrong in [
        "tile/0/67",
        "tile/0/x001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/00/001",
    ] {
        assert_eq!(Tile::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn notes_are_read_and_refused_as_go_does() {
    let group = group("signed_note_go");
    let peter = VerifierKey::parse(text(&group["peter_vkey"])).unwrap();
    let enoch = VerifierKey::parse(text(&group["enoch_vkey"])).unwrap();
    let both = Note::parse(text(&group["signed_by_both"])).unwrap();
    let known = [peter.clone(), enoch.clone()];
    let (said, signers) = both.verify(&known).unwrap();
    assert_eq!((said, signers.len()), (text(&group["text"]), 2));
    let alone = Note::parse(text(&group["signed_by_peter"])).unwrap();
    assert_eq!(alone.verify(std::slice::from_ref(&enoch)), Err(NoteError::Unsigned));
    let key = SigningKey::parse(text(&group["peter_skey"])).unwrap();
    assert_eq!(key.sign(said), text(&group["signed_by_peter"]));
    assert!(!format!("{key:?}").contains("AYEKFALVFGyNhPJEMzD1QIDr"));
    assert_eq!(key.to_private_text().as_str(), text(&group["peter_skey"]));
    let forged = Note::parse(text(&group["invalid_signature_must_reject_whole_note"])).unwrap();
    assert_eq!(forged.verify(std::slice::from_ref(&peter)), Err(NoteError::Forged(peter.name().to_owned())));
    for malformed in array(&group["malformed"]) {
        assert_eq!(Note::parse(text(malformed)), Err(NoteError::Malformed), "{malformed}");
    }
    for wrong in array(&group["bad_vkeys"]) {
        assert!(VerifierKey::parse(text(wrong)).is_err(), "{wrong}");
    }
    let vkey = text(&group["peter_vkey"]);
    for at in 0..vkey.len() {
        assert!(VerifierKey::parse(&vkey[at + 1..]).is_err() && VerifierKey::parse(&vkey[..at]).is_err());
        let mut other = vkey.as_bytes().to_vec();
        other[at] = other[at].wrapping_add(1);
        assert!(std::str::from_utf8(&other).map_or(true, |other| VerifierKey::parse(other).is_err()), "{at}");
    }
    let group = self::group("signed_note_c2sp");
    let key = VerifierKey::parse(text(&group["vkey"])).unwrap();
    assert_eq!(key.to_string(), text(&group["vkey"]));
    Note::parse(text(&group["note"])).unwrap().verify(&[key]).unwrap();
}

#[test]
fn checkpoints_of_real_logs_are_read_and_others_refused() {
    let group = group("checkpoints");
    let body = text(&group["body_format"]["body"]);
    let checkpoint = Checkpoint::parse(body).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (123_456_789_012, leaf_hash(b"hello world")));
    assert_eq!(checkpoint.to_string(), body);
    for wrong in array(&group["body_format"]["invalid"]) {
        assert!(Checkpoint::parse(text(wrong)).is_err(), "{wrong}");
    }
    let root = checkpoint.root;
    for wrong in [
        format!("log\n01\n{root}\n"),
        format!("\n1\n{root}\n"),
        format!("log\n1\n{root}\n\n"),
        format!("log\n18446744073709551616\n{root}\n"),
        format!("log\n1\n{}\n", STANDARD.encode([0; 31])),
        format!("log\n1\n{root}"),
        format!("log\n1\n{}\n", root.to_string().replace("Bb0=", "Bb1=")),
        format!("log\n+1\n{root}\n"),
    ] {
        assert!(Checkpoint::parse(&wrong).is_err(), "{wrong}");
    }
    let real = &group["real_sum_golang_org"];
    let key = VerifierKey::parse(text(&real["vkey"])).unwrap();
    let note = Note::parse(text(&real["note"])).unwrap();
    let known = [key];
    assert_eq!(Checkpoint::parse(note.verify(&known).unwrap().0).unwrap().size, 35_225_469);
}

#[test]
fn a_log_written_by_tessera_is_rebuilt_signed_and_proved() {
    let group = group("tessera_log");
    let bundle = bytes(&group["tile/entries/000.p/15_hex"]);
    let entries: Vec<&[u8]> = bundle_entries(&bundle).map(Result::unwrap).collect();
    assert_eq!(entries.len(), array(&group["entries_ascii"]).len());
    let key = SigningKey::parse(text(&group["test_skey"])).unwrap();
    assert_eq!(key.verifier().to_string(), text(&group["vkey"]));
    let mut tree = Tree::default();
    for (size, written) in array(&group["checkpoint_by_size"]).iter().enumerate() {
        if size > 0 {
            tree.push(entries[size - 1]);
        }
        let origin = key.verifier().name().to_owned();
        let root = tree.root(tree.size()).unwrap();
        let checkpoint = Checkpoint { origin, size: tree.size(), root, extensions: Vec::new() };
        assert_eq!(key.sign(&checkpoint.to_string()), text(written));
    }
    let level: Vec<u8> = (0..15).flat_map(|at| tree.node(0, at).unwrap().0).collect();
    assert_eq!(level, bytes(&group["tile/0/000.p/15_hex"]));
    assert!(bundle_entries(&bundle[..bundle.len() - 1]).any(|entry| entry.is_err()));
}

#[test]
fn receipts_are_written_and_read_as_published() {
    let group = group("tlog_proof");
    for case in array(&group["marshal"]["cases"]) {
        let receipt = Receipt {
            extra: case["extra_ascii"].as_str().map(|extra| extra.as_bytes().to_vec()),
            index: case["index"].as_u64().unwrap(),
            proof: hashes(&case["hashes"]),
            checkpoint: text(&case["checkpoint"]).to_owned(),
        };
        assert_eq!(receipt.to_string(), text(&case["text"]));
        assert_eq!(Receipt::parse(text(&case["text"])), Ok(receipt));
    }
    for wrong in array(&group["marshal"]["invalid"]) {
        assert!(Receipt::parse(text(wrong)).is_err(), "{wrong}");
    }
    let complete = &group["complete"];
    let receipt = Receipt::parse(text(&complete["proof"])).unwrap();
    let known = [VerifierKey::parse(text(&complete["log_vkey"])).unwrap()];
    let note = Note::parse(&receipt.checkpoint).unwrap();
    let checkpoint = Checkpoint::parse(note.verify(&known).unwrap().0).unwrap();
    let leaf = leaf_hash(text(&complete["leaf_ascii"]).as_bytes());
    assert_eq!(inclusion(receipt.index, checkpoint.size, leaf, &receipt.proof, checkpoint.root), Ok(()));
}

#[test]
fn disclosures_are_digested_and_read_as_in_sd_jwt() {
    let group = group("sd_jwt_disclosures");
    for case in array(&group["cases"]) {
        let disclosure = text(&case["disclosure"]);
        assert_eq!(seal::digest(disclosure), text(&case["digest"]), "{}", case["name"]);
        // Elements of lists are disclosed without a name, which entries have no use for.
        if let Some(name) = case["name"].as_str() {
            assert_eq!(seal::disclosed(disclosure), Some((name.to_owned(), case["value"].clone())));
        }
    }
}

#[test]
fn text_is_written_as_in_rfc_8785_and_fractions_are_refused() {
    let group = group("jcs");
    let mut input: Value = serde_json::from_str(text(&group["input"])).unwrap();
    assert!(canonical(&input).is_err(), "it holds fractions and truth values");
    let map = input.as_object_mut().unwrap();
    map.remove("numbers");
    map.remove("literals");
    let written = canonical(&input).unwrap();
    let expected = String::from_utf8(bytes(&group["output_utf8_hex"])).unwrap();
    let expected = expected.split("\"string\":").nth(1).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), format!("{{\"string\":{expected}"));
}
