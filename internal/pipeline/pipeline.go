// Package pipeline runs the stages in order over the store: in go a repository,
// two refs and what the machine has, out comes a run with its verdict and
// report. What a digest says is done is not done again.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// Machine is what a run uses of the computer it runs on.
type Machine struct {
	Home     string // $TUNEGATE_HOME
	Tool     string // this program's version
	Launcher proc.Launcher
	Environ  []string
	LookPath func(string) (string, error)
	Clock    func() time.Time
	Progress Progress
}

// Progress is told what happens. Its methods are called from one goroutine at a
// time.
type Progress interface {
	// Say prints one line.
	Say(format string, args ...any)
	// Update replaces the state of the running stage. Done and total count steps,
	// cases or bytes; an eta of 0 is unknown.
	Update(stage string, done, total int64, eta time.Duration, detail string)
}

// Options say what to run.
type Options struct {
	Refs       Refs
	ConfigPath string // slash separated, from the top of the repository
	Until      Stage  // empty: all
	Force      Stage  // done again even if the store has it; empty: none
}

// Result is what came of a run.
type Result struct {
	Dir     string        `json:"run_dir"`
	Record  Record        `json:"run"`
	Verdict *gate.Verdict `json:"verdict,omitempty"`
	Exit    int           `json:"-"`                 // the exit code that the policy asks for
	Summary []byte        `json:"-"`                 // the verdict for a terminal
	Stopped string        `json:"stopped,omitempty"` // why there is no verdict
	Notes   []string      `json:"notes,omitempty"`
}

type run struct {
	machine Machine
	options Options
	repo    *repo.Repo
	store   *store.Store
	plan    *Plan
	dir     string
	record  Record

	interpreter *python.Interpreter
	server      *server
	computes    string // see device
}

// Run judges one change.
func Run(ctx context.Context, m Machine, r *repo.Repo, o Options) (Result, error) {
	plan, err := NewPlan(ctx, r, o.ConfigPath, o.Refs)
	if err != nil {
		return Result{}, err
	}
	release, err := lock(ctx, m)
	if err != nil {
		return Result{}, err
	}
	defer release()
	run, err := newRun(m, r, o, plan)
	if err != nil {
		return Result{}, err
	}
	for _, note := range plan.Notes {
		m.Progress.Say("note: %s", note)
	}
	result, err := run.all(ctx)
	if closing := run.close(); closing != nil {
		m.Progress.Say("the server did not stop as it should: %v", closing)
	}
	if err != nil {
		run.record.Error = err.Error()
		return Result{}, errors.Join(err, run.record.save(run.dir))
	}
	if result.Verdict != nil {
		run.record.Outcome = string(result.Verdict.Outcome)
	}
	result.Dir, result.Record, result.Notes = run.dir, run.record, plan.Notes
	if err := run.record.save(run.dir); err != nil {
		return Result{}, err
	}
	if err := run.publishCopy(); err != nil {
		m.Progress.Say("no copy of the run in the workspace: %v", err)
	}
	return result, nil
}

func newRun(m Machine, r *repo.Repo, o Options, plan *Plan) (*run, error) {
	now := m.Clock().UTC()
	id := fmt.Sprintf("%s-%s", now.Format("20060102-150405.000"), plan.Lineage[:8])
	run := &run{
		machine: m, options: o, repo: r, plan: plan,
		store: store.Open(filepath.Join(m.Home, "store"), m.Tool),
		dir:   filepath.Join(runsFolder(m.Home), id),
		record: Record{
			Schema: 1, ID: id, Event: "local", BaseRef: plan.BaseRef, HeadRef: plan.HeadRef, Repository: r.Root(),
			BaseSHA: plan.BaseSHA, HeadSHA: plan.HeadSHA, PolicySHA256: plan.PolicySHA256,
			Lineage: plan.Lineage, Started: now, Stages: []StageRun{},
		},
	}
	return run, run.begin()
}

func (r *run) begin() error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return fmt.Errorf("%w (hint: is $TUNEGATE_HOME, %s, writable?)", err, r.machine.Home)
	}
	return r.record.save(r.dir)
}

// lock waits until no other run uses this machine's tunegate home.
func lock(ctx context.Context, m Machine) (release func(), err error) {
	path := filepath.Join(m.Home, "lock")
	if err := os.MkdirAll(m.Home, 0o755); err != nil {
		return nil, fmt.Errorf("%w (hint: is $TUNEGATE_HOME writable?)", err)
	}
	l := flock.New(path)
	taken, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !taken {
		holder, _ := os.ReadFile(path)
		m.Progress.Say("waiting for another run on this machine: %.100s", holder)
		if _, err := l.TryLockContext(ctx, 200*time.Millisecond); err != nil {
			return nil, fmt.Errorf("waiting for another run: %w", err)
		}
	}
	who := fmt.Sprintf("process %d, started %s\n", os.Getpid(), m.Clock().UTC().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(who), 0o644); err != nil {
		l.Close()
		return nil, err
	}
	return func() { l.Close() }, nil
}

func (r *run) forced(stage Stage) bool { return r.options.Force == stage }

// until says whether the run ends after the stage.
func (r *run) until(stage Stage) bool { return r.options.Until == stage }

// step records and shows the state of a stage. A stage of several results, such
// as the two evaluations, is running until all are done.
func (r *run) step(stage Stage, key store.Key, state State, seconds float64) {
	if stage == "" {
		return
	}
	i := slices.IndexFunc(r.record.Stages, func(s StageRun) bool { return s.Stage == stage && s.Key == key })
	if i < 0 {
		r.record.Stages = append(r.record.Stages, StageRun{Stage: stage, Key: key})
		i = len(r.record.Stages) - 1
	}
	r.record.Stages[i].State, r.record.Stages[i].Seconds = state, seconds
	switch state {
	case Running:
		r.machine.Progress.Say("%s: running", stage)
	case Reused:
		r.machine.Progress.Say("%s: reused %s", stage, key.Short())
	case Done:
		r.machine.Progress.Say("%s: done in %s", stage, time.Duration(seconds*float64(time.Second)).Round(100*time.Millisecond))
	}
	if err := r.record.save(r.dir); err != nil {
		r.machine.Progress.Say("run.json: %v", err)
	}
}

// link shows a store entry as the stage's folder in the run.
func (r *run) link(stage Stage, entry store.Entry) error {
	target, err := filepath.Rel(r.dir, entry.Dir)
	if err != nil {
		return err
	}
	return os.Symlink(target, filepath.Join(r.dir, string(stage)))
}

// python finds the installed interpreter, once.
func (r *run) python(ctx context.Context) (python.Interpreter, error) {
	if r.interpreter == nil {
		found, err := r.machine.Python(ctx, r.plan.Config.Runner.Python)
		if err != nil {
			return python.Interpreter{}, err
		}
		r.interpreter = &found
	}
	return *r.interpreter, nil
}

func (r *run) logFile(name string) (io.WriteCloser, error) {
	dir := filepath.Join(r.dir, "logs")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}

// server is the Ollama server of a run.
type server struct {
	client  *ollama.Client
	private *ollama.Server // nil for a shared one
	log     io.Closer
}

func (r *run) close() error {
	if r.server == nil || r.server.private == nil {
		return nil
	}
	return errors.Join(r.server.private.Close(), r.server.log.Close())
}
