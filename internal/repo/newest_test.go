package repo

import (
	"os/exec"
	"testing"
	"time"
)

func TestNewestCommit(t *testing.T) {
	t.Parallel()
	f := fixture{t, t.TempDir()}
	f.git("init", "-qb", "main")
	if at, err := f.open().NewestCommit(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("of none: %v, %v", at, err)
	}
	newest := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	for branch, at := range map[string]time.Time{"main": newest.Add(-time.Hour), "side": newest, "old": newest.Add(-time.Minute)} {
		cmd := exec.Command("git", "-C", f.dir, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", branch, "--allow-empty")
		cmd.Env = []string{"GIT_COMMITTER_DATE=" + at.Format(time.RFC3339), "HOME=" + f.dir}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f.git("branch", "-f", "tip-"+branch)
	}
	if at, err := f.open().NewestCommit(t.Context()); err != nil || !at.Equal(newest) {
		t.Errorf("%v, %v, want %v", at, err, newest)
	}
}
