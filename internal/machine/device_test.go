package machine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// card answers the queries that are asked of nvidia-smi as one with two GPUs does.
const card = `#!/bin/sh
case "$1" in
--query-gpu=uuid)
	echo "GPU-aaaa"
	echo "GPU-bbbb";;
--query-gpu=*)
	echo "0, GPU-aaaa, NVIDIA A, 24564, 550.54.14"
	echo "1, GPU-bbbb, NVIDIA B, [N/A], 550.54.14";;
--query-compute-apps=*)
	echo "GPU-aaaa, 4711, /usr/bin/game, 2048"
	echo "GPU-bbbb, 4712, python, 100";;
esac
`

func withGPUs(t *testing.T, environ ...string) (machine.Machine, *machinetest.Listener) {
	t.Helper()
	m, heard := machinetest.New(t)
	path := filepath.Join(t.TempDir(), "nvidia-smi")
	proctest.WriteFile(t, path, card)
	m.Environ = environ
	m.LookPath = func(string) (string, error) { return path, nil }
	return m, heard
}

func TestGPUs(t *testing.T) {
	t.Parallel()
	a := machine.GPU{UUID: "GPU-aaaa", Name: "NVIDIA A", MemoryMiB: 24564, Driver: "550.54.14"}
	b := machine.GPU{UUID: "GPU-bbbb", Name: "NVIDIA B", Driver: "550.54.14"}
	for environ, want := range map[string][]machine.GPU{
		"":                                 {a, b},
		"CUDA_VISIBLE_DEVICES=":            nil,
		"CUDA_VISIBLE_DEVICES=-1":          nil,
		"CUDA_VISIBLE_DEVICES=1":           {b},
		"CUDA_VISIBLE_DEVICES=GPU-aa":      {a},
		"CUDA_VISIBLE_DEVICES=1, GPU-aaaa": {a, b},
		"CUDA_VISIBLE_DEVICES=MIG-cccc":    {a, b},
	} {
		m, _ := withGPUs(t, environ)
		if diff := cmp.Diff(want, m.GPUs(t.Context())); diff != "" {
			t.Errorf("%q: %s", environ, diff)
		}
	}
	if m, _ := withGPUs(t, "CUDA_VISIBLE_DEVICES=0"); m.Device(t.Context()) != "cuda: NVIDIA A, 24564 MiB" {
		t.Errorf("the device is %q", m.Device(t.Context()))
	}
	m, _ := machinetest.New(t)
	if found := m.GPUs(t.Context()); found != nil || m.Device(t.Context()) != "cpu" {
		t.Errorf("without nvidia-smi: %v", found)
	}
}

// TestOneRunPerGPU: runs of different homes do not share a GPU, and what others
// do there is said.
func TestOneRunPerGPU(t *testing.T) {
	t.Parallel()
	m, heard := withGPUs(t, "CUDA_VISIBLE_DEVICES=0")
	_, release, err := m.LockGPUs(t.Context(), "a run of improve into main")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(heard.Text(), "process 4711 (/usr/bin/game) holds 2048 MiB of the GPU; it is left alone") || strings.Contains(heard.Text(), "4712") {
		t.Errorf("heard %q", heard.Text())
	}
	other := m
	other.Home, other.NoWait = filepath.Join(t.TempDir(), "other"), true
	if _, _, err := other.LockGPUs(t.Context(), "another"); !errors.Is(err, machine.ErrBusy) || !strings.Contains(err.Error(), "NVIDIA A is used by a run of improve") {
		t.Errorf("got %v", err)
	}
	other.Environ = []string{"CUDA_VISIBLE_DEVICES=1"}
	_, free, err := other.LockGPUs(t.Context(), "another")
	if err != nil {
		t.Fatal(err)
	}
	free()
	release()
}

// TestSilentCard: where a card is and nvidia-smi says nothing of it, no run takes
// it for a CPU.
func TestSilentCard(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	m.Card = filepath.Join(t.TempDir(), "nvidiactl")
	if _, release, err := m.LockGPUs(t.Context(), "a run"); err != nil {
		t.Errorf("without a card: %v", err)
	} else {
		release()
	}
	if err := os.WriteFile(m.Card, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.LockGPUs(t.Context(), "a run"); err == nil || !strings.Contains(err.Error(), "names no GPU") {
		t.Errorf("with a card: %v", err)
	}
	m.Environ = []string{"CUDA_VISIBLE_DEVICES="}
	if _, release, err := m.LockGPUs(t.Context(), "a run"); err != nil {
		t.Errorf("with a hidden card: %v", err)
	} else {
		release()
	}
}
