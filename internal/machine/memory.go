package machine

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/train"
)

// TrainingMemory compares what a training takes of a graphics card's memory with
// what the card has. All sizes are bytes.
type TrainingMemory struct {
	Card         GPU
	Quantization string
	Has          int64 // 0: the card does not tell
	Needs        int64 // by train's rule of thumb
	Weights      int64 // of Needs, what the base's weights alone take
}

// MemoryToTrain is about the card with the least memory, of at least one, and a
// base of this many parameters.
func MemoryToTrain(cards []GPU, quantization string, parameters int64) TrainingMemory {
	smallest := slices.MinFunc(cards, func(a, b GPU) int { return cmp.Compare(a.MemoryMiB, b.MemoryMiB) })
	needs := train.Memory(quantization, parameters)
	return TrainingMemory{
		Card: smallest, Quantization: quantization,
		Has: int64(smallest.MemoryMiB) << 20, Needs: needs, Weights: needs - train.Activations,
	}
}

// TooSmall says that not even the weights fit.
func (m TrainingMemory) TooSmall() bool { return m.Has > 0 && m.Has < m.Weights }

// Fix says what to do where the card is too small.
func (m TrainingMemory) Fix() string {
	const other = "use a card with more memory, or a smaller base"
	if m.Quantization == "nf4" {
		return other
	}
	return "write `quantization: nf4` under `train:` of the config, or " + other
}
