//! Sizes at which a tree, a tile or a segment begins or ends: roots, proofs, tiles and bundles.

use std::collections::BTreeMap;
use std::sync::Arc;

use dualtrack_ledger::{
    Audit, Disk, FileSystem, Hash, LedgerError, Options, Reader, Tile, Tree, check_bundle, consistency,
    inclusion, leaf_hash, write_bundle,
};

use crate::fixture::{create, key, open_with, options, place, plain};
use crate::simulated::Chance;

/// A log that is grown to each size in turn and checked there.
fn check_sizes(sizes: &[u64], options: &Options, samples: usize) {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    create(&files, &place);
    let mut chance = Chance(3);
    let mut tree = Tree::default();
    for &size in sizes {
        let opened = open_with(&files, &place, options.clone()).unwrap();
        let drafts: Vec<_> = (tree.size() + 1..=size).map(plain).collect();
        for kept in opened.ledger.append_all(drafts).unwrap() {
            tree.push(kept.entry());
        }
        opened.ledger.close().unwrap();
        let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
        assert_eq!((reader.size(), Some(reader.root_at(size).unwrap())), (size, tree.root(size)));
        if size == 0 {
            continue;
        }
        let root = tree.root(size).unwrap();
        for _ in 0..samples {
            let index = chance.below(size);
            let proof = reader.prove_inclusion(index, size).unwrap();
            let entry = reader.entry(index).unwrap();
            inclusion(index, size, leaf_hash(&entry), &proof, root).unwrap();
            let old = 1 + chance.below(size);
            let proof = reader.prove_consistency(old, size).unwrap();
            consistency((old, tree.root(old).unwrap()), (size, root), &proof).unwrap();
        }
        tiles_are_those_of_an_audit(&reader, size);
        let (from, to) = (chance.below(size), size);
        bundle_holds(&reader, &place.root.join("checkpoint"), from, to);
    }
}

fn tiles_are_those_of_an_audit(reader: &Reader, size: u64) {
    let mut expected: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut seen = |tile: Tile, hashes: &[Hash]| {
        expected.insert(tile.to_string(), hashes.iter().flat_map(|hash| hash.0).collect());
    };
    let mut audit = Audit::default();
    reader
        .entries(0..size, |_, entry| {
            audit.push(entry, &mut seen);
            Ok::<(), LedgerError>(())
        })
        .unwrap();
    audit.finish(&mut seen);
    for (path, hashes) in &expected {
        let tile = Tile::parse(path).unwrap();
        assert_eq!(reader.tile(tile).unwrap().as_ref(), Some(hashes), "{path}");
    }
}

fn bundle_holds(reader: &Reader, checkpoint: &std::path::Path, from: u64, to: u64) {
    let note = std::fs::read_to_string(checkpoint).unwrap();
    let mut bundle = Vec::new();
    write_bundle(reader, from, to, (&note, reader.size()), &mut bundle).unwrap();
    let mut count = 0;
    let keys = [key().verifier().clone()];
    let checked = check_bundle(bundle.as_slice(), &keys, |_, _, _| count += 1).unwrap();
    assert_eq!((checked.from, checked.to, count), (from, to, to - from));
}

#[test]
fn small_sizes_and_the_borders_of_tiles() {
    check_sizes(&[0, 1, 2, 255, 256, 257, 511, 512, 513], &options(), 20);
}

#[test]
fn the_borders_of_segments_and_of_the_second_level_of_tiles() {
    let options = Options { low_water: 0, ballast: 0, ..Options::default() };
    check_sizes(&[65_535, 65_536, 65_537, 70_000], &options, 5);
}

#[test]
fn every_changed_byte_of_a_bundle_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files: Arc<dyn FileSystem> = Arc::new(Disk);
    create(&files, &place);
    let opened = open_with(&files, &place, options()).unwrap();
    opened.ledger.append_all((1..=9).map(plain).collect()).unwrap();
    opened.ledger.close().unwrap();
    let reader = Reader::open(Arc::clone(&files), &place.root).unwrap();
    let note = std::fs::read_to_string(place.root.join("checkpoint")).unwrap();
    let mut bundle = Vec::new();
    write_bundle(&reader, 3, 6, (&note, 9), &mut bundle).unwrap();
    let keys = [key().verifier().clone()];
    let refused = |bytes: &[u8]| check_bundle(bytes, &keys, |_, _, _| ()).is_err();
    assert!(!refused(&bundle));
    for at in 0..bundle.len() {
        for bit in 0..8 {
            let mut changed = bundle.clone();
            changed[at] ^= 1 << bit;
            assert!(refused(&changed), "bit {bit} of byte {at}");
        }
        let (mut cut, mut more, mut broken) = (bundle.clone(), bundle.clone(), bundle.clone());
        cut.remove(at);
        more.insert(at, b'1');
        broken[at] = b'\n';
        assert!(refused(&cut) && refused(&more), "a byte less or more at {at}");
        assert!(refused(&broken) || bundle[at] == b'\n', "a line feed at {at}");
        assert!(refused(&bundle[..at]), "cut off at {at}");
    }
    assert!(refused(&[bundle.as_slice(), b"\n"].concat()));
}
