package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkCoverage simulates suites and reports how often the one-sided 95 %
// bounds of Interval hold the true difference, and how often SignFlip at .05
// finds a drop that does not exist. It fails if a bound holds less than 93 %.
//
//	go test -run '^$' -bench Coverage -benchtime 1x ./internal/stats
func BenchmarkCoverage(b *testing.B) {
	const rounds = 20000
	for _, world := range []struct {
		clusters, size             int
		together, regressed, fixed float64
	}{
		{30, 1, 0, .05, .05}, {60, 1, 0, .05, .05}, {60, 1, 0, .20, .05}, {200, 1, 0, .02, .02}, {60, 1, 0, .01, .20},
		{30, 3, 0, .05, .05}, {30, 3, .5, .10, .05}, {30, 3, 1, .05, .05}, {60, 2, .5, .20, .05},
		{30, -6, .5, .10, .10}, {60, -6, .8, .15, .05},
	} {
		b.Run(fmt.Sprintf("%+v", world), func(b *testing.B) {
			random := rand.New(rand.NewPCG(7, 11))
			truth := world.fixed - world.regressed
			flip := func() int {
				switch u := random.Float64(); {
				case u < world.regressed:
					return -1
				case u < world.regressed+world.fixed:
					return 1
				}
				return 0
			}
			var below, above, found int
			for range rounds {
				clusters := make([]Cluster, world.clusters)
				for i := range clusters {
					size := world.size
					if size < 0 {
						size = 1 + random.IntN(-size)
					}
					common := flip()
					clusters[i].Size = size
					for range size {
						if random.Float64() < world.together {
							clusters[i].Sum += common
						} else {
							clusters[i].Sum += flip()
						}
					}
				}
				low, high := Interval(clusters, .90)
				if low <= truth {
					below++
				}
				if high >= truth {
					above++
				}
				if SignFlip(clusters, Worse) <= .05 {
					found++
				}
			}
			lower, upper := float64(below)/rounds, float64(above)/rounds
			b.ReportMetric(lower, "lower")
			b.ReportMetric(upper, "upper")
			b.ReportMetric(float64(found)/rounds, "found")
			if lower < .93 || upper < .93 {
				b.Errorf("coverage of the bounds: lower %.3f, upper %.3f", lower, upper)
			}
		})
	}
}
