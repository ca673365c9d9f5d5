// Package pipeline runs the stages in order over the store: in go a repository,
// two refs and what the machine has, out comes a run with its verdict and
// report. What a digest says is done is not done again.
package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
)

// Options say what to run.
type Options struct {
	Refs       Refs
	ConfigPath string // slash separated, from the top of the repository
	Until      Stage  // empty: all
	Force      Stage  // done again even if the store has it; empty: none
	Event      string // what asked for the run; empty: a person
	PR         int    // the pull request that is judged; 0: none
	Web        string // the repository's address on a GitHub server, without a slash at its end; empty: none
}

// Result is what came of a run.
type Result struct {
	Dir     string        `json:"run_dir"`
	Record  Record        `json:"run"`
	Verdict *gate.Verdict `json:"verdict,omitempty"`
	Exit    int           `json:"-"`                 // the exit code that the policy asks for
	Summary []byte        `json:"-"`                 // the verdict for a terminal
	Stopped string        `json:"stopped,omitempty"` // why there is no verdict
	Ended   report.State  `json:"-"`                 // the same in a word: report.Ready or report.Ungated
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
	events  *events

	base        *model // nil: not needed yet
	interpreter *python.Interpreter
	server      *Server
	serverLog   io.Closer       // nil for a shared server
	computes    string          // see device
	loaded      map[string]bool // by GGUF digest, see foreign
}

// Run judges one change. With an error the result has the folder and the record of
// the run, where it came to one.
func Run(ctx context.Context, m Machine, r *repo.Repo, o Options) (Result, error) {
	plan, err := NewPlan(ctx, r, o.ConfigPath, o.Refs)
	if err != nil {
		return Result{}, m.refused(ctx, r, o, plan, err)
	}
	m, release, err := m.lockAll(ctx, fmt.Sprintf("a run of %s into %s", plan.HeadRef, plan.BaseRef))
	if err != nil {
		return Result{}, m.refused(ctx, r, o, plan, err)
	}
	defer release()
	run, err := newRun(m, r, o, plan)
	if err != nil {
		return Result{}, m.refused(ctx, r, o, plan, err)
	}
	result, err := run.whole(ctx, run.all)
	return result, errors.Join(err, run.events.Close())
}

// lockAll takes the home and every GPU that is visible.
func (m Machine) lockAll(ctx context.Context, who string) (locked Machine, release func(), err error) {
	home, releaseHome, err := m.Lock(ctx, who)
	if err != nil {
		return m, nil, err
	}
	gpus := home.GPUs(ctx)
	if gpus == nil {
		err = home.silentCard(ctx)
	}
	var releaseGPUs func()
	if err == nil {
		locked, releaseGPUs, err = home.lockGPUs(ctx, gpus, who)
	}
	if err != nil {
		releaseHome()
		return m, nil, err
	}
	for _, other := range locked.GPUProcesses(ctx, gpus) {
		m.Progress.Say("note: process %d (%.100s) holds %d MiB of the GPU; it is left alone", other.PID, other.Name, other.MemoryMiB)
	}
	return locked, func() { releaseGPUs(); releaseHome() }, nil
}

// whole judges and leaves the record of how that went.
func (r *run) whole(ctx context.Context, judge func(context.Context) (Result, error)) (Result, error) {
	for _, note := range r.plan.Notes {
		r.machine.Progress.Say("note: %s", note)
	}
	result, err := judge(ctx)
	if closing := r.close(); closing != nil && ctx.Err() == nil {
		r.machine.Progress.Say("the server did not stop as it should: %v", closing)
	}
	if err != nil {
		r.events.failed(err)
		err = errors.Join(err, r.broke(ctx, err))
		return Result{Dir: r.dir, Record: r.record}, err
	}
	r.record.State, r.record.Ended = Done, string(result.Ended)
	if result.Verdict != nil {
		r.record.Outcome = string(result.Verdict.Outcome)
	}
	result.Dir, result.Record, result.Notes = r.dir, r.record, r.plan.Notes
	if err := r.record.save(r.dir); err != nil {
		return Result{}, err
	}
	if result.Verdict == nil {
		return result, r.leaveWord(result.Ended, "")
	}
	r.copyOut()
	return result, nil
}

// broke records that the run failed, or was told to end.
func (r *run) broke(ctx context.Context, err error) error {
	var state report.State
	if r.record.State, state = Failed, report.Broke; errors.Is(context.Cause(ctx), context.Canceled) {
		r.record.State, state = Cancelled, report.Cancelled
	}
	r.record.Error = err.Error()
	return errors.Join(r.record.save(r.dir), r.leaveWord(state, err.Error()))
}

// refused leaves word in the workspace of a workflow that nothing could be
// planned, or that no run could begin, for the job that reports. It gives the
// cause, and why word could not be left.
func (m Machine) refused(ctx context.Context, r *repo.Repo, o Options, plan *Plan, cause error) error {
	if o.Event == "" || plan.HeadSHA == "" {
		return cause
	}
	dir, err := os.MkdirTemp(m.TempDir, "tunegate-run-")
	if err != nil {
		return errors.Join(cause, err)
	}
	defer os.RemoveAll(dir)
	run := describeRun(m, r, o, plan)
	run.dir = dir
	return errors.Join(cause, run.broke(ctx, cause))
}

func newRun(m Machine, r *repo.Repo, o Options, plan *Plan) (*run, error) {
	run := describeRun(m, r, o, plan)
	if err := run.begin(); err != nil {
		return nil, err
	}
	if err := run.leaveWord(report.Running, ""); err != nil {
		return nil, errors.Join(err, run.events.Close())
	}
	return run, nil
}

// describeRun names a run and says what it is about.
func describeRun(m Machine, r *repo.Repo, o Options, plan *Plan) *run {
	now := m.Clock().UTC()
	id := fmt.Sprintf("%s-%s", now.Format("20060102-150405.000"), cmp.Or(plan.Lineage, plan.HeadSHA)[:8])
	return &run{
		machine: m, options: o, repo: r, plan: plan, store: m.store(), dir: RunFolder(m.Home, id), loaded: map[string]bool{},
		record: Record{
			Schema: 1, ID: id, Event: cmp.Or(o.Event, "local"), PR: o.PR, State: Running,
			BaseRef: plan.BaseRef, HeadRef: plan.HeadRef, Repository: r.Root(),
			BaseSHA: plan.BaseSHA, HeadSHA: plan.HeadSHA, PolicySHA256: plan.PolicySHA256, Until: o.Until, Retrains: plan.Retrains,
			Lineage: plan.Lineage, Started: now, Stages: []StageRun{}, Uses: []Use{},
		},
	}
}

func (r *run) begin() error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return fmt.Errorf("%w (hint: is $TUNEGATE_HOME, %s, writable?)", err, r.machine.Home)
	}
	if err := r.record.save(r.dir); err != nil {
		return err
	}
	events, err := newEvents(r.dir, r.machine.Progress, r.machine.Clock)
	if err != nil {
		return err
	}
	r.events, r.machine.Progress = events, events
	return nil
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
	r.events.stage(r.record.Stages[i])
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
