package runner

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/text"
	"github.com/tunegate/tunegate/internal/train"
)

// ofMemory is the share of the declared memory that a card must report: error
// correction takes some of it.
const ofMemory = 0.95

// largeForCPU is the number of parameters that no CPU trains within a day.
const largeForCPU = 1e9

// gpuChecks compare the cards that a run would see with what the config
// declares and the base model needs, and list the programs on them.
func gpuChecks(ctx context.Context, m machine.Machine, wants wanted, base baseModel) []Check {
	cards := m.GPUs(ctx)
	if len(cards) == 0 {
		return []Check{noCard(ctx, m, wants, base)}
	}
	var found []string
	for _, card := range cards {
		found = append(found, fmt.Sprintf("%s, %d MiB, driver %s", card.Name, card.MemoryMiB, card.Driver))
	}
	checks := []Check{judge("gpu", true, strings.Join(found, "; "), "")}
	if declared := wants.runner.GPU; declared != (config.GPU{}) {
		if mistake := differs(cards, declared); mistake != "" {
			checks[0] = judge("gpu", false, mistake, "run this on the machine that `runner.gpu` of the config means, or declare there what `nvidia-smi` shows")
		}
	}
	if check := cudaCheck(ctx, m, wants.runner.Python); check.Name != "" {
		checks = append(checks, check)
	}
	if wants.config != nil && base.parameters > 0 {
		checks = append(checks, memoryCheck(cards, wants.config.Train, base))
	}
	return append(checks, foreignChecks(ctx, m, cards)...)
}

// noCard is right for a machine without one, which trains on its CPU.
func noCard(ctx context.Context, m machine.Machine, wants wanted, base baseModel) Check {
	path, err := m.LookPath("nvidia-smi")
	chosen, chose := visible(m.Environ)
	hidden := chose && (chosen == "" || chosen == "-1")
	switch {
	case err == nil && !hidden:
		cmd, done := m.Question(ctx, path, "-L")
		defer done()
		out, broken := cmd.CombinedOutput()
		said := strings.TrimSpace(string(out))
		if said == "" {
			said = fmt.Sprintf("nothing (%v)", broken)
		}
		check := Check{
			Name: "gpu", Level: Warn, Found: fmt.Sprintf("no card can be used; %s -L says: %.300s", path, said),
			Mend: "after an update of the driver restart the machine: `" + asRoot("reboot") + "`; else install NVIDIA's driver again",
		}
		if wants.runner.GPU != (config.GPU{}) {
			check.Level = Fail
		}
		if chose && broken == nil {
			check.Found, check.Mend = fmt.Sprintf("CUDA_VISIBLE_DEVICES names no card of this machine: %.100q", chosen), "unset CUDA_VISIBLE_DEVICES"
		}
		return check
	case wants.runner.GPU != config.GPU{} && err == nil:
		return judge("gpu", false, "CUDA_VISIBLE_DEVICES hides every card, and the config declares "+wants.runner.GPU.Class, "unset CUDA_VISIBLE_DEVICES")
	case wants.runner.GPU != config.GPU{}:
		return judge("gpu", false, "no nvidia-smi on PATH, and the config declares "+wants.runner.GPU.Class,
			"install NVIDIA's driver (`"+install("nvidia-driver")+"` on Debian), or take `gpu` out of `runner:` in the config to train on the CPU")
	case base.parameters > largeForCPU:
		return Check{
			Name: "gpu", Level: Warn, Found: "none: a base of " + billions(base.parameters) + " parameters takes days on a CPU",
			Mend: "use a machine with an NVIDIA card, or a smaller base",
		}
	}
	return judge("gpu", true, "none: training runs on the CPU", "")
}

// visible is what CUDA_VISIBLE_DEVICES lists, where it is set.
func visible(environ []string) (value string, set bool) {
	for _, entry := range environ {
		if value, set := strings.CutPrefix(entry, "CUDA_VISIBLE_DEVICES="); set {
			return value, true
		}
	}
	return "", false
}

// differs says how the cards are other ones than the declared class.
func differs(cards []machine.GPU, declared config.GPU) string {
	for _, card := range cards {
		for _, word := range parts(declared.Class) {
			if !slices.Contains(parts(card.Name), word) {
				return fmt.Sprintf("the config declares %s, this is %s", declared.Class, card.Name)
			}
		}
		if memory := int64(card.MemoryMiB) << 20; float64(memory) < ofMemory*float64(declared.Memory) {
			return fmt.Sprintf("the config declares %s of memory, this %s has %s", text.Bytes(declared.Memory), card.Name, text.Bytes(memory))
		}
	}
	return ""
}

var nameParts = regexp.MustCompile(`[a-z]{2,}|[a-z]?[0-9]+[a-z]*|[a-z]`)

// parts are the words and numbers of a card's name: rtx and 4090 of both
// "NVIDIA GeForce RTX 4090" and "rtx4090".
func parts(name string) []string { return nameParts.FindAllString(strings.ToLower(name), -1) }

// memoryCheck compares the smallest card with what training needs, and with the
// model that is served for the questions.
func memoryCheck(cards []machine.GPU, options train.Options, base baseModel) Check {
	smallest := slices.MinFunc(cards, func(a, b machine.GPU) int { return a.MemoryMiB - b.MemoryMiB })
	has, needs := int64(smallest.MemoryMiB)<<20, train.Memory(options.Quantization, base.parameters)
	if has == 0 {
		return Check{Name: "memory", Level: OK, Found: "the card does not tell its memory"}
	}
	found := fmt.Sprintf("%s, about %s to train %s parameters with quantization %s", text.Bytes(has), text.Bytes(needs), billions(base.parameters), options.Quantization)
	const (
		quantize = "write `quantization: nf4` under `train:` of the config"
		smaller  = "where it runs out of memory, write a smaller `micro_batch_size` or `sequence_len` under `train:` of the config"
	)
	served := 2*base.parameters + 1e9
	switch weights := needs - train.Activations; {
	case has < weights && options.Quantization != "nf4":
		return judge("memory", false, found, quantize+", or use a card with more memory, or a smaller base")
	case has < weights:
		return judge("memory", false, found, "use a card with more memory, or a smaller base")
	case has < needs:
		return Check{
			Name: "memory", Level: Warn, Found: found,
			Mend: smaller,
		}
	case has < served:
		return Check{
			Name: "memory", Level: Warn, Found: fmt.Sprintf("%s; %s to serve it as F16, so Ollama computes part of it on the CPU", found, text.Bytes(served)),
			Mend: "nothing stops; a card with more memory, or a smaller base, answers faster",
		}
	}
	return judge("memory", true, found, "")
}

// cudaProgram says whether this torch can use the card with this driver.
const cudaProgram = `
import torch
torch.zeros(1, device="cuda")
print("torch", torch.__version__, "with CUDA", torch.version.cuda)
`

const cudaWait = 2 * time.Minute

// cudaCheck has the trainer's torch use the card; no check without Python.
func cudaCheck(ctx context.Context, m machine.Machine, configured string) Check {
	path, err := python.Locate(ctx, m.Launcher, m.Home, python.Tools{LookPath: m.LookPath, Env: m.Environ}, configured)
	if err != nil {
		return Check{}
	}
	ctx, cancel := context.WithTimeout(ctx, cudaWait)
	defer cancel()
	tail, err := m.Launcher.Run(ctx, proc.Command{
		Name: "torch", Path: path, Args: []string{"-I", "-B", "-c", cudaProgram}, Env: proc.CleanEnv(m.Environ),
	}, nil)
	if err != nil {
		return judge("cuda", false, fmt.Sprintf("torch can not use the card: %v\n%s", err, tail.Last(5)),
			"install a newer NVIDIA driver (https://www.nvidia.com/drivers), then restart the machine: `"+asRoot("reboot")+"`")
	}
	return judge("cuda", true, tail.String(), "")
}

// foreignChecks list the programs on the cards that are none of this home.
func foreignChecks(ctx context.Context, m machine.Machine, cards []machine.GPU) []Check {
	var found []string
	for _, p := range m.GPUProcesses(ctx, cards) {
		if !strings.HasPrefix(p.Name, m.Home+"/") {
			found = append(found, fmt.Sprintf("%s (process %d) holds %d MiB", p.Name, p.PID, p.MemoryMiB))
		}
	}
	if found == nil {
		return nil
	}
	return []Check{{
		Name: "sharing", Level: Warn, Found: strings.Join(found, "\n"),
		Mend: "they are left alone; where training then lacks memory, wait for their end: `nvidia-smi` shows them",
	}}
}
