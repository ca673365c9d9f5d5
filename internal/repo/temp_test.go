package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTempDirGoesWithTheRepo(t *testing.T) {
	t.Parallel()
	r := &Repo{scratch: filepath.Join(t.TempDir(), scratchPrefix+"x")}
	if err := os.Mkdir(r.scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	dir, err := r.TempDir()
	if err != nil || !strings.HasPrefix(dir, r.scratch) {
		t.Fatalf("%q, %v", dir, err)
	}
	if again, err := r.TempDir(); err != nil || again == dir {
		t.Errorf("the second is %q, %v", again, err)
	}
}
