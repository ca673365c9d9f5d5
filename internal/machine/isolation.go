package machine

import (
	"context"
	"path/filepath"
	"slices"
)

// Isolation returns why programs cannot have their own networks on this machine; nil if
// the private server, the trainer and the grader have them. It prepares cards for that.
func (m Machine) Isolation(ctx context.Context) error {
	m.OpenCards(ctx)
	return m.Launcher.CheckIsolation()
}

// OpenCards makes the driver create the device file that CUDA needs, if missing: after
// boot, the first CUDA program does that through a setuid program, which does not work
// in a user namespace.
func (m Machine) OpenCards(ctx context.Context) {
	memory := filepath.Join(filepath.Dir(m.Nodes), "nvidia-uvm")
	nodes, _ := filepath.Glob(m.Nodes) // fails on a bad pattern only
	if len(nodes) == 0 || slices.Contains(nodes, memory) {
		return
	}
	modprobe, err := m.LookPath("nvidia-modprobe")
	if err != nil {
		return
	}
	cmd, done := m.Question(ctx, modprobe, "-c", "0", "-u")
	defer done()
	cmd.Run() // if it fails, the trainer reports that it has no card
}
