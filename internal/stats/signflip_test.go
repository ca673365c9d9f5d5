package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// pairs makes n clusters of one pair, of which some are fixed and some regressed.
func pairs(n, fixed, regressed int) []Cluster {
	clusters := make([]Cluster, n)
	for i := range clusters {
		clusters[i].Size = 1
		switch {
		case i < fixed:
			clusters[i].Sum = 1
		case i < fixed+regressed:
			clusters[i].Sum = -1
		}
	}
	return clusters
}

// near fails the test unless got is want within the tolerance.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.9g, want %.9g", what, got, want)
	}
}

func TestSignFlipIsMcNemarForPairs(t *testing.T) {
	t.Parallel()
	// twoSided are the published values of the exact test; it is twice the
	// smaller of the one-sided ones, at most 1.
	for _, test := range []struct {
		fixed, regressed int
		twoSided         float64
	}{{1, 9, .021484}, {9, 1, .021484}, {0, 5, .0625}, {3, 12, .035156}, {10, 10, 1}, {0, 0, 1}} {
		clusters := pairs(40, test.fixed, test.regressed)
		worse, better := SignFlip(clusters, Worse), SignFlip(clusters, Better)
		near(t, fmt.Sprint(test), min(1, 2*min(worse, better)), test.twoSided, 5e-7)
		if test.regressed > test.fixed && worse > better {
			t.Errorf("%v: p of worse %g, of better %g", test, worse, better)
		}
	}
	near(t, "ten of ten", SignFlip(pairs(10, 0, 10), Worse), 1.0/1024, 0)
	near(t, "no clusters", SignFlip(nil, Better), 1, 0)
}

// enumerated is the same p value by trying every sign.
func enumerated(clusters []Cluster, side Side) float64 {
	var observed int
	for _, cluster := range clusters {
		observed += cluster.Sum
	}
	var hits int
	for signs := range 1 << len(clusters) {
		var sum int
		for i, cluster := range clusters {
			if signs>>i&1 == 1 {
				sum -= cluster.Sum
			} else {
				sum += cluster.Sum
			}
		}
		if side == Worse && sum <= observed || side == Better && sum >= observed {
			hits++
		}
	}
	return float64(hits) / float64(int(1)<<len(clusters))
}

func TestSignFlipIsEnumerationForClusters(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		clusters := make([]Cluster, random.IntN(11))
		for i := range clusters {
			clusters[i] = Cluster{Sum: random.IntN(9) - 4, Size: 4}
		}
		for _, side := range []Side{Worse, Better} {
			near(t, fmt.Sprint(round, clusters, side), SignFlip(clusters, side), enumerated(clusters, side), 1e-12)
		}
	}
}

func TestSignFlipOfManyClusters(t *testing.T) {
	t.Parallel()
	clusters := pairs(2000, 900, 1100)
	z := 199.5 / 2 / math.Sqrt(500)
	near(t, "normal approximation", SignFlip(clusters, Worse), math.Erfc(z/math.Sqrt2)/2, 1e-6)
	near(t, "both sides", SignFlip(clusters, Worse)+SignFlip(clusters, Better),
		1+math.Exp(logFactorial(2000)-logFactorial(900)-logFactorial(1100)-2000*math.Ln2), 1e-9)
}

func BenchmarkSignFlip2000(b *testing.B) {
	clusters := pairs(2000, 900, 1100)
	for b.Loop() {
		SignFlip(clusters, Worse)
	}
}
