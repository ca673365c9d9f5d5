package stats

import "math"

// power is the probability of finding a drop of the minimum detectable size.
const power = 0.80

// Detects returns the minimum detectable effect: the smallest true drop of the pass rate
// that the one-sided SignFlip test at level alpha finds with power .80 on clusters like
// these, 0 to 1, rounded up to .0001; 1 if it finds none.
//
// The model: n effective clusters (see Interval) flip as a whole and
// independently. A share q of them regresses and an equal share is fixed at random,
// where q is the observed share of flips that cancel out, the smaller of the two
// directions; a drop d makes a further share d regress. The power is the exact sum over
// the trinomial distribution of regressed, fixed and unchanged clusters.
func Detects(clusters []Cluster, alpha float64) float64 {
	c := count(clusters)
	if c.n == 0 {
		return 1
	}
	return detects(c.n, min(c.fixed, c.regressed)/c.n, alpha)
}

// detects is Detects for an effective number of clusters, of which the share q flips in
// each direction.
func detects(effective, q, alpha float64) float64 {
	n := int(math.Floor(effective + 1e-9))
	if n == 0 {
		return 1
	}
	critical := criticalCounts(n, alpha)
	low, high := 0.0, 1-2*q
	if finds(n, q, high, critical) < power {
		return 1
	}
	for high-low > 5e-5 {
		middle := (low + high) / 2
		if finds(n, q, middle, critical) < power {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Ceil(high*1e4) / 1e4
}

// criticalCounts returns for each number of flips up to n how many of them must be
// regressions for a p value of at most alpha; more than there are flips if none is
// enough.
func criticalCounts(n int, alpha float64) []int {
	critical := make([]int, n+1)
	var k int
	for flips := range critical {
		for tail(flips, k, 0.5) > alpha {
			k++
		}
		critical[flips] = k
	}
	return critical
}

// finds is the power against the drop d: the sum over the number of flips, which is
// binomial, of the probability that enough of them are regressions.
func finds(n int, q, d float64, critical []int) float64 {
	rate := min(2*q+d, 1)
	if rate == 0 {
		return 0
	}
	regressions := (q + d) / (2*q + d)
	var sum float64
	for flips := range critical {
		if weight := mass(n, flips, rate); weight > 1e-12 {
			sum += weight * tail(flips, critical[flips], regressions)
		}
	}
	return sum
}

// tail is the probability that a binomial count of n trials with probability p is at
// least k.
func tail(n, k int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	if k > n {
		return 0
	}
	if float64(k) < float64(n)*p {
		return 1 - tail(n, n-k+1, 1-p)
	}
	// From its mode on the mass only falls, so the sum may stop when it no
	// longer moves.
	term := mass(n, k, p)
	sum := term
	for i := k; i < n && term > sum*1e-16; i++ {
		term *= float64(n-i) / float64(i+1) * p / (1 - p)
		sum += term
	}
	return sum
}

// mass is the probability that a binomial count of n trials with probability p is k, for
// p above 0 or k above 0.
func mass(n, k int, p float64) float64 {
	if k == n {
		return math.Pow(p, float64(n))
	}
	return math.Exp(logFactorial(n) - logFactorial(k) - logFactorial(n-k) +
		float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

func logFactorial(n int) float64 {
	value, _ := math.Lgamma(float64(n) + 1)
	return value
}
