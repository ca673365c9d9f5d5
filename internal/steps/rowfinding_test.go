package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
)

func TestRowFinding(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	s := Judge(m, &plan.Plan{
		Base: []repo.File{{Path: "data/old.json", Blob: "1"}, {Path: "data/changed.json", Blob: "1"}},
		Head: []repo.File{{Path: "data/old.json", Blob: "1"}, {Path: "data/changed.json", Blob: "2"}, {Path: "data/new.json", Blob: "3"}},
	}, Options{})
	s.Dataset.Do = func(_ context.Context, dir string) (dataset.Result, error) {
		place := `{"source":"data/new.json#3","file":"data/new.json","line":9,"new":true}`
		return dataset.Result{}, os.WriteFile(filepath.Join(dir, "rows.jsonl"), []byte(place+"\n"), 0o644)
	}
	if err := s.Dataset.Try(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	problem := func(name, row string) error {
		return fmt.Errorf("train: %w", &python.Problem{Name: name, Row: row, Message: "300 tokens", Hint: "shorten it"})
	}
	tests := map[string]struct {
		err  error
		file string // of the finding; empty: no finding
		line int
	}{
		"a row of a new file":       {problem("guard/row-too-long", "data/new.json#3"), "data/new.json", 9},
		"a row of a changed file":   {problem("guard/labels", "data/changed.json#3"), "data/changed.json", 1},
		"a row of main's":           {problem("guard/row-too-long", "data/old.json#3"), "", 0},
		"a guard that is not a row": {problem("guard/loss", "data/new.json#3"), "", 0},
		"another error":             {errors.New("data/new.json#3: no"), "", 0},
		"none":                      {nil, "", 0},
	}
	for name, test := range tests {
		finding, ours := s.RowFinding(t.Context(), test.err)
		if ours != (test.file != "") || finding.File != test.file || finding.Line != test.line {
			t.Errorf("%s: %v, %+v", name, ours, finding)
		}
		if ours && (!finding.New || finding.Level != string(dataset.Error) || !strings.HasPrefix(finding.Message, "record 3: ")) {
			t.Errorf("%s: %+v", name, finding)
		}
		if _, err := dataset.Explain(finding.Check); ours && err != nil {
			t.Error(err)
		}
	}
}

// A row that the trainer stops at without a finding is named by its line, too.
func TestAtLine(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	s := Judge(m, &plan.Plan{}, Options{})
	s.Dataset.Do = func(_ context.Context, dir string) (dataset.Result, error) {
		return dataset.Result{}, os.WriteFile(filepath.Join(dir, "rows.jsonl"), []byte(`{"source":"a.json#3","file":"a.json","line":9}`), 0o644)
	}
	if err := s.Dataset.Try(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	for row, want := range map[string]string{"a.json#3": "a.json:9: ", "a.json#4": "a.json#4: ", "": "guard/stop-token: a stop"} {
		err := s.AtLine(t.Context(), fmt.Errorf("train: %w", &python.Problem{Name: "guard/stop-token", Row: row, Message: "a stop token", Hint: "x"}))
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", row, err)
		}
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	for want, stats := range map[string]dataset.Stats{
		"1 record, 1 row for training, 0 for validation; dataset/findings.jsonl has 1 error and 1 warning":             {Records: 1, Train: 1, Errors: 1, Warnings: 1},
		"1,200 records, 2 rows for training, 1,198 for validation; dataset/findings.jsonl has 0 errors and 2 warnings": {Records: 1200, Train: 2, Validation: 1198, Warnings: 2},
	} {
		if got := Counted(stats); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTooManyRows(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]End{10: GoesOn, 11: OverLimit} {
		m, _ := machinetest.New(t)
		s := Judge(m, &plan.Plan{Gated: true, Lineage: "a", BaseLineage: "b", Config: config.Config{Limits: config.Limits{Rows: 10}}}, Options{})
		s.Dataset.Do = func(context.Context, string) (dataset.Result, error) {
			return dataset.Result{Stats: dataset.Stats{Rows: rows}}, nil
		}
		if err := s.Dataset.Try(t.Context(), t.TempDir()); err != nil {
			t.Fatal(err)
		}
		if end, err := s.End(); err != nil || end != want {
			t.Errorf("%d rows: %q, %v", rows, end, err)
		}
		finding, over := s.TooManyRows("tunegate.yaml")
		if _, err := dataset.Explain(finding.Check); err != nil {
			t.Error(err)
		}
		if over != (want == OverLimit) || !strings.Contains(finding.Message, fmt.Sprintf("%d rows", rows)) {
			t.Errorf("%+v", finding)
		}
	}
}
