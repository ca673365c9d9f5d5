package ollama

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/ollama/ollamatest"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// realBinary is the Ollama of this machine.
func realBinary(t *testing.T) Binary {
	t.Helper()
	binary, err := FindBinary(ollamatest.Home(), exec.LookPath)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("NOT TESTED against a real server: %v", err)
	}
	return binary
}

// serveIn runs a server in a folder until the test ends.
func serveIn(t *testing.T, binary Binary, home string) *Server {
	t.Helper()
	return serveWith(t, proctest.Launcher(t), binary, home)
}

func serveWith(t *testing.T, launcher proc.Launcher, binary Binary, home string) *Server {
	t.Helper()
	server, err := Serve(t.Context(), launcher, ServeOptions{Binary: binary, Home: home, Env: os.Environ(), Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() }) // some are killed by their test, which Close reports
	return server
}

// serveReal runs the Ollama of this machine for one test.
func serveReal(t *testing.T) (*Server, string) {
	t.Helper()
	folder := t.TempDir()
	return serveIn(t, realBinary(t), folder), folder
}

const chatML = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"

func TestRealServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, home := serveReal(t)
	client := server.Client()
	path, sum := gguftest.Tiny(t, 1)
	definition := engine.Definition{
		Tag: "demo:pr-1", GGUF: sum, Template: chatML, System: "be \"kind\"\nPARSER no", License: "Apache-2.0\nPARSER no",
		Parameters: map[string]any{"num_ctx": 256, "stop": []string{"<|im_end|>", "x\ny"}, "repeat_penalty": 1.0, "num_batch": 1000000},
	}
	want := engine.Model{
		GGUF: sum, Template: definition.Template, System: definition.System, License: definition.License,
		Parameters: map[string][]string{
			"num_ctx": {"256"}, "stop": {"<|im_end|>", "x\ny"}, "repeat_penalty": {"1"}, "num_batch": {"1000000"},
		},
	}

	if _, err := client.Show(ctx, definition.Tag); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("show before create: %v", err)
	}
	if err := client.Create(ctx, definition); !errors.Is(err, ErrMissingBlob) {
		t.Errorf("create before upload: %v", err)
	}
	if HasTag(Models(home), definition.Tag, sum) {
		t.Error("HasTag before create")
	}
	for range 2 {
		if err := client.Add(ctx, path, definition); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Upload(ctx, "/none", sum); err != nil {
		t.Errorf("a second upload opens the file: %v", err)
	}
	if got, err := client.Show(ctx, definition.Tag); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("show: %+v, %v\nwant %+v", got, err, want)
	}
	if !HasTag(Models(home), definition.Tag, sum) || HasTag(Models(home), definition.Tag, sumA) {
		t.Error("HasTag after create")
	}
	prompt, err := client.Render(ctx, definition.Tag, chat.Chat("", nil, "hi"))
	if rendered := "<|im_start|>system\nbe \"kind\"\nPARSER no<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"; err != nil || prompt != rendered {
		t.Errorf("rendered %q, %v", prompt, err)
	}
	if err := client.Unload(ctx, definition.Tag); err != nil {
		t.Error(err)
	}
	if err := client.once.Delete(ctx, &api.DeleteRequest{Model: definition.Tag}); err != nil {
		t.Error(err)
	}
	if err := client.Unload(ctx, definition.Tag); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("unload after delete: %v", err)
	}
	if HasTag(Models(home), definition.Tag, sum) {
		t.Error("HasTag after delete")
	}
	if err := client.Upload(ctx, path, sumA); err == nil || !strings.Contains(err.Error(), "changed after it was hashed") {
		t.Errorf("wrong digest: %v", err)
	}
}

func TestRealChat(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, _ := serveReal(t)
	client := server.Client()
	path, sum := gguftest.Tiny(t, 2)
	if err := client.Add(ctx, path, engine.Definition{Tag: "demo", GGUF: sum, Template: chatML}); err != nil {
		t.Fatal(err)
	}
	ask := engine.Ask{
		Tag: "demo", Messages: chat.Chat("", nil, "hi"), Logprobs: 3,
		Options: map[string]any{"seed": 1, "num_predict": 8, "num_ctx": 128, "num_thread": 1, "temperature": 0},
	}
	first, err := client.Chat(ctx, ask)
	if err != nil || !first.Done || first.DoneReason != "length" || first.OutputTokens != 8 || first.InputTokens == 0 || first.Duration <= 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	for _, l := range first.Logprobs {
		if len(l.Top) != 3 || l.Logprob > 0 || math.Abs(l.Top[0].Logprob-l.Logprob) > 1e-6 {
			t.Errorf("%+v", l)
		}
	}
	if len(first.Logprobs) != 8 {
		t.Errorf("%d logprobs", len(first.Logprobs))
	}
	if second, err := client.Chat(ctx, ask); err != nil || second.Text != first.Text {
		t.Errorf("another answer: %q, then %q, %v", first.Text, second.Text, err)
	}
	long := ask
	long.Messages = chat.Chat("", nil, strings.Repeat("long ", 100))
	if got, err := client.Chat(ctx, long); !errors.Is(err, engine.ErrTooLong) {
		t.Errorf("a long prompt: %+v, %v", got, err)
	}
	endless := ask
	endless.Options = map[string]any{"num_predict": -1, "num_ctx": 128, "num_thread": 1, "seed": 1, "temperature": 2}
	if got, err := client.Chat(ctx, endless); err != nil || got.DoneReason != "length" || got.InputTokens+got.OutputTokens > 130 {
		t.Errorf("the context slid: %+v, %v", got, err)
	}
	soon, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if got, err := client.Chat(soon, ask); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: %+v, %v", got, err)
	}
	ask.Tag = "none"
	if _, err := client.Chat(ctx, ask); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("no such tag: %v", err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if _, err := client.Chat(ctx, ask); err == nil || !strings.Contains(err.Error(), "check that the server is running") {
		t.Errorf("closed server: %v", err)
	}
}
