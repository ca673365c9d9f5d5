package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/repo"
)

// listKeys are the names under which an object may hold the list of records; the
// first that is there counts, also when its list is empty.
var listKeys = []string{"records", "items", "examples", "data"}

const byteOrderMark = "\ufeff"

// file is a record file and where its lines begin.
type file struct {
	path  string
	data  []byte // without byte-order mark
	lines []int  // offset of each line's first byte
	// list is the JSON pointer of the list of records; a JSONL file has none.
	list  string
	jsonl bool
	// records is how many there are, bad lines of a JSONL file included.
	records int
	// counted is the place of the last position, from where counting columns goes
	// on: a file may be one long line with many findings.
	counted struct{ offset, column int }
}

// record is one value of a file's list.
type record struct {
	file   *file
	number int // in the file, from 1
	offset int // in the file's data
	raw    jsontext.Value
}

// pointer is the record's JSON pointer in its file, or in its line of a JSONL file.
func (r record) pointer() string {
	if r.file.jsonl {
		return ""
	}
	return fmt.Sprintf("%s/%d", r.file.list, r.number-1)
}

func newFile(path string, data []byte) *file {
	f := &file{path: path, data: data, lines: []int{0}}
	for at := 0; ; {
		next := bytes.IndexByte(data[at:], '\n')
		if next < 0 {
			return f
		}
		at += next + 1
		f.lines = append(f.lines, at)
	}
}

// line gives the line of an offset, from 1.
func (f *file) line(offset int) int { return sort.SearchInts(f.lines, offset+1) }

// position gives line and column of an offset, both from 1, the column in characters.
func (f *file) position(offset int) (line, column int) {
	line = f.line(offset)
	from, column := f.lines[line-1], 1
	if f.counted.offset > from && f.counted.offset <= offset {
		from, column = f.counted.offset, f.counted.column
	}
	column += utf8.RuneCount(f.data[from:offset])
	f.counted.offset, f.counted.column = offset, column
	return line, column
}

// read splits a file into its records. What a record holds is not looked at, only
// that it is JSON; bad UTF-8 and duplicate names are left to record.fields. A file
// that is not JSON has no records, a JSONL file lacks its bad lines only.
func read(name string, data []byte) (f *file, records []record, problems []problem) {
	content, marked := bytes.CutPrefix(data, []byte(byteOrderMark))
	f = newFile(name, content)
	if repo.IsPointer(content) {
		return f, nil, []problem{{
			check: checkJSON, record: record{file: f, raw: content},
			what: "a pointer of Git LFS stands in place of the records, which are read from git itself", hint: repo.OutOfLFS,
		}}
	}
	if suffix := strings.ToLower(path.Ext(name)); suffix == ".jsonl" || suffix == ".ndjson" || f.isLines() {
		records, problems = f.readLines()
	} else if list, err := f.readDocument(); err != nil {
		problems = append(problems, f.syntax(record{file: f, raw: content}, 0, err))
	} else {
		records = list
		f.records = len(list)
	}
	if marked {
		problems = append(problems, problem{
			check: checkBOM, record: record{file: f, raw: jsontext.Value(name)},
			what: "the file begins with a byte-order mark", hint: "save it as UTF-8 without one; other readers stop here",
		})
	}
	return f, records, problems
}

// isLines tells JSONL by its content: more follows a first line that is a whole object.
func (f *file) isLines() bool {
	first, rest, _ := bytes.Cut(bytes.TrimLeft(f.data, jsonSpace), []byte("\n"))
	return bytes.HasPrefix(first, []byte("{")) && len(bytes.TrimSpace(rest)) > 0 && jsontext.Value(first).IsValid(lenient)
}

func (f *file) readLines() (records []record, problems []problem) {
	f.jsonl = true
	dec := new(jsontext.Decoder)
	for i, start := range f.lines {
		end := len(f.data)
		if i+1 < len(f.lines) {
			end = f.lines[i+1]
		}
		line := bytes.TrimRight(f.data[start:end], jsonSpace)
		indent := len(line) - len(bytes.TrimLeft(line, jsonSpace))
		if indent == len(line) {
			continue
		}
		f.records++
		r := record{file: f, number: f.records, offset: start + indent, raw: line[indent:]}
		dec.Reset(bytes.NewBuffer(r.raw), lenient)
		if _, err := dec.ReadValue(); err != nil {
			problems = append(problems, f.syntax(r, r.offset, err))
		} else if err := atEnd(dec); err != nil {
			problems = append(problems, f.syntax(r, r.offset, err))
		} else {
			records = append(records, r)
		}
	}
	return records, problems
}

func (f *file) readDocument() ([]record, error) {
	data, base := f.data, 0
	switch kind := jsontext.Value(data).Kind(); kind {
	case '[':
	case '{':
		members, err := object(data, 0, lenient)
		if err != nil {
			return nil, err
		}
		list, err := recordList(members)
		if err != nil {
			return nil, err
		}
		data, base, f.list = list.raw, list.offset, "/"+list.name
	default:
		if _, err := jsontext.NewDecoder(bytes.NewBuffer(data), lenient).ReadValue(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("the file holds %s where a list of records is expected", kindName(kind))
	}
	values, err := list(data, base)
	records := make([]record, len(values))
	for i, value := range values {
		records[i] = record{file: f, number: i + 1, offset: value.offset, raw: value.raw}
	}
	return records, err
}

func recordList(members []field) (field, error) {
	for _, key := range listKeys {
		var lists []field
		for _, member := range members {
			if member.name == key {
				lists = append(lists, member)
			}
		}
		if len(lists) > 1 {
			return field{}, fmt.Errorf("the file has %d members named %s", len(lists), key)
		}
		if len(lists) == 1 && lists[0].raw.Kind() == '[' {
			return lists[0], nil
		}
	}
	return field{}, errors.New("the file is an object without a list under records, items, examples or data")
}

// syntax reports what the decoder stopped at; base is the offset in the file of
// the first byte that it read.
func (f *file) syntax(r record, base int, err error) problem {
	p := problem{check: checkJSON, record: r, offset: base, what: err.Error(), hint: "the file must be a JSON list of objects, or JSONL"}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		p.offset = min(base+int(syntactic.ByteOffset), len(bytes.TrimRight(f.data, jsonSpace)))
		p.what = "this is not JSON: " + syntactic.Err.Error()
		p.hint = "look here and just before: a comma, quote or bracket may be missing or one too many"
	} else if errors.Is(err, io.EOF) {
		p.what = "the file is empty"
	}
	return p
}
