package publish

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/suite"
)

// usual is the policy that the config of the tests gives.
var usual = gate.Policy{
	Merge:   gate.Merge{Margin: 0.10, OnInconclusive: gate.LetPass},
	Promote: gate.Promote{Gain: gate.Gain{AtLeast: 0.03}, NoWorse: gate.NoWorse{Margin: 0.10}},
}

// graded are n cases of a suite, of which the models pass the first so many.
func graded(name string, role suite.Role, n, baseline, candidate int) (cases []eval.Case) {
	for i := range n {
		for _, model := range []struct {
			name   string
			passes int
		}{{eval.Baseline, baseline}, {eval.Candidate, candidate}} {
			id := fmt.Sprintf("case-%d", i)
			cases = append(cases, eval.Case{
				Suite: name, Role: string(role), Case: id, Cluster: id, History: string(suite.Replayed), Evidence: eval.Direct,
				Model: model.name, ModelID: strings.Repeat(model.name[:1], 64), Pass: new(i < model.passes),
				Turns: []eval.Turn{{User: "What is 3 + 4?", Output: fmt.Sprintf("The answer is %d.", 7+i), DoneReason: "stop", OutputTokens: 6, MS: 90}},
			})
		}
	}
	return cases
}

func newError(line int) dataset.Finding {
	return dataset.Finding{Check: "no_answer", Level: "error", New: true, File: "data/a.json", Line: line, Message: "there is no answer (hint: write one)"}
}

func TestVerdictIsComputedAgain(t *testing.T) {
	t.Parallel()
	old := newError(3)
	old.New = false
	for _, test := range []struct {
		name       string
		findings   []dataset.Finding
		cases      []eval.Case
		outcome    gate.Outcome
		promotable bool
	}{
		{"better", nil, append(graded("skills", suite.Target, 60, 20, 55), graded("basics", suite.Guard, 60, 60, 60)...), gate.Pass, true},
		{"worse", []dataset.Finding{old}, graded("basics", suite.Guard, 60, 60, 30), gate.Fail, false},
		{"few", nil, graded("basics", suite.Guard, 5, 5, 4), gate.Inconclusive, false},
		{"data that blocks, whatever the cases say", []dataset.Finding{newError(3)}, graded("skills", suite.Target, 60, 20, 55), gate.Fail, false},
		{"nothing to judge", []dataset.Finding{old}, nil, gate.Same, false},
	} {
		made := recompute(usual, test.findings, test.cases)
		if made.Outcome != test.outcome || made.Promotable != test.promotable {
			t.Errorf("%s: %s", test.name, outcome(made))
		}
		if err := agree(made, made); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestClaimsThatDiffer(t *testing.T) {
	t.Parallel()
	made := recompute(usual, nil, graded("basics", suite.Guard, 60, 60, 30))
	for want, change := range map[string]func(*gate.Verdict){
		"the run claims pass, not promotable":    func(v *gate.Verdict) { v.Outcome = gate.Pass },
		"the run claims fail, promotable":        func(v *gate.Verdict) { v.Promotable = true },
		`judged the models "dddddddddddd"`:       func(v *gate.Verdict) { v.ModelID = strings.Repeat("d", 64) },
		`and "", but its graded cases are about`: func(v *gate.Verdict) { v.BaselineModelID = "" },
	} {
		claimed := made
		change(&claimed)
		if err := agree(claimed, made); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	claimed := made
	claimed.Rules = nil // nobody sees them
	if err := agree(claimed, made); err != nil {
		t.Error(err)
	}
}
