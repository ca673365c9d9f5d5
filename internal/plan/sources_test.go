package plan

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/plan/plantest"
)

// A source that matches no file, while another does, is said with its line; an optional
// one is not.
func TestUnmatchedSources(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Change("pr", map[string]string{"data/b.json": `[{"question": "1 + 2?", "answer": "3"}]`})
	if p := f.must("main", "pr"); len(p.Unmatched)+len(p.Notes) > 0 {
		t.Errorf("%q, %q", p.Unmatched, p.Notes)
	}
	f.Git("checkout", "-q", "main")
	f.Write("tunegate.yaml", strings.Replace(plantest.Config, `{sources: [{path: "data/*.json"}]}`, "\n  sources:\n  - path: \"data/*.json\"\n  - path: \"more/\\u001b*.jsonl\"\n  - {path: later.json, optional: true}", 1))
	f.Commit("more sources")
	f.Change("another", map[string]string{"data/b.json": `[{"question": "1 + 2?", "answer": "3"}]`})
	p := f.must("main", "another")
	const want = `tunegate.yaml:7: the source "more/\x1b*.jsonl" matches no file of another`
	if len(p.Unmatched) != 1 || p.Unmatched[0] != want || len(p.Notes) != 1 || !strings.HasPrefix(p.Notes[0], want+" (hint: correct the path ") {
		t.Errorf("%q, %q", p.Unmatched, p.Notes)
	}
}
