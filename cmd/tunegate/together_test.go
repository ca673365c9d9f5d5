package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// TestTogether: of two runs at once the second waits, saying for whom, and both
// end right; one that shall not wait fails; and a shared server keeps in memory
// what somebody else loaded, the base's own bytes included.
func TestTogether(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.shorten()
	l.run("setup")
	client := serveForAll(t, l)
	base := l.loadForeign(client)
	l.share(client.Base())

	first, second := l.start("improve"), l.start("poison")
	var waiting started
	select {
	case <-first.waits.seen:
		waiting = first
	case <-second.waits.seen:
		waiting = second
	case <-time.After(5 * time.Minute):
		t.Fatal("no run waited for the other")
	}
	refused := l.command("--no-wait", "run", "--base", "main", "--head", "improve")
	said := newWatcher("")
	refused.Stderr = said
	if err := refused.Run(); refused.ProcessState.ExitCode() != exitBroke || !strings.Contains(said.String(), "is in use by a run of ") {
		t.Errorf("--no-wait: %v: %s", err, said)
	}
	ids := map[string]bool{}
	for _, run := range []started{first, second} {
		result := run.result(t)
		if result.Verdict == nil || result.Record.State != step.Done {
			t.Fatalf("%+v", result.Record)
		}
		shown, err := client.Show(context.Background(), result.Record.Candidate)
		if err != nil || register.ModelID(shown) != result.Verdict.ModelID {
			t.Errorf("%s is not the judged model (%v)", result.Record.Candidate, err)
		}
		ids[result.Verdict.ModelID] = true
	}
	if len(ids) != 2 {
		t.Errorf("two changes gave the models %v", ids)
	}
	if text := waiting.waits.String(); !strings.Contains(text, "into main (process ") {
		t.Errorf("it does not say for whom it waits: %s", text)
	}
	loaded, err := client.Loaded(context.Background(), base)
	if err != nil || !loaded {
		t.Errorf("the foreign model was unloaded (%v)", err)
	}
}

// serveForAll runs a server as people run it for everybody, with its own
// settings and room for several models.
func serveForAll(t *testing.T, l lab) *ollama.Client {
	t.Helper()
	binary, err := ollama.FindBinary(l.home, exec.LookPath)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, dir := listener.Addr().String(), t.TempDir()
	listener.Close()
	cmd := exec.Command(binary.Path, "serve")
	cmd.Env = append(proc.CleanEnv(os.Environ()), "HOME="+dir, "OLLAMA_HOST="+address, "OLLAMA_MODELS="+filepath.Join(dir, "models"), "OLLAMA_MAX_LOADED_MODELS=4")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	client, err := ollama.Dial("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		_, err := client.Version(context.Background())
		if err == nil {
			return client
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// loadForeign loads into the server a model of the base's own bytes under somebody
// else's name, has it answer, and returns the digest of its GGUF.
func (l lab) loadForeign(client *ollama.Client) string {
	l.Helper()
	ctx := context.Background()
	exports, err := filepath.Glob(filepath.Join(l.home, "store", "export", "*", "model.gguf"))
	if err != nil || len(exports) != 1 {
		l.Fatalf("%q, %v", exports, err)
	}
	digest, err := store.FileDigest(exports[0])
	if err != nil {
		l.Fatal(err)
	}
	tag := register.Candidate{Tag: "somebody/else", Path: exports[0], Digest: digest, Serve: register.Serve{Template: "{{ .Prompt }}"}}
	if err := client.Add(ctx, tag.Path, tag.Definition()); err != nil {
		l.Fatal(err)
	}
	if _, err := client.Chat(ctx, engine.Ask{
		Tag: tag.Tag, Messages: []chat.Message{{Role: chat.User, Content: "2 + 2"}}, Options: map[string]any{"num_predict": 1},
	}); err != nil {
		l.Fatal(err)
	}
	return digest
}

// started is a run that goes on in the background.
type started struct {
	waits *watcher
	ended chan error
	out   *strings.Builder
}

func (l lab) start(branch string) started {
	l.Helper()
	run := started{newWatcher("waiting: "), make(chan error, 1), &strings.Builder{}}
	cmd := l.command("--json", "run", "--base", "main", "--head", branch)
	cmd.Stdout, cmd.Stderr = run.out, run.waits
	if err := cmd.Start(); err != nil {
		l.Fatal(err)
	}
	go func() { run.ended <- cmd.Wait() }()
	return run
}

func (s started) result(t *testing.T) (result pipeline.Result) {
	t.Helper()
	err := <-s.ended
	if json.Unmarshal([]byte(s.out.String()), &result) != nil {
		t.Fatalf("%v: %s\n%s", err, s.out, s.waits)
	}
	return result
}
