package plan

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/plan/plantest"
)

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"

// What a change puts where records, suites or the config are named, and is no file
// whose content git has, is named: silently left out, it would be `unchanged`.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	link := func(target, name string) func(plantest.Repository) {
		return func(f plantest.Repository) {
			path := filepath.Join(f.Dir, name)
			if err := errors.Join(os.RemoveAll(path), os.Symlink(target, path)); err != nil {
				f.Fatal(err)
			}
		}
	}
	write := func(name string) func(plantest.Repository) {
		return func(f plantest.Repository) { f.Write(name, pointer) }
	}
	for name, test := range map[string]struct {
		change func(f plantest.Repository)
		says   string
	}{
		"a linked record file":      {link("a.json", "data/b.json"), "the head's data/b.json is a symbolic link, and its content is not read (hint: "},
		"a linked folder":           {link("elsewhere", "data"), "the head's data is a symbolic link"},
		"a linked suite":            {link("s.suite.yaml", "suites/t.suite.yaml"), "the head's suites/t.suite.yaml is a symbolic link"},
		"a linked lock":             {link("data/a.json", "tunegate.lock"), "the head's tunegate.lock is a symbolic link"},
		"a linked config":           {link("data/a.json", "tunegate.yaml"), "tunegate.yaml is a symbolic link"},
		"a config in Git LFS":       {write("tunegate.yaml"), "tunegate.yaml is a Git LFS pointer, and content is read from git itself (hint: `git lfs pull`"},
		"a suite in Git LFS":        {write("suites/t.suite.yaml"), "the head's suites/t.suite.yaml is a Git LFS pointer"},
		"a link that nothing names": {link("a.json", "data.json"), ""},
		"a submodule": {func(f plantest.Repository) {
			f.Git("clone", "-q", f.Dir, filepath.Join(f.Dir, "data", "sub.json"))
		}, "the head's data/sub.json is a submodule"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := plantest.New(t)
			f.Git("checkout", "-qb", "pr")
			test.change(f)
			f.Commit("pr")
			_, err := New(t.Context(), f.Open(), "tunegate.yaml", Refs{Base: "main", Head: "pr"})
			if test.says == "" && err != nil || test.says != "" && (!errors.Is(err, ErrInput) || !strings.Contains(err.Error(), test.says)) {
				t.Fatalf("%v\nwant %s", err, test.says)
			}
			if test.says == "" || !strings.Contains(test.says, "the head's data/b.json") {
				return
			}
			// Merged all the same, it stops no change after it.
			f.Git("checkout", "-q", "main")
			f.Git("merge", "-q", "pr")
			f.Change("next", map[string]string{"data/c.json": `[{"question": "2 + 2?", "answer": "4"}]`})
			p, err := New(t.Context(), f.Open(), "tunegate.yaml", Refs{Base: "main", Head: "next"})
			if err != nil || !strings.Contains(strings.Join(p.Notes, "\n"), "data/b.json is a symbolic link, and its content is not read") {
				t.Errorf("%v, notes %q", err, p.Notes)
			}
		})
	}
}
