package stats

import (
	"cmp"
	"slices"
)

// Holm says which of the tests with these p values are significant at the family-wise
// level alpha (Holm 1979, step-down).
func Holm(p []float64, alpha float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	significant := make([]bool, len(p))
	for step, i := range order {
		if p[i] > alpha/float64(len(p)-step) {
			break
		}
		significant[i] = true
	}
	return significant
}
