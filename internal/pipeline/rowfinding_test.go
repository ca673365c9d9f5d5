package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
)

func TestRowFinding(t *testing.T) {
	t.Parallel()
	r := &run{plan: &Plan{
		Base: []repo.File{{Path: "data/old.json", Blob: "1"}, {Path: "data/changed.json", Blob: "1"}},
		Head: []repo.File{{Path: "data/old.json", Blob: "1"}, {Path: "data/changed.json", Blob: "2"}, {Path: "data/new.json", Blob: "3"}},
	}}
	problem := func(name, row string) error {
		return fmt.Errorf("train: %w", &python.Problem{Name: name, Row: row, Message: "data/new.json#3: no", Hint: "shorten it"})
	}
	tests := map[string]struct {
		err  error
		file string // of the finding; empty: no finding
	}{
		"a row of a new file":       {problem("guard/row-too-long", "data/new.json#3"), "data/new.json"},
		"a row of a changed file":   {problem("guard/labels", "data/changed.json#3"), "data/changed.json"},
		"a row of main's":           {problem("guard/row-too-long", "data/old.json#3"), ""},
		"a guard that is not a row": {problem("guard/loss", "data/new.json#3"), ""},
		"of no row":                 {problem("guard/labels", ""), ""},
		"another error":             {errors.New("data/new.json#3: no"), ""},
		"none":                      {nil, ""},
	}
	for name, test := range tests {
		finding, ours := r.rowFinding(test.err)
		if ours != (test.file != "") || finding.File != test.file {
			t.Errorf("%s: %v, %+v", name, ours, finding)
		}
		if ours && (!finding.New || finding.Level != string(dataset.Error) || finding.Message != "record 3: data/new.json#3: no (hint: shorten it)") {
			t.Errorf("%s: %+v", name, finding)
		}
	}
}

func TestOverLimit(t *testing.T) {
	t.Parallel()
	r := &run{plan: &Plan{Config: config.Config{Limits: config.Limits{Rows: 10}}}, options: Options{ConfigPath: "tunegate.yaml"}}
	if over := r.overLimit(dataset.Result{Stats: dataset.Stats{Rows: 10}}); over != nil {
		t.Errorf("at the limit: %+v", over)
	}
	if over := r.overLimit(dataset.Result{Stats: dataset.Stats{Rows: 11}}); over == nil || !strings.Contains(over.Message, "11 rows") {
		t.Errorf("over the limit: %+v", over)
	}
}
