// Package proctest lets the tests of a package start children: in goes the test
// binary, out comes a launcher whose guard is that binary itself.
package proctest

import (
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/proc"
)

const guard = "guard"

// Main is the body of a TestMain: it runs the tests, or a guard when the binary
// was started as one.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == guard {
		os.Exit(proc.Guard(os.Args[2:], os.Environ(), os.Stderr))
	}
	os.Exit(m.Run())
}

// Launcher runs children under this test binary as their guard.
func Launcher(t testing.TB) proc.Launcher {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return proc.Launcher{Guard: []string{self, guard}}
}
