package plan

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNoConfigIsNotWaitedFor: where no ref has a config, what lies in its place in the
// working tree is bounded, and never waited for: a pull request may have put it there.
func TestNoConfigIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		put  func(path string) error
		want string
	}{
		"nothing":         {func(string) error { return nil }, "main has no tunegate.yaml (hint: `tunegate init` writes one"},
		"a large file":    {func(path string) error { return os.WriteFile(path, make([]byte, MaxPolicyFile+1), 0o600) }, "too large"},
		"a pipe":          {func(path string) error { return syscall.Mkfifo(path, 0o600) }, "not a regular file"},
		"an endless link": {func(path string) error { return os.Symlink("/dev/zero", path) }, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Git("rm", "-q", "tunegate.yaml")
			f.Commit("no config")
			if err := test.put(filepath.Join(f.Dir, "tunegate.yaml")); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadPolicy(t.Context(), f.Open(), "tunegate.yaml", "main"); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "`tunegate init`") {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
