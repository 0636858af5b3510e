//! What strangers hand in: every parser answers, none panics, and what is accepted is written back as it was.

use std::sync::LazyLock;

use dualtrack_ledger::{Note, SigningKey, Tile};
use proptest::prelude::*;
use uuid::Uuid;

use crate::fixture::{NOW, create, keys_path, open_ledger, plain, sealed, simulated_place};
use crate::parsers;
use crate::simulated::SimulatedDisk;

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

/// A way in which bytes change between their author and their reader.
#[derive(Clone, Debug)]
enum Change {
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Delete(prop::sample::Index, usize),
    Truncate(prop::sample::Index),
    Duplicate(prop::sample::Index, usize),
    /// A number of eight bytes that is near a border.
    Number(prop::sample::Index, u64),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let end = bytes.len();
        let place = |at: &prop::sample::Index| at.index(end + 1);
        match self {
            Self::Flip(at, mask) => bytes.iter_mut().skip(place(at)).take(1).for_each(|byte| *byte ^= mask),
            Self::Insert(at, more) => drop(bytes.splice(place(at)..place(at), more.iter().copied())),
            Self::Delete(at, count) => drop(bytes.drain(place(at)..end.min(place(at) + count))),
            Self::Truncate(at) => bytes.truncate(place(at)),
            Self::Duplicate(at, count) => {
                let again = bytes[place(at)..end.min(place(at) + count)].to_vec();
                drop(bytes.splice(place(at)..place(at), again));
            }
            Self::Number(at, number) => {
                bytes
                    .iter_mut()
                    .skip(place(at))
                    .zip(number.to_be_bytes())
                    .for_each(|(byte, with)| *byte = with);
            }
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    let count = prop_oneof![1_usize..4, 1_usize..400];
    let number = (prop::sample::select(vec![0, 1_u64 << 8, 1 << 32, 1 << 63]), 0_u64..3)
        .prop_map(|(border, more)| border.wrapping_add(more).wrapping_sub(1));
    prop_oneof![
        (at(), 1_u8..).prop_map(|(at, mask)| Change::Flip(at, mask)),
        (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, more)| Change::Insert(at, more)),
        (at(), count.clone()).prop_map(|(at, count)| Change::Delete(at, count)),
        at().prop_map(Change::Truncate),
        (at(), count).prop_map(|(at, count)| Change::Duplicate(at, count)),
        (at(), number).prop_map(|(at, number)| Change::Number(at, number)),
    ]
}

/// One of these texts or files after a few changes, or none.
fn changed(valid: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(valid), prop::collection::vec(change(), 0..4)).prop_map(|(mut bytes, changes)| {
        for change in &changes {
            change.apply(&mut bytes);
        }
        bytes
    })
}

/// What a log writes, to be changed: of a log with several batches, payloads, and a key store.
struct Written {
    segment: Vec<u8>,
    keys: Vec<u8>,
    entries: Vec<Vec<u8>>,
    receipts: Vec<Vec<u8>>,
    bundle: Vec<u8>,
}

static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let (disk, place) = (SimulatedDisk::new(), simulated_place());
    let files = disk.shared();
    create(&files, &place);
    let opened = open_ledger(&files, &place).unwrap();
    let mut receipts = Vec::new();
    for batch in 0..4 {
        let mut drafts: Vec<_> = (0..3).map(|number| plain(10 * batch + number)).collect();
        drafts.extend(sealed(10 * batch + 9, &format!("person {batch}"), "secret", &opened.keys));
        let kept = opened.ledger.append_all(drafts).unwrap();
        receipts.extend(kept.iter().map(|kept| kept.receipt().unwrap().to_string().into_bytes()));
    }
    drop(opened);
    let reader = dualtrack_ledger::Reader::open(files, &place.root).unwrap();
    let entries = (0..reader.size()).map(|index| reader.entry(index).unwrap()).collect();
    let bundle = reader.tile(Tile::parse("tile/entries/000.p/16").unwrap()).unwrap().unwrap();
    let segment = disk.bytes(&place.root.join(parsers::SEGMENT));
    Written { segment, keys: disk.bytes(&keys_path(&place)), entries, receipts, bundle }
});

fn notes() -> Vec<Vec<u8>> {
    let (key, witness) = (parsers::key(), parsers::witness());
    let signed = key.sign(parsers::EMPTY);
    let cosigned = format!("{signed}{}", witness.cosign(parsers::EMPTY, NOW / 1_000));
    let keys = [key, witness].into_iter();
    let keys = keys.flat_map(|key| [key.verifier().to_string(), key.to_private_text().to_string()]);
    keys.chain([signed, cosigned, parsers::EMPTY.to_owned()]).map(String::into_bytes).collect()
}

fn policies() -> Vec<Vec<u8>> {
    let (key, witness) = (parsers::key(), parsers::witness());
    let (log, cosigner) = (key.verifier(), witness.verifier());
    let mistaken = ["", "quorum ", "witness w "]
        .map(|before| format!("{before}{}\n", witness.to_private_text().as_str()));
    let policy = format!("log {log}\nwitness w {cosigner} https://w.example\ngroup g any w\nquorum g\n");
    mistaken.into_iter().chain([policy]).map(String::into_bytes).collect()
}

fn disclosures() -> Vec<Vec<u8>> {
    let texts = [
        r#"["c2FsdA","name",{"a":[1,-2.5e-3,"text",null,true]}]"#,
        r#"["","",5e-324]"#,
        "WyJjMkZzZEEiLCJuYW1lIix7ImEiOlsxXX1d",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}

fn insides() -> Vec<Vec<u8>> {
    let seed = "A".repeat(43);
    let texts = [
        format!(r#"{{"seed":"{seed}","content":{{"fields":[["a",1.5],["b",{{"c":[]}}]],"more":"text"}}}}"#),
        format!(r#"{{"seed":"{seed}","content":{{"fields":[]}}}}"#),
    ];
    texts.map(String::into_bytes).into()
}

fn key_stores() -> Vec<Vec<u8>> {
    let line =
        |subject: &str| format!("key {} {} {subject}\n", Uuid::from_bytes([1; 16]), "A".repeat(43) + "=");
    let lines = format!("applied 3\n{}{}", line("one"), line("somebody new"));
    let bare = lines.clone().into_bytes();
    vec![WRITTEN.keys.clone(), parsers::key_lines(lines.as_bytes()), bare, Vec::new()]
}

#[test]
fn a_log_whose_last_batch_was_cut_short_is_read_up_to_there() {
    let mut bytes = WRITTEN.segment.clone();
    bytes.pop();
    let read = parsers::entries_of(&bytes).len();
    assert!((12..WRITTEN.entries.len()).contains(&read), "{read}");
}

#[test]
fn an_entry_in_or_behind_a_damaged_batch_is_not_taken_for_an_empty_one() {
    let mut bytes = WRITTEN.segment.clone();
    let at = bytes.windows(9).position(|window| window == br#""seq":11}"#).unwrap();
    bytes[at] ^= 1;
    let read: Vec<u64> = parsers::entries_of(&bytes).into_iter().map(|(index, _)| index).collect();
    assert!(read.len() >= 4 && read.iter().copied().eq(0..read.len() as u64) && read.len() <= 5, "{read:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_note_a_checkpoint_or_a_key_is_written_back_as_it_was(
        bytes in prop_oneof![nearly().prop_map(String::into_bytes), changed(notes())],
    ) {
        parsers::note(&bytes);
    }

    #[test]
    fn a_receipt_is_written_back_as_it_was(
        bytes in prop_oneof![nearly().prop_map(String::into_bytes), changed(WRITTEN.receipts.clone())],
    ) {
        parsers::receipt(&bytes);
    }

    #[test]
    fn a_path_is_a_tile_s_in_one_way_and_a_bundle_is_cut_into_entries_or_said_to_be_torn(
        bytes in prop_oneof![
            nearly().prop_map(String::into_bytes),
            changed(vec![WRITTEN.bundle.clone(), b"tile/3/x001/x234/067.p/8".to_vec(), b"tile/entries/000".to_vec()]),
            prop::collection::vec(any::<u8>(), 0..600),
        ],
    ) {
        parsers::tile(&bytes);
    }

    #[test]
    fn a_changed_policy_is_refused_on_a_line_without_a_private_key(bytes in changed(policies())) {
        parsers::policy(&bytes);
    }

    #[test]
    fn a_changed_entry_has_one_form_or_none(bytes in changed(WRITTEN.entries.clone())) {
        parsers::entry(&bytes);
    }

    #[test]
    fn a_disclosure_shows_the_same_when_it_is_made_again(
        bytes in prop_oneof![changed(disclosures()), prop::collection::vec(any::<u8>(), 0..60)],
        number in any::<f64>(),
    ) {
        parsers::disclosure(&bytes);
        parsers::disclosure(format!(r#"["","",{number:e}]"#).as_bytes());
    }

    #[test]
    fn a_payload_opens_as_it_was_sealed_or_not_at_all(
        bytes in prop_oneof![changed(insides()), prop::collection::vec(any::<u8>(), 0..300)],
        number in any::<f64>(),
    ) {
        parsers::payload(&bytes);
        let text = String::from_utf8(insides().remove(0)).unwrap();
        parsers::payload(text.replace("1.5", &format!("{number:e}")).as_bytes());
    }

    #[test]
    fn a_changed_key_store_is_refused_or_keeps_and_destroys_keys(bytes in changed(key_stores())) {
        parsers::key_store(&bytes);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_changed_segment_is_read_up_to_the_change(bytes in changed(vec![WRITTEN.segment.clone()])) {
        for (index, entry) in parsers::entries_of(&bytes) {
            prop_assert_eq!(Some(&entry), WRITTEN.entries.get(usize::try_from(index).unwrap()));
        }
    }

    #[test]
    fn a_segment_with_right_sums_and_wrong_claims_is_read_or_refused(
        bytes in prop_oneof![9 => changed(vec![WRITTEN.segment.clone()]), 1 => prop::collection::vec(any::<u8>(), 0..900)],
    ) {
        parsers::segment(&bytes);
    }
}
