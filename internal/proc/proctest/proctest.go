// Package proctest lets tests start children under a guard that is the test binary
// itself. It also writes programs for them to start, and measures the memory of the
// process.
package proctest

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
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

// Shared is a Launcher of a machine that gives no child a network of its own.
func Shared(t testing.TB) proc.Launcher {
	t.Helper()
	l := Launcher(t)
	l.Isolation = func() error { return errors.New("not in this test") }
	return l
}

// WriteFile writes an executable file and its folders. It prevents starting children
// meanwhile: one that inherits the open file would keep it from being executed until
// its own exec (https://go.dev/issue/22315).
func WriteFile(t testing.TB, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755))
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
}
