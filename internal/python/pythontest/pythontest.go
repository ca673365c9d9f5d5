// Package pythontest finds the real Python environment for tests, in $TUNEGATE_HOME.
package pythontest

import (
	"os"
	"os/exec"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
)

// Interpreter is that of $TUNEGATE_HOME. Without one the test is skipped,
// loudly, and fails where CI is true.
func Interpreter(t testing.TB) python.Interpreter {
	t.Helper()
	tools := python.Tools{LookPath: exec.LookPath, Env: os.Environ()}
	found, err := python.Find(t.Context(), proctest.Launcher(t), os.Getenv("TUNEGATE_HOME"), tools, "auto")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, so the Python programs are not tested: %v (run `make test`)", err)
	}
	return found
}
