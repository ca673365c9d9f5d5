package stats

import (
	"math"
	"testing"
)

func TestDetects(t *testing.T) {
	t.Parallel()
	// The wanted values sum the trinomial distribution term by term in 25
	// digits; the function rounds up to the next .0001.
	for _, test := range []struct {
		n, each     int
		alpha, want float64
	}{
		{0, 0, .05, 1},
		{4, 0, .05, 1},
		{5, 0, .05, .9563525},
		{30, 0, .05, .2139123},
		{40, 2, .05, .234406},
		{40, 2, .05 / 3, .2978102},
		{60, 5, .05, .2010756},
	} {
		got := Detects(pairs(test.n, test.each, test.each), test.alpha)
		if got < test.want || got > test.want+2e-4 {
			t.Errorf("%v: got %.5f, want %.5f rounded up", test, got, test.want)
		}
	}
}

func TestDetectsCountsWhatCancels(t *testing.T) {
	t.Parallel()
	if Detects(pairs(60, 2, 20), .05) != Detects(pairs(60, 2, 2), .05) {
		t.Error("the net change counts as background")
	}
	var four []Cluster
	for _, cluster := range pairs(40, 2, 2) {
		four = append(four, Cluster{Sum: 4 * cluster.Sum, Size: 4})
	}
	near(t, "clusters of four", Detects(four, .05), Detects(pairs(40, 2, 2), .05), 0)
}

func TestDetectsNeedsFewerPointsWithMorePairs(t *testing.T) {
	t.Parallel()
	last := 1.0
	for _, n := range []int{10, 30, 100, 300, 1000, 2000} {
		drop := Detects(pairs(n, n/10, n/10), .05)
		if drop > last {
			t.Errorf("%d pairs: %.4f, more than the %.4f of fewer pairs", n, drop, last)
		}
		last = drop
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 7, 40, 400} {
		for _, p := range []float64{0, .001, .3, .5, .999, 1} {
			for k := 0; k <= n+1; k++ {
				got := tail(n, k, p) + tail(n, n-k+1, 1-p)
				if math.Abs(got-1) > 1e-9 || math.IsNaN(got) {
					t.Fatalf("n %d k %d p %g: both tails sum to %g", n, k, p, got)
				}
			}
		}
	}
}

func BenchmarkDetects2000(b *testing.B) {
	clusters := pairs(2000, 200, 200)
	for b.Loop() {
		Detects(clusters, .05)
	}
}
