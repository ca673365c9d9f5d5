package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// of is the inspection of a home.
func of(home string) inspection { return inspection{machine: machine.Machine{Home: home}} }

func TestHomeCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	proctest.WriteFile(t, filepath.Join(dir, "file"), "")
	for path, links := range map[string]string{"dangling": "nowhere", "others/spool": "."} {
		link := filepath.Join(dir, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(links, link)); err != nil {
			t.Fatal(err)
		}
	}
	proctest.WriteFile(t, filepath.Join(dir, "lock"), "")
	for home, says := range map[string]string{
		dir:                                 dir,
		filepath.Join(dir, "new", "home"):   "not created yet",
		filepath.Join(dir, "file"):          "it is not a folder",
		filepath.Join(dir, "file", "home"):  "it is not a folder",
		filepath.Join(dir, "dangling", "x"): "no such file",
		filepath.Join(dir, "others"):        "holds unrelated files",
	} {
		got := homeCheck(t.Context(), of(home))
		if ok := strings.HasPrefix(says, dir) || says == "not created yet"; (got.Level == check.OK) != ok || !strings.Contains(got.Found, says) {
			t.Errorf("%s: %+v", home, got)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 4 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestHomeOfOthers(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	inside := filepath.Join(home, "it's", "deeper")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(inside), 0o777); err != nil {
		t.Fatal(err)
	}
	proctest.WriteFile(t, filepath.Join(home, "lock"), "")
	got := homeCheck(t.Context(), of(home))
	if got.Level != check.Fail || got.Fix != `chmod go-w '`+home+`/it'\''s'` {
		t.Errorf("%+v", got)
	}
	follow(t, got.Fix)
	if got := homeCheck(t.Context(), of(home)); got.Level != check.OK {
		t.Errorf("%+v", got)
	}
	if err := os.Chmod(home, 0o775); err != nil {
		t.Fatal(err)
	}
	got = homeCheck(t.Context(), of(home))
	if got.Level != check.Warn {
		t.Errorf("%+v", got)
	}
	follow(t, got.Fix)
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(home, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if got := homeCheck(t.Context(), of(home)); got.Level != check.Fail || !strings.Contains(got.Found, "user 12345") {
		t.Errorf("%+v", got)
	}
}

func TestHomeCheckWithoutRights(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if got := homeCheck(t.Context(), of(filepath.Join(dir, "home"))); got.Level != check.Fail || !strings.Contains(got.Found, "permission denied") {
		t.Errorf("%+v", got)
	}
}

func TestTempCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := tempCheck(t.Context(), inspection{machine: machine.Machine{TempDir: dir}}); got.Level != check.OK {
		t.Errorf("%+v", got)
	}
	if got := tempCheck(t.Context(), inspection{machine: machine.Machine{TempDir: filepath.Join(dir, "gone")}}); got.Level != check.Fail || !strings.Contains(got.Fix, "TMPDIR") {
		t.Errorf("%+v", got)
	}
}
