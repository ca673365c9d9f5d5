package plan

import (
	"strings"
	"testing"
)

// A file that looks like records and that no source names is said to change nothing;
// by its content, so that others are left alone.
func TestUnnamedRecords(t *testing.T) {
	t.Parallel()
	const records = `[{"question": "1 + 2?", "answer": "3"}]`
	f := newFixture(t)
	f.Write("old/records.json", records)
	f.Commit("which nobody changes")
	f.Change("pr", map[string]string{
		"more/new.jsonl": `{"messages": [{"role": "user", "content": "q"}]}` + "\n", "data/b.json": records, "top.JSON": records + strings.Repeat("\n", maxGlimpse),
		"package.json": `{"name": "app"}`, "tests/users.json": `[{"id": 1}]`, "notes.txt": records, "empty.json": "",
	})
	p := f.must("main", "pr")
	var files []string
	for _, finding := range p.Unnamed {
		files = append(files, finding.Where())
	}
	if got := strings.Join(files, " "); got != "more/new.jsonl:1 top.JSON:1" || len(p.Notes) != 2 || !strings.Contains(p.Notes[0], `"more/new.jsonl" looks like records, but no source of the config names it (hint: `) {
		t.Errorf("%s; %q", got, p.Notes)
	}
	if p = f.must("main", "main"); len(p.Unnamed)+len(p.Notes) != 0 {
		t.Errorf("of no change: %+v", p.Notes)
	}
}
