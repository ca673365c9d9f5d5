package train

// Disk estimates a training's peak disk use in bytes: the adapter and two checkpoints
// with the optimizer's two moments, at 4 bytes a number. Measured is the size per rank
// of an earlier adapter of the same base, in bytes, or 0: at rank 16 on all linear layers an adapter has .6 % of the parameters
// of a base of 7 billion, and a larger share of a smaller one.
func Disk(parameters int64, rank int, measured float64) int64 {
	const copies = 1 + 2*3
	ofRank := max(measured, 0.006/16*4*float64(parameters))
	return int64(copies * ofRank * float64(rank))
}
