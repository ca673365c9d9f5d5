package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash/maphash"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/repo"
)

// MarkAdded marks the records of head that the change added or edited: those that the
// base tip does not have, in the same file or, where a file was renamed or records were
// moved, in another one. Of a record that is there more often than before, the last
// ones are added. Only files that the change alters or leaves out are opened.
func MarkAdded(ctx context.Context, head []*File, base []repo.File, open func(context.Context, []repo.File) (*repo.Contents, error)) error {
	type content struct{ path, blob string }
	changed, gone := unpaired(head, base,
		func(f *File) content { return content{f.Path, f.blob} },
		func(f repo.File) content { return content{f.Path, f.Blob} })
	here := make(map[string]bool, len(changed))
	for _, f := range changed {
		here[f.Path] = true
	}
	var edited, dropped []repo.File
	for _, f := range gone {
		if here[f.Path] {
			edited = append(edited, f)
		} else {
			dropped = append(dropped, f)
		}
	}
	changed, dropped = unpaired(changed, dropped, func(f *File) string { return f.blob }, func(f repo.File) string { return f.Blob })
	gone = slices.Concat(edited, dropped)
	for _, f := range changed {
		for i := range f.Records {
			f.Records[i].Added = true
		}
	}
	if len(changed) == 0 || len(gone) == 0 {
		return ctx.Err()
	}
	contents, err := open(ctx, gone)
	if err != nil {
		return err
	}
	return errors.Join(match(ctx, changed, contents), contents.Close())
}

// match finds the records that the base has.
func match(ctx context.Context, head []*File, base *repo.Contents) error {
	files, err := Read(ctx, base.Files, MaxRecords)
	if err != nil {
		return err
	}
	// Most are there byte for byte: only the rest is brought into canonical form.
	seed := maphash.MakeSeed()
	removed := candidates(files, seed)
	if err := base.Release(); err != nil {
		return err
	}
	added := candidates(head, seed)
	type bytesIn struct {
		path string
		hash uint64
		kind kind
	}
	raw := func(c *candidate) bytesIn { return bytesIn{c.File.Path, c.hash, c.kind} }
	type contentIn struct {
		path    string
		content [sha256.Size]byte
		kind    kind
	}
	here := func(c *candidate) contentIn { return contentIn{c.File.Path, c.digest(), c.kind} }
	anywhere := func(c *candidate) contentIn { return contentIn{"", c.digest(), c.kind} }
	left, gone := unpaired(added, removed, raw, raw)
	left, gone = unpaired(left, gone, here, here)
	left, _ = unpaired(left, gone, anywhere, anywhere)
	for _, c := range added {
		c.Added = false
	}
	for _, c := range left {
		c.Added = true
	}
	return ctx.Err()
}

// candidate is a record that may be one of the other side.
type candidate struct {
	*Record
	hash    uint64             // of its bytes
	content *[sha256.Size]byte // its digest, once it was asked for
}

func candidates(files []*File, seed maphash.Seed) (all []*candidate) {
	for _, f := range files {
		for i := range f.Records {
			all = append(all, &candidate{Record: &f.Records[i], hash: maphash.Bytes(seed, f.Records[i].Raw)})
		}
	}
	return all
}

// digest is that of the record, made once.
func (c *candidate) digest() [sha256.Size]byte {
	if c.content == nil {
		digest := c.Record.digest()
		c.content = &digest
	}
	return *c.content
}

// unpaired gives what is left of both sides when each of the one is taken for one of
// the other that has its key, in their order. Nothing is left to do where a side is
// empty.
func unpaired[T, U any, K comparable](ones []T, others []U, keyOfOne func(T) K, keyOfOther func(U) K) (left []T, over []U) {
	if len(ones) == 0 || len(others) == 0 {
		return ones, others
	}
	free := make(map[K]int, len(others))
	for _, other := range others {
		free[keyOfOther(other)]++
	}
	for _, one := range ones {
		if key := keyOfOne(one); free[key] > 0 {
			free[key]--
		} else {
			left = append(left, one)
		}
	}
	for _, other := range others {
		if key := keyOfOther(other); free[key] > 0 {
			free[key]--
			over = append(over, other)
		}
	}
	return left, over
}

// digest names the record's content: its canonical JSON (RFC 8785), so that
// neither its place nor its layout matters; the bytes where that is not defined, or
// the record is too large to be read.
func (r Record) digest() [sha256.Size]byte {
	if r.kind != proper || len(r.Raw) > MaxRecord {
		return sha256.Sum256(r.Raw)
	}
	canonical := jsontext.Value(bytes.Clone(r.Raw))
	if err := canonical.Canonicalize(); err != nil {
		return sha256.Sum256(r.Raw)
	}
	return sha256.Sum256(canonical)
}
