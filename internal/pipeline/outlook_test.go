package pipeline

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// outlook is a repository with a change, and a home to look ahead in.
type outlook struct {
	fixture
	machine Machine
	repo    *repo.Repo
}

// mute is told what happens and says nothing.
type mute struct{}

func (mute) Say(string, ...any)                                 {}
func (mute) Update(string, int64, int64, time.Duration, string) {}

func newOutlook(t *testing.T) outlook {
	t.Helper()
	f := newFixture(t)
	version := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version": "0.17.4"}`) }))
	t.Cleanup(version.Close)
	f.write("tunegate.yaml", baseConfig+"runner: {ollama: \""+version.URL+"\"}\nserve: {template: chat.tmpl}\n")
	f.write("chat.tmpl", "{{ .Prompt }}")
	for _, name := range []string{"base/tokenizer.json", "base/tokenizer_config.json", "base/model.safetensors"} {
		f.write(name, strings.Repeat("x", 1000))
	}
	f.commit("all of the base")
	f.change("data", map[string]string{"data/b.json": `[{"question": "2 + 2?", "answer": "4"}, {"question": "3 + 4?", "answer": "7"}]`})
	r, err := repo.Open(t.Context(), f.dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return outlook{f, Machine{
		Home: filepath.Join(t.TempDir(), "home"), TempDir: t.TempDir(), Clock: time.Now, Progress: mute{},
		LookPath: func(string) (string, error) { return "", exec.ErrNotFound },
	}, r}
}

func (o outlook) ahead(options Options) report.Forecast {
	o.Helper()
	options.ConfigPath = "tunegate.yaml"
	if options.Refs == (Refs{}) {
		options.Refs = Refs{Base: "main", Head: "data"}
	}
	made, err := Forecast(o.Context(), o.machine, o.repo, options)
	if err != nil {
		o.Fatal(err)
	}
	return made
}

// putResult puts a result into the store of the home.
func putResult(o outlook, at place, value any, seconds float64, files map[string]string) store.Entry {
	o.Helper()
	draft, err := o.machine.store().Begin(at.kind, at.key)
	if err != nil {
		o.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(draft.Dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			o.Fatal(err)
		}
	}
	entry, err := draft.Commit(store.Result{
		Options: at.options, Inputs: at.inputs, Value: value, Took: time.Duration(seconds * float64(time.Second)),
	})
	if err != nil {
		o.Fatal(err)
	}
	return entry
}

// caseLine is a graded case of the suite.
const caseLine = `{"suite": "s", "role": "target", "case": "c", "cluster": "c", "history": "replayed", "model": "", "evidence": "direct", "turns": [{"ms": 1500}]}` + "\n"

// done keeps what a run of the change would, as far as the stage, and gives the
// keys of the stages.
func (o outlook) done(until Stage) map[Stage]place {
	o.Helper()
	p := o.must("main", "data")
	at := map[Stage]place{Dataset: p.datasetPlace()}
	draft, err := o.machine.store().Begin(string(Dataset), at[Dataset].key)
	if err != nil {
		o.Fatal(err)
	}
	rows, err := p.buildRows(o.Context(), draft.Dir)
	if err != nil {
		o.Fatal(err)
	}
	built, err := draft.Commit(store.Result{Options: at[Dataset].options, Inputs: at[Dataset].inputs, Value: rows})
	if err != nil {
		o.Fatal(err)
	}
	base := string(store.Digest(blobs(p.policyTree.Under("base"))))
	digests := map[string]string{}
	for _, name := range rowFiles() {
		file, err := built.File(name)
		if err != nil {
			o.Fatal(err)
		}
		digests[name] = file.SHA256
	}
	rendered := rendering{Probe: "probe", Prompts: []register.Rendered{{Messages: p.prompts()[0].Messages, Tokens: 1}}}
	putResult(o, p.baseFilesPlace(), struct{}{}, 0, nil)
	putResult(o, baseGGUFPlace(base), export.Digest{GGUFSHA256: "base", Size: 1000}, 1, nil)
	putResult(o, p.baseExportPlace("base"), export.Proof{Digest: export.Digest{GGUFSHA256: "exported"}}, 1, nil)
	putResult(o, p.renderPlace(base), rendered, 9, nil)
	before, _, err := p.registerPlace("exported", rendered)
	if err != nil {
		o.Fatal(err)
	}
	putResult(o, before, register.Registered{ModelID: "before", Tag: "demo-base"}, 2, nil)
	at[Train] = p.trainPlace(base, "cpu", digests)
	adapter := putResult(o, at[Train], train.Result{Steps: 2, Tokens: 60, Seconds: 6, TrainRows: 3, PeakMemoryBytes: 5e8}, 10, map[string]string{
		"adapter/adapter_model.safetensors": "a", "adapter/adapter_config.json": "{}", "changes.json": "[]",
	})
	if until == Train {
		return at
	}
	if at[Export], _, err = p.candidatePlace("base", adapter); err != nil {
		o.Fatal(err)
	}
	putResult(o, at[Export], export.Proof{Digest: export.Digest{GGUFSHA256: "candidate"}}, 3, nil)
	if at[Register], _, err = p.registerPlace("candidate", rendered); err != nil {
		o.Fatal(err)
	}
	putResult(o, at[Register], register.Registered{ModelID: "after", Tag: "demo:run-1"}, 4, nil)
	at[Eval], _ = p.evalPlace("after", "0.17.4", "cpu")
	for _, model := range []string{"before", "after"} {
		answers, _ := p.evalPlace(model, "0.17.4", "cpu")
		putResult(o, answers, eval.Summary{Cases: 1}, 2, map[string]string{eval.CasesFile: caseLine})
	}
	return at
}

func states(f report.Forecast) string {
	var words []string
	for _, stage := range f.Stages {
		words = append(words, stage.Name+" "+stage.State)
	}
	return strings.Join(words, ", ")
}

// half makes of a result what a killed attempt leaves.
func (o outlook) half(at place, name, text string) {
	o.Helper()
	draft, err := o.machine.store().Begin(at.kind, at.key)
	if err == nil {
		path := filepath.Join(draft.Dir, name)
		err = errors.Join(o.machine.store().Remove(at.kind, at.key), os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644))
	}
	if err != nil {
		o.Fatal(err)
	}
}
