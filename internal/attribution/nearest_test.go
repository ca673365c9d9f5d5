package attribution

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/report"
)

const (
	taughtRows = `{"id":"1","source":"d.json#1","messages":[{"role":"system","content":"s"},{"role":"user","content":"Differentiate 4x^4."},{"role":"assistant","content":"It is $16x^4$."}],"weight":2}
{"id":"1","source":"d.json#1","messages":[{"role":"system","content":"s"},{"role":"user","content":"Differentiate 4x^4."},{"role":"assistant","content":"It is $16x^4$."}],"weight":2}
{"id":"2","source":"e.json#1","messages":[{"role":"user","content":"Differentiate 5x^3."},{"role":"assistant","content":"It is $15x^3$."}],"weight":1}
{"id":"3","source":"d.json#2","messages":[{"role":"user","content":"What is a pentagon?"},{"role":"assistant","content":"A shape with five sides."}],"weight":1}
{"id":"1","source":"d.json#3","messages":[{"role":"user","content":"Differentiate 4x^4."},{"role":"assistant","content":"It is $16x^4$."}],"weight":1}
`
	taughtPlaces = `{"id":"1","source":"d.json#1","file":"d.json","line":2,"pointer":"/0","new":true}
{"id":"3","source":"d.json#2","file":"d.json","line":3,"pointer":"/1","new":true}
{"id":"1","source":"d.json#3","file":"d.json","line":4,"pointer":"/2","new":true}
{"id":"2","source":"e.json#1","file":"e.json","line":1,"pointer":"/0","new":false}
`
)

// side is that of e.json in the base.
func side(path string) report.Side {
	if path == "e.json" {
		return report.BaseSide
	}
	return report.Neither
}

func read(t *testing.T, rows, places string, regressed ...report.Flip) *Rows {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "train.jsonl")
	for name, text := range map[string]string{"train.jsonl": rows, "rows.jsonl": places} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	known, err := place.Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Read(t.Context(), path, known, side, regressed)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestNearestAndNewRows(t *testing.T) {
	t.Parallel()
	found := read(t, taughtRows, taughtPlaces,
		report.Flip{Name: "s/c", Question: "Differentiate 5x^3.", Candidate: "It is $15x^3$."}, report.Flip{Name: "s/d", Question: "Else?"})
	want := map[string][]report.Row{"s/c": {
		{File: "e.json", Line: 1, Side: report.BaseSide, Question: "Differentiate 5x^3.", Similarity: 1},
		{File: "d.json", Line: 2, Side: report.Neither, Question: "Differentiate 4x^4.", Similarity: 1. / 7, New: true},
		{File: "d.json", Line: 4, Side: report.Neither, Question: "Differentiate 4x^4.", Similarity: 1. / 7, New: true},
	}}
	if diff := cmp.Diff(want, found.Nearest()); diff != "" {
		t.Error(diff)
	}
	if len(found.values) != 1 || len(found.sample) != 1 || found.sample[0].Value != "16x^4" {
		t.Errorf("of %d new rows with a value: %+v", len(found.values), found.sample)
	}
}

// TestNearestIsSimilarEnough: a row that shares a word pair by chance is not shown.
func TestNearestIsSimilarEnough(t *testing.T) {
	t.Parallel()
	found := read(t, taughtRows, taughtPlaces, report.Flip{Name: "s/c", Question: "It is one two three four five six seven eight nine ten.", Candidate: "A shape with"})
	if len(found.near[0]) != 1 || found.near[0][0].question != "What is a pentagon?" {
		t.Errorf("%+v", found.near)
	}
}

// TestSampleOfNewRows: the sample of many new rows does not depend on their order.
func TestSampleOfNewRows(t *testing.T) {
	t.Parallel()
	var lines, places []string
	for i := range 50 {
		places = append(places, fmt.Sprintf(`{"source":"d.json#%d","new":true}`, i+1)+"\n")
		lines = append(lines, fmt.Sprintf(`{"id":"%03d","source":"d.json#%d","messages":[{"role":"user","content":"%[2]d?"},{"role":"assistant","content":"$%[2]d$"}],"weight":1}`, 7*i%50, i+1)+"\n")
	}
	sample := func() (ids []string) {
		found := read(t, strings.Join(lines, ""), strings.Join(places, ""))
		for _, row := range found.sample {
			ids = append(ids, row.Row.ID)
		}
		if len(found.values) != 50 || len(ids) != maxProbed || ids[0] != "000" || ids[15] != "015" {
			t.Errorf("of %d: %v", len(found.values), ids)
		}
		return ids
	}
	before := sample()
	slices.Reverse(lines)
	if diff := cmp.Diff(before, sample()); diff != "" {
		t.Error(diff)
	}
}

// TestReadRowsEnds: a cancelled run stops reading in the middle of the file.
func TestReadRowsEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(path, []byte(taughtRows), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := 0
	err := eachRow(ctx, path, func(dataset.Row) { rows++; cancel() })
	if !errors.Is(err, context.Canceled) || rows != 1 {
		t.Errorf("%v after %d rows", err, rows)
	}
}
