package proctest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// uid and gid of nobody, everywhere.
const nobody = 65534

// Nobody runs shell commands as another, unprivileged user in a folder that the user
// can reach, and returns their output and error. It skips the test, loudly, if this
// user cannot become another.
func Nobody(t testing.TB, dir, commands string) (string, error) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, so nothing is tried as another user: only root becomes one")
	}
	cmd := exec.Command("/bin/sh", "-c", commands)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skipf("SKIPPED, so nothing is tried as another user: %v", err)
	}
	return string(out), err
}

// SharedDir is a temporary folder that every user may enter and list.
func SharedDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
