package dataset

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/tunegate/tunegate/internal/repo"
)

// Places says where the records of rows stand in the judged tree, and which of
// them are new. Rows are named by their Source.
type Places struct {
	head  map[string]repo.File // by path
	lines map[string][]int     // of the records of the files that were read, by number
	fresh map[string]bool      // sources of the new records
}

// NewPlaces compares the record files of the judged tree with those of the base
// tip. Only files that one of the two lacks are read.
func NewPlaces(ctx context.Context, head, base []repo.File) (*Places, error) {
	p := &Places{head: make(map[string]repo.File), lines: make(map[string][]int), fresh: make(map[string]bool)}
	for _, file := range head {
		p.head[file.Path] = file
	}
	added, err := onlyIn(ctx, head, base)
	if err != nil || len(added) == 0 {
		return p, err
	}
	removed, err := onlyIn(ctx, base, head)
	if err != nil {
		return nil, err
	}
	fresh, err := without(ctx, added, removed)
	if err != nil {
		return nil, err
	}
	for _, r := range fresh {
		p.fresh[fmt.Sprintf("%s#%d", r.file.path, r.number)] = true
	}
	for _, r := range added {
		p.note(r)
	}
	return p, nil
}

// onlyIn gives the records of the files whose content is not among the others'.
func onlyIn(ctx context.Context, files, others []repo.File) (records []record, err error) {
	blobs := make(map[string]bool, len(others))
	for _, other := range others {
		blobs[other.Blob] = true
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !blobs[file.Blob] {
			_, found, _ := read(file.Path, file.Data)
			records = append(records, found...)
		}
	}
	return records, nil
}

// without gives the records that are not among the others. Most that are, are so
// byte for byte: only the rest is brought into canonical form.
func without(ctx context.Context, records, others []record) ([]record, error) {
	seed := maphash.MakeSeed()
	bytesOf := func(records []record) map[uint64]bool {
		known := make(map[uint64]bool, len(records))
		for _, r := range records {
			known[maphash.Bytes(seed, r.raw)] = true
		}
		return known
	}
	left := func(records []record, known map[uint64]bool) (left []record) {
		for _, r := range records {
			if !known[maphash.Bytes(seed, r.raw)] {
				left = append(left, r)
			}
		}
		return left
	}
	records, others = left(records, bytesOf(others)), left(others, bytesOf(records))
	if len(records) == 0 || len(others) == 0 {
		return records, nil
	}
	known := make(map[[sha256.Size]byte]bool, len(others))
	for _, r := range others {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		known[r.digest()] = true
	}
	var fresh []record
	for _, r := range records {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !known[r.digest()] {
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// New says whether no file that the change leaves out or alters held the record.
func (p *Places) New(source string) bool { return p.fresh[source] }

// At gives a record's file and line; the line is 0 where there is no such record.
func (p *Places) At(source string) (path string, line int) {
	at := strings.LastIndexByte(source, '#')
	if at < 0 {
		return source, 0
	}
	path = source[:at]
	number, err := strconv.Atoi(source[at+1:])
	file, found := p.head[path]
	if err != nil || !found {
		return path, 0
	}
	if _, done := p.lines[path]; !done {
		p.lines[path] = nil
		_, records, _ := read(path, file.Data)
		for _, r := range records {
			p.note(r)
		}
	}
	if lines := p.lines[path]; number > 0 && number < len(lines) {
		return path, lines[number]
	}
	return path, 0
}

// note keeps a record's line; the records of a file come in order.
func (p *Places) note(r record) {
	lines := p.lines[r.file.path]
	lines = append(lines, make([]int, r.number+1-len(lines))...) // bad lines have numbers, too
	lines[r.number] = r.file.line(r.offset)
	p.lines[r.file.path] = lines
}
