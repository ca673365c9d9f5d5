package stats

import "math"

// Design describes planned data: pairs in clusters of known sizes, of which a known
// share flips although the models are equal.
type Design struct {
	n     float64 // effective clusters, see Interval
	pairs int
	noise float64
}

// Plan makes the design of clusters of the given sizes, in pairs. Noise is the share of
// pairs that flip at random, 0 to 1; half of them flip each way.
func Plan(sizes []int, noise float64) Design {
	clusters := make([]Cluster, len(sizes))
	d := Design{noise: noise}
	for i, size := range sizes {
		clusters[i].Size = size
		d.pairs += size
	}
	d.n = count(clusters).n
	return d
}

// Grown is the design with more pairs, clustered like those it has; without any, in
// clusters of one.
func (d Design) Grown(pairs int) Design {
	if d.pairs == 0 {
		return Design{n: float64(pairs), pairs: pairs, noise: d.noise}
	}
	d.n *= float64(d.pairs+pairs) / float64(d.pairs)
	d.pairs += pairs
	return d
}

// Detects is the smallest true change that the test at level alpha will find
// with power .80; see the function Detects.
func (d Design) Detects(alpha float64) float64 { return detects(d.n, d.noise/2, alpha) }

// Excludes is the largest drop that the interval of the level (see Interval) does not
// exclude if there is only noise, 0 to 1.
func (d Design) Excludes(level float64) float64 {
	if d.n == 0 {
		return 1
	}
	flips := d.n * d.noise / 2
	return -counts{n: d.n, fixed: flips, regressed: flips}.bound(math.Sqrt2 * math.Erfinv(level))
}

// maxMore bounds the search of More: no realistic suite is larger.
const maxMore = 20_000

// More returns the smallest number of further pairs, at most 20,000, for which enough
// holds; false if none does. Enough must keep holding as the design grows.
func (d Design) More(enough func(Design) bool) (int, bool) {
	low, high := -1, 1
	for !enough(d.Grown(high)) {
		if high >= maxMore {
			return 0, false
		}
		low, high = high, min(2*high, maxMore)
	}
	for high-low > 1 {
		middle := (low + high) / 2
		if enough(d.Grown(middle)) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true
}
