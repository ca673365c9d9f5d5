package doctor

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/text"
)

// memoryChecks compare the card with what training needs, and with the
// model that is served for the questions.
func memoryChecks(_ context.Context, in inspection) []check.Check {
	if in.device.GPU == nil || in.config == nil || in.base.parameters == 0 {
		return nil
	}
	memory := machine.MemoryToTrain(*in.device.GPU, in.config.Train.Quantization, in.base.parameters)
	return []check.Check{memoryCheck(memory, in.base)}
}

func memoryCheck(memory machine.TrainingMemory, base baseModel) check.Check {
	if memory.Has == 0 {
		return check.Passed("memory", "the card does not report its memory")
	}
	found := fmt.Sprintf("%s, about %s to train %s parameters with quantization %s",
		text.Bytes(memory.Has), text.Bytes(memory.Needs), billions(base.parameters), memory.Quantization)
	served := 2*base.parameters + 1e9
	switch {
	case memory.TooSmall():
		return check.Failed("memory", found, memory.Fix())
	case memory.Has < memory.Needs:
		return check.Warned("memory", found,
			"if training runs out of memory, set a smaller `micro_batch_size` or `sequence_len` under `train:` in the config")
	case memory.Has < served:
		return check.Warned("memory", fmt.Sprintf("%s; %s to serve it as F16, so Ollama computes part of it on the CPU", found, text.Bytes(served)),
			"not required: a card with more memory, or a smaller base, answers faster")
	}
	return check.Passed("memory", found)
}
