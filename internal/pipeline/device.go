package pipeline

import (
	"context"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// GPU is a graphics card that this process may use.
type GPU struct {
	UUID      string `json:"uuid"`
	Name      string `json:"name"`
	MemoryMiB int    `json:"memory_mib"` // all of it
	Driver    string `json:"driver"`     // its version
}

// GPUProcess is a program that holds memory of a GPU.
type GPUProcess struct {
	GPU       string `json:"gpu"` // its UUID
	PID       int    `json:"pid"`
	Name      string `json:"name"`
	MemoryMiB int    `json:"memory_mib"`
}

// GPUs lists the cards that nvidia-smi knows and CUDA_VISIBLE_DEVICES leaves
// visible; none without nvidia-smi.
func (m Machine) GPUs(ctx context.Context) []GPU {
	visible := m.visible()
	var gpus []GPU
	for _, row := range m.smi(ctx, "--query-gpu=index,uuid,name,memory.total,driver_version", 5) {
		shown := visible == nil || slices.ContainsFunc(visible, func(v string) bool {
			return v == row[0] || strings.HasPrefix(v, "GPU-") && strings.HasPrefix(row[1], v)
		})
		if shown {
			memory, _ := strconv.Atoi(row[3]) // "[N/A]" on cards that share the machine's memory
			gpus = append(gpus, GPU{UUID: row[1], Name: row[2], MemoryMiB: memory, Driver: row[4]})
		}
	}
	return gpus
}

// GPUProcesses lists the programs on the visible cards.
func (m Machine) GPUProcesses(ctx context.Context) []GPUProcess {
	gpus := m.GPUs(ctx)
	var found []GPUProcess
	for _, row := range m.smi(ctx, "--query-compute-apps=gpu_uuid,pid,process_name,used_gpu_memory", 4) {
		pid, err := strconv.Atoi(row[1])
		if err != nil || !slices.ContainsFunc(gpus, func(g GPU) bool { return g.UUID == row[0] }) {
			continue
		}
		memory, _ := strconv.Atoi(row[3])
		found = append(found, GPUProcess{GPU: row[0], PID: pid, Name: row[2], MemoryMiB: memory})
	}
	return found
}

// visible is what CUDA_VISIBLE_DEVICES lists; nil: it is not set.
func (m Machine) visible() []string {
	for _, entry := range m.Environ {
		if value, set := strings.CutPrefix(entry, "CUDA_VISIBLE_DEVICES="); set {
			listed := []string{}
			for name := range strings.SplitSeq(value, ",") {
				listed = append(listed, strings.TrimSpace(name))
			}
			return listed
		}
	}
	return nil
}

// smi is the table that nvidia-smi prints for a query; nil where it can not.
func (m Machine) smi(ctx context.Context, query string, columns int) (rows [][]string) {
	path, err := m.LookPath("nvidia-smi")
	if err != nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, path, query, "--format=csv,noheader,nounits")
	cmd.Env = m.Environ
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), ", ")
		if len(fields) == columns {
			rows = append(rows, fields)
		}
	}
	return rows
}

// device names what computes: the GPUs that are visible, or the CPU. The same
// rows give another adapter, and the same question another answer, on another one.
func (r *run) device(ctx context.Context) string {
	if r.computes == "" {
		r.computes = r.machine.device(ctx)
	}
	return r.computes
}

func (m Machine) device(ctx context.Context) string {
	var names []string
	for _, gpu := range m.GPUs(ctx) {
		names = append(names, gpu.Name+", "+strconv.Itoa(gpu.MemoryMiB)+" MiB")
	}
	if names == nil {
		return "cpu"
	}
	return "cuda: " + strings.Join(names, "; ")
}
