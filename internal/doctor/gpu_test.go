package doctor

import (
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/train"
)

func TestParts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"NVIDIA GeForce RTX 4090": "nvidia geforce rtx 4090", "rtx4090": "rtx 4090", "RTX-4090": "rtx 4090",
		"NVIDIA H100 80GB HBM3": "nvidia h100 80gb hbm 3", "a10g": "a10g", "Tesla T4": "tesla t4", "": "",
	} {
		if got := strings.Join(parts(name), " "); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

const (
	smiCard = `case "$*" in
*query-gpu*) echo "0, GPU-1, NVIDIA GeForce RTX 4090, 24564, 570.86, 8.9";;
*query-compute-apps*) echo "GPU-1, 4711, /usr/bin/ollama, 5120";;
esac`
	smiTwo    = `case "$*" in *query-gpu*) echo "0, GPU-1, NVIDIA GeForce RTX 4090, 24564, 570.86, 8.9"; echo "1, GPU-2, NVIDIA T400, 2048, 570.86, 7.5";; esac`
	smiOld    = `case "$*" in *query-gpu*) echo "0, GPU-3, Tesla T4, 15360, 570.86, 7.5";; esac`
	smiNone   = `echo "No devices were found"; exit 6`
	smiBroken = `echo "Failed to initialize NVML: Driver/library version mismatch" >&2; exit 18`
)

// withDevice is the inspection with what its machine computes on.
func withDevice(t *testing.T, in inspection) inspection {
	t.Helper()
	in.device, in.deviceErr = in.machine.Device(t.Context())
	return in
}

func TestGPUChecks(t *testing.T) {
	t.Parallel()
	declared := func(class string, memory int64) config.GPU { return config.GPU{Class: class, Memory: memory} }
	card := map[string]string{"nvidia-smi": smiCard}
	const billion = int64(1e9)
	for name, tt := range map[string]struct {
		programs map[string]string
		environ  []string
		gpu      config.GPU
		base     baseModel
		quantize string
		want     []string // level, name and a part of what was found, of each got
	}{
		"no card, none declared": {nil, nil, config.GPU{}, baseModel{}, "", []string{"ok gpu none: training runs on the CPU"}},
		"no card, a large base":  {nil, nil, config.GPU{}, baseModel{parameters: 7 * billion}, "nf4", []string{"warn gpu 7.0 billion parameters takes days"}},
		"no card, one declared":  {nil, nil, declared("t4", 16e9), baseModel{}, "", []string{"fail gpu the config declares t4"}},
		"a broken driver":        {map[string]string{"nvidia-smi": smiBroken}, nil, config.GPU{}, baseModel{}, "", []string{"fail gpu version mismatch"}},
		"a broken driver, a declared card": {map[string]string{"nvidia-smi": smiBroken}, nil, declared("t4", 16e9), baseModel{}, "",
			[]string{"fail gpu version mismatch"}},
		"a hidden card":                     {card, []string{"CUDA_VISIBLE_DEVICES="}, config.GPU{}, baseModel{}, "", []string{"ok gpu none"}},
		"a card that is not there":          {card, []string{"CUDA_VISIBLE_DEVICES=7"}, config.GPU{}, baseModel{}, "", []string{"warn gpu CUDA_VISIBLE_DEVICES names no card of this machine, so training runs on the CPU: \"7\""}},
		"a declared card that is not there": {card, []string{"CUDA_VISIBLE_DEVICES=7"}, declared("t4", 16e9), baseModel{}, "", []string{"fail gpu CUDA_VISIBLE_DEVICES names no card"}},
		"a driver without a card":           {map[string]string{"nvidia-smi": smiNone}, nil, config.GPU{}, baseModel{}, "", []string{"ok gpu none"}},
		"a declared one without a card":     {map[string]string{"nvidia-smi": smiNone}, nil, declared("t4", 16e9), baseModel{}, "", []string{"fail gpu nvidia-smi lists no card"}},
		"two cards":                         {map[string]string{"nvidia-smi": smiTwo}, nil, declared("rtx-4090", 24e9), baseModel{}, "", []string{"ok gpu 2 GPUs are visible, only one is used: NVIDIA GeForce RTX 4090, GPU-1"}},
		"a card without bfloat16":           {map[string]string{"nvidia-smi": smiOld}, nil, config.GPU{}, baseModel{parameters: 6 * billion}, "none", []string{"ok gpu (compute capability 7.5) only emulates bfloat16", "fail memory about 29.5 GB"}},
		"a broken driver, one chosen": {map[string]string{"nvidia-smi": smiBroken}, []string{"CUDA_VISIBLE_DEVICES=0"}, config.GPU{}, baseModel{}, "",
			[]string{"fail gpu version mismatch"}},
		"a hidden, declared card": {card, []string{"CUDA_VISIBLE_DEVICES=-1"}, declared("t4", 16e9), baseModel{}, "", []string{"fail gpu CUDA_VISIBLE_DEVICES hides"}},
		"the declared card":       {card, nil, declared("rtx-4090", 24e9), baseModel{}, "", []string{"ok gpu 24564 MiB, driver 570.86", "warn sharing /usr/bin/ollama (process 4711) holds 5120 MiB"}},
		"another card":            {card, nil, declared("h100", 24e9), baseModel{}, "", []string{"fail gpu declares h100, this is NVIDIA GeForce RTX 4090", "warn sharing "}},
		"less memory":             {card, nil, declared("rtx", 48e9), baseModel{}, "", []string{"fail gpu declares 48 GB of memory", "warn sharing "}},
		"a base that fits":        {card, nil, config.GPU{}, baseModel{parameters: 8 * billion}, "nf4", []string{"ok gpu ", "ok memory 25.8 GB, about 10.9 GB", "warn sharing "}},
		"served on the CPU":       {card, nil, config.GPU{}, baseModel{parameters: 14 * billion}, "nf4", []string{"ok gpu ", "warn memory 29 GB to serve it", "warn sharing "}},
		"16 bit does not fit":     {card, nil, config.GPU{}, baseModel{parameters: 14 * billion}, "none", []string{"ok gpu ", "fail memory about 35.5 GB", "warn sharing "}},
		"16 bit just fits":        {card, nil, config.GPU{}, baseModel{parameters: 10 * billion}, "none", []string{"ok gpu ", "warn memory about 26.5 GB", "warn sharing "}},
		"nothing fits":            {card, nil, config.GPU{}, baseModel{parameters: 70 * billion}, "nf4", []string{"ok gpu ", "fail memory about 64.2 GB", "warn sharing "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, tt.programs)
			m.Environ = tt.environ
			wants := wanted{
				runner: config.Runner{Python: config.Auto, GPU: tt.gpu},
				config: &config.Config{Train: train.Options{Quantization: tt.quantize}},
			}
			in := withDevice(t, inspection{machine: m, wanted: wants, base: tt.base})
			var checks []check.Check
			for _, look := range []look{one(gpuCheck), cudaChecks, memoryChecks, sharingChecks} {
				checks = append(checks, look(t.Context(), in)...)
			}
			matches := slices.EqualFunc(checks, tt.want, func(c check.Check, want string) bool {
				level, rest, _ := strings.Cut(want, " ")
				name, found, _ := strings.Cut(rest, " ")
				return string(c.Level) == level && c.Name == name && strings.Contains(c.Found, found)
			})
			if !matches {
				t.Errorf("%+v", checks)
			}
		})
	}
}

func TestProgramsOfThisHomeAreNotForeign(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"nvidia-smi": smiCard})
	m.Home = "/usr/bin"
	if checks := sharingChecks(t.Context(), withDevice(t, inspection{machine: m})); checks != nil {
		t.Errorf("%+v", checks)
	}
}

func TestMemoryCheckOfACardThatTellsNone(t *testing.T) {
	t.Parallel()
	got := memoryCheck(machine.MemoryToTrain(machine.GPU{Name: "NVIDIA GB10"}, "nf4", 1e9), baseModel{parameters: 1e9})
	if got.Level != check.OK {
		t.Errorf("%+v", got)
	}
}
