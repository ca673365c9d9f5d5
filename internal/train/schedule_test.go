package train

import "testing"

// The wanted values are those of the trainer's own formula, in CPython.
func TestSchedule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lines, batch, accumulate int
		epochs                   float64
		sanity                   int
		want                     Schedule
	}{
		{240, 8, 1, 4, 0, Schedule{PerEpoch: 30, Steps: 120, Sanity: 12}},
		{241, 8, 1, 4, 20, Schedule{PerEpoch: 31, Steps: 124, Sanity: 20}},
		{1, 8, 4, 1, 0, Schedule{PerEpoch: 1, Steps: 1, Sanity: 1}},
		{1000, 4, 4, 2.5, 0, Schedule{PerEpoch: 63, Steps: 158, Sanity: 15}},
		{5000, 2, 8, 3, 0, Schedule{PerEpoch: 313, Steps: 939, Sanity: 20}},
	} {
		o := Options{MicroBatchSize: test.batch, GradientAccumulationSteps: test.accumulate, Epochs: test.epochs, SanitySteps: test.sanity}
		if got := o.Schedule(test.lines); got != test.want {
			t.Errorf("%+v: got %+v", test, got)
		}
	}
}
