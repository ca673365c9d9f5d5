package train

// Activations is the GPU memory in bytes that training takes beside the weights
// of a base: activations, the adapter with its optimizer, CUDA itself. Long rows
// and large batches take more.
const Activations = 4e9

// Memory is a rule of thumb for the GPU memory, in bytes, in which a base of
// this many parameters trains: [Activations], and 2.25 bytes a parameter at 16 bit
// (published runs of 8 billion parameters) or 0.86 with nf4 (6 GB for 7 billion in
// LLaMA-Factory's documentation).
func Memory(quantization string, parameters int64) int64 {
	perParameter := 2.25
	if quantization == "nf4" {
		perParameter = 0.86
	}
	return int64(perParameter*float64(parameters)) + Activations
}
