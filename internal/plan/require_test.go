package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A run that is to learn from a file does, or says at which line of the config it is
// missing, or that git does not see it.
func TestRequiredRecords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const records = `[{"question": "1 + 2?", "answer": "3"}]`
	f.Write(".gitignore", "ignored.json\n")
	f.Commit("the app")
	for name, data := range map[string]string{"data/new.json": records, "data/ignored.json": records, "rows/new.json": records} {
		f.Write(name, data)
	}
	for name, want := range map[string]string{
		"data/new.json":     "",
		"data/ignored.json": `"data/ignored.json" is not a file of working-tree (hint: check the path; if git ignores the file, add it with ` + "`git add -f`",
		"data/absent.json":  `"data/absent.json" is not a file of working-tree (hint: `,
		"rows/absent.json":  `"rows/absent.json" is not a file of working-tree (hint: check the path; `,
		"rows/new.json":     `tunegate.yaml:4: no source names "rows/new.json", so the run would not train on it (hint: add ` + "`- path: \"rows/new.json\"` to `dataset.sources` here and commit that to main,",
	} {
		_, err := New(f.Context(), f.Open(), "tunegate.yaml", Refs{Base: "main", Records: []string{name}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A change of the config does not count before it is merged.
	config, err := os.ReadFile(filepath.Join(f.Dir, "tunegate.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	f.Write("tunegate.yaml", strings.Replace(string(config), "data/*.json", "**/*.json", 1))
	if _, err := New(f.Context(), f.Open(), "tunegate.yaml", Refs{Base: "main", Records: []string{"rows/new.json"}}); err == nil || !strings.Contains(err.Error(), "commit that to main") {
		t.Error(err)
	}
}
