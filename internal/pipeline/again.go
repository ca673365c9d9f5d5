package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
	"github.com/tunegate/tunegate/internal/store"
)

// Again judges anew the model that an earlier run made of the plan's head:
// the same bytes, against the current baseline. Nothing is trained and no
// candidate is exported. The prefix narrows the earlier run down to one; empty:
// the newest. Without such a run the error is plan.ErrNoModel.
func Again(ctx context.Context, m machine.Machine, r *repo.Repo, p *plan.Plan, o Options, prefix string) (Result, error) {
	ctx, cancel := bounded(ctx, p.Config.Limits)
	defer cancel()
	m, release, err := lock(ctx, m, p, o.Until, fmt.Sprintf("a promotion of %s", p.HeadRef))
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	defer release()
	earlier, made, err := findModel(m, p, prefix)
	if err != nil {
		return Result{}, err
	}
	run, err := begin(m, r, o, p)
	if err != nil {
		return Result{}, refused(ctx, m, r, o, p, err)
	}
	run.record.Again = true
	run.steps = steps.Again(run.machine, p, made, steps.Options{Logs: run.logs()})
	run.machine.Progress.Say("judging the model of run %s again, against the current baseline", earlier.ID)
	return run.whole(ctx, func(ctx context.Context) (Result, error) { return run.again(ctx, earlier) })
}

// findModel finds the newest run that made a model of the plan's name and lineage
// for its server, whose bytes are kept.
func findModel(m machine.Machine, p *plan.Plan, prefix string) (runs.Record, runs.Artifact, error) {
	records, err := runs.All(m.Home)
	if err != nil {
		return runs.Record{}, runs.Artifact{}, err
	}
	host, err := machine.Address(p.Config.Runner)
	if err != nil {
		return runs.Record{}, runs.Artifact{}, err
	}
	var why string // the newest cannot be used
	for _, record := range slices.Backward(records) {
		name, _, _ := strings.Cut(record.Candidate, ":")
		if record.Lineage != p.Lineage || name != p.Config.Name || !strings.HasPrefix(record.ID, prefix) {
			continue
		}
		made, err := runs.MadeBy(m, record)
		switch {
		case err == nil && made.Host == host:
			return record, made, nil
		case err == nil:
			err = errors.New("for a different server than the config's `runner.ollama`")
		}
		why = cmp.Or(why, fmt.Sprintf("run %s made one, but %v", record.ID, err))
	}
	return runs.Record{}, runs.Artifact{}, p.NoModel(cmp.Or(why, "no run in this home made one"))
}

// again is the part of a run that judges an existing model.
func (r *run) again(ctx context.Context, earlier runs.Record) (Result, error) {
	if err := r.reuseStages(earlier); err != nil {
		return Result{}, err
	}
	if err := r.each(ctx, r.steps.All()); err != nil {
		return Result{}, err
	}
	return r.decide(ctx, outcome{steps: r.steps})
}

// reuseStages makes the stages of an earlier run this one's, as far as the store still
// has them.
func (r *run) reuseStages(earlier runs.Record) error {
	for _, of := range []struct {
		stage step.Stage
		take  func(store.Entry) error
	}{
		{step.Dataset, r.steps.Dataset.Take}, {step.Train, r.steps.Adapter.Take}, {step.Export, r.steps.Candidate.Take},
		{step.Register, func(store.Entry) error { return nil }}, // its own step restores it
	} {
		key := earlier.Key(of.stage)
		entry, err := r.machine.Store().Get(string(of.stage), key)
		if err != nil {
			continue
		}
		r.recorder.State(of.stage, "", key, step.Reused, entry.Manifest.Seconds)
		if err := errors.Join(of.take(entry), r.recorder.Kept(of.stage, "", entry)); err != nil {
			return err
		}
	}
	return nil
}
