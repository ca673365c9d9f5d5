package stats

import (
	"cmp"
	"slices"
)

// Holm says which of the tests with these p values hold together at the
// family-wise level alpha (Holm 1979, step-down).
func Holm(p []float64, alpha float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	holds := make([]bool, len(p))
	for step, i := range order {
		if p[i] > alpha/float64(len(p)-step) {
			break
		}
		holds[i] = true
	}
	return holds
}
