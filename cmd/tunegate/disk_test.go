package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// TestHomesOnFullAndReadOnlyDisks: each is a file system of its own, in a name
// space of its own; the doctor says so, and another home, as it says, is well.
func TestHomesOnFullAndReadOnlyDisks(t *testing.T) {
	t.Parallel()
	home, binary := toolsHome(t), buildTunegate(t)
	proctest.NeedMounts(t)
	for name, tt := range map[string]struct{ options, found string }{
		"full":      {"size=1m", "FAIL disk"},
		"read-only": {"ro", "FAIL home"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			doctor := func(in string) (string, error) {
				cmd := exec.Command("unshare", "-rm", "sh", "-c",
					`mount -t tmpfs -o "$1" none "$2" && exec "$0" -q doctor`, binary, tt.options, filepath.Join(dir, "disk"))
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "TUNEGATE_HOME="+in)
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			other := filepath.Join(dir, "other")
			for _, folder := range []string{filepath.Join(dir, "disk"), other} {
				if err := os.Mkdir(folder, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, tool := range tools {
				if err := os.Symlink(filepath.Join(home, tool), filepath.Join(other, tool)); err != nil {
					t.Fatal(err)
				}
			}
			out, err := doctor(filepath.Join(dir, "disk"))
			_, after, found := strings.Cut(out, tt.found)
			if err == nil || !found || !strings.Contains(after, "`export TUNEGATE_HOME=") {
				t.Errorf("%v\n%s", err, out)
			}
			if out, err := doctor(other); err != nil {
				t.Errorf("with another home: %v\n%s", err, out)
			}
		})
	}
}

// TestHomeOnNoexecDisk: the doctor calls nothing well that cannot be run there.
func TestHomeOnNoexecDisk(t *testing.T) {
	t.Parallel()
	home, binary := toolsHome(t), buildTunegate(t)
	proctest.NeedMounts(t)
	dir := t.TempDir()
	cmd := exec.Command("unshare", "-rm", "sh", "-c",
		`mount --bind "$1" "$2" && mount -o remount,bind,noexec "$2" && exec "$0" -q doctor`, binary, home, dir)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TUNEGATE_HOME="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("the doctor found nothing:\n%s", out)
	}
	for _, name := range []string{"home  ", "python", "ollama"} {
		_, line, _ := strings.Cut(string(out), "FAIL "+name)
		if line, _, _ = strings.Cut(line, "\n"); !strings.Contains(line, "is on a disk that is mounted noexec") {
			t.Errorf("%s: %q\n%s", name, line, out)
		}
	}
}
