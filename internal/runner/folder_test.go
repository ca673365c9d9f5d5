package runner

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestHomeCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	proctest.WriteFile(t, filepath.Join(dir, "file"), "")
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	for home, says := range map[string]string{
		dir:                                 dir,
		filepath.Join(dir, "new", "home"):   "not made yet",
		filepath.Join(dir, "file"):          "it is no folder",
		filepath.Join(dir, "file", "home"):  "it is no folder",
		filepath.Join(dir, "dangling", "x"): "no such file",
	} {
		check := homeCheck(home)
		if ok := strings.HasPrefix(says, dir) || says == "not made yet"; (check.Level == OK) != ok || !strings.Contains(check.Found, says) {
			t.Errorf("%s: %+v", home, check)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
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
	check := homeCheck(home)
	if check.Level != Fail || check.Mend != `chmod go-w '`+home+`/it'\''s'` {
		t.Errorf("%+v", check)
	}
	follow(t, check.Mend)
	if check := homeCheck(home); check.Level != OK {
		t.Errorf("%+v", check)
	}
	if err := os.Chmod(home, 0o775); err != nil {
		t.Fatal(err)
	}
	check = homeCheck(home)
	if check.Level != Warn {
		t.Errorf("%+v", check)
	}
	follow(t, check.Mend)
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(home, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if check := homeCheck(home); check.Level != Warn || !strings.Contains(check.Found, "user 12345") {
		t.Errorf("%+v", check)
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
	if check := homeCheck(filepath.Join(dir, "home")); check.Level != Fail || !strings.Contains(check.Found, "permission denied") {
		t.Errorf("%+v", check)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"/home/a-b/c_1.d", "", "a b", "it's", `"$HOME" \x`, "~/x", "*", "a\nb", "é"} {
		out, err := exec.Command("sh", "-c", "printf %s "+Quote(value)).Output()
		if err != nil || string(out) != value {
			t.Errorf("%q: %q, %v", value, out, err)
		}
	}
	if got := words([]string{"/a", "/b c"}); got != "/a '/b c'" {
		t.Errorf("got %s", got)
	}
}

func TestTempCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if check := tempCheck(dir); check.Level != OK {
		t.Errorf("%+v", check)
	}
	if check := tempCheck(filepath.Join(dir, "gone")); check.Level != Fail || !strings.Contains(check.Mend, "TMPDIR") {
		t.Errorf("%+v", check)
	}
}
