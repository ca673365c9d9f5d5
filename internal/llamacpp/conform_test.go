package llamacpp

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/engine/enginetest"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestMain(m *testing.M) { proctest.Main(m) }

// TestRealConforms takes the llama-server that $TUNEGATE_LLAMA_SERVER names, an
// absolute path, through the tests of an engine; `make test-engines` builds one.
func TestRealConforms(t *testing.T) {
	t.Parallel()
	binary := os.Getenv("TUNEGATE_LLAMA_SERVER")
	if binary == "" {
		t.Skip("NOT TESTED against a real llama-server: TUNEGATE_LLAMA_SERVER names none (hint: `make test-engines` builds one)")
	}
	e, err := New(proctest.Launcher(t), Options{Binary: binary, Home: t.TempDir(), Env: os.Environ(), Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	enginetest.Run(t, e)
	path, digest := gguftest.Tiny(t, 1)
	ask := engine.Ask{Tag: "demo:own", Messages: chat.Chat("", nil, "hi"), Options: map[string]any{"seed": 1, "num_predict": 8, "num_thread": 1}}
	if err := e.Add(t.Context(), path, engine.Definition{Tag: ask.Tag, GGUF: digest, Template: "{{ .Prompt }}"}); err != nil {
		t.Fatal(err)
	}
	first, err := e.Chat(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	server := e.servers[digest]

	// Other users of the machine do not reach the port, or get no answer there.
	for who, client := range map[string]*http.Client{"others": http.DefaultClient, "tunegate": {Transport: server.http.Transport}} {
		response, err := client.Post(server.base+"/completion", "application/json", strings.NewReader(`{"prompt": "hi"}`))
		if err != nil {
			if who == "tunegate" {
				t.Error(err)
			}
			continue
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the key: status %d", who, response.StatusCode)
		}
	}

	// A server that died is replaced.
	server.process.Stop()
	server.process.Wait()
	if again, err := e.Chat(t.Context(), ask); err != nil || again.Text != first.Text {
		t.Errorf("%q, %v, want %q", again.Text, err, first.Text)
	}
}
