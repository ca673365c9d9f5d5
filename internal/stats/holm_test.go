package stats

import (
	"slices"
	"testing"
)

func TestHolm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		p    []float64
		want []bool
	}{
		{nil, []bool{}},
		{[]float64{.05}, []bool{true}},
		{[]float64{.051}, []bool{false}},
		{[]float64{.01, .04, .03, .005}, []bool{true, false, false, true}},
		{[]float64{.02, .02, .02}, []bool{false, false, false}},
		{[]float64{.016, .025, .05}, []bool{true, true, true}},
		{[]float64{.04, .001}, []bool{true, true}},
	} {
		if got := Holm(test.p, .05); !slices.Equal(got, test.want) {
			t.Errorf("Holm(%v): got %v, want %v", test.p, got, test.want)
		}
	}
}
