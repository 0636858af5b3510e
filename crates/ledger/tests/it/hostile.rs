//! What strangers hand in: every parser answers, none panics, and what is accepted is written back as it was.

use dualtrack_ledger::{Checkpoint, Note, Receipt, SigningKey, Tile, VerifierKey, bundle_entries};
use proptest::prelude::*;

/// Text that is nearly what a parser wants.
fn nearly() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "c2sp.org/tlog-proof@v1",
        "index ",
        "extra ",
        "\n",
        "\n\n",
        "— ",
        "log",
        "+",
        "PRIVATE+KEY+",
        "0",
        "7",
        "01",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "AAAA",
        "tile/",
        "entries/",
        "x001/",
        "067",
        ".p/",
        "8",
        "é",
        "\u{1}",
    ]);
    prop::collection::vec(prop_oneof![9 => parts.prop_map(str::to_owned), 1 => ".*"], 0..12)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_is_read_is_written_back_as_it_was(text in nearly()) {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_string(), text.as_str());
        }
        if let Ok(receipt) = Receipt::parse(&text) {
            prop_assert_eq!(receipt.to_string(), text.as_str());
        }
        if let Some(tile) = Tile::parse(&text) {
            prop_assert_eq!(tile.to_string(), text.as_str());
        }
        if let Ok(key) = VerifierKey::parse(&text) {
            prop_assert_eq!(key.to_string(), text.as_str());
        }
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text.as_str());
        }
        if let Ok(key) = SigningKey::parse(&text) {
            prop_assert!(key.to_private_text().as_str() == text);
        }
    }

    #[test]
    fn a_bundle_is_cut_into_entries_or_said_to_be_torn(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let entries: Result<Vec<&[u8]>, _> = bundle_entries(&bytes).collect();
        if let Ok(entries) = entries {
            let back: Vec<u8> = entries.iter().flat_map(|entry| {
                [&u16::try_from(entry.len()).unwrap().to_be_bytes(), *entry].concat()
            }).collect();
            prop_assert_eq!(back, bytes);
        }
    }

    #[test]
    fn any_change_of_a_signed_note_is_refused(at in any::<prop::sample::Index>(), with in 0_u8..128) {
        let key = SigningKey::from_seed("log", &[7; 32]).unwrap();
        let note = key.sign("log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        let mut bytes = note.clone().into_bytes();
        let place = at.index(bytes.len());
        bytes[place] = with;
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        let known = [key.verifier().clone()];
        let believed = Note::parse(&changed).is_ok_and(|note| note.verify(&known).is_ok());
        prop_assert_eq!(believed, changed == note);
    }
}
