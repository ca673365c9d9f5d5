package stats

import (
	"slices"
	"testing"
)

func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// A design agrees with Detects and Interval on such data.
func TestDesignSaysWhatTheDataWill(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n, each int
		alpha   float64
	}{{40, 0, .05}, {40, 2, .05}, {40, 2, .05 / 3}, {60, 5, .05}, {400, 20, .01}} {
		data := pairs(test.n, test.each, test.each)
		d := Plan(ones(test.n), 2*float64(test.each)/float64(test.n))
		near(t, "detects", d.Detects(test.alpha), Detects(data, test.alpha), 1e-12)
		low, _ := Interval(data, .90)
		near(t, "excludes", d.Excludes(.90), -low, 1e-12)
	}
}

func TestDesignCountsClusters(t *testing.T) {
	t.Parallel()
	fours := Plan(slices.Repeat([]int{4}, 50), .1)
	near(t, "detects", fours.Detects(.05), Plan(ones(50), .1).Detects(.05), 0)
	near(t, "grown by as many", fours.Grown(200).Detects(.05), Plan(ones(100), .1).Detects(.05), 1e-12)
}

func TestDesignOfNothing(t *testing.T) {
	t.Parallel()
	var none Design
	if none.Detects(.05) != 1 || none.Excludes(.90) != 1 {
		t.Errorf("nothing detects %g and excludes %g", none.Detects(.05), none.Excludes(.90))
	}
	near(t, "grown", none.Grown(40).Excludes(.90), Plan(ones(40), 0).Excludes(.90), 0)
}

func TestMoreFindsTheSmallest(t *testing.T) {
	t.Parallel()
	for _, noise := range []float64{0, .1, .3} {
		for _, n := range []int{5, 30, 120} {
			d := Plan(ones(n), noise)
			want := d.Detects(.05) * .75
			more, ok := d.More(func(d Design) bool { return d.Detects(.05) <= want })
			if !ok || d.Grown(more).Detects(.05) > want || more < 2 || d.Grown(more-2).Detects(.05) <= want {
				t.Errorf("%d pairs, noise %g: %d more, %v", n, noise, more, ok)
			}
		}
	}
	if more, ok := Plan(ones(40), 0).More(func(d Design) bool { return d.Excludes(.90) <= .10 }); !ok || more != 0 {
		t.Errorf("%d more where there is enough, %v", more, ok)
	}
	if more, ok := Plan(ones(40), .1).More(func(d Design) bool { return d.Detects(.05) <= 0 }); ok {
		t.Errorf("%d more see a change of nothing", more)
	}
}

func BenchmarkMore(b *testing.B) {
	d := Plan(ones(500), .1)
	want := .75 * d.Detects(.01)
	for b.Loop() {
		d.More(func(d Design) bool { return d.Detects(.01) <= want })
	}
}
