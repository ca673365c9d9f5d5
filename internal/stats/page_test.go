package stats

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

func TestPageHasWhatSuitesCanDetect(t *testing.T) {
	t.Parallel()
	const alpha, level, noise, suites = 0.05, 0.90, 0.10, 3
	points := func(share float64) string { return fmt.Sprintf("%.1f", 100*share) }
	var rows [][]string
	for _, cases := range []int{10, 20, 50, 100, 200, 500} {
		sizes := slices.Repeat([]int{1}, cases)
		quiet, noisy := Plan(sizes, 0), Plan(sizes, noise)
		rows = append(rows, []string{
			fmt.Sprint(cases), points(quiet.Detects(alpha)), points(noisy.Detects(alpha)), points(noisy.Detects(alpha / suites)),
			points(quiet.Excludes(level)), points(noisy.Excludes(level)),
		})
	}
	referencetest.CheckPart(t, "../../docs/statistics.md", "sizes", referencetest.Table([]string{
		"cases", "detectable, no noise", "detectable, 10 % noise", "detectable, 10 % noise, three suites", "not excluded, no noise", "not excluded, 10 % noise",
	}, rows))
}
