package doctor

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/repo"
)

func TestClockCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	committed := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	git(t, dir, "init", "-qb", "main")
	cmd := exec.Command("git", "-C", dir, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "x", "--allow-empty")
	cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE="+committed.Format(time.RFC3339))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r, err := repo.Open(t.Context(), dir, "git", []string{"PATH=" + os.Getenv("PATH")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ran := committed.Add(24 * time.Hour)
	m := newMachine(t, nil)
	run := filepath.Join(m.Home, "runs", "20260502-120000.000-aaaaaaaa")
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(run, ran, ran); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		now   time.Time
		repo  *repo.Repo
		level check.Level
		found string
	}{
		{ran.Add(time.Hour), r, check.OK, "2026-05-02 13:00:00 UTC"},
		{ran.Add(-time.Minute), r, check.OK, ""},
		{ran.Add(-time.Hour), nil, check.Fail, "run 20260502-120000.000-aaaaaaaa is of 2026-05-02 12:00:00"},
		{committed.Add(-time.Hour), nil, check.Fail, "run 2026"},
		{committed.Add(-time.Hour), r, check.Fail, "run 2026"},
		{released.Add(-time.Hour), nil, check.Fail, "run 2026"},
	} {
		m.Clock = func() time.Time { return tt.now }
		if got := clockCheck(t.Context(), inspection{machine: m, about: Subject{Repo: tt.repo}}); got.Level != tt.level || !strings.Contains(got.Found, tt.found) {
			t.Errorf("%s: %+v", tt.now, got)
		}
	}
	if err := os.RemoveAll(run); err != nil {
		t.Fatal(err)
	}
	m.Clock = func() time.Time { return committed.Add(-time.Hour) }
	if got := clockCheck(t.Context(), inspection{machine: m, about: Subject{Repo: r}}); got.Level != check.Warn || !strings.Contains(got.Found, "the newest commit is dated 2026-05-01 12:00:00") {
		t.Errorf("%+v", got)
	}
	if got := clockCheck(t.Context(), inspection{machine: m}); got.Level != check.OK {
		t.Errorf("%+v", got)
	}
}
