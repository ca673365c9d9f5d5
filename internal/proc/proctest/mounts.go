package proctest

import (
	"os"
	"os/exec"
	"testing"
)

// NeedMounts skips a test, loudly, if `unshare` cannot create a mount namespace for a
// small disk, and fails it if CI is true.
func NeedMounts(t testing.TB) {
	t.Helper()
	out, err := exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt").CombinedOutput()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("unshare: %v: %s", err, out)
	}
	t.Skipf("NOT TESTED on a full disk: unshare: %v: %s", err, out)
}
