package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oddFixture has links and submodules beside its files.
func oddFixture(t *testing.T) (fixture, *Tree) {
	t.Helper()
	f, _ := open(t)
	id := f.git("rev-parse", "HEAD")
	for link, target := range map[string]string{
		"data/link.json": "a.json", "data/notes.txt": "a.json", "linked": "data", "suites": "/etc", "docs/a.json": "../data/a.json",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(f.dir, link)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(f.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	f.write("lfs.json", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n")
	f.git("add", "-A")
	for _, at := range []string{"data/sub", "data/deep/sub", "vendor/records"} {
		f.git("update-index", "--add", "--cacheinfo", "160000,"+id+","+at)
	}
	f.git("commit", "-qm", "odd")
	tree, err := f.open().Tree(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	return f, tree
}

func TestOthers(t *testing.T) {
	t.Parallel()
	_, tree := oddFixture(t)
	for pattern, want := range map[string]string{
		"data/*.json":             "data/link.json",
		"./data/link.json":        "data/link.json",
		"data/*":                  "data/link.json data/notes.txt data/sub",
		"data/**":                 "data/deep/sub data/link.json data/notes.txt data/sub",
		"data/**/*.json":          "data/deep/sub data/link.json data/sub",
		"data/*/*.json":           "data/sub",
		"data/a.json":             "",
		"linked/*.json":           "linked",
		"linked/deep/b.json":      "linked",
		"vendor/records/a.json":   "vendor/records",
		"vendor/*/a.json":         "vendor/records",
		"vendor/**/*.json":        "vendor/records",
		"suites/*.suite.yaml":     "suites",
		"**/*.json":               "data/link.json docs/a.json",
		"*/records/*.json":        "",
		"data":                    "",
		"data/sub":                "data/sub",
		"nowhere/**":              "",
		"data/deep/sub/x/*.jsonl": "data/deep/sub",
	} {
		others, err := tree.Others(t.Context(), pattern)
		var names []string
		for _, other := range others {
			names = append(names, other.Path)
			if kind := map[bool]string{true: "submodule", false: "symbolic link"}[strings.Contains(other.Path, "sub") && other.Path != "suites" || other.Path == "vendor/records"]; other.Kind != kind || len(other.ID) != 40 {
				t.Errorf("%+v", other)
			}
		}
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("%s: %q, want %q (%v)", pattern, got, want, err)
		}
	}
	both, err := tree.Others(t.Context(), "linked/x", "data/link.json")
	if got := fmt.Sprint(len(both)); got != "2" || err != nil || !slices.IsSortedFunc(both, func(a, b Other) int { return strings.Compare(a.Path, b.Path) }) {
		t.Errorf("%v, %v", both, err)
	}
}

// What is asked for and is no ordinary file is named as what it is.
func TestReadNamesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	_, tree := oddFixture(t)
	for name, says := range map[string]string{
		"data/link.json":        "data/link.json is a symbolic link, and its content is not read (hint: ",
		"linked/a.json":         "linked is a symbolic link",
		"vendor/records/a.json": "vendor/records is a submodule",
		"lfs.json":              "lfs.json is a Git LFS pointer, and content is read from git itself (hint: `git lfs pull`",
		"none.json":             `"none.json": file does not exist`,
		"data/deep":             `"data/deep": file does not exist`,
	} {
		if _, err := tree.Read(t.Context(), name, 1000); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", name, err, says)
		}
	}
}
