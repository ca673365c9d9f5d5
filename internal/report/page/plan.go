package page

import (
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// planned compares a forecast with the result.
type planned struct {
	What, Took, Planned string
	Bar, Mark           percent // took and planned, relative to the longest; stages only
	Stage               bool
}

// plans compares the stages and further figures with the forecast.
func plans(r report.Report) (plans []planned) {
	expected := r.Expected()
	longest := 0.0
	for i, stage := range r.Stages {
		longest = max(longest, stage.Seconds, expected[i])
	}
	for i, stage := range r.Stages {
		p := planned{What: text.Name(stage.Name), Took: stage.Took(), Stage: true}
		if expected[i] > 0 {
			p.Planned, p.Mark = text.Duration(expected[i]), percent(100*expected[i]/longest)
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
		plans = append(plans, planned{What: number.what, Planned: text.Grouped(number.planned), Took: text.Grouped(number.took)})
	}
	if f.Memory.TrainBytes > 0 && t.PeakMemoryBytes > 0 {
		plans = append(plans, planned{What: "training memory", Planned: text.Bytes(f.Memory.TrainBytes), Took: text.Bytes(t.PeakMemoryBytes)})
	}
	return plans
}
