package forecast

import (
	"encoding/json"
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

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// outlook is a repository with a change, and a home for its forecast.
type outlook struct {
	plantest.Repository
	machine machine.Machine
	repo    *repo.Repo
}

// Digests of the files that a run of the change makes.
var baseGGUF, candidateGGUF = strings.Repeat("b", 64), strings.Repeat("c", 64)

// serve is how the models of the fake server are served.
var serve = register.Serve{Template: "{{ .Prompt }}", Parameters: map[string]any{"num_ctx": 4096, "num_predict": 1024, "repeat_penalty": 1.0}}

func modelID(gguf string) string {
	return register.ModelID(register.Candidate{Digest: gguf, Serve: serve}.Expected())
}

// fakeServer has demo-base and demo:run-1.
func fakeServer(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/show" {
			fmt.Fprint(w, `{"version": "0.17.4"}`)
			return
		}
		var asked struct{ Model string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		gguf := map[string]string{"demo-base": baseGGUF, "demo:run-1": candidateGGUF}[strings.TrimSuffix(asked.Model, ":latest")]
		fmt.Fprintf(w, `{"modelfile": "FROM /blobs/sha256-%s\n", "template": %q, "parameters": "num_ctx 4096\nnum_predict 1024\nrepeat_penalty 1"}`, gguf, serve.Template)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func newOutlook(t *testing.T) outlook {
	t.Helper()
	f := plantest.New(t)
	f.Write("tunegate.yaml", plantest.Config+"runner: {ollama: \""+fakeServer(t)+"\"}\nserve: {template: chat.tmpl}\n")
	f.Write("chat.tmpl", serve.Template)
	f.Commit("served")
	f.Change("data", map[string]string{"data/b.json": `[{"question": "2 + 2?", "answer": "4"}, {"question": "3 + 4?", "answer": "7"}]`})
	m, _ := machinetest.New(t)
	m.LookPath = func(string) (string, error) { return "", exec.ErrNotFound }
	return outlook{f, m, f.Open()}
}

func (o outlook) ahead(options Options) report.Forecast {
	o.Helper()
	return o.aheadOf("data", options)
}

// aheadOf forecasts a run of a branch.
func (o outlook) aheadOf(head string, options Options) report.Forecast {
	o.Helper()
	options.ConfigPath = "tunegate.yaml"
	made, err := DryRun(o.Context(), o.machine, o.repo, plan.Refs{Base: "main", Head: head}, options)
	if err != nil {
		o.Fatal(err)
	}
	return made
}

// putResult puts a result into the store of the home.
func putResult(o outlook, at store.Slot, value any, seconds float64, files map[string]string) store.Entry {
	o.Helper()
	draft, err := o.machine.Store().Begin(at.Stage, at.Key)
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
		Options: at.Options, Inputs: at.Inputs, Value: value, Took: time.Duration(seconds * float64(time.Second)),
	})
	if err != nil {
		o.Fatal(err)
	}
	return entry
}

// caseLine is a graded case of the suite.
const caseLine = `{"suite": "s", "role": "target", "case": "c", "cluster": "c", "history": "replayed", "model": "", "evidence": "direct", "turns": [{"ms": 1500}]}` + "\n"

// done stores what a run of the change would, up to the stage, and returns the
// places of the stages' results.
func (o outlook) done(until step.Stage) map[step.Stage]store.Slot {
	o.Helper()
	p, err := plan.New(o.Context(), o.repo, "tunegate.yaml", plan.Refs{Base: "main", Head: "data"})
	if err != nil {
		o.Fatal(err)
	}
	at := map[step.Stage]store.Slot{step.Dataset: p.DatasetSlot()}
	draft, err := o.machine.Store().Begin(at[step.Dataset].Stage, at[step.Dataset].Key)
	if err != nil {
		o.Fatal(err)
	}
	rows, err := dataset.Build(o.Context(), p.Config.Dataset, p.DatasetInput(), draft.Dir)
	if err != nil {
		o.Fatal(err)
	}
	built, err := draft.Commit(store.Result{Options: at[step.Dataset].Options, Inputs: at[step.Dataset].Inputs, Value: rows})
	if err != nil {
		o.Fatal(err)
	}
	base := string(store.Digest(repo.Blobs(p.BaseFiles())))
	digests := map[string]string{}
	for _, name := range train.RowFiles() {
		file, err := built.File(name)
		if err != nil {
			o.Fatal(err)
		}
		digests[name] = file.SHA256
	}
	rendered := register.Rendering{Probe: "probe", Prompts: []register.Rendered{{Messages: p.Prompts()[0].Messages, Tokens: 1}}}
	putResult(o, p.BaseFilesSlot(), struct{}{}, 0, map[string]string{"config.json": "{}"})
	putResult(o, plan.BaseGGUFSlot(base), export.Digest{GGUFSHA256: "base", Size: 1000}, 1, nil)
	putResult(o, p.BaseExportSlot("base"), export.Proof{Digest: export.Digest{GGUFSHA256: baseGGUF}}, 1, nil)
	putResult(o, p.RenderSlot(base), rendered, 9, nil)
	putResult(o, register.ReferenceSlot(base, "base", p.Config.Serve.System), register.Reference{}, 1, nil)
	putResult(o, p.ValuesSlot(), struct{}{}, 1, nil)
	before, _, err := p.RegisterSlot(baseGGUF, rendered)
	if err != nil {
		o.Fatal(err)
	}
	putResult(o, before, register.Registered{ModelID: modelID(baseGGUF), Tag: "demo-base"}, 2, nil)
	putResult(o, p.AgreementSlot(register.Reference{}, modelID(baseGGUF), "0.17.4", "cpu"), register.Agreement{}, 1, nil)
	putResult(o, p.TrialSlot(modelID(baseGGUF), "0.17.4", "cpu"), eval.Summary{Cases: 1}, 1, nil)
	at[step.Train] = p.TrainSlot(base, "cpu", digests)
	adapter := putResult(o, at[step.Train], train.Result{Steps: 2, Tokens: 60, Seconds: 6, TrainRows: 3, PeakMemoryBytes: 5e8}, 10, map[string]string{
		"adapter/adapter_model.safetensors": "a", "adapter/adapter_config.json": "{}", "changes.json": "[]",
	})
	if until == step.Train {
		return at
	}
	if at[step.Export], _, err = p.CandidateSlot("base", adapter); err != nil {
		o.Fatal(err)
	}
	putResult(o, at[step.Export], export.Proof{Digest: export.Digest{GGUFSHA256: candidateGGUF}}, 3, nil)
	if at[step.Register], _, err = p.RegisterSlot(candidateGGUF, rendered); err != nil {
		o.Fatal(err)
	}
	putResult(o, at[step.Register], register.Registered{ModelID: modelID(candidateGGUF), Tag: "demo:run-1"}, 4, nil)
	at[step.Eval] = p.EvalSlot(modelID(candidateGGUF), "0.17.4", "cpu")
	for _, gguf := range []string{baseGGUF, candidateGGUF} {
		putResult(o, p.EvalSlot(modelID(gguf), "0.17.4", "cpu"), eval.Summary{Cases: 1}, 2, map[string]string{eval.CasesFile: caseLine})
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

// half turns a result into what a killed attempt leaves.
func (o outlook) half(at store.Slot, name, text string) {
	o.Helper()
	draft, err := o.machine.Store().Begin(at.Stage, at.Key)
	if err == nil {
		path := filepath.Join(draft.Dir, name)
		err = errors.Join(o.machine.Store().Remove(at.Stage, at.Key), os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644))
	}
	if err != nil {
		o.Fatal(err)
	}
}
