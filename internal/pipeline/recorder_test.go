package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

func newTestRecorder(t *testing.T) (*recorder, *machinetest.Listener) {
	t.Helper()
	m, heard := machinetest.New(t)
	dir := t.TempDir()
	r, err := newRecorder(dir, &runs.Record{ID: "one"}, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, heard
}

// TestPreparationIsOneStage: its many parts are one line of the record, and what
// keeps nothing is no stage of its own.
func TestPreparationIsOneStage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tell func(*recorder)
		want runs.StageRun
		says string
	}{
		"all kept": {func(r *recorder) {
			r.State(step.Prepare, "a check", "", step.Running, 0)
			r.State(step.Prepare, "a check", "", step.Done, 1)
			r.State(step.Prepare, "a part", "k", step.Reused, 5)
			r.prepared()
		}, runs.StageRun{Stage: step.Prepare, State: step.Reused}, "prepare: ready"},
		"two made": {func(r *recorder) {
			for _, key := range []store.Key{"k", "l"} {
				r.State(step.Prepare, "a part", key, step.Running, 0)
				r.State(step.Prepare, "a part", key, step.Done, 2)
			}
			r.prepared()
		}, runs.StageRun{Stage: step.Prepare, State: step.Done, Seconds: 4}, "prepare: running\nprepare: a part\nprepare: a part\nprepare: done in 4s"},
		"a check that fails": {func(r *recorder) {
			r.State(step.Prepare, "a check", "", step.Running, 0)
			r.State(step.Prepare, "a check", "", step.Failed, 3)
		}, runs.StageRun{Stage: step.Prepare, State: step.Failed, Seconds: 3}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, heard := newTestRecorder(t)
			test.tell(r)
			r.State(step.Register, "restored", "", step.Done, 1)
			if !slices.Equal(r.record.Stages, []runs.StageRun{test.want}) {
				t.Errorf("recorded %+v", r.record.Stages)
			}
			if heard.Text() != test.says {
				t.Errorf("said %q", heard.Text())
			}
		})
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	of := func(stage step.Stage) step.Step { return &step.Of[int]{Stage: stage} }
	list := []step.Step{of(step.Prepare), of(step.Prepare), of(step.Train), of(step.Eval), of(step.Eval), of(step.Eval)}
	for i, want := range [][2]int{{1, 2}, {2, 2}, {1, 1}, {1, 3}, {2, 3}, {3, 3}} {
		if part, parts := position(list, i); part != want[0] || parts != want[1] {
			t.Errorf("%d: %d of %d, want %v", i, part, parts, want)
		}
	}
}

// TestUsesOfAnEarlierSetup: while a set-up runs, what the one before used stays
// named, so that a kill leaves nothing for `clean` to take.
func TestUsesOfAnEarlierSetup(t *testing.T) {
	t.Parallel()
	r, _ := newTestRecorder(t)
	before, now := runs.Use{Kind: "base-gguf", Key: "old"}, runs.Use{Kind: "base-gguf", Key: "new"}
	r.record.Uses = []runs.Use{before}
	r.use(now)
	r.use(now)
	data, err := os.ReadFile(filepath.Join(r.dir, runs.RecordFile))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := runs.Decode(data)
	if err != nil || !slices.Equal(saved.Uses, []runs.Use{before, now}) || !slices.Equal(r.used, []runs.Use{now}) {
		t.Errorf("%v: saved %v, of its own %v", err, saved.Uses, r.used)
	}
}

// TestTakeUp: the stages of an earlier run become this one's, in their order.
func TestTakeUp(t *testing.T) {
	t.Parallel()
	r, _, _, _ := asker(t, fakeChecker, rightly)
	earlier := runs.Record{}
	for _, stage := range []step.Stage{step.Register, step.Export, step.Train, step.Dataset} {
		draft, err := r.machine.Store().Begin(string(stage), store.Digest(stage))
		if err == nil {
			_, err = draft.Commit(store.Result{Value: struct{}{}})
		}
		if err != nil {
			t.Fatal(err)
		}
		earlier.Stages = append(earlier.Stages, runs.StageRun{Stage: stage, Key: store.Digest(stage), State: step.Done})
	}
	if err := r.reuseStages(earlier); err != nil {
		t.Fatal(err)
	}
	var stages []string
	for _, s := range r.record.Stages {
		stages = append(stages, string(s.Stage)+" "+string(s.State))
	}
	if got, want := strings.Join(stages, ", "), "dataset reused, train reused, export reused, register reused"; got != want {
		t.Errorf("got %s", got)
	}
	if !r.steps.Dataset.Brought() || !r.steps.Adapter.Brought() || !r.steps.Candidate.Brought() {
		t.Error("not all of it is this run's")
	}
}
