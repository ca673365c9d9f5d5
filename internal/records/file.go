package records

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

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

// read splits a file into at most so many records; more are an error. What a record
// holds is not looked at, only that it is JSON; bad UTF-8 and duplicate names are left
// to Record.Fields.
func read(from repo.File, most int) (*File, error) {
	content, marked := bytes.CutPrefix(from.Data, []byte(byteOrderMark))
	f := &File{Path: from.Path, blob: from.Blob, data: content}
	if marked {
		f.Records = append(f.Records, Record{File: f, kind: atMark, Line: 1, column: 1})
	}
	var err error
	if repo.IsPointer(content) {
		err = errPointer
	} else if suffix := strings.ToLower(path.Ext(f.Path)); suffix == ".jsonl" || suffix == ".ndjson" || f.isLines() {
		err = f.readLines(most)
	} else {
		err = f.readDocument(most)
	}
	if errors.Is(err, ErrTooMany) {
		return nil, err
	}
	if err != nil {
		f.broken = err
		f.Records = append(f.Records, Record{File: f, kind: badFile, Line: 1, column: 1, Raw: content})
	}
	return f, nil
}

var errPointer = errors.New("this is a Git LFS pointer, and records are read from git itself")

// isLines tells JSONL by its content: more follows a first line that is a whole object.
func (f *File) isLines() bool {
	first, rest, _ := bytes.Cut(bytes.TrimLeft(f.data, rawjson.Space), []byte("\n"))
	return bytes.HasPrefix(first, []byte("{")) && len(bytes.TrimSpace(rest)) > 0 && jsontext.Value(first).IsValid(rawjson.Lenient)
}

func (f *File) readLines(most int) error {
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
			if f.Numbered++; f.Numbered > most {
				return f.tooMany(start + indent)
			}
			r := Record{File: f, Number: f.Numbered, Offset: start + indent, Line: number, column: 1 + indent, Raw: line[indent:]}
			if r.syntax(dec) != nil {
				r.kind = badLine
			}
			f.Records = append(f.Records, r)
		}
		start = end
	}
	return nil
}

// syntax says why a line of a JSONL file is no record, if it is none.
func (r Record) syntax(dec *jsontext.Decoder) error {
	dec.Reset(bytes.NewBuffer(r.Raw), rawjson.Lenient)
	if _, err := dec.ReadValue(); err != nil {
		return err
	}
	return rawjson.AtEnd(dec)
}

func (f *File) readDocument(most int) error {
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
	if errors.Is(err, rawjson.ErrTooMany) {
		end := base
		if len(values) > 0 {
			last := values[len(values)-1]
			end = last.Offset + len(last.Raw)
		}
		return f.tooMany(f.nextValue(end))
	}
	if err != nil {
		return err
	}
	f.Numbered = len(values)
	f.Records = slices.Grow(f.Records, len(values))
	line, column, at := 1, 1, 0
	for i, value := range values {
		line, column = advance(line, column, f.data[at:value.Offset])
		at = value.Offset
		r := Record{File: f, Number: i + 1, Offset: at, Line: line, column: column, Raw: value.Raw}
		if last := len(f.Records) - 1; i > 0 && f.Records[last].Line == line {
			r.crowded, f.Records[last].crowded = true, true
		}
		f.Records = append(f.Records, r)
	}
	return nil
}

// tooMany says that the record at an offset is one too many.
func (f *File) tooMany(offset int) error {
	return fmt.Errorf("%s:%d: %w", f.Path, 1+bytes.Count(f.data[:offset], []byte("\n")), ErrTooMany)
}

// nextValue is the offset of a list's value that follows what ends at one.
func (f *File) nextValue(end int) int {
	return len(f.data) - len(bytes.TrimLeft(f.data[end:], "[,"+rawjson.Space))
}

// lists are the members of the file's object that can be the list of records, of each
// name two at most.
func (f *File) lists() (lists []rawjson.Value, err error) {
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
