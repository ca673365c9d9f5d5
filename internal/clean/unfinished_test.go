package clean

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// A run that was killed keeps what it made and the drafts of its training and
// its evaluation, until a later one has come as far or it is too old.
func TestCleanKeepsUnfinishedWork(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	rows := k.result("dataset", 1, "rows")
	trained, asked, nobodys := store.Digest("trained"), store.Digest("asked"), store.Digest("nobody")
	draft := func(stage step.Stage, key store.Key) string {
		begun, err := k.Machine.Store().Begin(string(stage), key)
		if err != nil {
			t.Fatal(err)
		}
		proctest.WriteFile(t, filepath.Join(begun.Dir, "file"), "half")
		return begun.Dir
	}
	training, evaluation, foreign := draft(step.Train, trained), draft(step.Eval, asked), draft(step.Train, nobodys)
	unfinished := func(hours int, state step.State, stages ...runs.StageRun) string {
		id := k.run(hours, "00000000", "", rows)
		k.record(runs.Folder(k.Home, id), runs.Record{
			ID: id, Repository: "/repo", Lineage: "00000000", Started: k.now.Add(time.Duration(hours) * time.Hour), State: state,
			Stages: stages, Uses: []runs.Use{rows},
		})
		return id
	}
	dataset := runs.StageRun{Stage: step.Dataset, Key: rows.Key, State: step.Done}
	train := runs.StageRun{Stage: step.Train, Key: trained, State: step.Interrupted}
	killed := unfinished(0, step.Interrupted, dataset, train, runs.StageRun{Stage: step.Eval, Key: asked, State: step.Failed})
	unfinished(1, step.Failed, dataset)

	k.clean(Options{})
	for _, dir := range []string{training, evaluation, runs.Folder(k.Home, killed)} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(foreign); err == nil {
		t.Error("a draft of no run stays")
	}
	k.expect([]runs.Use{rows})

	// One with a verdict takes its place; that names the training still.
	id := k.run(2, "00000000", "fail", rows)
	k.record(runs.Folder(k.Home, id), runs.Record{
		ID: id, Repository: "/repo", Lineage: "00000000", Outcome: "fail", Stages: []runs.StageRun{dataset, train}, Uses: []runs.Use{rows},
	})
	if done := k.clean(Options{}); len(names(done, KindRun)) != 2 || !slices.Equal(names(done, KindDraft), []string{"eval/" + string(asked)}) {
		t.Errorf("%+v", done)
	}
	if _, err := os.Stat(training); err != nil {
		t.Error(err)
	}
}

func TestCleanOfOldUnfinishedRuns(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	id := k.run(0, "00000000", "", k.result("train", 1, "x"))
	if done := k.clean(Options{}); len(done.Removed) != 0 {
		t.Errorf("%+v", done)
	}
	if done := k.clean(Options{OlderThan: time.Hour}); !slices.Equal(names(done, KindRun), []string{id}) || len(names(done, KindResult)) != 1 {
		t.Errorf("%+v", done)
	}
}

// A record that cannot be read may name what must stay.
func TestCleanStopsAtARecordThatCannotBeRead(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.result("train", 1, "needed")
	id := k.run(0, "00000000", "pass")
	path := filepath.Join(runs.Folder(k.Home, id), "run.json")
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o755)); err != nil { // which root cannot read either
		t.Fatal(err)
	}
	before := k.files()
	if _, err := Run(t.Context(), k.Machine, Options{}); !errors.Is(err, syscall.EISDIR) || !strings.Contains(err.Error(), "(hint: ") {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(before, k.files()) {
		t.Error("something is gone")
	}
}
