package playbook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	const file = `{"meta": "made by hand", "examples": [
  {"question": "What  is\n3/4\u2028of 8?", "answer": " 6 ", "level": "Kids"},
  {"prompt": "WHAT IS 3/4 OF 8?", "solution": "6", "audience": "kids"},
  {"instruction": "Größe von π?", "output": 3.0, "input": "Learner level: adult", "context": ["a", "b"]},
  {"instruction": "List them.", "output": ["a", 'b']},
  {"question": "Why?"},
  {"answer": "Because."},
  "no record"
]}`
	rows, count, err := Prepare(File{Name: "in.json", Data: []byte(strings.ReplaceAll(file, "'", `"`))})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"instruction": "What is 3/4 of 8?", "input": "Learner level: kids", "output": "6"}
{"instruction": "Größe von π?", "input": "Learner level: teen", "output": "3.0"}
{"instruction": "List them.", "input": "Learner level: teen", "output": "['a', 'b']"}
`
	if diff := cmp.Diff(want, string(rows)); diff != "" {
		t.Error(diff)
	}
	if want := (Prepared{Records: 6, Rows: 3, NoInstruction: 1, NoOutput: 1, Duplicates: 1, LostContext: 1}); count != want {
		t.Errorf("%+v, want %+v", count, want)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"":                "in.json:1: the file ends where",
		"\ufeff[]":        "in.json:1: the file begins with a byte-order mark",
		"[\n\xff]":        "in.json:2: this byte is not UTF-8",
		"[\n{}\n{}]":      "in.json:3: a comma or ] is expected",
		"[{\"a\": 1,\n}]": "in.json:2: a name in double quotes",
		"[{\"a\"\n1}]":    "in.json:2: a colon is expected",
		"[{\"a\": 1\n2}]": "in.json:2: a comma or } is expected",
		"[\n\"a\nb\"]":    "in.json:2: control character",
		"[\n\"\\x\"]":     "in.json:2: unknown escape",
		"[\n\"a":          "in.json:2: unterminated string",
		"{}\n{}":          "in.json:2: more text follows the end",
		"[\nyes]":         "in.json:2: a value is expected",
		"[{\"question\": \"ok\", \"answer\": \"a\"},\n" + record(`"\ud800"`)[1:]: "in.json:2: the record has half a surrogate pair",
		"[" + strings.Repeat("9", maxDigits+1) + "]":                             "in.json:1: an integer of 4301 digits",
		strings.Repeat("[", maxDepth+2):                                          "in.json:1: more than 900 nested lists",
	} {
		rows, _, err := Prepare(File{Name: "in.json", Data: []byte(file)})
		if err == nil || len(rows) > 0 || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "(hint: ") {
			t.Errorf("%.60q: %.60q, %v; want %s", file, rows, err, want)
		}
	}
}
