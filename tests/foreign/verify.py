"""Verifies a transparency log in the C2SP tlog-tiles layout with code that is
not this project's: the PyPI package tlog-scales by Florian Larysch (signed
notes, checkpoints, tile reading and writing, proofs). This file only reads
files, calls the package, and is strict where the package is lenient.

Usage: verify.py LOGDIR VKEY [RECEIPT ENTRYFILE]
"""

import sys
import tempfile
from pathlib import Path

from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, InclusionProof
from tlog_scales.utils import b64dec, b64enc
from tlog_scales.writer import TilesWriter


def need(ok, message):
    if not ok:
        raise ValueError(message)


def parse_key(text):
    key = Vkey.from_string(text)
    # The package takes the key's ID as given.
    named = Vkey(key.name, None, key.sig_type, key.pubkey)
    need(named.serialize() == text, "malformed verifier key")
    return key


def open_checkpoint(text, key):
    """The log is known by its key; its origin may differ from the key's name."""
    checkpoint = Checkpoint.from_text(text)
    # The package signs and checks its own rendering of what it parsed.
    need(checkpoint.serialize() == text, "the checkpoint is not canonical")
    need(len(checkpoint.root_hash) == 32, "the root is not 32 bytes long")
    checkpoint.verify(key)
    return checkpoint


def decode_canonical(text):
    data = b64dec(text)
    need(b64enc(data) == text, "base64 is not canonical")
    return data


def verify_log(folder, key):
    checkpoint = open_checkpoint((folder / "checkpoint").read_bytes().decode(), key)
    reader = TilesReader(LocalBackend(folder))
    size, root = checkpoint.size, checkpoint.root_hash
    reader.set_size(size)
    entries = [reader.get_entry(i) for i in range(size)]

    # The package builds the same log from the entries: every tile and bundle
    # must come out as published, and the root as signed.
    with tempfile.TemporaryDirectory() as temporary:
        rebuilt = Path(temporary) / "log"
        writer = TilesWriter.create(rebuilt, checkpoint.origin)
        for entry in entries:
            writer.add_leaf(entry)
        writer.commit([])
        for path in rebuilt.rglob("tile/**/*"):
            if path.is_file():
                name = path.relative_to(rebuilt)
                need((folder / name).read_bytes() == path.read_bytes(), f"{name} does not match the entries")
        need(writer.reader.calculate_root_hash() == root, "the entries do not hash to the root")
        old_root = writer.reader.mth(0, size // 2)

    need(reader.calculate_root_hash() == root, "the tiles do not hash to the root")
    for index in {0, size - 1} if size else ():
        proof = reader.get_inclusion_proof(index, size)
        proof.check(leaf_hash(entries[index]), root)
    if size > 1:
        reader.get_consistency_proof(size // 2, size).check(old_root, root)
    return checkpoint, reader


def verify_receipt(text, entry, key, log, reader):
    """C2SP tlog-proof; the package writes this text but has no parser for it."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
    if lines and lines[0].startswith("extra "):
        decode_canonical(lines.pop(0).removeprefix("extra "))
    need(lines and lines[0].startswith("index "), "the receipt has no index")
    digits = lines.pop(0).removeprefix("index ")
    need(digits.isascii() and digits.isdigit() and str(int(digits)) == digits, "malformed index")
    hashes = [decode_canonical(line) for line in lines]
    need(all(len(h) == 32 for h in hashes), "a hash is not 32 bytes long")
    checkpoint = open_checkpoint(note, key)
    InclusionProof(int(digits), checkpoint.size, hashes).check(leaf_hash(entry), checkpoint.root_hash)
    # And the receipt is from this log, not from a fork of it.
    need(checkpoint.origin == log.origin, "the receipt has another origin")
    need(checkpoint.size <= log.size, "the receipt is newer than the log")
    proof = reader.get_consistency_proof(checkpoint.size, log.size)
    proof.check(checkpoint.root_hash, log.root_hash)


def main(arguments):
    if len(arguments) not in (2, 4):
        print("usage: verify.py LOGDIR VKEY [RECEIPT ENTRYFILE]", file=sys.stderr)
        return 1
    try:
        key = parse_key(arguments[1])
        log, reader = verify_log(Path(arguments[0]), key)
        if len(arguments) == 4:
            receipt, entry = (Path(a).read_bytes() for a in arguments[2:])
            verify_receipt(receipt.decode(), entry, key, log, reader)
            print("python: receipt verified")
    except Exception as error:
        print(f"python: {error or type(error).__name__}", file=sys.stderr)
        return 1
    print(f"python: {log.size} entries verified")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
