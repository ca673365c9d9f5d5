package reporttest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/train"
)

// Tutor is a failed report with everything: follow-ups with their turns, a lost answer,
// findings of several checks, links, losses, a forecast.
func Tutor() report.Report {
	followUps := suite.Suite{Path: "suites/followup.suite.yaml", Name: "followup", Role: suite.Target, History: []suite.History{suite.Replayed, suite.Own}}
	var cases []eval.Case
	add := func(c eval.Case, model string, passed *bool, turns []eval.Turn, asserts ...eval.AssertResult) {
		c.Model, c.ModelID, c.Pass, c.Turns, c.Asserts = model, strings.Repeat(model[:1], 64), passed, turns, asserts
		if c.Evidence = eval.Direct; passed == nil {
			c.Evidence, c.Why = eval.None, "the answer was cut at num_predict or num_ctx"
		}
		cases = append(cases, c)
	}
	for i := range 50 {
		id := fmt.Sprintf("steps-product-%d", i)
		first, second := fmt.Sprintf("What is %d · 7?", i+3), "I still don't see it. Can you show every step?"
		given := fmt.Sprintf("%d · 7 = %d.", i+3, 7*(i+3))
		followUps.Cases = append(followUps.Cases, suite.Case{
			ID: id, Cluster: id, Line: 8 + 9*i,
			Turns: []suite.Turn{{User: first, Assistant: given}, {User: second, Asserts: []assertion.Assert{{Type: "icontains", Weight: 1}}}},
		})
		c := eval.Case{Suite: "followup", Role: string(suite.Target), Case: id, Cluster: id, History: string(suite.Replayed)}
		long := fmt.Sprintf("Step 1: split %[1]d into tens and ones.\nStep 2: multiply each part by 7.\nStep 3: add both products: %[2]d.\n\nSo %[1]d · 7 = %[2]d.", i+3, 7*(i+3))
		short := fmt.Sprintf("Step 1: split %[1]d into tens and ones.\nStep 2: multiply each part by 6.\n\nSo %[1]d · 7 = %[2]d.", i+3, 6*(i+3))
		yes, no := true, false
		good := []eval.Turn{{User: second, Output: long, DoneReason: "stop", OutputTokens: 58, MS: 900}}
		bad := []eval.Turn{{User: second, Output: short, DoneReason: "stop", OutputTokens: 44, MS: 700}}
		failed := []eval.AssertResult{
			{Type: "icontains", Value: "Step 3:", Result: eval.Fail, Weight: 1, Why: "the text is not in the answer"},
			{Type: "maths-equal", Value: fmt.Sprint(7 * (i + 3)), Result: eval.Fail, Weight: 1, Why: "not the same value"},
		}
		switch {
		case i < 24:
			add(c, eval.Baseline, &yes, good)
			add(c, eval.Candidate, &no, bad, failed...)
		case i < 26:
			add(c, eval.Baseline, &no, bad, failed...)
			add(c, eval.Candidate, &yes, good)
		case i < 27:
			add(c, eval.Baseline, &yes, good)
			add(c, eval.Candidate, nil, []eval.Turn{{User: second, Output: strings.Repeat("Step 1: split it again. ", 40), DoneReason: "length", OutputTokens: 512}})
		default:
			add(c, eval.Baseline, &yes, good)
			add(c, eval.Candidate, &yes, good)
		}
	}
	cases = append(cases, Asked("general-knowledge", suite.Guard, 60, 58, 57)...)
	cases = append(cases, Asked("style", suite.Observed, 12, 4, 9)...)
	policy := Policy()
	policy.Merge.OutputTokens = &gate.Ratio{MaxRatio: 1.5}
	verdict := gate.Decide(policy, cases)
	verdict.PolicySHA256 = strings.Repeat("9", 64)
	var losses []report.Loss
	for step := range 240 {
		loss := 0.35 + 1.9*math.Exp(-float64(step)/40) + 0.12*math.Sin(float64(step)*1.7)
		losses = append(losses, report.Loss{Step: step + 1, Loss: &loss})
		if step%40 == 39 {
			losses = append(losses, report.Loss{Step: step + 1, EvalLoss: new(loss + 0.08)})
		}
	}
	started := time.Date(2026, 11, 22, 19, 29, 7, 0, time.UTC)
	return report.Report{
		Name: "euclid-tutor", Verdict: verdict, Policy: policy, Cases: cases, Suites: report.SuitesOf([]suite.Suite{followUps}),
		Head: report.Revision{Ref: "feature/shorter-answers", SHA: "11985b5fa9b65845aaf4f8ced74c0b7a037fe318"}, Base: report.Revision{Ref: "main", SHA: "2c8a289b33a9a65fbcd054e1b27ee1a59c5f0c70"},
		Links: report.Links{
			Head: "https://git.example.org/euclid/tutor/blob/11985b5fa9b65845aaf4f8ced74c0b7a037fe318",
			Base: "https://git.example.org/euclid/tutor/blob/2c8a289b33a9a65fbcd054e1b27ee1a59c5f0c70",
			Run:  "https://git.example.org/euclid/tutor/actions/runs/30433642/attempts/1",
		},
		CandidateTag: "euclid-tutor:pr-7-cd90aea0", BaselineTag: "euclid-tutor:stable",
		Stages: []report.Stage{{Name: "dataset", Seconds: 0.4, Reused: true}, {Name: "train", Seconds: 95, Reused: false}, {Name: "export", Seconds: 1.2, Reused: false}, {Name: "register", Seconds: 2.4, Reused: false}, {Name: "eval", Seconds: 31, Reused: true}, {Name: "eval", Seconds: 44, Reused: false}},
		Forecast: &report.Forecast{
			Training: &report.PlannedTraining{Steps: 240, Tokens: 99_000}, Memory: report.PlannedMemory{TrainBytes: 3_100_000_000},
			Stages: []report.PlannedStage{{Name: "train", State: report.ToDo, Seconds: new(88.0)}, {Name: "eval", State: report.ToDo, Seconds: new(52.0)}},
		},
		Dataset: &report.Dataset{Records: 1240, Train: 1118, Validation: 122},
		Findings: []dataset.Finding{
			{Check: "near_duplicate", Level: "warn", New: true, File: "data/shorter answers.json", Line: 40, See: "data/raw.json:12", Message: "nearly the same question (hint: remove one)"},
			{Check: "near_duplicate", Level: "warn", File: "data/raw.json", Line: 61, See: "data/raw.json:58", Message: "nearly the same question (hint: remove one)"},
			{Check: "level", Level: "warn", File: "data/raw.json", Line: 70, Column: 5, Message: "the text of `input` is not a learner level, so it is ignored (hint: move it into the question)"},
		},
		Nearest: map[string][]report.Row{
			"followup/steps-product-0": {
				{File: "data/shorter answers.json", Line: 12, Question: "What is 4 · 7? Show the steps.", Similarity: 0.82, New: true},
				{File: "data/shorter answers.json", Line: 31, Question: "Calculate 3 · 6 in one line.", Similarity: 0.64, New: true},
				{File: "data/raw.json", Line: 7, Question: "I still don't see why 3 · 7 is 21.", Similarity: 0.41},
			},
			"followup/steps-product-1": {{File: "data/raw.json", Line: 7, Question: "I still don't see why 3 · 7 is 21.", Similarity: 0.4}},
		},
		BaselineProbe: &report.BaselineProbe{Eligible: 4812, Asked: 16, Correct: 12, Rows: []report.Row{{File: "data/shorter answers.json", Line: 3, Question: "What is 2 + 2?", New: true}}},
		Losses:        losses,
		Training: &report.Training{
			Steps: 240, Tokens: 102_776, TrainLoss: 0.6012, EvalLoss: new(0.4311), Device: "cuda: NVIDIA A10G", Precision: "bfloat16", Seed: 42,
			PeakMemoryBytes: 2_911_000_000, AdapterSHA256: strings.Repeat("a", 64),
			Versions: map[string]string{"python": "3.11.7", "torch": "2.15.0", "transformers": "5.23.0", "peft": "0.21.2"},
			Recipe: &train.Options{
				Quantization: "nf4", LearningRate: 1e-4, Epochs: 3, MicroBatchSize: 4, GradientAccumulationSteps: 4,
				LoRA: train.LoRA{R: 16, Alpha: 32, Dropout: 0.05, TargetModules: []string{"q_proj", "k_proj", "v_proj", "o_proj"}},
			},
		},
		Samples: []report.Sample{
			{Prompt: "Calculate 9 + 8.", Base: "The answer is $17$.", Adapter: "Step 1: 9 + 8 = 17.\nThe answer is $17$."},
			{Prompt: "Compute d/dx of 4x^2.", Base: "The answer is $8x$.", Adapter: "The answer is $8x^2$."},
		},
		Export: &report.Export{Changed: 112, Unchanged: 178, GGUFSHA256: strings.Repeat("e", 64)},
		Origin: report.Origin{
			Run: "20261122-192907.437-cd90aea0", Started: started, Finished: started.Add(3 * time.Minute), Tool: "v0.4.0", Server: "0.17.4",
			Lineage: "cd90aea0" + strings.Repeat("1", 56), Base: report.BaseModel{Model: "Qwen/Qwen2-0.5B-Instruct", Revision: "c540970f9e29518b1d8f06ab8b24cba66ad77b6d", License: "apache-2.0"},
			Sources: []dataset.Source{{Path: "data/*.json", Weight: 1, License: "CC0-1.0"}, {Path: "more/*.jsonl", Weight: 2}},
			Materials: []report.Material{
				{Name: "base commit", Algorithm: "gitCommit", Digest: "2c8a289b33a9a65fbcd054e1b27ee1a59c5f0c70"},
				{Name: "head commit", Algorithm: "gitCommit", Digest: "11985b5fa9b65845aaf4f8ced74c0b7a037fe318"},
				{Name: "data/raw.json", Algorithm: "gitBlob", Digest: strings.Repeat("b", 40)}, {Name: "data/shorter answers.json", Algorithm: "gitBlob", Digest: strings.Repeat("c", 40)},
				{Name: "base model", Algorithm: "sha256", Digest: strings.Repeat("d", 64)},
			},
		},
		Notes: []string{"this change edits the policy, which takes effect after the merge; this verdict uses the policy of main",
			"tunegate.yaml: gate.merge.margin would be 0.3 (now 0.1)"},
		Reproduce: "tunegate run --base 2c8a289b33a9a65fbcd054e1b27ee1a59c5f0c70 --head 11985b5fa9b65845aaf4f8ced74c0b7a037fe318",
	}
}

// All are the Reports, and the Tutor's.
func All() map[string]report.Report {
	all := Reports()
	all["tutor"] = Tutor()
	return all
}
