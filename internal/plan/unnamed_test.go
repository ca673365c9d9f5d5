package plan

import (
	"context"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/repo"
)

// What is made of records that a source names says nothing new.
func TestDerivedRecords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	row := func(question, answer string) string {
		return `{"instruction": "` + question + `", "input": "Learner level: teen", "output": "` + answer + `"}` + "\n"
	}
	f.Change("pr", map[string]string{
		"data/b.json":       `[{"question": "What is  1 + 2?", "answer": "3\n"}, {"prompt": "And 3?", "response": "4", "context": ["a", "b"]}, {"question": "x"}]`,
		"lora_train.jsonl":  row("What is 1 + 2?", "3") + row("And 3?", "4"),
		"merged.json":       `[{"prompt": "And 3?", "response": "4", "context": ["a", "b"]}, {"question": "x"}, {"prompt": "And 3?", "response": "4"}]`,
		"edited.jsonl":      strings.Repeat(row("What is 1 + 2?", "3"), 1000) + row("What is 1 + 2?", "three"),
		"of nothing.jsonl":  row("q", "a"),
		"another/more.json": `[{"question": "And 3?", "answer": "4"}, {"question": "What is 1 + 2?", "answer": "4"}]`,
	})
	var files []string
	for _, finding := range f.must("main", "pr").Unnamed {
		files = append(files, finding.File)
	}
	if got := strings.Join(files, ", "); got != "another/more.json, edited.jsonl, of nothing.jsonl" {
		t.Error(got)
	}
}

// A file that looks like records and that no source names is said to change nothing;
// by its content, so that others are left alone.
func TestUnnamedRecords(t *testing.T) {
	t.Parallel()
	const records = `[{"question": "1 + 2?", "answer": "3"}]`
	f := newFixture(t)
	f.Write("old/records.json", records)
	f.Commit("which nobody changes")
	f.Change("pr", map[string]string{
		"more/new.jsonl": `{"messages": [{"role": "user", "content": "q"}]}` + "\n", "data/b.json": records, "top.JSON": strings.Replace(records, "3", "three", 1) + strings.Repeat("\n", maxGlimpse),
		"package.json": `{"name": "app"}`, "tests/users.json": `[{"id": 1}]`, "notes.txt": records, "empty.json": "",
	})
	p := f.must("main", "pr")
	var files []string
	for _, finding := range p.Unnamed {
		files = append(files, finding.Where())
		if _, err := dataset.Explain(finding.Check); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(files, " "); got != "more/new.jsonl:1 top.JSON:1" || len(p.Notes) != 2 || !strings.Contains(p.Notes[0], `"more/new.jsonl" looks like records, but no source of the config names it (hint: `) {
		t.Errorf("%s; %q", got, p.Notes)
	}
	if p = f.must("main", "main"); len(p.Unnamed)+len(p.Notes) != 0 {
		t.Errorf("of no change: %+v", p.Notes)
	}
}

// Records of which there are more than are read are gone through once all the same, not
// once for each file that looks like records.
func TestTooManyRecordsAreReadOnce(t *testing.T) {
	t.Parallel()
	const records = `[{"question": "1 + 2?", "answer": "3"}]`
	f := newFixture(t)
	f.Change("many", map[string]string{"data/b.json": strings.Repeat("{}\n", 1_000_001)})
	f.Change("pr", map[string]string{"more/a.json": records, "more/b.json": records, "more/c.json": records})
	p, r := f.must("main", "pr"), f.Open()
	tree := func(ref string) *repo.Tree {
		tree, err := r.Tree(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	var err error
	if p.Head, err = tree("many").Match(t.Context(), "data/b.json"); err != nil || len(p.Head) != 1 {
		t.Fatalf("%v, %v", p.Head, err)
	}
	read := 0
	p.Unnamed, p.contents = nil, func(ctx context.Context, files []repo.File) (*repo.Contents, error) {
		if files[0].Path == "data/b.json" {
			read++
		}
		return r.Map(ctx, files)
	}
	if err := p.findUnnamed(t.Context(), r, tree("main"), tree("pr")); err != nil || len(p.Unnamed) != 3 || read != 1 {
		t.Errorf("read %d times, %+v, %v", read, p.Unnamed, err)
	}
}
