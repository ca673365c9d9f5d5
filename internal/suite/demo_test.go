package suite

import (
	"os"
	"path/filepath"
	"testing"
)

// The demo's suites must be large enough for their margins: with 40 clusters a
// drop of 10 points can be excluded.
func TestDemoSuites(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "testdata", "demo", "repo", "suites")
	paths, err := filepath.Glob(filepath.Join(folder, "*.suite.yaml"))
	if err != nil || len(paths) < 3 {
		t.Fatalf("%v, %v", paths, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Reader{}.Suite(filepath.Base(path), data)
		if err != nil {
			t.Error(err)
			continue
		}
		clusters := map[string]bool{}
		for _, c := range s.Cases {
			clusters[c.Cluster] = true
		}
		if len(clusters) < 40 {
			t.Errorf("%s has %d clusters", s.Name, len(clusters))
		}
	}
	path := filepath.Join(folder, "sanity.prompts.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Reader{}).Sanity(path, data); err != nil {
		t.Error(err)
	}
}
