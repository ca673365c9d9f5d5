package train

// Activations is the GPU memory in bytes that training needs besides the base's
// weights: activations, the adapter with its optimizer, CUDA itself. Long rows
// and large batches take more.
const Activations = 4e9

// Memory estimates the GPU memory, in bytes, needed to train a base of this many
// parameters: [Activations], and 2.25 bytes a parameter at 16 bit
// (published runs of 8 billion parameters) or 0.86 with nf4 (6 GB for 7 billion in
// LLaMA-Factory's documentation).
func Memory(quantization string, parameters int64) int64 {
	perParameter := 2.25
	if quantization == "nf4" {
		perParameter = 0.86
	}
	return int64(perParameter*float64(parameters)) + Activations
}
