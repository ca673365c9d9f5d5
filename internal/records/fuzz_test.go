package records

import (
	"bytes"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/repo"
)

// FuzzRead: records and mistakes stand in the file, whose bytes stay.
func FuzzRead(f *testing.F) {
	for _, data := range []string{
		"", "\ufeff[", `{"data": [{"question": "q", "answer": "a"}], "items": []}`, "{}\n{}\n", "[1,]", "\xff\xfe", `["\ud800"]`,
		`[{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}]`, "{\"a\":1}\r\n{", "[]]", "1e9999999",
		`[{"question": "q", "question": "\udc00", "answer": "a"}]`, "[{\"a\":\n\"\xff\"}, {}]",
	} {
		f.Add([]byte(data), false)
		f.Add([]byte(data), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, lines bool) {
		name := "a.json"
		if lines {
			name = "a.jsonl"
		}
		from := repo.File{Path: name, Data: bytes.Clone(data)}
		file, err := read(from, MaxRecords)
		if err != nil {
			t.Fatal(err)
		}
		all := bytes.Split(data, []byte("\n"))
		for _, r := range file.Records {
			if line, column := r.begins(); line != r.Line || column != r.column || r.Number > file.Numbered {
				t.Errorf("record %d is at %d:%d, not at %d:%d", r.Number, line, column, r.Line, r.column)
			}
			m, none := r.Mistake()
			mistakes := []Mistake{m}
			if !none {
				if mistakes = nil; r.Raw.Kind() == '{' {
					_, mistakes = r.Fields()
				}
				if !bytes.Equal(file.data[r.Offset:r.Offset+len(r.Raw)], r.Raw) {
					t.Errorf("record %d is not what stands at its place", r.Number)
				}
			}
			for _, m := range mistakes {
				line, column := r.Position(m.Offset)
				if line < 1 || line > len(all) || column < 1 || column > utf8.RuneCount(all[line-1])+1 {
					t.Errorf("%+v is not in the file", m)
				}
				if m.What == "" || m.Hint == "" || !utf8.ValidString(m.What) || bytes.ContainsFunc([]byte(m.What), unicode.IsControl) {
					t.Errorf("%+v", m)
				}
			}
		}
		if !bytes.Equal(from.Data, data) {
			t.Error("the file's bytes were changed")
		}
	})
}
