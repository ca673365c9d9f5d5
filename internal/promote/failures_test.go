package promote

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
)

// pair is a home whose version v1 is promoted on two servers, the second of which
// is reached through a proxy.
type pair struct {
	*lab
	first, second *ollama.Client // straight to them
	server        *ollama.Server // the second
	folder        string         // of its models
	proxy         *proxy
	one           Result
}

func newPair(t *testing.T) *pair {
	t.Helper()
	l := newLab(t)
	p := &pair{lab: l, folder: t.TempDir()}
	p.first = l.serve(t.TempDir()).Client()
	p.server = l.serve(p.folder)
	p.second, p.proxy = p.server.Client(), newProxy(t, p.server)
	l.config.Runner.Ollama, l.config.Promote.To = p.first.Base(), []string{p.proxy.address}
	l.run("one", 1, p.first.Base(), passed())
	l.run("two", 2, p.first.Base(), passed())
	p.one = l.mustPromote("v1", "one")
	return p
}

// stillV1 makes sure that nothing was moved anywhere, and that it answers.
func (p *pair) stillV1() {
	p.Helper()
	for where, client := range map[string]*ollama.Client{"first": p.first, "second": p.second} {
		p.expect(where, client, map[string]string{"demo:stable": p.one.ModelID, "demo-lora-v1": p.one.ModelID})
		p.answers(client, "demo:stable")
	}
	if stable, _ := p.ledger().Stable("demo"); stable.Version != "v1" {
		p.Errorf("the ledger says %s", stable.Version)
	}
}

// nowV2 promotes v2 undisturbed and looks at both servers.
func (p *pair) nowV2() {
	p.Helper()
	p.proxy.set(nil)
	two := p.mustPromote("v2", "two")
	for where, client := range map[string]*ollama.Client{"first": p.first, "second": p.second} {
		p.expect(where, client, map[string]string{"demo:stable": two.ModelID, "demo-lora-v2": two.ModelID, "demo-lora-v1": p.one.ModelID})
	}
	if stable, _ := p.ledger().Stable("demo"); stable.Version != "v2" {
		p.Errorf("the ledger says %s", stable.Version)
	}
}

// TestCutUpload: an upload that is cut, and a server that ends in the middle of
// one, leave the old model answering on both servers.
func TestCutUpload(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if !uploads(r) {
			return false
		}
		io.CopyN(io.Discard, r.Body, 1<<20)
		panic(http.ErrAbortHandler)
	})
	_, err := p.promote("v2", "two")
	if err == nil || !strings.Contains(err.Error(), p.proxy.address+": ") || !strings.Contains(err.Error(), "demo:stable was not moved on any server") {
		t.Errorf("cut upload: %v", err)
	}
	p.stillV1()

	p.proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if uploads(r) {
			r.Body = &ends{body: r.Body, left: 1 << 20, end: func() { p.server.Close() }}
		}
		return false
	})
	if _, err = p.promote("v2", "two"); err == nil || !strings.Contains(err.Error(), "was not moved on any server") {
		t.Errorf("server that ends: %v", err)
	}
	p.server = p.serve(p.folder)
	p.second, p.proxy = p.server.Client(), newProxy(t, p.server)
	p.config.Promote.To = []string{p.proxy.address}
	p.stillV1()
	p.nowV2()
}

// ends is a body in whose middle something happens.
type ends struct {
	body io.ReadCloser
	left int
	end  func()
}

func (e *ends) Read(b []byte) (int, error) {
	n, err := e.body.Read(b[:min(len(b), 64<<10)])
	if e.left > 0 && e.left <= n {
		e.end()
	}
	e.left -= n
	return n, err
}

func (e *ends) Close() error { return e.body.Close() }

// movesStable reports whether a request writes the stable tag.
func movesStable(r *http.Request) bool {
	if r.URL.Path != "/api/copy" {
		return false
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(body, []byte(`"destination":"demo:stable"`))
}

// TestSecondPhase: where one server cannot move its stable tag, or moves it to
// something else, those that did are put back.
func TestSecondPhase(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	copies := func(answer func(w http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
		done := false
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !movesStable(r) || done {
				return false
			}
			done = true
			answer(w)
			return true
		}
	}
	tests := map[string]struct {
		answer func(w http.ResponseWriter)
		want   string
	}{
		"refused": {func(w http.ResponseWriter) {
			http.Error(w, `{"error":"no space left on device"}`, http.StatusInternalServerError)
		}, "no space left"},
		"nothing": {func(w http.ResponseWriter) {}, "was tested"}, // it says yes and does nothing
	}
	for name, test := range tests {
		p.must(p.second.Delete(t.Context(), "demo-lora-v1")) // the stable tag still has it
		p.proxy.set(copies(test.answer))
		_, err := p.promote("v2", "two")
		if err == nil || !strings.Contains(err.Error(), test.want) ||
			!strings.Contains(err.Error(), p.first.Base()+": v1, as before") || !strings.Contains(err.Error(), p.proxy.address+": v1, as before") {
			t.Errorf("%s: %v", name, err)
		}
		p.stillV1()
	}
	// A stable tag that an earlier full disk damaged is repaired on the way.
	manifest := filepath.Join(ollama.Models(p.folder), "manifests", "registry.ollama.ai", "library", "demo", "stable")
	p.must(os.Truncate(manifest, 0))
	p.proxy.set(copies(tests["refused"].answer))
	if _, err := p.promote("v2", "two"); err == nil || !strings.Contains(err.Error(), p.proxy.address+": v1, as before") {
		t.Errorf("damaged: %v", err)
	}
	p.stillV1()
	p.must(os.Truncate(manifest, 0))
	p.proxy.set(nil)
	if again := p.mustRollback("v1"); !again.Changed || again.Stable != "v1" {
		t.Errorf("repaired: %+v", again)
	}
	p.stillV1()

	// A server that is gone: the others are put back, and it is said of this one.
	p.proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if !movesStable(r) {
			return false
		}
		panic(http.ErrAbortHandler)
	})
	_, err := p.promote("v2", "two")
	if err == nil || !strings.Contains(err.Error(), p.first.Base()+": v1, as before") || !strings.Contains(err.Error(), p.proxy.address+": NOT restored to v1") {
		t.Errorf("gone: %v", err)
	}
	p.stillV1()
	p.nowV2()
}

// TestSecondPhaseOfTheFirst: if nothing was stable before, nothing is after.
func TestSecondPhaseOfTheFirst(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first, server := l.serve(t.TempDir()).Client(), l.serve(t.TempDir())
	proxy := newProxy(t, server)
	l.config.Promote.To = []string{proxy.address}
	l.run("one", 1, first.Base(), passed())
	proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/copy" {
			http.Error(w, `{"error":"no"}`, http.StatusInternalServerError)
		}
		return r.URL.Path == "/api/copy"
	})
	if _, err := l.promote("v1", "one"); err == nil || strings.Count(err.Error(), ": none, as before") != 2 {
		t.Errorf("got %v", err)
	}
	l.expect("first", first, map[string]string{"demo:stable": ""})
	l.expect("second", server.Client(), map[string]string{"demo:stable": ""})
	if names := l.ledger().Names(); len(names) != 0 {
		t.Errorf("the ledger has %v", names)
	}

	// What a killed promotion of another run left is taken away too.
	l.must(first.Copy(t.Context(), "demo-lora-v1", "demo:stable"))
	l.run("two", 2, first.Base(), passed())
	if _, err := l.promote("v1", "two"); err == nil {
		t.Error("promoted")
	}
	l.expect("first", first, map[string]string{"demo:stable": ""})
}

// TestSecondPhaseOfANewServer: one that had no stable tag has none afterwards.
func TestSecondPhaseOfANewServer(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	third := p.serve(t.TempDir()).Client()
	p.config.Promote.To = []string{third.Base(), p.proxy.address}
	p.proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		moves := movesStable(r)
		if moves {
			http.Error(w, `{"error":"no"}`, http.StatusInternalServerError)
		}
		return moves
	})
	if _, err := p.promote("v2", "two"); err == nil || !strings.Contains(err.Error(), third.Base()+": none, as before") {
		t.Errorf("got %v", err)
	}
	p.expect("third", third, map[string]string{"demo:stable": ""})
	p.stillV1()
}

// TestAnotherModelShown: a server that makes another model of what it is sent
// keeps no tag of it.
func TestAnotherModelShown(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	server := l.serve(t.TempDir())
	proxy := newProxy(t, server)
	l.run("one", 1, proxy.address, passed())
	proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/create" {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte("Be brief."), []byte("Be wordy."), 1)))
		}
		return false
	})
	if _, err := l.promote("v1", "one"); err == nil || !strings.Contains(err.Error(), "was tested (hint: check whether another program writes to this server") {
		t.Errorf("got %v", err)
	}
	l.expect("server", server.Client(), map[string]string{"demo:stable": "", "demo-lora-v1": ""})
}

// TestInterrupted: an interruption in the second phase lets it finish.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/copy" {
			cancel()
		}
		return false
	})
	if _, err := Promote(ctx, p.machine, p.config, Options{Version: "v2", Run: "two"}); err != nil {
		t.Error(err)
	}
	p.nowV2()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Rollback(cancelled, p.machine, p.config, ""); err == nil {
		t.Error("an interrupted rollback went on")
	}
	p.nowV2()
}

// TestOthersModels: tags that somebody else made are not written over, and a
// model that is in use stays loaded.
func TestOthersModels(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	client := l.serve(t.TempDir()).Client()
	l.run("one", 1, client.Base(), passed())
	l.run("two", 2, client.Base(), passed())
	theirs := l.foreign(client, "theirs:v1", 3)
	for _, tag := range []string{"demo:stable", "demo-lora-v1"} {
		l.must(client.Copy(t.Context(), "theirs:v1", tag))
		_, err := l.promote("v1", "one")
		if err == nil || !strings.Contains(err.Error(), tag+" is a model that this home did not make") || !strings.Contains(err.Error(), "ollama cp "+tag) {
			t.Errorf("%s: %v", tag, err)
		}
		l.expect("server", client, map[string]string{tag: theirs})
		l.must(client.Delete(t.Context(), tag))
	}

	// Left by a promotion that was killed: the tag of a model of this home.
	l.mustPromote("v0", "two")
	l.must(client.Copy(t.Context(), "demo-lora-v0", "demo-lora-v1"))
	one := l.mustPromote("v1", "one")
	l.expect("server", client, map[string]string{"demo:stable": one.ModelID, "demo-lora-v1": one.ModelID})

	const settled = time.Second // an unloading server needs a while
	time.Sleep(settled)
	if loaded, err := client.Loaded(t.Context(), l.gguf("v1")); err != nil || loaded {
		t.Errorf("a promotion leaves its model loaded (%v)", err)
	}
	l.answers(client, "demo:stable")
	l.mustPromote("v1", "one")
	time.Sleep(settled)
	if loaded, err := client.Loaded(t.Context(), l.gguf("v1")); err != nil || !loaded {
		t.Errorf("a model in use was unloaded (%v)", err)
	}
}

func (l *lab) gguf(version string) string {
	l.Helper()
	for _, e := range l.ledger().Versions("demo") {
		if e.Version == version {
			return e.GGUFSHA256
		}
	}
	l.Fatalf("no %s in the ledger", version)
	return ""
}

// foreign makes a tag of bytes that no run of the home has.
func (l *lab) foreign(client *ollama.Client, tag string, variant byte) string {
	l.Helper()
	other := newLab(l.T)
	record := other.run("x", variant, "", passed())
	made, err := runs.MadeBy(other.machine, record)
	l.must(err)
	made.Candidate.Tag, made.Candidate.Serve.System = tag, "Another."
	l.must(client.Add(l.Context(), made.Candidate.Path, made.Candidate.Definition()))
	shown, err := client.Show(l.Context(), tag)
	l.must(err)
	return register.ModelID(shown)
}

// TestDamagedWeights: a model that a server takes and cannot run moves nothing.
func TestDamagedWeights(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	server := l.serve(t.TempDir())
	proxy := newProxy(t, server)
	l.run("one", 1, proxy.address, passed())
	proxy.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/chat" {
			http.Error(w, `{"error":"unable to load model: x"}`, http.StatusInternalServerError)
		}
		return r.URL.Path == "/api/chat"
	})
	if _, err := l.promote("v1", "one"); err == nil || !strings.Contains(err.Error(), "unable to load model") {
		t.Errorf("got %v", err)
	}
	l.expect("server", server.Client(), map[string]string{"demo:stable": ""})
	proxy.set(nil)
	l.mustPromote("v1", "one")
	answer, err := server.Client().Chat(t.Context(), engine.Ask{Tag: "demo:stable", Messages: chat.Chat("", nil, "hi"), Options: map[string]any{"num_predict": 1}})
	if err != nil || !answer.Done {
		t.Errorf("%+v, %v", answer, err)
	}
	if !slices.ContainsFunc(l.said.lines, func(line string) bool { return strings.Contains(line, "copying demo-lora-v1") }) {
		t.Errorf("said %q", l.said.lines)
	}
}
