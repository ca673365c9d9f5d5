package dataset

import (
	"context"
	"crypto/sha256"
	"hash/maphash"

	"github.com/tunegate/tunegate/internal/repo"
)

// markNewRows marks the entries whose record no file held that the change leaves
// out or alters. Only such files of the base are read.
func (x *examination) markNewRows(ctx context.Context, head, base []repo.File) error {
	changed := make(map[string]bool)
	for _, file := range onlyIn(head, base) {
		changed[file.Path] = true
	}
	if len(changed) == 0 {
		return nil
	}
	var removed []record
	for _, file := range onlyIn(base, head) {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, records, _ := read(file.Path, file.Data)
		removed = append(removed, records...)
	}
	var added []record
	var entries []*entry // of added
	for i := range x.entries {
		if e := &x.entries[i]; changed[e.record.file.path] {
			added, entries = append(added, e.record), append(entries, e)
		}
	}
	known, err := amongst(ctx, added, removed)
	for i, e := range entries {
		e.isNew = err == nil && !known[i]
	}
	return err
}

// onlyIn gives the files whose content is not among the others'.
func onlyIn(files, others []repo.File) (only []repo.File) {
	blobs := make(map[string]bool, len(others))
	for _, other := range others {
		blobs[other.Blob] = true
	}
	for _, file := range files {
		if !blobs[file.Blob] {
			only = append(only, file)
		}
	}
	return only
}

// amongst says of each record whether the others have one of the same content.
// Most that are there are so byte for byte: only the rest is brought into
// canonical form.
func amongst(ctx context.Context, records, others []record) ([]bool, error) {
	seed := maphash.MakeSeed()
	hashes := func(records []record) map[uint64]bool {
		known := make(map[uint64]bool, len(records))
		for _, r := range records {
			known[maphash.Bytes(seed, r.raw)] = true
		}
		return known
	}
	there, left := hashes(others), hashes(records)
	digests := make(map[[sha256.Size]byte]bool)
	for _, r := range others {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !left[maphash.Bytes(seed, r.raw)] {
			digests[r.digest()] = true
		}
	}
	found := make([]bool, len(records))
	for i, r := range records {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found[i] = there[maphash.Bytes(seed, r.raw)] || len(digests) > 0 && digests[r.digest()]
	}
	return found, nil
}
