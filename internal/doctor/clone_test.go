package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/repo"
)

func TestCloneChecks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		branches []string // of the server; the first is the default one and what is cloned
		then     []string // what git then does in the server; the clone fetches
		clone    []string
		says     string
	}{
		"whole":                      {[]string{"main", "side"}, nil, nil, ""},
		"shallow":                    {[]string{"main"}, nil, []string{"--depth", "1"}, "history: this clone is shallow"},
		"master, beside another":     {[]string{"master", "side"}, nil, nil, ""},
		"renamed, and the old there": {[]string{"master"}, []string{"branch", "-m", "main"}, nil, "default branch: changes are judged against origin/master, but origin/main contains all of it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir := t.TempDir(), filepath.Join(t.TempDir(), "clone")
			git(t, server, "init", "-qb", test.branches[0])
			git(t, server, "commit", "-qm", "x", "--allow-empty")
			git(t, server, "commit", "-qm", "y", "--allow-empty")
			for _, branch := range test.branches[1:] {
				git(t, server, "branch", branch)
			}
			git(t, server, append(append([]string{"clone", "-q"}, test.clone...), "file://"+server, dir)...)
			if test.then != nil {
				git(t, server, test.then...)
			}
			git(t, dir, "fetch", "-q", "origin")
			r, err := repo.Open(t.Context(), dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var said []string
			for _, found := range cloneChecks(t.Context(), inspection{about: Subject{Repo: r}}) {
				said = append(said, found.Name+": "+found.Found)
			}
			if got := strings.Join(said, "\n"); !strings.HasPrefix(got, test.says) || (got == "") != (test.says == "") {
				t.Errorf("%q, want %q", got, test.says)
			}
		})
	}
	if found := cloneChecks(t.Context(), inspection{}); found != nil {
		t.Errorf("without a repository: %v", found)
	}
}
