// Package pipeline judges a change: from a repository and two refs to a run with a
// verdict and a report. It executes one list of steps, and reuses every result that is
// stored under its digest.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/forecast"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
)

// Options select what to run.
type Options struct {
	Refs       plan.Refs
	ConfigPath string     // slash separated, from the top of the repository
	Until      step.Stage // empty: all
	Force      step.Stage // redone even if the store has it; empty: none
	Event      string     // that triggered the run; empty: a person
	PR         int        // the judged pull request; 0: none
	Web        string     // the repository's address on a GitHub server, without a slash at its end; empty: none
}

// Result is the result of a run.
type Result struct {
	Dir     string        `json:"run_dir"`
	Record  runs.Record   `json:"run"`
	Verdict *gate.Verdict `json:"verdict,omitempty"`
	Exit    int           `json:"-"`                 // the exit code under the policy
	Summary []byte        `json:"-"`                 // the verdict for a terminal
	Stopped string        `json:"stopped,omitempty"` // why there is no verdict
	Ended   report.State  `json:"-"`                 // the same in a word, such as report.Ready
	Notes   []string      `json:"notes,omitempty"`
}

// Run judges one change. With an error, the result has the folder and the record of
// the run, if it got that far.
func Run(ctx context.Context, m machine.Machine, r *repo.Repo, o Options) (Result, error) {
	p, err := plan.New(ctx, r, o.ConfigPath, o.Refs)
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	ctx, cancel := bounded(ctx, p.Config.Limits)
	defer cancel()
	m, release, err := lock(ctx, m, p, o.Until, fmt.Sprintf("a run of %s into %s", p.HeadRef, p.BaseRef))
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	defer release()
	run, err := begin(m, r, o, p)
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	run.steps = steps.Judge(run.machine, p, steps.Options{Tag: run.candidateTag(), Logs: run.logs(), Force: o.Force, Until: o.Until})
	return run.whole(ctx, run.judge)
}

// lock takes the home, and the GPU unless the dataset is the last stage.
func lock(ctx context.Context, m machine.Machine, p *plan.Plan, until step.Stage, who string) (locked machine.Machine, release func(), err error) {
	home, releaseHome, err := runs.Lock(ctx, m, who)
	if err != nil || until == step.Dataset {
		return home, releaseHome, err
	}
	locked, releaseGPU, err := home.LockGPU(ctx, p.Config.Runner, who)
	if err != nil {
		releaseHome()
		return m, nil, err
	}
	return locked, func() { releaseGPU(); releaseHome() }, nil
}

// judge runs the steps in order, as far as the options and the data allow.
func (r *run) judge(ctx context.Context) (Result, error) {
	s := r.steps
	if err := r.do(ctx, s.Dataset); err != nil {
		return Result{}, err
	}
	r.machine.Progress.Say("dataset: %s", steps.Counted(s.Dataset.Value().Stats))
	found := outcome{steps: s, findings: r.findings()}
	end, err := s.End()
	if err != nil {
		return Result{}, err
	}
	switch {
	case end == steps.Blocked || end == steps.OverLimit:
		if finding, over := s.TooManyRows(r.options.ConfigPath); over {
			found.findings = append(found.findings, finding)
		}
		return r.conclude(found.withVerdict(gate.Data(found.findings, r.plan.Config.Gate)))
	case end == steps.Ungated:
		return Result{Ended: report.Ungated, Stopped: fmt.Sprintf("%s is valid and its data has no errors; nothing is judged, because %s has no config yet", r.options.ConfigPath, r.plan.BaseRef)}, nil
	case end == steps.Unchanged:
		return r.conclude(found.withVerdict(gate.Unchanged("", r.plan.Config.Gate)))
	case r.options.Until == step.Dataset:
		return Result{Ended: report.Ready, Stopped: "stopped after the dataset, as requested: " + steps.Counted(s.Dataset.Value().Stats)}, nil
	}
	r.forecast(ctx, &found)
	err = r.each(ctx, s.All()[1:])
	if finding, ours := s.RowFinding(ctx, err); ours {
		found.findings = append(found.findings, finding)
		return r.conclude(found.withVerdict(gate.Data(found.findings, r.plan.Config.Gate)))
	}
	if err != nil {
		return Result{}, s.AtLine(ctx, err)
	}
	if where, early := r.stopped(); early {
		return Result{Ended: report.Stopped, Stopped: "stopped " + where + ", as requested"}, nil
	}
	return r.decide(ctx, found)
}

// findings are those of the rows, and those of files that should be among them.
func (r *run) findings() []dataset.Finding {
	return slices.Concat(r.steps.Dataset.Value().Findings, r.plan.Unnamed)
}

// forecast computes the forecast, which only the report needs.
func (r *run) forecast(ctx context.Context, found *outcome) {
	planned, err := forecast.Of(ctx, r.steps, r.repo.Root(), r.options.ConfigPath)
	switch {
	case errors.Is(err, plan.ErrInput): // the run ends with it, and says so once
		return
	case err != nil:
		r.machine.Progress.Say("note: no forecast: %v", err)
		return
	}
	found.forecast = &planned
}

// stopped tells where a run stopped that was to end before its verdict.
func (r *run) stopped() (where string, early bool) {
	switch r.options.Until {
	case step.Prepare:
		return "before the training", true
	case step.Train:
		return "after the training", true
	case step.Export:
		return "after the export", true
	case step.Register:
		return "with the candidate registered as " + r.record.Candidate, true
	case step.Eval:
		return "after the evaluation", true
	}
	return "", false
}

// each runs steps in order, and keeps each stage's results in the run.
func (r *run) each(ctx context.Context, list []step.Step) error {
	for i, s := range list {
		stage, _ := s.Label()
		r.recorder.part, r.recorder.parts = position(list, i)
		if stage == step.Eval && r.recorder.part == 1 {
			version, err := r.steps.ServerVersion(ctx)
			if err != nil {
				return err
			}
			r.record.Server = version
		}
		if err := r.do(ctx, s); err != nil {
			return err
		}
		if r.recorder.part < r.recorder.parts {
			continue
		}
		switch stage {
		case step.Prepare:
			r.recorder.prepared()
		case step.Register:
			r.record.Candidate = r.steps.Registered.Value().Tag
		}
	}
	if !r.steps.CandidateAnswers.Brought() {
		return nil
	}
	var err error
	r.graded, err = r.cases()
	return err
}

// position is that of a step among those of its stage, from 1, and their number.
func position(list []step.Step, i int) (part, parts int) {
	stage, _ := list[i].Label()
	for j, other := range list {
		if of, _ := other.Label(); of == stage {
			parts++
			if j <= i {
				part++
			}
		}
	}
	return part, parts
}

// do runs one step and keeps its result in the run's folder.
func (r *run) do(ctx context.Context, s step.Step) error {
	stage, _ := s.Label()
	err := s.Run(ctx, step.Executor{Store: r.machine.Store(), Clock: r.machine.Clock, Force: r.steps.Options().Force, Watch: r.recorder})
	for _, use := range r.steps.Uses() {
		r.recorder.use(use)
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, plan.ErrInput) {
		return err
	}
	return fmt.Errorf("stage %s failed: %w\n(logs: %s)", stage, err, r.dir)
}

// decide returns the verdict on the answers.
func (r *run) decide(ctx context.Context, found outcome) (Result, error) {
	found.cases = r.graded
	found = found.withVerdict(gate.Decide(r.plan.Config.Gate, r.graded))
	if err := r.trace(ctx, &found); err != nil {
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return Result{}, err
		}
		r.machine.Progress.Say("note: could not attribute failures to rows: %v", err)
	}
	return r.conclude(found)
}

// candidateTag is the tag of this run's model.
func (r *run) candidateTag() string {
	name := r.plan.Config.Name
	if r.record.PR > 0 {
		return fmt.Sprintf("%s:pr-%d-%s", name, r.record.PR, r.record.Lineage[:8])
	}
	return name + ":run-" + r.record.ID
}
