package records

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/repo"
)

func readOne(t *testing.T, name, data string) *File {
	t.Helper()
	f, err := read(repo.File{Path: name, Data: []byte(data)}, MaxRecords)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// proper are the records that are JSON.
func (f *File) proper() []Record {
	return slices.DeleteFunc(slices.Clone(f.Records), func(r Record) bool { return r.kind != proper })
}

// begins counts where the record begins from the beginning of its file.
func (r Record) begins() (line, column int) { return advance(1, 1, r.File.data[:r.Offset]) }

// What is wanted is the line and the bytes of each record.
func TestReadForms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, data, want string }{
		"list":               {"a.json", `[{"n":1}, {"n":2}]`, `1 {"n":1} 1 {"n":2}`},
		"list over lines":    {"a.json", "\n[\n {\"n\":1},\n {\n\"n\":2}\n]\n", "3 {\"n\":1} 4 {\n\"n\":2}"},
		"empty list":         {"a.json", "[]", ""},
		"records":            {"a.json", `{"meta": 1, "records": [{"n":1}]}`, `1 {"n":1}`},
		"items":              {"a.json", `{"items": [{"n":1}]}`, `1 {"n":1}`},
		"examples":           {"a.json", `{"examples": [{"n":1}]}`, `1 {"n":1}`},
		"data":               {"a.json", `{"data": [{"n":1}]}`, `1 {"n":1}`},
		"order of names":     {"a.json", `{"data": [{"n":4}], "items": [{"n":1}]}`, `1 {"n":1}`},
		"empty list stops":   {"a.json", `{"data": [{"n":4}], "records": []}`, ``},
		"no list goes on":    {"a.json", `{"records": 5, "data": [{"n":1}]}`, `1 {"n":1}`},
		"escaped name":       {"a.json", `{"re\u0063ords": [{"n":1}]}`, `1 {"n":1}`},
		"jsonl":              {"a.jsonl", "{\"n\":1}\n\n  {\"n\":2}\r\n", `1 {"n":1} 3 {"n":2}`},
		"jsonl, one line":    {"a.JSONL", `{"records": []}`, `1 {"records": []}`},
		"ndjson":             {"a.ndjson", `[1]`, `1 [1]`},
		"jsonl, empty":       {"a.jsonl", "\n", ""},
		"jsonl by content":   {"a.json", "{\"n\":1}\n{\"n\":2}\n", `1 {"n":1} 2 {"n":2}`},
		"not jsonl":          {"a.json", "{\"records\": [{\"n\":1}]}\n\n", `1 {"n":1}`},
		"no object":          {"a.json", `[1, "x", null, [2]]`, `1 1 1 "x" 1 null 1 [2]`},
		"byte-order mark":    {"a.json", "\ufeff[\n{\"n\":1}]", `2 {"n":1}`},
		"deep":               {"a.json", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), `1 ` + strings.Repeat("[", 8999) + strings.Repeat("]", 8999)},
		"huge number":        {"a.json", `[1e999999, -0.` + strings.Repeat("9", 400) + `]`, `1 1e999999 1 -0.` + strings.Repeat("9", 400)},
		"bad text is a rest": {"a.json", "[\"\xff\", {\"a\":1,\"a\":2}]", "1 \"\xff\" 1 {\"a\":1,\"a\":2}"},
	} {
		f := readOne(t, test.file, test.data)
		var got []string
		for i, r := range f.proper() {
			got = append(got, fmt.Sprint(r.Line), string(r.Raw))
			if r.Number != i+1 {
				t.Errorf("%s: record %d has the number %d", name, i+1, r.Number)
			}
			if line, column := r.begins(); line != r.Line || column != r.column {
				t.Errorf("%s: record %d is at %d:%d, not %d:%d", name, i+1, line, column, r.Line, r.column)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %.200s, want %.200s", name, got, test.want)
		}
		for _, r := range f.Records {
			if m, none := r.Mistake(); none && m.Check != CheckBOM {
				t.Errorf("%s: %s", name, m.What)
			}
		}
	}
}

func TestReadMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, data, want string }{
		"empty":             {"a.json", "", "a.json:1:1: the file is empty"},
		"git lfs":           {"a.json", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "a.json:1:1: this is a Git LFS pointer"},
		"git lfs, lines":    {"a.jsonl", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "a.jsonl:1:1: this is a Git LFS pointer"},
		"white space":       {"a.json", " \n ", "a.json:1:1: the file is empty"},
		"trailing comma":    {"a.json", "[\n  {\"n\": 1},\n]", "a.json:2:11: this is not JSON: invalid character ',' at start of value"},
		"missing comma":     {"a.json", "[\n  {\"né\": 1 \"m\": 2}]", "a.json:2:12: this is not JSON: invalid character '\"' after object value"},
		"cut off":           {"a.json", "[{\"n\": 1}\n\n", "a.json:1:10: this is not JSON: unexpected EOF"},
		"newline in text":   {"a.json", "[\"a\nb\"]", "a.json:1:4: this is not JSON: invalid character '\\n' in string"},
		"text behind":       {"a.json", "[]\n ]", "a.json:2:2: this is not JSON: there is more text after the end"},
		"second list":       {"a.json", "[] []", "a.json:1:4: this is not JSON: there is more text after the end"},
		"no list":           {"a.json", `{"rows": []}`, "a.json:1:1: the file is an object without a list under records, items"},
		"two lists":         {"a.json", `{"records": [], "records": [1]}`, "a.json:1:1: the file has more than one member named records"},
		"text":              {"a.json", `"x"`, "a.json:1:1: the file holds text where a list of records is expected"},
		"number":            {"a.json", `1.5`, "a.json:1:1: the file holds a number where"},
		"utf-16":            {"a.json", "\xff\xfe[\x00]\x00", "a.json:1:1: this is not JSON: invalid character"},
		"after the mark":    {"a.json", "\ufeff{", "a.json:1:2: this is not JSON: unexpected EOF"},
		"too deep":          {"a.json", strings.Repeat("[", 20000), "a.json:1:10001: this is not JSON: exceeded max depth"},
		"a line":            {"a.jsonl", "{}\n {\"a\": tru}\n{}", "a.jsonl:2:11: this is not JSON: invalid character '}'"},
		"two on a line":     {"a.jsonl", "{}\n{} {}", "a.jsonl:2:4: this is not JSON: there is more text after the end"},
		"long line, hidden": {"a.jsonl", `{"a": "` + strings.Repeat("é", 50000) + "\x00\"}", "a.jsonl:1:50008: this is not JSON: invalid character '\\x00' in string"},
	} {
		var got []string
		for _, r := range readOne(t, test.file, test.data).Records {
			if m, none := r.Mistake(); none && m.Check == CheckJSON {
				line, column := r.Position(m.Offset)
				got = append(got, fmt.Sprintf("%s:%d:%d: %s", r.File.Path, line, column, m.What))
				if m.Hint == "" {
					t.Errorf("%s: no hint", name)
				}
			}
		}
		if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// One long line with a finding in each record is read in linear time.
func TestLongLine(t *testing.T) {
	t.Parallel()
	const n = 50000
	record := `{"é":1,"é":2},`
	for i, r := range readOne(t, "a.json", "["+strings.Repeat(record, n)+"{}]").Records[:n] {
		_, mistakes := r.Fields()
		if line, column := r.Position(mistakes[0].Offset); line != 1 || column != 2+i*14+7 {
			t.Fatalf("record %d: %d:%d", i, line, column)
		}
	}
}

func TestTooManyRecords(t *testing.T) {
	t.Parallel()
	file := func(path string, records int) repo.File {
		return repo.File{Path: path, Blob: path, Data: []byte("[1" + strings.Repeat(",1", records-1) + "]")}
	}
	jsonl := repo.File{Path: "c.jsonl", Data: []byte("1\n\n2\n  3\n")}
	for want, files := range map[string][]repo.File{
		"b.json:1: too many records: more than 5 in all (hint: leave files out of `dataset.sources`, or raise `limits.rows` in a change of its own)": {file("a.json", 3), file("b.json", 3)},
		"b.json:2: too many records: more than 5 in all (hint: ":                                                                                     {file("a.json", 5), {Path: "b.json", Data: []byte("{\"data\": [\n1]}")}},
		"b.json:3: too many records: more than 5 in all (hint: ":                                                                                     {file("a.json", 4), {Path: "b.json", Data: []byte("[1\n\n,2]")}},
		"c.jsonl:4: too many records: more than 5 in all (hint: ":                                                                                    {file("a.json", 3), jsonl},
	} {
		if _, err := Read(t.Context(), files, 5); !errors.Is(err, ErrTooMany) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f, err := read(file("a.json", 3), 3)
	if err != nil || f.Numbered != 3 {
		t.Errorf("just as many as are read: %+v, %v", f, err)
	}
}
