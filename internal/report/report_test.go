package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/suite"
)

var update = flag.Bool("update", false, "write the golden files")

// asked makes n cases of a suite of which the baseline passes the first so many,
// and the candidate another number of them.
func asked(name string, role suite.Role, n, baseline, candidate int) []eval.Case {
	var cases []eval.Case
	for i := range n {
		for model, passes := range map[string]int{eval.Baseline: baseline, eval.Candidate: candidate} {
			passed := i < passes
			c := eval.Case{
				Suite: name, Role: string(role), Case: fmt.Sprintf("add-%d", i), Cluster: fmt.Sprintf("add-%d", i), History: "replayed",
				Model: model, ModelID: strings.Repeat(model[:1], 64), Pass: &passed, Evidence: eval.Direct,
				Turns: []eval.Turn{{User: fmt.Sprintf("What is %d + 1?", i), Output: fmt.Sprintf("Step by step: %d + 1 = %d.", i, i+1), OutputTokens: 12, MS: 80}},
			}
			if !passed {
				c.Turns[0].Output = fmt.Sprintf("%d + 1 = %d\n", i, i+2)
				c.Asserts = []eval.AssertResult{{Type: "maths-equal", Value: fmt.Sprint(i + 1), Result: eval.Fail, Weight: 1, Why: "different numbers"}}
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// usual is a policy that lets an inconclusive result pass.
func usual() gate.Policy {
	return gate.Policy{
		Merge:   gate.Merge{Margin: 0.10, OnInconclusive: gate.LetPass},
		Promote: gate.Promote{Gain: gate.Gain{AtLeast: 0.03}, NoWorse: gate.NoWorse{Margin: 0.10}},
	}
}

// reports are one of each kind.
func reports() map[string]Report {
	full := func(cases ...[]eval.Case) Report {
		var all []eval.Case
		for _, c := range cases {
			all = append(all, c...)
		}
		p := usual()
		return Report{
			Verdict: gate.Decide(p, all), Policy: p, Cases: all,
			Head: Revision{"change", "1a2b3c4d5e6f70819203"}, Base: Revision{"main", "a1b2c3d4e5f60718293a"},
			CandidateTag: "demo:pr-7-1a2b3c4d", BaselineTag: "demo-base",
			Stages:   []Stage{{"dataset", 0.4, true}, {"train", 95, false}, {"eval", 31, false}},
			Dataset:  &Dataset{Records: 240, Train: 220, Validation: 20},
			Findings: []dataset.Finding{{Check: "near_duplicate", Level: "warn", File: "raw.json", Line: 40, See: "raw.json:12", Message: "almost the same question (hint: drop one)"}},
			Training: &Training{Steps: 120, Tokens: 51234, TrainLoss: 0.1234, EvalLoss: new(0.2345)},
			Samples:  []Sample{{"What is 2 + 2?", "2 + 2 = 4", "Step by step: 2 + 2 = 4."}},
			Export:   &Export{Changed: 14, Unchanged: 12, GGUFSHA256: strings.Repeat("e", 64)}, Reproduce: "tunegate run --base main --head change",
			Notes: []string{"this change edits the policy, which takes effect after the merge; its verdict is by the policy of main",
				"tunegate.yaml: gate.merge.margin would be 0.3, and is 0.1 now", "from @someone\n::error::and ##[error] others"},
		}
	}
	p := usual()
	findings := []dataset.Finding{
		{Check: "record_syntax", Level: "error", New: true, File: "raw.json", Line: 17, Column: 3, Message: "the string is not closed (hint: add the quote)"},
		{Check: "exact_duplicate", Level: "error", New: true, File: "more.json", Line: 9, See: "raw.json:4", Message: `the record "2 + 2" is there already (hint: drop it)`},
		{Check: "exact_duplicate", Level: "error", File: "raw.json", Line: 30, See: "raw.json:31", Message: "twice (hint: drop one)"},
	}
	ended := func(state State) Report {
		r := Report{
			State: state, Head: Revision{"stranger:change", "1a2b3c4d5e6f70819203"}, Base: Revision{"main", "a1b2c3d4e5f60718293a"},
			Stages: []Stage{{"dataset", 1.2, false}, {"train", 48, false}}, Reproduce: "tunegate run --base main --head change",
		}
		switch state {
		case Ready:
			r.Stages, r.Dataset, r.Findings = r.Stages[:1], &Dataset{Records: 240, Train: 220, Validation: 20}, findings[2:]
		case Stopped:
			r.Dataset = &Dataset{Records: 240, Train: 220, Validation: 20}
		case Ungated:
			r.Stages, r.Notes = r.Stages[:1], []string{"main has no tunegate.yaml yet: this one is checked and nothing is judged until it is merged"}
		case Broke:
			r.Error = "train: the trainer ended with exit code 1\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n(hint: lower `micro_batch_size`)"
		case Lost:
			r = Report{State: state, Head: r.Head, Base: r.Base}
		}
		return r
	}
	again := Revision{"main", "a1b2c3d4e5f60718293a"}
	released := full(asked("symbolic", suite.Target, 60, 30, 48))
	released.Head.Ref, released.Again = "v1", true
	return map[string]Report{
		"ready": ended(Ready), "stopped": ended(Stopped), "ungated": ended(Ungated), "cancelled": ended(Cancelled), "broke": ended(Broke),
		"lost": ended(Lost), "running": ended(Running),
		"retrained":    {Verdict: gate.Unchanged("", p), Policy: p, Head: again, Base: again, Retrains: true},
		"again":        released,
		"pass":         full(asked("symbolic", suite.Target, 60, 30, 48), asked("general", suite.Guard, 50, 49, 50), asked("style", suite.Observed, 5, 2, 3)),
		"no-gain":      full(asked("symbolic", suite.Target, 60, 30, 31), asked("general", suite.Guard, 50, 49, 49)),
		"fail":         full(asked("symbolic", suite.Target, 60, 50, 23), asked("general", suite.Guard, 50, 49, 41)),
		"inconclusive": full(asked("symbolic", suite.Target, 20, 12, 14), asked("general", suite.Guard, 8, 8, 7)),
		"data": {
			Verdict: gate.Data(findings, p), Policy: p, Findings: findings, Head: Revision{"change", "1a2b3c4d5e6f70819203"}, Base: Revision{Ref: "main"},
			Dataset: &Dataset{Records: 240}, Stages: []Stage{{"dataset", 1.2, false}}, Reproduce: "tunegate dataset --base main --head change",
		},
		"unchanged": {
			Verdict: gate.Unchanged("", p), Policy: p, Head: Revision{"docs", "1a2b3c4d5e6f70819203"}, Base: Revision{"main", "a1b2c3d4e5f60718293a"},
		},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	all := reports()
	all["tutor"] = tutor()
	for name, r := range all {
		html, err := HTML(r)
		if err != nil {
			t.Fatal(err)
		}
		card, err := Card(r)
		if err != nil {
			t.Fatal(err)
		}
		provenance, err := Provenance(r)
		if err != nil {
			t.Fatal(err)
		}
		for ending, got := range map[string][]byte{".md": Comment(r), ".html": html, ".txt": Summary(r), ".card.md": card, ".provenance.json": provenance} {
			if got != nil && (ending != ".html" || r.State == Judged) { // a page is written of a verdict only
				golden(t, name+ending, got)
			}
		}
	}
}

// golden compares what was rendered with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (write it anew with -update):\n%s", path, diff)
	}
}

func TestTrainingWithoutValidationRows(t *testing.T) {
	t.Parallel()
	facts := Report{Training: &Training{Steps: 1, Tokens: 2, TrainLoss: 0.5}}.facts(plain)
	if want := []fact{{"training", "1 step, 2 tokens, loss 0.5000"}}; !slices.Equal(facts, want) {
		t.Errorf("got %q, want %q", facts, want)
	}
}
