package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

func (o outlook) planAgain(head string) (*Plan, error) {
	o.Helper()
	r, err := repo.Open(o.Context(), o.dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.dir})
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { _ = r.Close() })
	return PlanAgain(o.Context(), r, "tunegate.yaml", Refs{Base: "main", Head: head})
}

// merge brings the change into main, under a tag, and lets main go on with other
// data and another policy.
func (o outlook) merge() {
	o.Helper()
	o.git("checkout", "-q", "main")
	o.git("merge", "-q", "--no-ff", "-m", "merge", "data")
	o.git("tag", "v1")
	o.write("data/c.json", `[{"question": "5 + 5?", "answer": "10"}]`)
	o.write("suites/s.suite.yaml", strings.Replace(oneSuite, "value: a", "value: b", 1))
	o.commit("main goes on")
}

// TestPlanAgain: the policy is that of the branch today, and the model that of
// the commit, whose data the branch's tip has no more.
func TestPlanAgain(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	change := o.must("main", "data")
	if _, err := o.planAgain("data"); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), `main does not contain the commit "data"`) {
		t.Errorf("a commit that is not merged: %v", err)
	}
	o.merge()
	p, err := o.planAgain("v1")
	if err != nil {
		t.Fatal(err)
	}
	if p.Lineage != change.Lineage || len(p.Head) != 2 {
		t.Errorf("%d files, lineage %s, want %s", len(p.Head), p.Lineage, change.Lineage)
	}
	if value := p.Suites[0].Cases[0].Turns[0].Asserts[0].Values[0]; value != "b" || p.PolicySHA256 == change.PolicySHA256 {
		t.Errorf("the policy is not that of today: %q", value)
	}
	o.write("base/config.json", `{"other": true}`)
	o.commit("another base")
	if _, err := o.planAgain("v1"); !errors.Is(err, ErrNoModel) || !strings.Contains(err.Error(), "`base` of its config is another than that of main") {
		t.Errorf("after a change of the base: %v", err)
	}
}

// TestMadeOf: of the runs with the commit's lineage, name and server the newest
// counts whose bytes are kept.
func TestMadeOf(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	at := o.done(Report)
	o.merge()
	plan, err := o.planAgain("v1")
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimRight(plan.Config.Runner.Ollama, "/")
	registered := func(name, host string) store.Key {
		key := store.NewKey(string(Register), name, host)
		putResult(o, place{kind: string(Register), key: key, options: map[string]any{}}, map[string]string{"tag": name, "host": host, "model_id": "after"}, 1, nil)
		return key
	}
	put := func(id string, change func(*Record)) {
		t.Helper()
		record := Record{
			Schema: 1, ID: id, Lineage: plan.Lineage, Candidate: "demo:run-" + id, Started: time.Now(),
			Stages: []StageRun{{Stage: Export, Key: at[Export].key, State: Done}, {Stage: Register, Key: registered("demo:run-"+id, host), State: Done}},
		}
		change(&record)
		dir := RunFolder(o.machine.Home, id)
		if err := errors.Join(os.MkdirAll(dir, 0o755), record.save(dir)); err != nil {
			t.Fatal(err)
		}
	}
	find := func(prefix string) string {
		t.Helper()
		record, made, err := o.machine.madeOf(plan, prefix)
		if err != nil && !errors.Is(err, ErrNoModel) {
			t.Fatal(err)
		}
		if err == nil && (made.ModelID != "after" || made.Candidate.Tag != record.Candidate) {
			t.Errorf("%s made %+v", record.ID, made)
		}
		return record.ID + strings.TrimPrefix(errorText(err), ErrNoModel.Error())
	}
	expect := func(prefix, want string) {
		t.Helper()
		if got := find(prefix); got != want && (want == "" || !strings.Contains(got, ": "+want+" (hint: ")) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	expect("", "no run here made one")
	put("0-other-data", func(r *Record) { r.Lineage = strings.Repeat("0", 64) })
	put("0-other-name", func(r *Record) { r.Candidate = "else:run-1" })
	expect("", "no run here made one")
	put("1-elsewhere", func(r *Record) { r.Stages[1].Key = registered("demo:run-1-elsewhere", "http://127.0.0.1:9") })
	expect("", "run 1-elsewhere made one, but for another server than the config's `runner.ollama`")
	put("2-found", func(*Record) {})
	put("3-found", func(*Record) {})
	put("4-unregistered", func(r *Record) { r.Stages, r.Candidate = r.Stages[:1], "" })
	expect("", "3-found")
	expect("2", "2-found")
	expect("4", "no run here made one")
	if err := os.RemoveAll(filepath.Join(o.machine.Home, "store", string(Export))); err != nil {
		t.Fatal(err)
	}
	if got := find(""); !strings.Contains(got, "run 3-found made one, but the export") || !strings.Contains(got, ErrGone.Error()) || !strings.Contains(got, "retrain.yml") {
		t.Errorf("without the bytes: %s", got)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
