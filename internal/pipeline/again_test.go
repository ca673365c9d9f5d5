package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// TestMadeOf: of the runs with the commit's lineage, name and server the newest
// counts whose bytes are kept.
func TestMadeOf(t *testing.T) {
	t.Parallel()
	o := newJudged(t)
	o.Git("checkout", "-q", "main")
	o.Git("merge", "-q", "--no-ff", "-m", "merge", "data")
	o.Git("tag", "v1")
	p, err := plan.Again(t.Context(), o.repo, "tunegate.yaml", plan.Refs{Base: "main", Head: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	keep := func(slot store.Slot, value any) {
		t.Helper()
		draft, err := o.machine.Store().Begin(slot.Stage, slot.Key)
		if err == nil {
			_, err = draft.Commit(store.Result{Options: slot.Options, Value: value})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	exported := store.Slot{Stage: string(step.Export), Key: store.Digest("export")}
	keep(exported, export.Proof{Digest: export.Digest{GGUFSHA256: "candidate"}})
	host := strings.TrimRight(p.Config.Runner.Ollama, "/")
	registered := func(name, host string) store.Key {
		slot := store.Slot{Stage: string(step.Register), Key: store.NewKey("register", name, host), Options: map[string]any{}}
		keep(slot, map[string]string{"tag": name, "host": host, "model_id": "after"})
		return slot.Key
	}
	put := func(id string, change func(*runs.Record)) {
		t.Helper()
		record := runs.Record{
			Schema: 1, ID: id, Lineage: p.Lineage, Candidate: "demo:run-" + id, Started: time.Now(),
			Stages: []runs.StageRun{{Stage: step.Export, Key: exported.Key, State: step.Done}, {Stage: step.Register, Key: registered("demo:run-"+id, host), State: step.Done}},
		}
		change(&record)
		dir := runs.Folder(o.machine.Home, id)
		if err := errors.Join(os.MkdirAll(dir, 0o755), record.Save(dir)); err != nil {
			t.Fatal(err)
		}
	}
	find := func(prefix string) string {
		t.Helper()
		record, made, err := findModel(o.machine, p, prefix)
		if err != nil && !errors.Is(err, plan.ErrNoModel) {
			t.Fatal(err)
		}
		if err == nil && (made.ModelID != "after" || made.Candidate.Tag != record.Candidate) {
			t.Errorf("%s made %+v", record.ID, made)
		}
		return record.ID + strings.TrimPrefix(errorText(err), plan.ErrNoModel.Error())
	}
	expect := func(prefix, want string) {
		t.Helper()
		if got := find(prefix); got != want && (want == "" || !strings.Contains(got, ": "+want+" (hint: ")) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	expect("", "no run in this home made one")
	put("0-other-data", func(r *runs.Record) { r.Lineage = strings.Repeat("0", 64) })
	put("0-other-name", func(r *runs.Record) { r.Candidate = "else:run-1" })
	expect("", "no run in this home made one")
	put("1-elsewhere", func(r *runs.Record) { r.Stages[1].Key = registered("demo:run-1-elsewhere", "http://127.0.0.1:9") })
	expect("", "run 1-elsewhere made one, but for a different server than the config's `runner.ollama`")
	put("2-found", func(*runs.Record) {})
	put("3-found", func(*runs.Record) {})
	put("4-unregistered", func(r *runs.Record) { r.Stages, r.Candidate = r.Stages[:1], "" })
	expect("", "3-found")
	expect("2", "2-found")
	expect("4", "no run in this home made one")
	if err := os.RemoveAll(filepath.Join(o.machine.Home, "store", string(step.Export))); err != nil {
		t.Fatal(err)
	}
	if got := find(""); !strings.Contains(got, "run 3-found made one, but the export") || !strings.Contains(got, runs.ErrGone.Error()) || !strings.Contains(got, "retrain.yml") {
		t.Errorf("without the bytes: %s", got)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
