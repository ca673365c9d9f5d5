package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/text"
)

// planned is something that was planned, beside what it took.
type planned struct {
	What, Took, Planned string
	Bar, Mark           percent // took and planned, of the longest; stages only
	Stage               bool
}

// plans are the stages, and what else the forecast said.
func (r Report) plans() (plans []planned) {
	expected := r.expected()
	longest := 0.0
	for i, stage := range r.Stages {
		longest = max(longest, stage.Seconds, expected[i])
	}
	for i, stage := range r.Stages {
		p := planned{What: name(stage.Name), Took: stage.took(), Stage: true}
		if expected[i] > 0 {
			p.Planned, p.Mark = duration(expected[i]), percent(100*expected[i]/longest)
		}
		if !stage.Reused && longest > 0 {
			p.Bar = percent(100 * stage.Seconds / longest)
		}
		plans = append(plans, p)
	}
	f, t := r.Forecast, r.Training
	if f == nil || f.Training == nil || t == nil {
		return plans
	}
	for _, number := range []struct {
		what          string
		planned, took int
	}{
		{"steps", f.Training.Steps, t.Steps}, {"tokens", f.Training.Tokens, t.Tokens},
	} {
		plans = append(plans, planned{What: number.what, Planned: grouped(number.planned), Took: grouped(number.took)})
	}
	if f.Memory.TrainBytes > 0 && t.PeakMemoryBytes > 0 {
		plans = append(plans, planned{What: "memory to train", Planned: text.Bytes(f.Memory.TrainBytes), Took: text.Bytes(t.PeakMemoryBytes)})
	}
	return plans
}

// expected are the forecast's seconds of each stage; 0: it could not tell, or the
// stage was to be reused. Of stages with one name the forecast knows the sum, so
// it stands at the first that was done.
func (r Report) expected() []float64 {
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

func (s Stage) took() string {
	if s.Reused {
		return "reused"
	}
	return duration(s.Seconds)
}

// worked is the time in seconds of the stages that no earlier run had made; less
// than a second is none.
func (r Report) worked() (seconds float64) {
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

// duration writes seconds for people.
func duration(seconds float64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 90*60:
		return fmt.Sprintf("%.1f min", seconds/60)
	}
	return fmt.Sprintf("%.1f h", seconds/time.Hour.Seconds())
}

// grouped writes a number with a comma between the thousands.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
