package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/repo"
)

// listKeys are the names under which an object may hold the list of records; the
// first that is there counts, also when its list is empty.
var listKeys = []string{"records", "items", "examples", "data"}

// ListKeys are the names under which a file's object may hold its records.
func ListKeys() []string { return listKeys }

const byteOrderMark = "\ufeff"

// Bounds on what a pull request can have read. Without them, a file that packs to
// half a megabyte in git takes gigabytes of memory.
const (
	maxRecords = 1_000_000 // of all files together
	maxRecord  = 1 << 20   // bytes of one record
)

// file is a record file.
type file struct {
	path, blob string
	source     Source // that names it
	data       []byte // without byte-order mark
	// list is the JSON pointer of the list of records; a JSONL file has none.
	list  string
	jsonl bool
	// records are what there is to look at, in the order of the file.
	records []record
	// numbered is how many records there are, bad lines of a JSONL file included.
	numbered int
	broken   error // why the file as a whole can't be read
}

// record is one value of a file's list.
type record struct {
	file   *file
	kind   recordKind
	number int // in the file, from 1
	offset int // in the file's data
	// line and column are where it begins, from 1, the column in characters.
	line, column int
	raw          jsontext.Value
	// added: the base tip does not have it.
	added bool
}

// recordKind tells a record from what else a file is looked at for, which is old or
// new as records are.
type recordKind byte

const (
	proper  recordKind = iota
	badLine            // of a JSONL file: it is not JSON
	badFile            // the whole of a file that has no records
	atMark             // the byte-order mark at a file's beginning
)

// pointer is the record's JSON pointer in its file, or in its line of a JSONL file.
func (r record) pointer() string {
	if r.file.jsonl {
		return ""
	}
	return fmt.Sprintf("%s/%d", r.file.list, r.number-1)
}

// position gives line and column of an offset in the record's file, not before the
// record, both from 1, the column in characters.
func (r record) position(offset int) (line, column int) {
	return advance(r.line, r.column, r.file.data[r.offset:offset])
}

// advance gives the line and the column behind a text that begins at one.
func advance(line, column int, text []byte) (int, int) {
	if ends := bytes.Count(text, []byte("\n")); ends > 0 {
		return line + ends, 1 + utf8.RuneCount(text[bytes.LastIndexByte(text, '\n')+1:])
	}
	return line, column + utf8.RuneCount(text)
}

// read splits a file into at most so many records; more are an error. What a record
// holds is not looked at, only that it is JSON; bad UTF-8 and duplicate names are left
// to record.fields.
func read(from repo.File, most int) (*file, error) {
	content, marked := bytes.CutPrefix(from.Data, []byte(byteOrderMark))
	f := &file{path: from.Path, blob: from.Blob, data: content}
	if marked {
		f.records = append(f.records, record{file: f, kind: atMark, line: 1, column: 1})
	}
	var err error
	if repo.IsPointer(content) {
		err = errPointer
	} else if suffix := strings.ToLower(path.Ext(f.path)); suffix == ".jsonl" || suffix == ".ndjson" || f.isLines() {
		err = f.readLines(most)
	} else {
		err = f.readDocument(most)
	}
	if errors.Is(err, rawjson.ErrTooMany) {
		return nil, fmt.Errorf("%s: %w", f.path, ErrTooManyRecords)
	}
	if err != nil {
		f.broken = err
		f.records = append(f.records, record{file: f, kind: badFile, line: 1, column: 1, raw: content})
	}
	return f, nil
}

var errPointer = errors.New("a pointer of Git LFS stands in place of the records, which are read from git itself")

// ErrTooManyRecords says that a tree has more records than are read.
var ErrTooManyRecords = fmt.Errorf("more than %d records in all (hint: leave files out of dataset.sources)", maxRecords)

// isLines tells JSONL by its content: more follows a first line that is a whole object.
func (f *file) isLines() bool {
	first, rest, _ := bytes.Cut(bytes.TrimLeft(f.data, rawjson.Space), []byte("\n"))
	return bytes.HasPrefix(first, []byte("{")) && len(bytes.TrimSpace(rest)) > 0 && jsontext.Value(first).IsValid(rawjson.Lenient)
}

func (f *file) readLines(most int) error {
	f.jsonl = true
	dec := new(jsontext.Decoder)
	for number, start := 1, 0; start < len(f.data); number++ {
		end := len(f.data)
		if next := bytes.IndexByte(f.data[start:], '\n'); next >= 0 {
			end = start + next + 1
		}
		line := bytes.TrimRight(f.data[start:end], rawjson.Space)
		indent := len(line) - len(bytes.TrimLeft(line, rawjson.Space))
		if indent < len(line) {
			if f.numbered++; f.numbered > most {
				return rawjson.ErrTooMany
			}
			r := record{file: f, number: f.numbered, offset: start + indent, line: number, column: 1 + indent, raw: line[indent:]}
			if r.syntax(dec) != nil {
				r.kind = badLine
			}
			f.records = append(f.records, r)
		}
		start = end
	}
	return nil
}

// syntax says why a line of a JSONL file is no record, if it is none.
func (r record) syntax(dec *jsontext.Decoder) error {
	dec.Reset(bytes.NewBuffer(r.raw), rawjson.Lenient)
	if _, err := dec.ReadValue(); err != nil {
		return err
	}
	return rawjson.AtEnd(dec)
}

func (f *file) readDocument(most int) error {
	data, base := f.data, 0
	switch kind := jsontext.Value(data).Kind(); kind {
	case '[':
	case '{':
		lists, err := f.lists()
		if err != nil {
			return err
		}
		list, err := recordList(lists)
		if err != nil {
			return err
		}
		data, base, f.list = list.Raw, list.Offset, "/"+list.Name
	default:
		if _, err := jsontext.NewDecoder(bytes.NewBuffer(data), rawjson.Lenient).ReadValue(); err != nil {
			return err
		}
		return fmt.Errorf("the file holds %s where a list of records is expected", rawjson.KindName(kind))
	}
	values, err := rawjson.List(data, base, most)
	if err != nil {
		return err
	}
	f.numbered = len(values)
	f.records = slices.Grow(f.records, len(values))
	line, column, at := 1, 1, 0
	for i, value := range values {
		line, column = advance(line, column, f.data[at:value.Offset])
		at = value.Offset
		f.records = append(f.records, record{file: f, number: i + 1, offset: at, line: line, column: column, raw: value.Raw})
	}
	return nil
}

// lists are the members of the file's object that can be the list of records, of each
// name two at most.
func (f *file) lists() (lists []rawjson.Value, err error) {
	count := make(map[string]int)
	err = rawjson.EachMember(f.data, 0, func(member rawjson.Value) {
		if count[member.Name]++; slices.Contains(listKeys, member.Name) && count[member.Name] <= 2 {
			lists = append(lists, member)
		}
	}, rawjson.Lenient)
	return lists, err
}

func recordList(members []rawjson.Value) (rawjson.Value, error) {
	for _, key := range listKeys {
		var lists []rawjson.Value
		for _, member := range members {
			if member.Name == key {
				lists = append(lists, member)
			}
		}
		if len(lists) > 1 {
			return rawjson.Value{}, fmt.Errorf("the file has more than one member named %s", key)
		}
		if len(lists) == 1 && lists[0].Raw.Kind() == '[' {
			return lists[0], nil
		}
	}
	return rawjson.Value{}, errors.New("the file is an object without a list under records, items, examples or data")
}

// unread reports why there is no record.
func (r record) unread() problem {
	f, err := r.file, r.file.broken
	switch r.kind {
	case atMark:
		p := problem{offset: r.offset, what: "the file begins with a byte-order mark", hint: "save it as UTF-8 without one; other readers stop here"}
		p.check, p.record = checkBOM, r
		return p
	case badLine:
		err = r.syntax(new(jsontext.Decoder))
	}
	p := problem{check: checkJSON, record: r, offset: r.offset, what: err.Error(), hint: "the file must be a JSON list of objects, or JSONL"}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		p.offset = min(r.offset+int(syntactic.ByteOffset), len(bytes.TrimRight(f.data, rawjson.Space)))
		p.what = "this is not JSON: " + syntactic.Err.Error()
		p.hint = "look here and just before: a comma, quote or bracket may be missing or one too many"
	} else if errors.Is(err, io.EOF) {
		p.what = "the file is empty"
	} else if errors.Is(err, errPointer) {
		p.hint = repo.OutOfLFS
	}
	return p
}
