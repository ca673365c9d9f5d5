package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/text"
)

// Took says how long the stage worked, or that nothing had to.
func (s Stage) Took() string {
	if s.Reused {
		return "reused"
	}
	return text.Duration(s.Seconds)
}

// Worked is the time in seconds of the stages that no earlier run had made; less
// than a second is none.
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

// Expected are the forecast's seconds of each stage; 0: it could not tell, or the
// stage was to be reused. Of stages with one name the forecast knows the sum, so
// it stands at the first that was done.
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
