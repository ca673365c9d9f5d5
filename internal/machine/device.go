package machine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tunegate/tunegate/internal/proc"
)

// GPU is a graphics card, or a slice of one, that this process may use.
type GPU struct {
	UUID       string  `json:"uuid"`
	Name       string  `json:"name"`
	MemoryMiB  int     `json:"memory_mib"` // total; 0: unknown
	Driver     string  `json:"driver"`     // its version
	Capability float64 `json:"capability"` // CUDA's compute capability; 0: unknown
}

// minBF16 is the first compute capability with bfloat16; older cards only emulate it.
const minBF16 = 8.0

// BF16 reports whether the card supports bfloat16. The trainer checks this itself, and
// uses float32 otherwise.
func (g GPU) BF16() bool { return g.Capability == 0 || g.Capability >= minBF16 }

// GPUProcess is a program that uses a GPU's memory.
type GPUProcess struct {
	GPU       string `json:"gpu"` // its UUID
	PID       int    `json:"pid"`
	Name      string `json:"name"`
	MemoryMiB int    `json:"memory_mib"`
}

// Device is what computes: a graphics card, or the CPU without one.
type Device struct {
	GPU    *GPU
	Others int // other visible cards, which stay unused
}

// String identifies a device in keys: the same rows give a different adapter, and the
// same prompt a different answer, on another device.
func (d Device) String() string {
	if d.GPU == nil {
		return "cpu"
	}
	return "cuda: " + d.GPU.Name + ", " + strconv.Itoa(d.GPU.MemoryMiB) + " MiB"
}

// Notes tell which of several cards is used, and what it lacks.
func (d Device) Notes() []string {
	var notes []string
	if d.Others > 0 {
		notes = append(notes, fmt.Sprintf("%d GPUs are visible, only one is used: %s, %s (hint: set CUDA_VISIBLE_DEVICES to choose another)",
			d.Others+1, d.GPU.Name, d.GPU.UUID))
	}
	if d.GPU != nil && !d.GPU.BF16() {
		notes = append(notes, fmt.Sprintf("%s (compute capability %.1f) only emulates bfloat16, so training uses float32, which is slower and needs more memory (hint: use a GPU with compute capability %.1f or newer)",
			d.GPU.Name, d.GPU.Capability, minBF16))
	}
	return notes
}

// Device returns what this machine computes on: the first visible card, or the CPU. A
// card that may exist but does not answer is an error: training would use it anyway,
// without its lock and recorded as the CPU.
func (m Machine) Device(ctx context.Context) (Device, error) {
	if m.device != nil {
		return *m.device, nil
	}
	gpus, err := m.GPUs(ctx)
	if err != nil {
		return Device{}, err
	}
	if len(gpus) > 0 {
		return Device{GPU: &gpus[0], Others: len(gpus) - 1}, nil
	}
	if m.visible() != nil {
		return Device{}, nil
	}
	if nodes, err := filepath.Glob(m.Nodes); err == nil && len(nodes) > 0 {
		return Device{}, fmt.Errorf("%s exists, but nvidia-smi lists no GPU (hint: run `nvidia-smi -L` to see why; %s)", nodes[0], onCPU)
	}
	return Device{}, nil
}

const onCPU = "or set CUDA_VISIBLE_DEVICES= to run on the CPU"

// On returns a machine whose programs see this device and no other card.
func (m Machine) On(d Device) Machine {
	shown := ""
	if d.GPU != nil {
		shown = d.GPU.UUID
	}
	m.device = &d
	m.Environ = proc.WithEnv(m.Environ, VisibleDevices, shown)
	return m
}

// GPUs lists nvidia-smi's cards that CUDA_VISIBLE_DEVICES leaves visible, in that order
// and with nvidia-smi's numbers; none without nvidia-smi. The error explains why
// nvidia-smi cannot tell.
func (m Machine) GPUs(ctx context.Context) ([]GPU, error) {
	visible := m.visible()
	if len(visible) == 1 && (visible[0] == "" || visible[0] == "-1") {
		return nil, nil
	}
	const columns = "index,uuid,name,memory.total,driver_version,compute_cap"
	rows, err := m.smi(ctx, "--query-gpu="+columns, strings.Count(columns, ",")+1)
	if err != nil {
		return nil, err
	}
	gpus := map[string]GPU{} // by index
	var all []GPU
	for _, row := range rows {
		memory, _ := strconv.Atoi(row[3]) // "[N/A]" on cards that share the machine's memory
		capability, _ := strconv.ParseFloat(row[5], 64)
		gpu := GPU{UUID: row[1], Name: row[2], MemoryMiB: memory, Driver: row[4], Capability: capability}
		all, gpus[row[0]] = append(all, gpu), gpu
	}
	if visible == nil {
		return all, nil
	}
	var chosen []GPU
	for _, name := range visible {
		gpu, known := gpus[name]
		if !known && strings.HasPrefix(name, "GPU-") {
			at := slices.IndexFunc(all, func(g GPU) bool { return strings.HasPrefix(g.UUID, name) })
			if known = at >= 0; known {
				gpu = all[at]
			}
		}
		if !known && strings.HasPrefix(name, "MIG-") {
			if gpu, known, err = m.slice(ctx, name, all); err != nil {
				return nil, err
			}
		}
		if !known { // like CUDA, which ignores the rest
			break
		}
		chosen = append(chosen, gpu)
	}
	return chosen, nil
}

// slice returns the slice of a card (Multi-Instance GPU) in CUDA_VISIBLE_DEVICES.
func (m Machine) slice(ctx context.Context, name string, cards []GPU) (slice GPU, known bool, err error) {
	out, err := m.ask(ctx, "-L")
	if err != nil {
		return GPU{}, false, fmt.Errorf("nvidia-smi cannot identify the slice %s: %w (hint: check CUDA_VISIBLE_DEVICES; %s)", name, err, onCPU)
	}
	var of GPU // the card that the line belongs to
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if at := slices.IndexFunc(cards, func(g GPU) bool { return strings.Contains(line, "(UUID: "+g.UUID+")") }); at >= 0 {
			of = cards[at]
		}
		kind, uuid, found := strings.Cut(line, "(UUID: ")
		if uuid = strings.TrimSuffix(uuid, ")"); !found || !strings.HasPrefix(uuid, name) {
			continue
		}
		kind, _, _ = strings.Cut(kind, " Device")
		return GPU{UUID: uuid, Name: of.Name + " " + strings.Join(strings.Fields(kind), " "), Driver: of.Driver, Capability: of.Capability}, true, nil
	}
	return GPU{}, false, nil
}

// GPUProcesses lists the programs that use these cards.
func (m Machine) GPUProcesses(ctx context.Context, gpus []GPU) ([]GPUProcess, error) {
	if len(gpus) == 0 {
		return nil, nil
	}
	const first, last = 2, 1 // columns around the name, which may contain separators
	rows, err := m.smi(ctx, "--query-compute-apps=gpu_uuid,pid,process_name,used_gpu_memory", first+1+last)
	var found []GPUProcess
	for _, row := range rows {
		pid, err := strconv.Atoi(row[1])
		if err != nil || !slices.ContainsFunc(gpus, func(g GPU) bool { return g.UUID == row[0] }) {
			continue
		}
		end := len(row) - last
		memory, _ := strconv.Atoi(row[end])
		found = append(found, GPUProcess{GPU: row[0], PID: pid, Name: strings.Join(row[first:end], separator), MemoryMiB: memory})
	}
	return found, err
}

// VisibleDevices is the variable that limits the cards that CUDA sees.
const VisibleDevices = "CUDA_VISIBLE_DEVICES"

// visible returns the entries of CUDA_VISIBLE_DEVICES; nil: not set.
func (m Machine) visible() []string {
	value, set := proc.LookupEnv(m.Environ, VisibleDevices)
	if !set {
		return nil
	}
	listed := []string{}
	for name := range strings.SplitSeq(value, ",") {
		listed = append(listed, strings.TrimSpace(name))
	}
	return listed
}
