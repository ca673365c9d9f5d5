package ollama

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// script is a binary that runs these shell commands instead of a server.
func script(t *testing.T, commands string) ServeOptions {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, "ollama")
	proctest.WriteFile(t, path, "#!/bin/sh\n"+commands)
	return ServeOptions{Binary: Binary{Path: path, Version: PinnedVersion}, Home: home, Env: os.Environ()}
}

func TestServeReportsWhyTheServerEnded(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"0", "3"} {
		_, err := Serve(t.Context(), proctest.Launcher(t), script(t, "seq 30; echo ::error::no memory >&2; exit "+code))
		if err == nil || !strings.Contains(err.Error(), "exit code "+code+"\n| 12\n") || !strings.HasSuffix(err.Error(), "\n| ::error::no memory") {
			t.Errorf("%v", err)
		}
	}
}

func TestServeTriesAnotherPort(t *testing.T) {
	t.Parallel()
	o := script(t, `echo $OLLAMA_HOST >> ports; echo "Error: listen tcp $OLLAMA_HOST: bind: address already in use"; exit 1`)
	if _, err := Serve(t.Context(), proctest.Launcher(t), o); !errors.Is(err, errPortTaken) {
		t.Errorf("%v", err)
	}
	ports, err := os.ReadFile(filepath.Join(o.Home, "ports"))
	if n := strings.Count(string(ports), "127.0.0.1:"); err != nil || n != portAttempts {
		t.Errorf("%d attempts, %v", n, err)
	}
}

func TestServeCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Serve(ctx, proctest.Launcher(t), script(t, "sleep 60")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestServerEnv(t *testing.T) {
	t.Parallel()
	o := ServeOptions{Home: "/h", Env: []string{"PATH=/bin", "GITHUB_TOKEN=x", "OLLAMA_MODELS=/users", "OLLAMA_HOST=0.0.0.0", "HOME=/root"}}
	env := strings.Join(serverEnv(o, "127.0.0.1:5"), " ")
	for text, want := range map[string]bool{
		"PATH=/bin": true, "HOME=/h": true, "OLLAMA_MODELS=/h/models": true, "OLLAMA_HOST=127.0.0.1:5": true, "OLLAMA_NUM_PARALLEL=1": true,
		"TOKEN": false, "/users": false, "0.0.0.0": false, "/root": false,
	} {
		if strings.Contains(env, text) != want {
			t.Errorf("%q: want %v in %q", text, want, env)
		}
	}
}

func TestRealServerCloses(t *testing.T) {
	t.Parallel()
	server, _ := serveReal(t)
	if err := server.Client().alive(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := server.Client().alive(t.Context()); err == nil {
		t.Error("it still answers")
	}
}

// TestDisturbed: a request of another program is named, with what helps on a machine
// that isolates and on one that does not.
func TestDisturbed(t *testing.T) {
	t.Parallel()
	launchers := map[string]proc.Launcher{"run `tunegate doctor`": proctest.Shared(t)}
	if err := proctest.Launcher(t).TryIsolation(); err == nil {
		launchers["stop the process of root or this user"] = proctest.Launcher(t)
	} else {
		t.Logf("NOT TESTED in a network of its own: %v", err)
	}
	for hint, launcher := range launchers {
		server := serveWith(t, launcher, realBinary(t), t.TempDir())
		other := http.Client{Transport: &http.Transport{DialContext: server.process.Dial, DisableKeepAlives: true}}
		if err := server.Undisturbed(t.Context()); err != nil {
			t.Fatal(err)
		}
		answer, err := other.Get(server.Client().Base() + "/api/tags")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		for err == nil { // the log is a moment behind the answer
			time.Sleep(time.Millisecond)
			err = server.Undisturbed(t.Context())
		}
		if !errors.Is(err, engine.ErrDisturbed) || !strings.Contains(err.Error(), `"GET /api/tags" (hint: `+hint) {
			t.Errorf("%v, want %q", err, hint)
		}
	}
}
