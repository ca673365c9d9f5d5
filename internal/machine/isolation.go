package machine

import (
	"context"
	"path/filepath"
	"slices"
)

// Isolation says why programs cannot have networks of their own on this machine, nil
// where the private server, the trainer and the grader have them. Cards are made
// ready for that.
func (m Machine) Isolation(ctx context.Context) error {
	m.OpenCards(ctx)
	return m.Launcher.CheckIsolation()
}

// OpenCards has the driver make the device file that CUDA needs, where it is missing:
// after the machine's start the first program that uses CUDA has a program of root do
// that, which one in a user namespace cannot.
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
	cmd.Run() // where it fails, the trainer says that it has no card
}
