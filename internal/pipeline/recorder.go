package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// recorder watches the steps of a run: it shows them, and records in the run's
// folder how far they got and what they used.
type recorder struct {
	dir    string
	record *runs.Record
	events *events

	used []runs.Use // by this run, also what the record named before

	prepare     bool    // something is to be prepared
	preparation float64 // seconds that its parts took
	part, parts int     // which of the stage's steps is done now, of how many
}

func newRecorder(dir string, record *runs.Record, m machine.Machine) (*recorder, error) {
	events, err := newEvents(dir, m.Progress, m.Clock)
	return &recorder{dir: dir, record: record, events: events}, err
}

func (r *recorder) Close() error { return r.events.Close() }

// State records and shows the state of a stage. A stage with several results, such
// as the two evaluations, has a line for each; those of the preparation share
// one, with the parts as its progress.
func (r *recorder) State(stage step.Stage, name string, key store.Key, state step.State, seconds float64) {
	switch {
	case stage != step.Prepare:
		if key != "" { // else it keeps nothing, such as an existing model
			r.stage(stage, key, state, seconds)
		}
	case state == step.Failed:
		r.stage(stage, "", state, r.preparation+seconds)
	case key == "": // a check
	case state == step.Running:
		if !r.prepare {
			r.prepare = true
			r.stage(stage, "", state, 0)
		}
		r.events.Update(string(stage), int64(r.part), int64(r.parts), 0, name)
	case state == step.Done:
		r.preparation += seconds
	}
}

// prepared ends the preparation.
func (r *recorder) prepared() {
	if r.prepare {
		r.stage(step.Prepare, "", step.Done, r.preparation)
		return
	}
	r.stage(step.Prepare, "", step.Reused, 0)
}

func (r *recorder) stage(stage step.Stage, key store.Key, state step.State, seconds float64) {
	i := slices.IndexFunc(r.record.Stages, func(s runs.StageRun) bool { return s.Stage == stage && s.Key == key })
	if i < 0 {
		r.record.Stages = append(r.record.Stages, runs.StageRun{Stage: stage, Key: key})
		i = len(r.record.Stages) - 1
	}
	r.record.Stages[i].State, r.record.Stages[i].Seconds = state, seconds
	r.events.stage(r.record.Stages[i])
	switch state {
	case step.Running:
		r.events.Say("%s: running", stage)
	case step.Reused:
		if key == "" {
			r.events.Say("%s: ready", stage)
		} else {
			r.events.Say("%s: reused %s", stage, key.Short())
		}
	case step.Done:
		r.events.Say("%s: done in %s", stage, time.Duration(seconds*float64(time.Second)).Round(100*time.Millisecond))
	}
	r.save()
}

// Kept records what a run needs, and shows a stage's own result as its folder in
// the run.
func (r *recorder) Kept(stage step.Stage, name string, entry store.Entry) error {
	r.use(runs.Use{Kind: entry.Manifest.Stage, Key: entry.Manifest.Key})
	if name != "" {
		return nil
	}
	target, err := filepath.Rel(r.dir, entry.Dir)
	if err != nil {
		return err
	}
	return os.Symlink(target, filepath.Join(r.dir, string(stage)))
}

// use records a result that the run needs, so that it is not cleaned up meanwhile.
func (r *recorder) use(use runs.Use) {
	if !slices.Contains(r.used, use) {
		r.used = append(r.used, use)
	}
	if slices.Contains(r.record.Uses, use) {
		return
	}
	r.record.Uses = append(r.record.Uses, use)
	r.save()
}

func (r *recorder) save() {
	if err := r.record.Save(r.dir); err != nil {
		r.events.Say("run.json: %v", err)
	}
}
