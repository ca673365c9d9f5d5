package doctor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/text"
)

// ofMemory is the fraction of the declared memory that a card must report: error
// correction takes some of it.
const ofMemory = 0.95

// largeForCPU is the number of parameters beyond which a CPU trains for more than a day.
const largeForCPU = 1e9

// gpuCheck compares the card that a run would use with what the config declares.
func gpuCheck(_ context.Context, in inspection) check.Check {
	if in.deviceErr != nil {
		return check.Failed("gpu", in.deviceErr.Error(),
			"if the driver was updated, restart the machine: `"+asRoot("reboot")+"`; otherwise reinstall NVIDIA's driver, or train on the CPU: `export CUDA_VISIBLE_DEVICES=`")
	}
	if in.device.GPU == nil {
		return noCard(in)
	}
	card := *in.device.GPU
	if declared := in.runner.GPU; declared != (config.GPU{}) {
		if mistake := differs(card, declared); mistake != "" {
			return check.Failed("gpu", mistake, "run this on the machine that `runner.gpu` of the config describes, or declare the card that `nvidia-smi` shows")
		}
	}
	found := []string{fmt.Sprintf("%s, %d MiB, driver %s", card.Name, card.MemoryMiB, card.Driver)}
	return check.Passed("gpu", strings.Join(append(found, in.device.Notes()...), "\n"))
}

// noCard is the check of a machine without a card, which trains on its CPU.
func noCard(in inspection) check.Check {
	_, err := in.machine.LookPath("nvidia-smi")
	chosen, chose := proc.LookupEnv(in.machine.Environ, machine.VisibleDevices)
	hidden := chose && (chosen == "" || chosen == "-1")
	declared := in.runner.GPU != (config.GPU{})
	const unset = "unset CUDA_VISIBLE_DEVICES"
	switch {
	case declared && hidden:
		return check.Failed("gpu", "CUDA_VISIBLE_DEVICES hides every card, and the config declares "+in.runner.GPU.Class, unset)
	case chose && !hidden && err == nil:
		wrong := check.Warned("gpu", fmt.Sprintf("CUDA_VISIBLE_DEVICES names no card of this machine, so training runs on the CPU: %.100q", chosen), unset)
		if declared {
			wrong.Level = check.Fail
		}
		return wrong
	case declared && err == nil:
		return check.Failed("gpu", "nvidia-smi lists no card, and the config declares "+in.runner.GPU.Class,
			"check `nvidia-smi -L`, or remove `gpu` from `runner:` in the config to train on the CPU")
	case declared:
		return check.Failed("gpu", "no nvidia-smi on PATH, and the config declares "+in.runner.GPU.Class,
			"install NVIDIA's driver (`"+install("nvidia-driver")+"` on Debian), or remove `gpu` from `runner:` in the config to train on the CPU")
	case in.base.parameters > largeForCPU:
		return check.Warned("gpu", "none: a base of "+billions(in.base.parameters)+" parameters takes days on a CPU",
			"use a machine with an NVIDIA card, or a smaller base")
	}
	return check.Passed("gpu", "none: training runs on the CPU")
}

// differs describes how the card differs from the declared class.
func differs(card machine.GPU, declared config.GPU) string {
	for _, word := range parts(declared.Class) {
		if !slices.Contains(parts(card.Name), word) {
			return fmt.Sprintf("the config declares %s, this is %s", declared.Class, card.Name)
		}
	}
	if memory := int64(card.MemoryMiB) << 20; float64(memory) < ofMemory*float64(declared.Memory) {
		return fmt.Sprintf("the config declares %s of memory, this %s has %s", text.Bytes(declared.Memory), card.Name, text.Bytes(memory))
	}
	return ""
}

var nameParts = regexp.MustCompile(`[a-z]{2,}|[a-z]?[0-9]+[a-z]*|[a-z]`)

// parts are the words and numbers of a card's name: rtx and 4090 of both
// "NVIDIA GeForce RTX 4090" and "rtx4090".
func parts(name string) []string { return nameParts.FindAllString(strings.ToLower(name), -1) }
