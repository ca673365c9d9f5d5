package pipeline

import (
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/store"
)

// work is one result that the store may hold already.
type work[V any] struct {
	place
	stage  Stage // shown and recorded under this stage; empty: not shown
	resume bool  // what a killed attempt left is taken up, not thrown away
	again  bool  // done also if the store has it, which stays until then
	do     func(dir string) (V, error)
}

// cached gives a result from the store, or does the work and keeps it. The work
// fills a draft folder; nothing stands under the result's name before it is whole.
func cached[V any](r *run, w work[V]) (store.Entry, V, error) {
	var value V
	if !w.again && (w.stage == "" || !r.forced(w.stage)) {
		entry, err := r.store.Get(w.kind, w.key)
		if err == nil {
			err = entry.Decode(&value)
		}
		if err == nil {
			r.use(w.kind, w.key)
			r.step(w.stage, w.key, Reused, entry.Manifest.Seconds)
			return entry, value, nil
		}
	}
	r.step(w.stage, w.key, Running, 0)
	draft, err := r.store.Begin(w.kind, w.key)
	if err != nil {
		return store.Entry{}, value, err
	}
	if !w.resume || w.stage != "" && r.forced(w.stage) {
		if err := draft.Discard(); err != nil {
			return store.Entry{}, value, err
		}
		if draft, err = r.store.Begin(w.kind, w.key); err != nil {
			return store.Entry{}, value, err
		}
	}
	start := r.machine.Clock()
	if value, err = w.do(draft.Dir); err != nil {
		r.step(w.stage, w.key, Failed, r.machine.Clock().Sub(start).Seconds())
		return store.Entry{}, value, r.failed(w.stage, err)
	}
	took := r.machine.Clock().Sub(start)
	entry, err := draft.Commit(store.Result{Options: w.options, Inputs: w.inputs, Value: value, Took: took})
	if err != nil {
		return store.Entry{}, value, err
	}
	r.use(w.kind, w.key)
	r.step(w.stage, w.key, Done, took.Seconds())
	return entry, value, nil
}

// use records what a run needs, so that it is not cleaned away under it.
func (r *run) use(kind string, key store.Key) {
	if use := (Use{kind, key}); !slices.Contains(r.record.Uses, use) {
		r.record.Uses = append(r.record.Uses, use)
	}
}

// failed says in which stage an error came up and where the logs are.
func (r *run) failed(stage Stage, err error) error {
	if stage == "" {
		return err
	}
	return fmt.Errorf("stage %s failed: %w\n(what happened is in %s)", stage, err, r.dir)
}

// State is how far a stage of a run is.
type State string

// The states of a stage.
const (
	Running State = "running"
	Done    State = "done"
	Reused  State = "reused"
	Failed  State = "failed"
	// Cancelled is the state of a run that was told to end.
	Cancelled State = "cancelled"
	// Interrupted is the state of a run that was killed.
	Interrupted State = "interrupted"
)

// The revisions of what the stages write. One is raised with each change of the
// code that changes a result, so that results of older code are not reused
// (train.Revision is the trainer's). The Python programs need none: their digest
// is in the keys.
const (
	datasetRevision  = 1
	baseRevision     = 1
	exportRevision   = 1
	registerRevision = 1
	evalRevision     = 1
)

// Stage is one word for a step of a run.
type Stage string

// The stages, in order.
const (
	Dataset  Stage = "dataset"
	Train    Stage = "train"
	Export   Stage = "export"
	Register Stage = "register"
	Eval     Stage = "eval"
	Gate     Stage = "gate"
	Report   Stage = "report"
)

// Stages lists the stages in their order.
func Stages() []Stage { return []Stage{Dataset, Train, Export, Register, Eval, Gate, Report} }
