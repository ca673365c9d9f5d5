package promote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// said collects what a command says.
type said struct{ lines []string }

func (s *said) Say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}
func (s *said) Update(string, int64, int64, time.Duration, string) {}

func machineAt(home string, progress machine.Progress) machine.Machine {
	return machine.Machine{
		Home: home, Tool: "test", Environ: os.Environ(), LookPath: exec.LookPath, Clock: time.Now, Progress: progress,
		TempDir: os.TempDir(),
	}
}

// toolsHome is the home in which `make setup` put Ollama.
func toolsHome(t *testing.T) string {
	t.Helper()
	data := os.Getenv("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(os.Getenv("HOME"), ".local", "share")
	}
	home := os.Getenv("TUNEGATE_HOME")
	if home == "" {
		home = filepath.Join(data, "tunegate")
	}
	return home
}

// lab is a home with runs and the servers around it.
type lab struct {
	*testing.T
	machine machine.Machine
	config  config.Config
	said    *said
}

func newLab(t *testing.T, to ...string) *lab {
	t.Helper()
	home := t.TempDir()
	if err := os.Symlink(filepath.Join(toolsHome(t), "ollama"), filepath.Join(home, "ollama")); err != nil {
		t.Fatal(err)
	}
	l := &lab{T: t, said: &said{}}
	l.machine = machineAt(home, l.said)
	l.machine.Launcher = proctest.Launcher(t)
	l.config = config.Config{Name: "demo", Runner: config.Runner{Ollama: config.Auto}, Promote: config.Promote{To: to}}
	return l
}

// baseGGUF is a small real model, made once.
var baseGGUF = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tunegate-promote-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "base.gguf")
	if _, err := export.WriteBase(context.Background(), base.Open(filepath.Join("..", "..", "testdata", "demo", "base")), path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

const chatML = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"

// passed is a verdict that allows a promotion; its model_id is the run's.
func passed() gate.Verdict { return gate.Verdict{Schema: 1, Outcome: gate.Pass, Promotable: true} }

// run leaves a finished run in the home, as the pipeline does. The variant
// changes a byte of the weights, so each has bytes of its own; host is the shared
// server that evaluated it, or empty.
func (l *lab) run(id string, variant byte, host string, verdict gate.Verdict) runs.Record {
	l.Helper()
	data, err := baseGGUF()
	if err != nil {
		l.Fatal(err)
	}
	weights := append([]byte{}, data...)
	weights[len(weights)-64] ^= variant
	kept := store.Open(filepath.Join(l.machine.Home, "store"), "test")
	exportKey, registerKey := store.NewKey("export", id), store.NewKey("register", id)
	draft := l.begin(kept, "export", exportKey)
	path := filepath.Join(draft.Dir, "model.gguf")
	l.must(os.WriteFile(path, weights, 0o644))
	digest, err := store.FileDigest(path)
	l.must(err)
	_, err = draft.Commit(store.Result{Value: export.Proof{Digest: export.Digest{GGUFSHA256: digest}}})
	l.must(err)
	candidate := register.Candidate{Tag: "demo:run-" + id, Digest: digest, Serve: register.Serve{
		Template: chatML, System: "Be brief.", Parameters: map[string]any{"num_ctx": 256, "repeat_penalty": 1.0, "num_thread": 1}, License: "apache-2.0",
	}}
	if verdict.ModelID == "" {
		verdict.ModelID = register.ModelID(candidate.Expected())
	}
	draft = l.begin(kept, "register", registerKey)
	_, err = draft.Commit(store.Result{Options: candidate.Serve, Value: register.Registered{
		ModelID: register.ModelID(candidate.Expected()), Tag: candidate.Tag, Host: host, GGUF: digest,
	}})
	l.must(err)
	record := runs.Record{
		Schema: 1, ID: id, Repository: "/here", HeadRef: "change-" + id, BaseRef: "main", Lineage: "of " + id, Started: time.Now().UTC(), Candidate: candidate.Tag, Outcome: string(verdict.Outcome), State: step.Done,
		Stages: []runs.StageRun{
			{Stage: step.Export, Key: exportKey, State: step.Done}, {Stage: step.Register, Key: registerKey, State: step.Done},
		},
	}
	dir := runs.Folder(l.machine.Home, id)
	l.must(os.MkdirAll(filepath.Join(dir, "gate"), 0o755))
	l.must(os.MkdirAll(filepath.Join(dir, "report"), 0o755))
	l.must(verdict.Save(filepath.Join(dir, "gate", "verdict.json")))
	l.must(store.WriteJSON(filepath.Join(dir, "report", "report.json"), report.Report{Version: report.Version, Reproduce: "tunegate run --base b --head h"}))
	l.must(store.WriteJSON(filepath.Join(dir, "run.json"), record))
	return record
}

func (l *lab) begin(s *store.Store, stage string, key store.Key) *store.Draft {
	l.Helper()
	draft, err := s.Begin(stage, key)
	l.must(err)
	return draft
}

func (l *lab) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// promote is `tunegate promote VERSION --run ID`.
func (l *lab) promote(version, run string) (Result, error) {
	l.Helper()
	return Promote(l.Context(), l.machine, l.config, Options{Version: version, Run: run, Repository: "/here"})
}

func (l *lab) mustPromote(version, run string) Result {
	l.Helper()
	result, err := l.promote(version, run)
	l.must(err)
	return result
}

func (l *lab) mustRollback(version string) Result {
	l.Helper()
	result, err := Rollback(l.Context(), l.machine, l.config, version)
	l.must(err)
	return result
}

func (l *lab) ledger() ledger.Ledger {
	l.Helper()
	promotions, err := ledger.Load(l.machine.Home)
	l.must(err)
	return promotions
}

// serve runs a real server, which others reach too, with the models of a folder; a test without Ollama is
// skipped, loudly, and fails in CI.
func (l *lab) serve(folder string) *ollama.Server {
	l.Helper()
	binary, err := ollama.FindBinary(l.machine.Home, exec.LookPath)
	if err != nil && os.Getenv("CI") == "true" {
		l.Fatal(err)
	} else if err != nil {
		l.Skipf("NOT TESTED against a real server: %v (run `make setup`)", err)
	}
	server, err := ollama.Serve(context.Background(), proctest.Shared(l), ollama.ServeOptions{Binary: binary, Home: folder, Env: os.Environ()})
	l.must(err)
	l.Cleanup(func() { server.Close() })
	return server
}

// shows is the model_id of a tag, or "" if there is none.
func (l *lab) shows(client *ollama.Client, tag string) string {
	l.Helper()
	shown, err := client.Show(l.Context(), tag)
	if errors.Is(err, engine.ErrNotFound) {
		return ""
	}
	l.must(err)
	return register.ModelID(shown)
}

// expect checks what tags are on a server, by the versions in the ledger.
func (l *lab) expect(where string, client *ollama.Client, want map[string]string) {
	l.Helper()
	for tag, id := range want {
		if got := l.shows(client, tag); got != id {
			l.Errorf("%s: %s is %.12q, want %.12q", where, tag, got, id)
		}
	}
}

// private looks at the tags of the home's own server.
func (l *lab) expectPrivate(want map[string]string) {
	l.Helper()
	server := l.serve(machine.OllamaHome(l.machine.Home))
	l.expect("private", server.Client(), want)
	l.must(server.Close())
}

// answers makes sure that a tag still serves.
func (l *lab) answers(client *ollama.Client, tag string) {
	l.Helper()
	answer, err := client.Chat(l.Context(), engine.Ask{
		Tag: tag, Messages: chat.Chat("", nil, "Compute d/dx of 5x^3."), Options: map[string]any{"num_predict": 4, "seed": 1},
	})
	if err != nil || !answer.Done {
		l.Errorf("%s: %+v, %v", tag, answer, err)
	}
}

// proxy stands before a server and hands its requests to a hook, which may answer
// them itself.
type proxy struct {
	address string
	mutex   sync.Mutex
	hook    func(w http.ResponseWriter, r *http.Request) (answered bool)
}

func newProxy(t *testing.T, server *ollama.Server) *proxy {
	t.Helper()
	target, err := url.Parse(server.Client().Base())
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	onward := httputil.NewSingleHostReverseProxy(target)
	transport := &http.Transport{} // the default one's connections are closed by other tests
	t.Cleanup(transport.CloseIdleConnections)
	onward.Transport = transport
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mutex.Lock()
		hook := p.hook
		p.mutex.Unlock()
		if !uploads(r) { // else its body may be closed by an early answer, while it is passed on
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		if hook == nil || !hook(w, r) {
			onward.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	p.address = front.URL
	return p
}

// uploads reports whether a request brings a file.
func uploads(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/blobs/") && r.Method == http.MethodPost
}

// set replaces the hook; nil lets everything pass.
func (p *proxy) set(hook func(w http.ResponseWriter, r *http.Request) bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.hook = hook
}
