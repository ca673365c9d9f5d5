package stats

import "testing"

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3}, {[]float64{4, 1}, 2.5}, {[]float64{9, 1, 2}, 2}, {[]float64{1, 9, 2, 3}, 2.5},
	} {
		if got := Median(test.values); got != test.want {
			t.Errorf("%v: %g, want %g", test.values, got, test.want)
		}
	}
}
