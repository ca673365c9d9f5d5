package machine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// card answers what is asked of nvidia-smi as one with two GPUs does, of which one
// is cut into slices.
const card = `#!/bin/sh
case "$1" in
--query-gpu=*)
	echo "0, GPU-aaaa, NVIDIA A, 24564, 550.54.14, 8.9"
	echo "1, GPU-bbbb, NVIDIA B, [N/A], 550.54.14, 7.5";;
--query-compute-apps=*)
	echo "GPU-aaaa, 4711, /usr/bin/game, of\033[2J chess, 2048"
	echo "GPU-bbbb, 4712, python, 100";;
-L)
	echo "GPU 0: NVIDIA A (UUID: GPU-aaaa)"
	echo "  MIG 1g.5gb      Device  0: (UUID: MIG-cccc)"
	echo "GPU 1: NVIDIA B (UUID: GPU-bbbb)";;
esac
`

// withSMI is a machine whose nvidia-smi is this script.
func withSMI(t *testing.T, script string, environ ...string) (machine.Machine, *machinetest.Listener) {
	t.Helper()
	m, heard := machinetest.New(t)
	path := filepath.Join(t.TempDir(), "nvidia-smi")
	proctest.WriteFile(t, path, script)
	m.Environ = environ
	m.LookPath = func(string) (string, error) { return path, nil }
	return m, heard
}

var (
	gpuA = machine.GPU{UUID: "GPU-aaaa", Name: "NVIDIA A", MemoryMiB: 24564, Driver: "550.54.14", Capability: 8.9}
	gpuB = machine.GPU{UUID: "GPU-bbbb", Name: "NVIDIA B", Driver: "550.54.14", Capability: 7.5}
)

func TestGPUs(t *testing.T) {
	t.Parallel()
	for environ, want := range map[string][]machine.GPU{
		"":                                  {gpuA, gpuB},
		"CUDA_VISIBLE_DEVICES=":             nil,
		"CUDA_VISIBLE_DEVICES=-1":           nil,
		"CUDA_VISIBLE_DEVICES=1":            {gpuB},
		"CUDA_VISIBLE_DEVICES=GPU-aa":       {gpuA},
		"CUDA_VISIBLE_DEVICES=1, GPU-aaaa":  {gpuB, gpuA},
		"CUDA_VISIBLE_DEVICES=0,7,1":        {gpuA},
		"CUDA_VISIBLE_DEVICES=7":            nil,
		"CUDA_VISIBLE_DEVICES=MIG-cccc":     {{UUID: "MIG-cccc", Name: "NVIDIA A MIG 1g.5gb", Driver: "550.54.14", Capability: 8.9}},
		"CUDA_VISIBLE_DEVICES=MIG-GPU-aaaa": nil,
	} {
		m, _ := withSMI(t, card, environ)
		if got, err := m.GPUs(t.Context()); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v, %s", environ, err, cmp.Diff(want, got))
		}
	}
	m, _ := machinetest.New(t)
	if found, err := m.GPUs(t.Context()); found != nil || err != nil {
		t.Errorf("without nvidia-smi: %v, %v", found, err)
	}
}

// TestOneOfTwoGPUs: the first visible card is used, and what a run starts sees it
// alone, by its UUID.
func TestOneOfTwoGPUs(t *testing.T) {
	t.Parallel()
	for environ, want := range map[string]struct{ device, shown, note string }{
		"":                                {"cuda: NVIDIA A, 24564 MiB", "GPU-aaaa", "2 GPUs are visible, only one is used: NVIDIA A, GPU-aaaa"},
		"CUDA_VISIBLE_DEVICES=1,0":        {"cuda: NVIDIA B, 0 MiB", "GPU-bbbb", "NVIDIA B (compute capability 7.5) only emulates bfloat16"},
		"CUDA_VISIBLE_DEVICES=0":          {"cuda: NVIDIA A, 24564 MiB", "GPU-aaaa", ""},
		"CUDA_VISIBLE_DEVICES=MIG-cccc":   {"cuda: NVIDIA A MIG 1g.5gb, 0 MiB", "MIG-cccc", ""},
		"CUDA_VISIBLE_DEVICES=7":          {"cpu", "", ""},
		"CUDA_VISIBLE_DEVICES=NoDevFiles": {"cpu", "", ""},
	} {
		m, heard := withSMI(t, card, environ)
		locked, release, err := m.LockGPU(t.Context(), config.Runner{}, "a run")
		if err != nil {
			t.Errorf("%q: %v", environ, err)
			continue
		}
		defer release()
		device, err := locked.Device(t.Context())
		if err != nil || device.String() != want.device || !slices.Contains(locked.Environ, "CUDA_VISIBLE_DEVICES="+want.shown) {
			t.Errorf("%q: %q, %v, programs see %q", environ, device, err, locked.Environ)
		}
		if said := heard.Text(); (want.note == "") != (len(device.Notes()) == 0) || !strings.Contains(said, want.note) {
			t.Errorf("%q: heard %q", environ, said)
		}
	}
	m, _ := withSMI(t, card)
	if _, release, err := m.LockGPU(t.Context(), config.Runner{}, "a run"); err != nil {
		t.Fatal(err)
	} else {
		defer release()
	}
	if _, err := os.Stat(filepath.Join(m.Locks, "GPU-bbbb.lock")); err == nil {
		t.Error("the card that is not used is locked")
	}
}

// TestOneRunPerGPU: runs of different homes do not share a GPU, and what others
// do there is said.
func TestOneRunPerGPU(t *testing.T) {
	t.Parallel()
	m, heard := withSMI(t, card, "CUDA_VISIBLE_DEVICES=0")
	_, release, err := m.LockGPU(t.Context(), config.Runner{}, "a run of \u202eimprove\x1b[2J into main")
	if err != nil {
		t.Fatal(err)
	}
	if said := heard.Text(); !strings.Contains(said, "process 4711 (/usr/bin/game, of[2J chess) holds 2048 MiB of GPU memory; it is left running") || strings.Contains(said, "4712") {
		t.Errorf("heard %q", said)
	}
	other := m
	other.Home, other.NoWait = filepath.Join(t.TempDir(), "other"), true
	if _, _, err := other.LockGPU(t.Context(), config.Runner{}, "another"); !errors.Is(err, machine.ErrBusy) || !strings.Contains(err.Error(), "NVIDIA A is in use by a run of improve[2J into main (") {
		t.Errorf("got %v", err)
	}
	other.Environ = []string{"CUDA_VISIBLE_DEVICES=1"}
	_, free, err := other.LockGPU(t.Context(), config.Runner{}, "another")
	if err != nil {
		t.Fatal(err)
	}
	free()
	release()
}

// TestNoCardIsUsedUnlocked: where a card may be and does not answer, no run takes
// the machine for one without; where there is none, what a run starts sees none.
func TestNoCardIsUsedUnlocked(t *testing.T) {
	t.Parallel()
	node := filepath.Join(t.TempDir(), "nvidia0")
	if err := os.WriteFile(node, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const (
		mismatch = "#!/bin/sh\necho 'Failed to initialize NVML: Driver/library version mismatch' >&2; exit 18\n"
		none     = "#!/bin/sh\necho 'No devices were found'; exit 6\n"
		nonsense = "#!/bin/sh\necho 'GPU is lost'\n"
	)
	declared := config.Runner{GPU: config.GPU{Class: "rtx-4090", Memory: 24e9}}
	for name, tt := range map[string]struct {
		smi     string // empty: there is none
		nodes   string
		environ string
		runner  config.Runner
		want    string // of the error; empty: a run takes the CPU
	}{
		"nothing":                     {want: ""},
		"a card of the config":        {runner: declared, want: "`runner.gpu` in the config declares rtx-4090"},
		"a node":                      {nodes: node, want: node + " exists"},
		"a hidden node":               {nodes: node, environ: "CUDA_VISIBLE_DEVICES="},
		"a hidden card of the config": {runner: declared, environ: "CUDA_VISIBLE_DEVICES=", want: "declares rtx-4090"},
		"a broken driver":             {smi: mismatch, want: "version mismatch (hint: "},
		"a hidden broken driver":      {smi: mismatch, environ: "CUDA_VISIBLE_DEVICES=-1"},
		"a slice of a broken driver":  {smi: mismatch, environ: "CUDA_VISIBLE_DEVICES=MIG-cccc", want: "version mismatch"},
		"a driver without a card":     {smi: none},
		"the same beside a node":      {smi: none, nodes: node, want: node + " exists"},
		"another answer":              {smi: nonsense, want: "it printed GPU is lost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := machinetest.New(t)
			if tt.smi != "" {
				m, _ = withSMI(t, tt.smi)
			}
			m.Environ, m.Nodes = []string{tt.environ}, tt.nodes
			locked, _, err := m.LockGPU(t.Context(), tt.runner, "a run")
			switch {
			case tt.want != "":
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v", err)
				}
			case err != nil || !slices.Contains(locked.Environ, "CUDA_VISIBLE_DEVICES="):
				t.Errorf("%v, programs see %q", err, locked.Environ)
			}
		})
	}
}

// TestFirstAnswerFails: nvidia-smi may fail the first time after a start.
func TestFirstAnswerFails(t *testing.T) {
	t.Parallel()
	once := filepath.Join(t.TempDir(), "once")
	m, _ := withSMI(t, fmt.Sprintf("#!/bin/sh\n[ -e %[1]s ] || { touch %[1]s; exit 9; }\n", once)+strings.TrimPrefix(card, "#!/bin/sh\n"), "PATH="+os.Getenv("PATH"))
	locked, release, err := m.LockGPU(t.Context(), config.Runner{}, "a run")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if device, err := locked.Device(t.Context()); err != nil || device.GPU == nil || device.GPU.UUID != "GPU-aaaa" {
		t.Errorf("%+v, %v", device, err)
	}
	if _, err := os.Stat(filepath.Join(m.Locks, "GPU-aaaa.lock")); err != nil {
		t.Error(err)
	}
}
