//! The same trees, proofs, notes and checkpoints by the crates of Cloudflare's logs: each accepts what the other makes.

use dualtrack_ledger::{
    Checkpoint, Hash, Note, Reader, SigningKey, Tile, TileKind, Tree, VerifierKey, consistency, inclusion,
    leaf_hash,
};
use proptest::prelude::*;
use signed_note::{StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::tile::{TileHashReader, TileReader};
use tlog_tiles::tlog::{self, HashReader};

use crate::fixture::{create, open_ledger, plain, simulated_place};
use crate::simulated::{Chance, SimulatedDisk};

/// Hashes as the other crate stores them.
struct Stored(Vec<tlog::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

/// A log as it was left after some of its batches, served tile by tile by our own reader.
struct Served<'a>(&'a Reader);

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::tile::Tile]) -> Result<Vec<Vec<u8>>, tlog::Error> {
        let read = tiles.iter().map(|tile| {
            // They write the height of tiles into paths, as Go does.
            let ours = Tile::parse(&tile.path().replacen("tile/8/", "tile/", 1)).unwrap();
            self.0.tile(ours).unwrap().unwrap()
        });
        Ok(read.collect())
    }

    fn save_tiles(&self, _tiles: &[tlog_tiles::tile::Tile], _data: &[Vec<u8>]) {}
}

#[test]
fn tiles_of_our_log_are_authenticated_and_lead_to_the_same_proofs() {
    let (place, disk) = (simulated_place(), SimulatedDisk::new());
    create(&disk.shared(), &place);
    let mut chance = Chance(5);
    let mut stored = Stored(Vec::new());
    // Below, at and beyond full tiles, and with closed segments, whose tiles are files.
    for more in [1, 254, 1, 1, 255, 200, 700] {
        let opened = open_ledger(&disk.shared(), &place).unwrap();
        for kept in opened.ledger.append_all((0..more).map(plain).collect()).unwrap() {
            stored.0.extend(tlog::stored_hashes(kept.index, kept.entry(), &stored).unwrap());
        }
        opened.ledger.close().unwrap();
        let reader = Reader::open(disk.shared(), &place.root).unwrap();
        let size = reader.size();
        let root = theirs(reader.root_at(size).unwrap());
        assert_eq!(tlog::tree_hash(size, &stored).unwrap().0, root.0);
        let served = Served(&reader);
        // It refuses tiles that do not lead to this root.
        let hashes = TileHashReader::new(size, root, &served);
        assert_eq!(tlog::tree_hash(size, &hashes).unwrap().0, root.0);
        for _ in 0..20 {
            let (index, old) = (chance.below(size), 1 + chance.below(size));
            let made = ours(tlog::prove_record(size, index, &hashes).unwrap());
            assert_eq!(made, reader.prove_inclusion(index, size).unwrap(), "{index} of {size}");
            let made = ours(tlog::prove_tree(size, old, &hashes).unwrap());
            assert_eq!(made, reader.prove_consistency(old, size).unwrap(), "{old} of {size}");
        }
        for tile in tlog_tiles::tile::Tile::new_tiles(8, 0, size) {
            let written = tile.read_data(&stored).unwrap();
            assert_eq!(served.read_tiles(&[tile]).unwrap(), [written], "{} of {size}", tile.path());
        }
        let wrong = TileHashReader::new(size, tlog::Hash([1; 32]), &served);
        assert!(tlog::tree_hash(size, &wrong).is_err());
    }
}

fn theirs(hash: Hash) -> tlog::Hash {
    tlog::Hash(hash.0)
}

fn ours(hashes: Vec<tlog::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| Hash(hash.0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn trees_and_proofs_are_the_same(size in 1_u64..700, at in any::<u64>(), old in any::<u64>()) {
        let (mut tree, mut stored) = (Tree::default(), Stored(Vec::new()));
        for index in 0..size {
            let entry = index.to_be_bytes();
            tree.push(&entry);
            let more = tlog::stored_hashes(index, &entry, &stored).unwrap();
            stored.0.extend(more);
        }
        let root = tree.root(size).unwrap();
        prop_assert_eq!(tlog::tree_hash(size, &stored).unwrap().0, root.0);

        let (index, old) = (at % size, old % size + 1);
        let leaf = leaf_hash(&index.to_be_bytes());
        let made = tree.prove_inclusion(index, size).unwrap();
        let given = tlog::prove_record(size, index, &stored).unwrap();
        prop_assert_eq!(&made, &ours(given.clone()));
        let checked = tlog::check_record(&made.iter().copied().map(theirs).collect(), size, theirs(root), index, theirs(leaf));
        prop_assert!(checked.is_ok());
        prop_assert!(inclusion(index, size, leaf, &ours(given), root).is_ok());

        let old_root = tree.root(old).unwrap();
        let made = tree.prove_consistency(old, size).unwrap();
        let given = tlog::prove_tree(size, old, &stored).unwrap();
        let checked = tlog::check_tree(&made.iter().copied().map(theirs).collect(), size, theirs(root), old, theirs(old_root));
        prop_assert!(checked.is_ok());
        prop_assert!(consistency((old, old_root), (size, root), &ours(given)).is_ok());
    }

    #[test]
    fn notes_and_checkpoints_are_read_by_both(seed in any::<[u8; 32]>(), size in 0..u64::from(u32::MAX), root in any::<[u8; 32]>()) {
        let key = SigningKey::from_seed("bank.example/ledger", &seed).unwrap();
        let checkpoint = Checkpoint { origin: "bank.example/ledger".into(), size, root: Hash(root), extensions: Vec::new() };
        let text = checkpoint.to_string();

        let note = key.sign(&text);
        let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
        let verifier = StandardVerifier::new(&key.verifier().to_string()).unwrap();
        let (known, unknown) = theirs.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        prop_assert_eq!((known.len(), unknown.len()), (1, 0));
        let read = tlog_tiles::checkpoint::Checkpoint::from_bytes(theirs.text()).unwrap();
        prop_assert_eq!((read.origin(), read.size(), read.hash().0), ("bank.example/ledger", size, root));

        let signer = StandardSigner::new(&key.to_private_text()).unwrap();
        let mut made = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        made.add_sigs(&[&signer]).unwrap();
        let made = String::from_utf8(made.to_bytes()).unwrap();
        let keys = [VerifierKey::parse(&key.verifier().to_string()).unwrap()];
        let parsed = Note::parse(&made).unwrap();
        let (read, signatures) = parsed.verify(&keys).unwrap();
        prop_assert_eq!((read, signatures.len()), (text.as_str(), 1));
        prop_assert_eq!(made, note);
    }

    #[test]
    fn paths_of_tiles_are_the_same(level in 0_u8..63, index in 0_u64..10_000_000, width in 1_u16..=256) {
        let path = Tile { kind: TileKind::Hashes(level), index, width }.to_string();
        // They write the height of tiles into paths, as Go does.
        let path = path.replacen("tile/", "tile/8/", 1);
        prop_assert_eq!(tlog_tiles::tile::Tile::from_path(&path).unwrap().path(), path);
    }
}
