package repo

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestUncommitted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f := fixture{t, t.TempDir()}
	f.git("init", "-qb", "main")
	f.write("tunegate.yaml", "x")
	f.write("suites/é a.suite.yaml", "x")
	f.write("data/a.json", "x")
	r := f.open()
	found := func(patterns ...string) []string {
		t.Helper()
		names, err := r.Uncommitted(ctx, patterns...)
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	policy := []string{"./tunegate.yaml", "tunegate.lock", "suites/*.suite.yaml"}
	if got := found(policy...); !slices.Equal(got, []string{"suites/é a.suite.yaml", "tunegate.yaml"}) {
		t.Errorf("before the first commit: %q", got)
	}
	f.commit("first")
	if got := found(policy...); got != nil {
		t.Errorf("all is committed: %q", got)
	}
	f.write(".gitignore", "*.log\n")
	f.write("suites/b.log", "x")
	f.write("suites/deep/b.suite.yaml", "x")
	f.write("tunegate.yaml", "changed")
	f.git("add", "tunegate.yaml")
	if err := os.Remove(filepath.Join(f.dir, "data/a.json")); err != nil {
		t.Fatal(err)
	}
	index := func() string {
		data, err := os.ReadFile(filepath.Join(f.dir, ".git", "index"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	before := index()
	if got := found("tunegate.yaml", "suites/**", "data/*"); !slices.Equal(got, []string{"data/a.json", "suites/deep/b.suite.yaml", "tunegate.yaml"}) {
		t.Errorf("changed: %q", got)
	}
	if index() != before {
		t.Error("the index was written")
	}
	if got := found(); got != nil {
		t.Errorf("of no pattern: %q", got)
	}
}
