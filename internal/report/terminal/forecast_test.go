package terminal

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func forecasts() map[string]report.Forecast {
	return map[string]report.Forecast{
		"forecast": {
			BaseRef: "main", BaseSHA: "a1b2c3d4e5f60718293a", HeadRef: "change", HeadSHA: "1a2b3c4d5e6f70819203",
			Notes:    []string{"suites are changed; that takes effect after the merge", "from @someone\n::error::and ##[error] others"},
			Rows:     report.PlannedRows{Records: 240, Train: 220, Validation: 20, Lines: 220},
			Training: &report.PlannedTraining{Steps: 112, SanitySteps: 11, Tokens: 51234, CharactersPerToken: 1.6, From: "as in 3 earlier trainings"},
			Stages: []report.PlannedStage{
				{Name: "dataset", State: report.Kept, Detail: "240 records, 220 training rows, 20 validation rows"},
				{Name: "train", State: report.Part, Seconds: new(171.2), From: "3 earlier trainings", Detail: "112 steps of 8 rows, about 51234 tokens"},
				{Name: "export", State: report.ToDo, Seconds: new(0.1), From: "2 earlier results"},
				{Name: "eval", State: report.ToDo, Seconds: new(5461.0), From: "1 earlier evaluation", Detail: "148 cases with 190 questions: baseline reused, candidate 148 cases to evaluate"},
			},
			Seconds: new(5632.3), Memory: report.PlannedMemory{GPU: true, TrainBytes: 10_100_000_000, ServeBytes: 16_200_000_000, From: "rule of thumb"},
			DiskBytes: 31_000_000_000, NoiseFrom: "assuming that 10 % of the cases flip at random",
			Effects: []gate.DetectableEffect{
				{Rule: gate.NoHarm, Suite: "symbolic", Cases: 52, Clusters: 50, Noise: .1, Detects: .09, More: 60, Then: .07, Excludes: .06, Margin: .1},
				{Rule: gate.NoHarm, Suite: "tiny", Cases: 4, Clusters: 4, Noise: .1, Detects: 1, More: 25, Then: .298, Excludes: .41, Margin: .1, Needs: 45},
				{Rule: gate.NoHarm, Suite: "strict", Cases: 300, Clusters: 300, Noise: .1, Detects: .05, More: 240, Then: .04, Excludes: .03, Margin: .002, Hopeless: true},
				{Rule: gate.PromoteGain, Suite: "symbolic, tiny", Cases: 56, Clusters: 54, Noise: .1, Detects: .081},
			},
		},
		"forecast-kept": {
			BaseRef: "main", HeadRef: "change",
			Stages: []report.PlannedStage{{Name: "dataset", State: report.Kept, Detail: "3 records"}, {Name: "train", State: report.Kept}}, Seconds: new(0.0),
		},
		"forecast-ends": {
			BaseRef: "main", BaseSHA: "a1b2c3d4e5f60718293a", HeadRef: "working-tree", HeadSHA: "1a2b3c4d5e6f70819203",
			Ends: "the data has 2 new errors, so the verdict would be fail", Rows: report.PlannedRows{Records: 3, NewErrors: 2},
			Stages: []report.PlannedStage{{Name: "dataset", State: report.ToDo, Seconds: new(0.2), Detail: "3 records"}}, Seconds: new(0.2),
		},
		"forecast-ends-kept": {
			BaseRef: "main", HeadRef: "change", Ends: "the data has 2 new errors, so the verdict would be fail",
			Stages: []report.PlannedStage{{Name: "dataset", State: report.Kept, Detail: "3 records"}}, Seconds: new(0.0),
		},
		"forecast-unknown": {
			BaseRef: "main", HeadRef: "change",
			Stages: []report.PlannedStage{{Name: "train", State: report.ToDo, Detail: "\x1b[31m::error::##[error]x"}},
			Memory: report.PlannedMemory{TrainBytes: 4e9, From: "rule of thumb"}, DiskBytes: 4_100_000,
		},
	}
}

func TestForecastGolden(t *testing.T) {
	t.Parallel()
	for name, f := range forecasts() {
		reporttest.Golden(t, name+".txt", Forecast(f))
	}
}

func TestForecastIsFenced(t *testing.T) {
	t.Parallel()
	for name, f := range forecasts() {
		for line := range strings.Lines(string(Forecast(f))) {
			if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.Contains(line, "\x1b") {
				t.Errorf("%s: a command came through: %q", name, line)
			}
		}
	}
}

func TestForecastSaysUnknownInJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(forecasts()["forecast-unknown"])
	if err != nil || !strings.Contains(string(data), `"seconds":null`) {
		t.Errorf("%s, %v", data, err)
	}
}
