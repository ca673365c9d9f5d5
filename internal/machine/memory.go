package machine

import "github.com/tunegate/tunegate/internal/train"

// TrainingMemory compares what a training takes of a graphics card's memory with
// what the card has. All sizes are bytes.
type TrainingMemory struct {
	Card         GPU
	Quantization string
	Has          int64 // 0: the card does not tell
	Needs        int64 // by train's rule of thumb
	Weights      int64 // of Needs, what the base's weights alone take
}

// MemoryToTrain is about a card and a base of this many parameters.
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

// TooSmall says that not even the weights fit.
func (m TrainingMemory) TooSmall() bool { return m.Has > 0 && m.Has < m.Weights }

// Fix says what to do where the card is too small.
func (m TrainingMemory) Fix() string {
	const other = "use a card with more memory, or a smaller base"
	if m.Quantization == "nf4" {
		return other
	}
	return "set `train.quantization: nf4` in the config, or " + other
}
