package machine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// A program that does not answer is ended, also where what it started holds its
// output open.
func TestQuestionEnds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "nvidia-smi")
	proctest.WriteFile(t, path, "#!/bin/sh\necho 0, GPU-a, A, 1, 1\nsleep 60\n")
	m := Machine{Environ: os.Environ(), LookPath: func(string) (string, error) { return path, nil }}
	began := time.Now()
	if said, err := m.ask(t.Context()); err == nil {
		t.Errorf("%q", said)
	}
	if took := time.Since(began); took < questionWait || took > questionWait+30*time.Second {
		t.Errorf("it took %s", took)
	}
}
