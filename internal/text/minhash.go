package text

import "math"

// lanes is the length of a signature: the standard error of an estimated
// similarity is at most 1/(2*sqrt(lanes)) = 0.044.
const lanes = 128

const laneBits = 7

type signature [lanes]uint32

// sign computes a MinHash signature by one-permutation hashing (Li, Owen, Zhang,
// 2012): a shingle's top bits choose its lane, its low bits compete in it. Lanes
// that stay empty borrow from a lane drawn by hashing their own number (optimal
// densification, Shrivastava, 2017), so that two signatures agree in a lane with
// a probability that is the Jaccard similarity of the sets.
func sign(set Set) signature {
	const empty = math.MaxUint32
	var sig signature
	for i := range sig {
		sig[i] = empty
	}
	if len(set) == 0 {
		return sig
	}
	for _, hash := range set {
		lane := hash >> (64 - laneBits)
		sig[lane] = min(sig[lane], uint32(hash)&^1) // even, so never empty
	}
	filled := sig
	for i := range sig {
		for attempt := uint64(1); sig[i] == empty; attempt++ {
			sig[i] = filled[mix(uint64(i)|attempt<<laneBits)%lanes]
		}
	}
	return sig
}

// bandRows returns the lanes of a band: as many as possible while a pair at the threshold
// misses all bands with a probability of at most 1 in 1000.
func bandRows(threshold float64) int {
	for rows := lanes; rows > 1; rows-- {
		if math.Pow(1-math.Pow(threshold, float64(rows)), float64(lanes/rows)) <= 0.001 {
			return rows
		}
	}
	return 1
}

// appendBands hashes each group of that many lanes into one number. Two signatures with
// an equal band are compared.
func (s signature) appendBands(bands []uint64, rows int) []uint64 {
	for number := range lanes / rows {
		hash := uint64(number)
		for _, lane := range s[number*rows : (number+1)*rows] {
			hash = mix(hash ^ uint64(lane))
		}
		bands = append(bands, hash)
	}
	return bands
}
