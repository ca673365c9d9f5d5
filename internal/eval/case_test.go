package eval

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func gradedCases() []Case {
	passed, failed := true, false
	return []Case{
		{
			Suite: "symbolic", Role: "target", Case: "add 3 | 4", Cluster: "add", History: "replayed", Model: Candidate, ModelID: "c1", Seed: 7,
			Turns:    []Turn{{User: "3 + 4?", Output: "7\n::error::", DoneReason: "stop", InputTokens: 9, OutputTokens: 2, MS: 120}},
			Asserts:  []AssertResult{{Type: "equals", Value: "7", Result: Pass, Weight: 1}},
			Pass:     &passed,
			Evidence: Direct,
		},
		{Suite: "symbolic", Role: "target", Case: "add 3 | 4", Cluster: "add", History: "replayed", Model: Baseline, ModelID: "b1", Pass: &failed, Evidence: Direct},
		{Suite: "symbolic", Role: "target", Case: "cut", Cluster: "cut", History: "own", Model: Candidate, ModelID: "c1", Evidence: None, Why: "the answer is empty"},
	}
}

func TestCasesRoundTrip(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	for _, c := range gradedCases() {
		if err := AppendCase(&lines, c); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "cases.jsonl")
	if err := os.WriteFile(path, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := LoadCases(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(gradedCases(), got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadCasesSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*Case)
		want   string
	}{
		{"twice", func(*Case) {}, "f:2: not a graded case: symbolic/add 3 | 4 is already on line 1"},
		{"other model", func(c *Case) { c.Case, c.ModelID = "x", "c2" }, `f:2: not a graded case: model_id is "c2", on line 1 it is "c1"`},
		{"other role", func(c *Case) { c.Case, c.Role = "x", "guard" }, `role is "guard", on line 1 it is "target"`},
		{"other cluster", func(c *Case) { c.Model, c.Cluster = Baseline, "sub" }, `cluster is "sub", on line 1 it is "add"`},
		{"unknown role", func(c *Case) { c.Role = "star" }, `unknown role "star", expected one of ["target" "guard" "observed"]`},
		{"unknown model", func(c *Case) { c.Model = "third" }, `unknown model "third"`},
		{"unknown evidence", func(c *Case) { c.Evidence = "" }, `unknown evidence ""`},
		{"unknown history", func(c *Case) { c.History = "none" }, `unknown history "none"`},
	} {
		first, second := gradedCases()[0], gradedCases()[0]
		test.change(&second)
		var lines bytes.Buffer
		for _, c := range []Case{first, second} {
			if err := AppendCase(&lines, c); err != nil {
				t.Fatal(err)
			}
		}
		_, err := ParseCases("f", lines.Bytes())
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	for data, want := range map[string]string{
		`{"suite"`:           "f:1: the line is truncated (hint: run eval again)",
		"[]\n":               "f:1: not a graded case: json",
		"\n":                 "f:1: not a graded case: EOF",
		`{"turns":1}` + "\n": "f:1: not a graded case: json",
		`{"x":1}` + "\n":     "f:1: not a graded case: json: unknown field",
		"{} {}\n":            "f:1: not a graded case: unexpected text after the object",
	} {
		if _, err := ParseCases("f", []byte(data)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", data, err, want)
		}
	}
}

func FuzzParseCases(f *testing.F) {
	var lines bytes.Buffer
	for _, c := range gradedCases() {
		if err := AppendCase(&lines, c); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(lines.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		cases, err := ParseCases("f", data)
		if err != nil {
			return
		}
		var again bytes.Buffer
		for _, c := range cases {
			if err := AppendCase(&again, c); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ParseCases("f", again.Bytes()); err != nil {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}
