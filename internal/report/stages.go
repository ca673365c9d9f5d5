package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/text"
)

// Took is the duration of the stage, or "reused".
func (s Stage) Took() string {
	if s.Reused {
		return "reused"
	}
	return text.Duration(s.Seconds)
}

// Worked is the total time in seconds of the stages that were not reused; less than a
// second counts as 0.
func (r Report) Worked() (seconds float64) {
	for _, stage := range r.Stages {
		if !stage.Reused {
			seconds += stage.Seconds
		}
	}
	if seconds < 1 {
		return 0
	}
	return seconds
}

// Expected are the forecast's seconds of each stage; 0: unknown, or to be reused. The
// forecast holds the sum for stages that share a name, so it goes to the first of them
// that was not reused.
func (r Report) Expected() []float64 {
	seconds := make([]float64, len(r.Stages))
	if r.Forecast == nil {
		return seconds
	}
	for _, p := range r.Forecast.Stages {
		i := slices.IndexFunc(r.Stages, func(s Stage) bool { return s.Name == p.Name && !s.Reused })
		if i >= 0 && p.Seconds != nil && p.State != Kept {
			seconds[i] += *p.Seconds
		}
	}
	return seconds
}
