package stats

import "math"

// Interval returns the two-sided confidence interval of the difference of the
// pass rates, candidate minus baseline, between -1 and 1. Each of its ends is
// a one-sided bound of level (1+level)/2: level .90 has 95 % bounds. Without
// clusters it is -1 to 1.
//
// It is Tango's score interval for paired proportions (Statistics in Medicine
// 17, 1998, 891-908) on effective counts, and exactly Tango's for clusters of one
// pair. Without a single flip it is +-z^2/(n+z^2).
func Interval(clusters []Cluster, level float64) (low, high float64) {
	c := count(clusters)
	if c.n == 0 {
		return -1, 1
	}
	z := math.Sqrt2 * math.Erfinv(level)
	return c.bound(z), c.bound(-z)
}

// counts are the effective numbers of independent pairs, of those that only
// the candidate passed, and of those that only the baseline passed.
type counts struct{ n, fixed, regressed float64 }

// count reduces clusters to counts: n is Kish's effective size
// (sum m)^2 / sum m^2, and the flips are the net ones of each cluster, scaled
// to n. It takes the pairs of a cluster as fully dependent, which errs towards
// a wide interval.
func count(clusters []Cluster) counts {
	var size, squares, fixed, regressed float64
	for _, cluster := range clusters {
		m := float64(cluster.Size)
		size += m
		squares += m * m
		fixed += float64(max(0, cluster.Sum))
		regressed += float64(max(0, -cluster.Sum))
	}
	if size == 0 {
		return counts{}
	}
	n := size * size / squares
	return counts{n: n, fixed: n * fixed / size, regressed: n * regressed / size}
}

// bound is the difference at which the score statistic is z. The statistic
// falls as the difference grows, so bisection finds it.
func (c counts) bound(z float64) float64 {
	low, high := -1.0, 1.0
	for range 60 {
		middle := (low + high) / 2
		if c.score(middle) > z {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// score is Tango's statistic for the hypothesis that the true difference is
// delta: the observed difference minus delta over the standard error under the
// restricted maximum likelihood estimate q of the regressed share.
func (c counts) score(delta float64) float64 {
	a := 2 * c.n
	b := (2*c.n-c.fixed+c.regressed)*delta - c.fixed - c.regressed
	q := (math.Sqrt(max(0, b*b+4*a*c.regressed*delta*(1-delta))) - b) / (2 * a)
	gap := c.fixed - c.regressed - c.n*delta
	variance := c.n * (2*q + delta*(1-delta))
	switch {
	case gap == 0:
		return 0
	case variance <= 0:
		return math.Copysign(math.Inf(1), gap)
	}
	return gap / math.Sqrt(variance)
}
