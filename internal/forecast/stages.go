package forecast

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
	"github.com/tunegate/tunegate/internal/train"
)

// prepare forecasts the work before a training. Most of it is shared by all runs of one
// base: setup does it, or the first run.
func (f *forecaster) prepare(in found) error {
	var missing []string
	seconds, from := new(float64), ""
	for i, planned := range in.steps {
		if in.look[i].Kept {
			continue
		}
		_, name := planned.Label()
		missing = append(missing, name)
		var one *float64
		if slot := in.look[i].Slot; slot != nil {
			one, from = f.past.seconds(slot.Stage, func(e store.Entry) bool { return e.Manifest.Inputs["base"] == slot.Inputs["base"] })
		}
		if one == nil || seconds == nil {
			seconds, from = nil, ""
		} else {
			*seconds += *one
		}
	}
	if missing == nil {
		f.add(step.Prepare, report.Kept, nil, "", "prepared")
	} else {
		f.add(step.Prepare, report.ToDo, seconds, from, "to prepare: "+strings.Join(missing, ", "))
	}
	return nil
}

// train forecasts the training.
func (f *forecaster) train(in found) error {
	options, stats := f.plan.Config.Train, f.steps.Dataset.Value().Stats
	schedule := options.Schedule(stats.TrainLines)
	planned := report.PlannedTraining{Steps: schedule.Steps}
	before := ""
	if len(f.plan.Sanity) > 0 {
		planned.SanitySteps = schedule.Sanity
		before = ", after a sanity run of " + text.Count(schedule.Sanity, "step")
	}
	f.made.Training = &planned
	if in.kept() {
		result := f.steps.Adapter.Value()
		planned.Tokens = result.Tokens
		f.add(step.Train, report.Kept, nil, "", text.Count(result.Steps, "step")+", "+text.Count(result.Tokens, "token"))
		return nil
	}
	characters, err := f.text()
	if err != nil {
		return err
	}
	identity, _ := f.steps.BaseIdentity()
	earlier := f.past.trainings(identity, options.Quantization)
	planned.CharactersPerToken, planned.From = charactersPerToken(f.steps.Rendering.Value(), earlier)
	passes := float64(schedule.Steps) / float64(schedule.PerEpoch)
	planned.Tokens = int(float64(characters) * passes / planned.CharactersPerToken)
	done := f.trainedSteps(in.look[0].Slot)
	left := schedule.Steps - min(done, schedule.Steps)
	if done == 0 { // else the sanity run is done too
		left += planned.SanitySteps
	}
	seconds, from := trainingTime(earlier, float64(planned.Tokens)*float64(left)/float64(schedule.Steps))
	state, detail := report.ToDo, fmt.Sprintf("%s of %s%s, about %s (%.1f characters per token, %s)", text.Count(schedule.Steps, "step"),
		text.Count(options.Batch(), "row"), before, text.Count(planned.Tokens, "token"), planned.CharactersPerToken, planned.From)
	if done > 0 {
		state, detail = report.Part, fmt.Sprintf("%s; %d already done", detail, done)
	}
	f.add(step.Train, state, seconds, from, detail)
	f.made.Memory.TrainBytes, f.made.Memory.From = trainingMemory(f.parameters(), options.Quantization, earlier)
	f.made.DiskBytes += train.Disk(f.parameters(), options.LoRA.R, measuredRank(earlier))
	return nil
}

// parameters is the number of parameters of the base.
func (f *forecaster) parameters() int64 { return f.steps.BaseSize() / 2 }

// export forecasts the candidate's GGUF.
func (f *forecaster) export(in found) error {
	if in.kept() {
		f.add(step.Export, report.Kept, nil, "", text.Count(len(f.steps.Candidate.Value().Changed), "tensor")+" changed")
		return nil
	}
	base := f.steps.BaseGGUF.Value().GGUFSHA256
	seconds, from := f.past.seconds(string(step.Export), func(e store.Entry) bool {
		return e.Manifest.Inputs["base"] == base && e.Manifest.Inputs["adapter"] != ""
	})
	f.add(step.Export, report.ToDo, seconds, from, "")
	return nil
}

// register forecasts the candidate's tag.
func (f *forecaster) register(in found) error {
	if in.kept() {
		id := f.steps.Registered.Value().ModelID
		f.add(step.Register, report.Kept, nil, "", "model_id "+id[:min(12, len(id))])
		return nil
	}
	seconds, from := f.past.seconds(string(step.Register), f.past.ours)
	f.add(step.Register, report.ToDo, seconds, from, "")
	return nil
}

// eval forecasts the answers of both models.
func (f *forecaster) eval(in found) error {
	total := report.PlannedEvaluation{}
	for _, s := range f.plan.Suites {
		cases, questions := s.Size()
		total.Cases += cases
		total.Questions += questions
	}
	f.made.Asked = &total
	var words []string
	left, asked := 0, 0
	for i, planned := range in.steps {
		_, role := planned.Label()
		if in.look[i].Kept {
			words = append(words, role+" reused")
			continue
		}
		missing := total.Cases - min(f.gradedCases(in.look[i].Slot), total.Cases)
		words = append(words, fmt.Sprintf("%s %s to evaluate", role, text.Count(missing, "case")))
		left += missing
		asked++
	}
	state := report.Part
	switch {
	case asked == 0:
		state = report.Kept
	case left == total.Cases*len(in.steps):
		state = report.ToDo
	}
	questions := float64(left) * float64(total.Questions) / float64(max(1, total.Cases))
	seconds, from := evaluationTime(f.past.evaluations(), questions, asked)
	f.add(step.Eval, state, seconds, from, fmt.Sprintf("%s with %s: %s", text.Count(total.Cases, "case"), text.Count(total.Questions, "question"), strings.Join(words, ", ")))
	if asked > 0 {
		f.made.Memory.ServeBytes = servingMemory(f.steps.BaseSize())
	}
	return nil
}

// gradedCases counts the graded cases of an interrupted evaluation.
func (f *forecaster) gradedCases(at *store.Slot) int {
	dir := f.past.draft(at)
	if dir == "" || f.options.Force == step.Eval {
		return 0
	}
	data, err := os.ReadFile(filepath.Join(dir, eval.CasesFile))
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("\n"))
}
