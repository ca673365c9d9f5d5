package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/ollama/ollamatest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestMain(m *testing.M) { proctest.Main(m) }

func serveReal(t *testing.T) *ollama.Server {
	t.Helper()
	binary, err := ollama.FindBinary(ollamatest.Home(), exec.LookPath)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("NOT TESTED against a real server: %v", err)
	}
	server, err := ollama.Serve(t.Context(), proctest.Launcher(t), ollama.ServeOptions{Binary: binary, Home: t.TempDir(), Env: os.Environ(), Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

const chatML = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"

// TestRealFailures takes candidates through all that create does not find, and
// one that is right: the tag that is there must go on answering.
func TestRealFailures(t *testing.T) {
	t.Parallel()
	server := serveReal(t)
	client, ctx := server.Client(), t.Context()
	path, sum := gguftest.Tiny(t, 1)
	good := Candidate{Tag: "demo:new", Path: path, Digest: sum, Serve: Serve{
		Template: chatML, System: "Be kind.", License: "mit", Parameters: map[string]any{"repeat_penalty": 1.0, "stop": []any{"<|im_end|>"}},
	}}
	old := good
	old.Tag = "demo:old"
	prompt := Rendered{
		Name: "suite/case", Messages: chat.Chat("Be kind.", nil, "hi"),
		Text: "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
	}
	ask := engine.Ask{Tag: "demo:old", Messages: chat.Chat("", nil, "hi"), Options: map[string]any{"seed": 1, "num_predict": 8, "num_ctx": 128, "temperature": 0}}
	if err := client.Add(ctx, path, old.Definition()); err != nil {
		t.Fatal(err)
	}
	first, err := client.Chat(ctx, ask)
	if err != nil {
		t.Fatal(err)
	}
	prompt.Tokens = first.InputTokens

	altered := func(c *Candidate, change func([]byte) []byte) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data = change(data)
		c.Path = path + ".altered"
		if err := os.WriteFile(c.Path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(data)
		c.Digest = hex.EncodeToString(digest[:])
	}
	for _, test := range []struct {
		name   string
		change func(*Candidate, *Rendered)
		wrong  string // "": it is registered
		is     error
	}{
		{"right", func(*Candidate, *Rendered) {}, "", nil},
		{"template without the question", func(c *Candidate, _ *Rendered) { c.Serve.Template = "hello" }, "register/parity", nil},
		{"template with an unknown field", func(c *Candidate, _ *Rendered) { c.Serve.Template = "{{ .Nonsense }}" + chatML }, "register/parity", nil},
		{"bad template", func(c *Candidate, _ *Rendered) { c.Serve.Template = "{{ range" }, "serve.template", nil},
		{"another system prompt", func(c *Candidate, _ *Rendered) { c.Serve.System = "Be rude." }, "register/parity", nil},
		{"other tokens", func(_ *Candidate, p *Rendered) { p.Tokens++ }, "register/tokens", nil},
		{"wrong type of parameter", func(c *Candidate, _ *Rendered) { c.Serve.Parameters = map[string]any{"temperature": "hot"} }, "serve.parameters", nil},
		{"file changed since its export", func(c *Candidate, _ *Rendered) {
			altered(c, func(b []byte) []byte { b[len(b)-5000] ^= 1; return b })
			c.Digest = strings.Repeat("a", 64)
		}, "changed after it was hashed", nil},
		{"unknown architecture", func(c *Candidate, _ *Rendered) {
			altered(c, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("qwen2"), []byte("qwenX")) })
		}, "cannot load the weights", engine.ErrUnloadable},
		// The server's runner ends itself on this, and the server says the one or the other.
		{"missing tensor", func(c *Candidate, _ *Rendered) {
			altered(c, func(b []byte) []byte { return bytes.Replace(b, []byte("ffn_down"), []byte("ffn_dowm"), 1) })
		}, "run --force export`", nil},
	} {
		candidate, rendered := good, prompt
		test.change(&candidate, &rendered)
		registered, _, err := Run(ctx, client, candidate, []Rendered{rendered})
		if test.wrong == "" {
			if want := ModelID(candidate.Expected()); err != nil || registered.ModelID != want || registered.Parity != (Parity{1, prompt.Tokens}) {
				t.Errorf("%s: %+v, %v, want %s", test.name, registered, err, want)
			}
		} else if err == nil || !strings.Contains(err.Error(), test.wrong) || !strings.Contains(err.Error(), "(") || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: %v", test.name, err)
		}
		t.Logf("%s: %v", test.name, err)
		if got, err := client.Chat(ctx, ask); err != nil || got.Text != first.Text {
			t.Errorf("%s: the old tag answers %q, %v, it was %q", test.name, got.Text, err, first.Text)
		}
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := Run(ctx, client, good, []Rendered{prompt}); err == nil || !strings.Contains(err.Error(), "check that the server is running") {
		t.Errorf("server down: %v", err)
	}
}
