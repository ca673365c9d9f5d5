package pipeline

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
)

// Tools installs the programs that a run needs and the machine may lack, and prints
// the installers' output to log.
func Tools(ctx context.Context, m machine.Machine, runner config.Runner, log io.Writer) error {
	m, release, err := runs.Lock(ctx, m, "setup")
	if err != nil {
		return err
	}
	defer release()
	return m.Install(ctx, runner, log)
}

// SetupOptions select what is set up.
type SetupOptions struct {
	ConfigPath string // slash separated, from the top of the repository
	Base       string // the ref whose config and base model are prepared; empty: the default branch
	Relock     bool   // the lock of the base model is rewritten, whatever it has
}

// Setup installs the tools, then prepares everything about the base model that runs of
// this repository share: its GGUF, the tag NAME-base, the baseline's answers, and the
// lock in the working tree if there is none yet.
func Setup(ctx context.Context, m machine.Machine, r *repo.Repo, o SetupOptions, log io.Writer) error {
	base, err := r.OrDefault(ctx, o.Base)
	if err != nil {
		return plan.Input(err)
	}
	p, err := plan.New(ctx, r, o.ConfigPath, plan.Refs{Base: base, Head: base, Relocks: o.Relock})
	if err != nil {
		return err
	}
	// Before gigabytes are downloaded for it.
	if err := p.CheckBase(ctx); err != nil {
		return err
	}
	if err := p.CheckChatTemplate(ctx); err != nil {
		return err
	}
	if err := Tools(ctx, m, p.Config.Runner, log); err != nil {
		return err
	}
	m, release, err := lock(ctx, m, p, "", "the setup of "+p.Config.Name)
	if err != nil {
		return err
	}
	defer release()
	known, err := runs.Setups(m.Home)
	if err != nil {
		return err
	}
	folder := runs.SetupName(p.Config.Name, r.Root())
	run := &run{
		machine: m, repo: r, plan: p, dir: runs.SetupFolder(m.Home, folder),
		record: &runs.Record{
			Schema: runs.Schema, ID: "setup", Event: "setup", State: step.Running, Repository: r.Root(), Started: m.Clock().UTC(),
			Uses: slices.Clone(known[folder].Uses), // with the new ones, until those are complete
		},
	}
	if err := run.open(); err != nil {
		return err
	}
	run.steps = steps.Setup(run.machine, p, steps.Options{Logs: run.logs()})
	err = errors.Join(run.prepare(ctx, o.Relock), run.steps.Close())
	run.record.State = step.Done
	if err != nil {
		run.record.State, run.record.Error = step.Failed, err.Error()
	} else {
		run.record.Uses = run.recorder.used
	}
	return errors.Join(err, run.record.Save(run.dir), run.recorder.Close())
}

// prepare runs what precedes any training, evaluates the baseline and writes the lock.
func (r *run) prepare(ctx context.Context, relock bool) error {
	if err := r.each(ctx, r.steps.All()); err != nil {
		return err
	}
	baseline := r.steps.Baseline.Value()
	r.machine.Progress.Say("baseline: %s has model_id %s, answers ready", baseline.Tag, baseline.ModelID[:12])
	if err := r.sayLengths(ctx); err != nil {
		return err
	}
	return r.writeLock(ctx, relock)
}

// sayLengths tells how many of the baseline's answers are cut, and the length they need.
// A failure to ask them again does not affect what is ready.
func (r *run) sayLengths(ctx context.Context) error {
	lengths := r.steps.Lengths()
	err := lengths.Run(ctx, step.Executor{Store: r.machine.Store(), Clock: r.machine.Clock, Watch: unseen{r.recorder}})
	switch words := lengths.Value().Words("baseline"); {
	case errors.Is(context.Cause(ctx), context.Canceled):
		return err
	case err != nil:
		r.machine.Progress.Say("note: baseline answers were cut, and the length they need could not be measured: %v", err)
	case words != "":
		r.machine.Progress.Say("baseline: %s", words)
	}
	return nil
}
