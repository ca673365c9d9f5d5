package python

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"python3": fakePython})
	path := filepath.Join(m.dir, "python3")
	if err := Verify(t.Context(), proctest.Launcher(t), path, m.tools()); err != nil {
		t.Error(err)
	}
	m.answer(t, map[string]string{"torch": "1.0"})
	err := Verify(t.Context(), proctest.Launcher(t), path, m.tools())
	if err == nil || !strings.Contains(err.Error(), "torch is 1.0 (needs ") || !strings.Contains(err.Error(), "peft is missing") {
		t.Error(err)
	}
}
