package proc

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// TestHide asks the kernel in a process of its own, which stays hidden. To look
// from outside proves nothing where the tests run as root.
func TestHide(t *testing.T) {
	const hidden = "TUNEGATE_TEST_HIDDEN"
	if os.Getenv(hidden) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHide$")
		cmd.Env = append(os.Environ(), hidden+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if err := Hide(); err != nil {
		t.Fatal(err)
	}
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
		t.Errorf("dumpable is %d, %v", dumpable, err)
	}
}
