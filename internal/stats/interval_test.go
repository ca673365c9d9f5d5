package stats

import (
	"fmt"
	"testing"
)

func TestIntervalIsTangosForPairs(t *testing.T) {
	t.Parallel()
	// The first two are printed in Fagerland, Lydersen and Laake (Statistics in
	// Medicine 33, 2014, 2850-2875) to three digits. All digits come from
	// maximising the trinomial likelihood numerically, without Tango's formula.
	for _, test := range []struct {
		n, fixed, regressed int
		level, low, high    float64
	}{
		{21, 1, 7, .95, -.51723228, -.02600303},
		{161, 6, 16, .95, -.12402343, -.00543340},
		{160, 40, 20, .95, .03086453, .21806424},
		{60, 0, 0, .90, -.04314680, .04314680},
		{60, 0, 27, .90, -.55551829, -.34879639},
		{50, 9, 1, .90, .06569847, .26946093},
		{30, 3, 5, .90, -.23013991, .09630290},
		{10, 0, 1, .90, -.34771867, .13423617},
		{5, 5, 0, .90, .29776700, 1},
	} {
		low, high := Interval(pairs(test.n, test.fixed, test.regressed), test.level)
		near(t, fmt.Sprint(test, " low"), low, test.low, 1e-7)
		near(t, fmt.Sprint(test, " high"), high, test.high, 1e-7)
	}
}

func TestIntervalOfClusters(t *testing.T) {
	t.Parallel()
	// Four pairs that always agree count as one.
	var four []Cluster
	for _, cluster := range pairs(30, 3, 5) {
		four = append(four, Cluster{Sum: 4 * cluster.Sum, Size: 4})
	}
	low, high := Interval(four, .90)
	near(t, "low", low, -.23013991, 1e-7)
	near(t, "high", high, .09630290, 1e-7)

	if low, high := Interval(nil, .90); low != -1 || high != 1 {
		t.Errorf("no clusters: [%g, %g], want [-1, 1]", low, high)
	}
	// Kish: sizes 1, 1, 1, 7 are worth 100/52 pairs.
	uneven := []Cluster{{Size: 1}, {Size: 1}, {Size: 1}, {Size: 7}}
	near(t, "effective size", count(uneven).n, 100.0/52, 1e-12)
}
