// Package pipeline judges a change: in go a repository, two refs and what the
// machine has, out comes a run with its verdict and report. What it does is one
// list of steps; what a digest says is done is not done again.
package pipeline

import (
	"context"
	"errors"
	"fmt"

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

// Options say what to run.
type Options struct {
	Refs       plan.Refs
	ConfigPath string     // slash separated, from the top of the repository
	Until      step.Stage // empty: all
	Force      step.Stage // done again even if the store has it; empty: none
	Event      string     // what asked for the run; empty: a person
	PR         int        // the pull request that is judged; 0: none
	Web        string     // the repository's address on a GitHub server, without a slash at its end; empty: none
}

// Result is what came of a run.
type Result struct {
	Dir     string        `json:"run_dir"`
	Record  runs.Record   `json:"run"`
	Verdict *gate.Verdict `json:"verdict,omitempty"`
	Exit    int           `json:"-"`                 // the exit code that the policy asks for
	Summary []byte        `json:"-"`                 // the verdict for a terminal
	Stopped string        `json:"stopped,omitempty"` // why there is no verdict
	Ended   report.State  `json:"-"`                 // the same in a word, such as report.Ready
	Notes   []string      `json:"notes,omitempty"`
}

// Run judges one change. With an error the result has the folder and the record of
// the run, where it came to one.
func Run(ctx context.Context, m machine.Machine, r *repo.Repo, o Options) (Result, error) {
	p, err := plan.New(ctx, r, o.ConfigPath, o.Refs)
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	m, release, err := lock(ctx, m, fmt.Sprintf("a run of %s into %s", p.HeadRef, p.BaseRef))
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	defer release()
	run, err := begin(m, r, o, p)
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	run.steps = steps.Judge(run.machine, p, run.candidateTag(), run.logs())
	return run.whole(ctx, run.judge)
}

// lock takes the home and every GPU that is visible.
func lock(ctx context.Context, m machine.Machine, who string) (locked machine.Machine, release func(), err error) {
	home, releaseHome, err := runs.Lock(ctx, m, who)
	if err != nil {
		return m, nil, err
	}
	locked, releaseGPUs, err := home.LockGPUs(ctx, who)
	if err != nil {
		releaseHome()
		return m, nil, err
	}
	return locked, func() { releaseGPUs(); releaseHome() }, nil
}

// judge does the steps in order, as far as the options and the data let it.
func (r *run) judge(ctx context.Context) (Result, error) {
	s := r.steps
	if err := r.do(ctx, s.Dataset); err != nil {
		return Result{}, err
	}
	r.machine.Progress.Say("dataset: %s", steps.Counted(s.Dataset.Value().Stats))
	found := outcome{steps: s, findings: s.Dataset.Value().Findings}
	end, err := s.End()
	if err != nil {
		return Result{}, err
	}
	switch {
	case end == steps.OverLimit:
		found.findings = append(found.findings, s.TooManyRows(r.options.ConfigPath))
		return r.conclude(found.withVerdict(gate.Data(found.findings, r.plan.Config.Gate)))
	case end == steps.Blocked:
		return r.conclude(found.withVerdict(gate.Data(found.findings, r.plan.Config.Gate)))
	case end == steps.Ungated:
		return Result{Ended: report.Ungated, Stopped: fmt.Sprintf("%s is checked and its data has no errors; nothing is judged, because %s has no config yet", r.options.ConfigPath, r.plan.BaseRef)}, nil
	case end == steps.Unchanged:
		return r.conclude(found.withVerdict(gate.Unchanged("", r.plan.Config.Gate)))
	case r.options.Until == step.Dataset:
		return Result{Ended: report.Ready, Stopped: "stopped after the dataset, as asked: " + steps.Counted(s.Dataset.Value().Stats)}, nil
	}
	r.foresee(ctx, &found)
	stopped, err := r.each(ctx, s.All()[1:])
	if finding, ours := s.RowFinding(ctx, err); ours {
		found.findings = append(found.findings, finding)
		return r.conclude(found.withVerdict(gate.Data(found.findings, r.plan.Config.Gate)))
	}
	if err != nil || stopped != nil {
		return pointed(stopped), err
	}
	return r.decide(ctx, found)
}

func pointed(r *Result) Result {
	if r == nil {
		return Result{}
	}
	return *r
}

// foresee has the forecast looked up, which is for the report alone.
func (r *run) foresee(ctx context.Context, found *outcome) {
	planned, err := forecast.Of(ctx, r.steps, r.repo.Root(), forecast.Options{ConfigPath: r.options.ConfigPath, Until: r.options.Until, Force: r.options.Force})
	if err != nil {
		r.machine.Progress.Say("note: no forecast: %v", err)
		return
	}
	found.forecast = &planned
}

// stops are the words for a run that ends after a stage, as it was asked to.
var stops = map[step.Stage]string{
	step.Prepare: "before the training", step.Train: "after the training", step.Export: "after the export", step.Eval: "after the evaluation",
}

// each does steps in order. It gives a result where the run was asked to end
// before the last of them.
func (r *run) each(ctx context.Context, list []step.Step) (*Result, error) {
	for i, work := range list {
		stage, _ := work.Label()
		r.recorder.part, r.recorder.parts = position(list, i)
		if err := r.do(ctx, work); err != nil {
			return nil, err
		}
		switch stage {
		case step.Register:
			r.record.Candidate = r.steps.Registered.Value().Tag
		case step.Eval:
			if version, err := r.steps.ServerVersion(ctx); err == nil {
				r.record.Server = version
			}
		}
		last := i+1 == len(list)
		if !last {
			next, _ := list[i+1].Label()
			last = next != stage
		}
		if last && stage == step.Prepare {
			r.recorder.prepared()
		}
		if last && r.options.Until == stage {
			where := stops[stage]
			if stage == step.Register {
				where = "with the candidate registered as " + r.record.Candidate
			}
			return &Result{Ended: report.Stopped, Stopped: "stopped " + where + ", as asked"}, nil
		}
	}
	return nil, nil
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

// do does one step and keeps in the run's folder what came of it.
func (r *run) do(ctx context.Context, work step.Step) error {
	stage, name := work.Label()
	err := work.Run(ctx, step.Executor{Store: r.machine.Store(), Clock: r.machine.Clock, Force: r.options.Force, Watch: r.recorder})
	for _, use := range r.steps.Uses() {
		r.recorder.use(use)
	}
	if err == nil {
		return nil
	}
	if stage == step.Prepare {
		r.recorder.State(stage, name, "", step.Failed, 0)
	}
	if errors.Is(err, plan.ErrInput) {
		return err
	}
	return fmt.Errorf("stage %s failed: %w\n(what happened is in %s)", stage, err, r.dir)
}

// decide gives the verdict on the answers.
func (r *run) decide(ctx context.Context, found outcome) (Result, error) {
	cases, err := r.cases()
	if err != nil {
		return Result{}, err
	}
	found.cases = cases
	found = found.withVerdict(gate.Decide(r.plan.Config.Gate, cases))
	if err := r.trace(ctx, &found); err != nil {
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return Result{}, err
		}
		r.machine.Progress.Say("note: what the rows have to do with the verdict is not known: %v", err)
	}
	return r.conclude(found)
}

// candidateTag is the tag that this run's model gets.
func (r *run) candidateTag() string {
	name := r.plan.Config.Name
	if r.record.PR > 0 {
		return fmt.Sprintf("%s:pr-%d-%s", name, r.record.PR, r.record.Lineage[:8])
	}
	return name + ":run-" + r.record.ID
}
