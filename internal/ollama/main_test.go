package ollama

import (
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/proc"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "guard" {
		os.Exit(proc.Guard(os.Args[2:], os.Environ(), os.Stderr))
	}
	os.Exit(m.Run())
}

// launcher runs children under this test binary as their guard.
func launcher(t *testing.T) proc.Launcher {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return proc.Launcher{Guard: []string{self, "guard"}}
}
