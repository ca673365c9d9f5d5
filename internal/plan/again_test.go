package plan

import (
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/plan/plantest"
)

func (f fixture) again(head string) (*Plan, error) {
	f.Helper()
	return Again(f.Context(), f.Open(), "tunegate.yaml", Refs{Base: "main", Head: head})
}

// TestAgain: the policy is that of the branch today, and the model that of
// the commit, whose data the branch's tip has no more.
func TestAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Change("data", map[string]string{"data/b.json": `[{"question": "2 + 2?", "answer": "4"}]`})
	change := f.must("main", "data")
	if _, err := f.again("data"); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), `main does not contain the commit "data"`) {
		t.Errorf("a commit that is not merged: %v", err)
	}
	f.Git("checkout", "-q", "main")
	f.Git("merge", "-q", "--no-ff", "-m", "merge", "data")
	f.Git("tag", "v1")
	f.Write("data/c.json", `[{"question": "5 + 5?", "answer": "10"}]`)
	f.Write("suites/s.suite.yaml", strings.Replace(plantest.Suite, "value: a", "value: b", 1))
	f.Commit("main goes on")
	p, err := f.again("v1")
	if err != nil {
		t.Fatal(err)
	}
	if p.Lineage != change.Lineage || len(p.Head) != 2 {
		t.Errorf("%d files, lineage %s, want %s", len(p.Head), p.Lineage, change.Lineage)
	}
	if value := p.Suites[0].Cases[0].Turns[0].Asserts[0].Values[0]; value != "b" || p.PolicySHA256 == change.PolicySHA256 {
		t.Errorf("the policy is not that of today: %q", value)
	}
	f.Write("base/config.json", `{"other": true}`)
	f.Commit("another base")
	if _, err := f.again("v1"); !errors.Is(err, ErrNoModel) || !strings.Contains(err.Error(), "the `base` of its config differs from that of main") {
		t.Errorf("after a change of the base: %v", err)
	}
}
