// Package records reads files of tuning records, JSON lists and JSONL. It returns the
// records as they are written, each with its place and whether the base has it, and
// what cannot be read.
package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/repo"
)

// Bounds on what a pull request can have read. Without them, a file that packs to
// half a megabyte in git takes gigabytes of memory.
const (
	// MaxRecords is the most records of all files together that Read takes.
	MaxRecords = 1_000_000
	// MaxRecord is how many bytes of a record are worth looking at.
	MaxRecord = 1 << 20
)

// ErrTooMany says that a tree has more records than are read.
var ErrTooMany = errors.New("too many records")

// File is a record file.
type File struct {
	Path string
	// Records are what there is to look at, in the order of the file.
	Records []Record
	// Numbered is how many records there are, bad lines of a JSONL file included.
	Numbered int

	blob string
	data []byte // without byte-order mark
	// list is the JSON pointer of the list of records; a JSONL file has none.
	list   string
	jsonl  bool
	broken error // why the file as a whole can't be read
}

// Record is one value of a file's list, or stands for what is in the way of one.
type Record struct {
	File   *File
	Number int // in the file, from 1
	Line   int // where it begins, from 1
	Offset int // in the file's data, in bytes
	Raw    jsontext.Value
	// Added: the base tip does not have it, see [MarkAdded].
	Added bool

	kind    kind
	column  int  // where it begins, from 1, in characters
	crowded bool // another record begins on its line
}

// kind tells a record from what else a file is looked at for, which is old or new as
// records are.
type kind byte

const (
	proper  kind = iota
	badLine      // of a JSONL file: it is not JSON
	badFile      // the whole of a file that has no records
	atMark       // the byte-order mark at a file's beginning
)

// Read reads files, which have their Data, in the order of their paths. What a record
// holds is not looked at, only that it is JSON. More than so many records in all are an
// error, [ErrTooMany], that names the first one beyond.
func Read(ctx context.Context, files []repo.File, most int) (all []*File, err error) {
	left := most
	files = slices.SortedFunc(slices.Values(files), func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	for _, from := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := read(from, left)
		if err != nil {
			hint := "leave files out of `dataset.sources`"
			if most < MaxRecords {
				hint += ", or raise `limits.rows` in a change of its own"
			}
			return nil, fmt.Errorf("%w: more than %d in all (hint: %s)", err, most, hint)
		}
		all, left = append(all, f), left-f.Numbered
	}
	return all, nil
}

// FileLine is file:line.
func (r Record) FileLine() string { return fmt.Sprintf("%s:%d", r.File.Path, r.Line) }

// Where is file:line, or file:line:column if another record begins on the line.
func (r Record) Where() string {
	if column := r.Column(); column > 0 {
		return fmt.Sprintf("%s:%d", r.FileLine(), column)
	}
	return r.FileLine()
}

// Column is where the record begins, in characters from 1, if another one begins on
// its line; 0: its line tells it from all others.
func (r Record) Column() int {
	if r.crowded {
		return r.column
	}
	return 0
}

// Source is file#N, which stays where lines are moved.
func (r Record) Source() string { return fmt.Sprintf("%s#%d", r.File.Path, r.Number) }

// Pointer is the record's JSON pointer in its file, or in its line of a JSONL file.
func (r Record) Pointer() string {
	if r.File.jsonl {
		return ""
	}
	return fmt.Sprintf("%s/%d", r.File.list, r.Number-1)
}

// Position gives line and column of an offset in the record's file, not before the
// record, both from 1, the column in characters.
func (r Record) Position(offset int) (line, column int) {
	return advance(r.Line, r.column, r.File.data[r.Offset:offset])
}

// advance gives the line and the column behind a text that begins at one.
func advance(line, column int, text []byte) (int, int) {
	if ends := bytes.Count(text, []byte("\n")); ends > 0 {
		return line + ends, 1 + utf8.RuneCount(text[bytes.LastIndexByte(text, '\n')+1:])
	}
	return line, column + utf8.RuneCount(text)
}
