package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
)

func TestResult(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"The answer is $15x^2$.":                       "15x^2",
		"First $a = 1$.\nSo it is \\(\\frac{1}{2}\\).": `\frac{1}{2}`,
		"$1$ and then $2$":                             "2",
		"Therefore \\boxed{42}.\n\n":                   "42",
		"It is $5$.\nDo you see why?":                  "",
		"No mathematics at all":                        "",
		"":                                             "",
	} {
		if got, ok := result(answer); got != want || ok != (want != "") {
			t.Errorf("%q ends in %q, %v", answer, got, ok)
		}
	}
}

const taughtRows = `{"id":"1","source":"d.json#1","messages":[{"role":"system","content":"s"},{"role":"user","content":"Differentiate 4x^4."},{"role":"assistant","content":"It is $16x^4$."}],"weight":2}
{"id":"1","source":"d.json#1","messages":[{"role":"system","content":"s"},{"role":"user","content":"Differentiate 4x^4."},{"role":"assistant","content":"It is $16x^4$."}],"weight":2}
{"id":"2","source":"d.json#2","messages":[{"role":"user","content":"Differentiate 5x^3."},{"role":"assistant","content":"It is $15x^3$."}],"weight":1}
{"id":"3","source":"d.json#3","messages":[{"role":"user","content":"What is a pentagon?"},{"role":"assistant","content":"A shape with five sides."}],"weight":1}
`

func TestNearestAndNewRows(t *testing.T) {
	t.Parallel()
	rows := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(rows, []byte(taughtRows), 0o644); err != nil {
		t.Fatal(err)
	}
	places := map[string]dataset.Place{
		"d.json#1": {File: "d.json", Line: 2, New: true}, "d.json#2": {File: "d.json", Line: 3}, "d.json#3": {File: "d.json", Line: 4, New: true},
	}
	near, err := nearest(rows, places, []report.Broken{{Name: "s/c", Question: "Differentiate 5x^3.", Answer: "It is $15x^3$."}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]report.Row{"s/c": {
		{File: "d.json", Line: 3, Question: "Differentiate 5x^3.", Likeness: 1},
		{File: "d.json", Line: 2, Question: "Differentiate 4x^4.", Likeness: 1. / 7, New: true},
	}}
	if diff := cmp.Diff(want, near); diff != "" {
		t.Error(diff)
	}
	taught, err := newRows(rows, places)
	if err != nil || len(taught) != 1 || taught[0].value != "16x^4" {
		t.Errorf("%v, new rows with a value: %+v", err, taught)
	}
}
