package pipeline

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// Tools brings the programs that a run needs and the machine may lack: the
// Python environment and an Ollama server. What is there is not touched; what the
// installers print goes to log.
func Tools(ctx context.Context, m Machine, runner config.Runner, log io.Writer) error {
	m, release, err := m.Lock(ctx, "setup")
	if err != nil {
		return err
	}
	defer release()
	if _, err := m.Python(ctx, runner.Python); errors.Is(err, python.ErrMissing) {
		m.Progress.Say("python: none yet in %s", m.Home)
		_, err = python.Install(ctx, m.Launcher, m.Home, m.pythonTools(), log, m.elapsed("python"))
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	m.Progress.Say("python: ready")
	if runner.Ollama != config.Auto {
		return shared(ctx, m, runner.Ollama)
	}
	if _, err := ollama.FindBinary(m.Home, m.LookPath); errors.Is(err, ollama.ErrMissing) {
		_, err = ollama.Build(ctx, m.Launcher, m.Home, ollama.Tools{LookPath: m.LookPath, Env: m.Environ}, log, m.elapsed("ollama"))
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	m.Progress.Say("ollama: ready")
	return nil
}

func (m Machine) pythonTools() python.Tools {
	return python.Tools{LookPath: m.LookPath, Env: m.Environ}
}

// Python finds the interpreter that programs run with; python.ErrMissing: none
// is installed.
func (m Machine) Python(ctx context.Context, configured string) (python.Interpreter, error) {
	return python.Find(ctx, m.Launcher, m.Home, m.pythonTools(), configured)
}

func shared(ctx context.Context, m Machine, address string) error {
	client, err := ollama.Dial(address)
	if err != nil {
		return err
	}
	version, err := client.Version(ctx)
	if err != nil {
		return err
	}
	m.Progress.Say("ollama: %s at %s", version, address)
	return nil
}

func (m Machine) elapsed(stage string) func(string, time.Duration) {
	return func(doing string, elapsed time.Duration) {
		m.Progress.Update(stage, int64(elapsed.Seconds()), 0, 0, doing)
	}
}

// Setup brings the tools, then everything about the base model that runs of
// this repository share, at a base ref (empty: the default branch): its GGUF, the
// tag NAME-base and that tag's answers.
func Setup(ctx context.Context, m Machine, r *repo.Repo, configPath, base string, log io.Writer) error {
	if base == "" {
		var err error
		if base, err = r.DefaultBranch(ctx); err != nil {
			return inputError{err}
		}
	}
	plan, err := NewPlan(ctx, r, configPath, Refs{Base: base, Head: base})
	if err != nil {
		return err
	}
	if err := Tools(ctx, m, plan.Config.Runner, log); err != nil {
		return err
	}
	m, release, err := m.lockAll(ctx, "the setup of "+plan.Config.Name)
	if err != nil {
		return err
	}
	defer release()
	// Repositories may share a home, and a name.
	folder := plan.Config.Name + "-" + store.Digest(r.Root()).Short()
	known, err := Setups(m.Home)
	if err != nil {
		return err
	}
	run := &run{
		machine: m, repo: r, plan: plan, dir: filepath.Join(setupFolder(m.Home), folder), store: m.store(), loaded: map[string]bool{},
		record: Record{
			Schema: 1, ID: "setup", Event: "setup", State: Running, Repository: r.Root(), Started: m.Clock().UTC(),
			Uses: known[folder].Uses, // until the new ones are there
		},
	}
	if err := run.begin(); err != nil {
		return err
	}
	run.record.Uses = []Use{}
	err = errors.Join(run.prepareBase(ctx), run.close())
	run.record.State = Done
	if err != nil {
		run.record.State, run.record.Error = Failed, err.Error()
		run.record.Uses = append(run.record.Uses, known[folder].Uses...)
	}
	return errors.Join(err, run.record.save(run.dir), run.events.Close())
}

func (r *run) prepareBase(ctx context.Context) error {
	base, err := r.baseModel(ctx)
	if err != nil {
		return err
	}
	baseline, err := r.exportBase(ctx, base)
	if err != nil {
		return err
	}
	rendering, err := r.render(ctx, base)
	if err != nil {
		return err
	}
	tag, err := r.baseline(ctx, baseline, rendering)
	if err != nil {
		return err
	}
	if _, err := r.evalModel(ctx, asked{eval.Baseline, tag}); err != nil {
		return err
	}
	r.machine.Progress.Say("baseline: %s is %s, answers ready", tag.Tag, tag.ModelID[:12])
	return nil
}
