package runner

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/store"
)

// A run that was killed keeps what it made and the drafts of its training and
// its evaluation, until a later one has come as far or it is too old.
func TestCleanKeepsUnfinishedWork(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	rows := k.result("dataset", 1, "rows")
	trained, asked, nobodys := store.Digest("trained"), store.Digest("asked"), store.Digest("nobody")
	draft := func(stage pipeline.Stage, key store.Key) string {
		begun, err := storeOf(k.Machine).Begin(string(stage), key)
		if err != nil {
			t.Fatal(err)
		}
		proctest.WriteFile(t, filepath.Join(begun.Dir, "file"), "half")
		return begun.Dir
	}
	training, evaluation, foreign := draft(pipeline.Train, trained), draft(pipeline.Eval, asked), draft(pipeline.Train, nobodys)
	unfinished := func(hours int, state pipeline.State, stages ...pipeline.StageRun) string {
		id := k.run(hours, "00000000", "", rows)
		k.record(pipeline.RunFolder(k.Home, id), pipeline.Record{
			ID: id, Repository: "/repo", Lineage: "00000000", Started: k.now.Add(time.Duration(hours) * time.Hour), State: state,
			Stages: stages, Uses: []pipeline.Use{rows},
		})
		return id
	}
	dataset := pipeline.StageRun{Stage: pipeline.Dataset, Key: rows.Key, State: pipeline.Done}
	train := pipeline.StageRun{Stage: pipeline.Train, Key: trained, State: pipeline.Interrupted}
	killed := unfinished(0, pipeline.Interrupted, dataset, train, pipeline.StageRun{Stage: pipeline.Eval, Key: asked, State: pipeline.Failed})
	unfinished(1, pipeline.Failed, dataset)

	k.clean(CleanOptions{})
	for _, dir := range []string{training, evaluation, pipeline.RunFolder(k.Home, killed)} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(foreign); err == nil {
		t.Error("a draft of no run stays")
	}
	k.expect([]pipeline.Use{rows})

	// One with a verdict takes its place; that names the training still.
	id := k.run(2, "00000000", "fail", rows)
	k.record(pipeline.RunFolder(k.Home, id), pipeline.Record{
		ID: id, Repository: "/repo", Lineage: "00000000", Outcome: "fail", Stages: []pipeline.StageRun{dataset, train}, Uses: []pipeline.Use{rows},
	})
	if done := k.clean(CleanOptions{}); len(names(done, KindRun)) != 2 || !slices.Equal(names(done, KindDraft), []string{"eval/" + string(asked)}) {
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
	if done := k.clean(CleanOptions{}); len(done.Removed) != 0 {
		t.Errorf("%+v", done)
	}
	if done := k.clean(CleanOptions{OlderThan: time.Hour}); !slices.Equal(names(done, KindRun), []string{id}) || len(names(done, KindResult)) != 1 {
		t.Errorf("%+v", done)
	}
}

// A record that can not be read may name what must stay.
func TestCleanStopsAtARecordThatCanNotBeRead(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.result("train", 1, "needed")
	id := k.run(0, "00000000", "pass")
	path := filepath.Join(pipeline.RunFolder(k.Home, id), "run.json")
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o755)); err != nil { // which root can not read either
		t.Fatal(err)
	}
	before := k.files()
	if _, err := Clean(t.Context(), k.Machine, CleanOptions{}); !errors.Is(err, syscall.EISDIR) || !strings.Contains(err.Error(), "(hint: ") {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(before, k.files()) {
		t.Error("something is gone")
	}
}
