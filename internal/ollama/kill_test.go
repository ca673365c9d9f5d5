package ollama

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// victim is a server in a folder, with a tag that answers, that can be killed
// and started again.
type victim struct {
	t      *testing.T
	home   string
	binary Binary
	server *Server
	proxy  *proxy
	path   string // of the GGUF of demo:old
	old    engine.Definition
	answer string // of demo:old
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{t: t, home: t.TempDir()}
	v.binary = wrapped(t, "")
	v.server = serveIn(t, v.binary, v.home)
	v.proxy = through(t, v.server)
	path, sum := gguftest.Tiny(t, 1)
	v.path, v.old = path, engine.Definition{Tag: "demo:old", GGUF: sum, Template: chatML}
	if err := v.server.Client().Add(t.Context(), path, v.old); err != nil {
		t.Fatal(err)
	}
	v.answer = v.ask("demo:old")
	return v
}

// wrapped is the real server behind a script that first notes its process and
// then runs some commands.
func wrapped(t *testing.T, commands string) Binary {
	t.Helper()
	binary := realBinary(t)
	path := filepath.Join(t.TempDir(), "ollama")
	proctest.WriteFile(t, path, fmt.Sprintf("#!/bin/sh\necho $$ > \"$HOME/pid\"\n%s\nexec '%s' \"$@\"\n", commands, binary.Path))
	binary.Path = path
	return binary
}

func (v *victim) ask(tag string) string {
	v.t.Helper()
	got, err := v.server.Client().Chat(v.t.Context(), short(tag))
	if err != nil || !got.Done {
		v.t.Errorf("%s answers %+v, %v", tag, got, err)
	}
	return got.Text
}

func short(tag string) engine.Ask {
	return engine.Ask{Tag: tag, Messages: chat.Chat("", nil, "hi"), Options: map[string]any{"seed": 1, "num_predict": 8, "num_ctx": 128, "num_thread": 1, "temperature": 0}}
}

// endless is a question whose answer takes long.
func endless(tag string) engine.Ask {
	ask := short(tag)
	ask.Options = map[string]any{"seed": 1, "num_predict": -1, "num_ctx": 512, "num_thread": 1, "temperature": 2}
	return ask
}

func (v *victim) pid() int {
	v.t.Helper()
	data, err := os.ReadFile(filepath.Join(v.home, "pid"))
	if err != nil {
		v.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		v.t.Fatal(err)
	}
	return pid
}

func (v *victim) kill() { syscall.Kill(v.pid(), syscall.SIGKILL) }

// runners are the processes of the server that compute answers.
func (v *victim) runners() []int {
	var found []int
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		line, _ := os.ReadFile(path)
		if !bytes.Contains(line, []byte("\x00runner\x00")) || !bytes.Contains(line, []byte(v.home)) {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(path, "/")[2]); err == nil {
			found = append(found, pid)
		}
	}
	return found
}

// restart starts a server on the folder again as tunegate's next command does,
// and checks that nothing of the one before runs or lies about and that the old
// tag still answers. It returns the tags that were broken.
func (v *victim) restart() (broken []string) {
	v.t.Helper()
	v.server.Close()
	if left := v.runners(); len(left) > 0 {
		v.t.Errorf("runners are left: %v", left)
	}
	stored, err := Stored(Models(v.home))
	if err != nil {
		v.t.Fatal(err)
	}
	for _, tag := range stored {
		if tag.Broken {
			broken = append(broken, tag.Tag)
		}
	}
	v.server = serveIn(v.t, v.binary, v.home)
	v.proxy.target.Store(v.server)
	if got := v.ask("demo:old"); got != v.answer {
		v.t.Errorf("the old tag answers %q, it was %q", got, v.answer)
	}
	if freed, blobs, err := Prune(Models(v.home), true); err != nil || freed > 0 {
		v.t.Errorf("left behind: %q, %v", blobs, err)
	}
	return broken
}

// big is a file that takes a while to upload.
func big(t *testing.T) (path, sum string) {
	t.Helper()
	data := make([]byte, 64<<20)
	rand.NewChaCha8([32]byte{}).Read(data)
	path = filepath.Join(t.TempDir(), "big.gguf")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(data)
	return path, hex.EncodeToString(digest[:])
}

func TestServerKilledInAnUpload(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.proxy.body = func(path string) {
		if strings.HasPrefix(path, "/api/blobs/") {
			v.kill()
		}
	}
	path, sum := big(t)
	err := v.proxy.Upload(t.Context(), path, sum)
	if err == nil || !strings.Contains(err.Error(), "check that the server is running") {
		t.Errorf("%v", err)
	}
	v.restart()
}

func TestCutUpload(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	path, sum := big(t)
	for name, wrong := range map[string]string{"cancelled": "context canceled", "connection cut": "check that the server is running"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		v.proxy.body = on("/api/blobs/sha256:"+sum, func() {
			if name == "cancelled" {
				cancel()
			} else {
				go v.proxy.front.CloseClientConnections() // waits for this request
			}
		})
		if err := v.proxy.Upload(ctx, path, sum); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if got := v.ask("demo:old"); got != v.answer {
			t.Errorf("%s: the old tag answers %q, it was %q", name, got, v.answer)
		}
		for deadline := time.Now().Add(time.Minute); ; { // the server cleans up by itself, a little later
			freed, left, err := Prune(Models(v.home), true)
			if err == nil && freed == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: left behind: %q, %v", name, left, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	if err := v.proxy.Upload(t.Context(), path, sum); err != nil {
		t.Errorf("again: %v", err)
	}
}

// TestServerKilledInCreate meets the moment in which a server has made an empty
// manifest and not yet filled it.
func TestServerKilledInCreate(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	definition := v.old
	definition.Tag = "demo:new"
	step := time.Millisecond
	if os.Getenv("TUNEGATE_TEST_LONG") != "" {
		step = 100 * time.Microsecond
	}
	for delay := time.Duration(0); delay < 6*time.Millisecond; delay += step {
		killed := make(chan struct{})
		v.proxy.before = on("/api/create", func() {
			time.AfterFunc(delay, func() {
				v.kill()
				close(killed)
			})
		})
		err := v.proxy.Add(t.Context(), v.path, definition)
		<-killed // before the next server is started, which it would meet
		whole := HasTag(Models(v.home), "demo:new", v.old.GGUF)
		if err == nil && !whole || err != nil && !strings.Contains(err.Error(), "check that the server is running") {
			t.Errorf("whole is %v: %v", whole, err)
		}
		broken := v.restart()
		t.Logf("killed after %v: created %v, whole %v, broken %v", delay, err == nil, whole, broken)
		if len(broken) > 0 && (whole || broken[0] != "demo:new") {
			t.Errorf("broken: %q", broken)
		}
		if err := v.server.Client().Delete(t.Context(), "demo:new"); err != nil {
			t.Error(err)
		}
	}
	if err := v.proxy.Add(t.Context(), v.path, definition); err != nil {
		t.Fatal(err)
	}
	v.ask("demo:new")
}

func TestServerRestartedBetweenUploadAndCreate(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	path, sum := gguftest.Tiny(t, 2)
	v.proxy.before = on("/api/create", func() { v.restart() })
	err := v.proxy.Add(t.Context(), path, engine.Definition{Tag: "demo:new", GGUF: sum, Template: chatML})
	if err != nil || !HasTag(Models(v.home), "demo:new", sum) {
		t.Errorf("%v", err)
	}
	v.ask("demo:new")
}

func TestServerKilledInChat(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.proxy.answer = on("/api/chat", v.kill)
	got, err := v.proxy.Chat(t.Context(), endless("demo:old"))
	if err == nil || got.Done || !strings.Contains(err.Error(), "check that the server is running") {
		t.Errorf("%+v, %v", got, err)
	}
	v.restart()
}

func TestRunnerKilledInChat(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	asked := endless("demo:old")
	asked.Options["num_predict"] = 1
	if _, err := v.proxy.Chat(t.Context(), asked); err != nil { // which starts the one that will answer
		t.Fatal(err)
	}
	runners := v.runners() // to look for them takes time, in which the answer would end
	v.proxy.answer = on("/api/chat", func() {
		for _, pid := range runners {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	got, err := v.proxy.Chat(t.Context(), endless("demo:old"))
	if !errors.Is(err, engine.ErrRunner) || got.Done {
		t.Errorf("%+v, %v", got, err)
	}
	if got := v.ask("demo:old"); got != v.answer {
		t.Errorf("afterwards %q, it was %q", got, v.answer)
	}
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	other := serveWith(t, proctest.Shared(t), realBinary(t), t.TempDir())
	binary := wrapped(t, fmt.Sprintf(`[ -e "$HOME/once" ] || { touch "$HOME/once"; export OLLAMA_HOST=%s; }`, other.Client().base.Host))
	server := serveWith(t, proctest.Shared(t), binary, t.TempDir())
	if server.Client().Base() == other.Client().Base() {
		t.Error("it took the other server for its own")
	}
}
