package machine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
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
// visible; none without nvidia-smi. A slice of a card ("MIG-...") does not tell
// whose it is: then all are taken for visible.
func (m Machine) GPUs(ctx context.Context) []GPU {
	visible := m.visible()
	var gpus []GPU
	for _, row := range m.smi(ctx, "--query-gpu=index,uuid,name,memory.total,driver_version", 5) {
		shown := visible == nil || slices.ContainsFunc(visible, func(v string) bool {
			return v == row[0] || strings.HasPrefix(v, "GPU-") && strings.HasPrefix(row[1], v) || strings.HasPrefix(v, "MIG-")
		})
		if shown {
			memory, _ := strconv.Atoi(row[3]) // "[N/A]" on cards that share the machine's memory
			gpus = append(gpus, GPU{UUID: row[1], Name: row[2], MemoryMiB: memory, Driver: row[4]})
		}
	}
	return gpus
}

// silentCard is the error of a machine whose card does not answer: training would
// use it all the same, without its lock and under the name of the CPU.
func (m Machine) silentCard(ctx context.Context) error {
	visible := m.visible()
	hidden := len(visible) == 1 && (visible[0] == "" || visible[0] == "-1")
	if _, err := os.Stat(m.Card); err != nil || hidden || m.smi(ctx, "--query-gpu=uuid", 1) != nil {
		return nil
	}
	return fmt.Errorf("%s is there, and nvidia-smi names no GPU (hint: `nvidia-smi -L` says why; CUDA_VISIBLE_DEVICES= leaves the card alone and runs on the CPU)", m.Card)
}

// GPUProcesses lists the programs on these cards.
func (m Machine) GPUProcesses(ctx context.Context, gpus []GPU) []GPUProcess {
	if len(gpus) == 0 {
		return nil
	}
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

// smi is the table that nvidia-smi prints for a query; nil where it cannot.
func (m Machine) smi(ctx context.Context, query string, columns int) (rows [][]string) {
	path, err := m.LookPath("nvidia-smi")
	if err != nil {
		return nil
	}
	cmd, done := m.Question(ctx, path, query, "--format=csv,noheader,nounits")
	defer done()
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

// A program that is only asked something gets so long, and what it started, which
// may hold its output open, a moment more.
const (
	questionWait = 10 * time.Second
	outputWait   = time.Second
)

// Question prepares a program that is asked something, such as its version: it
// is ended after 10 seconds. The caller calls done when it has the answer.
func (m Machine) Question(ctx context.Context, path string, args ...string) (cmd *exec.Cmd, done context.CancelFunc) {
	ctx, done = context.WithTimeout(ctx, questionWait)
	cmd = exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.WaitDelay = m.Environ, outputWait
	return cmd, done
}

// Device names what computes: the GPUs that are visible, or the CPU. The same
// rows give another adapter, and the same question another answer, on another one.
func (m Machine) Device(ctx context.Context) string {
	var names []string
	for _, gpu := range m.GPUs(ctx) {
		names = append(names, gpu.Name+", "+strconv.Itoa(gpu.MemoryMiB)+" MiB")
	}
	if names == nil {
		return "cpu"
	}
	return "cuda: " + strings.Join(names, "; ")
}
