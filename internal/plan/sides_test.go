package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
)

// TestSides: a file is shown where it is as it was judged, which a merged one is
// nowhere.
func TestSides(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const one, middle, last = "{\"question\": \"1\", \"answer\": \"2\"}\n", "{\"question\": \"3\", \"answer\": \"4\"}\n\n\n\n", "{\"question\": \"5\", \"answer\": \"6\"}\n"
	f.Write("data/both.json", one+middle+last)
	f.Commit("a file for two")
	f.Change("pr", map[string]string{"data/new.json": "[]", "data/both.json": one + one + middle + last})
	f.Git("checkout", "-q", "main")
	f.Write("data/a.json", `[{"question": "1 + 1?", "answer": "two"}]`)
	f.Write("data/both.json", one+middle+last+last)
	f.Commit("main goes on")
	var findings []dataset.Finding
	for _, file := range []string{"data/a.json", "data/both.json", "tunegate.yaml"} {
		findings = append(findings, dataset.Finding{File: file, See: "data/new.json:1"})
	}
	want := map[string]report.Side{"data/a.json": report.BaseSide, "data/both.json": report.Neither, "data/new.json": report.HeadSide}
	p := f.must("main", "pr")
	if diff := cmp.Diff(want, p.Sides(findings)); diff != "" {
		t.Error(diff)
	}
	if side := p.Side("data/gone.json"); side != report.Neither {
		t.Errorf("a file that is not there is at %q", side)
	}
}
