package pipeline

import (
	"context"
	"os/exec"
	"strings"
)

// device names what computes: the GPUs that are visible, or the CPU. The same
// rows give another adapter, and the same question another answer, on another one.
func (r *run) device(ctx context.Context) string {
	if r.computes == "" {
		r.computes = r.machine.device(ctx)
	}
	return r.computes
}

func (m Machine) device(ctx context.Context) string {
	for _, entry := range m.Environ {
		if visible, set := strings.CutPrefix(entry, "CUDA_VISIBLE_DEVICES="); set && (visible == "" || visible == "-1") {
			return "cpu"
		}
	}
	path, err := m.LookPath("nvidia-smi")
	if err != nil {
		return "cpu"
	}
	cmd := exec.CommandContext(ctx, path, "--query-gpu=name,memory.total", "--format=csv,noheader")
	cmd.Env = m.Environ
	names, err := cmd.Output()
	if err != nil || len(strings.TrimSpace(string(names))) == 0 {
		return "cpu"
	}
	return "cuda: " + strings.ReplaceAll(strings.TrimSpace(string(names)), "\n", "; ")
}
