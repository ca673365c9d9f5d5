package machine

import "github.com/tunegate/tunegate/internal/train"

// TrainingMemory compares a training's GPU memory with the card's. All sizes are bytes.
type TrainingMemory struct {
	Card         GPU
	Quantization string
	Has          int64 // 0: unknown
	Needs        int64 // by train's rule of thumb
	Weights      int64 // the part of Needs for the base's weights
}

// MemoryToTrain compares a card with a base of this many parameters.
func MemoryToTrain(card GPU, quantization string, parameters int64) TrainingMemory {
	needs := train.Memory(quantization, parameters)
	if quantization != "nf4" && !card.BF16() {
		needs += 2 * parameters // float32 weights
	}
	return TrainingMemory{
		Card: card, Quantization: quantization,
		Has: int64(card.MemoryMiB) << 20, Needs: needs, Weights: needs - train.Activations,
	}
}

// TooSmall reports that not even the weights fit.
func (m TrainingMemory) TooSmall() bool { return m.Has > 0 && m.Has < m.Weights }

// Fix tells what to do if the card is too small.
func (m TrainingMemory) Fix() string {
	const other = "use a card with more memory, or a smaller base"
	if m.Quantization == "nf4" {
		return other
	}
	return "set `train.quantization: nf4` in the config, or " + other
}
