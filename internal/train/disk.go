package train

// Disk is what a training takes on disk at its height, in bytes: the adapter and
// two checkpoints of it with the optimizer's two moments, all of 4 bytes a number.
// Measured is the bytes for each rank of an earlier adapter of the same base, 0
// for none: at rank 16 on all linear layers an adapter has .6 % of the parameters
// of a base of 7 billion, and a larger share of a smaller one.
func Disk(parameters int64, rank int, measured float64) int64 {
	const copies = 1 + 2*3
	ofRank := max(measured, 0.006/16*4*float64(parameters))
	return int64(copies * ofRank * float64(rank))
}
