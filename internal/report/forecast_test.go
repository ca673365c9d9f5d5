package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
)

func foreseen() map[string]Forecast {
	return map[string]Forecast{
		"forecast": {
			BaseRef: "main", BaseSHA: "a1b2c3d4e5f60718293a", HeadRef: "change", HeadSHA: "1a2b3c4d5e6f70819203",
			Notes:    []string{"suites are changed; that takes effect after the merge", "from @someone\n::error::and ##[error] others"},
			Rows:     PlannedRows{Records: 240, Train: 220, Validation: 20, Lines: 220},
			Training: &PlannedTraining{Steps: 112, SanitySteps: 11, Tokens: 51234, CharactersPerToken: 1.6, From: "as in 3 earlier trainings"},
			Stages: []PlannedStage{
				{Name: "dataset", State: Kept, Detail: "240 records, 220 rows to train on, 20 held out"},
				{Name: "train", State: Part, Seconds: new(171.2), From: "3 earlier trainings", Detail: "112 steps of 8 rows, about 51234 tokens"},
				{Name: "export", State: ToDo, Seconds: new(0.1), From: "2 earlier ones"},
				{Name: "eval", State: ToDo, Seconds: new(5461.0), From: "1 earlier evaluation", Detail: "148 cases with 190 questions: baseline kept, candidate 148 cases to ask"},
			},
			Seconds: new(5632.3), Memory: PlannedMemory{GPU: true, TrainBytes: 10_100_000_000, ServeBytes: 16_200_000_000, From: "by a rule of thumb"},
			DiskBytes: 31_000_000_000, NoiseFrom: "assumed: 10 % of the cases flip for no reason",
			Sights: []gate.Sight{
				{Rule: gate.NoHarm, Suite: "symbolic", Cases: 52, Groups: 50, Noise: .1, Detects: .09, More: 60, Then: .07, Excludes: .06, Margin: .1},
				{Rule: gate.NoHarm, Suite: "tiny", Cases: 4, Groups: 4, Noise: .1, Detects: 1, More: 25, Then: .298, Excludes: .41, Margin: .1, Needs: 45},
				{Rule: gate.NoHarm, Suite: "strict", Cases: 300, Groups: 300, Noise: .1, Detects: .05, More: 240, Then: .04, Excludes: .03, Margin: .002, Hopeless: true},
				{Rule: gate.PromoteGain, Suite: "symbolic, tiny", Cases: 56, Groups: 54, Noise: .1, Detects: .081},
			},
		},
		"forecast-kept": {
			BaseRef: "main", HeadRef: "change",
			Stages: []PlannedStage{{Name: "dataset", State: Kept, Detail: "3 records"}, {Name: "train", State: Kept}}, Seconds: new(0.0),
		},
		"forecast-ends": {
			BaseRef: "main", BaseSHA: "a1b2c3d4e5f60718293a", HeadRef: "working-tree", HeadSHA: "1a2b3c4d5e6f70819203",
			Ends: "the data has 2 new errors, so the verdict would be fail", Rows: PlannedRows{Records: 3, NewErrors: 2},
			Stages: []PlannedStage{{Name: "dataset", State: ToDo, Seconds: new(0.2), Detail: "3 records"}}, Seconds: new(0.2),
		},
		"forecast-unknown": {
			BaseRef: "main", HeadRef: "change",
			Stages: []PlannedStage{{Name: "train", State: ToDo, Detail: "\x1b[31m::error::##[error]x"}},
			Memory: PlannedMemory{TrainBytes: 4e9, From: "by a rule of thumb"}, DiskBytes: 4_100_000,
		},
	}
}

func TestForecastGolden(t *testing.T) {
	t.Parallel()
	for name, f := range foreseen() {
		golden(t, name+".txt", ForecastText(f))
	}
}

func TestForecastIsFenced(t *testing.T) {
	t.Parallel()
	for name, f := range foreseen() {
		for line := range strings.Lines(string(ForecastText(f))) {
			if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.Contains(line, "\x1b") {
				t.Errorf("%s: a command came through: %q", name, line)
			}
		}
	}
}

func TestForecastSaysUnknownInJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(foreseen()["forecast-unknown"])
	if err != nil || !strings.Contains(string(data), `"seconds":null`) {
		t.Errorf("%s, %v", data, err)
	}
}
