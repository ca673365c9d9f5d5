package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
)

// run is one run in progress: its subject, and the folder that it fills.
type run struct {
	machine  machine.Machine
	options  Options
	repo     *repo.Repo
	plan     *plan.Plan
	dir      string
	record   *runs.Record
	recorder *recorder
	steps    *steps.List
	graded   []eval.Case // of both models, once they are evaluated
}

// begin creates a run's folder, and marks the workspace as having a run in progress.
func begin(m machine.Machine, r *repo.Repo, o Options, p *plan.Plan) (*run, error) {
	run := describe(m, r, o, p)
	if err := run.open(); err != nil {
		return nil, err
	}
	if err := run.writeStatus(report.Running, ""); err != nil {
		return nil, errors.Join(err, run.recorder.Close())
	}
	return run, nil
}

// describe names a run and its subject.
func describe(m machine.Machine, r *repo.Repo, o Options, p *plan.Plan) *run {
	now := m.Clock().UTC()
	id := fmt.Sprintf("%s-%s", now.Format("20060102-150405.000"), cmp.Or(p.Lineage, p.HeadSHA)[:8])
	return &run{
		machine: m, options: o, repo: r, plan: p, dir: runs.Folder(m.Home, id),
		record: &runs.Record{
			Schema: runs.Schema, ID: id, Event: cmp.Or(o.Event, "local"), PR: o.PR, State: step.Running,
			BaseRef: p.BaseRef, HeadRef: p.HeadRef, Repository: r.Root(),
			BaseSHA: p.BaseSHA, HeadSHA: p.HeadSHA, PolicySHA256: p.PolicySHA256, Until: o.Until, Retrains: p.Retrains,
			Lineage: p.Lineage, Started: now, Stages: []runs.StageRun{}, Uses: []runs.Use{},
		},
	}
}

// open creates the run's folder with its record, and logs events there.
func (r *run) open() error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("%w (hint: make $TUNEGATE_HOME, %s, writable)", err, r.machine.Home)
	}
	if err := r.record.Save(r.dir); err != nil {
		return err
	}
	var err error
	if r.recorder, err = newRecorder(r.dir, r.record, r.machine); err != nil {
		return err
	}
	r.machine.Progress = r.recorder.events
	return nil
}

// whole judges, closes what was opened and records the outcome.
func (r *run) whole(ctx context.Context, judge func(context.Context) (Result, error)) (Result, error) {
	result, err := r.recorded(ctx, judge)
	return result, errors.Join(err, r.recorder.Close())
}

func (r *run) recorded(ctx context.Context, judge func(context.Context) (Result, error)) (Result, error) {
	for _, note := range r.plan.Notes {
		r.machine.Progress.Say("note: %s", note)
	}
	result, err := judge(ctx)
	if closing := r.steps.Close(); closing != nil && ctx.Err() == nil {
		r.machine.Progress.Say("note: the server did not stop cleanly: %v", closing)
	}
	if err = late(ctx, err); err != nil {
		r.recorder.events.failed(err)
		err = errors.Join(err, r.failed(ctx, err))
		return Result{Dir: r.dir, Record: *r.record}, err
	}
	r.record.State, r.record.Ended = step.Done, string(result.Ended)
	if result.Verdict != nil {
		r.record.Outcome = string(result.Verdict.Outcome)
	}
	result.Dir, result.Record, result.Notes = r.dir, *r.record, r.plan.Notes
	if err := r.record.Save(r.dir); err != nil {
		return Result{}, err
	}
	if result.Verdict == nil {
		return result, r.writeStatus(result.Ended, "")
	}
	r.copyOut()
	return result, nil
}

// failed records that the run failed or was cancelled.
func (r *run) failed(ctx context.Context, err error) error {
	var state report.State
	if r.record.State, state = step.Failed, report.Broke; errors.Is(context.Cause(ctx), context.Canceled) {
		r.record.State, state = step.Cancelled, report.Cancelled
	}
	r.record.Error = err.Error()
	return errors.Join(r.record.Save(r.dir), r.writeStatus(state, err.Error()))
}

// refused writes into the workspace of a workflow that the run could not be
// planned or started, for the job that reports. It returns the
// cause, with the time limit if that ended it, and any error of writing that.
func refused(ctx context.Context, m machine.Machine, r *repo.Repo, o Options, p *plan.Plan, cause error) error {
	cause = late(ctx, cause)
	if o.Event == "" || p.HeadSHA == "" {
		return cause
	}
	dir, err := os.MkdirTemp(m.TempDir, "tunegate-run-")
	if err != nil {
		return errors.Join(cause, err)
	}
	defer os.RemoveAll(dir)
	run := describe(m, r, o, p)
	run.dir = dir
	return errors.Join(cause, run.failed(ctx, cause))
}

// copyOut leaves a copy of the run in the workspace. A run does not fail for lack
// of its copy.
func (r *run) copyOut() {
	if err := runs.CopyOut(r.repo.Root(), r.dir); err != nil {
		r.machine.Progress.Say("note: could not copy the run into the workspace: %v", err)
	}
}

// logs is the folder of what children write.
func (r *run) logs() string { return filepath.Join(r.dir, "logs") }
