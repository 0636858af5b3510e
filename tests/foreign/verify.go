// Verifies a transparency log in the C2SP tlog-tiles layout with code that is
// not this project's: the Go team's golang.org/x/mod/sumdb packages note
// (signed notes) and tlog (Merkle tree, tiles, proofs), as Debian ships them
// in golang-golang-x-mod-dev. This file only reads files and calls them.
//
// Usage: main LOGDIR VKEY
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: main LOGDIR VKEY")
		os.Exit(1)
	}
	n, err := verify(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "go:", err)
		os.Exit(1)
	}
	fmt.Printf("go: %d entries verified\n", n)
}

func verify(dir, vkey string) (int64, error) {
	tree, err := checkpoint(dir, vkey)
	if err != nil {
		return 0, err
	}
	if tree.N == 0 {
		// tlog gives the empty tree the zero hash, RFC 6962 SHA-256("").
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			return 0, errors.New("the empty log has a wrong root")
		}
		return 0, nil
	}

	// The tree rebuilt from the entries alone.
	entries, err := readEntries(dir, tree.N)
	if err != nil {
		return 0, err
	}
	var built stored
	for i, e := range entries {
		hs, err := tlog.StoredHashes(int64(i), e, built)
		if err != nil {
			return 0, err
		}
		built = append(built, hs...)
	}
	root, err := tlog.TreeHash(tree.N, built)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, errors.New("the entries do not hash to the checkpoint's root")
	}

	// The tree as published. TileHashReader checks the tiles it loads against
	// the tree, but v0.7.0 can leave a full tile unchecked when several
	// subtrees of the right edge share a tile (its loop over the tiles starts
	// at the number of subtrees). So compare every tile with the rebuilt one.
	tiles := tileDir(dir)
	if err := compareTiles(tiles, tree.N, built); err != nil {
		return 0, err
	}
	r := tlog.TileHashReader(tree, tiles)
	if root, err = tlog.TreeHash(tree.N, r); err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, errors.New("the tiles do not hash to the checkpoint's root")
	}
	for lo := 0; lo < len(entries); lo += width {
		var ix []int64
		for i := lo; i < len(entries) && i < lo+width; i++ {
			ix = append(ix, tlog.StoredHashIndex(0, int64(i)))
		}
		leaves, err := r.ReadHashes(ix)
		if err != nil {
			return 0, err
		}
		for i, leaf := range leaves {
			if leaf != tlog.RecordHash(entries[lo+i]) {
				return 0, fmt.Errorf("entry %d does not match its leaf hash", lo+i)
			}
		}
	}

	for _, i := range []int64{0, tree.N / 2, tree.N - 1} {
		p, err := tlog.ProveRecord(tree.N, i, r)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, i, tlog.RecordHash(entries[i])); err != nil {
			return 0, fmt.Errorf("inclusion of entry %d: %w", i, err)
		}
	}
	if old := tree.N / 2; old > 0 {
		oldRoot, err := tlog.TreeHash(old, built)
		if err != nil {
			return 0, err
		}
		p, err := tlog.ProveTree(tree.N, old, r)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(p, tree.N, tree.Hash, old, oldRoot); err != nil {
			return 0, fmt.Errorf("consistency with size %d: %w", old, err)
		}
	}
	return tree.N, nil
}

// checkpoint opens the signed note. tlog.ParseTree takes only the origin of
// Go's own database ("go.sum database tree"), so the three lines are parsed
// here. The log is known by its key; its origin may differ from the key's name.
func checkpoint(dir, vkey string) (tree tlog.Tree, err error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tree, err
	}
	n, err := note.Open(msg, note.VerifierList(v))
	if err != nil {
		return tree, err
	}
	// note.Open lets spare bits of base64 pass; C2SP does not.
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return tree, fmt.Errorf("signature: %w", err)
		}
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return tree, errors.New("the checkpoint has not three lines")
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, errors.New("the checkpoint has a malformed size")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, errors.New("the checkpoint has a malformed root")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

// readEntries reads the entry bundles: for each entry its length as a
// big-endian u16, then its bytes.
func readEntries(dir string, size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n<<height < size; n++ {
		t := tlog.Tile{H: height, L: 0, N: n, W: widthAt(n, size)}
		path := strings.Replace(t.Path(), "tile/8/0/", "tile/entries/", 1)
		b, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return nil, err
		}
		for i := 0; i < t.W; i++ {
			if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
				return nil, fmt.Errorf("%s is too short", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(b))
			all = append(all, b[2:end])
			b = b[end:]
		}
		if len(b) > 0 {
			return nil, fmt.Errorf("%s has bytes left over", path)
		}
	}
	return all, nil
}

func compareTiles(tiles tileDir, size int64, built stored) error {
	for level := 0; size>>(height*level) > 0; level++ {
		count := size >> (height * level)
		for n := int64(0); n<<height < count; n++ {
			t := tlog.Tile{H: height, L: level, N: n, W: widthAt(n, count)}
			want, err := tlog.ReadTileData(t, built)
			if err != nil {
				return err
			}
			got, err := tiles.ReadTiles([]tlog.Tile{t})
			if err != nil {
				return err
			}
			if !bytes.Equal(got[0], want) {
				return fmt.Errorf("%s does not match the entries", tilePath(t))
			}
		}
	}
	return nil
}

// widthAt is the width of tile n on a level of count hashes.
func widthAt(n, count int64) int {
	if left := count - n<<height; left < width {
		return int(left)
	}
	return width
}

// tilePath is Go's path without its height element.
func tilePath(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

// stored is a tlog.HashReader over hashes in memory.
type stored []tlog.Hash

func (s stored) ReadHashes(ix []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range ix {
		out = append(out, s[i])
	}
	return out, nil
}

// tileDir is a tlog.TileReader over a folder.
type tileDir string

func (d tileDir) Height() int                     { return height }
func (d tileDir) SaveTiles([]tlog.Tile, [][]byte) {}

func (d tileDir) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		b, err := os.ReadFile(filepath.Join(string(d), tilePath(t)))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
