// Package reporttest provides reports of every kind, hostile ones included, to test the
// renderers, and compares their output with golden files.
package reporttest

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/suite"
)

// Asked makes n cases of a suite, of which the baseline and the candidate each pass the
// first few.
func Asked(name string, role suite.Role, n, baseline, candidate int) []eval.Case {
	var cases []eval.Case
	for i := range n {
		for _, model := range []string{eval.Baseline, eval.Candidate} {
			passed := i < baseline
			if model == eval.Candidate {
				passed = i < candidate
			}
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

// Policy is a policy that allows inconclusive results.
func Policy() gate.Policy {
	return gate.Policy{
		Merge:   gate.Merge{Margin: 0.10, OnInconclusive: gate.LetPass},
		Promote: gate.Promote{Gain: gate.Gain{AtLeast: 0.03}, NoWorse: gate.NoWorse{Margin: 0.10}},
	}
}

// Reports has one report of each kind, by name.
func Reports() map[string]report.Report {
	full := func(cases ...[]eval.Case) report.Report {
		var all []eval.Case
		for _, c := range cases {
			all = append(all, c...)
		}
		p := Policy()
		return report.Report{
			Verdict: gate.Decide(p, all), Policy: p, Cases: all,
			Head: report.Revision{Ref: "change", SHA: "1a2b3c4d5e6f70819203"}, Base: report.Revision{Ref: "main", SHA: "a1b2c3d4e5f60718293a"},
			CandidateTag: "demo:pr-7-1a2b3c4d", BaselineTag: "demo-base",
			Stages:   []report.Stage{{Name: "dataset", Seconds: 0.4, Reused: true}, {Name: "train", Seconds: 95, Reused: false}, {Name: "eval", Seconds: 31, Reused: false}},
			Dataset:  &report.Dataset{Records: 240, Train: 220, Validation: 20},
			Findings: []dataset.Finding{{Check: "near_duplicate", Level: "warn", File: "raw.json", Line: 40, See: "raw.json:12", Message: "nearly the same question (hint: remove one)"}},
			Training: &report.Training{Steps: 120, Tokens: 51234, TrainLoss: 0.1234, EvalLoss: new(0.2345)},
			Samples:  []report.Sample{{Prompt: "What is 2 + 2?", Base: "2 + 2 = 4", Adapter: "Step by step: 2 + 2 = 4."}},
			Export:   &report.Export{Changed: 14, Unchanged: 12, GGUFSHA256: strings.Repeat("e", 64)}, Reproduce: "tunegate run --base main --head change",
			Notes: []string{"this change edits the policy, which takes effect after the merge; this verdict uses the policy of main",
				"tunegate.yaml: gate.merge.margin would be 0.3 (now 0.1)", "from @someone\n::error::and ##[error] others"},
		}
	}
	p := Policy()
	findings := []dataset.Finding{
		{Check: "record_syntax", Level: "error", New: true, File: "raw.json", Line: 17, Column: 3, Message: "the string is not closed (hint: add the quote)"},
		{Check: "exact_duplicate", Level: "error", New: true, File: "more.json", Line: 9, See: "raw.json:4", Message: `the record "2 + 2" is a duplicate (hint: remove it)`},
		{Check: "exact_duplicate", Level: "error", File: "raw.json", Line: 30, See: "raw.json:31", Message: "duplicate record (hint: remove one)"},
	}
	ended := func(state report.State) report.Report {
		r := report.Report{
			State: state, Head: report.Revision{Ref: "stranger:change", SHA: "1a2b3c4d5e6f70819203"}, Base: report.Revision{Ref: "main", SHA: "a1b2c3d4e5f60718293a"},
			Stages: []report.Stage{{Name: "dataset", Seconds: 1.2, Reused: false}, {Name: "train", Seconds: 48, Reused: false}}, Reproduce: "tunegate run --base main --head change",
		}
		switch state {
		case report.Ready:
			r.Stages, r.Dataset, r.Findings = r.Stages[:1], &report.Dataset{Records: 240, Train: 220, Validation: 20}, findings[2:]
		case report.Stopped:
			r.Dataset = &report.Dataset{Records: 240, Train: 220, Validation: 20}
		case report.Ungated:
			r.Stages, r.Notes = r.Stages[:1], []string{"main has no tunegate.yaml yet: this one is only checked, and nothing is judged until it is merged"}
		case report.Broke:
			r.Error = "train: the trainer ended with exit code 1\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n(hint: lower `micro_batch_size`)"
		case report.Lost:
			r = report.Report{State: state, Head: r.Head, Base: r.Base}
		}
		return r
	}
	again := report.Revision{Ref: "main", SHA: "a1b2c3d4e5f60718293a"}
	released := full(Asked("symbolic", suite.Target, 60, 30, 48))
	released.Head.Ref, released.Again = "v1", true
	return map[string]report.Report{
		"ready": ended(report.Ready), "stopped": ended(report.Stopped), "ungated": ended(report.Ungated), "cancelled": ended(report.Cancelled), "broke": ended(report.Broke),
		"lost": ended(report.Lost), "running": ended(report.Running),
		"retrained":    {Verdict: gate.Unchanged("", p), Policy: p, Head: again, Base: again, Retrains: true},
		"again":        released,
		"pass":         full(Asked("symbolic", suite.Target, 60, 30, 48), Asked("general", suite.Guard, 50, 49, 50), Asked("style", suite.Observed, 5, 2, 3)),
		"no-gain":      full(Asked("symbolic", suite.Target, 60, 30, 31), Asked("general", suite.Guard, 50, 49, 49)),
		"fail":         full(Asked("symbolic", suite.Target, 60, 50, 23), Asked("general", suite.Guard, 50, 49, 41)),
		"inconclusive": full(Asked("symbolic", suite.Target, 20, 12, 14), Asked("general", suite.Guard, 8, 8, 7)),
		"data": {
			Verdict: gate.Data(findings, p), Policy: p, Findings: findings, Head: report.Revision{Ref: "change", SHA: "1a2b3c4d5e6f70819203"}, Base: report.Revision{Ref: "main"},
			Dataset: &report.Dataset{Records: 240}, Stages: []report.Stage{{Name: "dataset", Seconds: 1.2, Reused: false}}, Reproduce: "tunegate dataset --base main --head change",
		},
		"unchanged": {
			Verdict: gate.Unchanged("", p), Policy: p, Head: report.Revision{Ref: "docs", SHA: "1a2b3c4d5e6f70819203"}, Base: report.Revision{Ref: "main", SHA: "a1b2c3d4e5f60718293a"},
		},
	}
}
