package steps

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/ollama/ollamatest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/suite"
)

// target is a real server with a base and a candidate, which is being evaluated.
type target struct {
	*testing.T
	list      *List
	candidate register.Registered
	dir       string // of the graded answers
	attacked  error  // of the first request of the attack that came to nothing
}

const (
	attackedCases = 4
	baseTag       = "demo-base"
	candidateTag  = "demo:pr-1"
)

// newTarget is a target whose children the launcher starts. The attack begins when
// the first answer was kept.
func newTarget(t *testing.T, launcher proc.Launcher, attack func(*target)) *target {
	t.Helper()
	binary, err := ollama.FindBinary(ollamatest.Home(), exec.LookPath)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("NOT TESTED against a real server: %v", err)
	}
	m, _ := machinetest.New(t)
	m.Launcher, m.Environ = launcher, os.Environ()
	m.LookPath = func(name string) (string, error) {
		if name == "ollama" {
			return binary.Path, nil
		}
		return "", os.ErrNotExist
	}
	checker := filepath.Join(t.TempDir(), "checker")
	proctest.WriteFile(t, checker, "#!/bin/sh\nexec cat\n") // nothing of the suite is compared
	m.Interpreter = &python.Interpreter{Path: checker, Home: t.TempDir()}

	s := suite.Suite{Name: "s", Role: suite.Target, History: []suite.History{suite.Replayed}}
	for i := range attackedCases {
		s.Cases = append(s.Cases, suite.Case{ID: string(rune('a' + i)), Cluster: string(rune('a' + i)), Turns: []suite.Turn{{
			User: "hi", Asserts: []assertion.Assert{{Type: "contains", Values: []string{"x"}, Weight: 1}},
		}}})
	}
	v := &target{T: t, dir: t.TempDir()}
	m.Progress = &attacker{v: v, attack: attack}
	v.list = Judge(m, &plan.Plan{
		Config: config.Config{Name: "demo", Runner: config.Runner{Ollama: config.Auto}, Eval: config.Eval{NumCtx: 128, NumPredict: 4}},
		Suites: []suite.Suite{s},
	}, Options{Logs: filepath.Join(t.TempDir(), "logs")})
	t.Cleanup(func() { v.list.Close() })
	return v
}

// attacker is told of the first answer.
type attacker struct {
	v      *target
	attack func(*target)
}

func (*attacker) Say(string, ...any) {}

func (a *attacker) Update(_ string, done, _ int64, _ time.Duration, _ string) {
	if done == 1 && a.attack != nil {
		a.attack(a.v)
	}
}

// prepare has the server make the two models.
func (v *target) prepare() {
	v.Helper()
	server, err := v.list.serving(v.Context())
	if err != nil {
		v.Fatal(err)
	}
	for seed, tag := range []string{baseTag, candidateTag} {
		path, digest := gguftest.Tiny(v, uint64(seed+1))
		if err := server.Add(v.Context(), path, engine.Definition{Tag: tag, GGUF: digest, Template: "{{ .Prompt }}", Parameters: map[string]any{"num_thread": 1}}); err != nil {
			v.Fatal(err)
		}
		shown, err := server.Show(v.Context(), tag)
		if err != nil {
			v.Fatal(err)
		}
		v.candidate = register.Registered{ModelID: register.ModelID(shown), Tag: tag, GGUF: digest}
	}
}

// evaluate asks the candidate every case.
func (v *target) evaluate() (eval.Summary, error) {
	return v.list.ask(v.Context(), step.Eval, eval.Candidate, v.candidate, v.list.plan.Suites, v.dir, nil)
}

// kept are the graded answers that lie in the result's folder.
func (v *target) kept() []eval.Case {
	cases, err := eval.LoadCases(filepath.Join(v.dir, eval.CasesFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		v.Error(err)
	}
	return cases
}

// request is what any program of this machine can send to the server's address.
func (v *target) request(path, body string) {
	client, isOllama := v.list.server.Engine.(*ollama.Client)
	if !isOllama {
		v.Fatal("no Ollama")
	}
	response, err := http.Post(client.Base()+path, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		v.attacked = err
		return
	}
	response.Body.Close()
}

func (v *target) copy(from, to string) {
	v.request("/api/copy", `{"source": "`+from+`", "destination": "`+to+`"}`)
}

// TestAttackFails: where children have networks of their own, a program of this
// machine that would copy the base over the candidate's tag does not reach the server.
func TestAttackFails(t *testing.T) {
	t.Parallel()
	proctest.NeedIsolation(t)
	v := newTarget(t, proctest.Launcher(t), func(v *target) { v.copy(baseTag, candidateTag) })
	v.prepare()
	summary, err := v.evaluate()
	if err != nil || summary.Cases != attackedCases || len(v.kept()) != attackedCases {
		t.Errorf("%+v, %v", summary, err)
	}
	if v.attacked == nil || !strings.Contains(v.attacked.Error(), "connection refused") {
		t.Errorf("the attack was answered: %v", v.attacked)
	}
}

// TestAttack: a program of this machine puts the base under the candidate's tag while
// that is evaluated, and perhaps takes it back. Where the machine cannot isolate, the
// evaluation is discarded for what the server's log shows, and nothing of it is kept.
func TestAttack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attack func(*target)
		names  string
	}{
		"the base is copied over the candidate": {func(v *target) { v.copy(baseTag, candidateTag) }, `"POST /api/copy"`},
		"and back": {func(v *target) {
			v.copy(candidateTag, "saved")
			v.copy(baseTag, candidateTag)
			v.copy("saved", candidateTag)
		}, `"POST /api/copy"`},
		"the candidate is deleted":          {func(v *target) { v.request("/api/delete?x=1", `{"model": "demo:pr-1"}`) }, `"POST /api/delete?x=1"`},
		"others ask the server":             {func(v *target) { v.request("/api/chat", `{"model": "demo-base"}`) }, `"POST /api/chat"`},
		"what looks like a line of the log": {func(v *target) { v.request("/a%22|%0a|", "") }, `"POST /a\"|\n|"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newTarget(t, proctest.Shared(t), tt.attack)
			v.prepare()
			_, err := v.evaluate()
			v.expectDiscarded(err, "a program other than tunegate used the private server", tt.names, "(hint: run `tunegate doctor`")
		})
	}
}

// TestOthersModel: on a server that others use too, another digest behind the tag is
// what gives the attack away.
func TestOthersModel(t *testing.T) {
	t.Parallel()
	v := newTarget(t, proctest.Shared(t), func(v *target) { v.copy(baseTag, candidateTag) })
	v.prepare()
	shared, isOllama := v.list.server.Engine.(*ollama.Client)
	if !isOllama {
		t.Fatal("no Ollama")
	}
	v.list.server = &machine.Server{Engine: shared, Address: shared.Base()}
	_, err := v.evaluate()
	v.expectDiscarded(err, candidateTag+" is a different model on the server now (digest ", "(hint: find the program that writes tags on this server")
}

// TestDisturbedBefore: what was asked before the questions throws them away too, and
// says nothing against answers that were kept before.
func TestDisturbedBefore(t *testing.T) {
	t.Parallel()
	v := newTarget(t, proctest.Shared(t), nil)
	v.prepare()
	if _, err := v.evaluate(); err != nil || len(v.kept()) != attackedCases {
		t.Fatalf("undisturbed: %v, %d cases", err, len(v.kept()))
	}
	v.request("/api/show", `{"model": "demo-base"}`)
	for v.list.server.Undisturbed(t.Context()) == nil { // the log is a moment behind the answer
		time.Sleep(time.Millisecond)
	}
	if _, err := v.evaluate(); err == nil || !strings.Contains(err.Error(), `"POST /api/show"`) {
		t.Errorf("%v", err)
	}
	if len(v.kept()) != attackedCases {
		t.Error("answers that were proved are gone")
	}
}

// expectDiscarded: the error says these words, and no answer is kept.
func (v *target) expectDiscarded(err error, words ...string) {
	v.Helper()
	if v.attacked != nil {
		v.Errorf("the attack failed: %v", v.attacked)
	}
	if err == nil || slices.ContainsFunc(append(words, "the answers of "+candidateTag+" are discarded"), func(word string) bool { return !strings.Contains(err.Error(), word) }) {
		v.Errorf("%v, want %q", err, words)
	}
	if kept := v.kept(); len(kept) > 0 {
		v.Errorf("%d answers are kept", len(kept))
	}
}
