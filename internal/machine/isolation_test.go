package machine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// TestOpenCards: the driver is asked for what it has not made yet, and only then.
func TestOpenCards(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	modprobe := filepath.Join(t.TempDir(), "nvidia-modprobe")
	proctest.WriteFile(t, modprobe, "#!/bin/sh\necho \"$*\" >> "+dir+"/asked; touch "+dir+"/nvidia-uvm\n")
	m := Machine{
		Nodes: filepath.Join(dir, "nvidia*"), Environ: []string{"PATH=" + os.Getenv("PATH")},
		LookPath: func(string) (string, error) { return modprobe, nil },
	}
	m.OpenCards(t.Context()) // no card
	if err := os.WriteFile(filepath.Join(dir, "nvidia0"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		m.OpenCards(t.Context())
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil || string(asked) != "-c 0 -u\n" {
		t.Errorf("asked %q, %v", asked, err)
	}
}
